"""A month handed over: its rows as CSV files, what was reported, and a program that reckons one from the other.

Persons are keys: an account's number, or the hash of a cookie. No names, addresses or words.
"""

import csv
import json
import re
import shutil
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from community import clock
from support.ledger import reckon
from support.ledger.facts import CHANNELS
from support.ledger.locking import begins, next_month
from support.models import Channel, CostInput, LedgerState, LockedMonth
from support.reading.figure_facts import TRIAL, computed
from support.reading.figures import Wanted, figures

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_ENTRY = "e.status, e.reason, e.known, e.channel, e.is_entitled, d.name, e.person_key, e.thread_id, e.board_id, e.as_of"
_CASES = f"""
    SELECT e.case_id, e.kind, e.occurred_at, e.day, e.is_simulated, {_ENTRY}
    FROM support_currententry e JOIN support_definition d ON d.id = e.definition_id
    WHERE e.day >= %(first)s AND e.day < %(next)s ORDER BY e.case_id
"""  # noqa: S608 - our own words, here and below
_ENTRIES = f"""
    SELECT e.case_id, e.seq, {_ENTRY}
    FROM support_deflectionentry e JOIN support_definition d ON d.id = e.definition_id
    JOIN support_deflectioncase c ON c.id = e.case_id
    WHERE c.day >= %(first)s AND c.day < %(next)s ORDER BY e.case_id, e.seq
"""  # noqa: S608
_READERS = """
    SELECT day, board_id, is_simulated, sum(cases), sum(shown), sum(answered) FROM support_viewertally
    WHERE day >= %(first)s AND day < %(next)s GROUP BY 1, 2, 3 HAVING sum(cases) <> 0 ORDER BY 1, 2, 3
"""
_CONTACTS = """
    SELECT t.opened_at, 'ticket', t.channel, true FROM support_ticket t
    WHERE t.opened_at >= %(starts)s AND t.opened_at < %(ends)s AND t.merged_into_id IS NULL
      AND t.id NOT IN (SELECT target_id FROM support_ticketregrouping WHERE kind = 'split')
    UNION ALL
    SELECT occurred_at, 'outside', channel, person_hash <> '' FROM support_outsidecontact
    WHERE occurred_at >= %(starts)s AND occurred_at < %(ends)s ORDER BY 1
"""
_SAID = ("status", "reason", "known", "channel", "entitled", "definition", "person", "thread", "board", "as_of")


def month_of(word: str) -> date | None:
    """The first day of a month written as 2026-05; None of anything else."""
    found = _MONTH.fullmatch(word)
    return date(int(found[1]), int(found[2]), 1) if found and int(found[1]) > 0 else None


@transaction.atomic
def export(month: date, folder: Path) -> Path:
    """Write the month into a new folder inside `folder`; returns it. Raises OSError where that cannot be written."""
    # nothing is posted while the files are written
    state = LedgerState.objects.select_for_update().filter(pk=1).first() or LedgerState()
    made = folder / f"ledger-{month:%Y-%m}"
    made.mkdir(parents=True, exist_ok=True)
    following = next_month(month)
    values = {"first": month, "next": following, "starts": begins(month), "ends": begins(following)}
    head = ("case", "kind", "happened", "day", "simulated", *_SAID)
    _write(made / "cases.csv", head, _rows(_CASES, values))
    _write(made / "entries.csv", ("case", "seq", *_SAID), _rows(_ENTRIES, values))
    _write(made / "readers.csv", ("day", "board", "simulated", "cases", "shown", "answered"), _rows(_READERS, values))
    _write(made / "contacts.csv", ("happened", "source", "channel", "linkable"), _contacts(values))
    _write_prices(made / "prices.csv", following)
    wanted = Wanted(month, following - timedelta(days=1))
    _write_experiments(made / "experiments.csv", wanted)
    (made / "about.json").write_text(json.dumps(_about(wanted, state), indent=2, default=str) + "\n", encoding="utf-8")
    shutil.copyfile(Path(reckon.__file__), made / "reckon.py")
    (made / "README.txt").write_text(_README, encoding="utf-8")
    return made


_README = """One month of the ledger: tickets avoided by what customers told one another.

cases.csv        every case of the month, as it stands: who (a key, no name), which thread, credited or why not
entries.csv      how each case came to stand so, entry by entry; nothing was ever changed or removed
readers.csv      readers of solved threads by day: counted, shown the survey, answered
contacts.csv     every ticket and contact of the month by channel, and whether anybody could say who it was
prices.csv       what a contact costs by channel, from which day, by whose word
experiments.csv  people with and without suggestions, and how many of them opened a ticket
about.json       the definition in force, how far the ledger was complete, and what was reported
reckon.py        reckons FLOOR and its money from these files and compares: python reckon.py

Columns: "known" says whether the person would have contacted support; "entitled" whether they had a right to. Times are
in UTC; "day" is the day in the time zone that about.json names.
"""


def _rows(query: str, values: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def _contacts(values: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
    for at, source, channel, is_linkable in _rows(_CONTACTS, values):
        yield at, source, CHANNELS[Channel(channel)].value if source == "ticket" else channel, is_linkable


def _write_prices(path: Path, until: date) -> None:
    rows = CostInput.objects.filter(valid_from__lt=until).select_related("entered_by").order_by("valid_from", "pk")
    head = ("number", "channel", "valid_from", "low", "typical", "currency", "source", "entered_by", "entered_at")
    found = (
        (
            *(row.pk, row.channel, row.valid_from, row.low, row.typical, row.currency, row.source),
            *(row.entered_by.username, row.entered_at),
        )
        for row in rows
    )
    _write(path, head, found)


def _write_experiments(path: Path, wanted: Wanted) -> None:
    """Every experiment that was analysed, and its people and confirmed cases of this month."""
    head = ("number", "valid", "control_people", "control_tickets", "treatment_people", "treatment_tickets")
    found = []
    for row in sorted(computed([]).values(), key=lambda each: each.key):
        told = row.figures
        people = sum(many for day, many in told["days"].items() if _is_in(wanted, day))
        confirmed = (boards for day, boards in told["confirmed_days"].items() if _is_in(wanted, day))
        arms = (*told["control"], *told["treatment"])
        is_valid = not told["invalid"]
        found.append(
            (row.key.removeprefix(TRIAL), is_valid, *arms, people, sum(sum(each.values()) for each in confirmed))
        )
    _write(path, (*head, "people_of_month", "confirmed"), found)


def _is_in(wanted: Wanted, day: str) -> bool:
    return wanted.from_day <= date.fromisoformat(day) <= wanted.until_day


def _about(wanted: Wanted, state: LedgerState) -> dict[str, Any]:
    found = figures(wanted)
    locked = LockedMonth.objects.filter(month=wanted.from_day).select_related("definition").first()
    return {
        "month": f"{wanted.from_day:%Y-%m}",
        "time_zone": settings.TIME_ZONE,
        "exported_at": clock.now(),
        "complete_until": state.complete_until,
        "is_made_up": found.is_simulated,
        "definitions": [
            {"name": each.name, "valid_from": each.valid_from, "approved_by": each.approved_by, "at": each.approved_at}
            for each in found.definitions
        ],
        "locked": None if locked is None else {"at": locked.locked_at, "figures": locked.figures},
        "reported": {
            "floor": {each.kind: each.floor for each in found.kinds},
            "savings_floor": found.money.floor,
            "currency": found.money.currency,
            "hidden_because": [str(each.label) for each in found.money.hidden],
        },
    }


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as lines:
        out = csv.writer(lines)
        out.writerow(head)
        for row in rows:
            out.writerow([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    """As text that every program reads alike, and that no spreadsheet takes for a formula."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
