"""What stands behind one case of the ledger: the evidence, what else its person did about it, and what was said."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Answer, Merge, Solution, SuggestionEvent, Thread, ThreadEvent, User
from support.ledger.facts import closure
from support.models import (
    CaseKind,
    CurrentEntry,
    DeflectionCase,
    Intent,
    OutsideContact,
    Survey,
    SurveyWords,
    Ticket,
)

Event = ThreadEvent.Kind
#: What may change how a case stands.
_TOLD = (
    *(Event.ASKED, Event.ACCEPTED, Event.WITHDRAWN, Event.HIDDEN, Event.RESTORED, Event.NOT_SOLVED, Event.MERGED),
    *(Event.UNMERGED, Event.ESCALATED, Event.RETURNED),
)
#: Rows of one sort at most: a thread that many accept, withdraw and hide again is still a page.
_MOST = 50


@dataclass(frozen=True)
class Fact:
    """One thing that happened, and where it can be looked at ("": nowhere)."""

    at: datetime
    told: str | Promise
    address: str = ""


@dataclass(frozen=True)
class Said:
    """Somebody's words."""

    who: str | Promise
    words: str


def facts_of(case: DeflectionCase, current: CurrentEntry) -> list[Fact]:
    """What is known about this case, in the order in which it happened. Eight queries."""
    until = case.occurred_at + timedelta(days=current.definition.no_ticket_days)
    keys = closure({case.person_key, current.person_key})
    threads = {case.thread_id, current.thread_id}
    found = [*_evidence(case), *_of_threads(threads), *_of_person(keys, threads), *_contacts(keys, case, until)]
    found.append(Fact(until, _("The last moment of the days without a ticket")))
    return sorted(found, key=lambda each: each.at)


def _evidence(case: DeflectionCase) -> Iterator[Fact]:
    """The row that the case was made of."""
    yield Fact(case.occurred_at, _("This case: %(kind)s") % {"kind": CaseKind(case.kind).label})
    if case.kind == CaseKind.V:
        for survey in Survey.objects.filter(pk=case.source_id):
            yield Fact(survey.occurred_at, _("Was drawn for the survey"))
    if case.kind == CaseKind.F:
        for event in SuggestionEvent.objects.filter(pk=case.source_id).select_related("session"):
            where = reverse("admin:community_formsession_change", args=[event.session_id])
            yield Fact(event.session.opened_at, _("Opened the form"), where)


def _of_threads(threads: set[int]) -> Iterator[Fact]:
    events = ThreadEvent.objects.filter(thread__in=threads, kind__in=_TOLD).select_related("actor", "answer", "thread")
    for event in events.order_by("pk")[:_MOST]:
        who = str(event.actor) if event.actor else _("Nobody")
        post = event.answer or event.thread
        yield Fact(
            event.occurred_at,
            _("%(who)s %(did)s") % {"who": who, "did": Event(event.kind).label},
            post.get_absolute_url(),
        )
    for merge in Merge.objects.filter(thread__in=threads, undone_at=None).select_related("original")[:_MOST]:
        yield Fact(merge.merged_at, _("Counts as a question that was asked before"), merge.original.get_absolute_url())


def _of_person(keys: set[str], threads: set[int]) -> Iterator[Fact]:
    people = [int(key[2:]) for key in keys if key.startswith("u:")]
    acts = ThreadEvent.objects.filter(
        thread__in=threads, actor__in=people, kind__in=(Event.ME_TOO, Event.ME_TOO_WITHDRAWN, Event.HELPED)
    )
    for event in acts.order_by("pk")[:_MOST]:
        yield Fact(event.occurred_at, _("The person: %(did)s") % {"did": Event(event.kind).label})
    answered = Intent.objects.filter(person_key__in=keys, thread__in=threads, answered_at__isnull=False)
    for intent in answered[:_MOST]:
        if intent.answered_at is not None:
            told = _("The person would otherwise: %(instead)s") % {"instead": intent.get_instead_display()}
            yield Fact(intent.answered_at, told)


def _contacts(keys: set[str], case: DeflectionCase, until: datetime) -> Iterator[Fact]:
    """Tickets and contacts outside from thirty days before until the window closed."""
    since, people = case.occurred_at - timedelta(days=30), [int(key[2:]) for key in keys if key.startswith("u:")]
    for ticket in Ticket.objects.filter(requester__in=people, opened_at__range=(since, until))[:_MOST]:
        told = _("The person’s ticket %(number)s") % {"number": ticket.pk}
        yield Fact(ticket.opened_at, told, reverse("desk_ticket", args=[ticket.pk]))
    for contact in OutsideContact.objects.filter(person_key__in=keys, occurred_at__range=(since, until))[:_MOST]:
        told = _("The person contacted support: %(channel)s") % {"channel": contact.get_channel_display()}
        yield Fact(contact.occurred_at, told)


def words_of(case: DeflectionCase, reader: User) -> list[Said]:
    """What the question says, what solved it, and what a reader let us show. As far as `reader` may see it."""
    found = [Said(gettext_lazy("The question"), thread.body) for thread in _threads(case, reader)]
    solution = Solution.objects.filter(thread=case.thread_id).order_by("withdrawn_at", "-pk").last()
    if case.kind == CaseKind.D:
        solution = Solution.objects.filter(pk=case.source_id).first()
    if solution is not None:
        for answer in Answer.objects.visible_to(reader).filter(pk=solution.answer_id):
            found.append(Said(gettext_lazy("The answer"), answer.body))
    if case.kind == CaseKind.V:
        for said in SurveyWords.objects.filter(survey=case.source_id, may_be_shown=True):
            found.append(Said(gettext_lazy("The reader, who agreed that it may be shown"), said.text))
    return found


def _threads(case: DeflectionCase, reader: User) -> list[Thread]:
    return list(Thread.objects.visible_to(reader).filter(pk=case.thread_id))
