"""Pages travel packed, whichever way they were made, and never otherwise than the browser can read."""

import gzip

import brotli
import pytest
from django.test import Client

from tests.community.reading import browser_of
from tests.factories import person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)

BROWSER = "gzip, deflate, br, zstd"


@pytest.fixture
def address() -> str:
    question = thread(body="It has been red since the update. " * 40)
    reply(question)
    return question.get_absolute_url()


def member() -> Client:
    client = Client()
    client.force_login(person("ben"))
    return client


@pytest.mark.parametrize("who", [browser_of, member])
def test_a_page_is_small_on_its_way_and_whole_when_it_arrives(address, who) -> None:
    client = who()
    plain = client.get(address)
    assert "Content-Encoding" not in plain
    for coding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        packed = client.get(address, headers={"accept-encoding": coding})
        assert packed["Content-Encoding"] == coding
        assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 2
        assert b"It has been red" in unpack(packed.content)
        assert "Accept-Encoding" in packed["Vary"]
    assert client.get(address, headers={"accept-encoding": BROWSER})["Content-Encoding"] == "br"


@pytest.mark.parametrize("wanted", ["", "identity", "br;q=0, gzip; q=0.0", "zstd", "x" * 5000])
def test_a_browser_that_takes_no_coding_gets_the_page_as_it_is(address, wanted) -> None:
    for client in (browser_of(), member()):
        answer = client.get(address, headers={"accept-encoding": wanted})
        assert "Content-Encoding" not in answer
        assert "red since" in answer.content.decode()


def test_a_kept_page_is_found_unchanged_by_whoever_has_it_in_any_coding(address) -> None:
    etag = browser_of().get(address, headers={"accept-encoding": "br"})["ETag"]
    assert etag.startswith("W/"), "the codings are other bytes, so that a strong ETag would lie"
    for coding in ("", "gzip", "br"):
        again = browser_of().get(address, headers={"accept-encoding": coding, "if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert "Content-Encoding" not in again


def test_what_is_packed_already_or_tiny_stays_as_it_is(address) -> None:
    kept = browser_of().get("/t/1234567/", headers={"accept-encoding": "br", "hx-request": "true"})
    assert kept.status_code == 404
    head = browser_of().head(address, headers={"accept-encoding": "br"})
    assert head.content == b""
    tiny = browser_of().get(address.rsplit("/", 2)[0] + "/", headers={"accept-encoding": "br"})
    assert tiny.status_code == 301
    assert "Content-Encoding" not in tiny
