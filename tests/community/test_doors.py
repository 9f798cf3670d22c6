"""Whoever knocks too often is told so, at every door, by whatever address they claim to come from."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from community.accounts.count_cache import CountCache
from community.accounts.doors import ENTRANCES, OWN
from community.actions.limits import LIMITS, Limit, Limits
from tests.community.accounts import app_code, member, sign_in, signed_in_as
from tests.community.test_hot_paths import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("usual_limits")]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three of everything at the doors."""
    for what in {*ENTRANCES.values(), "account", "password", "factor"}:
        row = (Limit(3, 600),)
        monkeypatch.setitem(LIMITS, what, Limits(LIMITS[what].why, new=row, member=row, address=row))


def path_of(name: str) -> str:
    return reverse(name, args=["made-up"]) if name == "accept_invitation" else reverse(name)


@pytest.mark.parametrize("name", sorted(ENTRANCES))
def test_every_door_says_when_to_knock_again_whatever_is_claimed(few: None, name: str) -> None:
    claims = [f"203.0.113.{number}" for number in range(9)]
    told = [
        Client().post(path_of(name), {"email": f"p{n}@example.org"}, HTTP_X_FORWARDED_FOR=claims[n]) for n in range(4)
    ]
    assert 429 not in [each.status_code for each in told[:3]]
    assert told[3].status_code == 429
    assert 0 < int(told[3]["Retry-After"]) <= 1200
    page = told[3].content.decode()
    assert "many attempts from your connection" in page and "Please try again in" in page
    assert '<time datetime="20' in page
    other = Client(REMOTE_ADDR="198.51.100.20").post(path_of(name), {"email": "other@example.org"})
    assert other.status_code != 429, "other people's doors stay open"


def test_reading_a_door_costs_and_counts_nothing(few: None) -> None:
    browser = Client()
    assert {browser.get("/accounts/login/").status_code for _each in range(9)} == {200}


def test_every_form_of_the_account_is_counted() -> None:
    """A form that allauth brings with its next version is noticed here."""
    quiet = {"account_logout", "account_inactive", "account_password_reset_completed", "usersessions_list"}
    quiet |= {"mfa_index", "mfa_view_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn"}
    theirs = {
        name
        for name in get_resolver().reverse_dict
        if isinstance(name, str) and name.startswith(("account_", "mfa_", "usersessions_"))
    }
    assert theirs - quiet == {each for each in {*ENTRANCES, *OWN} if each.startswith(("account_", "mfa_"))}


def test_guessing_one_persons_password_is_told_alike_for_a_name_that_nobody_has(few: None) -> None:
    member("maja")
    for name in ("maja", "nobody.here"):
        told = [sign_in(Client(REMOTE_ADDR=f"198.51.100.{n}"), name, f"guess {n}") for n in range(4)]
        assert [each.status_code for each in told] == [200, 200, 200, 429], name
        assert "many attempts to sign in with this name" in told[3].content.decode()


def test_signing_in_often_with_the_right_password_keeps_nobody_out(few: None) -> None:
    member("maja")
    for number in range(9):
        browser = Client(REMOTE_ADDR=f"198.51.100.{number}")
        sign_in(browser, "maja")
        assert signed_in_as(browser) is not None


def test_guessing_codes_of_the_app_is_stopped_for_the_person(few: None) -> None:
    member("mona", "moderator")
    told = []
    for number in range(4):
        browser = Client(REMOTE_ADDR=f"198.51.100.{number}")
        sign_in(browser, "mona")
        told.append(browser.post("/accounts/2fa/authenticate/", {"code": "000000"}))
    assert [each.status_code for each in told] == [200, 200, 200, 429]
    assert browser.post("/accounts/2fa/authenticate/", {"code": app_code()}).status_code == 429
    assert signed_in_as(browser) is None


# Where allauth counts -------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_a_lock_that_is_too_old_one_has_it() -> None:
    assert cache.add("lock", 1, timeout=60)
    assert not cache.add("lock", 2, timeout=60)
    for _round in range(5):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE community_rate_limit SET expires = now() - interval '1 second'")
        taken = at_once(*[lambda: cache.add("lock", 1, timeout=60) for _each in range(8)])
        assert sorted(taken) == [False] * 7 + [True]


def test_many_keys_push_out_none_that_still_counts() -> None:
    small = CountCache("community_rate_limit", {"OPTIONS": {"MAX_ENTRIES": 3}})
    for number in range(9):
        small.set(f"key{number}", number, timeout=60)
    assert [small.get(f"key{number}") for number in range(9)] == list(range(9))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE community_rate_limit SET expires = now() - interval '1 second'")
    small.set("one-more", 1, timeout=60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM community_rate_limit")
        assert cursor.fetchone() == (1,)
