"""What figures rest on, drawn: which channels are covered when, contacts per 1,000 customers, costs in force."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from community import clock
from support import charts
from support.models import Baseline, ChannelCoverage, ContactChannel, CostInput
from support.reading.figure_facts import today
from support.reading.readiness import uncovered
from support.reading.roi_words import NOTHING, Cell, Part, Table, cash

#: So far back, in months: a year, and the same month of the year before.
MONTHS = 13
DAY = timedelta(days=1)
#: Half of what the name of a month is wide, in the drawing's units.
_ROOM_FOR_A_MONTH = 24


def _months_before(day: date, many: int) -> date:
    months = day.year * 12 + day.month - 1 - many
    return date(months // 12, months % 12 + 1, 1)


# Coverage -------------------------------------------------------------------------------------------------------------
def coverage() -> Part:
    """Thirteen months, one row for each channel; the days that nobody declared are named in the table. One query."""
    last = today(clock.now())
    first = _months_before(last, MONTHS - 1)
    rows = list(ChannelCoverage.objects.filter(withdrawn_at__isnull=True, until_day__gte=first, from_day__lte=last))
    gaps = uncovered(rows, (first, last))
    table = [[Cell(str(each.label)), Cell(_gaps_in_words(gaps.get(each.value, [])))] for each in ContactChannel]
    return Part(
        "coverage",
        _("Which ways to reach support we see"),
        _("A bar is a stretch of days: somebody said that all contacts are here, or that there is no such way."),
        [Table("coverage", _("Days that nobody declared"), [_("Channel"), _("Not covered")], table, words=2)],
        [("", _drawn(rows, first, last))],
        [_("All contacts are here"), _("There is no such channel")],
    )


def _gaps_in_words(gaps: Sequence[tuple[date, date]]) -> str:
    said = [f"{_day(first)} – {_day(last)}" if first != last else _day(first) for first, last in gaps]
    return ", ".join(said) or _("None")


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _drawn(rows: Sequence[ChannelCoverage], first: date, last: date) -> charts.Wide:
    room = charts.WIDE - charts.WIDE_NAMES
    scale = room / ((last - first).days + 1)
    bars, names = list[charts.Bar](), list[charts.Label]()
    for number, channel in enumerate(ContactChannel):
        y = number * charts.ROW
        names.append(charts.Label(charts.WIDE_NAMES - 8, y + charts.ROW / 2 + 4, str(channel.label)))
        for row in rows:
            if row.channel != channel.value:
                continue
            begins, ends = max(row.from_day, first), min(row.until_day, last)
            words = f"{channel.label}: {_day(begins)} – {_day(ends)}"
            x, width = charts.WIDE_NAMES + (begins - first).days * scale, ((ends - begins).days + 1) * scale
            bars.append(charts.Bar(x, y + (charts.ROW - charts.THICK) / 2, width, charts.THICK, words, row.is_absent))
    return charts.Wide(
        charts.WIDE,
        len(names) * charts.ROW + charts.BELOW,
        "spans",
        bars=tuple(bars),
        lines=tuple(_grid(first, scale, len(names) * charts.ROW)),
        names=tuple(names),
        scale=tuple(_named_months(first, scale, len(names) * charts.ROW + 15)),
    )


def _starts(first: date) -> list[date]:
    """The first days of the months that are drawn."""
    return [_months_before(first, -number) for number in range(MONTHS)]


def _grid(first: date, scale: float, height: float) -> list[charts.Line]:
    at = [charts.WIDE_NAMES + (start - first).days * scale for start in _starts(first)]
    return [charts.Line(x, 0, x, height, "grid") for x in at]


def _named_months(first: date, scale: float, y: float) -> list[charts.Label]:
    """Every second month, in its middle; the last one, which is not over, where there is room."""
    most = charts.WIDE - _ROOM_FOR_A_MONTH
    return [
        charts.Label(min(most, charts.WIDE_NAMES + ((start - first).days + 15) * scale), y, date_format(start, "M y"))
        for start in _starts(first)[::2]
    ]


# Baseline -------------------------------------------------------------------------------------------------------------
def baseline() -> Part:
    """Contacts per 1,000 customers of the last thirteen months, beside the same month of the year before. One query."""
    first = _months_before(today(clock.now()), 12 + MONTHS)
    rows = Baseline.objects.filter(replaced_at__isnull=True, month__gte=first).order_by("month")
    months: dict[date, dict[str, Baseline]] = defaultdict(dict)
    for row in rows:
        months[row.month][row.channel] = row
    rates = {month: rate for month, found in months.items() if (rate := _rate(found)) is not None}
    shown = sorted(rates)[-MONTHS:]
    told = [[Cell(date_format(month, "F Y")), *_cells(month, rates)] for month in shown]
    values = [charts.Ranged(date_format(month, "M y"), _number(rates[month]), floor=rates[month]) for month in shown]
    return Part(
        "baseline",
        _("Contacts per 1,000 customers"),
        _("As the company counts them, by every channel. It stands beside the ledger and is never added to it."),
        [
            Table(
                "baseline",
                _("Month by month"),
                [_("Month"), _("Per 1,000 customers"), _("A year before"), _("Change")],
                told,
            )
        ]
        if told
        else [],
        [("", charts.ranged_columns(values))] if values else [],
        empty="" if told else _("Nothing was entered yet: it can be read from a file (manage.py import_baseline)."),
    )


def _rate(found: dict[str, Baseline]) -> float | None:
    """Of one month: all channels together where that was entered, else the sum of the channels."""
    whole = found.get("")
    if whole is not None:
        return 1000 * whole.contacts / whole.customers
    if not found:
        return None
    return 1000 * sum(each.contacts for each in found.values()) / max(each.customers for each in found.values())


def _cells(month: date, rates: dict[date, float]) -> list[Cell]:
    rate, before = rates[month], rates.get(_months_before(month, 12))
    if before is None:
        return [Cell(_number(rate), value=rate), Cell(NOTHING), Cell(NOTHING)]
    change = _("%(change)s %%") % {"change": f"{100 * (rate / before - 1):+.1f}"} if before else NOTHING
    return [Cell(_number(rate), value=rate), Cell(_number(before), value=before), Cell(change)]


def _number(rate: float) -> str:
    return number_format(rate, 1)


# Costs ----------------------------------------------------------------------------------------------------------------
def costs() -> Part:
    """What a contact costs today, channel by channel, and who said so. One query."""
    last = today(clock.now())
    rows = CostInput.objects.filter(valid_from__lte=last).select_related("entered_by")
    found: dict[str, CostInput] = {}
    for row in rows.order_by("valid_from", "pk"):
        found[row.channel] = row
    table = [_cost_row(each, found.get(each.value)) for each in ContactChannel]
    head = [_("Channel"), _("Source"), _("Entered by"), _("Since"), _("Low"), _("Typical")]
    return Part(
        "costs",
        _("What a contact costs today"),
        _("The floor of what was saved is counted with the low cost, the central estimate with the typical one."),
        [Table("costs", _("In force today"), head, table, words=4)],
    )


def _cost_row(channel: ContactChannel, row: CostInput | None) -> list[Cell]:
    if row is None:
        return [Cell(str(channel.label)), Cell(_("Not entered")), *(Cell(NOTHING) for _column in range(4))]
    return [
        Cell(str(channel.label)),
        Cell(row.source),
        Cell(str(row.entered_by)),
        Cell(_day(row.valid_from)),
        Cell(cash(row.low, row.currency), value=row.low),
        Cell(cash(row.typical, row.currency), value=row.typical),
    ]
