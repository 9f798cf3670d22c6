"""Who is counted, and what their browser is given: nothing before a yes, nothing after a no, nothing on a GET."""

import re
import time
from hashlib import sha256
from http.cookies import Morsel
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as site
from django.db import connection
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.accounts.visitors import NO_COOKIE
from community.actions import measuring
from community.actions.demo_people import make_demo_people
from community.integrity import violations
from community.models import Brand, Consent, FormSession, PersonAlias, SuggestionEvent, Thread, User, Visitor
from community.reading.page_cache import CACHE
from community.views.measuring import PACE_OF_ADDRESS, PACE_OF_PERSON
from tests.community.accounts import app_code, mailed_code, member, sign_in, signed_in_as
from tests.factories import board, person, thread

pytestmark = pytest.mark.django_db
COOKIE = site.VISITOR_COOKIE_NAME
FINISH = "/ask/finish/"


@pytest.fixture(autouse=True)
def brand() -> Brand:
    return Brand.objects.get_or_create(pk=1)[0]


def mode(wanted: str) -> None:
    Brand.objects.filter(pk=1).update(counting=wanted)


def opens(client: Client, token: str = "", **more: Any) -> str:
    """The page's script says that a form stands there; the form's token."""
    token = token or str(uuid4())
    assert client.post("/forms/open/", {"token": token, "surface": "ask"}, **more).status_code == 204
    return token


def tells(client: Client, token: str, kind: str, about: Thread | None = None, **fields: Any) -> None:
    sent = {"token": token, "kind": kind, "thread": about.pk if about else "", **fields}
    assert client.post("/forms/event/", sent).status_code == 204


def says(client: Client, answer: str, **more: Any) -> Any:
    return client.post("/counting/", {"counting": answer}, **more)


def cookie_of(client: Client) -> Morsel[str] | None:
    """The visitor's cookie as the browser holds it."""
    found = client.cookies.get(COOKIE)
    return found if found is not None and found.value else None


def key_of(client: Client) -> str:
    """The key of the visitor with this browser, computed a second time here."""
    held = cookie_of(client)
    assert held is not None
    return f"a:{sha256(held.value.encode()).hexdigest()}"


def shown(client: Client, token: str, *threads: Thread) -> None:
    """What the server does when it serves suggestions to this browser's form."""
    key = FormSession.objects.get(token=token).person_key
    measuring.record_shown(person_key=key, token=token, thread_ids=[each.pk for each in threads])


def kinds() -> set[str]:
    return set(SuggestionEvent.objects.values_list("kind", flat=True))


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


# Signing in and out ---------------------------------------------------------------------------------------------------
def by_password(client: Client, anna: User) -> None:
    sign_in(client, "anna")


def by_mailed_code(client: Client, anna: User) -> None:
    there = client.post(FINISH, {"email": anna.email})["Location"]
    client.post(there, {"code": mailed_code()})


def by_password_and_second_factor(client: Client, anna: User) -> None:
    Authenticator.objects.create(user=anna, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    there = sign_in(client, "anna")["Location"]
    assert not PersonAlias.objects.exists()
    client.post(there, {"code": app_code()})


@pytest.mark.parametrize("way", [by_password, by_mailed_code, by_password_and_second_factor])
def test_signing_in_says_who_the_visitor_was_exactly_once(way: Any) -> None:
    anna, client = member("anna"), Client()
    says(client, "yes")
    key, token = key_of(client), opens(client)
    way(client, anna)
    assert signed_in_as(client) == anna
    alias = PersonAlias.objects.get()
    assert (alias.visitor_key, alias.person) == (key, anna)
    # the yes is theirs, and the form they had begun stays theirs
    assert Consent.objects.get(person=anna).is_given
    question = thread()
    shown(client, token, question)
    tells(client, token, "opened", question)
    tells(client, token, "left")
    session = FormSession.objects.get()
    assert (session.person_key, session.left_at is not None, kinds()) == (key, True, {"shown", "opened"})
    opens(client, token)
    assert FormSession.objects.count() == 1
    mine = thread(anna)
    again = opens(client)
    measuring.record_submitted(person_key=f"u:{anna.pk}", token=again, thread=mine)
    assert set(FormSession.objects.values_list("person_key", flat=True)) == {key, f"u:{anna.pk}"}
    assert list(violations()) == []


def test_signing_up_says_it_too() -> None:
    client = Client()
    says(client, "yes")
    fields = {"email": "nina@example.org", "username": "nina", "password1": "seven green bicycles"}
    client.post("/accounts/signup/", fields)
    assert not PersonAlias.objects.exists()
    client.post("/accounts/confirm-email/", {"code": mailed_code()})
    assert PersonAlias.objects.get().person.username == "nina"


def test_signing_out_ends_the_visitor_too() -> None:
    member("anna")
    client = Client()
    says(client, "yes")
    sign_in(client, "anna")
    assert cookie_of(client)
    client.post("/accounts/logout/")
    assert signed_in_as(client) is None and cookie_of(client) is None
    opens(client)
    assert not FormSession.objects.exists()  # whoever sits there now is asked again


def test_a_session_that_was_ended_elsewhere_ends_the_visitor_too() -> None:
    member("anna")
    client = Client()
    says(client, "yes")
    sign_in(client, "anna")
    client.session.flush()
    client.cookies[site.SESSION_COOKIE_NAME] = "gone" * 8
    client.get("/boards/")
    assert cookie_of(client) is None


def test_two_people_at_one_computer_are_two_people() -> None:
    anna, ben, client = member("anna"), member("ben"), Client()
    says(client, "yes")
    sign_in(client, "anna")
    client.cookies.pop(site.SESSION_COOKIE_NAME)  # the browser forgot her session, and kept the visitor
    sign_in(client, "ben")
    assert signed_in_as(client) == ben
    assert PersonAlias.objects.get().person == anna and cookie_of(client) is None
    assert not Consent.objects.filter(person=ben).exists()


def test_in_the_demo_looking_as_somebody_else_is_being_somebody_else(settings: Any) -> None:
    settings.DEMO = True
    make_demo_people()
    client = Client(HTTP_HOST="localhost:8000", HTTP_ORIGIN="http://localhost:8000")
    client.post("/demo/look-as/customer/")
    client.cookies[COOKIE] = "k" * 43  # a visitor of whom nothing is known yet
    measuring.welcome_visitor(key=key_of(client), agreed=True)
    client.post("/demo/look-as/helper/")
    assert not PersonAlias.objects.exists() and cookie_of(client) is None
    says(client, "yes")
    client.post("/accounts/logout/")
    says(client, "yes")
    client.post("/demo/look-as/helper/")
    assert PersonAlias.objects.get().person.username == "helper"


def test_signing_in_again_changes_nothing() -> None:
    member("anna")
    client = Client()
    says(client, "yes")
    for _ in range(3):
        sign_in(client, "anna")
        client.cookies.pop(site.SESSION_COOKIE_NAME)
    assert PersonAlias.objects.count() == 1 and cookie_of(client)


def test_a_member_who_once_said_no_stays_uncounted_whatever_the_visitor_said() -> None:
    anna, client = member("anna"), Client()
    measuring.say_consent(actor=anna, is_given=False)
    says(client, "yes")
    sign_in(client, "anna")
    opens(client)
    assert not PersonAlias.objects.exists() and not FormSession.objects.exists() and cookie_of(client) is None


def test_who_was_never_asked_gives_no_yes_by_signing_in() -> None:
    mode("on")
    anna, client = member("anna"), Client()
    opens(client)
    sign_in(client, "anna")
    assert PersonAlias.objects.get().person == anna and not Consent.objects.exists()


# What scripts tell ----------------------------------------------------------------------------------------------------
@pytest.fixture
def counted() -> Client:
    """The browser of a visitor who said yes."""
    client = Client()
    says(client, "yes")
    return client


def test_two_tabs_are_two_forms_of_one_person(counted: Client) -> None:
    first, second = opens(counted), opens(counted)
    question = thread()
    shown(counted, first, question)
    shown(counted, second, question)
    tells(counted, first, "solved", question, stops="yes")
    tells(counted, second, "left")
    one, two = FormSession.objects.get(token=first), FormSession.objects.get(token=second)
    assert one.person_key == two.person_key and (one.left_at, two.left_at is not None) == (None, True)
    assert set(one.events.values_list("kind", "stops")) == {("shown", None), ("solved", True)}
    assert set(two.events.values_list("kind", flat=True)) == {"shown"}


def test_nobody_elses_form_can_be_touched_and_the_answer_does_not_tell(counted: Client) -> None:
    token, question = opens(counted), thread()
    shown(counted, token, question)
    ben, other = Client(), Client()
    ben.force_login(person())
    says(ben, "yes")
    says(other, "yes")
    for stranger in (ben, other, Client()):
        for kind in ("opened", "solved", "not_solved", "me_too", "left"):
            tells(stranger, token, kind, question)
            tells(stranger, str(uuid4()), kind, question)
        opens(stranger, token)
    assert kinds() == {"shown"} and FormSession.objects.get().left_at is None


def test_only_what_was_shown_in_this_form_can_have_been_opened_or_have_solved_it(counted: Client) -> None:
    token, question, other = opens(counted), thread(), thread()
    shown(counted, token, question)
    for kind in ("opened", "solved", "not_solved", "me_too"):
        tells(counted, token, kind, other)
    assert kinds() == {"shown"}


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"token": "x", "kind": "left"},
        {"token": str(uuid4()).upper(), "kind": "left"},
        {"token": f"{uuid4()}\n", "kind": "left"},
        {"token": str(uuid4()), "kind": "shown", "thread": "1"},
        {"token": str(uuid4()), "kind": "submitted", "thread": "1"},
        {"token": str(uuid4()), "kind": "opened"},
        {"token": str(uuid4()), "kind": "opened", "thread": "0"},
        {"token": str(uuid4()), "kind": "opened", "thread": "-1"},
        {"token": str(uuid4()), "kind": "opened", "thread": "9" * 30},
        {"token": str(uuid4()), "kind": "solved", "thread": "1", "stops": "perhaps"},
    ],
)
def test_what_no_page_of_ours_sends_is_refused(counted: Client, sent: dict[str, str]) -> None:
    assert counted.post("/forms/event/", sent).status_code == 400


@pytest.mark.parametrize(
    "sent", [{"token": "x"}, {"surface": "<b>"}, {"surface": ""}, {"linked_from": "x"}, {"board": "x" * 200}]
)
def test_a_form_that_none_of_our_pages_has_is_refused(counted: Client, sent: dict[str, str]) -> None:
    assert counted.post("/forms/open/", {"token": str(uuid4()), "surface": "ask"} | sent).status_code == 400
    assert not FormSession.objects.exists()


def test_a_form_of_a_kind_the_site_does_not_have_is_not_counted(counted: Client) -> None:
    assert counted.post("/forms/open/", {"token": str(uuid4()), "surface": "nowhere"}).status_code == 204
    assert not FormSession.objects.exists()


def test_the_form_knows_its_board_and_where_somebody_came_from_as_far_as_they_may_see_it(counted: Client) -> None:
    mine, hidden = board("Open"), board("Closed", audience="signed_in")
    seen, unseen = thread(on=mine), thread(on=hidden)
    for where, origin in ((mine, seen), (hidden, unseen)):
        sent = {"token": str(uuid4()), "surface": "ask", "board": where.slug, "linked_from": origin.pk}
        assert counted.post("/forms/open/", sent).status_code == 204
    found = FormSession.objects.order_by("pk").values_list("board_id", "from_thread_id")
    assert list(found) == [(mine.pk, seen.pk), (None, None)]


def test_a_script_that_lost_its_patience_is_slowed_down(counted: Client) -> None:
    sent = {"token": str(uuid4()), "surface": "ask"}
    PACE_OF_ADDRESS._counts["127.0.0.1"] = PACE_OF_ADDRESS.most
    PACE_OF_ADDRESS._began = time.monotonic()
    late = counted.post("/forms/open/", sent)
    assert (late.status_code, late["Retry-After"]) == (429, "60")
    anna = person()
    counted.force_login(anna)
    PACE_OF_PERSON._began = PACE_OF_ADDRESS._began
    PACE_OF_PERSON._counts[anna.pk] = PACE_OF_PERSON.most
    assert counted.post("/forms/event/", sent | {"kind": "left"}).status_code == 429


def test_no_form_without_the_pages_own_token() -> None:
    client = Client(enforce_csrf_checks=True)
    for address in ("/forms/open/", "/forms/event/", "/counting/"):
        assert client.post(address, {"token": str(uuid4()), "surface": "ask", "counting": "yes"}).status_code == 403
    assert cookie_of(client) is None


def test_telling_costs_a_handful_of_queries_however_much_was_told(counted: Client) -> None:
    token, questions = opens(counted), [thread() for _ in range(3)]
    shown(counted, token, *questions)

    def cost(kind: str, about: Thread | None = None) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            tells(counted, token, kind, about)
        return len(queries)

    first = cost("opened", questions[0])
    for each in questions:
        tells(counted, token, "solved", each)
    assert cost("opened", questions[1]) == first <= 12
    assert cost("left") <= 12
    with CaptureQueriesContext(connection) as queries:
        opens(counted)
    assert len(queries) <= 12
    with CaptureQueriesContext(connection) as queries:
        counted.get("/counting/")
    assert len(queries) <= 12
