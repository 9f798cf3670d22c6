"""Being counted: signing in and out, and what scripts tell."""

from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.actions import measuring
from community.actions.demo_people import make_demo_people
from community.actions.limits import LIMITS, Limit, Limits
from community.integrity import violations
from community.models import Consent, FormSession, PersonAlias, SuggestionEvent, Thread, User
from tests.community.accounts import app_code, mailed_code, member, sign_in, signed_in_as
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
from tests.factories import board, person, thread

pytestmark = pytest.mark.django_db


FINISH = "/ask/finish/"


def shown(client: Client, token: str, *threads: Thread) -> None:
    """What the server does when it serves suggestions to this browser's form."""
    key = FormSession.objects.get(token=token).person_key
    measuring.record_shown(person_key=key, token=token, thread_ids=[each.pk for each in threads])


def kinds() -> set[str]:
    return set(SuggestionEvent.objects.values_list("kind", flat=True))


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


@pytest.mark.usefixtures("usual_limits")
def test_a_script_that_lost_its_patience_is_slowed_down(counted: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = {"token": str(uuid4()), "surface": "ask"}
    few = (Limit(2, 600),)
    monkeypatch.setitem(LIMITS, "beacon", Limits("So it is.", new=few, member=few, address=few))
    for who in ("a visitor", "a member"):
        told = [counted.post("/forms/event/", sent | {"kind": "left"}) for _each in range(3)]
        assert [each.status_code for each in told] == [204, 204, 429], who
        assert 0 < int(told[-1]["Retry-After"]) <= 1200
        counted.force_login(person())


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
