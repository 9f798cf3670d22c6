"""Known issues as pages show them: what stands on home, boards and forms, one issue's page, and whom it touches."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from community.content.excerpts import plain_of
from community.content.text import excerpt
from community.errors import NotThere
from community.models import (
    Board,
    KnownIssue,
    KnownIssuePerson,
    KnownIssueThread,
    KnownIssueUpdate,
    Thread,
    User,
)
from community.permissions import Anyone
from community.reading import addresses, cursors
from community.reading.prepared import Prepared, number
from community.search.likeness import words_for

#: So many stand on home, a board, a form; the others are one press away.
MOST_SHOWN = 3
PAGE = 20
#: So many of an issue's questions are named on its page, the latest.
MOST_NAMED = 10
#: So many current ones are compared with what somebody writes.
MOST_COMPARED = 100
#: So many of an issue's words must stand in what somebody writes.
LEAST_SHARED = 2
TEXT = 240
ORDER, NEWS_ORDER = "known issues", "issue news"


@dataclass(frozen=True)
class Issue:
    """One issue as a line or a card. `people` have it: they said so, asked about it or share such a question."""

    id: int
    title: str
    text: str
    board_name: str
    opened_at: datetime
    updated_at: datetime
    fixed_at: datetime | None
    withdrawn_at: datetime | None
    people: int = 0
    has_joined: bool = False

    @property
    def url(self) -> str:
        return addresses.of_id("known_issue", self.id)

    @property
    def join_url(self) -> str:
        return addresses.of_id("join_known_issue", self.id)


@dataclass
class IssuePage:
    """What an issue's page shows: the issue, its news with the newest first, and the latest questions about it."""

    issue: KnownIssue
    people: int
    has_joined: bool
    news: list[KnownIssueUpdate]
    older: str
    threads: list[Thread] = field(default_factory=list)
    thread_count: int = 0


_COLUMNS = ("id", "title", "body_html", "board__name", "opened_at", "updated_at", "fixed_at", "withdrawn_at")
_everywhere = Prepared(
    lambda user: (
        KnownIssue.objects.visible_to(user)
        .current()
        .order_by("-updated_at", "-pk")
        .values_list(*_COLUMNS)[: MOST_SHOWN + 1]
    ),
    places=0,
)
_on_board = Prepared(
    lambda user: (
        KnownIssue.objects.visible_to(user)
        .current()
        .filter(Q(board=number(0)) | Q(board__isnull=True))
        .order_by("-updated_at", "-pk")
        .values_list(*_COLUMNS)[: MOST_SHOWN + 1]
    ),
    places=1,
)


# Lists ----------------------------------------------------------------------------------------------------------------
def current_issues(user: Anyone, board: Board | None = None, *, knows_joined: bool = False) -> list[Issue]:
    """The latest current issues (of a board and of the whole site): at most one more than `MOST_SHOWN`.

    One query, two where there are any; a third says which of them this person has joined.
    """
    rows = _on_board.rows(user, board.pk) if board else _everywhere.rows(user)
    return _with_people(user, rows, knows_joined=knows_joined)


def issues_page(user: Anyone, *, settled: bool, after: str = "") -> tuple[list[Issue], str]:
    """A page of the current ones, or of those that are fixed or taken back; and the next one's cursor.

    At most three queries. Refused for a made-up cursor.
    """
    rows: Any = KnownIssue.objects.visible_to(user)
    rows = rows.exclude(fixed_at__isnull=True, withdrawn_at__isnull=True) if settled else rows.current()
    if after:
        moment, pk = cursors.decode_moment(ORDER, after)
        rows = rows.filter(Q(updated_at__lt=moment) | Q(updated_at=moment, pk__lt=pk))
    found = _with_people(user, list(rows.order_by("-updated_at", "-pk").values_list(*_COLUMNS)[: PAGE + 1]))
    more = len(found) > PAGE
    found = found[:PAGE]
    return found, cursors.encode_moment(ORDER, found[-1].updated_at, found[-1].id) if more else ""


def _with_people(user: Anyone, rows: Collection[Any], *, knows_joined: bool = False) -> list[Issue]:
    ids = [row[0] for row in rows]
    counts = affected(ids)
    joined = _joined(user, ids) if knows_joined else set[int]()
    found = []
    for pk, title, html, board, opened_at, updated_at, fixed_at, withdrawn_at in rows:
        text, people = excerpt(plain_of(html), TEXT), counts.get(pk, 0)
        found.append(
            Issue(pk, title, text, board or "", opened_at, updated_at, fixed_at, withdrawn_at, people, pk in joined)
        )
    return found


def _joined(user: Anyone, ids: Collection[int]) -> set[int]:
    if not isinstance(user, User) or not ids:
        return set()
    return set(KnownIssuePerson.objects.filter(person=user, issue__in=ids).values_list("issue_id", flat=True))


# Beside a form --------------------------------------------------------------------------------------------------------
def fitting(
    viewer: Anyone, *, title: str, body: str = "", board_id: int | None = None, thread_ids: Collection[int] = ()
) -> list[Issue]:
    """The current issues that what somebody writes may be about: theirs are the questions like it, or its words.

    Those of other boards than the chosen one are left out. At most four queries.
    """
    current = KnownIssue.objects.visible_to(viewer).current()
    if board_id is not None:
        current = current.filter(Q(board=board_id) | Q(board__isnull=True))
    rows = list(current.order_by("-updated_at", "-pk").values_list(*_COLUMNS)[:MOST_COMPARED])
    if not rows:
        return []
    links = KnownIssueThread.objects.in_force().filter(thread__in=thread_ids)
    linked = set(links.values_list("issue_id", flat=True)) if thread_ids else set()
    written = words_for(title, body, "").all
    fits = [row for row in rows if row[0] in linked or _is_about(written, row[1], row[2])]
    fits.sort(key=lambda row: row[0] not in linked)
    return _with_people(viewer, fits[:MOST_SHOWN], knows_joined=True)


def _is_about(written: Counter[str], title: str, html: str) -> bool:
    """Whether half of the telling words of its title stand there, and two of its words at least."""
    issue = words_for(title, plain_of(html), "")
    shared = written.keys() & issue.all.keys()
    of_title = shared & issue.title.keys()
    return len(shared) >= LEAST_SHARED and bool(of_title) and 2 * len(of_title) >= len(issue.title)


# One issue ------------------------------------------------------------------------------------------------------------
def issue_of(user: Anyone, issue_id: int) -> KnownIssue:
    """The issue with its board; NotThere where this person sees none."""
    found = KnownIssue.objects.visible_to(user).select_related("board", "opened_by").filter(pk=issue_id).first()
    if found is None:
        raise NotThere(_("There is no such known issue."))
    return found


def read_issue(user: Anyone, issue_id: int, *, given: Mapping[str, str]) -> IssuePage:
    """An issue's page: six queries, whatever there is. NotThere out of sight, Refused for a made-up cursor."""
    issue = issue_of(user, issue_id)
    rows = KnownIssueUpdate.objects.filter(issue=issue).select_related("said_by").order_by("-pk")
    if after := given.get("after", ""):
        rows = rows.filter(pk__lt=cursors.decode(NEWS_ORDER, after)[0])
    news = list(rows[: PAGE + 1])
    older = cursors.encode(NEWS_ORDER, news[PAGE - 1].pk, 0) if len(news) > PAGE else ""
    threads = linked_threads(user, issue)
    return IssuePage(
        issue=issue,
        people=affected([issue.pk]).get(issue.pk, 0),
        has_joined=bool(_joined(user, [issue.pk])),
        news=news[:PAGE],
        older=older,
        threads=list(threads.select_related("board").order_by("-known_issue_links__pk")[:MOST_NAMED]),
        thread_count=threads.count(),
    )


def linked_threads(user: Anyone, issue: KnownIssue) -> Any:
    """The questions about it that lists may show this person."""
    linked = Thread.objects.visible_to(user).listed()
    return linked.filter(known_issue_links__issue=issue, known_issue_links__unlinked_at__isnull=True)


def known_issue_of(user: Any) -> ArraySubquery:
    """For a query of threads: the known issue each is about (at most one), as id, title and moments in words."""
    seen = KnownIssue.objects.visible_to(user).filter(withdrawn_at__isnull=True).order_by().values("pk")
    links = KnownIssueThread.objects.filter(thread=OuterRef("pk"), unlinked_at__isnull=True, issue__in=seen)
    row = JSONObject(id="issue_id", title="issue__title", updated_at="issue__updated_at", fixed_at="issue__fixed_at")
    return ArraySubquery(links.order_by().values(data=row))


# Whom it touches ------------------------------------------------------------------------------------------------------
_AFFECTED = """
    SELECT issue_id, count(DISTINCT person_id) FROM (
        SELECT issue_id, person_id FROM community_knownissueperson WHERE issue_id = ANY (%(ids)s)
        UNION ALL
        SELECT l.issue_id, t.asker_id FROM community_knownissuethread l JOIN community_thread t ON t.id = l.thread_id
        WHERE l.issue_id = ANY (%(ids)s) AND l.unlinked_at IS NULL
        UNION ALL
        SELECT l.issue_id, m.person_id FROM community_knownissuethread l
        JOIN community_metoo m ON m.thread_id = l.thread_id
        WHERE l.issue_id = ANY (%(ids)s) AND l.unlinked_at IS NULL
    ) p GROUP BY issue_id
"""
_REACHED = """
    SELECT count(DISTINCT person_id) FROM (
        SELECT asker_id AS person_id FROM community_thread WHERE id = ANY (%(ids)s)
        UNION ALL SELECT person_id FROM community_metoo WHERE thread_id = ANY (%(ids)s)
    ) p
"""


def affected(issue_ids: Collection[int]) -> dict[int, int]:
    """How many people have each of these issues, each person once. One query, none without issues."""
    if not issue_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_AFFECTED, {"ids": list(issue_ids)})
        return dict(cursor.fetchall())


def reached(thread_ids: Collection[int]) -> int:
    """How many people asked one of these questions or share one. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_REACHED, {"ids": list(thread_ids)})
        return int(cursor.fetchone()[0])
