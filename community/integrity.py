"""Every invariant of the community as a query that must return no row.

The SQL is written out by hand and shares nothing with the actions or with counters.py: a mistake there must show here.
Each query selects the offending row's kind and id, and what is wrong with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

#: sentence -> query returning (kind, id, detail)
INVARIANTS: dict[str, str] = {
    "A thread's answer counts equal its visible answers": """
        SELECT 'thread', t.id, format('answer_count %s, rows %s; by peers %s, rows %s',
                                      t.answer_count, coalesce(a.visible, 0), t.peer_answer_count, coalesce(a.peers, 0))
        FROM community_thread t LEFT JOIN (
            SELECT a.thread_id, count(*) AS visible, count(*) FILTER (WHERE a.author_id <> t.asker_id) AS peers
            FROM community_answer a JOIN community_thread t ON t.id = a.thread_id
            WHERE a.hidden_at IS NULL GROUP BY a.thread_id) a ON a.thread_id = t.id
        WHERE t.answer_count <> coalesce(a.visible, 0) OR t.peer_answer_count <> coalesce(a.peers, 0)""",
    "Answers are numbered densely, and the thread knows the last number": """
        SELECT 'thread', t.id, format('last_position %s, answers %s, highest %s',
                                      t.last_position, coalesce(a.n, 0), coalesce(a.highest, 0))
        FROM community_thread t LEFT JOIN (
            SELECT thread_id, count(*) AS n, max(position) AS highest FROM community_answer GROUP BY thread_id
        ) a ON a.thread_id = t.id
        WHERE t.last_position <> coalesce(a.n, 0) OR t.last_position <> coalesce(a.highest, 0)""",
    "A thread knows whether its asker spoke last": """
        SELECT 'thread', t.id, format('asker_spoke_last %s', t.asker_spoke_last)
        FROM community_thread t LEFT JOIN LATERAL (
            SELECT author_id FROM community_answer a WHERE a.thread_id = t.id AND a.hidden_at IS NULL
            ORDER BY answered_at DESC, position DESC LIMIT 1) last ON true
        LEFT JOIN LATERAL (
            SELECT true AS given FROM community_threadevent e
            WHERE e.thread_id = t.id AND e.kind IN ('info_given', 'not_solved') AND e.occurred_at > coalesce(
                (SELECT max(answered_at) FROM community_answer a WHERE a.thread_id = t.id AND a.hidden_at IS NULL),
                t.asked_at)
            LIMIT 1) info ON true
        WHERE t.asker_spoke_last <> (coalesce(last.author_id = t.asker_id, false) OR coalesce(info.given, false))""",
    "First answer and last activity equal the rows": """
        SELECT 'thread', t.id,
               format('first_answered_at %s, last_activity_at %s', t.first_answered_at, t.last_activity_at)
        FROM community_thread t LEFT JOIN (
            SELECT thread_id, max(answered_at) AS latest FROM community_answer
            WHERE hidden_at IS NULL GROUP BY thread_id
        ) a ON a.thread_id = t.id
        LEFT JOIN LATERAL (
            SELECT answered_at FROM community_answer a
            WHERE a.thread_id = t.id AND a.hidden_at IS NULL AND a.author_id <> t.asker_id
            ORDER BY answered_at LIMIT 1) first ON true
        WHERE t.first_answered_at IS DISTINCT FROM first.answered_at
           OR t.last_activity_at <> greatest(t.asked_at, coalesce(a.latest, t.asked_at))""",
    "Me-too counts equal the people": """
        SELECT 'thread', t.id, format('me_too_count %s, rows %s, imported %s',
                                      t.me_too_count, coalesce(m.n, 0), t.imported_me_too)
        FROM community_thread t
        LEFT JOIN (SELECT thread_id, count(*) AS n FROM community_metoo GROUP BY thread_id) m ON m.thread_id = t.id
        WHERE t.me_too_count <> t.imported_me_too + coalesce(m.n, 0)""",
    "Helpful and helped counts equal the rows": """
        SELECT 'answer', a.id, format('helpful_count %s, votes %s, imported %s; helped_count %s, rows %s',
                                      a.helpful_count, coalesce(v.n, 0), a.imported_helpful,
                                      a.helped_count, coalesce(h.n, 0))
        FROM community_answer a
        LEFT JOIN (SELECT answer_id, count(*) AS n FROM community_vote GROUP BY answer_id) v ON v.answer_id = a.id
        LEFT JOIN (SELECT answer_id, count(*) AS n FROM community_helped GROUP BY answer_id) h ON h.answer_id = a.id
        WHERE a.helpful_count <> a.imported_helpful + coalesce(v.n, 0) OR a.helped_count <> coalesce(h.n, 0)""",
    "One vote, me-too and helped per person and object": """
        SELECT 'vote', min(id), 'twice' FROM community_vote GROUP BY answer_id, person_id HAVING count(*) > 1
        UNION ALL
        SELECT 'metoo', min(id), 'twice' FROM community_metoo GROUP BY thread_id, person_id HAVING count(*) > 1
        UNION ALL
        SELECT 'helped', min(id), 'twice' FROM community_helped GROUP BY answer_id, person_id HAVING count(*) > 1""",
    "One watch per person and object": """
        SELECT 'watch', min(id), 'twice' FROM community_watch
        GROUP BY person_id, thread_id, tag_id, board_id HAVING count(*) > 1""",
    "A thread is solved exactly while a solution is in force": """
        SELECT 'thread', t.id, format('solved_at %s, solutions in force %s', t.solved_at, coalesce(s.n, 0))
        FROM community_thread t LEFT JOIN (
            SELECT thread_id, count(*) AS n, max(accepted_at) AS accepted_at FROM community_solution
            WHERE withdrawn_at IS NULL GROUP BY thread_id) s ON s.thread_id = t.id
        WHERE coalesce(s.n, 0) > 1 OR t.solved_at IS DISTINCT FROM s.accepted_at""",
    "A solution is a visible answer of its own thread": """
        SELECT 'solution', s.id, format('answer %s of thread %s', s.answer_id, a.thread_id)
        FROM community_solution s JOIN community_answer a ON a.id = s.answer_id
        JOIN community_thread t ON t.id = s.thread_id
        WHERE a.thread_id <> s.thread_id
           OR (s.withdrawn_at IS NULL AND (a.hidden_at IS NOT NULL OR t.hidden_at IS NOT NULL))""",
    "A solution's class agrees with its snapshot": """
        SELECT 'solution', s.id, format('class %s, author %s, by asker %s',
                                        s.resolution_class, s.answer_author_role, s.accepted_by_asker)
        FROM community_solution s
        WHERE (s.resolution_class = 'assisted') <> (s.answer_author_role <> 'customer')
           OR (s.resolution_class IN ('self', 'peer', 'mixed') AND NOT s.accepted_by_asker)
           OR (s.resolution_class IN ('mod', 'community') AND s.accepted_by_asker)""",
    "A snapshot of a role is what the post carries": """
        SELECT 'solution', s.id, format('author role %s, answer says %s', s.answer_author_role, a.author_role)
        FROM community_solution s JOIN community_answer a ON a.id = s.answer_id
        WHERE s.answer_author_role <> a.author_role""",
    "Every post has its event": """
        SELECT 'thread', t.id, 'no asked event' FROM community_thread t
        WHERE NOT EXISTS (SELECT 1 FROM community_threadevent e WHERE e.thread_id = t.id AND e.kind = 'asked')
          AND (t.hidden_at IS NULL OR NOT EXISTS (
            SELECT 1 FROM community_review r WHERE r.thread_id = t.id AND r.answer_id IS NULL AND r.kind = 'held'))
        UNION ALL
        SELECT 'answer', a.id, 'no answered event' FROM community_answer a LEFT JOIN community_threadevent e
            ON e.answer_id = a.id AND e.kind IN ('answered', 'split')
        WHERE e.id IS NULL AND (a.hidden_at IS NULL OR NOT EXISTS (
            SELECT 1 FROM community_review r WHERE r.answer_id = a.id AND r.kind IN ('held', 'official')))""",
    "What waits for a look waits for somebody's": """
        SELECT 'thread', t.id, format('hidden for %s, reviews that wait %s', t.hidden_for, coalesce(r.n, 0))
        FROM community_thread t LEFT JOIN (
            SELECT thread_id, count(*) AS n FROM community_review
            WHERE kind = 'held' AND answer_id IS NULL AND settled_at IS NULL GROUP BY thread_id) r ON r.thread_id = t.id
        WHERE (t.hidden_for = 'held') <> (coalesce(r.n, 0) = 1)
        UNION ALL
        SELECT 'answer', a.id, format('hidden for %s, reviews that wait %s', a.hidden_for, coalesce(r.n, 0))
        FROM community_answer a LEFT JOIN (
            SELECT answer_id, count(*) AS n FROM community_review
            WHERE kind = 'held' AND settled_at IS NULL GROUP BY answer_id) r ON r.answer_id = a.id
        WHERE (a.hidden_for = 'held') <> (coalesce(r.n, 0) = 1)""",
    "Nobody hears of what never showed": """
        SELECT 'threadevent', e.id, e.kind FROM community_threadevent e JOIN community_thread t ON t.id = e.thread_id
        WHERE t.hidden_for = 'held' AND e.kind IN ('asked', 'answered', 'mentioned', 'info_given', 'accepted')
        UNION ALL
        SELECT 'threadevent', e.id, e.kind FROM community_threadevent e JOIN community_answer a ON a.id = e.answer_id
        WHERE a.hidden_for IN ('held', 'approval')
        UNION ALL
        SELECT 'watch', w.id, 'of a question that waits' FROM community_watch w
        JOIN community_thread t ON t.id = w.thread_id WHERE t.hidden_for = 'held'""",
    "Somebody vouches for every official answer": """
        SELECT 'answer', a.id, format('official at %s by %s', a.official_at, a.official_by_id)
        FROM community_answer a WHERE (a.official_at IS NULL) <> (a.official_by_id IS NULL)
           OR (a.official_at IS NOT NULL AND a.hidden_for IN ('held', 'approval'))""",
    "What was destroyed holds no words": """
        SELECT 'thread', t.id, 'has words' FROM community_thread t
        WHERE t.hidden_for = 'purged' AND (t.title <> '[removed]' OR t.body <> '' OR t.body_html <> ''
            OR t.product_version <> '' OR EXISTS (SELECT 1 FROM community_revision r WHERE r.thread_id = t.id
                AND r.answer_id IS NULL AND (r.title <> '' OR r.body <> '')))
        UNION ALL
        SELECT 'answer', a.id, 'has words or files' FROM community_answer a
        WHERE a.hidden_for = 'purged' AND (a.body <> '' OR a.body_html <> ''
            OR EXISTS (SELECT 1 FROM community_revision r WHERE r.answer_id = a.id AND r.body <> '')
            OR EXISTS (SELECT 1 FROM community_attachment f WHERE f.answer_id = a.id))
        UNION ALL
        SELECT 'purge', p.id, 'confirmed, and its post is there' FROM community_purge p
        JOIN community_thread t ON t.id = p.thread_id LEFT JOIN community_answer a ON a.id = p.answer_id
        WHERE p.confirmed_at IS NOT NULL
          AND CASE WHEN p.answer_id IS NULL THEN t.hidden_for ELSE a.hidden_for END NOT IN ('purged', 'moved')""",
    "One brake at a time, and none longer than a day": """
        SELECT 'brake', b.id, format('from %s to %s', b.started_at, b.ends_at) FROM community_brake b
        WHERE b.ends_at > b.started_at + interval '25 hours' OR EXISTS (
            SELECT 1 FROM community_brake o WHERE o.id > b.id AND o.started_at < coalesce(b.lifted_at, b.ends_at)
            AND o.started_at >= b.started_at)""",
    "A thread is found by its own words": """
        SELECT 'thread', t.id, CASE WHEN w.thread_id IS NULL THEN 'no words' ELSE 'other words' END
        FROM community_thread t
        LEFT JOIN community_taggedthread tt ON tt.content_object_id = t.id
        LEFT JOIN community_tag g ON g.id = tt.tag_id
        LEFT JOIN community_solution s ON s.thread_id = t.id AND s.withdrawn_at IS NULL
        LEFT JOIN community_answer a ON a.id = s.answer_id
        LEFT JOIN community_threadwords w ON w.thread_id = t.id
        GROUP BY t.id, w.thread_id, a.id
        HAVING w.thread_id IS NULL OR tsvector_to_array(w.words) <> tsvector_to_array(to_tsvector('simple',
            community_fold(concat_ws(' ', t.title, left(t.body, 20000), left(a.body, 20000),
                                     string_agg(g.name, ' ')))))""",
    "Escalated is a fact with its event": """
        SELECT 'thread', t.id, format('escalated_at %s', t.escalated_at) FROM community_thread t
        WHERE (t.escalated_at IS NOT NULL) <> EXISTS (
            SELECT 1 FROM (SELECT kind FROM community_threadevent e WHERE e.thread_id = t.id
                           AND e.kind IN ('escalated', 'returned') ORDER BY id DESC LIMIT 1) last
            WHERE last.kind = 'escalated')""",
    "Every earlier version of a text is kept": """
        SELECT 'thread', t.id, format('version %s, revisions %s', t.version, count(r.id))
        FROM community_thread t LEFT JOIN community_revision r ON r.thread_id = t.id AND r.answer_id IS NULL
        GROUP BY t.id HAVING t.version <> 1 + count(r.id)
        UNION ALL
        SELECT 'answer', a.id, format('version %s, revisions %s', a.version, count(r.id))
        FROM community_answer a LEFT JOIN community_revision r ON r.answer_id = a.id
        GROUP BY a.id HAVING a.version <> 1 + count(r.id)""",
    "Attachments, revisions, marks and events stay within their thread": """
        SELECT 'attachment', x.id, 'other thread' FROM community_attachment x
            JOIN community_answer a ON a.id = x.answer_id WHERE x.thread_id IS DISTINCT FROM a.thread_id
        UNION ALL
        SELECT 'revision', x.id, 'other thread' FROM community_revision x
            JOIN community_answer a ON a.id = x.answer_id WHERE x.thread_id <> a.thread_id
        UNION ALL
        SELECT 'solutionmark', x.id, 'other thread' FROM community_solutionmark x
            JOIN community_answer a ON a.id = x.answer_id WHERE x.thread_id <> a.thread_id
        UNION ALL
        SELECT 'threadevent', x.id, 'other thread' FROM community_threadevent x
            JOIN community_answer a ON a.id = x.answer_id WHERE x.thread_id <> a.thread_id""",
    "A double click posts once": """
        SELECT 'postkey', min(id), 'one key, two rows' FROM community_postkey
        GROUP BY person_id, key HAVING count(*) > 1
        UNION ALL
        SELECT 'postkey', id, 'made nothing' FROM community_postkey WHERE thread_id IS NULL""",
    "Every moderator's act has an audit row": """
        SELECT 'threadevent', e.id, e.kind FROM community_threadevent e
        WHERE e.kind IN ('hidden', 'restored', 'locked', 'unlocked', 'moved', 'merged', 'unmerged', 'redacted',
                         'purged', 'official')
          AND e.actor_id IS NOT NULL
          AND NOT EXISTS (
            SELECT 1 FROM community_auditentry x
            WHERE x.verb = e.kind AND x.actor_id = e.actor_id AND x.occurred_at >= e.occurred_at - interval '1 minute'
              AND x.occurred_at <= e.occurred_at + interval '1 minute'
              AND x.object_kind = CASE WHEN e.answer_id IS NULL THEN 'thread' ELSE 'answer' END
              AND x.object_id = coalesce(e.answer_id, e.thread_id))""",
    "Merges lead somewhere": """
        SELECT 'thread', t.id, format('merged into %s, merged itself', t.merged_into_id)
        FROM community_thread t JOIN community_thread u ON u.id = t.merged_into_id WHERE u.merged_into_id = t.id""",
    "A duplicate has its merge, and its merge a duplicate": """
        SELECT 'thread', t.id, format('merged into %s, merges in force %s', t.merged_into_id, coalesce(m.n, 0))
        FROM community_thread t LEFT JOIN (
            SELECT thread_id, count(*) AS n FROM community_merge WHERE undone_at IS NULL GROUP BY thread_id
        ) m ON m.thread_id = t.id
        WHERE coalesce(m.n, 0) <> CASE WHEN t.merged_into_id IS NULL THEN 0 ELSE 1 END""",
    "A duplicate leads where its chain of merges ends": """
        SELECT 'thread', t.id, format('merged into %s, its original %s leads to %s', t.merged_into_id, o.id,
                                      coalesce(o.merged_into_id, o.id))
        FROM community_merge m
        JOIN community_thread t ON t.id = m.thread_id JOIN community_thread o ON o.id = m.original_id
        WHERE m.undone_at IS NULL AND t.merged_into_id <> coalesce(o.merged_into_id, o.id)""",
    "A duplicate has neither a solution in force nor people of its own": """
        SELECT 'thread', t.id, 'has a solution in force' FROM community_thread t
        WHERE t.merged_into_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM community_solution s WHERE s.thread_id = t.id AND s.withdrawn_at IS NULL)
        UNION ALL
        SELECT 'thread', t.id, 'has me-toos' FROM community_thread t
        WHERE t.merged_into_id IS NOT NULL AND EXISTS (SELECT 1 FROM community_metoo m WHERE m.thread_id = t.id)""",
    "What moved with a duplicate is kept only while it is one": """
        SELECT 'carried', c.id, 'its merge was undone' FROM community_carried c
        JOIN community_merge m ON m.id = c.merge_id WHERE m.undone_at IS NOT NULL""",
    "A tombstone leads to where its answer stands": """
        SELECT 'answer', a.id, format('moved to %s, which moved to %s', c.id, c.moved_to_id)
        FROM community_answer a JOIN community_answer c ON c.id = a.moved_to_id
        WHERE c.hidden_for = 'moved' AND (c.moved_to_id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM community_movedanswer m JOIN community_regrouping r ON r.id = m.regrouping_id
            WHERE m.original_id = c.id AND m.copy_id IS NULL AND r.undone_at IS NULL))
        UNION ALL
        SELECT 'answer', a.id, 'a tombstone that leads nowhere' FROM community_answer a
        WHERE a.hidden_for = 'moved' AND a.moved_to_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM community_movedanswer m JOIN community_regrouping r ON r.id = m.regrouping_id
            WHERE m.original_id = a.id AND m.copy_id IS NULL AND r.undone_at IS NULL)""",
    "What moved stands in one place": """
        SELECT 'movedanswer', m.id, format('original %s, copy %s, undone %s', o.hidden_for, c.hidden_for, r.undone_at)
        FROM community_movedanswer m JOIN community_regrouping r ON r.id = m.regrouping_id
        JOIN community_answer o ON o.id = m.original_id LEFT JOIN community_answer c ON c.id = m.copy_id
        WHERE (r.undone_at IS NULL AND o.hidden_for <> 'moved')
           OR (r.undone_at IS NOT NULL AND c.hidden_for <> 'moved')
           OR o.thread_id <> r.thread_id OR c.thread_id <> r.target_id""",
    "A tombstone has nothing that belongs to an answer": """
        SELECT 'answer', a.id, 'has votes' FROM community_answer a WHERE a.moved_to_id IS NOT NULL AND (
            EXISTS (SELECT 1 FROM community_vote v WHERE v.answer_id = a.id)
            OR EXISTS (SELECT 1 FROM community_helped h WHERE h.answer_id = a.id))
        UNION ALL
        SELECT 'answer', a.id, 'has files or earlier texts' FROM community_answer a WHERE a.hidden_for = 'moved' AND (
            EXISTS (SELECT 1 FROM community_attachment x WHERE x.answer_id = a.id)
            OR EXISTS (SELECT 1 FROM community_revision v WHERE v.answer_id = a.id))""",
    "A whole question that moved is a duplicate": """
        SELECT 'regrouping', r.id, format('thread %s', r.thread_id) FROM community_regrouping r
        JOIN community_thread t ON t.id = r.thread_id
        WHERE r.kind = 'merge' AND r.undone_at IS NULL AND t.merged_into_id IS NULL""",
    "Answers that moved have their audit row": """
        SELECT 'regrouping', r.id, r.kind FROM community_regrouping r WHERE NOT EXISTS (
            SELECT 1 FROM community_auditentry x WHERE x.object_kind = 'thread' AND x.object_id = r.thread_id
            AND x.actor_id = r.done_by_id AND x.verb = CASE r.kind WHEN 'merge' THEN 'merged' ELSE 'split' END)""",
    "Nobody is told of an event twice": """
        SELECT 'notification', min(id), 'twice' FROM community_notification
        GROUP BY event_kind, event_id, recipient_id HAVING count(*) > 1""",
    "A suggestion's event belongs to a form that was open": """
        SELECT 'suggestionevent', e.id, format('%s at %s, form open from %s to %s',
                                               e.kind, e.occurred_at, s.opened_at, s.submitted_at)
        FROM community_suggestionevent e JOIN community_formsession s ON s.id = e.session_id
        WHERE e.occurred_at < s.opened_at
           OR coalesce(e.stops_at, e.occurred_at) > s.submitted_at + interval '1 minute'""",
    "What was opened, answered or joined had been shown in the same form": """
        SELECT 'suggestionevent', e.id, e.kind FROM community_suggestionevent e
        WHERE e.kind <> 'shown' AND NOT EXISTS (
            SELECT 1 FROM community_suggestionevent x WHERE x.session_id = e.session_id
            AND x.thread_id = e.thread_id AND x.kind = 'shown')""",
    "A form is left or submitted after it was opened": """
        SELECT 'formsession', s.id, format('opened %s, left %s, submitted %s', s.opened_at, s.left_at, s.submitted_at)
        FROM community_formsession s WHERE s.left_at < s.opened_at OR s.submitted_at < s.opened_at""",
    "A form became a question of the person who had it open": """
        SELECT 'formsession', s.id, format('key %s, asker %s', s.person_key, t.asker_id)
        FROM community_formsession s JOIN community_thread t ON t.id = s.submitted_thread_id
        WHERE s.person_key <> 'u:' || t.asker_id AND NOT EXISTS (
            SELECT 1 FROM community_personalias a WHERE a.visitor_key = s.person_key AND a.person_id = t.asker_id)""",
    "A form stands in an experiment of its own kind that had begun": """
        SELECT 'formsession', s.id, format('surface %s, experiment of %s', s.surface, e.surface)
        FROM community_formsession s JOIN community_experiment e ON e.id = s.experiment_id
        WHERE s.surface <> e.surface OR e.starts_at IS NULL OR s.opened_at < e.starts_at
           OR s.opened_at >= e.stops_at""",
    "A form is in the arm its person has drawn": """
        SELECT 'formsession', s.id, format('arm %s', s.arm) FROM community_formsession s
        WHERE s.experiment_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM community_exposure x WHERE x.experiment_id = s.experiment_id
            AND x.person_key = s.person_key AND x.arm = s.arm)""",
    "An arm is what the experiment's formula draws": """
        SELECT 'exposure', x.id, format('arm %s, drawn as %s', x.arm, x.drawn_as)
        FROM community_exposure x JOIN community_experiment e ON e.id = x.experiment_id
        WHERE (x.arm = 'control') <> (
            ('x' || left(encode(sha256(convert_to(e.salt || ':' || x.drawn_as, 'UTF8')), 'hex'), 8))::bit(32)::bigint
            % 10000 < e.holdout * 10000)""",
    "An arm is inherited only from another key of the same person": """
        SELECT 'exposure', x.id, format('%s as %s', x.person_key, x.drawn_as) FROM community_exposure x
        WHERE x.drawn_as <> x.person_key AND NOT EXISTS (
            SELECT 1 FROM community_user u
            WHERE (x.person_key = 'u:' || u.id OR EXISTS (
                      SELECT 1 FROM community_personalias a WHERE a.visitor_key = x.person_key AND a.person_id = u.id))
              AND (x.drawn_as = 'u:' || u.id OR EXISTS (
                      SELECT 1 FROM community_personalias a WHERE a.visitor_key = x.drawn_as AND a.person_id = u.id)))
    """,
    "Nobody is counted after they said no": """
        SELECT 'formsession', s.id, format('opened %s, said no %s', s.opened_at, c.said_at)
        FROM community_consent c JOIN community_formsession s ON s.person_key = 'u:' || c.person_id
        WHERE NOT c.is_given AND s.opened_at > c.said_at + interval '1 minute'""",
    "Nobody is asked two things unasked within fourteen days": """
        WITH asked AS (
            SELECT p.*, coalesce('u:' || x.person_id, p.person_key) AS who,
                   coalesce(x.recorded_at, '-infinity') AS known
            FROM community_prompt p LEFT JOIN community_personalias x ON x.visitor_key = p.person_key
            WHERE p.outcome = 'asked')
        SELECT 'prompt', b.id, format('%s at %s, %s at %s', b.instrument, b.occurred_at, a.instrument, a.occurred_at)
        FROM asked a JOIN asked b ON b.who = a.who AND b.id > a.id
        WHERE b.occurred_at - a.occurred_at < interval '14 days' AND a.occurred_at - b.occurred_at < interval '14 days'
          AND (a.person_key = b.person_key OR greatest(a.known, b.known) < b.recorded_at - interval '1 minute')""",
    "What was not asked gave way to something asked of the same person": """
        SELECT 'prompt', p.id, format('%s at %s, %s %s at %s', p.instrument, p.occurred_at, o.instrument, o.outcome,
                                      o.occurred_at)
        FROM community_prompt p JOIN community_prompt o ON o.id = p.stood_in_way_id
        LEFT JOIN community_personalias x ON x.visitor_key = p.person_key
        LEFT JOIN community_personalias y ON y.visitor_key = o.person_key
        WHERE o.outcome <> 'asked'
           OR abs(extract(epoch FROM p.occurred_at - o.occurred_at)) >= 14 * 86400
           OR coalesce('u:' || x.person_id, p.person_key) <> coalesce('u:' || y.person_id, o.person_key)""",
    "Whoever was to be reminded has the reminder": """
        SELECT 'prompt', p.id, format('reminder of %s for %s', p.thread_id, p.person_key) FROM community_prompt p
        WHERE p.instrument = 'reminder' AND p.outcome = 'asked' AND NOT EXISTS (
            SELECT 1 FROM community_notification n WHERE n.event_kind = 'reminder' AND n.event_id = p.id
            AND 'u:' || n.recipient_id = p.person_key)
          -- who closed their account has no notices any more
          AND NOT EXISTS (SELECT 1 FROM community_user u
                          WHERE 'u:' || u.id = p.person_key AND u.anonymised_at IS NOT NULL)""",
    "Nothing is kept for somebody who closed their account": """
        SELECT 'user', u.id, found.what FROM community_user u CROSS JOIN LATERAL (
            SELECT 'a name or address' AS what
                WHERE u.username IS NOT NULL OR u.email <> '' OR u.about <> '' OR u.is_active
            UNION ALL SELECT 'an address' FROM account_emailaddress e WHERE e.user_id = u.id
            UNION ALL SELECT 'a second factor' FROM mfa_authenticator a WHERE a.user_id = u.id
            UNION ALL SELECT 'a role or group' FROM community_user_groups g WHERE g.user_id = u.id
            UNION ALL SELECT 'a watch' FROM community_watch w WHERE w.person_id = u.id
            UNION ALL SELECT 'a draft' FROM community_draft d WHERE d.person_id = u.id
            UNION ALL SELECT 'a mail' FROM community_mail m WHERE m.recipient_id = u.id
            UNION ALL SELECT 'an archive' FROM community_dataexport x WHERE x.person_id = u.id AND x.file_name <> ''
        ) found WHERE u.anonymised_at IS NOT NULL""",
    "Names that are looked for are kept only while they are": """
        SELECT 'erasure', e.id, 'finished' FROM community_erasurewords w
        JOIN community_erasure e ON e.id = w.erasure_id WHERE e.finished_at IS NOT NULL""",
    "Not yet is the asker's word about somebody else's answer": """
        SELECT 'threadevent', e.id, format('by %s, asker %s, answer by %s', e.actor_id, t.asker_id, a.author_id)
        FROM community_threadevent e JOIN community_thread t ON t.id = e.thread_id
        LEFT JOIN community_answer a ON a.id = e.answer_id
        WHERE e.kind = 'not_solved'
          AND (a.id IS NULL OR e.actor_id IS DISTINCT FROM t.asker_id
               -- of an imported one the asker may have learned since that it is their own
               OR a.author_id = t.asker_id AND NOT a.is_imported)""",
    "A notice is in a mail to its own reader": """
        SELECT 'notification', n.id, format('for %s, in mail %s to %s', n.recipient_id, m.id, m.recipient_id)
        FROM community_notification n JOIN community_mail m ON m.id = n.mail_id
        WHERE m.recipient_id IS DISTINCT FROM n.recipient_id OR m.kind = 'account'""",
    "A mail about an account is settled and knows its address as a hash": """
        SELECT 'mail', id, format('settled %s, hash %s', settled_at, address_hash) FROM community_mail
        WHERE kind = 'account' AND (settled_at IS NULL OR address_hash !~ '^[0-9a-f]{64}$')""",
    "Nobody gets two daily or weekly mails in one day": """
        SELECT 'mail', b.id, format('%s and %s', a.key, b.key)
        FROM community_mail a JOIN community_mail b ON b.recipient_id = a.recipient_id AND b.kind = a.kind
            AND b.id > a.id AND b.created_at >= a.created_at
        WHERE a.kind = 'digest' AND right(a.key, 10) = right(b.key, 10)""",
    "Somebody else answers an appeal": """
        SELECT 'appeal', a.id, format('answered by %s, decided by %s about %s', w.decided_by_id, d.decided_by_id,
                                      d.person_id)
        FROM community_appeal a JOIN community_decision d ON d.id = a.decision_id
        JOIN community_decision w ON w.id = a.answered_by_id
        WHERE w.decided_by_id IS NULL OR w.decided_by_id IN (d.decided_by_id, d.person_id, a.person_id)""",
    "An appeal is answered exactly when its review is settled": """
        SELECT 'appeal', a.id, format('answer %s, settled %s', a.answered_by_id, v.settled_at)
        FROM community_appeal a JOIN community_review v ON v.id = a.review_id
        WHERE (a.answered_by_id IS NULL) <> (v.settled_at IS NULL)""",
    "Whoever reported something is told what was decided": """
        SELECT 'illegalreport', r.id, format('settled %s, told %s', v.settled_at, r.told_at)
        FROM community_illegalreport r JOIN community_review v ON v.id = r.review_id
        WHERE v.settled_at IS NOT NULL AND r.told_at IS NULL""",
    "A held mail keeps its message, and no other does": """
        SELECT 'incomingmail', m.id, format('%s, message %s', m."end", r.id)
        FROM community_incomingmail m LEFT JOIN community_incomingraw r ON r.mail_id = m.id
        WHERE (m."end" = 'held') <> (r.id IS NOT NULL)""",
    "What a mail became stands in the mail's thread": """
        SELECT 'incomingmail', m.id, format('thread %s, answer in %s', m.thread_id, a.thread_id)
        FROM community_incomingmail m LEFT JOIN community_answer a ON a.id = m.answer_id
        WHERE (m.answer_id IS NOT NULL AND a.thread_id IS DISTINCT FROM m.thread_id)
           OR (m.reason = 'posted' AND m.target_kind IN ('t', 'a', 'b') AND m.thread_id IS NULL)""",
    "A mail becomes one answer, and an answer comes by one mail": """
        SELECT 'answer', m.answer_id, format('mails %s', string_agg(m.id::text, ', '))
        FROM community_incomingmail m WHERE m.answer_id IS NOT NULL AND m."end" = 'accepted' AND m.reason = 'posted'
        GROUP BY m.answer_id HAVING count(*) > 1""",
}


@dataclass(frozen=True)
class Violation:
    """One row that an invariant forbids."""

    sentence: str
    kind: str
    row_id: int
    detail: str


def violations(invariants: dict[str, str] = INVARIANTS, *, most: int = 20) -> Iterator[Violation]:
    """Every forbidden row, at most `most` for each invariant."""
    for sentence, query in invariants.items():
        with connection.cursor() as cursor:
            # our own constants, and without parameters, so that a percent sign in a query is just that
            cursor.execute(f"SELECT * FROM ({query}) AS found LIMIT {int(most)}")  # noqa: S608
            for kind, row_id, detail in cursor.fetchall():
                yield Violation(sentence, kind, row_id, detail)
