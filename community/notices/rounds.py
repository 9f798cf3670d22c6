"""Whose turn it is: one Mail row of kind digest for everybody whose morning has come and who has something to be told.

A sieve in SQL says who may have something; what a digest really holds is found when it is sent (digests.py). A person's
turn, the row and what it takes along change in one transaction, so a kill at any moment leaves all of it or nothing.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from community import clock
from community.models import Mail, Topic, User
from community.models.threads import SOLVABLE
from community.notices.mornings import clock_of, last_morning, midnight, plan_next
from community.notices.topics import DEFAULTS
from community.permissions import is_member
from community.reading.digests import AWAY, LATELY, here_since

BATCH = 500
#: So many batches at most in one go.
ROUNDS = 4


class Turn(NamedTuple):
    """One person's turn: the mail's key, whether the weekly part is in it, and when their present day began."""

    person_id: int
    key: str
    is_weekly: bool
    today: datetime


def make_digests() -> int:
    """Make the mails of everybody whose turn it is, at most 2,000 people in one call; returns how many mails.

    Nobody's turn: one query. Two workers at once make them once.
    """
    made = 0
    for _round in range(ROUNDS):
        if not User.objects.filter(digest_at__lte=clock.now()).exists():
            break
        batch = _make_batch()
        if batch is None:
            break
        made += batch
    return made


@transaction.atomic
def _make_batch() -> int | None:
    """The next people's mails; None when others see to those who are left."""
    now = clock.now()
    due = User.objects.filter(digest_at__lte=now).order_by("digest_at", "pk")
    people = list(due.select_for_update(skip_locked=True, no_key=True)[:BATCH])
    if not people:
        return None
    turns = [turn for person in people if (turn := turn_of(person, now)) is not None]
    made = _write(turns, now) if turns else 0
    plan_next([person.pk for person in people])
    return made


def turn_of(person: User, now: datetime) -> Turn | None:
    """What this person's turn is about; None when they have no account any more, or their morning has not come after
    all (another time zone since).
    """
    if not is_member(person) or not person.email:
        return None
    zone, since = clock_of(person.time_zone), person.digest_at
    monday, morning = last_morning(now, zone, weekly=True), last_morning(now, zone)
    if since is None or morning < since:
        return None
    # Mornings that were missed (no worker for days) are one turn; a missed Monday is not forgotten.
    is_weekly = monday >= since
    day = (monday if is_weekly else morning).astimezone(zone).date()
    return Turn(person.pk, f"digest:{person.pk}:{day.isoformat()}", is_weekly, midnight(now, zone))


# Who may have something: a notice that waits for this turn; or, for those who are here now and then and want it, a
# fresh question or solution where they watch, or thanks since the last such mail. Wider than the truth, never narrower.
# A notice that is locked is being read just now: it is left alone, as in gathering.py.
_WRITE = f"""
    WITH turns (person_id, key, is_weekly, today, is_here) AS (
        SELECT * FROM unnest(%(people)s::bigint[], %(keys)s::text[], %(weekly)s::boolean[], %(todays)s::timestamptz[],
                             %(here)s::boolean[])
    ),
    waiting AS MATERIALIZED (
        SELECT n.id, n.recipient_id, n.read_at FROM turns t JOIN community_notification n
            ON n.recipient_id = t.person_id AND n.rhythm IN ('daily', 'weekly')
        WHERE n.rhythm = 'daily' OR t.is_weekly FOR UPDATE OF n SKIP LOCKED
    ),
    readers AS (
        SELECT t.person_id, greatest(%(lately)s, coalesce(last.made_at, %(lately)s)) AS since
        FROM turns t JOIN community_user u ON u.id = t.person_id
        LEFT JOIN community_noticechoice c ON c.person_id = u.id AND c.topic = '{Topic.DIGEST}'
        LEFT JOIN LATERAL (
            SELECT max(m.created_at) AS made_at FROM community_mail m
            WHERE m.recipient_id = u.id AND m.kind = '{Mail.Kind.DIGEST}' AND m.created_at > %(lately)s
              AND m.outcome IN ('', '{Mail.Outcome.SENT}')
              AND (c.rhythm = 'daily' OR extract(isodow FROM right(m.key, 10)::date) = 1)
        ) last ON true
        WHERE (coalesce(c.rhythm, '{DEFAULTS[Topic.DIGEST]}') = 'daily'
               OR coalesce(c.rhythm, '{DEFAULTS[Topic.DIGEST]}') = 'weekly' AND t.is_weekly)
          AND t.is_here AND (u.mail_paused_until IS NULL OR u.mail_paused_until <= %(now)s)
    ),
    asked AS MATERIALIZED (
        SELECT q.id, q.board_id, q.asker_id AS person_id, q.asked_at AS at FROM community_thread q
        WHERE q.hidden_at IS NULL AND q.closed_at IS NULL AND q.peer_answer_count = 0
          AND q.kind IN ('{SOLVABLE[0]}', '{SOLVABLE[1]}')
          AND q.last_activity_at > %(lately)s AND q.asked_at > %(lately)s
    ),
    solved AS MATERIALIZED (
        SELECT q.id, q.board_id, q.asker_id AS person_id, s.accepted_at AS at
        FROM community_solution s JOIN community_thread q ON q.id = s.thread_id
        WHERE s.withdrawn_at IS NULL AND s.accepted_at > %(lately)s
    ),
    news AS MATERIALIZED (SELECT * FROM asked UNION ALL SELECT * FROM solved),
    places AS MATERIALIZED (
        SELECT w.person_id, n.person_id AS asker_id, n.at FROM readers r
            JOIN community_watch w ON w.person_id = r.person_id AND w.muted_at IS NULL AND w.board_id IS NOT NULL
            JOIN news n ON n.board_id = w.board_id
        UNION ALL
        SELECT w.person_id, n.person_id, n.at FROM readers r
            JOIN community_watch w ON w.person_id = r.person_id AND w.muted_at IS NULL AND w.tag_id IS NOT NULL
            JOIN community_taggedthread x ON x.tag_id = w.tag_id JOIN news n ON n.id = x.content_object_id
        UNION ALL
        SELECT w.person_id, n.person_id, n.at FROM readers r
            JOIN community_watch w ON w.person_id = r.person_id AND w.muted_at IS NULL AND w.thread_id IS NOT NULL
            JOIN solved n ON n.id = w.thread_id
        UNION ALL
        SELECT x.person_id, n.person_id, n.at FROM readers r
            JOIN community_metoo x ON x.person_id = r.person_id JOIN solved n ON n.id = x.thread_id
    ),
    told AS (
        SELECT t.* FROM turns t
        WHERE NOT EXISTS (SELECT FROM community_mail m WHERE m.recipient_id = t.person_id
                          AND m.kind = '{Mail.Kind.DIGEST}' AND m.created_at >= t.today)
          AND (t.person_id IN (SELECT recipient_id FROM waiting WHERE read_at IS NULL)
               OR t.person_id IN (SELECT r.person_id FROM readers r JOIN places p ON p.person_id = r.person_id
                                  WHERE p.at > r.since AND p.asker_id <> r.person_id)
               OR t.person_id IN (
                   SELECT r.person_id FROM readers r JOIN community_answer a ON a.author_id = r.person_id
                   WHERE EXISTS (SELECT FROM community_vote v WHERE v.answer_id = a.id AND v.voted_at > r.since)
                      OR EXISTS (SELECT FROM community_helped h WHERE h.answer_id = a.id AND h.helped_at > r.since)
                      OR EXISTS (SELECT FROM community_solution s WHERE s.answer_id = a.id AND s.withdrawn_at IS NULL
                                 AND s.accepted_at > r.since)))
    ),
    made AS (
        INSERT INTO community_mail (kind, recipient_id, key, address_hash, created_at, due_at, attempts, outcome,
                                    reply_code)
        SELECT '{Mail.Kind.DIGEST}', person_id, key, '', %(now)s, %(now)s, 0, '', '' FROM told
        ON CONFLICT DO NOTHING
        RETURNING id, recipient_id
    ),
    gathered AS (
        UPDATE community_notification n SET mail_id = made.id, rhythm = ''
        FROM waiting w LEFT JOIN made ON made.recipient_id = w.recipient_id
        WHERE n.id = w.id AND (made.id IS NOT NULL OR w.read_at IS NOT NULL)
    )
    SELECT count(*) FROM made
"""  # noqa: S608 - put together from our own constants


def _write(turns: list[Turn], now: datetime) -> int:
    """The mails of these turns with what waits for them; what was read meanwhile waits no longer. Two statements."""
    people, keys, weekly, todays = zip(*turns, strict=True)
    here = here_since(people, now - AWAY)
    values: dict[str, Any] = {
        "people": list(people),
        "keys": list(keys),
        "weekly": list(weekly),
        "todays": list(todays),
        "now": now,
        "lately": now - LATELY,
        "here": [person_id in here for person_id in people],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        return int(cursor.fetchone()[0])
