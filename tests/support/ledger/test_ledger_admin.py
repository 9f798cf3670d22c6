"""Whoever must defend a number opens a case and finds who, what, when, and why it counts."""

import pytest
from django.test import Client
from django.urls import reverse

from community import clock
from community.actions import moderation
from support.actions.tickets import open_ticket
from support.models import Channel, CurrentEntry, Definition, DeflectionCase, LedgerState, LockedMonth
from support.reading.locked import adjustments
from tests.factories import admin, agent, moderator, person
from tests.support.ledger.acts import DAY, MAY, advanced, solved

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client):
    who = admin()
    client.force_login(who)
    return who


def opened(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"admin:{name}", args=args))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_case_shows_its_entries_its_facts_and_the_customers_words(client, boss) -> None:
    asked = solved(title="The lamp hums at night", body="Only on Sundays.")
    with clock.at(MAY + DAY):
        ticket, _new = open_ticket(
            actor=None, requester=asked.asker, subject="Still", body="It hums.", channel=Channel.FORM
        )
    advanced(MAY + 8 * DAY)
    case = DeflectionCase.objects.get()
    listed = opened(client, "support_deflectioncase_changelist")
    assert "The lamp hums at night" in listed
    page = opened(client, "support_deflectioncase_change", case.pk)
    for word in (
        "Only on Sundays.",
        "Hold the button for ten seconds.",
        "The person contacted support",
        f"u:{asked.asker_id}",
    ):
        assert word in page, word
    assert reverse("desk_ticket", args=[ticket.pk]) in page
    assert CurrentEntry.objects.get().reason == "recontact"
    assert client.post(reverse("admin:support_deflectioncase_change", args=[case.pk]), {}).status_code == 403


def test_a_version_is_planned_approved_and_then_stays(client, boss) -> None:
    where = reverse("admin:support_definition_add")
    said = {
        "name": "def-2", "valid_from_0": "2099-01-01", "valid_from_1": "00:00", "no_ticket_days": 14, "window_days": 30,
        "episode_hours": 24, "dwell_seconds": 10, "viewer_cases": 2, "survey_rate": "0.1", "survey_days": 90,
        "holdout": "0.1", "note": "Finance asks for two weeks.",
    }  # fmt: skip
    assert "in the future" in client.post(where, said | {"valid_from_0": "2001-01-01"}, follow=True).content.decode()
    assert client.post(where, said).status_code == 302
    row = Definition.objects.get(name="def-2")
    assert "Approve with my name" in opened(client, "support_definition_change", row.pk)
    assert client.get(reverse("admin:support_definition_approve", args=[row.pk])).status_code == 405
    client.post(reverse("admin:support_definition_approve", args=[row.pk]))
    row.refresh_from_db()
    assert (row.approved_by, row.no_ticket_days) == (boss, 14)
    assert "Approve with my name" not in opened(client, "support_definition_change", row.pk)


def test_a_plan_can_be_dropped_and_the_first_version_cannot(client, boss) -> None:
    first = Definition.objects.get()
    client.post(reverse("admin:support_definition_drop", args=[first.pk]), {"reason": "x"})
    assert Definition.objects.filter(pk=first.pk).exists()
    assert client.post(reverse("admin:support_definition_drop", args=[10**6]), {"reason": "x"}).status_code in {
        302,
        404,
    }
    assert client.post(reverse("admin:support_definition_approve", args=[10**6])).status_code in {302, 404}


def test_a_month_locks_and_what_comes_later_is_an_adjustment_of_the_month_it_came_in(client, boss) -> None:
    asked, kept = solved(MAY), solved(MAY + DAY)
    advanced(MAY + 40 * DAY)
    assert not LockedMonth.objects.exists(), "the end of May and fourteen days are not over"
    advanced(MAY + 42 * DAY)
    month = LockedMonth.objects.get()
    assert [(row["status"], row["count"]) for row in month.figures["rows"]] == [("credited", 1)] * 2
    with clock.at(MAY + 70 * DAY):
        moderation.hide_thread(actor=moderator(), thread_id=asked.pk)
    advanced(MAY + 80 * DAY)
    month.refresh_from_db()
    assert sum(row["count"] for row in month.figures["rows"] if row["status"] == "credited") == 2, "as it was reported"
    july = (MAY + 70 * DAY).date().replace(day=1)
    (found,) = adjustments(july, (MAY + 80 * DAY).date())
    assert (found.month, found.from_status, found.to_status, found.credited) == (
        MAY.date().replace(day=1),
        "credited",
        "void",
        -1,
    )
    assert adjustments(MAY.date(), july.replace(month=6)) == []
    page = opened(client, "support_lockedmonth_change", month.pk)
    assert "When it locked" in page
    assert "May 2026" in opened(client, "support_lockedmonth_changelist")
    assert kept.pk


def test_how_far_the_ledger_is_can_be_read(client, boss) -> None:
    advanced(MAY)
    assert LedgerState.objects.get().complete_until
    assert "2026" in client.get(reverse("admin:support_ledgerstate_changelist"), follow=True).content.decode()


@pytest.mark.parametrize("who", [person, moderator, agent])
@pytest.mark.parametrize("name", ["deflectioncase", "definition", "ledgerstate", "lockedmonth"])
def test_nobody_else_reads_any_of_it(client, who, name) -> None:
    client.force_login(who())
    assert client.get(reverse(f"admin:support_{name}_changelist")).status_code in {302, 403, 404}
