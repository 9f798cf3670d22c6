"""When somebody's daily or weekly mail is made: at eight in the morning by their own clock, the weekly one on Mondays.

`User.digest_at` is the next morning on which there may be something for this person; null for those who want nothing
daily or weekly. Time zones are reckoned here and nowhere else, in Python: eight stays eight when the clocks change.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from community import clock
from community.accounts.preferences import zone_of
from community.models import Topic, User
from community.notices.topics import DEFAULTS_SQL

HOUR = time(8)
#: As `date.weekday` counts: Monday.
WEEKLY_ON = 0
DAY = timedelta(days=1)


def clock_of(zone: str) -> ZoneInfo:
    """The time zone a person chose by its name; the site's own for none, and for one this machine does not know."""
    return zone_of(zone) or ZoneInfo(settings.TIME_ZONE)


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, HOUR, zone).astimezone(UTC)


def last_morning(now: datetime, zone: ZoneInfo, *, weekly: bool = False) -> datetime:
    """The latest morning that has come, `now` included; the latest Monday's with `weekly`."""
    day = now.astimezone(zone).date() + DAY
    while _morning(day, zone) > now or (weekly and day.weekday() != WEEKLY_ON):
        day -= DAY
    return _morning(day, zone)


def next_morning(now: datetime, zone: ZoneInfo, *, weekly: bool = False) -> datetime:
    """The first morning after `now`; the first Monday's with `weekly`."""
    day = now.astimezone(zone).date() - DAY
    while _morning(day, zone) <= now or (weekly and day.weekday() != WEEKLY_ON):
        day += DAY
    return _morning(day, zone)


def midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """When the present day began by this clock."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)


# What comes daily or weekly: a topic chosen or left so (news of new questions only reach those who watch a board or a
# tag), a watch with a rhythm of its own, or something that waits already.
_PLAN = f"""
    WITH zones (zone, daily, weekly) AS (SELECT * FROM unnest(%(zones)s::text[], %(daily)s::timestamptz[],
                                                              %(weekly)s::timestamptz[])),
    defaults (topic, rhythm) AS (VALUES {DEFAULTS_SQL}),
    people AS (
        SELECT u.id, z.daily, z.weekly FROM community_user u JOIN zones z ON z.zone = u.time_zone
        WHERE u.is_active AND NOT u.is_imported AND u.anonymised_at IS NULL AND u.email <> ''
          AND coalesce(u.mail_paused_until <= %(now)s, true) {{these}}
    ),
    rhythms AS (
        SELECT u.id AS person_id, coalesce(c.rhythm, d.rhythm) AS rhythm
        FROM people u CROSS JOIN defaults d
        LEFT JOIN community_noticechoice c ON c.person_id = u.id AND c.topic = d.topic
        WHERE d.topic <> '{Topic.QUESTIONS}'
        UNION ALL
        SELECT u.id, coalesce(nullif(w.rhythm, ''), c.rhythm, d.rhythm)
        FROM people u JOIN community_watch w ON w.person_id = u.id AND w.thread_id IS NULL AND w.muted_at IS NULL
        JOIN defaults d ON d.topic = '{Topic.QUESTIONS}'
        LEFT JOIN community_noticechoice c ON c.person_id = u.id AND c.topic = d.topic
        UNION ALL
        SELECT u.id, w.rhythm
        FROM people u JOIN community_watch w ON w.person_id = u.id AND w.muted_at IS NULL AND w.rhythm <> ''
        UNION ALL
        SELECT u.id, n.rhythm
        FROM people u JOIN community_notification n ON n.recipient_id = u.id AND n.rhythm IN ('daily', 'weekly')
    ),
    wanted AS (
        SELECT u.id, CASE WHEN bool_or(r.rhythm = 'daily') THEN u.daily
                                              WHEN bool_or(r.rhythm = 'weekly') THEN u.weekly END AS digest_at
        FROM people u JOIN rhythms r ON r.person_id = u.id GROUP BY u.id, u.daily, u.weekly
    )
"""  # noqa: S608 - put together from our own constants
_SET = """
    UPDATE community_user u SET digest_at = w.digest_at FROM wanted w
    WHERE w.id = u.id AND u.digest_at IS DISTINCT FROM w.digest_at
"""
_KEEP_TURNS = " AND (u.digest_at IS NULL OR u.digest_at > %(now)s)"
_CLEAR = """
    UPDATE community_user u SET digest_at = NULL
    WHERE u.digest_at IS NOT NULL AND (NOT u.is_active OR u.is_imported OR u.anonymised_at IS NOT NULL OR u.email = '')
"""
_THESE = " AND u.id = ANY(%(ids)s)"


def plan(person: User) -> None:
    """Set when this person's next daily or weekly mail is made: after a choice, a watch, another zone or address.

    Whose turn it is keeps it. What nobody calls this for is put right within the hour (`plan_all`).
    """
    _plan([person.pk], keep_turns=True)


def plan_next(ids: Iterable[int]) -> None:
    """Set the next morning of these people, whose turn it was."""
    _plan(list(ids), keep_turns=False)


def plan_all() -> int:
    """Give everybody the morning that is theirs, where it is missing or another; returns how many were put right."""
    return _plan(None, keep_turns=True)


def _plan(ids: list[int] | None, *, keep_turns: bool) -> int:
    """Three statements, however many people (None: everybody)."""
    now, these = clock.now(), "" if ids is None else _THESE
    people = User.objects.filter(is_active=True) if ids is None else User.objects.filter(pk__in=ids)
    zones = list(people.order_by().values_list("time_zone", flat=True).distinct())
    values = {
        "now": now,
        "ids": ids,
        "zones": zones,
        "daily": [next_morning(now, clock_of(name)) for name in zones],
        "weekly": [next_morning(now, clock_of(name), weekly=True) for name in zones],
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLAN.format(these=these) + _SET + (_KEEP_TURNS if keep_turns else ""), values)
        changed = cursor.rowcount
        cursor.execute(_CLEAR + these, values)
        return changed + cursor.rowcount
