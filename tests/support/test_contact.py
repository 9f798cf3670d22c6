"""Writing to staff: one form, nothing asked twice, and what may help at once stands beside it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from community import clock
from community.actions.brand import write_brand
from community.actions.drafts import CONTACT, find_draft
from community.actions.known_issues import open_issue
from community.models import Board, Draft, FormSession, SuggestionEvent
from support.models import PrivateField, Ticket, TicketMessage, TicketValue
from tests.community.reading import browser_of
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db
TOKEN = "8f14e45f-ceea-467f-9a52-3b1f0a6d7c11"


def words(**more: object) -> dict[str, object]:
    return {"title": "My order", "body": "Where is it?", "board": "", "post_key": "k", "form_token": TOKEN} | more


def page(client: Client, address: str = "/contact/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture(autouse=True)
def counted() -> None:
    """A site that counts."""
    write_brand(actor=None, name="Nordwave", counting="on")


# Sending --------------------------------------------------------------------------------------------------------------
def test_what_a_member_sends_becomes_a_ticket_with_what_was_chosen_and_attached() -> None:
    ida, routers = person("ida"), board("Routers")
    upload = SimpleUploadedFile("log.txt", b"line one\n", "text/plain")
    sent = words(board="routers", product_version="2.4", uploads=upload)
    answer = browser_of(ida).post("/contact/", sent)
    ticket = Ticket.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/my/{ticket.pk}/")
    assert (ticket.requester, ticket.board, ticket.product_version) == (ida, routers, "2.4")
    assert (ticket.subject, ticket.channel, ticket.messages.get().body) == ("My order", "form", "Where is it?")
    assert ticket.messages.get().attachments.get().name == "log.txt"


def test_private_details_are_asked_for_the_product_and_stand_on_the_ticket_alone() -> None:
    ida, routers = person("ida"), board("Routers")
    board("Cameras")
    serial = PrivateField.objects.create(board=routers, label="Serial number", kind="serial", is_required=True)
    client = browser_of(ida)
    assert "Serial number" in page(client, "/contact/?board=routers&part=board")
    assert "Serial number" not in page(client, "/contact/?board=cameras&part=board")
    missing = client.post("/contact/", words(board="routers"))
    assert missing.status_code == 422 and "Serial number" in missing.content.decode()
    client.post("/contact/", words(board="routers") | {f"value-{serial.pk}": "NW-7713"})
    assert TicketValue.objects.get().value == "NW-7713"
    assert "NW-7713" not in Ticket.objects.get().messages.get().body


def test_private_details_are_in_no_draft() -> None:
    ida, routers = person("ida"), board("Routers")
    serial = PrivateField.objects.create(board=routers, label="Serial number", kind="serial")
    sent = words(place="contact", board="routers") | {f"value-{serial.pk}": "NW-7713"}
    browser_of(ida).post("/drafts/save/", sent)
    draft = find_draft(actor=ida, place=CONTACT)
    assert draft is not None and draft.title == "My order"
    assert "NW-7713" not in f"{draft.body}{draft.choices}"


def test_a_ticket_that_is_sent_is_no_draft_any_more_nor_a_begun_question() -> None:
    ida = person("ida")
    client = browser_of(ida)
    client.post("/drafts/save/", words(place="contact"))
    client.post("/drafts/save/", {"place": "ask", "title": "My order", "body": "Where is it?"})
    assert "Where is it?" in page(client)
    client.post("/contact/", words())
    assert not Draft.objects.exists()


def test_what_was_begun_for_the_community_need_not_be_written_twice(client: Client) -> None:
    board("Routers")
    client.post("/drafts/save/", {"place": "ask", "title": "My invoice", "body": "Paid twice.", "board": "routers"})
    told = page(client, "/contact/?own=1&board=routers")
    assert 'value="My invoice"' in told and "Paid twice." in told
    assert '<option value="routers" selected>' in told


# A question with the same problem -------------------------------------------------------------------------------------
def test_somebody_with_the_same_problem_opens_a_ticket_that_names_the_question() -> None:
    question, ida = thread(title="The router shows a red light"), person("ida")
    client = browser_of(ida)
    told = page(client, f"/contact/?thread={question.pk}")
    assert question.get_absolute_url() in told and 'value="The router shows a red light"' in told
    client.post("/contact/", words(thread=question.pk))
    assert (Ticket.objects.get().thread, Ticket.objects.get().board) == (question, question.board)
    client.post("/contact/", words(thread=question.pk, title="Again", body="And it smells.", post_key="k2"))
    assert Ticket.objects.count() == 1
    assert list(TicketMessage.objects.values_list("body", flat=True)) == ["Where is it?", "And it smells."]


def test_ones_own_question_goes_to_staff_as_it_is_once_it_may() -> None:
    ida = person("ida")
    with clock.at(clock.now() - timedelta(days=3)):
        waiting = thread(ida)
    led = browser_of(ida).get(f"/contact/?thread={waiting.pk}")
    assert (led.status_code, led["Location"]) == (302, f"/threads/{waiting.pk}/ask-staff/")
    fresh = thread(ida, waiting.board, title="Another one")
    assert "Another one" in page(browser_of(ida), f"/contact/?thread={fresh.pk}")


def test_what_is_known_already_is_said_before_the_form() -> None:
    open_issue(actor=moderator(), title="No sound since Monday", body="We work on it.", board_id=board("Routers").pk)
    told = page(browser_of(person()))
    assert told.index("No sound since Monday") < told.index("Send it to our staff")


def test_a_question_out_of_sight_is_neither_told_of_nor_named() -> None:
    circle = board("Circle", audience=Board.Audience.SIGNED_IN)
    question = thread(on=circle, title="A private matter of the circle")
    assert "private matter" not in page(Client(), f"/contact/?thread={question.pk}")


# Visitors -------------------------------------------------------------------------------------------------------------
def test_a_visitor_writes_first_and_signs_in_at_the_finish(client: Client) -> None:
    ida = person("ida")
    answer = client.post("/contact/", words())
    assert (answer.status_code, answer["Location"]) == (302, "/contact/finish/")
    told = client.get("/contact/finish/").content.decode()
    assert "What you wrote is kept." in told and "question" not in told.partition("<main")[2].partition("</main>")[0]
    assert not Ticket.objects.exists()
    answer = client.post("/contact/finish/", {"email": ida.email, "name": "Ida"})
    assert answer["Location"].endswith("?next=%2Fcontact%2F")
    assert 'value="/contact/finish/"' in client.get(answer["Location"]).content.decode()


def test_a_visitor_is_told_which_details_follow_and_asked_for_none(client: Client) -> None:
    PrivateField.objects.create(label="Serial number", kind="serial", is_required=True)
    told = page(client)
    assert "Serial number" in told and 'name="value-' not in told
    assert client.post("/contact/", words())["Location"] == "/contact/finish/"


# Suggestions ----------------------------------------------------------------------------------------------------------
def asked_before() -> int:
    question = thread(title="The router shows a red light after the update", body="It is red since the update.")
    reply(question, body="Hold the button for ten seconds.")
    return question.pk


SAME = {"title": "Red light on the router after the update", "body": "The light is red since the update."}


def test_without_a_script_what_is_there_already_stands_between_and_the_ticket_knows_its_form() -> None:
    ida, known = person("ida"), asked_before()
    client = browser_of(ida)
    between = client.post("/contact/", words(**SAME, scriptless="1")).content.decode()
    assert "None of these, write to our staff" in between and "post my question" not in between
    assert not Ticket.objects.exists()
    client.post("/contact/", words(**SAME, scriptless="1", solution=str(known)))
    client.post("/contact/", words(**SAME, scriptless="1", looked="1"))
    ticket, session = Ticket.objects.get(), FormSession.objects.get()
    assert ticket.form_session == session
    assert (session.surface, session.submitted_thread, session.submitted_at is not None) == ("ticket", None, True)
    assert set(SuggestionEvent.objects.values_list("kind", flat=True)) == {"shown", "opened"}


def test_whoever_is_helped_by_a_suggestion_stops_there_and_no_ticket_is_opened() -> None:
    ida, known = person("ida"), asked_before()
    client = browser_of(ida)
    client.post("/contact/", words(**SAME, scriptless="1"))
    done = client.post("/contact/", words(**SAME, scriptless="1", solved=str(known), stops="yes"))
    assert done.status_code == 200
    assert not Ticket.objects.exists()
    event = SuggestionEvent.objects.get(kind="solved")
    assert (event.thread_id, event.stops, event.session.surface) == (known, True, "ticket")


def test_beside_the_form_the_same_is_shown_for_a_script() -> None:
    asked_before()
    client = browser_of(person("ida"))
    assert 'data-surface="ticket"' in page(client)
    answer = client.post("/suggestions/", SAME | {"surface": "ticket", "form_token": TOKEN})
    assert answer.status_code == 200
    assert FormSession.objects.get().surface == "ticket"


# Limits and what is sent wrong ----------------------------------------------------------------------------------------
@pytest.mark.usefixtures("usual_limits")
def test_whoever_writes_without_end_is_told_to_wait_and_keeps_every_word() -> None:
    client = browser_of(person("ida"))
    answers = [client.post("/contact/", words(body=f"Number {n}", post_key=f"k{n}")) for n in range(11)]
    assert [each.status_code for each in answers[:10]] == [303] * 10
    assert answers[10].status_code == 429 and "Number 10" in answers[10].content.decode()
    assert Ticket.objects.count() == 10


@pytest.mark.parametrize("wrong", [{"thread": "9" * 30}, {"thread": "x"}, {"board": "\x00"}, {"title": "\x00"}])
def test_what_is_sent_wrong_is_told(wrong: dict[str, object]) -> None:
    assert browser_of(person("ida")).post("/contact/", words(**wrong)).status_code in (400, 422)
    assert not Ticket.objects.exists()


def test_a_page_that_names_nonsense_is_a_page() -> None:
    for address in (
        "?thread=x",
        "?thread=999999999",
        "?thread=" + "9" * 40,
        "?board=none",
        "?board=%20",
        "?title=" + "x" * 900,
    ):
        page(Client(), f"/contact/{address}")
