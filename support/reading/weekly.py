"""What one week brought, found for the weekly report: numbers, ids, and words that several people wrote.

Everything is counted by whole weeks in the site's time zone. A question that staff asked or that is hidden counts
nowhere; one that was merged counts, because its asker had the problem too.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Left

from community.content.queries import is_silent
from community.models import KnownIssue, KnownIssuePerson, KnownIssueThread, MeToo, TaggedThread, Thread
from community.models.threads import SOLVABLE, Kind
from community.roles import Role
from community.search.analysis import stems_in, words_of
from support import trends
from support.models import SlaClock

#: Of the form of `WeeklyReport.findings`.
FORM = 1
#: Characters of a text that are read for its words.
MOST_TEXT = 2_000
#: So many lines of each kind, and so many ids of what one line is about.
MOST, MOST_IDS = 5, 500
#: An issue has at least so many people; what was asked again so often is recurring.
LEAST_PEOPLE, LEAST_AGAIN = 2, 2
#: "Again" looks back so far.
AGAIN = 8 * trends.WEEK


@dataclass(frozen=True)
class Span:
    """A week: from its Monday's midnight in the site's zone to the next."""

    week: date
    start: datetime
    end: datetime


def span_of(week: date) -> Span:
    """The week that begins on this Monday."""
    return Span(week, _midnight(week), _midnight(week + trends.WEEK))


def day_of(moment: datetime) -> date:
    """The day in the site's zone."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))


def find(week: date) -> dict[str, Any]:
    """All findings of a week, as they are stored (form 1). Counted as of now, so a week is best looked at once over."""
    span = span_of(week)
    heard = trends.listen(_asked(week), week)
    return {
        "form": FORM,
        "asked": heard.volume.people,
        "usual": heard.volume.usual,
        "last_year": heard.volume.last_year,
        "trends": None if heard.trends is None else [_stored(each) for each in heard.trends],
        "issues": _issues(span),
        "causes": _causes(span),
        "again": _again(span),
        "wants": _wants(span),
        "praise": _praise(span),
        "helpers": _helpers(span),
        "promises": _promises(span),
        "fixed": _fixed(span),
    }


def _stored(trend: trends.Trend) -> dict[str, Any]:
    return {
        "term": trend.term,
        "people": trend.people,
        "expected": round(trend.expected, 1),
        "last_year": None if trend.last_year is None else round(trend.last_year, 1),
        "best": trend.best,
        "since": trend.since.isoformat() if trend.since else None,
        "beside": list(trend.beside),
        "threads": list(trend.threads[:MOST_IDS]),
    }


# Trends ---------------------------------------------------------------------------------------------------------------
def terms_of(title: str, body: str, language: str, tags: Sequence[int] = ()) -> frozenset[str]:
    """The words of a question as they are compared, and its tags' ids."""
    words = {word for word in words_of(f"{title} {body[:MOST_TEXT]}") if _is_telling(word)}
    stems = stems_in(sorted(words), language).split()
    return frozenset((*(trends.WORD + stem for stem in stems), *(f"{trends.TAG}{tag}" for tag in tags)))


def _is_telling(word: str) -> bool:
    """Whether its coming and going may mean something: no short word, no year, no number of one or two digits."""
    if word.isdigit():
        return len(word) > 2 and not (len(word) == 4 and word[:2] in ("19", "20"))
    return not (len(word) < 3 and word.isascii()) and not is_silent(word)


def _asked(week: date) -> Iterator[trends.Asked]:
    """Customers' questions of all weeks that the trends of this one need, read one after the other."""
    spans = [span_of(each) for each in trends.weeks_read(week)]
    within = Q(pk__in=[])
    for span in spans:
        within |= Q(asked_at__gte=span.start, asked_at__lt=span.end)
    threads = _questions().filter(within)
    tags: dict[int, list[int]] = defaultdict(list)
    tagged = TaggedThread.objects.filter(content_object__in=threads.order_by().values("pk"))
    for thread_id, tag_id in tagged.values_list("content_object_id", "tag_id").iterator(chunk_size=5_000):
        tags[thread_id].append(tag_id)
    rows = threads.order_by().values_list("pk", "asker_id", "asked_at", "language", "title", Left("body", MOST_TEXT))
    for pk, asker_id, asked_at, language, title, body in rows.iterator(chunk_size=1_000):
        heading, tagged_with = terms_of(title, "", language), tags.get(pk, ())
        terms = heading | terms_of("", body, language, tagged_with)
        yield trends.Asked(pk, asker_id, day_of(asked_at), language, terms, heading)


def _questions() -> QuerySet[Thread]:
    """What customers asked, as far as it is not hidden."""
    return Thread.objects.filter(kind__in=SOLVABLE, asker_role=Role.CUSTOMER, hidden_at__isnull=True)


# Issues ---------------------------------------------------------------------------------------------------------------
def _issues(span: Span) -> list[dict[str, Any]]:
    """Questions that were unsolved when the week ended, by how many people had them in that week."""
    joined = MeToo.objects.filter(joined_at__gte=span.start, joined_at__lt=span.end)
    open_then = (Q(solved_at__isnull=True) | Q(solved_at__gte=span.end) | Q(outdated_at__isnull=False)) & (
        Q(closed_at__isnull=True) | Q(closed_at__gte=span.end)
    )
    # Of imported questions we know how many have them, but not since when: they count with their askers.
    rows: Any = _questions().listed().filter(open_then, asked_at__lt=span.end)  # type: ignore[attr-defined]
    rows = rows.filter(Q(asked_at__gte=span.start) | Q(pk__in=joined.values("thread")))
    rows = rows.annotate(
        joined=_count(joined.filter(thread=OuterRef("pk")), "thread"),
        new=_own(span),
    ).annotate(lately=F("joined") + F("new"), people=F("me_too_count") + 1)
    rows = rows.filter(lately__gte=LEAST_PEOPLE).order_by("-lately", "-people", "pk")
    found = rows.values_list("pk", "lately", "people")[:MOST]
    return [{"thread": pk, "lately": lately, "people": people} for pk, lately, people in found]


def _own(span: Span) -> Any:
    """The asker and who came along with an import, where it was asked in the week."""
    return Coalesce(
        Subquery(
            Thread.objects.filter(pk=OuterRef("pk"), asked_at__gte=span.start)
            .annotate(own=F("imported_me_too") + 1)
            .values("own"),
            output_field=IntegerField(),
        ),
        Value(0),
    )


def _count(rows: QuerySet[Any], group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _causes(span: Span) -> list[dict[str, Any]]:
    """Known issues that more questions were found to be about in the week, or that more people said they have."""
    linked = KnownIssueThread.objects.filter(
        unlinked_at__isnull=True, linked_at__gte=span.start, linked_at__lt=span.end
    )
    joined = KnownIssuePerson.objects.filter(joined_at__gte=span.start, joined_at__lt=span.end)
    found: dict[int, dict[str, Any]] = {}
    for issue_id, thread_id in linked.order_by("pk").values_list("issue", "thread"):
        found.setdefault(issue_id, {"issue": issue_id, "threads": [], "joined": 0})["threads"].append(thread_id)
    for issue_id, count in joined.order_by().values_list("issue").annotate(n=Count("pk")):
        found.setdefault(issue_id, {"issue": issue_id, "threads": [], "joined": 0})["joined"] = count
    rows = sorted(found.values(), key=lambda each: (-len(each["threads"]) - each["joined"], each["issue"]))
    current = set(KnownIssue.objects.filter(pk__in=found, withdrawn_at__isnull=True).values_list("pk", flat=True))
    return [_bounded(each) for each in rows if each["issue"] in current][:MOST]


def _bounded(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"threads": found["threads"][:MOST_IDS]}


_AGAIN = """
    WITH asked AS (
        SELECT t.id, t.asker_id, t.asked_at, t.merged_into_id FROM community_thread t
        WHERE t.asked_at >= %(since)s AND t.asked_at < %(end)s AND t.hidden_at IS NULL AND t.asker_role = 'customer'
    ), pairs AS (
        SELECT merged_into_id AS original, id, asker_id, asked_at FROM asked WHERE merged_into_id IS NOT NULL
        UNION
        SELECT h.other_id, a.id, a.asker_id, a.asked_at
        FROM asked a JOIN community_duplicatehint h ON h.thread_id = a.id
        WHERE h.dismissed_at IS NULL AND a.merged_into_id IS NULL
    )
    SELECT p.original, count(DISTINCT p.asker_id), array_agg(DISTINCT p.id ORDER BY p.id)
    FROM pairs p JOIN community_thread o ON o.id = p.original AND o.hidden_at IS NULL
    GROUP BY p.original HAVING count(DISTINCT p.asker_id) >= %(least)s AND max(p.asked_at) >= %(start)s
    ORDER BY 2 DESC, 1 LIMIT %(most)s
"""


def _again(span: Span) -> list[dict[str, Any]]:
    """Questions that others asked again in the last eight weeks, in this one too: merged, or noted as much like it."""
    params = {"since": span.end - AGAIN, "start": span.start, "end": span.end, "least": LEAST_AGAIN, "most": MOST}
    return [
        {"thread": original, "people": people, "threads": again[:MOST_IDS]}
        for original, people, again in _rows(_AGAIN, params)
    ]


# Wants, praise, thanks ------------------------------------------------------------------------------------------------
_WANTS = """
    WITH ideas AS (
        SELECT t.id, coalesce(t.merged_into_id, t.id) AS idea, t.asker_id, t.asked_at, t.imported_me_too
        FROM community_thread t WHERE t.kind = 'idea' AND t.hidden_at IS NULL AND t.asked_at < %(end)s
    ), people AS (
        SELECT idea, asker_id AS person, asked_at AS at FROM ideas
        UNION ALL SELECT i.idea, a.author_id, a.answered_at FROM ideas i JOIN community_answer a ON a.thread_id = i.id
        WHERE a.answered_at < %(end)s AND a.hidden_at IS NULL AND a.author_role = 'customer'
        UNION ALL SELECT i.idea, m.person_id, m.joined_at FROM ideas i JOIN community_metoo m ON m.thread_id = i.id
        WHERE m.joined_at < %(end)s
    ), firsts AS (SELECT idea, person, min(at) AS at FROM people GROUP BY 1, 2)
    SELECT f.idea, count(*) + max(t.imported_me_too), count(*) FILTER (WHERE f.at >= %(start)s)
    FROM firsts f JOIN community_thread t ON t.id = f.idea
    WHERE t.kind = 'idea' AND t.hidden_at IS NULL AND (t.closed_at IS NULL OR t.closed_at >= %(end)s)
    GROUP BY 1 HAVING count(*) FILTER (WHERE f.at >= %(start)s) > 0
    ORDER BY 3 DESC, 2 DESC, 1 LIMIT %(most)s
"""
_HELPERS = """
    WITH thanks AS (
        SELECT h.answer_id, h.person_id FROM community_helped h
        WHERE h.helped_at >= %(start)s AND h.helped_at < %(end)s
        UNION
        SELECT s.answer_id, t.asker_id FROM community_solution s JOIN community_thread t ON t.id = s.thread_id
        WHERE s.accepted_by_asker AND s.withdrawn_at IS NULL
            AND s.accepted_at >= %(start)s AND s.accepted_at < %(end)s
    )
    SELECT a.author_id, count(DISTINCT h.person_id), array_agg(DISTINCT a.id ORDER BY a.id)
    FROM thanks h JOIN community_answer a ON a.id = h.answer_id JOIN community_user u ON u.id = a.author_id
    WHERE a.author_role = 'customer' AND a.hidden_at IS NULL AND a.author_id <> h.person_id AND u.anonymised_at IS NULL
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s
"""


def _wants(span: Span) -> list[dict[str, Any]]:
    """Ideas that somebody had or wrote about in the week, by how many different customers did."""
    return [
        {"thread": idea, "people": people, "lately": lately} for idea, people, lately in _rows(_WANTS, _params(span))
    ]


def _praise(span: Span) -> dict[str, Any]:
    rows = Thread.objects.listed().filter(kind=Kind.PRAISE, asker_role=Role.CUSTOMER)
    rows = rows.filter(asked_at__gte=span.start, asked_at__lt=span.end).order_by("-me_too_count", "-asked_at", "-pk")
    return {"count": rows.count(), "threads": list(rows.values_list("pk", flat=True)[:MOST])}


def _helpers(span: Span) -> list[dict[str, Any]]:
    """Customers whose answers solved it for the most people in the week, by those people's word."""
    return [
        {"person": author, "people": people, "answers": answers[:MOST_IDS]}
        for author, people, answers in _rows(_HELPERS, _params(span))
    ]


# Promises -------------------------------------------------------------------------------------------------------------
def _promises(span: Span) -> list[dict[str, Any]]:
    """By kind: how many promises of the desk were kept in the week, and which were broken."""
    clocks = SlaClock.objects.filter(ticket__merged_into__isnull=True)
    kept = clocks.filter(met_at__gte=span.start, met_at__lt=span.end, breached_at__isnull=True)
    counts = dict(kept.order_by().values_list("kind").annotate(n=Count("pk")))
    broken: dict[str, list[int]] = defaultdict(list)
    late = clocks.filter(breached_at__gte=span.start, breached_at__lt=span.end).order_by("breached_at", "pk")
    for kind, ticket_id in late.values_list("kind", "ticket_id"):
        broken[kind].append(ticket_id)
    kinds = [kind for kind in SlaClock.Kind.values if counts.get(kind) or broken.get(kind)]
    return [
        {
            "kind": kind,
            "kept": counts.get(kind, 0),
            "broken": len(broken.get(kind, [])),
            "tickets": list(dict.fromkeys(broken.get(kind, [])))[:MOST_IDS],
        }
        for kind in kinds
    ]


def _fixed(span: Span) -> list[dict[str, Any]]:
    """Known issues that were fixed in the week, and after how many days."""
    rows = KnownIssue.objects.filter(fixed_at__gte=span.start, fixed_at__lt=span.end, withdrawn_at__isnull=True)
    found = rows.order_by("-person_count", "pk").values_list("pk", "opened_at", "fixed_at")[:MOST]
    return [
        {"issue": pk, "days": max(0, (fixed - opened) // timedelta(days=1))} for pk, opened, fixed in found if fixed
    ]


def _params(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "most": MOST}


def _rows(query: str, params: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()
