"""An agent at a ticket: what is shown there, what is written there, and who may do what."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community import clock
from community.models import User
from support.actions import assigning, notes, replies
from support.models import (
    DeskState,
    Macro,
    PendingReply,
    PrivateField,
    Queue,
    Status,
    Switch,
    Ticket,
    TicketDraft,
    TicketEvent,
    TicketMessage,
    TicketNote,
    TicketRating,
    TicketValue,
)
from tests.community.reading import browser_of, statements
from tests.factories import agent, person, thread
from tests.support.desk_people import ticket, tickets

pytestmark = pytest.mark.django_db


@pytest.fixture
def ari() -> User:
    return agent("ari")


@pytest.fixture
def client(ari: User) -> Client:
    return browser_of(ari)


def words(client: Client, made: Ticket) -> str:
    page = client.get(f"/desk/{made.pk}/")
    assert page.status_code == 200, page.content
    return " ".join(page.content.decode().split())


def switch_on(*switches: Switch) -> None:
    DeskState.objects.update_or_create(pk=1, defaults={"switches": list(switches)})


# What is shown --------------------------------------------------------------------------------------------------------
def test_of_a_long_story_every_word_can_be_read_by_going_back(client: Client, ari: User) -> None:
    made = ticket(person("anna"))
    begun = clock.now()
    TicketNote.objects.bulk_create(
        TicketNote(
            ticket=made,
            author=ari,
            body=f"word{number}.",
            body_html=f"<p>word{number}.</p>",
            noted_at=begun + timedelta(minutes=number),
        )
        for number in range(150)
    )
    address, read, pages = f"/desk/{made.pk}/", set(), 0
    while address:
        page = client.get(address).content.decode()
        read |= set(re.findall(r"word\d+\.", page))
        onward = re.search(r'href="(/desk/\d+/\?until=\d+)"', page)
        address, pages = onward[1] if onward else "", pages + 1
    assert len(read) == 150 and pages == 3
    assert "This is how it began." in page
    assert client.get(f"/desk/{made.pk}/?until=99999999999999999").status_code == 200


def test_the_page_tells_what_was_said_noted_and_done_and_who_asks(client: Client, ari: User) -> None:
    anna = person("anna")
    thread(anna, title="The light blinks")
    ticket(anna, subject="An older matter")
    rated = ticket(anna, subject="Solved once", status="resolved", resolved_at=clock.now(), due_at=None)
    TicketRating.objects.create(ticket=rated, score=4, words="Quick!", rated_at=clock.now())
    made = ticket(anna, words="It is **dead**")
    serial = PrivateField.objects.create(kind="serial", label="Serial number")
    TicketValue.objects.create(ticket=made, field=serial, value="SN-4711")
    assigning.claim(actor=ari, ticket_id=made.pk)
    notes.note(actor=ari, ticket_id=made.pk, body="Asked billing.")
    page = words(client, made)
    for told in ("It is **dead**", "Asked billing.", "ari took it", "Internal note, customers never see it"):
        assert told in page
    for told in ("The light blinks", "An older matter", "4 of 5", "Quick!", "SN-4711", "Serial number"):
        assert told in page


def test_only_those_who_work_on_it_open_it_there(client: Client) -> None:
    anna = person("anna")
    made = ticket(anna)
    assert browser_of(anna).get(f"/desk/{made.pk}/").status_code == 403
    assert client.get(f"/desk/{made.pk + 1}/").status_code == 404


def test_agents_do_not_read_each_others_drafts(client: Client, ari: User) -> None:
    made = ticket()
    TicketDraft.objects.create(ticket=made, author=agent(), kind="reply", body="Not yet finished words")
    assert "Not yet finished words" not in words(client, made)


def test_a_fresh_desk_has_at_most_five_controls_beside_the_reply(client: Client) -> None:
    page = words(client, ticket())
    few = page.count("data-control")
    assert 2 <= few <= 5
    switch_on(*Switch)
    assert words(client, ticket()).count("data-control") > few


def test_the_page_asks_as_much_for_a_little_as_for_a_lot(client: Client, ari: User) -> None:
    switch_on(*Switch)
    anna = person("anna")
    made = ticket(anna, assignee=ari)

    def asked() -> int:
        client.get(f"/desk/{made.pk}/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/desk/{made.pk}/").status_code == 200
        return len(statements(queries))

    few = asked()
    tickets(1000, anna)
    for number in range(30):
        TicketMessage.objects.create(
            ticket=made, position=number + 2, author=anna, is_staff=False, body="x", body_html="<p>x</p>"
        )
        TicketNote.objects.create(ticket=made, author=ari, body="y", body_html="<p>y</p>")
        Macro.objects.create(name=f"Macro {number}")
    assert asked() == few <= 12


# Words ----------------------------------------------------------------------------------------------------------------
def test_a_reply_leaves_after_some_seconds_and_can_be_taken_back(client: Client, ari: User) -> None:
    made = ticket()
    client.post(f"/desk/{made.pk}/reply/", {"body": "Hold the button.", "then": "waiting"})
    assert PendingReply.objects.get().body == "Hold the button."
    assert "data-leaves" in words(client, made)
    assert "data-leaves" in client.get("/desk/").content.decode()
    back = client.post(f"/desk/{made.pk}/reply/take-back/")
    assert back.url == f"/desk/{made.pk}/#reply"
    assert not PendingReply.objects.exists() and made.messages.count() == 1
    assert "Hold the button." in words(client, made)


def test_a_reply_that_left_is_a_message_and_the_ticket_waits(client: Client) -> None:
    made = ticket()
    client.post(f"/desk/{made.pk}/reply/", {"body": "Hold the button.", "then": "waiting"})
    with clock.at(clock.now() + timedelta(seconds=30)):
        replies.let_leave()
        assert client.post(f"/desk/{made.pk}/reply/take-back/").status_code == 404
    made.refresh_from_db()
    assert made.status == Status.WAITING and made.messages.last().body == "Hold the button."


def test_what_a_reply_is_refused_for_is_told_and_no_word_is_lost(client: Client, ari: User) -> None:
    made = ticket(status="closed", resolved_at=clock.now(), closed_at=clock.now(), due_at=None)
    answer = client.post(f"/desk/{made.pk}/reply/", {"body": "Too late?", "then": "waiting"}, follow=True)
    assert answer.status_code == 200
    assert TicketDraft.objects.get(author=ari, kind="reply").body == "Too late?"


def test_a_note_is_no_message_and_is_in_nobodys_mail(client: Client) -> None:
    made = ticket()
    client.post(f"/desk/{made.pk}/note/", {"body": "Looks like the power supply."})
    assert made.notes.get().body == "Looks like the power supply."
    assert made.messages.count() == 1 and not PendingReply.objects.exists()


def test_reply_note_and_outcome_keep_drafts_of_their_own(client: Client, ari: User) -> None:
    made = ticket()
    for kind in ("reply", "note"):
        client.post(f"/desk/{made.pk}/draft/", {"kind": kind, "body": f"A {kind}"}, headers={"HX-Request": "true"})
    assert {each.kind: each.body for each in TicketDraft.objects.all()} == {"reply": "A reply", "note": "A note"}
    page = client.get(f"/desk/{made.pk}/").context
    assert page["reply_form"].initial["body"] == "A reply" and page["note_form"].initial["body"] == "A note"
    assert client.post(f"/desk/{made.pk}/draft/", {"kind": "shared", "body": "x"}).status_code == 400


# Macros ---------------------------------------------------------------------------------------------------------------
def test_a_macro_fills_the_reply_says_what_it_does_not_know_and_does_the_rest(client: Client, ari: User) -> None:
    switch_on(Switch.MACROS, Switch.PRIORITIES, Switch.TAGS)
    made = ticket(person("anna"))
    macro = Macro.objects.create(
        name="Ask", text="Hello {{customer}}, {{serial}}?", sets_priority="high", adds_tags=["serial"]
    )
    page = client.get(f"/desk/{made.pk}/?macro={macro.pk}").content.decode()
    assert "Hello anna, {{serial}}?" in page and "<mark>{{serial}}</mark>" in page
    fragment = client.get(f"/desk/{made.pk}/?macro={macro.pk}", headers={"HX-Request": "true"}).content.decode()
    assert "<template data-words>Hello anna, {{serial}}?</template>" in fragment and "<html" not in fragment
    client.post(f"/desk/{made.pk}/reply/", {"body": "Hello anna", "then": "open", "macro": macro.pk})
    made.refresh_from_db()
    assert made.priority == "high" and [tag.name for tag in made.tags.all()] == ["serial"]


def test_a_macro_of_somebody_else_is_not_there(client: Client) -> None:
    macro = Macro.objects.create(name="Own", text="Secret words", owner=agent())
    assert client.get(f"/desk/{ticket().pk}/?macro={macro.pk}").status_code == 404


# Whose it is and where it stands --------------------------------------------------------------------------------------
def test_of_two_who_take_it_the_second_is_told_who_has_it(client: Client, ari: User) -> None:
    made = ticket()
    assigning.claim(actor=agent("bea"), ticket_id=made.pk)
    page = client.post(f"/desk/{made.pk}/claim/", follow=True)
    assert b"bea took this ticket first." in page.content
    made.refresh_from_db()
    assert made.assignee.username == "bea"


def test_it_is_given_to_a_colleague_and_back_to_the_queue(client: Client) -> None:
    made, bea = ticket(), agent("bea")
    client.post(f"/desk/{made.pk}/assign/", {"to": bea.pk})
    made.refresh_from_db()
    assert made.assignee == bea
    client.post(f"/desk/{made.pk}/assign/", {"to": ""})
    made.refresh_from_db()
    assert made.assignee is None
    assert client.post(f"/desk/{made.pk}/assign/", {"to": person().pk}).status_code == 400
    assert client.post(f"/desk/{made.pk}/assign/", {"to": "9" * 30}).status_code == 404


@pytest.mark.parametrize(
    ("to", "more", "status"),
    [
        ("resolve", {}, "resolved"),
        ("waiting", {}, "waiting"),
        ("close", {}, "closed"),
        ("hold", {"held_until": f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:00}"}, "on_hold"),
    ],
)
def test_it_moves_by_one_press(client: Client, to: str, more: dict[str, str], status: str) -> None:
    made = ticket()
    assert client.post(f"/desk/{made.pk}/move/", {"to": to, **more}).status_code == 303
    made.refresh_from_db()
    assert made.status == status


@pytest.mark.parametrize("sent", [{"to": "gone"}, {}, {"to": "hold"}, {"to": "hold", "held_until": "x" * 9000}])
def test_a_move_that_is_none_is_told_and_changes_nothing(client: Client, sent: dict[str, str]) -> None:
    made = ticket()
    assert client.post(f"/desk/{made.pk}/move/", sent).status_code == 400
    assert TicketEvent.objects.filter(ticket=made).count() == 1


# What is new ----------------------------------------------------------------------------------------------------------
def test_an_open_page_learns_what_came_and_who_else_is_there(client: Client, ari: User) -> None:
    made, bea = ticket(person("anna")), agent("bea")
    etag = client.get(f"/desk/{made.pk}/").context["etag"]
    news = f"/desk/{made.pk}/news/"
    assert client.get(news, headers={"If-None-Match": etag}).status_code == 304
    browser_of(bea).post(f"/desk/{made.pk}/look/", {"types": "1"})
    told = client.get(news, headers={"If-None-Match": etag})
    assert b"bea is writing a reply" in told.content
    notes.note(actor=bea, ticket_id=made.pk, body="On the phone with them.")
    again = client.get(news, headers={"If-None-Match": told["ETag"]})
    assert again.status_code == 200 and b"On the phone with them." in again.content
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert b"bea is" not in client.get(news).content


# Many at once ---------------------------------------------------------------------------------------------------------
def test_many_are_looked_at_first_and_then_changed(client: Client, ari: User) -> None:
    open_ones = tickets(3)
    closed = ticket(status="closed", resolved_at=clock.now(), closed_at=clock.now(), due_at=None, subject="Long done")
    sent: dict[str, Any] = {"ticket": [each.pk for each in (*open_ones, closed)], "to": "me"}
    page = client.post("/desk/many/", sent)
    assert b"3 tickets will change" in page.content and b"Long done" in page.content
    assert not Ticket.objects.filter(assignee=ari).exists()
    ids = re.findall(r'name="ticket" value="(\d+)"', page.content.decode())
    client.post("/desk/many/", {"ticket": ids, "to": "me", "do": "apply", "reason": "A flood"})
    assert Ticket.objects.filter(assignee=ari).count() == 3


def test_many_without_a_choice_or_without_a_tick_are_told(client: Client) -> None:
    assert client.post("/desk/many/", {"ticket": [ticket().pk]}).status_code == 400
    assert client.post("/desk/many/", {"to": "me"}).status_code == 400


# Belonging ------------------------------------------------------------------------------------------------------------
def test_two_tickets_become_one_and_two_again(client: Client) -> None:
    anna = person("anna")
    first, second = ticket(anna, subject="First"), ticket(anna, subject="Second")
    assert b"Second" in client.get(f"/desk/{first.pk}/merge/").content
    preview = client.get(f"/desk/{first.pk}/merge/?into={second.pk}")
    assert b"1 message moves" in preview.content
    client.post(f"/desk/{first.pk}/merge/", {"into": second.pk, "reason": "The same"})
    assert second.messages.count() == 2
    switch_on(Switch.REGROUPING)
    undo = re.search(r"/desk/moves/\d+/undo/", words(client, second))
    assert undo
    client.post(undo[0])
    first.refresh_from_db()
    assert second.messages.count() == 1 and first.status == "new"


def test_tickets_of_other_customers_are_not_offered(client: Client) -> None:
    mine, other = ticket(subject="Hers"), ticket(subject="His private matter")
    page = client.get(f"/desk/{mine.pk}/merge/?into={other.pk}").content
    assert b"His private matter" not in page
    assert client.post(f"/desk/{mine.pk}/merge/", {"into": other.pk}).status_code == 400


def test_a_ticket_moved_to_another_team_leads_back_to_the_list(client: Client) -> None:
    from_here = ticket()
    theirs = Queue.objects.create(name="Billing", team=_team())
    assert client.post(f"/desk/{from_here.pk}/sort/", {"queue": theirs.pk}).url == "/desk/"
    assert client.get(f"/desk/{from_here.pk}/").status_code == 404


def _team() -> Any:
    return Queue._meta.get_field("team").related_model.objects.create(name="Billing team")


def test_somebody_comes_into_copy_by_name_and_leaves_again(client: Client) -> None:
    made, ben = ticket(), person("ben")
    client.post(f"/desk/{made.pk}/copies/", {"person": "@ben"})
    assert made.ccs.get().person == ben
    assert client.post(f"/desk/{made.pk}/copies/", {"person": "nobody@example.com"}).status_code == 400
    client.post(f"/desk/{made.pk}/copies/", {"out": ben.pk})
    assert not made.ccs.exists()
