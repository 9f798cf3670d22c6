"""Every invariant of the ledger as a query that must return no row (see community/integrity.py).

That the ledger is what the facts say is asked whole by `manage.py ledger rebuild --check`; here are the parts of it
that one statement can ask.
"""

# ruff: noqa: S608 - put together from our own constants

from support.ledger.posting import ENTRY
from support.ledger.tables import LEDGER_SORTS

_COLUMNS = ENTRY.removeprefix("case_id, ").split(", ")
_SAME = ", ".join(f"e.{each}" for each in _COLUMNS)
_KEPT = ", ".join(f"c.{each}" for each in _COLUMNS)

#: sentence -> query returning (kind, id, detail)
INVARIANTS: dict[str, str] = {
    "A case stands as its last entry says": f"""
        SELECT 'case', k.id, format('entry %s, kept %s', e.seq, c.seq) FROM support_deflectioncase k
        LEFT JOIN LATERAL (
            SELECT * FROM support_deflectionentry e WHERE e.case_id = k.id ORDER BY e.seq DESC LIMIT 1) e ON true
        LEFT JOIN support_currententry c ON c.case_id = k.id
        WHERE e.id IS NULL OR c.case_id IS NULL OR ROW({_SAME}) IS DISTINCT FROM ROW({_KEPT})
           OR (c.kind, c.occurred_at, c.day, c.is_simulated) <> (k.kind, k.occurred_at, k.day, k.is_simulated)""",
    "Entries are numbered from one, and every move is a legal one": """
        SELECT 'entry', e.id, format('%s after %s', e.status, coalesce(e.before, 'nothing')) FROM (
            SELECT id, seq, status, as_of, lag(status) OVER w AS before, lag(as_of) OVER w AS earlier,
                   row_number() OVER w AS place
            FROM support_deflectionentry WINDOW w AS (PARTITION BY case_id ORDER BY seq)) e
        WHERE e.seq <> e.place OR e.as_of < e.earlier OR (e.before IS NULL AND e.status = 'credited')
           OR (e.before = 'credited' AND e.status = 'pending')""",
    "Cases are counted as they stand": f"""
        SELECT 'tally', coalesce(c.board_id, t.board_id), format('%s cases, counted %s', c.n, t.n)
        FROM (SELECT {LEDGER_SORTS}, count(*) AS n FROM support_currententry GROUP BY {LEDGER_SORTS}) c
        FULL JOIN (SELECT {LEDGER_SORTS}, sum(count) AS n FROM support_ledgertally GROUP BY {LEDGER_SORTS}
                   HAVING sum(count) <> 0) t USING ({LEDGER_SORTS})
        WHERE c.n IS DISTINCT FROM t.n""",
    "Readers are counted as they are known": """
        SELECT 'viewertally', coalesce(v.board_id, t.board_id), format('%s readers, counted %s', v.cases, t.cases)
        FROM (SELECT day, board_id, is_simulated, count(*) AS cases, count(*) FILTER (WHERE is_shown) AS shown,
                     count(*) FILTER (WHERE is_answered) AS answered FROM support_viewercase GROUP BY 1, 2, 3) v
        FULL JOIN (SELECT day, board_id, is_simulated, sum(cases) AS cases, sum(shown) AS shown,
                          sum(answered) AS answered FROM support_viewertally GROUP BY 1, 2, 3
                   HAVING sum(cases) <> 0 OR sum(shown) <> 0 OR sum(answered) <> 0) t
            USING (day, board_id, is_simulated)
        WHERE (v.cases, v.shown, v.answered) IS DISTINCT FROM (t.cases, t.shown, t.answered)""",
    "A person counts once for a question within the window": """
        SELECT 'case', a.case_id, format('and case %s', b.case_id) FROM support_currententry a
        JOIN support_currententry b ON b.person_key = a.person_key AND b.thread_id = a.thread_id
            AND b.case_id > a.case_id AND b.status = 'credited'
        JOIN support_definition d ON d.id = greatest(a.definition_id, b.definition_id)
        WHERE a.status = 'credited'
          AND greatest(a.occurred_at, b.occurred_at) - least(a.occurred_at, b.occurred_at)
              <= d.window_days * interval '24 hours'""",
    "Whoever counts directly accepted a peer’s answer to their own question": """
        SELECT 'case', c.case_id, coalesce(s.resolution_class, 'no acceptance') FROM support_currententry c
        JOIN support_deflectioncase k ON k.id = c.case_id LEFT JOIN community_solution s ON s.id = k.source_id
        WHERE c.kind = 'D' AND c.status = 'credited'
          AND (s.id IS NULL OR NOT s.accepted_by_asker OR s.resolution_class <> 'peer')""",
    "Nothing counts that was imported, or was asked by staff": """
        SELECT 'case', c.case_id, format('thread %s', t.id) FROM support_currententry c
        JOIN support_deflectioncase k ON k.id = c.case_id JOIN community_thread t ON t.id = k.thread_id
        WHERE c.status = 'credited' AND (t.is_imported OR t.asker_role <> 'customer')""",
    "A locked month is as it was when it locked": """
        SELECT 'lockedmonth', l.id, format('%s credited, %s then', coalesce(e.n, 0), coalesce(j.n, 0))
        FROM support_lockedmonth l LEFT JOIN LATERAL (
            SELECT count(*) AS n FROM support_deflectioncase c JOIN LATERAL (
                SELECT status FROM support_deflectionentry e WHERE e.case_id = c.id AND e.as_of <= l.locked_at
                ORDER BY seq DESC LIMIT 1) e ON e.status = 'credited'
            WHERE c.day >= l.month AND c.day < l.month + interval '1 month') e ON true
        LEFT JOIN LATERAL (
            SELECT sum((r ->> 'count')::int) AS n FROM jsonb_array_elements(l.figures -> 'rows') r
            WHERE r ->> 'status' = 'credited') j ON true
        WHERE coalesce(e.n, 0) <> coalesce(j.n, 0)""",
}
