"""The brake: while it is on, what new members post waits for a look. By a moderator's hand, or by their own rate.

It ends by itself. Nothing but `ends_at` says so: no job is needed, and none can forget it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.record import record_audit
from community.errors import NotAllowed, Refused
from community.models import Brake, Notification, User
from community.roles import Role

#: So many times the busiest ten minutes of the last two weeks do.
TIMES = 3
#: By rate it stays on for so long; by hand at most a day.
BY_RATE = timedelta(hours=1)
MOST_MINUTES = 24 * 60
#: The kind of the notice moderators get; its number is the brake's.
KIND = "brake"
#: Advisory locks are shared by all there is; with this number they are the brake's.
_LOCK = 0xB4A7E

# The busiest ten minutes of new members' posts that stood, without the last hour: no wave makes itself normal.
_BUSIEST = """
    SELECT coalesce(max(n), 0) FROM (
        SELECT count(*) AS n FROM community_postprint p
        JOIN community_thread t ON t.id = p.thread_id LEFT JOIN community_answer a ON a.id = p.answer_id
        WHERE p.by_new AND p.posted_at < %(until)s AND t.hidden_at IS NULL AND a.hidden_at IS NULL
        GROUP BY floor(extract(epoch FROM p.posted_at) / 600)) tens
"""


def current_brake() -> Brake | None:
    """The brake in force, if there is one."""
    now = clock.now()
    return Brake.objects.filter(ends_at__gt=now, started_at__lte=now, lifted_at=None).order_by("-ends_at").first()


def allowed_rate(rate: int) -> int:
    """How many posts of new members in ten minutes are no cause for alarm here. Asks only from the floor on."""
    floor: int = settings.BRAKE_FLOOR
    if not floor or rate < floor:
        return max(floor, rate + 1)
    with connection.cursor() as cursor:
        cursor.execute(_BUSIEST, {"until": clock.now() - timedelta(hours=1)})
        return max(floor, TIMES * int(cursor.fetchone()[0]))


@transaction.atomic
def start_by_rate() -> Brake | None:
    """New members post more than ever: on for an hour, and the moderators hear of it. Several at once start one.

    None for an hour after somebody lifted one: they have seen what is going on.
    """
    found, now = _hold(), clock.now()
    if found is not None:
        return found
    if Brake.objects.filter(lifted_at__gt=now - BY_RATE, started_at__gt=now - 2 * BY_RATE).exists():
        return None
    brake = Brake.objects.create(started_at=now, ends_at=now + BY_RATE)
    record_audit("braked", actor=None, target=brake)
    _tell(brake)
    return brake


@transaction.atomic
def start(*, actor: User, minutes: int, reason: str = "") -> Brake:
    """Hold what new members post for so many minutes from now; one that is on already ends then.

    NotAllowed for all but moderators, Refused for no time or more than a day.
    """
    _check(actor)
    if not 1 <= minutes <= MOST_MINUTES:
        raise Refused(_("Please choose a time between a minute and a day."))
    brake, now = _hold(), clock.now()
    ends_at = now + timedelta(minutes=minutes)
    if brake is not None and abs(ends_at - brake.ends_at) < timedelta(minutes=1):
        return brake  # the second press of a double click
    if brake is None:
        brake = Brake.objects.create(started_at=now, started_by=actor, ends_at=ends_at)
        _tell(brake, but=actor)
    else:
        brake.ends_at = ends_at
        brake.save(update_fields=["ends_at"])
    record_audit("braked", actor=actor, target=brake, note=reason)
    return brake


@transaction.atomic
def lift(*, actor: User, reason: str = "") -> Brake | None:
    """End the brake now; None when none is on. What waits goes on waiting for its look."""
    _check(actor)
    brake = _hold()
    if brake is not None:
        brake.lifted_at, brake.lifted_by = clock.now(), actor
        brake.save(update_fields=["lifted_at", "lifted_by"])
        record_audit("brake_lifted", actor=actor, target=brake, note=reason)
    return brake


def _check(actor: User) -> None:
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))


def _hold() -> Brake | None:
    """The brake in force; whoever else starts or lifts one waits until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK])
    return current_brake()


def _tell(brake: Brake, *, but: User | None = None) -> None:
    """A line in the inbox of everybody who moderates: no mail, the pages that they have open show it soon enough."""
    people = User.objects.filter(groups__name__in=(Role.MODERATOR, Role.ADMIN), is_active=True).distinct()
    now: datetime = clock.now()
    rows = [
        Notification(event_kind=KIND, event_id=brake.pk, recipient_id=pk, reason="moderates", created_at=now)
        for pk in people.exclude(pk=but.pk if but else None).values_list("pk", flat=True)
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
