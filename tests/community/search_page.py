"""What the tests of the search page share: both engines, threads to find, and reading the page."""

import re
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.actions import solutions
from community.models import Thread
from community.search.following import rebuild
from tests.community.reading import browser_of, statements
from tests.factories import board, person, reply, thread

SEARCH = "/search/"


#: For tests that must hold whoever finds: the database alone, or the index.
both = pytest.mark.parametrize("engine", ["database", "index"], indirect=True)


def refresh() -> None:
    """Before each request: bring the index up to date, where there is one (see `engine`)."""


@pytest.fixture(autouse=True)
def engine(request: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who finds: the database, as long as a test does not ask for the index."""
    settings.SEARCH_DIR = tmp_path / "no index"
    if (named := getattr(request, "param", "database")) == "index":

        def build() -> None:
            # A folder of its own each time: readers look at one folder at most every 0.2 seconds.
            settings.SEARCH_DIR = tmp_path / f"search-{next(_numbers)}"
            assert rebuild(Event(), lambda _done, _total: None, lambda _told: None)

        monkeypatch.setattr(sys.modules[__name__], "refresh", build)
    return str(named)


_numbers = count()


NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


def solved(title: str, how: str = "Hold the button.", **fields: Any) -> Thread:
    asker = fields.pop("asker", None) or person()
    question = thread(asker, title=title, **fields)
    solutions.accept(actor=asker, answer_id=reply(question, body=how).pk)
    return Thread.objects.get(pk=question.pk)


def page_of(query: str, viewer: Any = None) -> str:
    refresh()
    answer = browser_of(viewer).get(f"{SEARCH}?{query}")
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def rows_on(page: str) -> list[str]:
    """The titles of the results, without their marks."""
    rows = re.findall(r'<h3 class="row-title"><a [^>]*>(.*?)</a>', page)
    return [re.sub(r"</?mark>", "", row) for row in rows]


def titles_of(query: str, viewer: Any = None) -> list[str]:
    return rows_on(page_of(query, viewer))


def links_in(page: str, begins: str, ends: str = "</ul>") -> dict[str, dict[str, list[str]]]:
    """By what they say, the words of the addresses of the links between two places of the page."""
    part = page[page.index(begins) :]
    part = part[: part.index(ends)]
    found = re.findall(r'<a [^>]*href="(\?[^"]*)"[^>]*>(.*?)</a>', part, re.S)
    return {
        re.sub(r"<span.*?</span>|<[^>]*>", "", label).strip(): parse_qs(urlsplit(url.replace("&amp;", "&")).query)
        for url, label in found
    }


def many(count: int) -> None:
    asker, on = person(), board()
    Thread.objects.bulk_create(
        Thread(
            board=on,
            asker=asker,
            title=f"Red light number {number}",
            body="It blinks.",
            body_html="<p>It blinks.</p>",
            asked_at=NOON - timedelta(minutes=number),
        )
        for number in range(count)
    )


def questions(client: Client, query: str) -> int:
    refresh()
    client.get(f"{SEARCH}?{query}")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"{SEARCH}?{query}").status_code == 200
    return len(statements(queries))
