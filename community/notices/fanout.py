"""From events to notifications: the worker's first task.

Follows the event rows and writes one Notification per event and person in set-based INSERTs: ten thousand watchers cost
the one who answered nothing. Safe to run twice and by two workers at once: a notification is unique.
"""

from datetime import timedelta
from typing import Any

from django.db import connection

from community import clock
from community.incoming.addresses import takes_mail
from community.notices import milestones
from community.notices.followers import follow
from community.notices.topics import DEFAULTS_SQL, TOPIC_SQL

FOLLOWER = "notifications"
BATCH = 500
#: Events learned of much later than they happened are history (imports): nobody is told.
HISTORY = timedelta(days=1)

# Whoever has the problem too, or watches, hears once that a thread is solved, although it may be withdrawn and accepted
# again. (The asker and the author of the answer hear each time.)
_TOLD_BEFORE = """EXISTS (
        SELECT 1 FROM community_threadevent p
        WHERE p.thread_id = e.thread_id AND p.kind = 'accepted' AND p.id <> e.id AND (
            p.id < e.id AND p.id = ANY (SELECT id FROM batch)
            OR EXISTS (SELECT 1 FROM community_notification n WHERE n.event_kind = 'thread_event'
                       AND n.event_id = p.id AND n.recipient_id = w.person_id)))"""
# Who gives more information in an answer: on a mail list that is one post.
_SAID = """EXISTS (SELECT 1 FROM community_threadevent x
                 WHERE x.xid = e.xid AND x.thread_id = e.thread_id AND x.kind = 'answered')"""
# Who hears of which event, and with which reason. Each selects (event id, person, reason, rank, the watch's own rhythm)
# for the events in the batch; the strongest reason comes first. Visibility, mutes and the actor are dealt with below,
# for all alike.
# The first few an answer helped are told by name, then only steps (milestones.py).
# Whoever follows a board as a mail list gets its posts in that form, whatever else they would hear of them for; only
# mentions and thanks (one's own answer was accepted) stay what they are.
_RECIPIENTS = """
    SELECT e.id, e.person_id, 'mentioned', 1, '' FROM batch e WHERE e.kind = 'mentioned'
    UNION ALL
    SELECT e.id, t.asker_id, 'asked', 2, '' FROM batch e JOIN community_thread t ON t.id = e.thread_id
        WHERE e.kind IN ('answered', 'accepted', 'withdrawn', 'info_requested', 'escalated', 'closed')
    UNION ALL
    SELECT e.id, t.asker_id, 'asked', 2, '' FROM batch e JOIN community_thread t ON t.id = e.thread_id
        JOIN community_merge m ON m.event_id = e.id AND m.undone_at IS NULL
    UNION ALL
    SELECT e.id, a.author_id, 'answered', 3, '' FROM batch e JOIN community_answer a ON a.id = e.answer_id
        WHERE e.kind IN ('accepted', 'withdrawn', 'outdated', 'not_solved')
           OR e.kind = 'helped' AND (SELECT count(*) FROM community_helped h
                                     WHERE h.answer_id = e.answer_id AND h.helped_at <= e.occurred_at) <= {NAMED}
    UNION ALL
    SELECT e.id, w.person_id, w.reason, 4, w.rhythm FROM batch e JOIN community_watch w ON w.thread_id = e.thread_id
        WHERE e.kind IN ('answered', 'info_given') OR e.kind = 'accepted' AND NOT {TOLD_BEFORE}
    UNION ALL
    SELECT e.id, w.person_id, 'tag', 5, w.rhythm FROM batch e
        JOIN community_taggedthread x ON x.content_object_id = e.thread_id
        JOIN community_watch w ON w.tag_id = x.tag_id
        WHERE e.kind = 'asked'
    UNION ALL
    SELECT e.id, w.person_id, 'board', 6, w.rhythm FROM batch e
        JOIN community_thread t ON t.id = e.thread_id
        JOIN community_watch w ON w.board_id = t.board_id
        WHERE e.kind = 'asked'
    UNION ALL
    SELECT e.id, w.person_id, 'list', 0, '' FROM batch e
        JOIN community_thread t ON t.id = e.thread_id
        JOIN community_board b ON b.id = t.board_id AND b.mail_name IS NOT NULL
        JOIN community_watch w ON w.board_id = t.board_id AND w.is_list
        LEFT JOIN community_answer a ON a.id = e.answer_id
        WHERE %s AND (e.kind IN ('asked', 'answered', 'info_given')
                      OR e.kind = 'accepted' AND a.author_id <> w.person_id AND NOT {TOLD_BEFORE})
"""
# Then what it is about, and when it comes by mail: as the watch says that brought it, or one's watch of that question
# (a mention is a call, and comes as mentions do), else as the person chose, else as such news come (topics.py). ""
# waits for no mail; nothing waits for one while a person has paused them. What reaches somebody for the mail list alone
# is no news in the inbox: it stands there as read.
_INSERT = f"""
    WITH batch AS (SELECT * FROM community_threadevent WHERE id = ANY(%s)),
    defaults (topic, rhythm) AS (VALUES {DEFAULTS_SQL}),
    wanted (event_id, person_id, reason, rank, rhythm) AS (
        {_RECIPIENTS.format(NAMED=milestones.NAMED, TOLD_BEFORE=_TOLD_BEFORE)}),
    told AS (
        SELECT DISTINCT ON (w.event_id, w.person_id)
            w.event_id, w.person_id, w.reason, e.kind,
            bool_or(w.reason NOT IN ('list', 'board')) OVER (PARTITION BY w.event_id, w.person_id) AS is_for_inbox,
            CASE WHEN w.reason IN ('mentioned', 'list') THEN ''
                 ELSE coalesce(nullif(w.rhythm, ''), own.rhythm, '') END AS rhythm,
            u.email = '' OR coalesce(u.mail_paused_until > %s, false)
                OR w.reason = 'list' AND e.kind = 'info_given' AND {_SAID} AS takes_none
        FROM wanted w
        JOIN batch e ON e.id = w.event_id
        JOIN community_user u ON u.id = w.person_id
        LEFT JOIN community_watch own ON own.thread_id = e.thread_id AND own.person_id = w.person_id
        WHERE w.person_id IS DISTINCT FROM e.actor_id
          AND u.is_active AND NOT u.is_imported AND u.anonymised_at IS NULL
          AND own.muted_at IS NULL
          AND community_may_see_thread(e.thread_id, w.person_id)
        ORDER BY w.event_id, w.person_id, w.rank
    ),
    about AS (SELECT told.*, {TOPIC_SQL} AS topic FROM told)
    INSERT INTO community_notification (event_kind, event_id, recipient_id, reason, topic, rhythm, created_at, read_at)
    SELECT 'thread_event', a.event_id, a.person_id, a.reason, a.topic,
        CASE WHEN a.takes_none THEN ''
             ELSE replace(coalesce(nullif(a.rhythm, ''), c.rhythm, d.rhythm), 'off', '') END, %s,
        CASE WHEN a.reason = 'list' AND NOT a.is_for_inbox THEN %s::timestamptz END
    FROM about a
    JOIN defaults d ON d.topic = a.topic
    LEFT JOIN community_noticechoice c ON c.person_id = a.person_id AND c.topic = a.topic
    ORDER BY a.event_id, a.person_id  -- the inbox and mails go by the notices' numbers
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - put together from our own constants


def fan_out() -> int:
    """Write the notifications of the next batch of events; returns how many events were read (0: all done)."""
    return follow(
        FOLLOWER,
        "community_threadevent",
        "id, is_imported, recorded_at, occurred_at, kind, answer_id",
        _tell,
        batch=BATCH,
    )


def _tell(events: list[tuple[Any, ...]]) -> None:
    news = [
        (event_id, kind, answer_id)
        for event_id, is_imported, recorded_at, occurred_at, kind, answer_id in events
        if not is_imported and recorded_at - occurred_at < HISTORY
    ]
    if news:
        with connection.cursor() as cursor:
            now = clock.now()
            ids = [event_id for event_id, _kind, _answer in news]
            cursor.execute(_INSERT, [ids, takes_mail(), now, now, now])
    if helped := {answer_id for _id, kind, answer_id in news if kind in milestones.EVENTS}:
        milestones.tell_steps(helped)


def fan_out_all() -> int:
    """Everything there is to tell, in batches; returns how many events were read."""
    total = 0
    while read := fan_out():
        total += read
    return total
