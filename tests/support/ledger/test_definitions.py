"""What is counted changes by dated versions that somebody approved, and never backwards."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from community import clock
from community.actions.experiments import plan_experiment, start_experiment, stop_experiment
from community.errors import NotAllowed, Refused
from community.models import AuditEntry
from support.actions.definitions import approve_definition, drop_definition, plan_definition
from support.ledger.definitions import definition_at, definitions
from support.models import Definition, DeflectionEntry
from tests.factories import admin, agent, moderator, person
from tests.support.ledger.acts import DAY, MAY, MINUTE, WEEK, advanced, solved, told

pytestmark = pytest.mark.django_db


def planned(boss, **fields):
    said = {"name": "def-2", "valid_from": MAY + 10 * DAY, "note": "Two weeks, as finance asked."} | fields
    with clock.at(MAY):
        return plan_definition(actor=boss, **({"no_ticket_days": 14} | said))


def test_the_first_version_counts_before_anybody_approved_it_and_can_be_approved_any_day() -> None:
    assert [each.name for each in definitions()] == ["def-1"]
    boss = admin()
    first = approve_definition(actor=boss, definition_id=Definition.objects.get().pk)
    assert (first.approved_by, first.approved_at is not None) == (boss, True)
    assert AuditEntry.objects.filter(verb="approved_definition", actor=boss, object_id=first.pk).exists()


def test_a_plan_is_not_in_force_until_somebody_approved_it() -> None:
    boss = admin()
    row = planned(boss)
    assert [each.name for each in definitions()] == ["def-1"]
    with clock.at(MAY + DAY):
        approve_definition(actor=boss, definition_id=row.pk)
    assert [(each.name, each.no_ticket) for each in definitions()] == [("def-1", WEEK), ("def-2", 2 * WEEK)]
    assert definition_at(MAY + 10 * DAY) == row
    assert definition_at(MAY + 10 * DAY - MINUTE) != row


def test_each_case_follows_the_version_of_its_own_day() -> None:
    boss = admin()
    row = planned(boss)
    with clock.at(MAY + DAY):
        approve_definition(actor=boss, definition_id=row.pk)
    solved(MAY + 9 * DAY)
    solved(MAY + 11 * DAY)
    advanced(MAY + 20 * DAY)
    assert told() == [["pending", "credited"], ["pending"]]
    advanced(MAY + 26 * DAY)
    assert told() == [["pending", "credited"], ["pending", "credited"]]
    assert set(DeflectionEntry.objects.values_list("definition__name", flat=True)) == {"def-1", "def-2"}


def test_a_version_never_begins_in_the_past() -> None:
    boss = admin()
    with pytest.raises(Refused, match="begins in the future"):
        planned(boss, valid_from=MAY)
    row = planned(boss)
    with clock.at(MAY + 11 * DAY), pytest.raises(Refused, match="begins in the future"):
        approve_definition(actor=boss, definition_id=row.pk)
    assert definition_at(MAY + 12 * DAY) != row


def test_what_is_approved_cannot_change_not_even_in_the_database() -> None:
    boss = admin()
    row = planned(boss)
    with clock.at(MAY + DAY):
        approve_definition(actor=boss, definition_id=row.pk)
    with pytest.raises(Refused, match="nothing about it can change"):
        planned(boss, pk=row.pk, name="def-2b")
    with pytest.raises(Refused, match="it stays"):
        drop_definition(actor=boss, definition_id=row.pk, reason="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Definition.objects.filter(pk=row.pk).update(no_ticket_days=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()


def test_a_plan_changes_and_goes_as_long_as_nobody_approved_it() -> None:
    boss = admin()
    row = planned(boss)
    assert planned(boss, pk=row.pk, name="def-2b", no_ticket_days=10).no_ticket_days == 10
    drop_definition(actor=boss, definition_id=row.pk, reason="Finance changed its mind.")
    assert [each.name for each in Definition.objects.all()] == ["def-1"]


def test_an_experiment_that_would_run_on_must_be_closed_first() -> None:
    boss = admin()
    row = planned(boss)
    with clock.at(MAY + DAY):
        tried = plan_experiment(
            actor=boss, name="Spring", surface="ask", holdout=Decimal("0.1"), stops_at=MAY + timedelta(days=60)
        )
        start_experiment(actor=boss, experiment_id=tried.pk)
        with pytest.raises(Refused, match="Spring"):
            approve_definition(actor=boss, definition_id=row.pk)
        stop_experiment(actor=boss, experiment_id=tried.pk)
        approve_definition(actor=boss, definition_id=row.pk)
    assert Definition.objects.get(pk=row.pk).approved_at is not None


@pytest.mark.parametrize("fields", [{"no_ticket_days": 0}, {"holdout": Decimal("0.6")}, {"name": ""}, {"note": " "}])
def test_what_makes_no_sense_is_refused_in_words(fields) -> None:
    with pytest.raises(Refused):
        planned(admin(), **fields)


@pytest.mark.parametrize("who", [person, moderator, agent])
def test_only_administrators_decide_what_is_counted(who) -> None:
    row, somebody = planned(admin()), who()
    with pytest.raises(NotAllowed):
        planned(somebody, name="def-3", valid_from=MAY + 11 * DAY)
    with pytest.raises(NotAllowed):
        approve_definition(actor=somebody, definition_id=row.pk)
    with pytest.raises(NotAllowed):
        drop_definition(actor=somebody, definition_id=row.pk, reason="")
