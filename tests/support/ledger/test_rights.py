"""What is supported, and who is entitled, is a fact with a date: a later correction counts from the day it was made."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from community import clock
from community.actions.erasure import erase
from community.models import User
from support.actions.ledger import rebuild
from support.actions.setup import store_entitlement, store_support_period
from support.models import CurrentEntry, Entitlement, LedgerState, RightsChange, SupportPeriod
from tests.factories import admin, board, person
from tests.support.ledger.acts import DAY, HOUR, MAY, MINUTE, advanced, solved, told

pytestmark = pytest.mark.django_db


def agrees() -> None:
    found = rebuild(check=True)
    assert (found.differing, found.told) == (0, [])


def test_a_period_that_is_corrected_later_voids_from_then_on_and_the_entries_before_stay() -> None:
    boss, on = admin(), board()
    with clock.at(MAY - 30 * DAY):
        period = store_support_period(actor=boss, board=on, starts_at=MAY - 60 * DAY)
    solved(MAY, on=on)
    advanced(MAY + 8 * DAY)
    assert told() == [["pending", "credited"]]
    with clock.at(MAY + 10 * DAY):
        store_support_period(
            actor=boss, pk=period.pk, board=on, starts_at=MAY - 60 * DAY, ends_at=MAY - timedelta(days=1)
        )
    advanced(MAY + 11 * DAY)
    assert told() == [["pending", "credited", "unsupported_product"]]
    assert CurrentEntry.objects.get().as_of == MAY + 10 * DAY
    agrees()


def test_a_row_that_was_there_before_anybody_looked_has_always_held() -> None:
    boss, on = admin(), board()
    period = SupportPeriod.objects.create(board=on, starts_at=MAY - 60 * DAY, ends_at=MAY - DAY)
    solved(MAY, on=on)
    advanced(MAY + HOUR)
    assert told() == [["unsupported_product"]]
    with clock.at(MAY + DAY):
        store_support_period(actor=boss, pk=period.pk, board=on, starts_at=MAY - 60 * DAY)
    advanced(MAY + 8 * DAY)
    assert told()[0][0] == "unsupported_product"
    assert told()[0][-1] == "credited"
    assert RightsChange.objects.filter(recorded_at=None).count() == 1
    agrees()


def test_whoever_closes_their_account_keeps_the_right_they_had_and_their_case() -> None:
    boss, on, who = admin(), board(), person()
    with clock.at(MAY - DAY):
        store_entitlement(actor=boss, person=who, board=on, starts_at=MAY - 60 * DAY)
    solved(MAY, on=on, asker=who)
    advanced(MAY + 8 * DAY)
    with clock.at(MAY + 9 * DAY):
        erase(actor=User.objects.with_standing().get(pk=who.pk), person_id=who.pk)
        assert not Entitlement.objects.exists()
    advanced(MAY + 10 * DAY)
    assert told() == [["pending", "credited"]]
    assert CurrentEntry.objects.get().is_entitled
    agrees()


def test_the_command_tells_derives_checks_and_puts_right() -> None:
    solved()
    out = StringIO()
    with clock.at(MAY + 8 * DAY):
        call_command("ledger", "status", stdout=out)
        assert "never" in out.getvalue()
        call_command("ledger", "advance", stdout=out)
        assert "2 entries added" in out.getvalue()
        call_command("ledger", "rebuild", "--check", stdout=out)
        assert "Every row is as the facts say." in out.getvalue()
    asked = CurrentEntry.objects.get().thread
    asked.solutions.update(withdrawn_at=MAY + MINUTE, withdrawal="taken_back")
    with clock.at(MAY + 9 * DAY):
        with pytest.raises(CommandError, match="rows differ"):
            call_command("ledger", "rebuild", "--check", stdout=out)
        call_command("ledger", "rebuild", "--replace", stdout=out)
    assert told() == [["pending", "unaccepted"]]
    assert LedgerState.objects.get().rebuilt_at == MAY + 9 * DAY
    agrees()
