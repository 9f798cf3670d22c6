"""Every invariant of known issues as a query that must return no row (see community/integrity.py)."""

#: sentence -> query returning (kind, id, detail)
INVARIANTS: dict[str, str] = {
    "As many have a known issue too as said so": """
        SELECT 'knownissue', i.id, format('person_count %s, rows %s', i.person_count, coalesce(p.n, 0))
        FROM community_knownissue i
        LEFT JOIN (SELECT issue_id, count(*) AS n FROM community_knownissueperson GROUP BY issue_id) p
            ON p.issue_id = i.id
        WHERE i.person_count <> coalesce(p.n, 0)""",
    "A known issue that was taken back holds no question": """
        SELECT 'knownissue', i.id, format('taken back, question %s', l.thread_id) FROM community_knownissue i
        JOIN community_knownissuethread l ON l.issue_id = i.id AND l.unlinked_at IS NULL
        WHERE i.withdrawn_at IS NOT NULL""",
    "What is fixed was said to be": """
        SELECT 'knownissue', i.id, format('fixed_at %s', i.fixed_at) FROM community_knownissue i
        WHERE i.fixed_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM community_knownissueupdate u WHERE u.issue_id = i.id AND u.is_fix)""",
    "A question that is part of a known issue has its event": """
        SELECT 'thread', l.thread_id, format('part of %s', l.issue_id) FROM community_knownissuethread l
        WHERE NOT EXISTS (SELECT 1 FROM community_threadevent e
                          WHERE e.thread_id = l.thread_id AND e.kind = 'known_issue')""",
    "What staff do about a known issue has its audit row": """
        SELECT 'knownissue', i.id, format('opened by %s', i.opened_by_id) FROM community_knownissue i
        WHERE NOT EXISTS (SELECT 1 FROM community_auditentry a
                          WHERE a.object_kind = 'knownissue' AND a.object_id = i.id AND a.verb = 'opened_known_issue')
           OR i.withdrawn_at IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM community_auditentry a
               WHERE a.object_kind = 'knownissue' AND a.object_id = i.id AND a.verb = 'withdrew_known_issue')""",
}
