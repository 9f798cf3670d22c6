"""The pages on which administrators enter costs, coverage, baselines and accounts that do not count."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.models import AuditEntry, User
from support.actions import inputs
from support.models import Baseline, ChannelCoverage, CostInput, PersonStanding, ProgrammeCost
from tests import factories
from tests.community.reading import browser_of

pytestmark = pytest.mark.django_db

COST = {
    "channel": "phone",
    "low": "8",
    "typical": "12.50",
    "currency": "eur",
    "valid_from": "2026-05-01",
    "source": "Finance, budget 2026",
}
PROGRAMME = {
    "kind": "platform",
    "from_day": "2026-05-01",
    "until_day": "2026-05-31",
    "amount": "120",
    "currency": "EUR",
    "source": "The bill",
}
COVERAGE = {"channel": "chat", "from_day": "2026-05-01", "until_day": "2026-05-31", "note": "Compared with the bill"}
BASELINE = {"month": "2026-05-01", "channel": "", "contacts": "300", "customers": "12000", "source": "CRM"}
FORMS = [
    ("costinput", CostInput, COST),
    ("programmecost", ProgrammeCost, PROGRAMME),
    ("channelcoverage", ChannelCoverage, COVERAGE),
    ("baseline", Baseline, BASELINE),
    ("personstanding", PersonStanding, {"person": "Robo", "kind": "service", "reason": "A script of ours"}),
]


@pytest.fixture
def boss() -> User:
    return factories.admin("boss")


@pytest.fixture
def client(boss: User) -> Client:
    return browser_of(boss)


def _place(name: str, act: str, *args: int) -> str:
    return reverse(f"admin:support_{name}_{act}", args=args)


@pytest.mark.parametrize(("name", "model", "said"), FORMS, ids=[name for name, _model, _said in FORMS])
def test_what_is_entered_is_stored_by_its_action_and_can_only_be_read_then(
    client: Client, boss: User, name: str, model: Any, said: dict[str, str]
) -> None:
    factories.person("robo")
    assert client.get(_place(name, "add")).status_code == 200
    assert client.post(_place(name, "add"), said).status_code == 302
    row = model.objects.get()
    assert AuditEntry.objects.filter(actor=boss).count() == 1
    page = client.get(_place(name, "change", row.pk))
    assert page.status_code == 200 and said.get("source", said.get("note", "A script of ours")) in page.content.decode()
    assert client.post(_place(name, "change", row.pk), said).status_code == 403
    assert client.post(_place(name, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert client.get(_place(name, "changelist")).status_code == 200
    assert model.objects.count() == 1


@pytest.mark.parametrize(("name", "model", "said"), FORMS, ids=[name for name, _model, _said in FORMS])
def test_broken_input_is_told_and_never_a_fault_of_ours(
    client: Client, name: str, model: Any, said: dict[str, str]
) -> None:
    assert model
    for field in said:
        for wrong in ("\x00", "9" * 400, "1e999"):
            sent = client.post(_place(name, "add"), said | {field: wrong})
            assert sent.status_code in (200, 302, 400), (field, wrong)


def test_a_refusal_is_told_in_words_on_the_form(client: Client) -> None:
    client.post(_place("costinput", "add"), COST)
    refused = client.post(_place("costinput", "add"), COST | {"currency": "USD"}, follow=True)
    assert "Costs are in EUR so far" in refused.content.decode()
    assert CostInput.objects.count() == 1
    client.post(_place("costinput", "add"), COST | {"currency": "USD", "changes_currency": "on"})
    assert CostInput.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "said"), [("programmecost", PROGRAMME), ("channelcoverage", COVERAGE), ("personstanding", FORMS[4][2])]
)
def test_a_row_is_taken_back_by_its_button_with_a_reason_and_once(
    client: Client, name: str, said: dict[str, str]
) -> None:
    factories.person("robo")
    client.post(_place(name, "add"), said)
    model: Any = next(each[1] for each in FORMS if each[0] == name)
    pk = model.objects.get().pk
    page, act = _place(name, "change", pk), _place(name, "take_back", pk)
    assert act in client.get(page).content.decode()
    assert client.get(act).status_code == 405
    assert "Say why" in client.post(act, {"reason": ""}, follow=True).content.decode()
    shown = client.post(act, {"reason": "It was <wrong>"}, follow=True).content.decode()
    assert "It was &lt;wrong&gt;" in shown and act not in shown
    assert client.post(_place(name, "take_back", 999999), {"reason": "x"}).status_code == 404


def test_the_drawings_say_what_is_covered_and_what_a_contact_costs(client: Client, boss: User) -> None:
    inputs.say_standing(actor=boss, person_id=boss.pk, kind="test", reason="x")
    client.post(_place("channelcoverage", "add"), COVERAGE)
    client.post(_place("costinput", "add"), COST)
    client.post(_place("baseline", "add"), BASELINE)
    assert "Which ways to reach support we see" in client.get(_place("channelcoverage", "changelist")).content.decode()
    assert "EUR 12.50" in client.get(_place("costinput", "changelist")).content.decode()
    assert "25.0" in client.get(_place("baseline", "changelist")).content.decode()


def test_nobody_but_an_administrator_with_a_second_factor_opens_them() -> None:
    for who in (factories.agent(), factories.moderator(), factories.admin(second_factor=False)):
        for name, _model, _said in FORMS:
            assert browser_of(who).get(_place(name, "changelist")).status_code in (302, 403, 404)


def test_the_lists_ask_as_much_of_one_row_as_of_many(client: Client) -> None:
    client.post(_place("channelcoverage", "add"), COVERAGE)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(_place("channelcoverage", "changelist"))
        counts.append(len(asked))
        for _row in range(20):
            client.post(_place("channelcoverage", "add"), COVERAGE)
    assert counts[0] == counts[1]
