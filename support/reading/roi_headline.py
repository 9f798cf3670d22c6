"""The report's headline, its small print, and what it does not prove."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from support.models.ledger import CaseKind
from support.reading.figures import Figures, Kind, Wanted
from support.reading.roi_words import (
    NOTHING,
    between,
    cash,
    cash_between,
    change,
    days,
    per_cent,
    percent,
    place,
    reasons,
    rows_of,
    short,
    tenth,
    whole,
)


@dataclass(frozen=True)
class Card:
    """One of the headline's figures. `facts`: a word, what it says, and where that leads."""

    name: str
    title: str
    value: str
    label: str
    url: str = ""
    facts: Sequence[tuple[str, str, str]] = ()
    #: sentences: why something is hidden
    hidden: Sequence[str] = ()


def headline(told: Figures, then: Figures | None) -> list[Card]:
    """What a finance director reads first. `then` is what it is compared with."""
    return [_avoided(told, then), _resolved(told, then), _saved(told, then), _back(told)]


def _avoided(told: Figures, then: Figures | None) -> Card:
    avoided = told.avoided
    facts = [
        (_("Central estimate"), tenth(avoided.central), "#kinds"),
        (_("95 % interval"), between(avoided.interval), "#kinds"),
        (_("Potential, never money"), _potential(told), "#kinds"),
        *_against(avoided.floor, then.avoided.floor if then else None),
    ]
    hidden = [_partly(avoided.partly)] if avoided.partly else []
    return Card(
        "floor",
        _("Tickets avoided"),
        whole(avoided.floor),
        _("at least (floor): only what people said and did counts, silence is “no”"),
        "#kinds",
        facts,
        hidden,
    )


def _potential(told: Figures) -> str:
    total = told.avoided.potential.total
    return _("being computed") if total is None else whole(total)


def _partly(kinds: Sequence[str]) -> str:
    names = ", ".join(short(each) for each in kinds)
    return _("Not enough data for a central estimate of every kind (%(kinds)s): there the floor stands in.") % {
        "kinds": names
    }


def _against(now: int | Decimal | None, then: int | Decimal | None) -> list[tuple[str, str, str]]:
    if then is None:
        return []
    told = whole(then) if isinstance(then, int) else tenth(then)
    return [(_("Compared with"), _("%(number)s (%(change)s)") % {"number": told, "change": change(now, then)}, "")]


def _resolved(told: Figures, then: Figures | None) -> Card:
    rows = rows_of(told.wanted, "cases", resolved="yes")
    pending = rows_of(told.wanted, "cases", status="pending")
    credited = sum(each.credited for each in told.kinds if each.kind != CaseKind.V)
    corrected = [(_("Credited, before correction"), whole(credited), "#kinds")] if credited != told.resolved else []
    return Card(
        "resolved",
        _("Cases resolved by peers"),
        whole(told.resolved),
        _("observed: askers, people with the same problem, and forms that needed no sending"),
        rows if credited else "",
        [
            *(_credited(told.wanted, each) for each in told.kinds if each.kind != CaseKind.V),
            (_("Pending"), *_counted(told.pending, pending)),
            *corrected,
            *_against(told.resolved, then.resolved if then else None),
        ],
    )


def _credited(wanted: Wanted, kind: Kind) -> tuple[str, str, str]:
    return short(kind.kind), *_counted(kind.credited, rows_of(wanted, "cases", kind=kind.kind, status="credited"))


def _saved(told: Figures, then: Figures | None) -> Card:
    money = told.money
    facts = [
        (_("Central estimate"), cash(money.central, money.currency), ""),
        (_("95 % interval"), cash_between(money.interval, money.currency), ""),
        (_("Implied for each case"), cash(money.floor_per_case, money.currency), ""),
    ]
    if then is not None and then.money.floor is not None and then.money.currency == money.currency:
        words = {"number": cash(then.money.floor, money.currency), "change": change(money.floor, then.money.floor)}
        facts.append((_("Compared with"), _("%(number)s (%(change)s)") % words, ""))
    return Card(
        "saved",
        _("Savings"),
        cash(money.floor, money.currency) if money.floor is not None else _("Hidden"),
        _("at least: cost avoided, not cash saved"),
        "#money" if money.floor is not None else "",
        facts if money.floor is not None else [],
        reasons([*money.hidden, money.interval_hidden] if money.floor is not None else money.hidden),
    )


def _back(told: Figures) -> Card:
    back, currency = told.back, told.money.currency
    own = reasons(each for each in back.hidden if each not in told.money.hidden)
    facts = [(_("Programme cost"), cash(back.programme, currency), place("support_programmecost_changelist"))]
    if back.net_floor is not None:
        facts += [
            (_("Return (ROI) at least"), _roi(back.roi_floor), ""),
            (_("Net, central estimate"), cash(back.net_central, currency), ""),
            (_("Return (ROI), central estimate"), _roi(back.roi_central), ""),
        ]
    return Card(
        "net",
        _("Net of the programme"),
        cash(back.net_floor, currency) if back.net_floor is not None else _("Hidden"),
        _("at least: savings less what the community itself costs"),
        "#money" if back.net_floor is not None else "",
        facts if back.programme is not None else [],
        [_("The savings are hidden."), *own] if told.money.hidden and back.hidden else own,
    )


def _roi(number: Decimal | None) -> str:
    return _("not computable") if number is None else per_cent(number)


def small_print(told: Figures, adjusted: int) -> list[tuple[str, str, str]]:
    """What every reader of a number must be able to find: a word, what it says, where that leads."""
    versions = [_definition(each.name, each.approved_by) for each in told.definitions]
    complete = date_format(told.complete_until, "DATETIME_FORMAT") if told.complete_until else _("not made yet")
    of_all = Wanted(told.wanted.from_day, told.wanted.until_day)
    return [
        (_("Ledger complete up to"), str(complete), ""),
        (_("Definition"), ", ".join(versions) or NOTHING, place("support_definition_changelist")),
        (_("Cost source"), _sources(told), "#money" if told.costs else ""),
        (_("Pending"), *_counted(told.pending, rows_of(told.wanted, "cases", status="pending"))),
        (_("Adjustments of locked months"), *_counted(adjusted, "#adjusted")),
        (_("Contacts nobody could recognise"), _identity(told), rows_of(of_all, "contacts", linkable="no")),
        (_("Deflection rate"), _rate(told), rows_of(told.wanted, "tickets")),
    ]


def _sources(told: Figures) -> str:
    """The first source of the costs in force, and how many others there are."""
    sources = list(dict.fromkeys(each.source for each in told.costs))
    if len(sources) < 2:
        return sources[0] if sources else NOTHING
    words = ngettext("%(source)s, and %(count)s other", "%(source)s, and %(count)s others", len(sources) - 1)
    return words % {"source": sources[0], "count": whole(len(sources) - 1)}


def _counted(number: int, url: str) -> tuple[str, str]:
    """A number, and the rows it opens where there are any."""
    return whole(number), url if number else ""


def _definition(name: str, approved_by: str) -> str:
    if not approved_by:
        return _("%(name)s (approved by nobody)") % {"name": name}
    return _("%(name)s (approved by %(person)s)") % {"name": name, "person": approved_by}


def _identity(told: Figures) -> str:
    of = {"part": whole(told.identity.unlinkable), "whole": whole(told.identity.contacts)}
    return f"{percent(told.identity.share)} · " + _("%(part)s of %(whole)s") % of


def _rate(told: Figures) -> str:
    if told.rate.share is None:
        return _("no data")
    words = {"share": percent(told.rate.share), "floor": whole(told.rate.floor), "tickets": whole(told.rate.tickets)}
    return _("%(share)s: %(floor)s avoided beside %(tickets)s tickets of customers we know") % words


def not_proven(told: Figures) -> list[str]:
    """What this report does not prove, said before somebody asks."""
    longest = max((each.no_ticket_days for each in told.definitions), default=7)
    return [
        _("That no customer reached you by a way that is not counted here: we see the channels you declared."),
        _("That a person stays silent for ever: we wait %(days)s, and no longer.") % {"days": days(longest)},
        _("That what people say they would have done is what they would have done. Only the experiment tests that."),
        _("That money left the company’s books. It is cost avoided: work that staff did not have to do."),
        _("That the community is worth only this. Sales, loyalty and what you learn are not counted at all."),
    ]
