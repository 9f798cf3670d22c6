"""Which questions the policies of escalation are about at one moment, and what is said of each. Writes nothing.

A preview and a real run ask this same plan, so they agree; a real run asks it once more under each question's lock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, CharField, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from community.models import Answer, KnownIssue, KnownIssueThread, Thread
from community.models.threads import SOLVABLE
from community.roles import Role
from support.models import UNDONE, Escalation, EscalationPolicy, EscalationReason, EscalationRunItem, Ticket
from support.reading.entitled import entitled, supported
from support.reading.hours import hours_of
from support.sla import Hours, seconds_between

Verdict = EscalationRunItem.Verdict
#: So many questions come to staff in one run, whatever the policies of its boards allow together.
MOST_IN_A_RUN = 50
_UNANSWERED, _UNSOLVED = EscalationReason.UNANSWERED.value, EscalationReason.UNSOLVED.value


@dataclass(frozen=True)
class Planned:
    """One question that waited long enough: since when, why it would come to staff, and whether it does."""

    board_id: int
    thread_id: int
    verdict: str
    reason: str
    since: datetime


def plan(policies: Iterable[EscalationPolicy], moment: datetime) -> list[Planned]:
    """Every question that waited long enough on these boards, whoever waits longest first, within all caps.

    Two queries for each board: its calendar and its questions.
    """
    found: list[Planned] = []
    for policy in policies:
        found += _capped(look(policy, moment), policy.most)
    return _capped(sorted(found, key=lambda each: (each.since, each.thread_id)), MOST_IN_A_RUN)


def look(policy: EscalationPolicy, moment: datetime, thread_id: int | None = None) -> list[Planned]:
    """The same of one board before any cap, or of one of its questions alone."""
    rows = candidates(policy, moment)
    if thread_id is not None:
        rows = rows.filter(pk=thread_id)
    told = rows.annotate(said=_verdict(policy, moment)).order_by("waits_since", "pk")
    return [Planned(*row) for row in told.values_list("board", "pk", "said", "why", "waits_since")]


def candidates(policy: EscalationPolicy, moment: datetime) -> QuerySet[Thread]:
    """Customers' questions that wait for somebody, young enough, and long enough; with `waits_since` and `why`.

    Those that wait for their asker's word do not wait for staff. One that was with staff before comes back to them by
    somebody's word alone, never by itself.
    """
    oldest = moment - timedelta(days=policy.oldest)
    ended = Escalation.objects.filter(thread=OuterRef("pk"), ended_at__isnull=False)
    done = Ticket.objects.filter(thread=OuterRef("pk"), requester=OuterRef("asker")).exclude(status__in=UNDONE)
    last_reply = Answer.objects.filter(thread=OuterRef("pk"), hidden_at__isnull=True).order_by("-position")
    threads = Thread.objects.listed().filter(
        # last_activity_at is never before asked_at, and by it the board's index is sorted
        Q(board=policy.board_id, last_activity_at__gte=oldest, asked_at__gte=oldest, board__archived_at__isnull=True),
        Q(kind__in=SOLVABLE, asker_role=Role.CUSTOMER, locked_at__isnull=True, closed_at__isnull=True),
        Q(solved_at__isnull=True, needs_info_at__isnull=True),
        ~Exists(ended) & ~Exists(done),
    )
    nobody_answered = Q(peer_answer_count=0)
    return threads.annotate(
        why=Case(When(nobody_answered, then=Value(_UNANSWERED)), default=Value(_UNSOLVED), output_field=CharField()),
        waits_since=Case(
            When(nobody_answered, then=F("asked_at")),
            default=Subquery(last_reply.values("answered_at")[:1]),
            output_field=DateTimeField(),
        ),
    ).filter(_waited(policy, moment, oldest))


def _waited(policy: EscalationPolicy, moment: datetime, oldest: datetime) -> Q:
    """Condition: it waited as long, in business time, as the policy says for its kind of waiting."""
    hours, waited = hours_of(policy.calendar), Q(pk__in=[])
    for reason, least in ((_UNANSWERED, policy.unanswered_after), (_UNSOLVED, policy.unsolved_after)):
        since = latest_start(hours, oldest, moment, least * 3600) if least is not None else None
        if since is not None:
            waited |= Q(why=reason, waits_since__lte=since)
    return waited


def latest_start(hours: Hours, earliest: datetime, end: datetime, seconds: int) -> datetime | None:
    """The last moment from which so much business time goes by until `end`, to the second; None where even from
    `earliest` on there is less."""
    if seconds_between(hours, earliest, end) < seconds:
        return None
    low, high = 0, max(0, int((end - earliest).total_seconds()))
    while low < high:  # what begins `low` seconds after `earliest` has waited long enough
        middle = (low + high + 1) // 2
        if seconds_between(hours, earliest + timedelta(seconds=middle), end) >= seconds:
            low = middle
        else:
            high = middle - 1
    return earliest + timedelta(seconds=low)


def _verdict(policy: EscalationPolicy, moment: datetime) -> Case:
    """What is said of a question that waited long enough; the first that is true."""
    ticket = Ticket.objects.filter(thread=OuterRef("pk"), requester=OuterRef("asker"), status__in=UNDONE)
    current = KnownIssue.objects.current().order_by().values("pk")
    covered = KnownIssueThread.objects.filter(thread=OuterRef("pk"), unlinked_at__isnull=True, issue__in=current)
    is_there = Q(asker__is_active=True, asker__anonymised_at__isnull=True, asker__is_imported=False)
    return Case(
        When(Q(escalated_at__isnull=False) | Exists(ticket), then=Value(Verdict.OPEN.value)),
        When(Exists(covered), then=Value(Verdict.KNOWN_ISSUE.value)),
        When(~is_there, then=Value(Verdict.INACTIVE.value)),
        When(~supported("board", moment), then=Value(Verdict.PERIOD.value)),
        When(~entitled("asker", "board", moment), then=Value(Verdict.ENTITLED.value)),
        When(~_spoken(policy.languages), then=Value(Verdict.LANGUAGE.value)),
        default=Value(Verdict.ESCALATED.value),
        output_field=CharField(),
    )


def _spoken(codes: list[str]) -> Q:
    """Condition: it is in one of these languages (none: any), as written there or in the region's own form."""
    if not codes:
        return ~Q(pk__in=[])
    said = Q()
    for code in codes:
        said |= Q(language__iexact=code) | Q(language__istartswith=f"{code}-")
    # Nobody could tell: then it is the board's language, or the site's.
    unsure = Q(board__language__in=codes)
    if settings.LANGUAGE_CODE in codes:
        unsure |= Q(board__language="")
    return said | Q(unsure, language="")


def _capped(found: list[Planned], most: int) -> list[Planned]:
    """Of those that would come to staff only so many do; the rest wait for the next run."""
    left, kept = most, []
    for each in found:
        if each.verdict == Verdict.ESCALATED:
            left -= 1
            each = each if left >= 0 else replace(each, verdict=Verdict.CAPPED.value)
        kept.append(each)
    return kept
