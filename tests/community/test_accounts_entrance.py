"""Signing up and signing in, at the door: every promise with a browser's requests."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client

from community.models import Brand, User
from community.roles import Role
from tests.community.accounts import PASSWORD, app_code, mailed_code, member, sign_in, signed_in_as
from tests.factories import moderator, person

pytestmark = pytest.mark.django_db


def sign_up(client: Client, **fields: str):
    data = {"email": "maja@example.org", "username": "maja", "password1": "seven green bicycles"} | fields
    return client.post("/accounts/signup/", data)


def h1(response) -> str:
    return re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.S)[1]


# Signing up -----------------------------------------------------------------------------------------------------------
def test_whoever_signs_up_is_in_once_they_type_the_mailed_code(client: Client) -> None:
    response = sign_up(client)
    assert response.status_code == 302
    assert signed_in_as(client) is None
    assert not EmailAddress.objects.get(email="maja@example.org").verified
    client.post("/accounts/confirm-email/", {"code": mailed_code()})
    assert signed_in_as(client).username == "maja"
    assert EmailAddress.objects.get(email="maja@example.org").verified
    assert User.objects.get(username="maja").display_name == "maja"


def test_a_wrong_code_lets_nobody_in_and_five_end_the_attempt(client: Client) -> None:
    sign_up(client)
    code = mailed_code()
    for _attempt in range(4):
        assert client.post("/accounts/confirm-email/", {"code": "BBBB-BBBB"}).status_code == 200
    client.post("/accounts/confirm-email/", {"code": "BBBB-BBBB"})
    client.post("/accounts/confirm-email/", {"code": code})
    assert signed_in_as(client) is None


def test_an_account_without_a_confirmed_address_cannot_sign_in(client: Client) -> None:
    person("later", email="later@example.org")
    response = sign_in(client, "later")
    assert response["Location"] == "/accounts/confirm-email/"
    assert signed_in_as(client) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ab", "3 to 40"),
        ("x" * 41, ""),
        ("x" * 300, ""),
        ("admin", "kept for"),
        ("Support-Team", "kept for"),
        ("ad.min", "kept for"),
        ("moderator1", "kept for"),
        ("Acme", "kept for"),
        ("acme_help", "kept for"),
        ("maja lind", "letters, digits"),
        ("maja\u00a0lind", "letters, digits"),
        ("maja\u2007lind", "letters, digits"),
        ("maja\u200blind", "letters, digits"),
        ("maja\u202elind", ""),
        ("maja@lind", "letters, digits"),
        ("../maja", "letters, digits"),
        ("-maja", "letters, digits"),
        ("maja.", "letters, digits"),
        ("m\u0430ja", "alphabets"),
        ("ｍａｊａ", "letters, digits"),
        ("<b>maja</b>", "letters, digits"),
        ("maja\x00", ""),
        ("", ""),
    ],
)
def test_a_name_that_cannot_be_taken_is_refused_with_words(client: Client, name: str, why: str) -> None:
    Brand.objects.filter(pk=1).update(name="Acme")
    response = sign_up(client, username=name)
    assert response.status_code in {200, 400}
    assert why in response.content.decode()
    assert "rror" in response.content.decode()
    assert not User.objects.filter(email="maja@example.org").exists()


@pytest.mark.parametrize("name", ["maja", "Maja_Lind", "maja.lind-2", "Łucja", "Дарья", "李小龙", "admiral", "acmefan"])
def test_ordinary_names_of_all_alphabets_can_be_taken(client: Client, name: str) -> None:
    sign_up(client, username=name)
    assert User.objects.get(email="maja@example.org").username == name


@pytest.mark.parametrize("again", ["Maja", "MAJA", "maja"])
def test_two_people_cannot_have_names_that_look_the_same(client: Client, again: str) -> None:
    person("maja")
    response = sign_up(client, username=again)
    assert "taken" in response.content.decode()


def test_a_broken_form_is_refused_and_never_an_error_of_ours(client: Client) -> None:
    for body in (b"email=%ED%A0%80@x.org&username=%FF%FE&password1=%00", b"\xff\xfe", b"email=" + b"a" * 100_000):
        response = client.post("/accounts/signup/", body, content_type="application/x-www-form-urlencoded")
        assert response.status_code in {200, 400, 413}
    assert not User.objects.filter(email__contains="x.org").exists()


# Signing in -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("login", ["maja", "MAJA", "maja@example.com", "Maja@Example.com", "  maja "])
def test_people_sign_in_with_name_or_address(client: Client, login: str) -> None:
    member("maja")
    assert sign_in(client, login).status_code == 302
    assert signed_in_as(client).username == "maja"


def test_signing_in_leads_where_one_wanted_to_go_but_never_to_another_site(client: Client) -> None:
    member("maja")
    assert sign_in(client, "maja", next="/settings/")["Location"] == "/settings/"
    other = Client()
    assert sign_in(other, "maja", next="https://evil.example/")["Location"] == "/"


def test_a_code_from_the_mail_signs_in_without_a_password(client: Client) -> None:
    member("maja")
    response = client.post("/accounts/login/code/", {"email": "maja@example.com"})
    client.post(response["Location"], {"code": mailed_code().lower().replace("-", " ")})
    assert signed_in_as(client).username == "maja"


def test_a_new_code_can_be_asked_for_and_the_old_one_dies(client: Client) -> None:
    member("maja")
    there = client.post("/accounts/login/code/", {"email": "maja@example.com"})["Location"]
    old = mailed_code()
    client.post(there, {"action": "resend"})
    assert mailed_code() != old
    client.post(there, {"code": old})
    assert signed_in_as(client) is None
    client.post(there, {"code": mailed_code()})
    assert signed_in_as(client).username == "maja"


def test_a_forgotten_password_is_replaced_with_a_code_and_every_session_ends(client: Client) -> None:
    member("maja")
    elsewhere = Client()
    sign_in(elsewhere, "maja")
    there = client.post("/accounts/password/reset/", {"email": "maja@example.com"})["Location"]
    there = client.post(there, {"code": mailed_code()})["Location"]
    passwords = {"password1": "seven green bicycles", "password2": "seven green bicycles"}
    client.post(there, passwords)
    assert signed_in_as(elsewhere) is None
    sign_in(client, "maja", "seven green bicycles")
    assert signed_in_as(client).username == "maja"


def test_changing_the_password_ends_the_other_sessions_and_tells_by_mail(client: Client) -> None:
    member("maja")
    elsewhere = Client()
    sign_in(elsewhere, "maja")
    sign_in(client, "maja")
    new = {"oldpassword": PASSWORD, "password1": "seven green bicycles", "password2": "seven green bicycles"}
    client.post("/accounts/password/change/", new)
    assert signed_in_as(client).username == "maja"
    assert signed_in_as(elsewhere) is None
    assert "password" in mail.outbox[-1].subject


def test_people_see_where_they_are_signed_in_and_end_the_rest(client: Client) -> None:
    member("maja")
    elsewhere = Client(HTTP_USER_AGENT="Netscape of the library")
    sign_in(elsewhere, "maja")
    sign_in(client, "maja")
    assert "Netscape of the library" in client.get("/accounts/sessions/").content.decode()
    client.post("/accounts/sessions/")
    assert signed_in_as(elsewhere) is None
    assert signed_in_as(client).username == "maja"


def test_a_closed_account_is_told_so_only_to_who_knows_its_password(client: Client) -> None:
    closed = member("maja")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert sign_in(client, "maja")["Location"] == "/accounts/inactive/"
    assert "do not belong together" in sign_in(client, "maja", "wrong password").content.decode()
    assert signed_in_as(client) is None


def test_a_session_ends_at_once_when_the_account_is_closed(client: Client) -> None:
    closed = member("maja")
    sign_in(client, "maja")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert signed_in_as(client) is None


def test_whichever_way_somebody_signed_in_one_query_reads_their_standing(
    client: Client, django_assert_num_queries
) -> None:
    member("maja", Role.CUSTOMER)
    sign_in(client, "maja@example.com")
    request = client.get("/accounts/logout/").wsgi_request
    with django_assert_num_queries(2):  # the session, and the person with roles and second factor
        fresh = Client()
        fresh.cookies = client.cookies
        request.session = fresh.session
        user = get_user(request)
        assert user.effective_roles == {Role.CUSTOMER}


# Nobody learns who has an account -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/accounts/signup/", {"username": "somebody", "password1": "seven green bicycles"}),
        ("/accounts/login/code/", {}),
        ("/accounts/password/reset/", {}),
        ("/ask/finish/", {"name": "Somebody"}),
    ],
)
def test_known_and_unknown_addresses_get_the_same_answer(address: str, fields: dict[str, str]) -> None:
    member("maja")
    seen = []
    for email in ("maja@example.com", "stranger@example.com"):
        browser, before = Client(), len(mail.outbox)
        first = browser.post(address, {"email": email, **fields})
        page = browser.get(first["Location"])
        body = page.content.decode().replace(email, "ADDRESS")
        body = re.sub(r'value="[A-Za-z0-9]{64}"', "TOKEN", body)
        seen.append((first.status_code, first["Location"], page.status_code, body, len(mail.outbox) - before))
    assert seen[0] == seen[1]


def test_wrong_password_and_unknown_name_read_alike(client: Client) -> None:
    member("maja")
    texts = [h1(sign_in(client, name, "wrong wrong wrong")) for name in ("maja", "nobody.here")]
    sentences = [
        re.findall(r"do not belong together", sign_in(client, name, "wrong wrong wrong").content.decode())
        for name in ("maja", "nobody.here")
    ]
    assert texts[0] == texts[1] and len(sentences[0]) == len(sentences[1]) > 0


@pytest.mark.usefixtures("usual_limits")
def test_guessing_passwords_is_stopped_for_every_worker_alike() -> None:
    member("maja")
    # The counters live in the database, so that it makes no difference which worker answers.
    answers = [sign_in(Client(), "maja", f"guess number {n}").content.decode() for n in range(7)]
    assert "too often" in answers[-1]
    assert "too often" in sign_in(Client(), "maja").content.decode()


# Second factor --------------------------------------------------------------------------------------------------------
def test_staff_set_up_an_app_and_then_need_its_code_to_sign_in(client: Client) -> None:
    member("mona", Role.MODERATOR, second_factor=False)
    sign_in(client, "mona")
    assert Role.MODERATOR not in signed_in_as(client).effective_roles
    again = client.get("/accounts/2fa/totp/activate/")
    client.post(again["Location"], {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)[1]
    response = client.post("/accounts/2fa/totp/activate/", {"code": app_code(secret)})
    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    codes = re.findall(r"<code>(\d{8})</code>", client.get(response["Location"]).content.decode())
    assert len(codes) == 10
    assert Role.MODERATOR in signed_in_as(client).effective_roles
    client.post("/accounts/logout/")

    assert sign_in(client, "mona")["Location"] == "/accounts/2fa/authenticate/"
    assert signed_in_as(client) is None
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert signed_in_as(client) is None
    client.post("/accounts/2fa/authenticate/", {"code": app_code(secret, steps=1)})
    assert signed_in_as(client).username == "mona"

    with_recovery_code = Client()
    sign_in(with_recovery_code, "mona")
    with_recovery_code.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert signed_in_as(with_recovery_code).username == "mona"


def test_a_code_of_the_app_works_once() -> None:
    member("mona", Role.MODERATOR)
    code = app_code()
    first, second = Client(), Client()
    for browser in (first, second):
        sign_in(browser, "mona")
        browser.post("/accounts/2fa/authenticate/", {"code": code})
    assert signed_in_as(first) is not None
    assert signed_in_as(second) is None


def test_a_mailed_code_does_not_spare_the_second_factor(client: Client) -> None:
    member("mona", Role.MODERATOR)
    there = client.post("/accounts/login/code/", {"email": "mona@example.com"})["Location"]
    assert client.post(there, {"code": mailed_code()})["Location"] == "/accounts/2fa/authenticate/"
    assert signed_in_as(client) is None


def test_staff_without_a_second_factor_are_customers_like_anybody() -> None:
    resting = moderator("mona", second_factor=False)
    assert resting.effective_roles == {Role.CUSTOMER}
    assert moderator("mina").effective_roles == {Role.CUSTOMER, Role.MODERATOR}


def test_recovery_codes_alone_are_no_second_factor() -> None:
    resting = moderator("mona", second_factor=False)
    Authenticator.objects.create(user=resting, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})
    assert User.objects.with_standing().get(pk=resting.pk).effective_roles == {Role.CUSTOMER}


def test_entrance_pages_hold_no_inline_script_or_style_and_say_what_to_fill_in(client: Client) -> None:
    for address, wanted in {
        "/accounts/login/": ('autocomplete="username"', 'autocomplete="current-password"'),
        "/accounts/signup/": ('autocomplete="email"', 'autocomplete="username"', 'autocomplete="new-password"'),
        "/accounts/login/code/": ('autocomplete="email"',),
        "/accounts/password/reset/": ('autocomplete="email"',),
        "/ask/finish/": ('autocomplete="email"',),
    }.items():
        page = client.get(address)
        body = page.content.decode()
        assert all(each in body for each in wanted), address
        assert not re.search(r'<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style| style="| on\w+="', body), address
        assert "placeholder=" not in body.split("<main")[1], "what a field is for stands above it"
        assert "unsafe" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("wanted", "label"),
    [
        ("/t/7/", "Back to the question"),
        ("/ask/", "Back to your question"),
        ("/inbox/", ""),
        ("https://elsewhere.example/t/7/", ""),
        ("//elsewhere.example/t/7/", ""),
        ("javascript:alert(1)", ""),
        ("/nowhere/at/all/", ""),
        ("http://[", ""),
    ],
)
def test_who_will_not_sign_in_is_led_back_to_what_can_be_read_and_nowhere_else(
    client: Client, wanted: str, label: str
) -> None:
    page = client.get("/accounts/login/", {"next": wanted}).content.decode()
    assert ("entrance-back" in page) == bool(label)
    assert label in page
