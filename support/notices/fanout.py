"""From what happens to tickets to those who are told: the worker's task for the desk.

Follows the event rows. Agents get notices, which come by mail as they chose (`Topic.DESK`); customers get a line in the
inbox, and every word of staff's as a mail that no choice keeps away. Set-based, and safe to run twice and by two
workers at once: a notice is unique, and so is a mail's key.
"""

from datetime import timedelta
from typing import Any

from django.db import connection

from community import clock
from community.models import Mail, Topic
from community.notices.followers import follow
from community.notices.topics import DEFAULTS
from community.roles import Role

FOLLOWER = "desk"
#: The kind of these notices.
KIND = "ticket_event"
BATCH = 500
#: Events learned of much later than they happened are history: nobody is told.
HISTORY = timedelta(days=1)
#: So long a mail waits that tells of something an agent can take back.
SECOND_THOUGHTS = timedelta(minutes=10)

# What one action did to one ticket is told once. (An action is one transaction, but not every transaction one action:
# imports and the demo write months in one.)
_TOGETHER = """EXISTS (
        SELECT 1 FROM support_ticketevent p WHERE p.ticket_id = e.ticket_id AND p.id <> e.id AND p.xid = e.xid
        AND abs(extract(epoch FROM p.occurred_at - e.occurred_at)) < 5 AND p.kind IN ({kinds}))"""
_BATCH = f"""
    SELECT e.id, e.xid, e.kind, e.ticket_id, e.message_id, e.person_id, e.actor_id, e.occurred_at,
        t.requester_id, t.assignee_id, t.channel, t.status, q.team_id,
        CASE e.kind
            WHEN 'resolved' THEN NOT {_TOGETHER.format(kinds="'replied', 'gave_back'")}
            WHEN 'reopened' THEN NOT {_TOGETHER.format(kinds="'replied', 'wrote'")}
            WHEN 'closed' THEN NOT {_TOGETHER.format(kinds="'replied', 'gave_back', 'merged', 'resolved'")} AND (
                SELECT p.status FROM support_ticketevent p WHERE p.ticket_id = e.ticket_id AND p.id < e.id
                ORDER BY p.id DESC LIMIT 1) IS DISTINCT FROM 'resolved'
            WHEN 'woken' THEN NOT {_TOGETHER.format(kinds="'wrote'")}
            ELSE true END AS is_told
    FROM support_ticketevent e JOIN support_ticket t ON t.id = e.ticket_id JOIN support_queue q ON q.id = t.queue_id
    WHERE e.id = ANY(%(events)s)
"""  # noqa: S608 - put together from our own constants

# Whose work it is: (event, person, reason, rank). Agents are those with a second factor; an administrator is told of
# what nobody else would be.
_STAFF = f"""
    SELECT g.user_id AS person_id, r.name AS role
    FROM community_user_groups g JOIN auth_group r ON r.id = g.group_id
    WHERE r.name IN ('{Role.AGENT}', '{Role.ADMIN}')
      AND EXISTS (SELECT 1 FROM mfa_authenticator f WHERE f.user_id = g.user_id AND f.type <> 'recovery_codes')
"""  # noqa: S608
_LINE = f"""
    SELECT person_id, NULL::bigint AS team_id FROM staff WHERE role = '{Role.AGENT}'
        OR NOT EXISTS (SELECT 1 FROM staff WHERE role = '{Role.AGENT}')
    UNION ALL
    SELECT m.person_id, m.team_id FROM support_teammember m JOIN staff s ON s.person_id = m.person_id
        WHERE s.role = '{Role.AGENT}'
"""  # noqa: S608
_AT_WORK = """
    SELECT e.id, e.person_id, 'assigned', 1 FROM batch e WHERE e.kind = 'assigned'
    UNION ALL
    SELECT e.id, e.assignee_id, 'assigned', 1 FROM batch e
        WHERE e.kind IN ('wrote', 'reopened', 'woken', 'warned', 'breached', 'solved_by_peers')
    UNION ALL
    SELECT e.id, l.person_id, 'queue', 2 FROM batch e JOIN line l ON l.team_id IS NOT DISTINCT FROM e.team_id
        WHERE e.assignee_id IS NULL AND e.kind IN ('opened', 'returned', 'warned', 'breached')
          AND e.status IN ('new', 'open', 'waiting', 'on_hold')
          AND NOT EXISTS (SELECT 1 FROM support_absence a WHERE a.person_id = l.person_id
                          AND a.starts_at <= %(now)s AND (a.ends_at IS NULL OR a.ends_at > %(now)s))
"""
_NOTICES = f"""
    WITH batch AS ({_BATCH}), staff AS ({_STAFF}), line AS ({_LINE}),
    wanted (event_id, person_id, reason, rank) AS ({_AT_WORK}),
    told AS (
        SELECT DISTINCT ON (w.event_id, w.person_id) w.event_id, w.person_id, w.reason,
            u.email = '' OR coalesce(u.mail_paused_until > %(now)s, false) AS takes_none
        FROM wanted w JOIN batch e ON e.id = w.event_id JOIN community_user u ON u.id = w.person_id
        WHERE e.is_told AND w.person_id IS DISTINCT FROM e.actor_id AND w.person_id <> e.requester_id
          AND u.is_active AND u.anonymised_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM support_ticketcc c
                          WHERE c.ticket_id = e.ticket_id AND c.person_id = w.person_id)
        ORDER BY w.event_id, w.person_id, w.rank
    )
    INSERT INTO community_notification (event_kind, event_id, recipient_id, reason, topic, rhythm, created_at)
    SELECT '{KIND}', o.event_id, o.person_id, o.reason, '{Topic.DESK}',
        CASE WHEN o.takes_none THEN ''
             ELSE replace(coalesce(c.rhythm, '{DEFAULTS[Topic.DESK]}'), 'off', '') END, %(now)s
    FROM told o
    LEFT JOIN community_noticechoice c ON c.person_id = o.person_id AND c.topic = '{Topic.DESK}'
    ORDER BY o.event_id, o.person_id
    ON CONFLICT DO NOTHING
"""  # noqa: S608

# Whose ticket it is: (event, person, reason, rank). A mail is named after what it brings, so that it is made once. That
# staff look at a question says the community's own notice; who called them gets a receipt.
_OWN = """
    SELECT e.id, e.requester_id, 'requested', 1 FROM batch e
        WHERE e.kind IN ('replied', 'wrote', 'resolved', 'reopened', 'closed', 'merged', 'gave_back')
           OR e.kind = 'opened' AND (e.channel <> 'thread' OR e.actor_id = e.requester_id)
    UNION ALL
    SELECT e.id, c.person_id, 'in_copy', 2 FROM batch e JOIN support_ticketcc c ON c.ticket_id = e.ticket_id
        WHERE e.kind IN ('replied', 'wrote', 'resolved')
    UNION ALL
    SELECT e.id, e.person_id, 'in_copy', 3 FROM batch e WHERE e.kind = 'copied'
"""
# Who did it is not told of it; but a receipt is for whoever wrote.
_CUSTOMERS = f"""
    WITH batch AS ({_BATCH}),
    wanted (event_id, person_id, reason, rank) AS ({_OWN}),
    told AS (
        SELECT DISTINCT ON (w.event_id, w.person_id) w.event_id, w.person_id, w.reason, e.actor_id, e.occurred_at,
            u.email <> '' AS takes_mail,
            CASE WHEN e.kind = 'merged' THEN %(later)s ELSE %(now)s END AS due_at,
            CASE WHEN e.kind IN ('replied', 'wrote') THEN 'reply:' || e.message_id
                 WHEN e.kind = 'opened' THEN 'opened:' || e.ticket_id
                 ELSE e.kind || ':' || e.id END
                || CASE WHEN w.reason = 'requested' THEN '' ELSE ':' || w.person_id END AS key
        FROM wanted w JOIN batch e ON e.id = w.event_id JOIN community_user u ON u.id = w.person_id
        WHERE e.is_told AND (w.person_id IS DISTINCT FROM e.actor_id OR e.kind = 'opened')
          AND NOT u.is_imported AND u.anonymised_at IS NULL
        ORDER BY w.event_id, w.person_id, w.rank
    ),
    noted AS (
        INSERT INTO community_notification (event_kind, event_id, recipient_id, reason, topic, rhythm, created_at)
        SELECT '{KIND}', o.event_id, o.person_id, o.reason, '', '', %(now)s FROM told o
        WHERE o.person_id IS DISTINCT FROM o.actor_id ORDER BY o.event_id, o.person_id
        ON CONFLICT DO NOTHING
    )
    INSERT INTO community_mail
        (kind, recipient_id, key, address_hash, created_at, due_at, attempts, outcome, reply_code)
    SELECT '{Mail.Kind.STAFF}', o.person_id, o.key, '', o.occurred_at, o.due_at, 0, '', ''
    FROM told o WHERE o.takes_mail AND o.key IS NOT NULL ORDER BY o.event_id
    ON CONFLICT DO NOTHING
"""  # noqa: S608


def tell() -> int:
    """Tell of the next batch of events; returns how many were read (0: all done)."""
    return follow(FOLLOWER, "support_ticketevent", "id, recorded_at, occurred_at", _tell, batch=BATCH)


def _tell(events: list[tuple[Any, ...]]) -> None:
    news = [event_id for event_id, recorded_at, occurred_at in events if recorded_at - occurred_at < HISTORY]
    if not news:
        return
    now = clock.now()
    values: dict[str, Any] = {"events": news, "now": now, "later": now + SECOND_THOUGHTS}
    with connection.cursor() as cursor:
        cursor.execute(_NOTICES, values)
        cursor.execute(_CUSTOMERS, values)


def tell_all() -> int:
    """Everything there is to tell, in batches; returns how many events were read."""
    total = 0
    while read := tell():
        total += read
    return total
