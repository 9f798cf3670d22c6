"""The doors by which a question comes to staff and leaves them, as people use them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community import clock
from community.actions import private_notes, solutions
from community.models import Answer
from support.models import BoardDesk, Escalation, Outcome, Queue, Ticket, TicketMessage, TicketValue
from tests.community.reading import statements
from tests.factories import agent, moderator, person, reply
from tests.support import desk
from tests.support.escalations import escalated, fresh, question, serial_field

pytestmark = pytest.mark.django_db


def signed_in(who) -> Client:
    client = Client()
    client.force_login(who)
    return client


def page(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


def test_a_moderator_lands_on_the_question_and_an_agent_on_the_ticket() -> None:
    one, other = question(), question()
    landed = signed_in(moderator()).post(f"/threads/{one.pk}/escalate/", {"reason": "defect"})
    assert (landed.status_code, landed["Location"]) == (303, one.get_absolute_url())
    landed = signed_in(agent()).post(f"/threads/{other.pk}/escalate/", {"reason": "defect"})
    assert landed["Location"] == f"/desk/{Ticket.objects.get(thread=other).pk}/"


def test_without_a_reason_the_form_comes_back_with_its_words() -> None:
    asked = question()
    response = signed_in(moderator()).post(f"/threads/{asked.pk}/escalate/", {"words": "The third one."})
    assert response.status_code == 422
    assert "The third one." in response.content.decode()
    assert not Ticket.objects.exists()


def test_everybody_reads_that_staff_look_and_nobody_a_number() -> None:
    asked = question()
    ticket = escalated(asked)
    for client in (Client(), signed_in(moderator()), signed_in(person())):
        words = page(client, asked.get_absolute_url())
        assert "Staff are looking at this, since" in words
        assert f"/desk/{ticket.pk}/" not in words
        assert f"/my/{ticket.pk}/" not in words
    staff, door = signed_in(agent()), f"/threads/{asked.pk}/escalate/"
    assert f'href="{door}"' in page(staff, asked.get_absolute_url())
    assert staff.get(door)["Location"] == f"/desk/{ticket.pk}/"
    assert signed_in(moderator()).get(door)["Location"] == asked.get_absolute_url()
    assert f"/my/{ticket.pk}/" in page(signed_in(asked.asker), asked.get_absolute_url())


def test_staff_alone_are_offered_to_hand_a_question_over() -> None:
    asked = question()
    door = f'action="/threads/{asked.pk}/escalate/"'
    assert door in page(signed_in(moderator()), asked.get_absolute_url())
    assert door in page(signed_in(agent()), asked.get_absolute_url())
    for client in (Client(), signed_in(asked.asker), signed_in(person())):
        assert door not in page(client, asked.get_absolute_url())


def test_the_asker_reads_from_when_on_and_then_finds_the_door() -> None:
    asked = question()
    client, door = signed_in(asked.asker), f'href="/threads/{asked.pk}/ask-staff/"'
    assert "you can ask our staff to look at it" in page(client, asked.get_absolute_url())
    assert door not in page(client, asked.get_absolute_url())
    assert "<form class=" not in page(client, f"/threads/{asked.pk}/ask-staff/").partition("<main")[2]
    solutions.say_not_solved(actor=asked.asker, answer_id=reply(asked).pk)
    assert door in page(client, asked.get_absolute_url())
    assert door not in page(signed_in(person()), asked.get_absolute_url())


def test_the_asker_sees_all_that_is_shared_before_saying_yes() -> None:
    asked = question(product_version="2.4", tags=["night light"])
    serial_field(hint="Below the device.")
    private_notes.write(actor=asked.asker, thread=asked, text="I bought it in May.")
    answer = reply(asked, person("helga", display_name="Helga"))
    solutions.say_not_solved(actor=asked.asker, answer_id=answer.pk)
    words = page(signed_in(asked.asker), f"/threads/{asked.pk}/ask-staff/")
    for told in (asked.title, asked.body, "2.4", "night light", "I bought it in May.", "The answer by Helga"):
        assert told in words
    assert "You said that it did not solve it." in words
    assert "Serial number" in words


def test_the_asker_calls_staff_and_private_details_stand_on_the_ticket_alone() -> None:
    asked, field = question(), serial_field(is_required=True)
    client, address = signed_in(asked.asker), f"/threads/{asked.pk}/ask-staff/"
    said = {"reason": "unsolved", "words": "It hums.", "shares": "on"}
    with clock.at(clock.now() + timedelta(days=2)):
        assert client.post(address, said).status_code == 422
        assert client.post(address, said | {f"value-{field.pk}": "NW-1", "shares": ""}).status_code == 422
        assert not Ticket.objects.exists()
        response = client.post(address, said | {f"value-{field.pk}": "NW-2041"})
        again = client.post(address, said | {f"value-{field.pk}": "NW-2041"})
    ticket = Ticket.objects.get()
    assert response["Location"] == again["Location"] == f"/my/{ticket.pk}/"
    assert TicketValue.objects.get().value == "NW-2041"
    assert TicketMessage.objects.get().body == "It hums."
    assert "NW-2041" not in page(Client(), asked.get_absolute_url())


def test_a_board_may_let_its_askers_call_at_once() -> None:
    asked = question()
    BoardDesk.objects.create(board=asked.board, queue=Queue.objects.get(), asker_waits=0)
    response = signed_in(asked.asker).post(
        f"/threads/{asked.pk}/ask-staff/", {"reason": "account", "shares": "on", "words": ""}
    )
    assert response.status_code == 303
    assert Escalation.objects.get().reason == "account"


def test_somebody_with_the_same_problem_is_led_to_staff_with_the_question() -> None:
    asked = question()
    door = f'href="/contact/?thread={asked.pk}"'
    assert door not in page(signed_in(person()), asked.get_absolute_url())
    escalated(asked)
    assert door in page(signed_in(person()), asked.get_absolute_url())
    assert door not in page(signed_in(asked.asker), asked.get_absolute_url())


def test_an_outcome_comes_back_once_with_each_private_place() -> None:
    staff = agent()
    ticket = escalated(by=staff)
    TicketValue.objects.create(ticket=ticket, field=serial_field(), value="NW-2041-XK77")
    client, address = signed_in(staff), f"/desk/{ticket.pk}/outcome/"
    body = "The light of NW 2041 XK77 is red by design."
    back = client.post(address, {"body": body, "post_key": "k"})
    words = back.content.decode()
    assert back.status_code == 422
    assert "<mark>NW 2041 XK77</mark>" in words
    assert body in words
    assert not Outcome.objects.exists()
    name = words.partition('name="way-')[2].partition('"')[0]
    done = client.post(address, {"body": body, "post_key": "k", f"way-{name}": "out"})
    assert done["Location"] == f"/desk/{ticket.pk}/"
    assert Answer.objects.get(author=staff).body == "The light of [left out] is red by design."


def test_one_press_leaves_all_private_places_out() -> None:
    staff = agent()
    ticket = escalated(by=staff)
    client, address = signed_in(staff), f"/desk/{ticket.pk}/outcome/"
    client.post(address, {"body": "Call +49 30 9876543 or write to eve@posteo.de.", "all": "out"})
    assert Answer.objects.get(author=staff).body == "Call [left out] or write to [left out]."


def test_nothing_is_published_with_a_reason() -> None:
    staff = agent()
    ticket = escalated(by=staff)
    client, address = signed_in(staff), f"/desk/{ticket.pk}/outcome/"
    assert client.post(address, {"do": "withhold"}).status_code == 422
    assert client.post(address, {"do": "withhold", "why": "private"}).status_code == 303
    assert Outcome.objects.get().withheld_for == "private"


def test_a_ticket_is_closed_with_the_drafted_words_or_given_back() -> None:
    staff = agent()
    client, solved, back = signed_in(staff), escalated(by=staff), escalated(by=staff)
    solutions.accept(actor=solved.requester, answer_id=reply(solved.thread, person("ben")).pk)
    words = page(client, f"/desk/{solved.pk}/")
    assert "ben solved it in the community" in words
    assert "ben solved your question in the community" in words
    assert client.post(f"/desk/{solved.pk}/solved-by-community/", {"body": "Solved!"}).status_code == 303
    assert solved.pending.get().then_status == "resolved"
    assert client.post(f"/desk/{back.pk}/give-back/", {"reason": ""}).status_code == 303
    assert fresh(back).status == "closed"
    assert fresh(back.thread).escalated_at is None


def test_the_desks_page_tells_how_it_came_and_what_was_told_privately() -> None:
    staff, asked = agent(), question()
    private_notes.write(actor=asked.asker, thread=asked, text="I bought it in May.")
    ticket = escalated(asked, moderator(), reason="defect", words="The third one.")
    reply(asked, body="One more idea.")
    words = page(signed_in(staff), f"/desk/{ticket.pk}/")
    for told in ("It looks like a defect of ours", "The third one.", "I bought it in May.", "1 new answer since"):
        assert told in words


def asked_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(statements(queries))


@pytest.mark.parametrize("who", ["asker", "agent", "member"])
def test_a_questions_page_keeps_to_its_statements(who) -> None:
    asked = question()
    reader = {"asker": asked.asker, "agent": agent(), "member": person()}[who]
    client = signed_in(reader)
    assert asked_of(client, asked.get_absolute_url()) <= 12
    escalated(asked)
    assert asked_of(client, asked.get_absolute_url()) <= 12


def test_the_asker_pays_no_more_for_a_long_question() -> None:
    asked, long = question(), question()
    for number in range(40):
        reply(long, body=f"Idea number {number}.")
    with clock.at(clock.now() + timedelta(days=2)):
        few = asked_of(signed_in(asked.asker), f"/threads/{asked.pk}/ask-staff/")
        many = asked_of(signed_in(long.asker), f"/threads/{long.pk}/ask-staff/")
    assert few == many <= 14


def test_the_outcomes_page_costs_the_same_for_a_long_ticket() -> None:
    staff = agent()
    short, long = escalated(by=staff), escalated(by=staff)
    for number in range(30):
        desk.write(long, f"Word number {number}: +49 30 98765{number:02}")
    client = signed_in(staff)
    few, many = (asked_of(client, f"/desk/{each.pk}/outcome/") for each in (short, long))
    assert few == many <= 12
