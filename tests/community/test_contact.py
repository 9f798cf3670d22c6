"""The ways to staff: always one in sight, the right one, and what somebody wrote comes along."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.actions.boards import create_board, update_board
from community.actions.brand import update_brand, write_brand
from community.actions.drafts import ASK, find_draft
from community.errors import Refused
from community.models import Board, Draft
from tests.community.reading import statements
from tests.factories import admin, board, person, thread

pytestmark = pytest.mark.django_db


def page(client: Client, address: str = "/contact/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def browser_of(user=None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


# The page -------------------------------------------------------------------------------------------------------------
def test_the_page_leads_to_what_the_brand_has_set() -> None:
    write_brand(actor=None, support_url="https://nordwave.example/help", support_address="help@nordwave.example")
    told = page(Client())
    assert 'href="https://nordwave.example/help"' in told and 'href="mailto:help@nordwave.example"' in told
    assert "Never post in public" in told and "serial number" in told


def test_a_board_of_its_own_way_to_staff_stands_first() -> None:
    write_brand(actor=None, support_url="https://nordwave.example/help")
    board("Routers", staff_url="https://nordwave.example/routers")
    told = page(Client(), "/contact/?board=routers")
    assert told.index("nordwave.example/routers") < told.index("nordwave.example/help")
    assert "Our staff for Routers" in told
    assert "nordwave.example/routers" not in page(Client())


def test_the_same_way_stands_once() -> None:
    write_brand(actor=None, support_url="https://nordwave.example/help")
    board("Routers", staff_url="https://nordwave.example/help")
    assert page(Client(), "/contact/?board=routers").count('href="https://nordwave.example/help"') == 1


def test_a_board_out_of_sight_is_not_told_of() -> None:
    board("Secret", audience=Board.Audience.SIGNED_IN, staff_url="https://hidden.example/")
    assert "hidden.example" not in page(Client(), "/contact/?board=secret")
    assert "hidden.example" in page(browser_of(person()), "/contact/?board=secret")


def test_where_no_other_way_is_set_the_form_is_the_way() -> None:
    told = page(browser_of(person()))
    assert "Send it to our staff" in told and "Other ways to reach us" not in told


def test_without_anything_set_a_mail_address_at_the_foot_of_the_page_is_the_way() -> None:
    write_brand(actor=None, links=[("Write to us", "mailto:hello@nordwave.example"), ("Shop", "https://shop.example/")])
    told = page(Client())
    assert "Begin a mail" in told and "Other ways to reach us" in told


def test_the_page_asks_few_questions() -> None:
    board("Routers")
    client = browser_of(person())
    page(client, "/contact/?board=routers")
    with CaptureQueriesContext(connection) as queries:
        page(client, "/contact/?board=routers")
    assert len(statements(queries)) <= 12


# The form's first choice ----------------------------------------------------------------------------------------------
OWN = "Is it about your own account, an order or a repair?"


def test_a_matter_of_ones_own_leads_to_staff_at_once_and_what_was_written_is_kept(client: Client) -> None:
    board("Routers", staff_url="mailto:routers@nordwave.example")
    assert OWN in page(client, "/ask/")
    words = {"place": "ask", "title": "My invoice", "body": "Paid twice & angry.", "board": "routers", "staff": "1"}
    answer = client.post("/drafts/save/", words)
    assert (answer.status_code, answer["Location"]) == (303, "/contact/?own=1&board=routers")
    assert Draft.objects.get().body == "Paid twice & angry."
    told = page(client, answer["Location"])
    assert "nothing of it belongs in public" in told and "Paid twice &amp; angry." in told
    assert "mailto:routers@nordwave.example?subject=My%20invoice&amp;body=Paid%20twice%20%26%20angry." in told
    assert "My invoice" in page(client, "/ask/")


def test_nothing_written_is_no_hindrance(client: Client) -> None:
    answer = client.post("/drafts/save/", {"place": "ask", "title": "", "body": "", "staff": "1"})
    assert answer["Location"] == "/contact/?own=1"
    assert not Draft.objects.exists()


def test_what_somebody_wrote_is_shown_to_nobody_else(client: Client) -> None:
    client.post("/drafts/save/", {"place": "ask", "title": "My invoice", "body": "Paid twice.", "staff": "1"})
    assert "Paid twice." in page(client, "/contact/?own=1") and "My invoice" in page(client)
    assert "Paid twice." not in page(Client(), "/contact/?own=1") and "My invoice" not in page(Client())


def test_a_board_without_such_matters_does_not_ask(client: Client) -> None:
    board("Ideas", has_personal_cases=False)
    assert OWN not in page(client, "/ask/")
    board("Routers")
    assert OWN in page(client, "/ask/") and OWN in page(client, "/ask/?board=routers")
    assert OWN not in page(client, "/ask/?board=ideas")


def test_a_way_to_staff_stands_on_every_ask_page_and_every_thread(client: Client) -> None:
    question = thread(on=board("Ideas", has_personal_cases=False))
    assert 'href="/contact/"' in page(client, "/ask/")
    for reader in (client, browser_of(question.asker)):
        assert 'href="/contact/?board=ideas"' in page(reader, question.get_absolute_url())


def test_a_draft_for_a_board_with_a_long_address_is_kept() -> None:
    user, long = person(), board("A board whose address is longer than twenty")
    client = browser_of(user)
    client.post("/drafts/save/", {"place": "ask", "title": "T", "board": long.slug})
    assert find_draft(actor=user, place=ASK).choices["board"] == long.slug


# Setting it -----------------------------------------------------------------------------------------------------------
def test_administrators_say_how_staff_of_a_board_are_reached() -> None:
    boss = admin()
    made = create_board(actor=boss, name="Routers", staff_url=" https://nordwave.example/routers ")
    assert (made.staff_url, made.has_personal_cases) == ("https://nordwave.example/routers", True)
    changed = update_board(actor=boss, board_id=made.pk, has_personal_cases=False)
    assert (changed.staff_url, changed.has_personal_cases) == ("https://nordwave.example/routers", False)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "nordwave.example", "ftp://nordwave.example/", "mailto:"])
def test_a_way_to_staff_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        create_board(actor=admin(), name="Routers", staff_url=address)


def test_the_brands_address_for_support_is_checked() -> None:
    with pytest.raises(Refused):
        update_brand(actor=admin(), support_address="not an address")


def test_a_board_can_be_set_up_in_the_admin() -> None:
    client = browser_of(admin())
    form = {"name": "Routers", "audience": "public", "position": "0", "staff_url": "https://nordwave.example/r"}
    assert client.post("/admin/community/board/add/", form).status_code == 302
    made = Board.objects.get()
    assert (made.staff_url, made.has_personal_cases) == ("https://nordwave.example/r", False)
