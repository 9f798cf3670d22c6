"""What goes from the desk: with a person, with a question, and with time. Facts stay: that there was a ticket, of which
queue, when it was answered; the words, private details and files go."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from community import clock
from community.actions.compose import MAX_TITLE, render_body
from community.actions.traces import REMOVED
from community.content.names import Names
from community.models import Thread, User
from community.personal.kinds import keys_of
from support.actions.moves import change_status
from support.actions.record import record_ticket_event
from support.actions.rights import remember_ended
from support.models import (
    UNDONE,
    Absence,
    AgentSeat,
    Carried,
    Entitlement,
    Escalation,
    EscalationWords,
    Macro,
    PendingReply,
    SavedView,
    SolvedRating,
    Status,
    SurveyWords,
    TeamMember,
    Ticket,
    TicketAttachment,
    TicketCc,
    TicketDraft,
    TicketEvent,
    TicketMessage,
    TicketNote,
    TicketPresence,
    TicketRating,
    TicketValue,
)

Change = Callable[[str], str]
#: Tickets whose words go in one short transaction, and in one sweep.
_BATCH, _MOST = 100, 10_000


# With a person --------------------------------------------------------------------------------------------------------
def forget(person: User, _names: Names) -> None:
    """The person closes their account, in the caller's transaction: their tickets end and lose their words, what they
    had as an agent is free for others, and what was kept for them alone goes."""
    own = _locked(Ticket.objects.filter(requester=person))
    for ticket in own:
        if ticket.is_undone:
            change_status(ticket, Status.CLOSED, actor=None, by_customer=True)
    empty([ticket.pk for ticket in own], besides_copies=True)
    for ticket in _locked(Ticket.objects.filter(assignee=person, status__in=UNDONE)):
        nobody: dict[str, Any] = {"assignee": None, "assigned_at": None, "returns_at": None}
        record_ticket_event(TicketEvent.Kind.RELEASED, actor=None, ticket=ticket, person=person, **nobody)
    alone: list[QuerySet[Any]] = [
        TicketCc.objects.filter(person=person),
        TicketDraft.objects.filter(author=person),
        PendingReply.objects.filter(author=person),
        TicketPresence.objects.filter(person=person),
        TeamMember.objects.filter(person=person),
        AgentSeat.objects.filter(person=person),
        Absence.objects.filter(person=person),
        SavedView.objects.filter(owner=person),
        Macro.objects.filter(owner=person),
        Entitlement.objects.filter(person=person),
        SurveyWords.objects.filter(survey__person_key__in=keys_of(person)),
    ]
    remember_ended(Entitlement.objects.filter(person=person))
    for rows in alone:
        rows.delete()
    SolvedRating.objects.filter(person=person).update(words="")
    _delete_files(TicketAttachment.objects.filter(uploader=person, ticket__isnull=True))


def _locked(tickets: QuerySet[Ticket]) -> list[Ticket]:
    """These tickets, locked: the questions they are about first, each kind in the order of its ids."""
    open_ones = Escalation.objects.filter(ticket__in=tickets.order_by().values("pk"), ended_at__isnull=True)
    list(Thread.objects.select_for_update(no_key=True).filter(pk__in=open_ones.values("thread")).order_by("pk"))
    return list(tickets.select_related("queue").select_for_update(no_key=True, of=("self",)).order_by("pk"))


def empty(tickets: list[int], *, besides_copies: bool = False) -> None:
    """Words, private details and files of these tickets go. `besides_copies`: what others in copy wrote stays."""
    messages = TicketMessage.objects.filter(ticket__in=tickets)
    if besides_copies:
        messages = messages.filter(
            Q(is_staff=True) | Q(author__in=Ticket.objects.filter(pk__in=tickets).values("requester"))
        )
    _delete_files(
        TicketAttachment.objects.filter(Q(message__in=messages) | Q(ticket__in=tickets, message__isnull=True))
    )
    nothing = {"body": "", "body_html": ""}
    messages.update(**nothing)
    TicketNote.objects.filter(ticket__in=tickets).update(**nothing)
    PendingReply.objects.filter(ticket__in=tickets).delete()
    TicketDraft.objects.filter(ticket__in=tickets).delete()
    TicketValue.objects.filter(ticket__in=tickets).delete()
    TicketRating.objects.filter(ticket__in=tickets).update(words="")
    EscalationWords.objects.filter(escalation__ticket__in=tickets).delete()
    _empty_carried(tickets)
    Ticket.objects.filter(pk__in=tickets).update(subject=REMOVED, product_version="")


def _empty_carried(tickets: list[int]) -> None:
    nothing = {"title": REMOVED, "body": "", "body_html": "", "product_version": "", "tags": []}
    Carried.objects.filter(ticket__in=tickets).update(**nothing)


def _delete_files(files: QuerySet[TicketAttachment]) -> None:
    """Rows now, bytes once that is committed."""
    places = [(one.file.storage, str(one.file.name)) for one in files]
    files.delete()
    for storage, name in places:
        transaction.on_commit(partial(storage.delete, name))


# With time ------------------------------------------------------------------------------------------------------------
def with_words(closed_before: Any) -> QuerySet[Ticket]:
    """Closed tickets that still say something."""
    return Ticket.objects.filter(closed_at__lt=closed_before).exclude(subject=REMOVED)


def sweep_words(kept: timedelta) -> int:
    """Empty what was closed longer ago than `kept`; how many tickets."""
    done = 0
    while done < _MOST:
        with transaction.atomic():
            old = with_words(clock.now() - kept).order_by("closed_at", "pk")
            batch = [
                ticket.pk for ticket in old.select_for_update(no_key=True, skip_locked=True, of=("self",))[:_BATCH]
            ]
            empty(batch)
        done += len(batch)
        if len(batch) < _BATCH:
            break
    return done


# With a question ------------------------------------------------------------------------------------------------------
def rewrite(threads: list[Thread], change: Change) -> None:
    """What tickets took along from these locked questions is written anew. What the customer and staff wrote to each
    other is not: that is where private details belong."""
    ids = [thread.pk for thread in threads]
    for carried in Carried.objects.filter(ticket__thread__in=ids):
        new: dict[str, Any] = {
            "title": change(carried.title)[:MAX_TITLE] or REMOVED,
            "body": change(carried.body),
            "product_version": change(carried.product_version)[:60],
            "tags": [change(tag) for tag in carried.tags],
        }
        if any(getattr(carried, name) != value for name, value in new.items()):
            html = render_body(new["body"])[0].html if new["body"] else ""
            Carried.objects.filter(pk=carried.pk).update(**new, body_html=html)
    for ticket in Ticket.objects.filter(thread__in=ids):
        subject = change(ticket.subject)[:MAX_TITLE] or REMOVED
        if subject != ticket.subject:
            Ticket.objects.filter(pk=ticket.pk).update(subject=subject)
    for words in EscalationWords.objects.filter(escalation__thread__in=ids):
        text = change(words.text)[:2000]
        if text != words.text:
            EscalationWords.objects.filter(pk=words.pk).update(text=text)
    _rewrite_what_was_said(ids, change)


def _rewrite_what_was_said(thread_ids: list[int], change: Change) -> None:
    """What the asker and readers said about how it went."""
    for rating in SolvedRating.objects.filter(thread__in=thread_ids).exclude(words=""):
        if (words := change(rating.words)[:2000]) != rating.words:
            SolvedRating.objects.filter(pk=rating.pk).update(words=words)
    for said in SurveyWords.objects.filter(survey__thread__in=thread_ids):
        if (text := change(said.text)[:500]) != said.text:
            SurveyWords.objects.filter(pk=said.pk).update(text=text)


def destroy(thread: Thread) -> None:
    """All that came from a question which is destroyed."""
    tickets = list(Ticket.objects.filter(thread=thread).values_list("pk", flat=True))
    _empty_carried(tickets)
    Ticket.objects.filter(pk__in=tickets).update(subject=REMOVED, product_version="")
    EscalationWords.objects.filter(escalation__thread=thread).delete()
    SolvedRating.objects.filter(thread=thread).update(words="")
    SurveyWords.objects.filter(survey__thread=thread).delete()
