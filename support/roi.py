"""Money, as docs/deflection.md says: what avoided tickets would have cost, what is left when the programme is paid.

Plain values in and out. Money is `Decimal`, in between `Fraction`: nothing is rounded twice, nothing is a float.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from support.avoided import Avoided, Part


class Price(NamedTuple):
    """What one contact costs: marginal, and with everything that stands behind it."""

    low: Decimal
    typical: Decimal


Prices = Mapping[tuple[int, str], Price]


@dataclass(frozen=True)
class Saved:
    """Cost avoided, not cash saved. `missing`: contacts of this era and channel have no price; `has_no_mix`: some have
    no channel, and there were no contacts that would say which. Either leaves money at None."""

    floor: Decimal | None
    central: Decimal | None
    missing: Sequence[tuple[int, str]] = ()
    has_no_mix: bool = False


def saved(result: Avoided, prices: Prices, contacts: Mapping[str, int]) -> Saved:
    """Floor: what FLOOR's whole counts cost at the low price, rounded down to cents. Central: at the typical price."""
    missing, has_no_mix = set[tuple[int, str]](), False
    floor, central = Fraction(0), Fraction(0)
    whole = defaultdict[str, Fraction](Fraction)
    for part in result.parts:
        whole[part.kind] += part.floor
    for part in result.parts:
        if not part.floor and not part.central:
            continue
        shares, gaps = _shares(part, prices, contacts)
        missing.update(gaps)
        has_no_mix = has_no_mix or (not shares and not gaps)
        kind = result.kind(part.kind)
        rounded = Fraction(kind.floor) / whole[part.kind] if whole[part.kind] else Fraction(0)
        own = part.floor * rounded
        middle = own if kind.central is None else part.central
        floor += sum((own * weight * Fraction(price.low) for weight, price in shares), Fraction(0))
        central += sum((middle * weight * Fraction(price.typical) for weight, price in shares), Fraction(0))
    if missing or has_no_mix:
        return Saved(None, None, sorted(missing), has_no_mix)
    return Saved(cents(floor, ROUND_DOWN), cents(central))


def _shares(
    part: Part, prices: Prices, contacts: Mapping[str, int]
) -> tuple[list[tuple[Fraction, Price]], list[tuple[int, str]]]:
    """By which prices a part is counted, with their weights; and the channels that have none."""
    everything = sum(contacts.values())
    if part.channel:
        weights = {part.channel: Fraction(1)}
    else:
        weights = {channel: Fraction(count, everything) for channel, count in contacts.items() if count}
    gaps = [(part.era, channel) for channel in weights if (part.era, channel) not in prices]
    if gaps:
        return [], gaps
    return [(weight, prices[part.era, channel]) for channel, weight in weights.items()], []


def mixed_price(prices: Prices, contacts: Mapping[str, int], era: int) -> Fraction | None:
    """What one contact typically costs at the mix of channels; None where that is not known."""
    everything = sum(contacts.values())
    mix = {channel: count for channel, count in contacts.items() if count}
    if not mix or any((era, channel) not in prices for channel in mix):
        return None
    return (
        sum((count * Fraction(prices[era, channel].typical) for channel, count in mix.items()), Fraction(0))
        / everything
    )


def cents(amount: Fraction, rounding: str = ROUND_HALF_UP) -> Decimal:
    """A sum of money in whole cents."""
    whole = amount.numerator * 100 // amount.denominator  # exact; what is left decides about rounding up
    rest = amount * 100 - whole
    if rounding == ROUND_DOWN:
        whole += amount < 0 and rest > 0
    elif rest >= Fraction(1, 2):
        whole += 1
    return Decimal(whole).scaleb(-2)


def per_case(money: Decimal | None, cases: float) -> Decimal | None:
    """What a total implies for one case; None without one."""
    if money is None or cases <= 0:
        return None
    return cents(Fraction(money) / Fraction(cases))


def net(saving: Decimal, programme: Decimal) -> Decimal:
    return saving - programme


def roi(saving: Decimal, programme: Decimal) -> Decimal | None:
    """Per cent, to one decimal; None ("not computable") where the programme cost nothing."""
    if not programme:
        return None
    return (100 * (saving - programme) / programme).quantize(Decimal("0.1"), ROUND_HALF_UP)


def deflection_rate(floor: int, tickets: int) -> float | None:
    """floor / (floor + tickets by customers we could identify); None ("no data") for 0/0."""
    return floor / (floor + tickets) if floor + tickets else None


def of_period(amount: Decimal, days: int, in_period: int) -> Fraction:
    """A cost's share in a period, spread evenly over its days."""
    return Fraction(amount) * in_period / days


@dataclass(frozen=True)
class Vendors:
    """What the formulas of others would say of the same time. Not used: nothing of it is observed."""

    #: one in twenty views of any page, one in five views of a solved question, everybody who left a form
    views: float
    one_in_five: float
    left: float


def vendors(*, views: int, left: int) -> Vendors:
    """`views` of solved questions; forms that were left without being sent after suggestions were shown."""
    return Vendors(views / 20, views / 5, float(left))
