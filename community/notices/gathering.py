"""From notifications to mails: the worker's next task. Set-based, for ten thousand watchers as for one.

What comes at once gets a mail of its own, up to `MOST_AN_HOUR` to one person; what is beyond waits and comes together,
as what people want together does. Nothing is dropped here. (Daily and weekly mails: digests.py.) Posts of mail lists
have a bound of their own: who follows a list wants each of them.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction

from community import clock

#: So many mails with notices reach one person in an hour; the rest of them come together.
MOST_AN_HOUR = 20
#: So many posts of mail lists, before the rest of them come together as well.
MOST_OF_LISTS = 200
HOUR = timedelta(hours=1)
#: So long the first notice of a bundle waits for company.
COMPANY = timedelta(minutes=10)
BATCH = 1000

# What somebody reads at this very moment is locked, and left for the next time: two who each wait for a row of the
# other's would be a deadlock, and it would be the reader who is told so.
#: The key of the lock that one gathering worker holds: two would each count up to the limit.
_LOCK = 0x6D61696C
_LAST_HOUR = """
    (SELECT count(*) FROM community_mail m
     WHERE m.recipient_id = {person} AND m.kind IN ({kinds}) AND m.created_at > %(hour_ago)s)
"""
_COLUMNS = "kind, recipient_id, key, address_hash, created_at, due_at, attempts, outcome, reply_code"
_NOTICES = "'notice', 'bundle'"


def _alone(kind: str, of: str, kinds: str) -> str:
    """SQL that makes a mail of its own, of this kind, for each notice that is to come at once and is `of` these.

    `kinds` are the mails that count for the bound of an hour, `most`.
    """
    return f"""
    WITH waiting AS MATERIALIZED (
        SELECT id, recipient_id FROM community_notification WHERE rhythm = 'now' AND {of}
        ORDER BY id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ),
    people AS MATERIALIZED (
        SELECT recipient_id, {_LAST_HOUR.format(person="w.recipient_id", kinds=kinds)} AS mails
        FROM (SELECT DISTINCT recipient_id FROM waiting) AS w
    ),
    placed AS (
        SELECT w.id, w.recipient_id, p.mails + row_number() OVER (PARTITION BY w.recipient_id ORDER BY w.id)
            <= %(most)s AS is_alone
        FROM waiting w JOIN people p ON p.recipient_id = w.recipient_id
    ),
    made AS (
        INSERT INTO community_mail ({_COLUMNS})
        SELECT '{kind}', recipient_id, '{kind}:' || id, '', %(now)s, %(now)s, 0, '', ''
        FROM placed WHERE is_alone ORDER BY id
        RETURNING id, key
    )
    UPDATE community_notification n SET rhythm = CASE WHEN placed.is_alone THEN '' ELSE 'hourly' END, mail_id = made.id
    FROM placed LEFT JOIN made ON made.key = '{kind}:' || placed.id WHERE n.id = placed.id
"""  # noqa: S608 - put together from our own constants


_AT_ONCE = _alone("notice", "topic <> 'list'", _NOTICES)
_POSTS = _alone("list", "topic = 'list'", "'list'")
_TOGETHER = f"""
    WITH due AS (
        SELECT recipient_id FROM community_notification w WHERE rhythm = 'hourly'
        GROUP BY recipient_id HAVING min(created_at) <= %(closed)s
            AND {_LAST_HOUR.format(person="w.recipient_id", kinds=_NOTICES)} < %(most)s
            AND NOT EXISTS (SELECT 1 FROM community_mail b WHERE b.recipient_id = w.recipient_id AND b.kind = 'bundle'
                            AND b.created_at > %(hour_ago)s)
        ORDER BY min(id) LIMIT %(batch)s
    ),
    waiting AS MATERIALIZED (
        SELECT n.id, n.recipient_id FROM community_notification n JOIN due ON due.recipient_id = n.recipient_id
        WHERE n.rhythm = 'hourly' FOR UPDATE OF n SKIP LOCKED
    ),
    made AS (
        INSERT INTO community_mail ({_COLUMNS})
        SELECT 'bundle', recipient_id, 'bundle:' || min(id), '', %(now)s, %(now)s, 0, '', ''
        FROM waiting GROUP BY recipient_id ORDER BY min(id)
        RETURNING id, recipient_id
    )
    UPDATE community_notification n SET rhythm = '', mail_id = made.id
    FROM waiting JOIN made ON made.recipient_id = waiting.recipient_id WHERE n.id = waiting.id
"""  # noqa: S608 - put together from our own constants


def gather() -> int:
    """Make the mails that are due for the next notices; returns how many notices were dealt with (0: all done).

    A notice is dealt with when it is in a mail, or waits for a bundle from now on. Two workers at once: the second
    gets 0.
    """
    now = clock.now()
    values: dict[str, datetime | int] = {
        "now": now,
        "hour_ago": now - HOUR,
        "closed": now - COMPANY,
        "most": MOST_AN_HOUR,
        "batch": BATCH,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        # Posts first: what somebody is told of a question comes after the question.
        cursor.execute(_POSTS, values | {"most": MOST_OF_LISTS})
        count = cursor.rowcount
        cursor.execute(_AT_ONCE, values)
        count += cursor.rowcount
        cursor.execute(_TOGETHER, values)
        return count + cursor.rowcount


def gather_all() -> int:
    """Everything that is due, in batches; returns how many notices were dealt with."""
    total = 0
    while count := gather():
        total += count
    return total
