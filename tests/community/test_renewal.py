"""Whoever changes password, address or second factor stays in, and everybody else who was in with them is out."""

import re
from threading import Thread
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory

from community.accounts.renewal import RenewalMiddleware
from community.accounts.sessions import SessionStore
from community.models import User
from community.notices.solved import BadToken, make_token, read_token
from community.notices.stops import ALL, token_of
from community.notices.stops import read_token as read_stop
from community.roles import Role
from tests.community.accounts import PASSWORD, app_code, mailed_code, member, sign_in, signed_in_as
from tests.factories import reply, thread

pytestmark = pytest.mark.django_db

NEW = "seven green bicycles"


@pytest.fixture
def anna() -> User:
    return member("anna")


@pytest.fixture
def here(anna: User) -> Client:
    """The browser in which she makes the change."""
    browser = Client()
    sign_in(browser, "anna")
    return browser


@pytest.fixture
def there(anna: User) -> Client:
    """Somebody else's hands on her account, or another device of hers."""
    browser = Client()
    sign_in(browser, "anna")
    return browser


def again(browser: Client) -> None:
    """Answer the question whether it is still her."""
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})


def only_here(here: Client, there: Client) -> bool:
    return signed_in_as(here) is not None and signed_in_as(there) is None


def test_a_new_password_ends_every_session_but_the_one_in_use(here: Client, there: Client) -> None:
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert only_here(here, there)
    assert UserSession.objects.count() == 1, "the rows of ended sessions are gone too"


def test_a_new_main_address_ends_every_session_but_the_one_in_use(anna: User, here: Client, there: Client) -> None:
    EmailAddress.objects.create(user=anna, email="anna@example.org", verified=True)
    again(here)
    here.post("/accounts/email/", {"email": "anna@example.org", "action_primary": ""})
    assert User.objects.get(pk=anna.pk).email == "anna@example.org"
    assert only_here(here, there)


def test_removing_an_address_ends_every_session_but_the_one_in_use(anna: User, here: Client, there: Client) -> None:
    EmailAddress.objects.create(user=anna, email="anna@example.org", verified=True)
    again(here)
    here.post("/accounts/email/", {"email": "anna@example.org", "action_remove": ""})
    assert not EmailAddress.objects.filter(email="anna@example.org").exists()
    assert only_here(here, there)


def test_setting_up_an_app_and_taking_it_away_end_every_session_but_the_one_in_use(
    anna: User, here: Client, there: Client
) -> None:
    again(here)
    page = here.get("/accounts/2fa/totp/activate/").content.decode()
    here.post("/accounts/2fa/totp/activate/", {"code": app_code(re.findall(r"<code>([A-Z2-7]+)</code>", page)[0])})
    assert Authenticator.objects.filter(user=anna, type="totp").exists()
    assert only_here(here, there)

    third = Client()
    third.force_login(User.objects.get(pk=anna.pk))
    here.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=anna, type="totp").exists()
    assert only_here(here, third)


def test_a_forgotten_password_ends_every_session(here: Client) -> None:
    stranger = Client()
    stranger.post("/accounts/password/reset/", {"email": "anna@example.com"})
    stranger.post("/accounts/password/reset/confirm/", {"code": mailed_code()})
    stranger.post("/accounts/password/reset/complete/", {"password1": NEW, "password2": NEW})
    assert User.objects.get(username="anna").check_password(NEW)
    assert signed_in_as(here) is None


def test_whatever_else_changes_an_account_ends_its_sessions(anna: User, here: Client) -> None:
    with connection.cursor() as cursor:  # an administrator's line of SQL
        cursor.execute("DELETE FROM account_emailaddress WHERE user_id = %s", [anna.pk])
    assert signed_in_as(here) is None


def test_what_says_nothing_about_signing_in_ends_nothing(anna: User, here: Client, there: Client) -> None:
    here.post("/settings/", {"display_name": "Anna", "language": "", "time_zone": ""})
    EmailAddress.objects.create(user=anna, email="new@example.org", verified=False).delete()
    assert signed_in_as(here) is not None and signed_in_as(there) is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_own", [True, False])
def test_only_the_request_that_made_the_change_keeps_its_session(anna: User, is_own: bool) -> None:
    """A request of somebody else's session that runs at the same moment does not slip through."""

    def change() -> None:
        User.objects.filter(pk=anna.pk).update(email="anna@example.org")

    def elsewhere() -> None:
        change()
        connection.close()

    def view(_request: Any) -> HttpResponse:
        if is_own:
            change()
        else:
            other = Thread(target=elsewhere)
            other.start()
            other.join()
        return HttpResponse()

    request = RequestFactory().post("/accounts/email/")
    request.session, request.user = SessionStore(), User.objects.get(pk=anna.pk)
    RenewalMiddleware(view)(request)
    assert (HASH_SESSION_KEY in request.session) is is_own


def test_saving_a_row_that_was_read_before_puts_no_older_count_back(anna: User) -> None:
    old = User.objects.get(pk=anna.pk)
    Authenticator.objects.create(user=anna, type=Authenticator.Type.TOTP, data={"secret": "x"})
    old.save()
    assert User.objects.get(pk=anna.pk).renewals == 1


# What was mailed ------------------------------------------------------------------------------------------------------
def test_a_code_for_signing_in_dies_with_the_password(anna: User) -> None:
    thief = Client()
    confirm = thief.post("/accounts/login/code/", {"email": "anna@example.com"})["Location"]
    code = mailed_code()
    anna.set_password(NEW)
    anna.save(update_fields=["password"])
    thief.post(confirm, {"code": code})
    assert signed_in_as(thief) is None


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_code_for_a_new_password_dies_with_a_change_of_the_account(anna: User, confirmed: bool) -> None:
    thief = Client()
    thief.post("/accounts/password/reset/", {"email": "anna@example.com"})
    code = mailed_code()
    if confirmed:
        thief.post("/accounts/password/reset/confirm/", {"code": code})
    Authenticator.objects.create(user=anna, type=Authenticator.Type.TOTP, data={"secret": "x"})
    thief.post("/accounts/password/reset/confirm/", {"code": code})
    thief.post("/accounts/password/reset/complete/", {"password1": NEW, "password2": NEW})
    assert User.objects.get(username="anna").check_password(PASSWORD)


def test_solved_in_a_mail_dies_with_address_and_factor_and_stop_lives_on(anna: User) -> None:
    answer = reply(thread(anna))
    solved, stop = make_token(anna, answer), token_of(anna, ALL)
    assert read_token(solved).person == anna
    anna.email = "anna@example.org"
    anna.save(update_fields=["email"])
    with pytest.raises(BadToken):
        read_token(solved)
    assert read_stop(stop) == (anna.pk, ALL), "all it can do is to switch mail off"
    solved = make_token(User.objects.get(pk=anna.pk), answer)
    Authenticator.objects.create(user=anna, type=Authenticator.Type.TOTP, data={"secret": "x"})
    with pytest.raises(BadToken):
        read_token(solved)


def test_signing_up_and_staff_signing_in_need_nothing_twice(client: Client) -> None:
    member("mona", Role.MODERATOR)
    sign_in(client, "mona")
    client.post("/accounts/2fa/authenticate/", {"code": app_code()})
    assert signed_in_as(client) is not None
