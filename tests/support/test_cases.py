"""What a customer has with us: one list, a page for each ticket that says what happens next, files only theirs."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community import clock
from community.actions.drafts import find_draft
from community.models import Thread
from support.models import (
    PrivateField,
    Queue,
    Status,
    Switch,
    Ticket,
    TicketAttachment,
    TicketCc,
    TicketMessage,
    TicketNote,
    TicketValue,
)
from tests.community.reading import browser_of, statements
from tests.factories import agent, board, moderator, person, thread
from tests.support.desk import HOUR, at_status, fresh, reply, switch_on, ticket, write

pytestmark = pytest.mark.django_db


def rows(client, address="/my/") -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.findall(r'<h2 class="row-title"><a [^>]*>([^<]*)</a>', answer.content.decode())


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# The list -------------------------------------------------------------------------------------------------------------
def test_questions_and_tickets_stand_in_one_list_by_their_last_activity() -> None:
    ida, hedda = person("ida"), person("hedda")
    now = clock.now()
    with clock.at(now - 5 * HOUR):
        asked = thread(ida, title="A question")
        first = ticket(ida, subject="A ticket")
        copied = ticket(hedda, subject="A ticket of a friend")
        TicketCc.objects.create(ticket=copied, person=ida, added_by=hedda)
        ticket(hedda, subject="Nobody else's business")
        thread(hedda, title="A question of somebody else")
    with clock.at(now - 3 * HOUR):
        write(first)
    Thread.objects.filter(pk=asked.pk).update(last_activity_at=now - 4 * HOUR)
    client = browser_of(ida)
    assert rows(client) == ["A ticket", "A question", "A ticket of a friend"]
    assert rows(client, "/my/?show=questions") == ["A question"]
    assert rows(client, "/my/?show=tickets") == ["A ticket", "A ticket of a friend"]


def test_the_list_goes_on_without_losing_or_repeating_a_row_even_of_one_moment() -> None:
    ida, on = person("ida"), board("Routers")
    moment = clock.now() - 9 * HOUR
    with clock.at(moment):
        for number in range(35):
            thread(ida, on, title=f"Question {number}")
            ticket(ida, subject=f"Ticket {number}")
    Ticket.objects.update(last_activity_at=moment)
    Thread.objects.update(last_activity_at=moment)
    client, seen, address = browser_of(ida), [], "/my/"
    while address:
        seen += rows(client, address)
        found = re.search(r'href="(/my/\?after=[^"]+)"', client.get(address).content.decode())
        address = found[1] if found else ""
    assert len(seen) == 70
    assert len(set(seen)) == 70


def test_the_list_asks_the_same_for_one_row_and_for_many() -> None:
    ida = person("ida")
    ticket(ida)
    client = browser_of(ida)
    rows(client)
    with CaptureQueriesContext(connection) as few:
        rows(client)
    for number in range(40):
        ticket(ida, subject=f"Ticket {number}")
    with CaptureQueriesContext(connection) as many:
        rows(client)
    assert len(statements(few)) == len(statements(many)) <= 12


@pytest.mark.parametrize("query", ["?after=x", "?after=" + "A" * 28, "?show=none", "?after=%00"])
def test_an_address_of_no_place_in_the_list_is_told(query: str) -> None:
    assert browser_of(person()).get(f"/my/{query}").status_code == 400


# What happens next ----------------------------------------------------------------------------------------------------
NEXT = {
    Status.NEW: ("You hear from us by", "We have it"),
    Status.OPEN: ("We answer here and by mail", "We are on it"),
    Status.WAITING: ("We answered and wait for you", "Your turn"),
    Status.ON_HOLD: ("It rests until", "We come back to it"),
    Status.RESOLVED: ("and it is open again", "Solved"),
    Status.CLOSED: ("begins a new ticket", "Closed"),
}


@pytest.mark.parametrize("status", list(Status))
def test_it_is_always_plain_what_happens_next(status: Status) -> None:
    ida = person("ida")
    made = at_status(status, agent(), ida)
    told = page(browser_of(ida), f"/my/{made.pk}/")
    sentence, state = NEXT[status]
    assert sentence in " ".join(told.split())
    assert state in told


def test_where_the_queue_does_not_reopen_the_page_says_so() -> None:
    Queue.objects.update(reopens=False)
    ida = person("ida")
    made = at_status(Status.RESOLVED, agent(), ida)
    assert "begins a new ticket" in page(browser_of(ida), f"/my/{made.pk}/")


# The ticket's page ----------------------------------------------------------------------------------------------------
def test_the_page_shows_the_public_part_and_nothing_of_the_internal_one() -> None:
    ida, ari = person("ida"), agent("ari")
    made = ticket(ida, body="It does **nothing**.")
    reply(made, ari, "Try the other cable.")
    TicketNote.objects.create(ticket=made, author=ari, body="An angry one", body_html="<p>An angry one</p>")
    told = page(browser_of(ida), f"/my/{made.pk}/")
    assert "It does <strong>nothing</strong>." in told
    assert "Try the other cable." in told
    assert "angry" not in told
    assert made.queue.name not in told.partition("<main")[2].partition("</main>")[0]


def test_somebody_in_copy_reads_and_writes_but_sees_no_private_detail_and_decides_nothing() -> None:
    ida, cora = person("ida"), person("cora")
    made = at_status(Status.WAITING, agent(), ida)
    field = PrivateField.objects.create(label="Serial number", kind="serial")
    TicketValue.objects.create(ticket=made, field=field, value="NW-7713")
    TicketCc.objects.create(ticket=made, person=cora, added_by=ida)
    assert "NW-7713" in page(browser_of(ida), f"/my/{made.pk}/")
    client = browser_of(cora)
    told = page(client, f"/my/{made.pk}/")
    assert "NW-7713" not in told
    assert "It is solved" not in told
    assert client.post(f"/my/{made.pk}/write/", {"body": "Me too"}).status_code == 303
    assert client.post(f"/my/{made.pk}/solved/").status_code == 404
    assert fresh(made).status == Status.OPEN


def test_strangers_and_moderators_find_no_ticket_and_agents_are_led_to_the_desk() -> None:
    made = ticket()
    for other in (person(), moderator()):
        assert browser_of(other).get(f"/my/{made.pk}/").status_code == 404
    led = browser_of(agent()).get(f"/my/{made.pk}/")
    assert (led.status_code, led["Location"]) == (302, f"/desk/{made.pk}/")


def test_a_question_out_of_sight_by_now_is_not_told_of_on_the_ticket() -> None:
    ida, question = person("ida"), thread(title="A question soon hidden")
    made = ticket(ida, thread=question, subject="The same here")
    client = browser_of(ida)
    assert "A question soon hidden" in page(client, f"/my/{made.pk}/")
    Thread.objects.filter(pk=question.pk).update(hidden_at=clock.now(), hidden_for="decided")
    assert "A question soon hidden" not in page(client, f"/my/{made.pk}/")


def test_a_long_talk_comes_in_pages_and_asks_no_more() -> None:
    ida = person("ida")
    made = ticket(ida)
    client = browser_of(ida)
    page(client, f"/my/{made.pk}/")
    with CaptureQueriesContext(connection) as few:
        page(client, f"/my/{made.pk}/")
    TicketMessage.objects.bulk_create(
        TicketMessage(ticket=made, position=n, author=ida, is_staff=False, body=f"m{n}", body_html=f"<p>word{n}.</p>")
        for n in range(2, 1001)
    )
    Ticket.objects.filter(pk=made.pk).update(last_position=1000)
    with CaptureQueriesContext(connection) as many:
        told = page(client, f"/my/{made.pk}/")
    assert len(statements(many)) <= max(len(statements(few)), 12)
    assert "word1000." in told and "word951." in told and "word950." not in told
    earlier = page(client, f"/my/{made.pk}/?before=951")
    assert "word950." in earlier and "word901." in earlier and "word951." not in earlier
    for nonsense in ("x", "-1", "9" * 30, "0", ""):
        assert "word1000." in page(client, f"/my/{made.pk}/?before={nonsense}")


# Writing --------------------------------------------------------------------------------------------------------------
def test_what_the_customer_writes_comes_with_its_files_and_is_no_draft_any_more() -> None:
    ida = person("ida")
    made = at_status(Status.WAITING, agent(), ida)
    client = browser_of(ida)
    client.post("/drafts/save/", {"place": f"case:{made.pk}", "body": "Still not"})
    assert "Still not" in page(client, f"/my/{made.pk}/")
    upload = SimpleUploadedFile("log.txt", b"line one\n", "text/plain")
    answer = client.post(f"/my/{made.pk}/write/", {"body": "Still not", "uploads": upload})
    assert answer["Location"] == f"/my/{made.pk}/#m3"
    assert find_draft(actor=ida, place=f"case:{made.pk}") is None
    assert fresh(made).status == Status.OPEN
    assert "log.txt" in page(client, f"/my/{made.pk}/")


def test_a_word_on_a_closed_ticket_begins_a_new_one_and_leads_there() -> None:
    ida = person("ida")
    made = at_status(Status.CLOSED, agent(), ida)
    answer = browser_of(ida).post(f"/my/{made.pk}/write/", {"body": "It is back"})
    other = Ticket.objects.exclude(pk=made.pk).get()
    assert answer["Location"] == f"/my/{other.pk}/#m1"


def test_drafts_are_kept_only_on_tickets_one_has() -> None:
    made = ticket()
    for place in (f"case:{made.pk}", "case:0", "case:" + "9" * 30, "case:x", "case:", "nothing:1"):
        assert browser_of(person()).post("/drafts/save/", {"place": place, "body": "x"}).status_code == 404


@pytest.mark.parametrize("body", ["", "   ", "\x00", "x" * 30_001])
def test_words_that_cannot_be_sent_are_told_and_stay_in_the_form(body: str) -> None:
    ida = person("ida")
    made = ticket(ida)
    answer = browser_of(ida).post(f"/my/{made.pk}/write/", {"body": body})
    assert answer.status_code in (400, 422)
    assert fresh(made).last_position == 1


def test_the_customer_says_that_it_is_solved() -> None:
    ida = person("ida")
    made = at_status(Status.WAITING, agent(), ida)
    for _twice in range(2):
        assert browser_of(ida).post(f"/my/{made.pk}/solved/").status_code == 303
    assert fresh(made).status == Status.RESOLVED


# In copy --------------------------------------------------------------------------------------------------------------
def test_the_customer_lets_somebody_read_along_by_their_name_and_they_may_leave() -> None:
    switch_on(Switch.COPIES)
    ida, cora = person("ida"), person("cora")
    made = ticket(ida)
    client = browser_of(ida)
    assert "Let somebody read along" in page(client, f"/my/{made.pk}/")
    assert client.post(f"/my/{made.pk}/copy/", {"name": "@Cora"}).status_code == 303
    assert rows(browser_of(cora)) == [made.subject]
    assert browser_of(cora).post(f"/my/{made.pk}/copy/", {"person": str(cora.pk)})["Location"] == "/my/"
    assert browser_of(cora).get(f"/my/{made.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["nobody", "", "\x00", "x" * 5000, "ida"])
def test_nobody_comes_into_copy_by_a_name_that_is_none_or_ones_own(name: str) -> None:
    ida = person("ida")
    made = ticket(ida)
    assert browser_of(ida).post(f"/my/{made.pk}/copy/", {"name": name}).status_code == 400
    assert not TicketCc.objects.exists()


# Files ----------------------------------------------------------------------------------------------------------------
def test_a_file_is_asked_for_anew_each_time_and_kept_nowhere() -> None:
    ida, cora = person("ida"), person("cora")
    made = ticket(ida)
    client, upload = browser_of(ida), SimpleUploadedFile("log.txt", b"<script>alert(1)</script>", "text/plain")
    stored = client.post("/my/files/add/", {"file": upload}, headers={"accept": "application/json"}).json()
    assert stored["markdown"] == ""
    client.post(f"/my/{made.pk}/write/", {"body": "Here", "attachments": [stored["id"]]})
    TicketCc.objects.create(ticket=made, person=cora, added_by=ida)
    got = browser_of(cora).get(stored["url"])
    assert got.status_code == 200
    assert "no-store" in got["Cache-Control"]
    assert "sandbox" in got["Content-Security-Policy"]
    assert got["Content-Disposition"].startswith("attachment")
    TicketCc.objects.all().delete()
    assert browser_of(cora).get(stored["url"]).status_code == 404
    assert browser_of().get(stored["url"]).status_code == 404
    assert browser_of(moderator()).get(stored["url"]).status_code == 404


def test_a_file_that_nobody_has_sent_yet_is_its_owners_and_nobody_takes_it_along() -> None:
    ida, eve = person("ida"), person("eve")
    upload = SimpleUploadedFile("log.txt", b"mine", "text/plain")
    stored = browser_of(ida).post("/my/files/add/", {"file": upload}, headers={"accept": "application/json"}).json()
    assert browser_of(eve).get(stored["url"]).status_code == 404
    made = ticket(eve)
    browser_of(eve).post(f"/my/{made.pk}/write/", {"body": "Here", "attachments": [stored["id"]]})
    assert TicketAttachment.objects.get().ticket is None


def test_what_is_due_is_told_only_as_long_as_it_lies_ahead() -> None:
    ida = person("ida")
    with clock.at(clock.now() - timedelta(days=20)):
        made = ticket(ida)
    assert "You hear from us by" not in page(browser_of(ida), f"/my/{made.pk}/")
