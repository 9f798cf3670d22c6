"""An administrator sets the desk up in the admin: what they see, what it does, and that it leaves a trace."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from community import clock
from community.errors import NotAllowed, Refused
from community.models import AuditEntry
from support.actions import hours, setup
from support.actions.promises import JOB
from support.models import (
    Absence,
    AgentSeat,
    BoardDesk,
    Calendar,
    Channel,
    ClosedDay,
    DeskState,
    Entitlement,
    Macro,
    PrivateField,
    Queue,
    SlaPolicy,
    SlaTarget,
    SupportPeriod,
    Switch,
    Team,
    Ticket,
)
from support.reading.hours import hours_of
from tests.factories import admin, agent, board, person

pytestmark = pytest.mark.django_db

MODELS = (
    *("deskstate", "team", "queue", "boarddesk", "calendar", "slapolicy", "privatefield", "macro"),
    *("agentseat", "absence", "supportperiod", "entitlement"),
)
MOMENTS = {"starts_at_0": "2026-06-01", "starts_at_1": "09:00", "ends_at_0": "2026-07-01", "ends_at_1": "09:00"}
CALENDAR = {
    "name": "Munich",
    "time_zone": "Europe/Berlin",
    "country": "DE",
    "subdivision": "by",
    "day0": "9:00-12:00, 13-17",
    "day4": "8.30 – 24:00",
    "closed": "2026-12-24 Christmas Eve\n\n2026-12-31",
    "opened": "2026-01-06",
}


@pytest.fixture
def desk(client: Client) -> Client:
    """An administrator's browser."""
    client.force_login(admin())
    return client


def post(client: Client, model: str, data: dict, pk: int | None = None) -> str:
    """Send the form of a model: "" when it was taken, else the page with what is wrong."""
    place = f"{pk}/change" if pk else "add"
    answer = client.post(f"/admin/support/{model}/{place}/", data)
    if answer.status_code == 302 and place not in answer["Location"]:
        return ""
    page = client.get(answer["Location"]) if answer.status_code == 302 else answer
    return page.content.decode()


def verbs() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "object_kind"))


def test_every_page_of_the_desks_setup_opens_for_administrators_alone(desk: Client) -> None:
    for model in MODELS:
        assert desk.get(f"/admin/support/{model}/", follow=True).status_code == 200, model
        added = desk.get(f"/admin/support/{model}/add/").status_code
        assert added == (403 if model == "deskstate" else 200), model
    assert desk.get("/admin/support/queue/1/delete/").status_code in {302, 403, 404}
    desk.force_login(agent())
    assert desk.get("/admin/support/queue/", follow=True).status_code == 403


def test_the_list_pages_ask_as_much_for_one_row_as_for_many(desk: Client, django_assert_max_num_queries) -> None:
    for number in range(30):
        Queue.objects.create(name=f"Queue {number}", team=Team.objects.create(name=f"Team {number}"))
    for model in ("queue", "team", "slapolicy"):
        with django_assert_max_num_queries(12):
            assert desk.get(f"/admin/support/{model}/").status_code == 200


def test_switches_are_off_until_somebody_wants_them_and_the_log_says_which(desk: Client) -> None:
    assert DeskState.objects.get().switches == []
    assert post(desk, "deskstate", {"switches": ["macros", "tags"], "smallest_group": "5"}, 1) == ""
    state = DeskState.objects.get()
    assert state.has(Switch.MACROS) and state.smallest_group == 5
    assert post(desk, "deskstate", {"switches": ["tags"], "smallest_group": "5"}, 1) == ""
    notes = AuditEntry.objects.filter(object_kind="deskstate").order_by("pk").values_list("note__text", flat=True)
    assert list(notes) == ["+tags +macros", "-macros"]
    assert "is not one of the available choices" in post(
        desk, "deskstate", {"switches": ["x"], "smallest_group": "0"}, 1
    )


def test_a_team_is_of_agents_and_says_who_came_and_went(desk: Client) -> None:
    ana, ben, customer = agent("ana"), agent("ben"), person("carl")
    assert post(desk, "team", {"name": "Returns", "members": [ana.pk, ben.pk]}) == ""
    team = Team.objects.get()
    assert post(desk, "team", {"name": "Returns", "members": [ben.pk]}, team.pk) == ""
    assert set(team.members.values_list("person", flat=True)) == {ben.pk}
    assert post(desk, "team", {"name": "Returns", "members": [customer.pk]}, team.pk)
    assert [verb for verb, kind in verbs() if kind == "team"] == [
        *("created", "joined_team", "joined_team"),
        *("changed", "left_team"),
    ]


def test_a_queue_that_becomes_the_one_for_everything_takes_over_and_cannot_just_stop(desk: Client) -> None:
    old = Queue.objects.get()
    queue = {"name": "All", "position": 0, "handing": "by_hand", "closes_after": 7, "is_default": "on"}
    assert post(desk, "queue", queue) == ""
    new = Queue.objects.get(name="All")
    old.refresh_from_db()
    assert new.is_default and not old.is_default
    without = {name: value for name, value in queue.items() if name != "is_default"}
    assert "Make another queue the one" in post(desk, "queue", without, new.pk)
    assert "is open, and every agent" in post(desk, "queue", queue | {"archived": "on"}, new.pk)


def test_a_queue_in_which_tickets_wait_is_not_archived(desk: Client) -> None:
    queue = Queue.objects.create(name="Returns")
    Ticket.objects.create(subject="x", requester=person(), queue=queue, channel=Channel.FORM)
    said = {"name": "Returns", "position": 0, "handing": "by_hand", "closes_after": 7, "archived": "on"}
    assert "1 ticket still waits" in post(desk, "queue", said, queue.pk)
    assert '<td class="field-waiting">1</td>' in desk.get("/admin/support/queue/").content.decode()
    Ticket.objects.update(queue=Queue.objects.get(is_default=True))
    assert post(desk, "queue", said, queue.pk) == ""
    queue.refresh_from_db()
    assert queue.archived_at is not None


def test_a_calendar_is_written_as_people_write_hours_and_drawn(desk: Client) -> None:
    assert post(desk, "calendar", CALENDAR) == ""
    made = Calendar.objects.get(name="Munich")
    known = hours_of(made)
    assert known.week[0] == ((540, 720), (780, 1020)) and known.week[4] == ((510, 1440),) and known.week[1] == ()
    assert known.closed == {date(2026, 12, 24), date(2026, 12, 31)} and known.opened == {date(2026, 1, 6)}
    assert made.subdivision == "BY"
    with clock.at(datetime(2026, 10, 1, tzinfo=UTC)):
        page = desk.get(f"/admin/support/calendar/{made.pk}/change/").content.decode()
    assert page.count('class="week-bar"') == 3 and "9:00-12:00, 13:00-17:00" in page
    assert "Christmas Eve" in page and "22.5 hours a week" in page
    assert "<style" not in page and " style=" not in page


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("day0", "nine to five", "Write hours like"),
        ("day0", "9-12, 11-17", "overlap"),
        ("day0", "17-9", "begin before they end"),
        ("day0", "9-25", "24 hours"),
        ("day0", "9:70-12", "24 hours"),
        ("closed", "24.12.2026", "begins with a day"),
        ("subdivision", "ZZ", "Known parts"),
        ("time_zone", "Mars/Olympus", "valid choice"),
        ("name", "", "required"),
    ],
)
def test_what_is_no_time_is_told_where_it_was_typed(desk: Client, field: str, value: str, told: str) -> None:
    assert told in post(desk, "calendar", CALENDAR | {field: value})
    assert not Calendar.objects.filter(time_zone="Europe/Berlin").exists()


def test_changing_hours_plans_anew_what_runs_by_them(desk: Client) -> None:
    calendar, queue = Calendar.objects.get(), Queue.objects.get()
    assert post(desk, "calendar", CALENDAR | {"name": calendar.name}, calendar.pk) == ""
    assert ProcrastinateJob.objects.filter(task_name=JOB).last().args == {"queue_ids": [queue.pk]}
    assert ClosedDay.objects.filter(calendar=calendar).count() == 3


def test_a_service_level_is_written_in_hours_and_minutes(desk: Client) -> None:
    level = SlaPolicy.objects.get()
    page = desk.get(f"/admin/support/slapolicy/{level.pk}/change/").content.decode()
    assert 'value="4 h"' in page and 'value="40 h"' in page and page.count("collapse") >= 3
    promised = {"normal_first_reply": "1 h 30 min", "normal_solution": "45 min", "urgent_first_reply": "10m"}
    said = {"name": "Standard", "calendar": level.calendar_id, "warns_at": "20"} | promised
    assert post(desk, "slapolicy", said, level.pk) == ""
    lines = SlaTarget.objects.filter(policy=level).order_by("priority")
    assert list(lines.values_list("priority", "first_reply", "next_reply", "solution")) == [
        ("normal", 90, None, 45),
        ("urgent", 10, None, None),
    ]
    assert "Write hours and minutes" in post(desk, "slapolicy", said | {"low_solution": "soon"}, level.pk)
    assert "one minute to one year" in post(desk, "slapolicy", said | {"low_solution": "999999 h"}, level.pk)
    assert post(desk, "slapolicy", said | {"warns_at": "100"}, level.pk)


def test_the_rest_of_the_desk_is_set_up_too(desk: Client) -> None:
    router, ana, carl, queue = board(), agent("ana"), person("carl"), Queue.objects.get()
    assert post(desk, "boarddesk", {"board": router.pk, "queue": queue.pk, "asker_waits": 4}) == ""
    assert post(desk, "boarddesk", {"queue": queue.pk, "asker_waits": 0}, router.pk) == ""
    assert BoardDesk.objects.get().asker_waits == 0
    field = {"board": router.pk, "kind": "serial", "label": "Serial number", "position": 0}
    assert post(desk, "privatefield", field) == ""
    assert (
        post(desk, "macro", {"name": "Thanks", "text": "Thank you", "adds_tags": "thanks\nkind", "position": 0}) == ""
    )
    assert Macro.objects.get().adds_tags == ["thanks", "kind"]
    assert "This one has nothing" in post(desk, "macro", {"name": "Empty", "position": 0})
    greeting = {"name": "Dear", "text": "Dear {{customer}}, dear {{nickname}}", "position": 0}
    assert "Nobody knows {{nickname}}" in post(desk, "macro", greeting)
    assert "{{customer}} The customer" in desk.get("/admin/support/macro/add/").content.decode()
    assert post(desk, "agentseat", {"person": ana.pk, "capacity": 3, "takes_turns": "on"}) == ""
    assert post(desk, "absence", {"person": ana.pk} | MOMENTS) == ""
    assert post(desk, "supportperiod", {"board": router.pk} | MOMENTS) == ""
    assert post(desk, "entitlement", {"board": router.pk, "person": carl.pk} | MOMENTS) == ""
    assert (PrivateField.objects.count(), AgentSeat.objects.count(), Absence.objects.count()) == (1, 1, 1)
    assert (SupportPeriod.objects.count(), Entitlement.objects.count()) == (1, 1)
    backwards = MOMENTS | {"ends_at_0": "2026-05-01"}
    assert "ends before it begins" in post(desk, "entitlement", {"board": router.pk, "person": carl.pk} | backwards)
    assert {kind for _verb, kind in verbs()} >= set(MODELS) - {"deskstate", "team", "queue", "calendar", "slapolicy"}


def test_whoever_is_no_administrator_changes_nothing_by_whatever_door() -> None:
    for actor in (person(), agent()):
        with pytest.raises(NotAllowed):
            setup.set_desk(actor=actor, switches=["macros"])
        with pytest.raises(NotAllowed):
            setup.store_team(actor=actor, name="x")
        with pytest.raises(NotAllowed):
            hours.store_calendar(actor=actor, name="x", week=[[]] * 7)


def test_what_no_form_would_send_is_refused_by_the_action() -> None:
    boss = admin()
    with pytest.raises(Refused):
        setup.set_desk(actor=boss, switches=["everything"])
    with pytest.raises(Refused):
        hours.store_calendar(actor=boss, name="x", week=[[(540, 720), (700, 800)], *[[]] * 6])
    with pytest.raises(Refused):
        setup.store_seat(actor=boss, person=person(), capacity=3)
    with pytest.raises(Refused):
        setup.store_team(actor=boss, name="Lone \ud800 half")
