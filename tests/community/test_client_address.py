"""Whose address it is: only what the site's own proxies say counts, whatever a visitor claims."""

import pytest
from django.test import RequestFactory

from community.accounts.client_address import client_address, client_ip

CLAIMS = [
    "203.0.113.9",
    "203.0.113.9, 203.0.113.10",
    "127.0.0.1",
    "::1",
    "unknown",
    "",
    ",,,",
    "\x00",
    "203.0.113.9:8080",
    "1" * 5000,
]


def seen(claims: str | None = None, remote: str = "198.51.100.7", **more: str) -> str:
    told = {} if claims is None else {"HTTP_X_FORWARDED_FOR": claims}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=remote, **told, **more))


@pytest.mark.parametrize("claims", CLAIMS)
def test_without_a_proxy_nothing_that_a_visitor_claims_counts(settings, claims: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    headers = dict.fromkeys(("HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_CLIENT_IP", "HTTP_TRUE_CLIENT_IP"), claims)
    assert seen(claims, **headers) == "198.51.100.7"


@pytest.mark.parametrize("claims", CLAIMS)
def test_behind_a_proxy_its_own_word_counts_and_not_what_stood_there_before(settings, claims: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert seen(f"{claims}, 192.0.2.44", remote="10.0.0.1") == "192.0.2.44"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert seen(f"{claims}, 192.0.2.44, 10.0.0.2", remote="10.0.0.1") == "192.0.2.44"


def test_who_came_past_a_proxy_is_taken_by_the_connection_and_is_no_error(settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    for claims in (None, "", "203.0.113.9", "nonsense, 10.0.0.2"):
        assert seen(claims) == "198.51.100.7"


def test_a_connections_whole_network_is_one_place(settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    here = {seen(remote=f"2001:db8:1:2:{number:x}::{number:x}") for number in range(50)}
    assert here == {"2001:db8:1:2::/64"}
    assert seen(remote="2001:db8:1:3::1") not in here
    assert seen(remote="::ffff:198.51.100.7") == seen() == "198.51.100.7"
    assert seen(remote="fe80::1%eth0") == "fe80::/64"
    assert seen(remote="") == "nowhere"


def test_what_is_shown_to_a_person_is_the_address_itself(settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert client_ip(RequestFactory().get("/", REMOTE_ADDR="2001:DB8::1")) == "2001:db8::1"
