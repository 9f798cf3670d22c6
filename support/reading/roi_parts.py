"""The parts of the report's first page: over time, by evidence, from question to solution, money, what others write."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.models.solutions import ResolutionClass
from support import charts
from support.models.contacts import ContactChannel
from support.models.costs import ProgrammeCost
from support.models.ledger import CaseKind, EntryStatus, Known, VoidReason
from support.reading.figures import Compared, Figures, Kind, Step, Wanted
from support.reading.locked import Adjustment
from support.reading.roi_words import (
    NOTHING,
    Cell,
    Part,
    Table,
    between,
    cash,
    change,
    count,
    day,
    percent,
    place,
    rows_of,
    short,
    tenth,
    whole,
)


def _cases(wanted: Wanted, kind: Kind, **chosen: str) -> str:
    return rows_of(wanted, "cases", kind=kind.kind, **chosen)


# By evidence --------------------------------------------------------------------------------------------------------
def kinds(told: Figures) -> Part:
    """Every kind of evidence with its rows, and what becomes of them."""
    names = [short(each.kind) for each in told.kinds]
    drawing = charts.intervals([_ranged(name, each) for name, each in zip(names, told.kinds, strict=True)])
    notes = [
        _(
            "Corrected: matured cases times 1 − r ÷ (1 − m), where r is the share that contacted support after all and "
            "m the share of contacts that belong to nobody we could recognise."
        ),
        *[f"{short(each.kind)}: {each.hidden.label}" for each in told.kinds if each.hidden],
    ]
    return Part(
        "kinds",
        _("By evidence"),
        " ".join(f"{CaseKind(each.kind).label}." for each in told.kinds),
        [_kinds_table(told), _readers_table(told)],
        [(_("Tickets avoided: central estimate with its 95 % interval"), drawing)],
        notes=notes,
    )


def _ranged(name: str, each: Kind) -> charts.Ranged:
    if each.central is None:
        return charts.Ranged(name, _("at least %(floor)s") % {"floor": whole(each.floor)}, size=float(each.floor))
    low, high = each.interval or (None, None)
    return charts.Ranged(name, tenth(each.central), float(each.floor), each.central, low, high)


def _kinds_table(told: Figures) -> Table:
    """A column for each kind of evidence, a row for each figure: what it is, the cell of a kind, and all together."""
    wanted, every = told.wanted, told.kinds

    def summed(name: str) -> Cell:
        return count(sum(getattr(each, name) for each in every))

    def known(word: str) -> list[Cell]:
        # whoever would not have contacted support, or did not say, named no channel
        of = wanted if word == Known.CONTACT else replace(wanted, channel="")
        chosen = {"status": "credited", "known": word, "entitled": "yes"}
        return [count(getattr(each, word), _cases(of, each, **chosen)) for each in every]

    def standing(name: str, **chosen: str) -> list[Cell]:
        return [count(getattr(each, name), _cases(wanted, each, **chosen)) for each in every]

    corrected = [
        Cell(tenth(each.corrected), _cases(wanted, each, matured="yes"), value=each.corrected) for each in every
    ]
    central = [Cell(NOTHING) if each.central is None else _tenth(each.central) for each in every]
    rows = [
        (_("Credited"), standing("credited", status="credited"), summed("credited")),
        (_("Corrected for contacts of nobody we know"), corrected, Cell(tenth(sum(each.corrected for each in every)))),
        (_("Would have contacted support"), known("contact"), summed("contact")),
        (_("Would not"), known("no"), summed("no")),
        (_("Unknown"), known("unknown"), summed("unknown")),
        (
            _("Not entitled to support"),
            standing("not_entitled", status="credited", entitled="no"),
            summed("not_entitled"),
        ),
        (_("Tickets avoided: floor"), [_floor(wanted, each) for each in every], count(told.avoided.floor)),
        (_("Tickets avoided: central"), central, _tenth(told.avoided.central)),
        (_("95 % interval"), [Cell(between(each.interval)) for each in every], Cell(between(told.avoided.interval))),
        (_("Pending"), standing("pending", status="pending"), summed("pending")),
        (_("Void"), standing("void", status="void"), summed("void")),
    ]
    head = [_("Evidence"), *(short(each.kind) for each in every), _("Together")]
    return Table("kinds", _("Cases by evidence"), head, [[Cell(name), *cells, last] for name, cells, last in rows])


def _floor(wanted: Wanted, each: Kind) -> Cell:
    """It opens its cases where it is these, one by one; else it is reckoned from what stands above."""
    is_plain = each.floor == each.contact
    return count(
        each.floor, _cases(wanted, each, status="credited", known="contact", entitled="yes") if is_plain else ""
    )


def _tenth(number: float) -> Cell:
    return Cell(tenth(number), value=number)


def _readers_table(told: Figures) -> Table:
    readers, potential = told.readers, told.avoided.potential
    yes = rows_of(told.wanted, "cases", kind="V", status="credited")
    rows = [
        [Cell(_("Readers of solved questions who can be counted (E)")), _readers(told, readers.cases)],
        [Cell(_("of them shown the survey (d)")), _readers(told, readers.shown, shown="yes")],
        [Cell(_("of them answered (n)")), _readers(told, readers.answered, answered="yes")],
        [Cell(_("said: solved, and would have contacted support (x)")), count(readers.yes, yes)],
        [
            Cell(_("Potential: cases whose intent nobody knows")),
            count(potential.unknown, _unknown(told.wanted)),
        ],
        [Cell(_("Potential: forms left after a suggestion was looked at")), count(potential.forms)],
        [Cell(_("Potential: people with the same problem who said no more")), count(potential.me_toos)],
        [Cell(_("Potential: readers who were not asked or did not answer")), count(potential.readers)],
    ]
    return Table("readers", _("Readers, and what may have been avoided too"), ["", _("Number")], rows)


def _unknown(wanted: Wanted) -> str:
    return rows_of(replace(wanted, channel=""), "cases", status="credited", known="unknown", entitled="yes")


def _readers(told: Figures, number: int, **chosen: str) -> Cell:
    return count(number, rows_of(told.wanted, "readers", **chosen))


# Over time ----------------------------------------------------------------------------------------------------------
def over_time(wanted: Wanted, steps: Sequence[Step], step: str, currency: str) -> Part:
    """Columns over the period: the floor in front of the central estimate."""
    names = [_step_name(each, step) for each in steps]
    told = _("at least %(floor)s, central estimate %(central)s")
    named = list(zip(names, steps, strict=True))
    values = [
        charts.Ranged(
            *(name, told % {"floor": whole(each.floor), "central": tenth(each.central)}),
            *(float(each.floor), each.central),
        )
        for name, each in named
    ]
    rows = [
        [
            Cell(name, value=each.from_day.isoformat()),
            count(each.resolved, _resolved_in(wanted, each)),
            count(each.floor),
            Cell(tenth(each.central), value=each.central),
            Cell(cash(each.savings_floor, currency), value=each.savings_floor),
        ]
        for name, each in named
    ]
    head = [_("From"), _("Resolved by peers"), _("Avoided: floor"), _("Avoided: central"), _("Saved at least")]
    drawings = []
    if any(each.central or each.floor for each in steps):
        drawings.append((_("Tickets avoided"), charts.ranged_columns(values)))
    if any(each.resolved for each in steps):
        cases = [charts.Ranged(name, whole(each.resolved), float(each.resolved)) for name, each in named]
        drawings.append((_("Cases resolved by peers"), charts.ranged_columns(cases)))
    return Part(
        "time",
        _("Over time"),
        _(
            "By the day on which it was solved. A step has fewer answers than the whole period and is rounded down, so "
            "that the steps add up to less."
        ),
        [Table("time", _("Over time"), head, rows)],
        drawings,
        [_("Floor"), _("Central estimate")],
    )


def _resolved_in(wanted: Wanted, step: Step) -> str:
    return rows_of(replace(wanted, from_day=step.from_day, until_day=step.until_day), "cases", resolved="yes")


def _step_name(each: Step, step: str) -> str:
    return str(date_format(each.from_day, "YEAR_MONTH_FORMAT" if step == "month" else "MONTH_DAY_FORMAT"))


# Money --------------------------------------------------------------------------------------------------------------
def money(told: Figures) -> Part:
    """From cases to money: which costs, from whom, and what the programme costs."""
    currency = told.money.currency
    costs = [
        [
            Cell(str(ContactChannel(each.channel).label), place("support_costinput_change", each.id)),
            Cell(day(each.valid_from), value=each.valid_from),
            Cell(each.source),
            Cell(each.entered_by),
            Cell(cash(each.low, each.currency), value=each.low),
            Cell(cash(each.typical, each.currency), value=each.typical),
        ]
        for each in told.costs
    ]
    labels = dict(ProgrammeCost.Kind.choices)
    programme = [
        [Cell(str(labels.get(kind, kind))), Cell(cash(amount, currency), value=amount)]
        for kind, amount in told.back.by_kind.items()
    ]
    tables = [
        Table(
            "costs",
            _("What a contact costs"),
            [_("Channel"), _("From"), _("Source"), _("Entered by"), _("Low (floor)"), _("Typical (central)")],
            costs,
            words=4,
        )
    ]
    if programme:
        tables.append(Table("programme", _("What the programme costs"), [_("Kind"), _("In this period")], programme))
    return Part(
        "money",
        _("From cases to money"),
        _(
            "Floor: cases of the floor times the low cost. Central: the central estimate times the typical cost. The "
            "cost in force on the day of the case applies, of the channel the person named, else of the period’s mix."
        ),
        tables if costs or programme else [],
        notes=_money_notes(told),
        empty="" if costs or programme else _("No cost is entered for these days, so nothing here is money."),
    )


def _money_notes(told: Figures) -> list[str]:
    notes, back = [], told.back
    if told.money.seed:
        words = _("The interval of the money is drawn 2,000 times, person by person, beginning with the seed %(seed)s.")
        notes.append(words % {"seed": told.money.seed})
    if back.days_missing:
        words = ngettext(
            "For %(days)s day of the period no programme cost is entered.",
            "For %(days)s days of the period no programme cost is entered.",
            back.days_missing,
        )
        notes.append(words % {"days": whole(back.days_missing)})
    return notes


# The funnel ---------------------------------------------------------------------------------------------------------
def funnel(told: Figures) -> Part:
    """Asked, answered, solved by class, escalated; and which cases do not count and why."""
    flow, wanted = told.funnel, told.wanted
    solved = [(each, flow.solved.get(each, 0)) for each in ResolutionClass]
    steps = [
        (_("Asked"), flow.asked, {}),
        (_("Answered"), flow.answered, {"answered": "yes"}),
        (_("Solved"), sum(number for _class, number in solved), {"solved": "yes"}),
        *((str(each.label), number, {"solved": each.value}) for each, number in solved),
        (_("Came to staff"), flow.escalated, {"escalated": "yes"}),
    ]
    words = [f"{whole(number)} · {percent(number / flow.asked if flow.asked else None, 0)}" for _n, number, _c in steps]
    drawing = charts.funnel(
        [charts.Value(name, number, told) for (name, number, _c), told in zip(steps, words, strict=True)], flow.asked
    )
    rows = [
        [
            Cell(name),
            count(number, rows_of(wanted, "questions", **chosen)),
            Cell(percent(number / flow.asked if flow.asked else None)),
        ]
        for name, number, chosen in steps
    ]
    tables = [Table("funnel", _("From question to solution"), ["", _("Questions"), _("Of those asked")], rows)]
    return Part(
        "funnel",
        _("From question to solution"),
        _("Questions and problems asked in the period, as they stand now."),
        [*tables, _void(told)],
        [("", drawing)] if flow.asked else [],
        empty="" if flow.asked or flow.void else _("Nothing was asked in this period."),
    )


def _void(told: Figures) -> Table:
    labels = dict(VoidReason.choices)
    rows = [
        [Cell(str(labels[reason])), count(number, rows_of(told.wanted, "cases", status="void", reason=reason))]
        for reason, number in told.funnel.void.items()
        if number
    ]
    assisted = count(told.funnel.assisted, rows_of(told.wanted, "assisted"))
    return Table(
        "void",
        _("Cases that do not count, and why"),
        [_("Reason"), _("Cases")],
        [*rows, [Cell(_("Beside them: helped by what staff said (assisted reuse)")), assisted]],
    )


# Compared -----------------------------------------------------------------------------------------------------------
def compared(told: Compared) -> Part:
    """The same figures of the period before and of the same weeks last year."""
    periods = (told.now, told.before, told.last_year)
    named: list[tuple[str, list[int | Decimal | None]]] = [
        (_("Cases resolved by peers"), [each.resolved for each in periods]),
        (_("Tickets avoided: floor"), [each.avoided.floor for each in periods]),
        (_("Tickets avoided: central"), [round(Decimal(each.avoided.central), 1) for each in periods]),
        (_("Saved at least"), [each.money.floor for each in periods]),
        (_("Questions asked"), [each.funnel.asked for each in periods]),
        (_("Questions answered"), [each.funnel.answered for each in periods]),
        (_("Came to staff"), [each.funnel.escalated for each in periods]),
    ]
    rows = [[Cell(name), *_three(values, told.now.money.currency, name)] for name, values in named]
    head = [
        *("", _("This period"), _("The period before"), _("Change")),
        *(_("Same weeks last year"), _("Change")),
    ]
    words = {"before": _span(told.before.wanted), "year": _span(told.last_year.wanted)}
    return Part(
        "compared",
        _("Compared"),
        _("The period before: %(before)s. The same weeks last year: %(year)s.") % words,
        [Table("compared", _("Compared"), head, rows)],
    )


def _span(wanted: Wanted) -> str:
    return _("%(low)s to %(high)s") % {"low": day(wanted.from_day), "high": day(wanted.until_day)}


def _three(values: list[int | Decimal | None], currency: str, name: str) -> list[Cell]:
    def said(value: int | Decimal | None) -> Cell:
        if value is None or isinstance(value, int):
            return count(value)
        return Cell(tenth(value) if name == _("Tickets avoided: central") else cash(value, currency), value=value)

    now, before, year = values
    return [said(now), said(before), Cell(change(now, before)), said(year), Cell(change(now, year))]


# Adjustments --------------------------------------------------------------------------------------------------------
def adjusted(found: Sequence[Adjustment], wanted: Wanted) -> Part:
    """What these days changed about months that had locked: of the whole community."""
    every = Wanted(wanted.from_day, wanted.until_day)
    states = {"": _("not known"), **{each.value: str(each.label) for each in EntryStatus}}
    rows = [
        [
            Cell(str(date_format(each.month, "YEAR_MONTH_FORMAT")), rows_of(every, "entries", adjusted="yes")),
            Cell(short(each.kind)),
            Cell(states[each.from_status]),
            Cell(states[each.to_status]),
            count(each.cases),
            Cell(f"{each.credited:+d}", value=each.credited),
        ]
        for each in found
    ]
    head = [_("Month"), _("Evidence"), _("Stood"), _("Stands"), _("Cases"), _("Change of credited cases")]
    return Part(
        "adjusted",
        _("Adjustments"),
        _("What was learned in these days about months that had locked. What was reported of those months stays."),
        [Table("adjusted", _("Adjustments"), head, rows, words=4)],
    )


# What others would write --------------------------------------------------------------------------------------------
def vendors(told: Figures) -> Part:
    """Beside ours, what the usual formulas would say of the same period. Not used."""
    names = {
        "views": _("Views × 0.05"),
        "one_in_five": _("One in five (Vanilla)"),
        "left": _("Forms left without being sent"),
    }
    ours = [
        Cell(_("Ours: floor")),
        Cell(_("used")),
        count(told.avoided.floor),
        Cell(cash(told.money.floor, told.money.currency), value=told.money.floor),
    ]
    rows = [
        [
            Cell(str(names.get(each.name, each.name)), said=str(each.told)),
            Cell(_("not used")),
            Cell(tenth(each.cases), value=each.cases),
            Cell(cash(each.money, told.money.currency), value=each.money),
        ]
        for each in told.vendors
    ]
    return Part(
        "vendors",
        _("What others would write"),
        _("The usual formulas on the same days. They prove nothing, and none of them is used anywhere in this report."),
        [Table("vendors", _("Not used"), [_("Formula"), "", _("Cases"), _("Money")], [ours, *rows], words=2)],
        empty="" if rows else _("What they would say is computed apart, and not there yet for these days."),
    )
