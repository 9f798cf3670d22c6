"""What was derived becomes rows: cases and entries are added to what is there, the rest is made anew.

An entry that is there is never touched. What the facts say now must begin with what is there; where it does not (a fact
was changed behind our back), the case gets one more entry that says how it stands, and `manage.py ledger rebuild
--check` tells of it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from support.deflection.facts import Assisted, Case, Entry, Viewer
from support.ledger.tables import copy, laid_out

CASE = "kind, source_id, person_key, thread_id, occurred_at, day, recorded_at, is_simulated"
ENTRY = (
    "case_id, seq, status, reason, person_key, thread_id, board_id, definition_id, known, channel, is_entitled, as_of"
)
VIEWER = "person_key, thread_id, board_id, occurred_at, day, is_shown, is_answered, is_simulated"
ASSISTED = "kind, source_id, person_key, thread_id, board_id, occurred_at, day, is_simulated"
#: Cases that are looked up at once.
_BATCH = 20_000


@dataclass
class Posted:
    """How many rows of each sort were added, and how many cases were found otherwise than they had been derived."""

    cases: int = 0
    entries: int = 0
    readers: int = 0
    differing: int = 0

    def add(self, other: "Posted") -> None:
        self.cases += other.cases
        self.entries += other.entries
        self.readers += other.readers
        self.differing += other.differing


def day_of(moment: datetime) -> Any:
    """The day in the site's time zone."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


# Cases and entries ----------------------------------------------------------------------------------------------------
def post_cases(cases: Sequence[Case]) -> Posted:
    """Add what is new of these cases and their entries."""
    posted = Posted()
    for start in range(0, len(cases), _BATCH):
        posted.add(_post(cases[start : start + _BATCH]))
    return posted


def _post(cases: Sequence[Case]) -> Posted:
    ids = _case_ids(cases)
    fresh = [each for each in cases if (each.kind, each.source_id) not in ids]
    copy("support_deflectioncase", CASE, (case_row(each) for each in fresh))
    ids |= _case_ids(fresh)
    stored = stored_entries([ids[each.kind, each.source_id] for each in cases])
    rows: list[tuple[Any, ...]] = []
    differing = 0
    for each in cases:
        case = ids[each.kind, each.source_id]
        new, is_whole = _new_entries(each.entries, stored.get(case, []))
        differing += not is_whole
        rows.extend((case, *entry_row(entry)) for entry in new)
    copy("support_deflectionentry", ENTRY, rows)
    return Posted(cases=len(fresh), entries=len(rows), differing=differing)


def _new_entries(derived: Sequence[Entry], stored: Sequence[Entry]) -> tuple[Sequence[Entry], bool]:
    """The entries behind those that are stored, and whether those are how the derived ones begin."""
    if list(derived[: len(stored)]) == list(stored):
        return derived[len(stored) :], True
    last, now = stored[-1], derived[-1]
    if _what(last) == _what(now):
        return [], False
    return [_after(last, now)], False


def _what(entry: Entry) -> tuple[Any, ...]:
    return (
        *(entry.status, entry.reason, entry.person, entry.thread, entry.board, entry.definition),
        *(entry.known, entry.channel, entry.is_entitled),
    )


def _after(last: Entry, now: Entry) -> Entry:
    return Entry(
        seq=last.seq + 1,
        status=now.status,
        reason=now.reason,
        person=now.person,
        thread=now.thread,
        board=now.board,
        definition=now.definition,
        known=now.known,
        channel=now.channel,
        is_entitled=now.is_entitled,
        as_of=max(last.as_of, now.as_of),
    )


def _case_ids(cases: Collection[Case]) -> dict[tuple[str, int], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.kind, c.source_id, c.id FROM unnest(%s::text[], %s::bigint[]) AS wanted (kind, source_id)
            JOIN support_deflectioncase c ON c.kind = wanted.kind AND c.source_id = wanted.source_id
            """,
            [[each.kind for each in cases], [each.source_id for each in cases]],
        )
        return {(kind, source): pk for kind, source, pk in cursor.fetchall()}


def stored_entries(cases: Sequence[int]) -> dict[int, list[Entry]]:
    """What is stored of these cases, in order."""
    found: dict[int, list[Entry]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {ENTRY} FROM support_deflectionentry WHERE case_id = ANY (%s) ORDER BY case_id, seq
            """,  # noqa: S608 - our own words
            [list(cases)],
        )
        for case, *columns in cursor.fetchall():
            found.setdefault(case, []).append(Entry(*columns))
    return found


def case_row(case: Case) -> tuple[Any, ...]:
    return (
        *(case.kind, case.source_id, case.person, case.thread, case.at, day_of(case.at), case.recorded_at),
        case.is_simulated,
    )


def entry_row(entry: Entry) -> tuple[Any, ...]:
    return (
        *(entry.seq, entry.status, entry.reason, entry.person, entry.thread, entry.board, entry.definition),
        *(entry.known, entry.channel, entry.is_entitled, entry.as_of),
    )


# Readers and assisted reuse: as they are counted at present -----------------------------------------------------------
def viewer_rows(viewers: Iterable[Viewer]) -> Iterator[tuple[Any, ...]]:
    for each in viewers:
        day = day_of(each.at)
        yield (
            *(each.person, each.thread, each.board, each.at, day, each.is_shown, each.is_answered),
            each.is_simulated,
        )


def assisted_rows(assisted: Iterable[Assisted]) -> Iterator[tuple[Any, ...]]:
    for each in assisted:
        day = day_of(each.at)
        yield (
            *(each.kind, each.source_id, each.person, each.thread, each.board, each.at, day),
            each.is_simulated,
        )


def post_viewers(viewers: Iterable[Viewer], persons: Collection[str] | None) -> int:
    """These are the viewer cases of `persons` (None: of everybody) from now on; the tallies follow. Returns how many
    rows came or went."""
    return _renew("support_viewercase", VIEWER, viewer_rows(viewers), persons, _TALLY_VIEWERS)


def post_assisted(assisted: Iterable[Assisted], persons: Collection[str] | None) -> int:
    """These are the reuses that staff made possible, of `persons` (None: of everybody), from now on."""
    return _renew("support_assistedreuse", ASSISTED, assisted_rows(assisted), persons)


_TALLY_VIEWERS = """
    INSERT INTO support_viewertally (day, board_id, is_simulated, cases, shown, answered)
    SELECT day, board_id, is_simulated, cases, shown, answered FROM (
        SELECT day, board_id, is_simulated, sum(sign) AS cases, coalesce(sum(sign) FILTER (WHERE is_shown), 0) AS shown,
               coalesce(sum(sign) FILTER (WHERE is_answered), 0) AS answered
        FROM changed GROUP BY 1, 2, 3
    ) sums WHERE (cases, shown, answered) <> (0, 0, 0)
"""


def _renew(
    table: str, columns: str, rows: Iterable[tuple[Any, ...]], persons: Collection[str] | None, tally: str = ""
) -> int:
    """Let exactly these rows stand for these persons. What is there already stays, so that little is written."""
    names = columns.split(", ")
    shared = " AND ".join(f"t.{each} = n.{each}" for each in names)
    of_whom = "" if persons is None else "t.person_key = ANY (%s) AND"
    with laid_out(table, columns, rows) as wanted, connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE changed ON COMMIT DROP AS
            SELECT n.*, 1 AS sign FROM {wanted} n WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE {shared})
            """,  # noqa: S608 - our own words
        )
        cursor.execute(
            f"""
            WITH gone AS (
                DELETE FROM {table} t WHERE {of_whom} NOT EXISTS (SELECT 1 FROM {wanted} n WHERE {shared})
                RETURNING {", ".join(f"t.{each}" for each in names)}
            ) INSERT INTO changed SELECT gone.*, -1 FROM gone
            """,  # noqa: S608 - our own words
            [] if persons is None else [sorted(persons)],
        )
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM changed WHERE sign = 1")  # noqa: S608
        if tally:
            cursor.execute(tally)
        cursor.execute("SELECT count(*) FROM changed")
        (count,) = cursor.fetchone()
        cursor.execute("DROP TABLE changed")
    return int(count)
