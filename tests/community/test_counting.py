"""Who is counted, and what their browser is given: nothing before a yes, nothing after a no, nothing on a GET."""

import re
from typing import Any

import pytest
from django.template import engines
from django.test import Client

from community.accounts.visitors import NO_COOKIE
from community.actions import measuring
from community.integrity import violations
from community.models import Consent, FormSession, Visitor
from community.reading.page_cache import CACHE
from tests.community.accounts import member, sign_in
from tests.community.counted import (
    COOKIE,
    brand,  # noqa: F401 - fixtures
    cookie_of,
    key_of,
    mode,
    opens,
    says,
    tells,
)
from tests.factories import person, thread

pytestmark = pytest.mark.django_db


# The three ways of a site ---------------------------------------------------------------------------------------------
def test_a_site_that_counts_nothing_sets_nothing_and_records_nothing() -> None:
    mode("off")
    client, signed_in = Client(), Client()
    signed_in.force_login(person())
    for each in (client, signed_in):
        says(each, "yes")
        tells(each, opens(each), "left")
    assert cookie_of(client) is None
    assert not (Visitor.objects.exists() or FormSession.objects.exists() or Consent.objects.exists())


def test_a_site_that_asks_sets_nothing_before_a_yes() -> None:
    mode("ask")
    client = Client()
    for address in ("/", "/ask/", "/counting/", "/boards/"):
        client.get(address)
    opens(client)
    assert cookie_of(client) is None and not FormSession.objects.exists()
    says(client, "yes")
    opens(client)
    assert FormSession.objects.get().person_key == key_of(client) == Visitor.objects.get().key
    assert Visitor.objects.get().consented_at is not None


def test_a_site_that_does_not_ask_gives_the_cookie_with_the_first_thing_worth_counting_and_on_no_get() -> None:
    mode("on")
    client = Client()
    for address in ("/", "/ask/", "/counting/"):
        assert COOKIE not in client.get(address).cookies
    token = opens(client)
    assert FormSession.objects.get(token=token).person_key == key_of(client)
    assert Visitor.objects.get().consented_at is None
    tells(client, token, "left")
    assert Visitor.objects.count() == 1 and FormSession.objects.get().left_at


def test_who_was_counted_without_being_asked_is_not_counted_once_the_site_asks() -> None:
    mode("on")
    client = Client()
    opens(client)
    mode("ask")
    opens(client)
    assert FormSession.objects.count() == 1
    says(client, "yes")
    opens(client)
    assert FormSession.objects.count() == 2


def test_the_cookie_is_our_own_and_no_script_and_no_other_site_can_use_it(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client = Client()
    says(client, "yes")
    held = cookie_of(client)
    assert held is not None
    assert (held["httponly"], held["samesite"], held["secure"], held["domain"], held["path"]) == (
        True,
        "Lax",
        True,
        "",
        "/",
    )
    assert held["max-age"] == 365 * 24 * 3600
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", held.value)  # 32 random bytes
    assert held.value not in str(list(Visitor.objects.values()))


@pytest.mark.parametrize("header", [{"HTTP_SEC_GPC": "1"}, {"HTTP_DNT": "1"}])
@pytest.mark.parametrize("way", ["ask", "on"])
def test_a_browser_that_asks_not_to_be_tracked_has_said_no(header: dict[str, str], way: str) -> None:
    mode(way)
    client, signed_in = Client(**header), Client(**header)
    anna = person()
    signed_in.force_login(anna)
    measuring.say_consent(actor=anna, is_given=True)
    for each in (client, signed_in):
        says(each, "yes")
        opens(each)
        assert "Your browser asks sites not to follow you" in each.get("/counting/").content.decode()
        assert "May we remember" not in asked_on_the_ask_page(each)
    assert cookie_of(client) is None and not FormSession.objects.exists() and not Visitor.objects.exists()


@pytest.mark.parametrize("value", ["", "x", "a" * 42, "a" * 43, "a" * 44, "ä" * 43, "a" * 5000])
def test_a_cookie_that_we_did_not_give_counts_nobody(value: str) -> None:
    client = Client(headers={"Cookie": f"{COOKIE}={value}".encode().decode("latin-1")})
    opens(client)
    assert not FormSession.objects.exists()


# Yes and no -----------------------------------------------------------------------------------------------------------
def test_a_no_is_remembered_without_any_id_and_ends_the_counting() -> None:
    client = Client()
    says(client, "yes")
    token, key = opens(client), key_of(client)
    says(client, "no")
    assert cookie_of(client) is None and client.cookies[NO_COOKIE].value == "1"
    assert not Visitor.objects.exists()
    tells(client, token, "left")
    opens(client)
    # the fact stays, under a hash whose value nobody has any more
    assert (FormSession.objects.get().person_key, FormSession.objects.get().left_at) == (key, None)


def test_a_no_holds_where_the_site_does_not_ask() -> None:
    mode("on")
    client = Client()
    says(client, "no")
    opens(client)
    assert cookie_of(client) is None and not FormSession.objects.exists()


def test_whoever_changes_their_mind_begins_anew() -> None:
    client = Client()
    says(client, "yes")
    opens(client)
    says(client, "no")
    says(client, "yes")
    assert not client.cookies[NO_COOKIE].value
    opens(client)
    assert FormSession.objects.values("person_key").distinct().count() == 2


def test_a_stolen_copy_of_a_withdrawn_cookie_counts_nobody() -> None:
    client = Client()
    says(client, "yes")
    held = cookie_of(client)
    assert held is not None
    copy = Client(headers={"Cookie": f"{COOKIE}={held.value}"})
    opens(copy)
    says(client, "no")
    opens(copy)
    assert FormSession.objects.count() == 1


def test_a_member_says_it_once_for_all_their_devices() -> None:
    anna = person()
    desk, phone = Client(), Client()
    for each in (desk, phone):
        each.force_login(anna)
        opens(each)
    assert not FormSession.objects.exists()
    says(desk, "yes")
    opens(phone)
    assert FormSession.objects.get().person_key == f"u:{anna.pk}" and cookie_of(desk) is None
    says(phone, "no")
    opens(desk)
    assert FormSession.objects.count() == 1 and list(violations()) == []


def test_a_members_no_forgets_the_browsers_they_were_known_by() -> None:
    phone, anna = Client(), member("anna")
    says(phone, "yes")
    sign_in(phone, "anna")
    assert Visitor.objects.count() == 1
    desk = Client()
    desk.force_login(anna)
    says(desk, "no")
    assert not Visitor.objects.exists()


@pytest.mark.parametrize("answer", ["", "maybe", "yes\x00"])
def test_what_is_neither_yes_nor_no_is_refused(answer: str) -> None:
    client = Client()
    assert says(client, answer).status_code == 400
    assert not client.cookies


def test_the_page_leads_back_to_where_one_was_and_to_no_other_site() -> None:
    assert says(Client(), "no")["Location"] == "/counting/"
    assert Client().post("/counting/", {"counting": "no", "next": "/ask/"})["Location"] == "/ask/"
    assert Client().post("/counting/", {"counting": "no", "next": "https://evil.example/"})["Location"] == "/counting/"


def test_the_page_says_how_it_stands_and_yes_and_no_look_alike() -> None:
    client = Client()
    page = client.get("/counting/").content.decode()
    assert "as long as you do not say yes" in page
    buttons = re.findall(
        r'<button class="([^"]*)" type="submit" name="counting" value="(yes|no)" aria-pressed="false">', page
    )
    assert [value for _look, value in buttons] == ["yes", "no"] and buttons[0][0] == buttons[1][0]
    says(client, "yes")
    assert "You are counted." in client.get("/counting/").content.decode()
    says(client, "no")
    assert "You are not counted." in client.get("/counting/").content.decode()
    mode("off")
    assert "counts nothing of this" in client.get("/counting/").content.decode()


def test_every_page_leads_to_the_choice_unless_the_site_counts_nothing() -> None:
    assert 'href="/counting/"' in Client().get("/").content.decode()
    client = Client()
    client.force_login(person())
    assert client.get("/settings/").content.decode().count('href="/counting/"') == 2
    mode("off")
    assert 'href="/counting/"' not in Client().get("/boards/").content.decode()


# The line on the ask page ---------------------------------------------------------------------------------------------
def asked_on_the_ask_page(client: Client) -> str:
    """What the fragment shows to whoever has this browser."""
    request = client.get("/ask/").wsgi_request
    return str(engines["django"].from_string('{% include "community/consent.html" %}').render({}, request))


def test_the_question_is_put_once_with_yes_and_no_alike() -> None:
    client = Client()
    line = asked_on_the_ask_page(client)
    looks = re.findall(r'<button class="([^"]*)" type="submit" name="counting" value="(?:yes|no)">', line)
    assert "May we remember" in line and len(looks) == 2 and looks[0] == looks[1]
    for answer in ("no", "yes"):
        says(client, answer)
        assert asked_on_the_ask_page(client).strip() == ""


@pytest.mark.parametrize("way", ["on", "off"])
def test_nobody_is_asked_where_the_site_does_not_ask(way: str) -> None:
    mode(way)
    assert asked_on_the_ask_page(Client()).strip() == ""


def test_a_script_gets_a_short_answer() -> None:
    client = Client()
    assert says(client, "yes", headers={"HX-Request": "true"}).status_code == 204
    assert cookie_of(client)


@pytest.mark.django_db(transaction=True)
def test_a_visitor_with_the_cookie_is_served_the_kept_page_and_leaves_nothing_in_it() -> None:
    question, client = thread(), Client()
    says(client, "yes", headers={"HX-Request": "true"})
    pages = [each.get(question.get_absolute_url()) for each in (client, Client(), client)]
    held = cookie_of(client)
    assert held is not None and len(CACHE) == 1 and len({page.content for page in pages}) == 1
    assert not any(page.cookies for page in pages)
    assert held.value not in pages[0].content.decode() and "csrf" not in pages[0].content.decode()
