"""A question comes to staff: by staff, by its asker, by a policy. It becomes a ticket, and nothing is asked twice.

Locks: the question first; opening the ticket happens under it. So of any number who press at once the first makes the
ticket, and the others land on it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock
from community import permissions as community_permissions
from community.actions.escalating import mark_escalated
from community.actions.record import MAX_ID, lock_thread, record_audit
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import Answer, SuggestionEvent, Thread, User
from community.roles import highest
from support import permissions
from support.actions import ending, moves
from support.actions.record import lock_question, lock_work, record_ticket_event
from support.actions.tickets import open_ticket
from support.models import (
    Carried,
    Channel,
    Escalation,
    EscalationReason,
    EscalationRun,
    EscalationWords,
    Ticket,
    TicketEvent,
)

LONGEST_WORDS = 2_000
#: So many of the newest answers, and of the questions that were looked at, go along.
MOST_CARRIED = 50


class _Act(NamedTuple):
    """Who hands a question over, by which way, and why."""

    actor: User | None
    way: str
    reason: str
    words: str
    run: EscalationRun | None = None
    is_simulated: bool = False


@transaction.atomic
def escalate_thread(
    *,
    actor: User | None,
    thread_id: int,
    way: str,
    reason: str,
    words: str = "",
    run: EscalationRun | None = None,
    requester: User | None = None,
    simulated: bool = False,
) -> tuple[Ticket, bool]:
    """Hand a question over to staff; returns its ticket, and whether that happened only now.

    `actor` is None for a policy alone, which names its `run`. `words` are for colleagues. The ticket is the asker's, or
    the `requester`'s. NotThere for a question out of sight, NotAllowed for whoever may not, Refused where nobody is
    left to be helped.
    """
    words = _clean_words(words)
    thread = _lock(actor, thread_id)
    if actor is None:
        is_allowed = way == Escalation.Way.POLICY and thread.is_solvable and community_permissions.is_open(thread)
    else:
        is_allowed = way == Escalation.Way.STAFF and permissions.can_escalate(actor, thread)
    if not is_allowed:
        raise NotAllowed(_("This question cannot be handed to staff."))
    act = _Act(actor, way, _known(reason), words, run, simulated)
    return _escalate(act, thread, requester or thread.asker)


@transaction.atomic
def ask_staff(
    *,
    actor: User,
    thread_id: int,
    reason: str,
    words: str = "",
    values: Mapping[int, str] | None = None,
    shares: bool,
) -> tuple[Ticket, bool]:
    """The asker calls staff, and agrees (`shares`) to what they are shown; returns the ticket, and whether it is new.

    `words` are the ticket's first message, `values` private details by the number of their field. Where staff look
    already, both are added to the ticket there is. NotAllowed for all but the asker of a question that waits, and
    before its time.
    """
    thread = _lock(actor, thread_id)
    if not permissions.can_call_staff(actor, thread):
        raise NotAllowed(_("You cannot hand this question to staff now."))
    if not shares:
        raise Refused(_("Our staff can only help when they may see this."))
    act = _Act(actor, Escalation.Way.ASKER, _known(reason), "")
    return _escalate(act, thread, actor, body=_clean_words(words), values=values)


@transaction.atomic
def give_back(*, actor: User, ticket_id: int, reason: str = "") -> Ticket:
    """The community is to go on with it: the ticket closes, and the question is nobody's but theirs again.

    `reason` is for colleagues. Refused where no escalation is open.
    """
    reason = _clean_words(reason)
    lock_question(ticket_id=ticket_id)
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    if not ending.end(actor=actor, ticket=ticket, how=Escalation.End.GAVE_BACK):
        raise Refused(_("The community has this question already."))
    record_ticket_event(TicketEvent.Kind.GAVE_BACK, actor=actor, ticket=ticket)
    record_audit("gave_back", actor=actor, target=ticket, note=reason)
    return moves.close(actor=actor, ticket_id=ticket.pk)


def _lock(actor: User | None, thread_id: int) -> Thread:
    """The question, locked; NotThere where the actor does not see it."""
    if actor is not None:
        return lock_thread(actor=actor, thread_id=thread_id)
    found = Thread.objects.filter(pk=thread_id) if 0 < thread_id <= MAX_ID else Thread.objects.none()
    for thread in found.select_for_update(no_key=True):
        return thread
    raise NotThere(_("There is no such question."))


def _known(reason: str) -> str:
    if reason not in EscalationReason.values:
        raise Refused(_("Please say why staff should look at it."))
    return reason


def _clean_words(words: str) -> str:
    try:
        cleaned = clean_text(words).strip()
    except BadText as error:
        raise Refused(str(error)) from error
    if len(cleaned) > LONGEST_WORDS:
        raise Refused(_("This text is too long: at most %(most)d characters.") % {"most": LONGEST_WORDS})
    return cleaned


def _escalate(
    act: _Act, thread: Thread, requester: User, *, body: str = "", values: Mapping[int, str] | None = None
) -> tuple[Ticket, bool]:
    if not community_permissions.is_member(requester):
        raise Refused(_("Whoever asked this is not here any more: nobody would read what staff answer."))
    standing = Escalation.objects.filter(thread=thread, ended_at__isnull=True).select_related("ticket").first()
    if standing is not None and not body and not values:
        return standing.ticket, False
    ticket, _is_new = open_ticket(
        actor=act.actor,
        requester=requester,
        subject=thread.title,
        body=body,
        channel=Channel.THREAD,
        board=thread.board,
        thread=thread,
        values=values,
        simulated=act.is_simulated,
    )
    if standing is not None:
        return ticket, False
    _write_down(act, thread, ticket)
    carry(ticket=ticket, thread=thread)
    mark_escalated(actor=act.actor, thread=thread)
    return ticket, True


def _write_down(act: _Act, thread: Thread, ticket: Ticket) -> None:
    escalation = Escalation.objects.create(
        thread=thread,
        ticket=ticket,
        way=act.way,
        reason=act.reason,
        escalated_by=act.actor,
        role=highest(act.actor.effective_roles if act.actor else frozenset()),
        run=act.run,
        escalated_at=clock.now(),
        is_simulated=act.is_simulated,
    )
    if act.words:
        EscalationWords.objects.create(escalation=escalation, text=act.words)
    if act.way == Escalation.Way.STAFF:
        record_audit("escalated", actor=act.actor, target=thread, note=act.words)


def carry(*, ticket: Ticket, thread: Thread) -> Carried:
    """Keep with the ticket what the question says and what was tried, as it is at this moment."""
    tried = Answer.objects.filter(thread=thread, hidden_at__isnull=True).exclude(author=thread.asker_id)
    read = SuggestionEvent.objects.filter(session__submitted_thread=thread).exclude(kind=SuggestionEvent.Kind.SHOWN)
    carried, _is_new = Carried.objects.update_or_create(
        ticket=ticket,
        defaults={
            "title": thread.title,
            "body": thread.body,
            "body_html": thread.body_html,
            "product_version": thread.product_version,
            "tags": sorted(thread.tags.values_list("name", flat=True)),
            "tried": sorted(tried.order_by("-position").values_list("pk", flat=True)[:MOST_CARRIED]),
            "read": sorted(set(read.values_list("thread", flat=True)[:MOST_CARRIED])),
            "carried_at": clock.now(),
        },
    )
    return carried
