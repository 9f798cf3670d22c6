"""What went wrong is told in plain words, with a way on, in the brand's name and the reader's language."""

import re
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client, override_settings
from django.urls import reverse

from community.actions import moderation
from community.actions.brand import write_brand
from community.reading import page_cache
from tests.community.accounts import PASSWORD, member
from tests.factories import board, moderator, thread

pytestmark = pytest.mark.django_db


def told(response: Any) -> str:
    """The page's text, without tags."""
    text = re.sub(r"<(head|svg|script)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def nordwave() -> None:
    write_brand(actor=None, name="Nordwave", accent="#0f6b6b")


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.usefixtures("nordwave")
@pytest.mark.parametrize(("address", "status"), [("/nowhere/", 404), ("/?q=%00", 400), ("/t/999999/", 404)])
def test_every_error_is_told_in_the_brands_name_and_leads_on(client: Client, address: str, status: int) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert "Nordwave" in told(response)
    assert re.search(r'href="/"', response.content.decode())
    assert b"Peerdesk" not in response.content


@pytest.mark.usefixtures("nordwave")
def test_a_page_that_breaks_still_looks_like_the_site(client: Client) -> None:
    with override_settings(ROOT_URLCONF="tests.browser.all_urls"):
        response = client.get("/broken/")
    assert response.status_code == 500
    assert "not your fault" in told(response) and "Nordwave" in told(response)
    assert b"site-footer" in response.content


def test_a_page_whose_frame_breaks_too_is_told_bare(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: Any) -> None:
        raise ValueError("the frame")

    monkeypatch.setattr("community.context_processors._brand.rows", gone)
    with override_settings(ROOT_URLCONF="tests.browser.all_urls"):
        response = client.get("/broken/")
    assert response.status_code == 500
    assert "not your fault" in told(response)
    assert b"site-footer" not in response.content


def test_when_the_database_is_away_the_site_says_when_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise OperationalError("connection failed: Connection refused")

    page_cache.CACHE.clear()
    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/boards/", headers={"accept-language": "en"})
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert "Try again in a minute" in told(response)


def test_too_many_attempts_are_told_when_to_try_again(client: Client) -> None:
    with override_settings(ACCOUNT_RATE_LIMITS={"login": "1/m/ip"}):
        data = {"login": "nobody", "password": "wrong"}
        answers = [client.post("/accounts/login/", data) for _attempt in range(2)]
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "60"
    assert re.search(r"after\s+<time datetime=", answers[-1].content.decode())


def test_an_old_form_says_that_nothing_was_sent(client: Client) -> None:
    member("anna")
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    assert response.status_code == 403
    assert "Nothing was sent" in told(response)
    assert b"site-footer" in response.content


def test_the_address_of_a_button_says_so_to_whoever_reads_it(client: Client) -> None:
    asked = thread(on=board("Routers"))
    client.force_login(moderator())
    response = client.get(reverse("hide_thread", args=[asked.pk]))
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "Nothing was changed" in told(response)


def test_what_is_too_large_says_so(client: Client) -> None:
    with override_settings(MAX_REQUEST_SIZE=10):
        response = client.post("/ask/", {"title": "A question that is longer than that"})
    assert response.status_code == 413
    assert "too much at once" in told(response)


def test_whoever_is_refused_finds_the_way_back(client: Client) -> None:
    asked = thread(on=board("Routers"))
    moderation.lock(actor=moderator(), thread_id=asked.pk)
    client.force_login(member("anna"))
    page = "http://testserver" + asked.get_absolute_url()
    response = client.post(reverse("join_thread", args=[asked.pk]), headers={"referer": page})
    assert response.status_code == 403
    assert f'href="{page}"' in response.content.decode()
    elsewhere = client.post(reverse("join_thread", args=[asked.pk]), headers={"referer": "https://evil.example/"})
    assert "evil.example" not in elsewhere.content.decode()
