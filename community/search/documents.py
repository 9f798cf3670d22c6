"""What the index is made of: threads that everybody may see, read from the database in portions."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from community.models.boards import Board
from community.models.threads import Thread

#: So many threads are read at once.
PORTION = 2000
#: Only so much of a text as one reads, in characters: the problem is told at the beginning.
MOST_TEXT = 20_000
#: Of a thread's answers: those that helped most, and so much of each.
MOST_ANSWERS = 20
MOST_OF_ANSWER = 3_000


class ThreadRow(NamedTuple):
    """One thread as the index sees it: plain values, ready to be counted and taken apart. Texts are Markdown."""

    id: int
    title: str
    body: str
    #: visible answers, the most helpful first, parted by blank lines; without the solution
    answers: str
    #: the answer in force as the solution, or ""
    solution: str
    board_id: int
    board_name: str
    tag_ids: list[int]
    #: the tags' names, each on a line of its own
    tag_words: str
    product_version: str
    kind: str
    state: str
    #: of the thread, else of its board, else ""
    language: str
    asker_id: int
    #: seconds since 1970
    asked_at: int
    last_activity_at: int
    me_too_count: int
    answer_count: int
    #: solved, and the solution not reported as outdated
    is_solved: bool


# A moment beyond what the calendar knows (PostgreSQL has infinity) must not end the whole reading.
_SECONDS = "extract(epoch FROM greatest(least({}, '9999-12-31'::timestamptz), '0001-01-02'::timestamptz))::bigint"
_ROWS = f"""
    SELECT t.id, t.title, left(t.body, {MOST_TEXT}),
           coalesce(a.texts, ''), coalesce(left(sa.body, {MOST_TEXT}), ''),
           t.board_id, b.name, coalesce(g.ids, '{{}}'), coalesce(g.words, ''), t.product_version,
           t.kind, t.state, coalesce(nullif(t.language, ''), b.language), t.asker_id,
           {_SECONDS.format("t.asked_at")}, {_SECONDS.format("t.last_activity_at")},
           t.me_too_count, t.answer_count, t.solved_at IS NOT NULL AND t.outdated_at IS NULL
    FROM community_thread t
    JOIN community_board b ON b.id = t.board_id AND b.audience = '{Board.Audience.PUBLIC}'
    LEFT JOIN community_solution s ON s.thread_id = t.id AND s.withdrawn_at IS NULL
    LEFT JOIN community_answer sa ON sa.id = s.answer_id AND sa.hidden_at IS NULL
    LEFT JOIN LATERAL (
        SELECT string_agg(one.body, E'\\n\\n') AS texts FROM (
            SELECT left(body, {MOST_OF_ANSWER}) AS body FROM community_answer
            WHERE thread_id = t.id AND hidden_at IS NULL AND id IS DISTINCT FROM s.answer_id
            ORDER BY helpful_count DESC, position LIMIT {MOST_ANSWERS}
        ) one
    ) a ON t.answer_count > 0
    LEFT JOIN LATERAL (
        SELECT array_agg(tag.id) AS ids, string_agg(tag.name, E'\\n') AS words
        FROM community_taggedthread tt JOIN community_tag tag ON tag.id = tt.tag_id WHERE tt.content_object_id = t.id
    ) g ON true
    WHERE t.hidden_at IS NULL AND t.merged_into_id IS NULL
"""  # noqa: S608 - our own constants

_IDENTITY = """
    SELECT (SELECT oid FROM pg_database WHERE datname = current_database()),
           pg_relation_filenode('community_thread'), pg_relation_filenode('community_changerow'),
           has_function_privilege('pg_control_system()', 'execute')
           AND has_function_privilege('pg_control_checkpoint()', 'execute')
"""
_SERVER = "SELECT s.system_identifier, c.timeline_id FROM pg_control_system() s, pg_control_checkpoint() c"
#: What a document says of its board; {id: these}, of the boards everybody may see.
Boards = dict[int, list[str]]


def _rows(condition: str, values: Sequence[Any]) -> list[ThreadRow]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_ROWS} AND {condition}", values)
        return list(map(ThreadRow._make, cursor.fetchall()))


def threads_after(thread_id: int, *, most: int = PORTION) -> list[ThreadRow]:
    """The next threads by id that everybody may see."""
    return _rows("t.id > %s ORDER BY t.id LIMIT %s", [thread_id, most])


def threads_of(thread_ids: Sequence[int]) -> list[ThreadRow]:
    """Those of these threads that everybody may see."""
    return _rows("t.id = ANY(%s)", [list(thread_ids)]) if thread_ids else []


def threads_of_board_after(board_id: int, thread_id: int, *, most: int = PORTION) -> list[ThreadRow]:
    """The next threads of a board by id, if everybody may see it."""
    return _rows("t.board_id = %s AND t.id > %s ORDER BY t.id LIMIT %s", [board_id, thread_id, most])


def count_threads() -> int:
    """How many threads everybody may see."""
    return Thread.objects.filter(
        board__audience=Board.Audience.PUBLIC, hidden_at__isnull=True, merged_into__isnull=True
    ).count()


def public_boards() -> Boards:
    """What the documents of a board hold of it, for every board that everybody may see."""
    rows = Board.objects.filter(audience=Board.Audience.PUBLIC).order_by().values_list("pk", "name", "language")
    return {pk: [name, language] for pk, name, language in rows}


def all_threads(*, portion: int = PORTION) -> Iterator[list[ThreadRow]]:
    """Every thread that everybody may see, in portions."""
    last = 0
    while rows := threads_after(last, most=portion):
        yield rows
        last = rows[-1].id


def identity() -> str:
    """Which database this is: another one, a restored dump and an emptied one are different.

    A dump restored over the same database has new files for its tables, whatever else it carries along. (So has a table
    after VACUUM FULL: that costs one building of the index.)
    """
    with connection.cursor() as cursor:
        cursor.execute(_IDENTITY)
        *parts, may_ask = cursor.fetchone()
        if may_ask:
            cursor.execute(_SERVER)
            parts += cursor.fetchone()
    return "-".join(map(str, parts))
