"""What the community is told of how its question ended at staff's, or why it is told nothing.

What is published is checked against everything private that this ticket knows: each place is shown, and nothing is
published until somebody said of each what becomes of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import clock
from community.actions.answers import answer as post_answer
from community.actions.compose import compose_body
from community.actions.private_data import Way, left_out, notice
from community.actions.record import MAX_ID, record_audit, wait_in_line
from community.content.private_data import WORDS, Found, Kind, take_out
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import Answer, Board, Thread, User
from support import permissions
from support.actions.ending import open_escalation
from support.actions.record import lock_ticket, record_ticket_event
from support.models import Outcome, Ticket, TicketDraft, TicketEvent
from support.private_words import Hit, find_known, join
from support.reading.private_values import known_of

LONGEST_REASON = 500


class PrivateWords(Refused):
    """There are private words in it of which nothing was decided; `hits` are all places, `undecided` their digests."""

    status = 422

    def __init__(self, message: str, hits: Sequence[Hit], undecided: Sequence[str]) -> None:
        super().__init__(message)
        self.hits, self.undecided = hits, undecided


@dataclass(frozen=True)
class Published:
    """The outcome, and whether everybody reads it by now: a board may want it read by a second person first."""

    outcome: Outcome
    is_shown: bool


def check(*, actor: User, ticket_id: int, body: str) -> list[Hit]:
    """The private places in a text that is to be published for this ticket. Nothing is written.

    NotThere for a ticket out of sight, NotAllowed for whoever does not work on it.
    """
    ticket = Ticket.objects.visible_to(actor).filter(pk=ticket_id).first() if 0 < ticket_id <= MAX_ID else None
    if ticket is None:
        raise NotThere(_("There is no such ticket."))
    _must_work_on(actor, ticket)
    return _look(ticket, _clean(body))


@transaction.atomic
def publish(
    *, actor: User, ticket_id: int, body: str, decided: Mapping[str, Way] | None = None, key: str = ""
) -> Published:
    """Post the text as the company's official answer to the ticket's question; PrivateWords until all is decided.

    `decided` says of each place, by its digest, whether it is left out (`Way.OUT`) or may be public (`Way.PUBLIC`).
    The same `key` twice publishes once. Refused where the question takes no answers: then there is a reason to give.
    """
    said, text = decided or {}, compose_body(body).body
    ticket, thread = _lock(actor, ticket_id)
    hits = _look(ticket, text)
    if undecided := [hit.digest for hit in hits if said.get(hit.digest) not in (Way.OUT, Way.PUBLIC)]:
        raise PrivateWords(_("There is something in it that is not for everybody."), hits, undecided)
    text = _without(text, [hit for hit in hits if said[hit.digest] is Way.OUT])
    answer = post_answer(
        actor=actor, thread_id=thread.pk, body=text, post_key=key, may_be_public=True, is_official=True
    )
    outcome = Outcome.objects.filter(ticket=ticket, answer=answer).first()
    if outcome is None:
        outcome = _decide(actor, ticket, answer=answer)
        record_ticket_event(TicketEvent.Kind.PUBLISHED, actor=actor, ticket=ticket)
        record_audit("published_outcome", actor=actor, target=ticket, note=_let_stand(hits, said))
    return Published(outcome, is_shown=answer.hidden_at is None)


def _let_stand(hits: Sequence[Hit], said: Mapping[str, Way]) -> str:
    """For the log: how much that looks private its publisher let stand. Not the words themselves."""
    count = len({hit.digest for hit in hits if said[hit.digest] is Way.PUBLIC})
    words = ngettext(
        "%(count)d place that looks private may be public.", "%(count)d places that look private may be public.", count
    )
    return words % {"count": count} if count else ""


@transaction.atomic
def withhold(*, actor: User, ticket_id: int, why: str, words: str = "") -> Outcome:
    """Say why the community is told nothing; the words are for colleagues. Said twice of one escalation is said once.

    Refused for a reason we do not know.
    """
    if why not in Outcome.Withheld.values:
        raise Refused(_("Please say why nothing is published."))
    words = _clean(words).strip()[:LONGEST_REASON]
    ticket, _thread = _lock(actor, ticket_id)
    newest = Outcome.objects.filter(ticket=ticket).order_by("-pk").first()
    escalation = open_escalation(ticket=ticket)
    is_new = newest is None or (escalation is not None and newest.decided_at < escalation.escalated_at)
    if newest is not None and not is_new and newest.withheld_for == why:
        return newest
    outcome = _decide(actor, ticket, withheld_for=why)
    record_ticket_event(TicketEvent.Kind.WITHHELD, actor=actor, ticket=ticket)
    record_audit("withheld_outcome", actor=actor, target=ticket, note=words)
    return outcome


def _decide(actor: User, ticket: Ticket, *, answer: Answer | None = None, withheld_for: str = "") -> Outcome:
    assert ticket.thread_id is not None
    TicketDraft.objects.filter(ticket=ticket, author=actor, kind=TicketDraft.Kind.OUTCOME).delete()
    return Outcome.objects.create(
        ticket=ticket,
        thread_id=ticket.thread_id,
        answer=answer,
        withheld_for=withheld_for,
        decided_by=actor,
        decided_at=clock.now(),
    )


def _lock(actor: User, ticket_id: int) -> tuple[Ticket, Thread]:
    """The ticket and the question that is answered: where the ticket's own was merged, the one it became.

    Questions first, in the order of their ids, then the ticket.
    """
    if not 0 < ticket_id <= MAX_ID:
        raise NotThere(_("There is no such ticket."))
    wait_in_line()
    own = Thread.objects.filter(tickets=ticket_id)
    locked = Thread.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=own.values("merged_into"))).order_by("pk")
    threads = {thread.pk: thread for thread in locked.select_for_update(no_key=True)}
    ticket = lock_ticket(actor=actor, ticket_id=ticket_id)
    _must_work_on(actor, ticket)
    if ticket.thread_id is None:
        raise Refused(_("This ticket is about no question of the community."))
    named = threads[ticket.thread_id]
    return ticket, threads.get(named.merged_into_id or named.pk, named)


def _must_work_on(actor: User, ticket: Ticket) -> None:
    if not permissions.can_work_on(actor, ticket):
        raise NotAllowed(_("Only those who work on this ticket can do this."))


def _clean(text: str) -> str:
    try:
        return clean_text(text)
    except BadText as error:
        raise Refused(str(error)) from error


def _look(ticket: Ticket, text: str) -> list[Hit]:
    """The known words of this ticket, and what merely looks private."""
    hits = find_known(text, known_of(ticket))
    patterns = Board.objects.filter(threads=ticket.thread_id).values_list("private_patterns", flat=True).first() or ""
    noticed = notice(patterns=patterns, body=text)
    hits += [Hit(piece.start, piece.end, piece.text, str(WORDS[piece.kind])) for _where, piece in noticed]
    return join(text, hits)


def _without(text: str, hits: Sequence[Hit]) -> str:
    """The text without these places. (What kind of thing they are does not matter to taking them out.)"""
    return take_out(text, [Found(hit.start, hit.end, Kind.SECRET, hit.text) for hit in hits], left_out())
