"""What an agent puts into a reply: solved questions the customer may read, files, and nothing of anybody else."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.actions import solutions
from community.models import Thread, User
from support.actions import escalating
from support.models import PendingReply, Ticket, TicketAttachment
from tests.community.reading import browser_of, statements
from tests.factories import agent, person, reply, thread
from tests.support.desk_people import ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ari() -> User:
    return agent("ari")


@pytest.fixture
def client(ari: User) -> Client:
    return browser_of(ari)


def solved(title: str, **fields: Any) -> Thread:
    asker = person()
    asked = thread(asker, fields.pop("on", None), title=title, **fields)
    solutions.accept(actor=asker, answer_id=reply(asked, body="Hold the button for ten seconds.").pk)
    return asked


def test_a_solved_question_comes_into_the_reply_as_a_link_and_a_line(client: Client) -> None:
    known = solved("The red light blinks after the update")
    made = ticket(subject="The red light blinks after the update")
    page = client.get(f"/desk/{made.pk}/?find=").content.decode()
    assert f"?insert={known.pk}" in page
    put_in = client.get(f"/desk/{made.pk}/?insert={known.pk}").context["reply_form"].initial["body"]
    assert f"[The red light blinks after the update](http://testserver{known.get_absolute_url()})" in put_in
    assert "> Hold the button for ten seconds." in put_in


def test_what_is_not_solved_is_not_offered(client: Client) -> None:
    asked = thread(title="The red light blinks after the update")
    made = ticket(subject="The red light blinks after the update")
    assert client.get(f"/desk/{made.pk}/?find=").context["found"] == []
    assert client.get(f"/desk/{made.pk}/?insert={asked.pk}").context["reply_form"].initial["body"] == ""


@pytest.mark.parametrize("word", ["9" * 18, "-1", "x", "9" * 40, "٣", ""])
def test_what_is_no_question_puts_in_nothing(client: Client, word: str) -> None:
    page = client.get(f"/desk/{ticket().pk}/", {"insert": word})
    assert page.status_code == 200 and page.context["reply_form"].initial["body"] == ""


def test_files_travel_with_the_reply_and_with_the_note(client: Client) -> None:
    made = ticket()
    for verb in ("reply", "note"):
        upload = SimpleUploadedFile(f"{verb}.txt", b"line one\n", "text/plain")
        client.post(f"/desk/{made.pk}/{verb}/", {"body": "See the file.", "then": "waiting", "uploads": upload})
    by_name = {each.name: each for each in TicketAttachment.objects.all()}
    assert by_name["reply.txt"].pending == PendingReply.objects.get()
    assert by_name["note.txt"].note == made.notes.get()


def test_a_ticket_from_a_question_shows_it_and_asks_no_more_than_others(client: Client, ari: User) -> None:
    asked = thread(title="Two satellites, one is slow")
    for number in range(3):
        reply(asked, body=f"Try this, number {number}.")
    made: Ticket = escalating.escalate_thread(actor=ari, thread_id=asked.pk, way="staff", reason="account")[0]
    client.get(f"/desk/{made.pk}/")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"/desk/{made.pk}/")
    assert len(statements(queries)) <= 12
    text = page.content.decode()
    assert "The question it came from, as it was then" in text
    for shape in ("box-reply", "box-note", "box-outcome"):
        assert text.count(f"desk-box {shape}") == 1
