"""Whose cases may stand otherwise since the ledger last looked: whoever a new fact is about, and whose time is up."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

# Keys of persons with facts of their own that were recorded in (since, until].
_OWN = """
    SELECT visitor_key FROM community_personalias WHERE recorded_at > %(since)s
    UNION SELECT 'u:' || person_id FROM community_personalias WHERE recorded_at > %(since)s
    UNION SELECT 'u:' || actor_id FROM community_threadevent
        WHERE recorded_at > %(since)s AND kind IN ('me_too', 'me_too_withdrawn', 'helped') AND actor_id IS NOT NULL
    UNION SELECT f.person_key FROM community_suggestionevent e JOIN community_formsession f ON f.id = e.session_id
        WHERE e.kind IN ('solved', 'not_solved') AND (e.recorded_at > %(since)s OR e.stops_at > %(since)s)
    UNION SELECT person_key FROM community_formsession f WHERE submitted_at > %(since)s AND EXISTS (
        SELECT 1 FROM community_suggestionevent e WHERE e.session_id = f.id AND e.kind = 'solved')
    UNION SELECT person_key FROM support_view WHERE recorded_at > %(since)s
    UNION SELECT person_key FROM support_survey
        WHERE recorded_at > %(since)s OR answer_recorded_at > %(since)s OR shown_at > %(since)s
    UNION SELECT person_key FROM support_intent WHERE answer_recorded_at > %(since)s
    UNION SELECT 'u:' || t.requester_id FROM support_ticketevent e JOIN support_ticket t ON t.id = e.ticket_id
        WHERE e.recorded_at > %(since)s AND e.kind IN ('opened', 'resolved', 'closed', 'unrelated', 'related')
    UNION SELECT 'u:' || t.requester_id FROM support_escalation e JOIN support_ticket t ON t.id = e.ticket_id
        WHERE e.escalated_at > %(since)s
    UNION SELECT person_key FROM support_outsidecontact WHERE recorded_at > %(since)s AND person_key <> ''
    UNION SELECT 'u:' || person_id FROM support_personstanding
        WHERE recorded_at > %(since)s OR until_at > %(since)s
    UNION SELECT person_key FROM support_currententry WHERE board_id IN (
        SELECT board_id FROM support_rightschange WHERE recorded_at > %(since)s)
    UNION SELECT v.person_key FROM support_view v JOIN community_thread t ON t.id = v.thread_id
        JOIN support_rightschange r ON r.board_id = t.board_id AND r.recorded_at > %(since)s
"""
# Keys of persons whose case waits for nothing but its time. It may be up a little earlier than is said here.
_MATURE = """
    SELECT c.person_key FROM support_currententry c JOIN support_definition d ON d.id = c.definition_id
    WHERE c.status = 'pending' AND c.occurred_at + d.no_ticket_days * interval '24 hours' < %(until)s
"""
# Threads of which something was recorded that concerns everybody in them.
_THREADS = """
    SELECT thread_id FROM community_threadevent WHERE recorded_at > %(since)s AND kind IN
        ('accepted', 'withdrawn', 'hidden', 'restored', 'moved', 'not_solved', 'merged', 'unmerged', 'escalated')
    UNION SELECT thread_id FROM community_solution WHERE recorded_at > %(since)s OR withdrawn_at > %(since)s
    UNION SELECT thread_id FROM community_merge WHERE merged_at > %(since)s OR undone_at > %(since)s
    UNION SELECT thread_id FROM support_escalation WHERE escalated_at > %(since)s
"""
# Also what was ever merged into one of them, and where answers of it came from.
_WITH_DUPLICATES = """
    WITH RECURSIVE below AS (
        SELECT unnest(%(threads)s::bigint[]) AS id
        UNION SELECT m.thread_id FROM (
            SELECT thread_id, original_id FROM community_merge
            UNION ALL SELECT thread_id, target_id FROM community_regrouping
        ) m JOIN below ON m.original_id = below.id
    ) SELECT id FROM below
"""
_IN_THREADS = """
    SELECT 'u:' || asker_id FROM community_thread WHERE id = ANY (%(threads)s)
    UNION SELECT 'u:' || actor_id FROM community_threadevent
        WHERE thread_id = ANY (%(threads)s) AND kind = 'helped' AND actor_id IS NOT NULL
    UNION SELECT f.person_key FROM community_suggestionevent e JOIN community_formsession f ON f.id = e.session_id
        WHERE e.thread_id = ANY (%(threads)s) AND e.kind = 'solved'
    UNION SELECT person_key FROM support_survey WHERE thread_id = ANY (%(threads)s)
    UNION SELECT person_key FROM support_view WHERE thread_id = ANY (%(threads)s)
"""


def affected(since: datetime, until: datetime) -> set[str]:
    """Keys of everybody whose cases must be derived again: one of several of the same person is enough."""
    moments = {"since": since, "until": until}
    found = {key for (key,) in _rows(f"{_OWN} UNION {_MATURE}", moments)}
    if threads := [pk for (pk,) in _rows(_THREADS, moments)]:
        threads = [pk for (pk,) in _rows(_WITH_DUPLICATES, {"threads": threads})]
        found |= {key for (key,) in _rows(_IN_THREADS, {"threads": threads})}
    return found


def _rows(sql: str, values: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def in_parts(keys: Iterable[str], most: int) -> Iterable[list[str]]:
    """In parts of so many at most."""
    ordered = sorted(keys)
    return (ordered[start : start + most] for start in range(0, len(ordered), most))
