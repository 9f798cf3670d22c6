"""Whoever types an address learns nothing about whether it has an account: from no page, mail or amount of work."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.models import ImportedIdentity, LimitCount, User
from tests.community.accounts import member, sign_in
from tests.factories import person

pytestmark = pytest.mark.django_db(transaction=True)

#: Of one length, so that not even the length of a page differs.
KNOWN, UNKNOWN = "maja.known@example.com", "otto.stray@example.org"
PASSWORD = "seven green bicycles"
#: Statements that read one row by its index, for a person who is there or in the second place for one who is not.
FEW = 3


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password is worked on: what a real hasher takes most of a request's time for."""

    algorithm = "counted"
    worked = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).worked += 1
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def counted_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]


@dataclass
class Seen:
    """What one request shows, and what it cost."""

    status: int
    leads_to: str
    headers: dict[str, str]
    cookies: dict[str, dict[str, str]]
    body: str
    mails: int
    passwords: int
    statements: list[str]


def look(browser: Client, act: Callable[[], HttpResponse], address: str) -> Seen:
    mails, passwords = len(mail.outbox), CountingHasher.worked
    with CaptureQueriesContext(connection) as asked:
        response = act()
    return Seen(
        status=response.status_code,
        leads_to=response.get("Location", "").replace(address, "ADDRESS"),
        headers={name: value for name, value in response.items() if name not in ("Set-Cookie", "Expires")},
        cookies={
            name: {**cookie, "expires": "", "length": str(len(cookie.value))}
            for name, cookie in response.cookies.items()
        },
        body=plain(response, address),
        mails=len(mail.outbox) - mails,
        passwords=CountingHasher.worked - passwords,
        statements=[each["sql"] for each in asked],
    )


def plain(response: HttpResponse, address: str) -> str:
    """The page without what differs from one request to the next for everybody."""
    body = response.content.decode().replace(address, "ADDRESS").replace(address.partition("@")[0], "NAME")
    body = re.sub(r"<time .*?</time>", "MOMENT", body)
    return re.sub(r'value="[A-Za-z0-9]{64}"', "TOKEN", body)


def verbs(seen: Seen) -> list[str]:
    """What the database was asked to do, by kind and table."""
    return [
        " ".join(re.findall(r"^\w+|(?<=FROM )\"\w+\"|(?<=INTO )\"?\w+\"?|(?<=UPDATE )\"\w+\"", sql)[:2])
        for sql in seen.statements
    ]


# What is typed at each door, one request after the other: (path, or None for where the last one led; fields)
DOORS: dict[str, list[tuple[str | None, dict[str, str]]]] = {
    "a wrong password": [("/accounts/login/", {"login": "ADDRESS", "password": "wrong wrong wrong"})],
    "a code to sign in": [
        ("/accounts/login/code/", {"email": "ADDRESS"}),
        (None, {}),
        (None, {"code": "BBBB-BBBB"}),
        (None, {"action": "resend"}),
        (None, {}),
        *[(None, {"code": "BBBB-BBBB"})] * 4,
        (None, {}),
    ],
    "signing up": [
        ("/accounts/signup/", {"email": "ADDRESS", "username": "NAME", "password1": PASSWORD}),
        (None, {}),
        (None, {"code": "BBBB-BBBB"}),
        (None, {"action": "resend"}),
        (None, {}),
        *[(None, {"code": "BBBB-BBBB"})] * 4,
        (None, {}),
    ],
    "a new password": [
        ("/accounts/password/reset/", {"email": "ADDRESS"}),
        (None, {}),
        (None, {"code": "BBBB-BBBB"}),
        (None, {"action": "resend"}),
        (None, {}),
        *[(None, {"code": "BBBB-BBBB"})] * 4,
        (None, {}),
    ],
    "a question typed first": [
        ("/ask/finish/", {"email": "ADDRESS", "name": "Somebody"}),
        (None, {}),
        (None, {"code": "BBBB-BBBB"}),
        (None, {"action": "resend"}),
        (None, {}),
        (None, {"code": "BBBB-BBBB"}),
    ],
}


def walk(door: str, address: str, name: str, browser: Client | None = None) -> list[Seen]:
    """Go through a door, one step after the other."""
    forget_counts()
    browser, there, seen = browser or Client(), "", []
    for path, fields in DOORS[door]:
        there = path or there
        sent = {key: value.replace("ADDRESS", address).replace("NAME", name) for key, value in fields.items()}
        step = (lambda: browser.post(there, sent)) if sent else (lambda: browser.get(there))  # noqa: B023 - called at once
        seen.append(look(browser, step, address))
        there = seen[-1].leads_to.replace("ADDRESS", address) or there
    return seen


def knock(door: str, address: str) -> HttpResponse:
    """The first step through a door."""
    path, fields = DOORS[door][0]
    sent = {name: value.replace("ADDRESS", address).replace("NAME", "otto") for name, value in fields.items()}
    return Client().post(path, sent)


def forget_counts() -> None:
    """Each walk begins as if nobody had knocked before."""
    cache.clear()
    LimitCount.objects.all().delete()


@pytest.fixture
def maja() -> Any:
    return member("maja", email=KNOWN)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("how", ["as it is", "without a password"])
def test_a_door_looks_the_same_from_outside(maja: Any, door: str, how: str) -> None:
    if how == "without a password":
        maja.set_unusable_password()
        maja.save()
    walk(door, "first.of.all@example.net", "warm")  # what is read once per process is read
    known, unknown = walk(door, KNOWN, "otto1"), walk(door, UNKNOWN, "otto2")
    for at, (one, other) in enumerate(zip(known, unknown, strict=True)):
        step = (door, at, DOORS[door][at])
        assert (one.status, one.leads_to) == (other.status, other.leads_to), step
        assert one.headers == other.headers, step
        assert one.cookies == other.cookies, step
        assert one.body == other.body, step
        assert one.mails == other.mails, step
        assert one.passwords == other.passwords, step
        # allauth looks for an address in two places, and reads whom it found: of some forty statements, these.
        assert abs(len(one.statements) - len(other.statements)) <= FEW, (step, verbs(one), verbs(other))


@pytest.mark.parametrize(
    ("door", "who"),
    [
        ("a code to sign in", {KNOWN}),
        ("signing up", {UNKNOWN}),
        ("a new password", {KNOWN}),
        ("a question typed first", {KNOWN, UNKNOWN}),
    ],
)
def test_each_address_gets_one_mail_with_its_own_words(maja: Any, door: str, who: set[str]) -> None:
    with_code = set()
    for address in (KNOWN, UNKNOWN):
        forget_counts()
        before = len(mail.outbox)
        knock(door, address)
        assert [each.to for each in mail.outbox[before:]] == [[address]]
        if re.search(r"^    [A-Z]{4}-[A-Z]{4}$", str(mail.outbox[-1].body), re.M):
            with_code.add(address)
    assert with_code == who


def test_what_was_done_for_the_looks_alone_leaves_nothing(maja: Any) -> None:
    people, addresses = User.objects.count(), EmailAddress.objects.count()
    for door in ("signing up", "a question typed first"):
        knock(door, KNOWN)
    assert (User.objects.count(), EmailAddress.objects.count()) == (people, addresses)
    maja.refresh_from_db()
    assert maja.check_password("correct horse"), "and nobody's password was touched"


@pytest.mark.parametrize("address", [KNOWN, UNKNOWN])
def test_adding_an_address_to_ones_account_tells_nothing_of_others(maja: Any, address: str) -> None:
    """Both looks are held against one that was taken down here: the page after it, and one mail."""
    forget_counts()
    browser = Client()
    member("anna")
    sign_in(browser, "anna")
    before = len(mail.outbox)
    first = browser.post("/accounts/email/", {"email": address, "action_add": ""})
    page = browser.get(first["Location"])
    assert (first.status_code, first["Location"], page.status_code) == (302, "/accounts/confirm-email/", 200)
    assert "Code from the mail" in page.content.decode()
    assert [each.to for each in mail.outbox[before:]] == [[address]]


def test_a_passkey_is_asked_for_without_any_address(maja: Any) -> None:
    for asked in ("", f"?email={KNOWN}&login=maja"):
        told = Client().get(f"/accounts/2fa/webauthn/login/{asked}", headers={"Accept": "application/json"}).json()
        assert not told["request_options"]["publicKey"].get("allowCredentials")


@pytest.mark.parametrize("token", ["made-up", "WzEsMV0:1abc:x", "x" * 500])
def test_an_invitation_that_is_none_says_the_same_for_every_made_up_one(token: str) -> None:
    page = Client().get(f"/invitations/{token}/")
    assert page.status_code == 404
    assert "not good any more" in page.content.decode()


def test_claiming_imported_posts_tells_nobody_whose_address_the_archive_has() -> None:
    told = set()
    for number, address in enumerate(("", KNOWN, "anna.else@example.net")):
        brought = User.objects.create(display_name=f"From before {number}", is_imported=True, is_active=False)
        ImportedIdentity.objects.create(
            source="old", external_id=str(number), name="X", user=brought, address_key=address
        )
        browser = Client()
        browser.force_login(person())
        page = browser.post(f"/people/~{brought.pk}/claim/")
        told.add((page.status_code, plain(page, address or "-").replace(str(brought.pk), "N")))
    assert len({status for status, _body in told}) == 1
    assert all("Only whoever owns the address in the archive" in body for _status, body in told)
