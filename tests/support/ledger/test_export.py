"""A month handed over proves itself: whoever has Python and the files reckons what was reported."""

import csv
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from community import clock
from community.actions import solutions, thanks
from support.actions.definitions import approve_definition
from support.actions.inputs import declare_coverage, enter_cost
from support.actions.tickets import open_ticket
from support.models import Channel, ContactChannel, Definition
from tests.factories import admin, person
from tests.support.ledger.acts import DAY, HOUR, MAY, MINUTE, advanced, intended, solved

pytestmark = pytest.mark.django_db
#: channel, low, from: the mail's changes between the two cases
PRICES = (("email", "4.00", "2026-01-01"), ("email", "4.35", "2026-05-06"), ("phone", "8.00", "2026-01-01"))


@pytest.fixture
def month(tmp_path):
    """May: three cases of which it is known what they avoided, a recontact, one taken back, prices that change."""
    boss = admin()
    approve_definition(actor=boss, definition_id=Definition.objects.get().pk)
    with clock.at(MAY + 39 * DAY):
        for channel, low, since in PRICES:
            enter_cost(
                actor=boss, channel=channel, low=Decimal(low), typical=Decimal(low) * 2, currency="USD",
                valid_from=date.fromisoformat(since), source="=finance",
            )  # fmt: skip
        for channel in ContactChannel.values:
            declare_coverage(
                actor=boss, channel=channel, from_day=date(2026, 5, 1), until_day=date(2026, 5, 31), note="All read in."
            )
    asked = solved(MAY)
    intended(asked.asker, asked, "email", at=MAY - 90 * MINUTE)
    late = solved(MAY + 3 * DAY)
    intended(late.asker, late, "email", at=MAY + 3 * DAY - 90 * MINUTE)
    helped = person()
    with clock.at(MAY + HOUR):
        thanks.join(actor=helped, thread_id=asked.pk)
    with clock.at(MAY + 2 * HOUR):
        thanks.say_helped(actor=helped, answer_id=asked.answers.get().pk)
    intended(helped, asked, "phone", at=MAY + 150 * MINUTE, moment="helped")
    back = solved(MAY + DAY)
    with clock.at(MAY + 2 * DAY):
        solutions.withdraw(actor=back.asker, thread_id=back.pk)
        other = solved(MAY + DAY)
        open_ticket(
            actor=None,
            requester=other.asker,
            subject="Still broken",
            body="It is.",
            channel=Channel.FORM,
            board=other.board,
        )
    advanced(MAY + 40 * DAY)
    with clock.at(MAY + 40 * DAY):
        call_command("ledger", "export", "2026-05", "--to", str(tmp_path), stdout=StringIO())
    return tmp_path / "ledger-2026-05"


def reckoned(folder):
    """The stand-alone program, which knows nothing of us: an interpreter of its own, without our path."""
    return subprocess.run([sys.executable, "-I", "reckon.py"], cwd=folder, capture_output=True, text=True, check=False)


def changed(path, **values):
    """The file's first row, otherwise."""
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows[0] |= values
    with path.open("w", newline="") as lines:
        out = csv.DictWriter(lines, rows[0])
        out.writeheader()
        out.writerows(rows)


def test_the_program_reckons_what_was_reported(month) -> None:
    ended = reckoned(month)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "D: 2 tickets avoided (reported 2)" in ended.stdout
    assert "M: 1 tickets avoided (reported 1)" in ended.stdout
    # 4.00 and 4.35 by mail, 8.00 by telephone
    assert "savings: 16.35 (reported 16.35 USD)" in ended.stdout
    assert "The rows say what was reported." in ended.stdout


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("cases.csv", {"status": "void", "reason": "duplicate"}),
        ("entries.csv", {"status": "credited"}),
        ("entries.csv", {"seq": "7"}),
    ],
)
def test_whoever_changes_a_row_is_found_out(month, name, values) -> None:
    changed(month / name, **values)
    ended = reckoned(month)
    assert ended.returncode == 1
    assert "WRONG" in ended.stdout


def test_no_name_leaves_and_no_spreadsheet_takes_a_word_for_a_formula(month) -> None:
    told = "".join(path.read_text() for path in month.iterdir() if path.suffix == ".csv")
    assert "@example.com" not in told
    assert "'=finance" in told


@pytest.mark.parametrize("word", ["2026-13", "May", "2026", "0000-01", "2026-05-01"])
def test_what_is_no_month_is_told(word, tmp_path) -> None:
    with pytest.raises(CommandError, match="as in 2026-05"):
        call_command("ledger", "export", word, "--to", str(tmp_path))
