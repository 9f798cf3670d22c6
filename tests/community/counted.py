"""What the tests of being counted share: a brand that counts, and what its scripts tell."""

from hashlib import sha256
from http.cookies import Morsel
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as site
from django.test import Client

from community.models import Brand, Thread

COOKIE = site.VISITOR_COOKIE_NAME


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
