"""An administrator proposes a policy, looks at what it would do, switches it on, and reads what it did."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from community import clock
from community.models import AuditEntry, Board, User
from support.actions import policies
from support.models import Calendar, EscalationPolicy, EscalationRun
from tests.factories import admin, agent, board, moderator, thread

pytestmark = pytest.mark.django_db
LIST = "/admin/support/escalationpolicy/"
MONDAY = datetime(2026, 3, 9, 9, tzinfo=UTC)


@pytest.fixture
def boss(client: Client) -> User:
    made = admin()
    client.force_login(made)
    return made


@pytest.fixture
def on() -> Board:
    return board("Router X1")


def page_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_an_administrator_goes_from_a_proposal_to_tickets_without_leaving_the_admin(
    client: Client, boss: User, on: Board
) -> None:
    with clock.at(MONDAY):
        question = thread(on=on, title="The light stays red")
    add, one = f"{LIST}add/?board={on.pk}", f"{LIST}{on.pk}/"
    with clock.at(MONDAY + timedelta(hours=5)):
        assert add in page_of(client, LIST), "it is proposed"
        assert 'name="unanswered_after" value="4"' in page_of(client, add)
        sent = {"board": on.pk, "unanswered_after": "4", "unsolved_after": "", "calendar": Calendar.objects.get().pk}
        sent |= {"oldest": "7", "most": "50", "languages": "en, de"}
        assert client.post(add, sent, follow=True).redirect_chain[-1][0] == one + "change/"
        assert "Switch on" not in page_of(client, one + "change/"), "nobody has looked yet"
        assert client.post(one + "look/").status_code == 302
        seen = page_of(client, one + "change/")
        assert "would come to staff" in seen and question.get_absolute_url() in seen and "Switch on" in seen
        client.post(one + "on/")
        assert EscalationPolicy.objects.get().is_on
        done = client.post(one + "run/", follow=True).content.decode()
    run = EscalationRun.objects.get(is_dry=False)
    assert question.get_absolute_url() in done and reverse("desk_ticket", args=[run.made.get().ticket_id]) in done
    assert run.escalated == 1
    history = page_of(client, "/admin/support/escalationrun/")
    assert history.count("Router X1") >= 2 and "Preview" in history
    client.post(one + "off/")
    assert not EscalationPolicy.objects.get().is_on
    verbs = set(AuditEntry.objects.filter(actor=boss).values_list("verb", flat=True))
    assert verbs == {
        *("set_escalation_policy", "preview_escalation", "switch_on_escalation"),
        *("run_escalation", "switch_off_escalation"),
    }


@pytest.mark.parametrize(
    "field",
    [
        {"unanswered_after": ""},
        {"unanswered_after": "0"},
        {"unanswered_after": "99999999999999999999"},
        {"unanswered_after": "100"},
        {"most": "51"},
        {"oldest": "8"},
        {"languages": "klingon!"},
        {"languages": "\x00"},
        {"calendar": "9" * 30},
        {"board": "x"},
    ],
)
def test_what_makes_no_sense_is_told_and_not_stored(
    client: Client, boss: User, on: Board, field: dict[str, str]
) -> None:
    sent = {"board": str(on.pk), "unanswered_after": "4", "unsolved_after": "", "oldest": "7", "most": "50"}
    sent |= {"calendar": str(Calendar.objects.get().pk), "languages": ""} | field
    assert client.post(f"{LIST}add/", sent, follow=True).status_code in (200, 400)
    assert not EscalationPolicy.objects.exists()


def test_buttons_are_pressed_and_never_followed_and_strange_boards_are_not_there(client: Client, boss: User) -> None:
    for act in ("look", "on", "off", "run"):
        assert client.get(f"{LIST}1/{act}/").status_code == 405
        assert client.post(f"{LIST}999/{act}/").status_code == 404
        assert client.post(f"{LIST}{'9' * 30}/{act}/").status_code == 404


def test_nobody_but_administrators_opens_them(client: Client, on: Board) -> None:
    boss = admin()
    policies.set_policy(actor=boss, board_id=on.pk, unanswered_after=4, calendar=Calendar.objects.get())
    run = policies.run(actor=boss, board=on, dry=True)
    for somebody in (agent(), moderator()):
        client.force_login(somebody)
        for page in (LIST, f"{LIST}{on.pk}/change/", f"/admin/support/escalationrun/{run.pk}/change/"):
            assert client.get(page).status_code in (302, 403)
        for act in ("look", "on", "off", "run"):
            assert client.post(f"{LIST}{on.pk}/{act}/").status_code in (302, 403)
    assert EscalationRun.objects.count() == 1 and not EscalationPolicy.objects.get().is_on


@pytest.mark.parametrize("questions", [1, 12])
def test_a_run_costs_the_same_questions_to_the_database_however_many_it_tells_of(
    client: Client, boss: User, on: Board, questions: int, django_assert_max_num_queries: Any
) -> None:
    with clock.at(MONDAY):
        for number in range(questions):
            thread(on=on, title=f"The light stays red {number}")
    with clock.at(MONDAY + timedelta(hours=5)):
        policies.set_policy(actor=boss, board_id=on.pk, unanswered_after=4, calendar=Calendar.objects.get())
        run = policies.run(actor=boss, board=on, dry=True)
        with django_assert_max_num_queries(12):
            assert (
                client.get(f"/admin/support/escalationrun/{run.pk}/change/").content.count(b"light stays") == questions
            )
