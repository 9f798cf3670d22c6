"""In which language somebody is spoken to: their own choice, the browser's wish, the site's own; and in mails too."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from community import clock
from community.actions import invitations
from community.actions.people import choose_language
from community.errors import NotAllowed
from community.models import Thread, User
from community.reading.page_cache import CACHE
from community.templatetags.ui import compact
from tests.community.accounts import member
from tests.community.reading import browser_of
from tests.factories import admin, board, person, reply, thread

pytestmark = pytest.mark.django_db

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}


def spoken(client: Client, address: str = "/boards/", **headers: str) -> str:
    """The language of the page, as it says itself; what is written on it agrees."""
    page = client.get(address, headers=headers)
    text = page.content.decode()
    found = re.search(r'<html lang="([^"]*)" dir="ltr">', text)
    assert found, text[:300]
    assert page["Content-Language"] == found[1]
    assert {"en": ">Skip to content<", "de": ">Zum Inhalt<"}.get(found[1], "<") in text
    return found[1]


def choose(client: Client, language: str, **more: str) -> Any:
    return client.post("/language/", {"language": language, **more})


# The order ------------------------------------------------------------------------------------------------------------
def test_a_visitor_is_spoken_to_as_their_browser_wishes() -> None:
    assert spoken(Client(), **GERMAN) == "de"
    assert spoken(Client(), **ENGLISH) == "en"


def test_a_visitors_choice_beats_their_browser() -> None:
    client = Client()
    choose(client, "de")
    assert spoken(client, **ENGLISH) == "de"
    choose(client, "en")
    assert spoken(client, **GERMAN) == "en"


def test_ones_own_setting_beats_the_choice_and_the_browser() -> None:
    client = browser_of(person(language="de"))
    client.cookies["django_language"] = "en"
    assert spoken(client, **ENGLISH) == "de"


def test_somebody_without_a_setting_is_spoken_to_as_their_browser_wishes() -> None:
    assert spoken(browser_of(person(language="")), **GERMAN) == "de"


@pytest.mark.parametrize("wish", ["", "tlh", "xx-XX,*;q=0.1", "de" * 3000, "\\", "de;q=x"])
def test_where_the_browser_asks_for_nothing_we_speak_the_site_speaks_its_own(settings, wish: str) -> None:
    settings.LANGUAGE_CODE = "de"
    assert spoken(Client(), **({"Accept-Language": wish} if wish else {})) == "de"


# The switch -----------------------------------------------------------------------------------------------------------
def test_the_foot_of_every_page_leads_to_the_languages_each_by_its_own_name() -> None:
    foot = Client().get("/threads/?state=new", headers=GERMAN).content.decode().split("<footer")[1]
    for code, name in (("en", "English"), ("de", "Deutsch"), ("es", "Español")):
        assert re.search(rf'<a href="/language/\?next=/threads/%3Fstate%3Dnew" lang="{code}"[^>]*>{name}</a>', foot)
    assert 'lang="de" rel="nofollow" aria-current="true"' in foot


def test_whoever_chooses_is_led_back_to_where_they_were() -> None:
    client = Client()
    page = client.get("/language/?next=/threads/%3Fstate%3Dnew").content.decode()
    assert 'name="next" value="/threads/?state=new"' in page
    assert re.search(r'value="de" aria-pressed="false"><span lang="de">Deutsch</span>', page)
    assert re.search(r'value="en" aria-pressed="true"><svg.*?<span lang="en">English</span>', page)
    answered = choose(client, "de", next="/threads/?state=new")
    assert (answered.status_code, answered["Location"]) == (303, "/threads/?state=new")


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(address: str) -> None:
    assert (
        "evil"
        not in Client().get("/language/", {"next": address}).content.decode().split("<form")[1].split("</form")[0]
    )
    assert choose(Client(), "de", next=address)["Location"] == "/"


def test_the_choice_can_be_left_to_the_browser_again() -> None:
    client = Client()
    choose(client, "de")
    choose(client, "")
    assert spoken(client, **ENGLISH) == "en"


def test_a_member_who_chooses_keeps_the_choice_on_other_devices() -> None:
    maja = person()
    choose(browser_of(maja), "de")
    assert User.objects.get(pk=maja.pk).language == "de"
    assert spoken(browser_of(maja), **ENGLISH) == "de"
    choose(browser_of(maja), "")
    assert User.objects.get(pk=maja.pk).language == ""


def test_a_language_the_site_does_not_speak_is_refused() -> None:
    client = Client()
    assert choose(client, "tlh").status_code == 400
    assert "django_language" not in client.cookies
    client.cookies["django_language"] = "tlh"
    assert spoken(client, **GERMAN) == "de"


def test_only_a_member_has_a_setting() -> None:
    with pytest.raises(NotAllowed):
        choose_language(actor=person(is_active=False), language="de")


def test_the_settings_offer_each_language_by_its_own_name() -> None:
    page = browser_of(person()).get("/settings/", headers=GERMAN).content.decode()
    assert re.search(r'<option value="es"[^>]*>Español</option>', page)


# Kept pages -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_chosen_language_is_served_from_the_kept_pages_of_that_language() -> None:
    board("Routers")
    chose_german, chose_english = Client(), Client()
    choose(chose_german, "de")
    choose(chose_english, "en")
    CACHE.clear()
    for _time in range(2):
        assert spoken(chose_german, **ENGLISH) == "de"
        assert spoken(Client(), **GERMAN) == "de"
        assert spoken(chose_english, **GERMAN) == "en"
        assert spoken(Client(), **ENGLISH) == "en"
        assert len(CACHE) == 2


# Mails ----------------------------------------------------------------------------------------------------------------
def test_a_code_is_mailed_in_the_readers_language_not_in_that_of_whoever_asked_for_it() -> None:
    member("maja", language="de")
    Client().post("/accounts/password/reset/", {"email": "maja@example.com"}, headers=ENGLISH)
    assert mail.outbox[-1].subject.startswith("Ihr Code für ein neues Passwort")
    assert "Geben Sie diesen Code dort ein" in mail.outbox[-1].body


def test_a_visitors_mail_speaks_as_their_browser_does() -> None:
    member("maja")
    Client().post("/accounts/password/reset/", {"email": "maja@example.com"}, headers=GERMAN)
    assert mail.outbox[-1].subject.startswith("Ihr Code für ein neues Passwort")


def test_an_invitation_speaks_the_language_of_who_is_invited_else_the_sites(settings) -> None:
    settings.LANGUAGE_CODE = "de"
    boss = admin()
    member("maja", language="en")
    for address, words in (("maja@example.com", "invites you"), ("new@example.com", "lädt Sie")):
        invited = invitations.invite(actor=boss, address=address, role="moderator")
        invitations.mail_invitation(invitation=invited, site_address="http://testserver")
        assert words in mail.outbox[-1].body


# What people wrote ----------------------------------------------------------------------------------------------------
def test_what_is_written_in_another_language_says_so() -> None:
    question = thread(title="Mein Router zeigt ein rotes Licht", body="Seit dem Update ist es rot und geht nicht aus.")
    Thread.objects.filter(pk=question.pk).update(language="de")
    reply(question)
    for address in ("/threads/", question.get_absolute_url()):
        assert 'dir="auto" lang="de">Mein Router' in Client().get(address, headers=ENGLISH).content.decode(), address
        assert 'dir="auto">Mein Router' in Client().get(address, headers=GERMAN).content.decode(), address
    page = Client().get(question.get_absolute_url(), headers=ENGLISH).content.decode()
    assert page.count('<div class="prose" dir="auto" lang="de">') == 2


# Counts and dates -----------------------------------------------------------------------------------------------------
def test_counts_and_dates_are_written_as_the_reader_is_used_to() -> None:
    with translation.override("de"):
        assert (compact(999), compact(1240), compact(34_900), compact(1_250_000)) == (
            "999",
            "1,2\xa0Tsd",
            "34\xa0Tsd",
            "1,2\xa0Mio",
        )
    moment = clock.now().replace(year=2026, month=3, day=5, hour=9)
    with clock.at(moment):
        question = thread()
    assert ">5. März 2026<" in Client().get(question.get_absolute_url(), headers=GERMAN).content.decode()
    assert ">March 5, 2026<" in Client().get(question.get_absolute_url(), headers=ENGLISH).content.decode()


def test_one_answer_is_one_and_two_are_two_in_german() -> None:
    question = thread()
    reply(question)
    assert "1 Antwort<" in Client().get(question.get_absolute_url(), headers=GERMAN).content.decode()
    reply(question)
    assert "2 Antworten<" in Client().get(question.get_absolute_url(), headers=GERMAN).content.decode()


def test_the_page_of_languages_asks_the_database_next_to_nothing(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(2):
        Client().get("/language/")


# Whole sentences ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/ask/", "/accounts/login/code/"]
)
def test_a_form_sent_empty_says_in_a_sentence_what_is_missing(address: str) -> None:
    for headers, library in ((ENGLISH, "This field is required"), (GERMAN, "Dieses Feld ist zwingend erforderlich")):
        page = Client().post(address, {"sent": "1"}, headers=headers).content.decode()
        assert library not in page
        assert ("Please " if headers is ENGLISH else "Bitte ") in page
