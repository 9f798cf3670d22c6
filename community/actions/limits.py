"""How often somebody may do something, counted in the database: it holds whichever process or machine is asked.

`LIMITS` is the one table. `spend` counts one act in the caller's own transaction, so that an act which is refused or
fails costs nothing; `charge` does the same inside the one statement of a hot action (`Writes`); `keep_pace` is for what
pages ask by themselves, many times a minute: a process takes some from the common count and gives them out by itself.

The windows slide: what was done in the window before counts by the part of it that still lies within the last hour (or
day), rounded up. So nobody does twice as much by waiting for the full hour, and the moment that is told is true.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community import clock
from community.actions.together import Writes
from community.errors import TooOften
from community.models import LimitCount, User
from community.roles import STAFF

MINUTE, HOUR, DAY = 60, 3600, 86400
#: Whoever joined less long ago is new.
NEW_FOR = timedelta(days=3)
#: Staff write all day; even a session of theirs that was stolen is not without limits.
STAFF_MAY = 10
#: Of what `keep_pace` counts, a process takes this part at once: so much may stay unused in each of them.
PART = 32
#: Windows that are over count for the next one; a window lasts a day at most.
KEEP = timedelta(days=1)


class Limit(NamedTuple):
    """At most `most` within `seconds`, an hour or a day for most things."""

    most: int
    seconds: int


@dataclass(frozen=True)
class Limits:
    """One row of the table: why it is limited, in a sentence for the person, and what each kind of person may do.

    `address` is everybody's who comes from one address (or what else the caller counts by), signed in or not.
    """

    why: "str | Promise"
    new: tuple[Limit, ...] = ()
    member: tuple[Limit, ...] = ()
    address: tuple[Limit, ...] = ()


_READING = gettext_lazy("Your browser asked for this very often.")
_MANY_AT_ONE_PLACE = gettext_lazy("There were many attempts from your connection.")

LIMITS: dict[str, Limits] = {
    # Writing
    "ask": Limits(
        gettext_lazy("You have asked a lot in a short time."),
        new=(Limit(10, HOUR), Limit(20, DAY)),
        member=(Limit(30, HOUR), Limit(100, DAY)),
    ),
    "answer": Limits(
        gettext_lazy("You have answered a lot in a short time."),
        new=(Limit(20, HOUR), Limit(60, DAY)),
        member=(Limit(90, HOUR), Limit(400, DAY)),
    ),
    "edit": Limits(
        gettext_lazy("You have changed a lot in a short time."),
        new=(Limit(40, HOUR), Limit(120, DAY)),
        member=(Limit(120, HOUR), Limit(600, DAY)),
    ),
    "mention": Limits(
        gettext_lazy("You have mentioned many people in a short time."),
        new=(Limit(20, HOUR), Limit(40, DAY)),
        member=(Limit(80, HOUR), Limit(300, DAY)),
    ),
    "upload": Limits(
        gettext_lazy("You have added many files."),
        new=(Limit(20, HOUR), Limit(50, DAY)),
        member=(Limit(50, HOUR), Limit(100, DAY)),
    ),
    # Saying something of what others wrote
    "vote": Limits(
        gettext_lazy("You have voted a lot in a short time."),
        new=(Limit(60, HOUR), Limit(200, DAY)),
        member=(Limit(300, HOUR), Limit(1500, DAY)),
    ),
    "me_too": Limits(
        gettext_lazy("You have joined many questions in a short time."),
        new=(Limit(20, HOUR), Limit(60, DAY)),
        member=(Limit(100, HOUR), Limit(400, DAY)),
    ),
    "helped": Limits(
        gettext_lazy("You have said this of many answers in a short time."),
        new=(Limit(20, HOUR), Limit(60, DAY)),
        member=(Limit(100, HOUR), Limit(400, DAY)),
    ),
    "mark": Limits(
        gettext_lazy("You have marked many answers in a short time."),
        new=(Limit(20, HOUR), Limit(60, DAY)),
        member=(Limit(60, HOUR), Limit(200, DAY)),
    ),
    "flag": Limits(
        gettext_lazy("You have reported a lot in a short time."),
        new=(Limit(10, HOUR), Limit(20, DAY)),
        member=(Limit(30, HOUR), Limit(100, DAY)),
    ),
    # Reaching staff, and bringing others
    "contact": Limits(
        gettext_lazy("You have written to us a lot in a short time."),
        new=(Limit(10, HOUR), Limit(20, DAY)),
        member=(Limit(20, HOUR), Limit(60, DAY)),
        address=(Limit(30, HOUR), Limit(100, DAY)),
    ),
    "report": Limits(
        gettext_lazy("Many reports came from your connection in a short time."),
        new=(Limit(10, HOUR), Limit(20, DAY)),
        member=(Limit(20, HOUR), Limit(60, DAY)),
        address=(Limit(20, HOUR), Limit(60, DAY)),
    ),
    "invite": Limits(
        gettext_lazy("You have invited many people in a short time."),
        new=(Limit(10, HOUR), Limit(40, DAY)),
        member=(Limit(10, HOUR), Limit(40, DAY)),
    ),
    # By mail, counted for the address it came from or goes to (actions/incoming.py)
    "mail_in": Limits(gettext_lazy("You have sent many mails in a short time."), address=(Limit(20, HOUR),)),
    "mail_held": Limits(gettext_lazy("You have sent many mails in a short time."), address=(Limit(20, HOUR),)),
    "mail_guess": Limits(gettext_lazy("You have sent many mails in a short time."), address=(Limit(20, HOUR),)),
    "mail_back": Limits(gettext_lazy("This address got many mails from us."), address=(Limit(5, HOUR),)),
    "mail_link": Limits(_MANY_AT_ONE_PLACE, address=(Limit(60, 10 * MINUTE), Limit(600, HOUR))),
    # What pages ask by themselves while somebody reads or writes (`keep_pace`)
    "draft": Limits(
        gettext_lazy("Your draft was saved very often."),
        new=(Limit(2000, HOUR),),
        member=(Limit(2000, HOUR),),
        address=(Limit(9000, HOUR),),
    ),
    "preview": Limits(_READING, new=(Limit(600, HOUR),), member=(Limit(1200, HOUR),), address=(Limit(6000, HOUR),)),
    "suggest": Limits(
        _READING,
        new=(Limit(600, 10 * MINUTE),),
        member=(Limit(600, 10 * MINUTE),),
        address=(Limit(9000, 10 * MINUTE),),
    ),
    "names": Limits(_READING, new=(Limit(600, 10 * MINUTE),), member=(Limit(1200, 10 * MINUTE),)),
    "news": Limits(
        _READING,
        new=(Limit(1200, 10 * MINUTE),),
        member=(Limit(1200, 10 * MINUTE),),
        address=(Limit(9000, 10 * MINUTE),),
    ),
    "beacon": Limits(
        _READING,
        new=(Limit(2400, 10 * MINUTE),),
        member=(Limit(2400, 10 * MINUTE),),
        address=(Limit(24000, 10 * MINUTE),),
    ),
    # At the entrance (accounts/doors.py). An office, a school or a train comes from one address.
    "sign_in": Limits(_MANY_AT_ONE_PLACE, address=(Limit(60, 10 * MINUTE), Limit(600, HOUR))),
    "sign_up": Limits(_MANY_AT_ONE_PLACE, address=(Limit(20, 10 * MINUTE), Limit(100, HOUR))),
    "reset": Limits(_MANY_AT_ONE_PLACE, address=(Limit(20, 10 * MINUTE), Limit(60, HOUR))),
    "code": Limits(_MANY_AT_ONE_PLACE, address=(Limit(30, 10 * MINUTE), Limit(200, HOUR))),
    "type_code": Limits(_MANY_AT_ONE_PLACE, address=(Limit(60, 10 * MINUTE), Limit(300, HOUR))),
    "second_factor": Limits(_MANY_AT_ONE_PLACE, address=(Limit(30, 10 * MINUTE), Limit(100, HOUR))),
    # counted for the name or address that was typed, whether or not there is such an account
    "password": Limits(
        gettext_lazy("That was too often: there were many attempts to sign in with this name."),
        address=(Limit(5, 5 * MINUTE), Limit(30, DAY)),
    ),
    "factor": Limits(
        gettext_lazy("That was too often: there were many attempts with a wrong code."),
        address=(Limit(5, 5 * MINUTE), Limit(30, DAY)),
    ),
    "account": Limits(
        gettext_lazy("You have changed your account often in a short time."),
        new=(Limit(30, HOUR),),
        member=(Limit(30, HOUR),),
    ),
}


def _limits_of(what: str, actor: User) -> tuple[Limit, ...]:
    """What this person may do. Asks the database only for what the person's row does not bring."""
    row = LIMITS[what]
    is_new = clock.now() - actor.date_joined < NEW_FOR
    # Roles cost a query where they were not read with the person: only those who would be limited are asked for them.
    limits = row.new if is_new else row.member
    if not limits or not actor.effective_roles & STAFF:
        return limits
    return tuple(Limit(each.most * STAFF_MAY, each.seconds) for each in row.member)


class _Window(NamedTuple):
    """One limit at one moment: whose row it is, and how much of the window before still counts."""

    key: str
    most: int
    start: datetime
    length: timedelta
    weight: float


def _window(what: str, who: str, limit: Limit, now: datetime) -> _Window:
    length = timedelta(seconds=limit.seconds)
    begun = now.timestamp() % limit.seconds
    key = salted_hmac("community.limit", f"{what} {limit.seconds} {who}", algorithm="sha256").hexdigest()
    most = max(1, round(limit.most * settings.LIMITS_FACTOR))
    start = datetime.fromtimestamp(round(now.timestamp() - begun), UTC)
    return _Window(key, most, start, length, 1 - begun / limit.seconds)


def _windows(what: str, actor: User | None, address: str) -> list[_Window]:
    now, row = clock.now(), LIMITS[what]
    mine = _limits_of(what, actor) if actor is not None else ()
    theirs = row.address if address else ()
    return [
        *(_window(what, f"u:{actor.pk}", each, now) for each in mine if actor is not None),
        *(_window(what, f"a:{address}", each, now) for each in theirs),
    ]


# One statement counts and asks: of many at once, each waits for the row and finds what those before it left.
_BEFORE = """coalesce((
    SELECT ceil(b.count * %s)::int FROM community_limitcount b WHERE b.key = %s AND b.window_start = %s), 0)"""
_COUNT = f"""
    INSERT INTO community_limitcount AS l (key, window_start, window_end, count)
    SELECT %s, %s, %s, %s WHERE %s + {_BEFORE} <= %s
    ON CONFLICT (key, window_start) DO UPDATE SET count = l.count + EXCLUDED.count
    WHERE l.count + EXCLUDED.count + {_BEFORE} <= %s
    RETURNING l.count
"""


def _count(window: _Window, times: int) -> tuple[str, list[Any]]:
    before = [window.weight, window.key, window.start - window.length]
    row = [window.key, window.start, window.start + window.length, times]
    return _COUNT, [*row, times, *before, window.most, *before, window.most]


def charge(writes: Writes, *, what: str, actor: User | None = None, address: str = "", times: int = 1) -> None:
    """As `spend`, in the statement that `writes` sends: TooOften comes from there, and the transaction must end."""
    _charge(writes, _windows(what, actor, address), what, times)


def _charge(writes: Writes, windows: list[_Window], what: str, times: int) -> None:
    for window in windows:
        writes.need(*_count(window, times), otherwise=partial(_too_often, what, window, times))


def spend(*, what: str, actor: User | None = None, address: str = "", times: int = 1) -> None:
    """Count `times` acts of this person, and of everybody who comes from this address.

    Raises TooOften with the reason and the moment from which on it goes again; then nothing was counted. Inside the
    caller's transaction the count is taken back with it. KeyError for what has no row in LIMITS.
    """
    writes, windows = Writes(), _windows(what, actor, address)
    _charge(writes, windows, what, times)
    # Of several windows, those that would have let it pass are taken back with the one that did not.
    with transaction.atomic() if len(windows) > 1 else nullcontext():
        writes.send()


def give_back(*, what: str, actor: User | None = None, address: str = "") -> None:
    """Take one act back that was counted a moment ago: a sign-in that was no wrong guess."""
    for window in _windows(what, actor, address):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE community_limitcount SET count = count - 1 WHERE key = %s AND window_start = %s AND count > 0",
                [window.key, window.start],
            )


# Saying so ------------------------------------------------------------------------------------------------------------
def _too_often(what: str, window: _Window, times: int) -> TooOften:
    """Why it is refused, and when it goes again if nothing else happens until then."""
    counts = dict(
        LimitCount.objects.filter(key=window.key, window_start__in=[window.start, window.start - window.length])
        .order_by()
        .values_list("window_start", "count")
    )
    again_at = _again(window, counts.get(window.start, 0), counts.get(window.start - window.length, 0), times)
    return too_often(LIMITS[what].why, again_at)


def _again(window: _Window, done: int, before: int, times: int) -> datetime:
    """When `done + times` and what is left of `before` first fit; later in this window, or within the next one."""
    start, room = window.start, window.most - times - done
    if room < 0:
        start, room, before = start + window.length, max(0, window.most - times), done
    share = min(1.0, room / before) if before else 1.0
    again = (start + window.length * (1 - share)).timestamp()
    return max(datetime.fromtimestamp(ceil(again) + 1, UTC), clock.now() + timedelta(seconds=1))


def too_often(why: "str | Promise", again_at: datetime) -> TooOften:
    """The refusal in whole sentences: the reason, and how long it takes until it goes again."""
    return TooOften(_("%(reason)s %(when)s") % {"reason": why, "when": in_words(again_at)}, again_at)


def in_words(again_at: datetime) -> str:
    """The sentence that says when to try again."""
    seconds = max(1, ceil((again_at - clock.now()).total_seconds()))
    if seconds < 2 * MINUTE:
        told = ngettext("Please try again in %(count)d second.", "Please try again in %(count)d seconds.", seconds)
        return told % {"count": seconds}
    minutes = ceil(seconds / 60)
    if minutes < 120:
        return ngettext("Please try again in %(count)d minute.", "Please try again in %(count)d minutes.", minutes) % {
            "count": minutes
        }
    hours = ceil(minutes / 60)
    return ngettext("Please try again in %(count)d hour.", "Please try again in %(count)d hours.", hours) % {
        "count": hours
    }


# What pages ask by themselves -----------------------------------------------------------------------------------------
@dataclass
class _Lease:
    """What this process may still give out to one person or address, or until when it need not ask again."""

    left: int
    until: datetime
    refused: TooOften | None = None


class Leases:
    """What this process took from the common counts. Of more than `most` keys all are given up."""

    def __init__(self, most: int = 10_000) -> None:
        self.most = most
        self._kept: dict[tuple[str, str], _Lease] = {}
        self._lock = Lock()

    def take(self, key: tuple[str, str], now: datetime) -> bool:
        """Whether one is left; raises the refusal that was told before and still holds."""
        with self._lock:
            lease = self._kept.get(key)
            if lease is None or lease.until <= now:
                return False
            if lease.refused is not None:
                raise too_often(LIMITS[key[0]].why, lease.refused.again_at)
            lease.left -= 1
            return lease.left >= 0

    def keep(self, key: tuple[str, str], lease: _Lease) -> None:
        with self._lock:
            if len(self._kept) >= self.most:
                self._kept.clear()
            self._kept[key] = lease

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


LEASES = Leases()


def keep_pace(*, what: str, actor: User | None = None, address: str = "") -> None:
    """As `spend`, for what is asked many times a minute: the database hears of every thirty-second of a limit only.

    What a process took and did not give out within the window is lost, so never more than the limit goes through.
    """
    key, now = (what, f"u:{actor.pk}" if actor is not None else f"a:{address}"), clock.now()
    if LEASES.take(key, now):
        return
    windows = _windows(what, actor, address)
    part = max(1, min((each.most for each in windows), default=1) // PART)
    until = min((each.start + each.length for each in windows), default=now)
    try:
        got = _lease(what, actor, address, part)
    except TooOften as refused:
        LEASES.keep(key, _Lease(0, refused.again_at, refused))
        raise
    LEASES.keep(key, _Lease(got - 1, until))


def _lease(what: str, actor: User | None, address: str, part: int) -> int:
    """Take `part` from the common count, or the last one that is there; how many it became."""
    try:
        spend(what=what, actor=actor, address=address, times=part)
    except TooOften:
        if part == 1:
            raise
        spend(what=what, actor=actor, address=address)
        return 1
    return part


def sweep_limits() -> int:
    """Delete the windows that count for nothing any more; the worker calls it. Returns how many went."""
    return LimitCount.objects.filter(window_end__lt=clock.now() - KEEP).delete()[0]
