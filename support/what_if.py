"""What would follow if so many contacts a month were avoided at such a cost: multiplication, and nobody's measurement.

Money is Decimal, in whatever currency the costs are in.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

#: What a published case assumed (Linksys on Lithium): so many contacts avoided in a month, at $5 to $10 each.
PUBLISHED_CONTACTS, PUBLISHED_LOW, PUBLISHED_HIGH = 120_000, Decimal(5), Decimal(10)
MONTHS = 12
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Supposed:
    """What it would come to from the lower to the higher cost; `net` and `roi` (per cent) where a programme's cost of
    a year is supposed too, `roi` None where that is nothing."""

    month: tuple[Decimal, Decimal]
    year: tuple[Decimal, Decimal]
    contacts_a_year: int
    net: tuple[Decimal, Decimal] | None = None
    roi: tuple[Decimal, Decimal] | None = None


def suppose(*, contacts: int, low: Decimal, high: Decimal, programme: Decimal | None = None) -> Supposed:
    """So many contacts a month at `low` to `high` each; `programme` is what the community costs in a year.

    ValueError for what is less than nothing, or a lower cost above the higher one.
    """
    if contacts < 0 or low < 0 or high < low or (programme is not None and programme < 0):
        raise ValueError("Contacts and costs are not less than nothing, and the lower cost is not above the higher.")
    a_month = (_cents(contacts * low), _cents(contacts * high))
    a_year = (_cents(MONTHS * contacts * low), _cents(MONTHS * contacts * high))
    if programme is None:
        return Supposed(a_month, a_year, MONTHS * contacts)
    net = (a_year[0] - programme, a_year[1] - programme)
    roi = (100 * net[0] / programme, 100 * net[1] / programme) if programme else None
    return Supposed(a_month, a_year, MONTHS * contacts, net, roi)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_DOWN)
