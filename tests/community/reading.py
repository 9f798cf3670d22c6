"""What the tests of reading share: readers at their browsers, and threads with many answers."""

import re
from typing import Any

from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from community.actions.counters import recount_threads
from community.models import Answer, Thread, User
from community.reading.prepared import NEXT


def browser_of(user: User | None = None, **options: Any) -> Client:
    """A client, signed in as this person or nobody."""
    client = Client(**options)
    if user is not None:
        client.force_login(user, backend="community.accounts.auth_backend.StandingBackend")
    return client


def titles(client: Client, address: str) -> list[str]:
    """The titles of the rows on a list page, in their order."""
    page = client.get(address)
    assert page.status_code == 200, page.content
    return re.findall(r'<h3 class="row-title"><a href="[^"]*"[^>]*>([^<]*)</a>', page.content.decode())


def shows(client: Client, address: str, text: str) -> bool:
    """Whether a page that is there contains this text."""
    page = client.get(address, follow=True)
    assert page.status_code == 200, (page.status_code, address)
    return str(escape(text)) in page.content.decode()


def many_answers(thread: Thread, count: int, author: User) -> None:
    """Add answers straight to the table: a thousand through the action would take long and prove nothing here."""
    first = thread.last_position + 1
    Answer.objects.bulk_create(
        Answer(
            thread=thread,
            position=position,
            author=author,
            body=f"Answer number {position}.",
            body_html=f"<p>Answer number {position}.</p>",
            helpful_count=position % 7,
            imported_helpful=position % 7,
        )
        for position in range(first, first + count)
    )
    recount_threads([thread.pk])
    thread.refresh_from_db()


def statements(queries: CaptureQueriesContext) -> list[str]:
    """Every statement the database was sent, also those that travelled together."""
    return [sql for each in queries for sql in each["sql"].split(NEXT)]


def page_of(client: Client, question: Thread, query: str = "") -> str:
    """What a reader reads: the head says it once more to machines (tests/community/test_found.py)."""
    response = client.get(question.get_absolute_url() + query)
    assert response.status_code == 200, (response.status_code, query)
    return response.content.decode().partition("<body>")[2]


def anchors(page: str) -> list[int]:
    """The positions of the answers on a page, in their order."""
    return [int(number) for number in re.findall(r'<(?:article|details) class="post[^"]*" id="a(\d+)"', page)]
