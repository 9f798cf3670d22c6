"""How the report says its figures: numbers, money, shares and intervals in words, and which rows each one opens."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from support import charts
from support.lengths import length_words
from support.models.ledger import CaseKind
from support.reading.figures import Interval, Span, Wanted, Why

#: What stands where there is nothing to say.
NOTHING = "–"


@dataclass(frozen=True)
class Cell:
    """One cell of a table: what is read, where it leads, a second line; a spreadsheet gets `value` (None: the text)."""

    text: str
    url: str = ""
    said: str = ""
    value: Any = None


@dataclass(frozen=True)
class Table:
    """A table with its name in addresses; the first cell of a row is its head."""

    name: str
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    #: so many columns from the left are words, all others numbers
    words: int = 1


@dataclass(frozen=True)
class Part:
    """A section of the report: what it says in a sentence, drawings with captions, tables, notes.

    `keys` are what the tones of the drawings mean, the first and the second.
    """

    name: str
    title: str
    told: str
    tables: Sequence[Table] = ()
    drawings: Sequence[tuple[str, charts.Wide]] = ()
    keys: Sequence[str] = ()
    notes: Sequence[str] = ()
    #: what stands here while there is nothing to show
    empty: str = ""


def count(number: int | None, url: str = "") -> Cell:
    """A whole number; "–" for None."""
    return Cell(NOTHING) if number is None else Cell(whole(number), url if number else "", value=number)


def whole(number: int) -> str:
    return str(number_format(number, decimal_pos=0, force_grouping=True))


def tenth(number: float | Decimal) -> str:
    """With one decimal, as CENTRAL is told."""
    return str(number_format(round(Decimal(number), 1), decimal_pos=1, force_grouping=True))


def cash(amount: Decimal | None, currency: str) -> str:
    """An amount with its cents and currency."""
    if amount is None:
        return NOTHING
    told = number_format(amount, decimal_pos=2, force_grouping=True)
    return _("%(currency)s %(amount)s") % {"amount": told, "currency": currency}


def percent(share: float | Decimal | None, places: int = 1) -> str:
    """A share between 0 and 1 as per cent; "–" for None."""
    return NOTHING if share is None else per_cent(100 * Decimal(share), places)


def per_cent(number: float | Decimal, places: int = 1) -> str:
    told = number_format(round(Decimal(number), places), decimal_pos=places, force_grouping=True)
    return _("%(number)s %%") % {"number": told}


def between(interval: Interval | None) -> str:
    """An interval of counts."""
    return NOTHING if interval is None else span_words(tenth(interval.low), tenth(interval.high))


def span_words(low: str, high: str) -> str:
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def shares_between(interval: Interval | None) -> str:
    """An interval of shares, in per cent."""
    return NOTHING if interval is None else span_words(percent(interval.low), percent(interval.high))


def cash_between(span: Span | None, currency: str) -> str:
    return NOTHING if span is None else span_words(cash(span.low, currency), cash(span.high, currency))


def length(span: timedelta | None) -> str:
    return NOTHING if span is None else length_words(round(span.total_seconds() / 60))


def reasons(whys: Iterable[Why | None]) -> list[str]:
    """Whole sentences, each once."""
    return list(dict.fromkeys(str(each.label) for each in whys if each is not None))


def change(now: int | Decimal | None, then: int | Decimal | None) -> str:
    """How a number changed, in per cent; "–" where there is nothing to compare with."""
    if now is None or not then:
        return NOTHING
    moved = 100 * (Decimal(now) - Decimal(then)) / abs(Decimal(then))
    return f"{'+' if moved > 0 else ''}{per_cent(moved)}" if moved else _("the same")


def short(kind: str) -> str:
    """The kind of evidence in a word or two."""
    return str(CaseKind(kind).label).partition(":")[0]


def period_words(wanted: Wanted) -> str:
    """The period's days as they are read."""
    return span_words(day(wanted.from_day), day(wanted.until_day))


def day(moment: date) -> str:
    return str(date_format(moment, "DATE_FORMAT"))


def days(number: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", number) % {"count": number}


def place(name: str, *args: int) -> str:
    """An address of the administration."""
    return reverse(f"admin:{name}", args=args)


# Where numbers lead -------------------------------------------------------------------------------------------------
def asked_for(wanted: Wanted, **more: Any) -> str:
    """The period, board and channel as they stand in an address."""
    named = {
        "from_day": wanted.from_day.isoformat(),
        "until_day": wanted.until_day.isoformat(),
        "board": wanted.board_id or "",
        "channel": wanted.channel,
    }
    return urlencode({key: value for key, value in (named | more).items() if value != ""})


def rows_of(wanted: Wanted, name: str, **chosen: str) -> str:
    """The list that a number of this period counts."""
    return f"{reverse('admin:roi_rows', args=[name])}?{asked_for(wanted, **chosen)}"


def page_of(wanted: Wanted, name: str, **more: Any) -> str:
    """Another page of the report, for the same period."""
    return f"{reverse(f'admin:{name}')}?{asked_for(wanted, **more)}"
