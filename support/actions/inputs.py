"""What figures rest on and no machine can know: costs, which channels are covered, whose account is no customer's.

Said by an administrator, dated, with its source; never changed. What was wrong is taken back, or another row
follows it.
"""

import re
from collections.abc import Collection
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.record import MAX_ID, record_audit
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import User
from support.models import ChannelCoverage, CostInput, PersonStanding, ProgrammeCost

Row = TypeVar("Row", bound=Model)
CENT = Decimal("0.01")
_CURRENCY = re.compile("[A-Z]{3}")
#: No figure can rest on a day before this one, nor on one that far away.
EARLIEST, LATEST = date(1990, 1, 1), date(2200, 1, 1)


# Costs ----------------------------------------------------------------------------------------------------------------
@transaction.atomic
def enter_cost(
    *,
    actor: User,
    channel: str,
    low: Decimal,
    typical: Decimal,
    currency: str,
    valid_from: date,
    source: str,
    changes_currency: bool = False,
) -> CostInput:
    """What one contact by this channel costs from a day on: marginal (`low`) and loaded (`typical`).

    Of several from one day the one entered last is in force. NotAllowed for all but administrators; Refused without
    a source, for a low above typical, or in another currency than all else unless `changes_currency` says it is meant.
    """
    need_admin(actor)
    currency = currency.strip().upper()
    _one_currency(currency, changes_currency)
    cost = CostInput(
        channel=channel,
        low=low,
        typical=typical,
        currency=currency,
        valid_from=_day(valid_from),
        source=words(source, _("Say where the sum comes from.")),
        entered_by=actor,
        entered_at=clock.now(),
    )
    if low > typical:
        raise Refused(_("The low cost is what one contact less saves: it cannot be above the typical cost."))
    record_audit("entered_cost", actor=actor, target=stored(cost), note=cost.source)
    return cost


@transaction.atomic
def enter_programme_cost(
    *,
    actor: User,
    kind: str,
    from_day: date,
    until_day: date,
    currency: str,
    source: str,
    amount: Decimal | None = None,
    hours: Decimal | None = None,
    rate: Decimal | None = None,
    changes_currency: bool = False,
) -> ProgrammeCost:
    """What the community costs over some days, both included: either `amount`, or `hours` times `rate`.

    Refused without a source, for days in the wrong order, or when neither or both are given.
    """
    need_admin(actor)
    is_by_hours = hours is not None and rate is not None
    if (hours is None) != (rate is None) or is_by_hours == (amount is not None):
        raise Refused(_("Give either a sum, or hours and what an hour costs."))
    if hours is not None and rate is not None:
        amount = (hours * rate).quantize(CENT, ROUND_HALF_UP)
    assert amount is not None
    currency = currency.strip().upper()
    _one_currency(currency, changes_currency)
    cost = ProgrammeCost(
        kind=kind,
        from_day=_day(from_day),
        until_day=_day(until_day),
        hours=hours,
        rate=rate,
        amount=amount,
        currency=currency,
        source=words(source, _("Say where the sum comes from.")),
        entered_by=actor,
        entered_at=clock.now(),
    )
    _in_order(from_day, until_day)
    record_audit("entered_programme_cost", actor=actor, target=stored(cost), note=cost.source)
    return cost


@transaction.atomic
def withdraw_programme_cost(*, actor: User, cost_id: int, reason: str) -> ProgrammeCost:
    """It was wrong: it counts no more, and stands there as taken back. Twice is once; Refused without a reason."""
    need_admin(actor)
    cost = locked(ProgrammeCost, cost_id)
    if cost.withdrawn_at is None:
        note = words(reason, _("Say why it is taken back."))
        cost.withdrawn_by, cost.withdrawn_at = actor, clock.now()
        cost.save(update_fields=["withdrawn_by", "withdrawn_at"])
        record_audit("withdrew_programme_cost", actor=actor, target=cost, note=note)
    return cost


def _one_currency(currency: str, is_meant: bool) -> None:
    """Sums in two currencies cannot be added: another one is a decision, never a slip of the finger."""
    if not _CURRENCY.fullmatch(currency):
        raise Refused(_("A currency is three letters, like EUR."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('peerdesk currency', 0))")
    latest = CostInput.objects.order_by("-pk").values_list("currency", flat=True).first()
    if latest is None:
        found = ProgrammeCost.objects.filter(withdrawn_at=None).order_by("-pk")
        latest = found.values_list("currency", flat=True).first()
    if latest and latest != currency and not is_meant:
        raise Refused(
            _("Costs are in %(currency)s so far. Sums in two currencies cannot be added: say that you change it.")
            % {"currency": latest}
        )


# Which channels are covered -------------------------------------------------------------------------------------------
@transaction.atomic
def declare_coverage(
    *, actor: User, channel: str, from_day: date, until_day: date, note: str, is_absent: bool = False
) -> ChannelCoverage:
    """An administrator's word that all contacts of a channel from one day to another (both included) are here.

    `is_absent`: there is no such channel. `note` says how we know. Refused for days that are still to come, unless
    there is no such channel.
    """
    need_admin(actor)
    _in_order(from_day, until_day)
    if not is_absent and until_day > today():
        raise Refused(_("Nobody can know yet that all contacts of days to come are here."))
    coverage = ChannelCoverage(
        channel=channel,
        from_day=_day(from_day),
        until_day=_day(until_day),
        is_absent=is_absent,
        note=words(note, _("Say how we know.")),
        declared_by=actor,
        declared_at=clock.now(),
    )
    record_audit("declared_coverage", actor=actor, target=stored(coverage), note=coverage.note)
    return coverage


@transaction.atomic
def withdraw_coverage(*, actor: User, coverage_id: int, reason: str) -> ChannelCoverage:
    """It was not so: the days are uncovered again. Twice is once; Refused without a reason."""
    need_admin(actor)
    coverage = locked(ChannelCoverage, coverage_id)
    if coverage.withdrawn_at is None:
        note = words(reason, _("Say why it is taken back."))
        coverage.withdrawn_by, coverage.withdrawn_at = actor, clock.now()
        coverage.save(update_fields=["withdrawn_by", "withdrawn_at"])
        record_audit("withdrew_coverage", actor=actor, target=coverage, note=note)
    return coverage


# Whose account is no customer's ---------------------------------------------------------------------------------------
@transaction.atomic
def say_standing(
    *, actor: User | None, person_id: int, kind: str, from_at: datetime | None = None, reason: str = ""
) -> PersonStanding:
    """This account is a service's, a test's, or made up: not counted from `from_at` (now) on. Said twice is said once.

    `actor` None is the product itself (a demo makes its people). NotThere without such an account.
    """
    _admin_or_nobody(actor)
    person = User.objects.select_for_update(no_key=True).filter(pk=person_id).first() if _is_id(person_id) else None
    if person is None:
        raise NotThere(_("There is no such person."))
    known = PersonStanding.objects.filter(person=person, kind=kind, until_at=None).first()
    if known is not None:
        return known
    note = words(reason, _("Say why it is not counted.")) if actor is not None else reason
    now = clock.now()
    standing = PersonStanding(
        person=person, kind=kind, from_at=min(from_at or now, now), recorded_at=now, said_by=actor
    )
    stored(standing)
    if actor is not None:
        record_audit(f"said_{kind}", actor=actor, target=person, note=note)
    return standing


@transaction.atomic
def end_standing(*, actor: User, standing_id: int, reason: str) -> PersonStanding:
    """From now on it is a customer's again; what it did until now stays uncounted. Twice is once."""
    need_admin(actor)
    standing = locked(PersonStanding, standing_id)
    if standing.until_at is None:
        note = words(reason, _("Say why it counts from now on."))
        standing.until_at = max(clock.now(), standing.from_at)
        standing.save(update_fields=["until_at"])
        record_audit("ended_standing", actor=actor, target=standing.person, note=note)
    return standing


# What all of them ask -------------------------------------------------------------------------------------------------
def need_admin(actor: User) -> None:
    """NotAllowed for everybody else."""
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators enter what figures rest on."))


def _admin_or_nobody(actor: User | None) -> None:
    if actor is not None:
        need_admin(actor)


def words(value: str, missing: str) -> str:
    """A sentence as we store it; Refused with `missing` where nothing is said."""
    try:
        text = " ".join(clean_text(value).split())
    except BadText as error:
        raise Refused(str(error)) from error
    if not text:
        raise Refused(missing)
    if len(text) > 300:
        raise Refused(_("At most 300 characters, please."))
    return text


def stored(row: Row, *, empty: Collection[str] = ()) -> Row:
    """The row, held against the model's own rules and written; Refused in words. `empty` may be so without a form."""
    try:
        row.clean_fields(exclude=empty)
        row.validate_constraints()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    row.save(force_insert=True)
    return row


def locked(model: type[Row], pk: int) -> Row:
    """The row, locked; NotThere without it."""
    found = model._default_manager.select_for_update().filter(pk=pk).first() if _is_id(pk) else None
    if found is None:
        raise NotThere(_("There is nothing like that."))
    return found


def today() -> date:
    """The day it is at the site."""
    return timezone.localdate(clock.now(), ZoneInfo(settings.TIME_ZONE))


def _is_id(value: int) -> bool:
    return 0 < value <= MAX_ID


def _day(value: date) -> date:
    if not EARLIEST <= value <= LATEST:
        raise Refused(_("That day is too far away."))
    return value


def _in_order(from_day: date, until_day: date) -> None:
    if until_day < from_day:
        raise Refused(_("The last day comes before the first."))
