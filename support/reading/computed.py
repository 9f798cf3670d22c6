"""What needs rows: the silent, medians, views, and the money's interval. Computed by a job (actions/figures.py).

Values that JSON can hold. Times are seconds, money is text.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection

from community import clock
from support.reading.figure_facts import Standing, first_moment
from support.reading.figure_parts import Wanted
from support.reading.money_interval import interval_of_money

# Who opened a ticket or reached staff otherwise within N after a moment, by the account behind a key.
_CAME = """EXISTS (SELECT 1 FROM support_ticket t WHERE t.requester_id = {who} AND t.opened_at > {at}
        AND t.opened_at <= {at} + %(within)s)
    OR EXISTS (SELECT 1 FROM support_outsidecontact o WHERE o.person_key = 'u:' || {who} AND o.person_key <> ''
        AND o.occurred_at > {at} AND o.occurred_at <= {at} + %(within)s)"""
_ACCOUNT = """CASE WHEN {key} LIKE 'u:%%' THEN substr({key}, 3)::bigint
    ELSE (SELECT a.person_id FROM community_personalias a WHERE a.visitor_key = {key}) END"""
_PEER = """EXISTS (SELECT 1 FROM community_solution s WHERE s.thread_id = {thread} AND s.withdrawn_at IS NULL
        AND s.resolution_class = 'peer')"""
# Left after a suggestion was opened, and neither "it solved it" nor "not this one" was said.
_FORMS = f"""
    WITH forms AS (
        SELECT f.id, f.person_key, f.left_at, {_ACCOUNT.format(key="f.person_key")} AS account
        FROM community_formsession f
        WHERE f.opened_at >= %(start)s AND f.opened_at < %(end)s AND f.role = 'customer'
            AND f.left_at IS NOT NULL AND f.submitted_at IS NULL AND f.left_at + %(within)s < %(now)s
            AND EXISTS (SELECT 1 FROM community_suggestionevent e JOIN community_thread q ON q.id = e.thread_id
                WHERE e.session_id = f.id AND e.kind = 'opened' AND {_PEER.format(thread="e.thread_id")}
                    AND (%(board)s::bigint IS NULL OR q.board_id = %(board)s))
            AND NOT EXISTS (SELECT 1 FROM community_suggestionevent e
                WHERE e.session_id = f.id AND e.kind IN ('solved', 'not_solved'))
    )
    SELECT count(DISTINCT coalesce('u:' || c.account, c.person_key)) FROM forms c
    WHERE NOT ({_CAME.format(who="c.account", at="c.left_at")})
"""  # noqa: S608 - our own words
# Had the problem too, a peer solved it, and nothing was said of whether it helped.
_ME_TOOS = f"""
    WITH joined AS (
        SELECT m.person_id, greatest(m.joined_at, s.accepted_at) AS since
        FROM community_metoo m JOIN community_thread q ON q.id = m.thread_id
        JOIN community_solution s ON s.thread_id = q.id AND s.withdrawn_at IS NULL AND s.resolution_class = 'peer'
        JOIN community_answer a ON a.id = s.answer_id
        WHERE greatest(m.joined_at, s.accepted_at) >= %(start)s AND greatest(m.joined_at, s.accepted_at) < %(end)s
            AND greatest(m.joined_at, s.accepted_at) + %(within)s < %(now)s
            AND NOT EXISTS (SELECT 1 FROM community_threadevent e WHERE e.thread_id = q.id AND e.kind = 'me_too'
                AND e.actor_id = m.person_id AND e.actor_role <> 'customer')
            AND m.person_id NOT IN (q.asker_id, a.author_id) AND q.hidden_at IS NULL AND NOT q.is_imported
            AND (%(board)s::bigint IS NULL OR q.board_id = %(board)s)
            AND NOT EXISTS (SELECT 1 FROM community_helped h JOIN community_answer b ON b.id = h.answer_id
                WHERE b.thread_id = q.id AND h.person_id = m.person_id)
    )
    SELECT count(*) FROM joined c WHERE NOT ({_CAME.format(who="c.person_id", at="c.since")})
"""  # noqa: S608
# Were shown the survey and said nothing.
_SILENT_READERS = f"""
    WITH cases AS (
        SELECT v.occurred_at, {_ACCOUNT.format(key="v.person_key")} AS account FROM support_viewercase v
        WHERE v.day BETWEEN %(first)s AND %(last)s AND v.is_shown AND NOT v.is_answered
            AND v.occurred_at + %(within)s < %(now)s AND (%(board)s::bigint IS NULL OR v.board_id = %(board)s)
    )
    SELECT count(*) FROM cases c WHERE NOT ({_CAME.format(who="c.account", at="c.occurred_at")})
"""  # noqa: S608
_MEDIAN = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.first_answered_at - t.asked_at)::float8)
    FROM community_thread t
    WHERE t.asked_at >= %(start)s AND t.asked_at < %(end)s AND t.kind IN ('question', 'problem')
        AND t.asker_role = 'customer' AND NOT t.is_imported AND t.merged_into_id IS NULL AND t.hidden_at IS NULL
        AND (%(board)s::bigint IS NULL OR t.board_id = %(board)s)
"""
_VIEWS = """
    SELECT count(*) FROM support_view v JOIN community_thread t ON t.id = v.thread_id
    WHERE v.occurred_at >= %(start)s AND v.occurred_at < %(end)s AND v.role = 'customer'
        AND (%(board)s::bigint IS NULL OR t.board_id = %(board)s)
"""
_LEFT = """
    SELECT count(*) FROM community_formsession f
    WHERE f.opened_at >= %(start)s AND f.opened_at < %(end)s AND f.role = 'customer'
        AND f.left_at IS NOT NULL AND f.submitted_at IS NULL
        AND (%(board)s::bigint IS NULL OR f.board_id = %(board)s)
        AND EXISTS (SELECT 1 FROM community_suggestionevent e WHERE e.session_id = f.id AND e.kind = 'shown')
"""


def computed_of(wanted: Wanted) -> dict[str, Any]:
    """All that pages of this period and filter show as "being computed" until it is there."""
    standing = Standing()
    definitions = standing.definitions_of((wanted.from_day, wanted.until_day))
    values = {
        "start": first_moment(wanted.from_day),
        "end": first_moment(wanted.until_day + timedelta(days=1)),
        "first": wanted.from_day,
        "last": wanted.until_day,
        "board": wanted.board_id,
        "now": clock.now(),
        "within": timedelta(days=max((each.no_ticket_days for each in definitions), default=7)),
    }
    return {
        "silent": {
            "forms": _number(_FORMS, values),
            "me_toos": _number(_ME_TOOS, values),
            "readers": _number(_SILENT_READERS, values),
        },
        "median_first_reply": _number(_MEDIAN, values),
        "vendors": {"views": _number(_VIEWS, values), "left": _number(_LEFT, values)},
        "money": interval_of_money(wanted, standing),
    }


def _number(query: str, values: Mapping[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()[0]
