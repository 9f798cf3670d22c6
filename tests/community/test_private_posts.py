"""A post with something private in it comes back once; what becomes of it its writer says."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.actions import private_notes
from community.actions.answers import answer, edit_answer
from community.actions.boards import update_board
from community.actions.private_data import Said, Way
from community.actions.threads import ask, edit_thread
from community.errors import NotAllowed, NotThere, PrivateData, Refused
from community.integrity import violations
from community.models import Answer, AuditEntry, Brand, Draft, PrivateNote, Thread, User
from tests.factories import admin, agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db

ADDRESS, NUMBER = "anna.berg@gmail.com", "NW-2041-XK77"
BODY = f"It blinks. Write to {ADDRESS}, the label says {NUMBER}."


def fields(on: Any, **others: Any) -> dict[str, Any]:
    return {"title": "It blinks", "body": BODY, "board": on.slug, "kind": "problem", "post_key": "k"} | others


@pytest.fixture
def product() -> Any:
    return board("Routers", private_patterns="NW-####-@@##")


def signed_in(client: Client, who: User) -> Client:
    client.force_login(who)
    return client


def test_a_question_with_private_data_comes_back_once_with_every_word(client: Client, product: Any) -> None:
    anna = person("anna")
    response = signed_in(client, anna).post("/ask/", fields(product))
    page = response.content.decode()
    assert response.status_code == 422
    assert not Thread.objects.exists()
    assert "an e-mail address: <bdi><code>an••••••••om</code>" in page
    assert "a serial number: <bdi><code>NW••••••••77</code>" in page
    assert page.count('name="private"') == 4
    assert BODY in page
    assert 'value="k"' in page  # the same form: pressed once more it still posts once


@pytest.mark.parametrize(
    ("way", "said", "noted"),
    [
        ("public", BODY, None),
        ("out", "It blinks. Write to [left out], the label says [left out].", None),
        (
            "staff",
            "It blinks. Write to [sent to staff privately], the label says [sent to staff privately].",
            f"{ADDRESS}\n{NUMBER}",
        ),
        ("all", "[sent to staff privately]", BODY),
    ],
)
def test_its_writer_says_what_becomes_of_it(
    client: Client, product: Any, way: str, said: str, noted: str | None
) -> None:
    anna = person("anna")
    assert signed_in(client, anna).post("/ask/", fields(product, private=way)).status_code == 303
    asked = Thread.objects.get()
    assert asked.body == said
    assert [note.text for note in PrivateNote.objects.filter(thread=asked, author=anna)] == ([noted] if noted else [])
    if noted:
        assert ADDRESS not in asked.body_html
        assert "•" not in asked.body


def test_single_pieces_are_decided_one_by_one_and_what_is_new_is_asked_about(client: Client, product: Any) -> None:
    anna = person("anna")
    with pytest.raises(PrivateData) as told:
        ask(actor=anna, board_id=product.pk, kind="problem", title="It blinks", body=BODY)
    address, number = (each.piece.digest for each in told.value.found)
    said = Said(pieces={address: Way.PUBLIC})
    with pytest.raises(PrivateData) as told:
        ask(actor=anna, board_id=product.pk, kind="problem", title="It blinks", body=BODY, private=said)
    assert [each.piece.text for each in told.value.found] == [NUMBER]
    data = fields(product, private=[f"public:{address}", f"staff:{number}"])
    assert signed_in(client, anna).post("/ask/", data).status_code == 303
    asked = Thread.objects.get()
    assert ADDRESS in asked.body
    assert NUMBER not in asked.body
    assert PrivateNote.objects.get().text == NUMBER


def test_a_title_is_looked_at_too(client: Client, product: Any) -> None:
    anna = person("anna")
    data = fields(product, title=f"{ADDRESS} gets no mail", body="See above.")
    page = signed_in(client, anna).post("/ask/", data)
    assert page.status_code == 422
    assert "an e-mail address in the title" in page.content.decode()
    client.post("/ask/", data | {"private": "staff"})
    assert Thread.objects.get().title == "[sent to staff privately] gets no mail"


def test_an_answer_is_looked_at_for_its_board_and_costs_no_statement_more(product: Any) -> None:
    asked, ben = thread(on=product), person("ben")
    with pytest.raises(PrivateData):
        answer(actor=ben, thread_id=asked.pk, body=f"Mine is {NUMBER}.")
    assert not Answer.objects.exists()
    assert answer(actor=ben, thread_id=asked.pk, body=f"Mine is {NUMBER}.", may_be_public=True).body.endswith("77.")
    counted = []
    for place in (asked, thread()):  # with patterns of its own, and without
        with CaptureQueriesContext(connection) as statements:
            answer(actor=ben, thread_id=place.pk, body=f"Try {place.pk} again.", post_key=f"k{place.pk}")
        counted.append(len(statements))
    assert counted[0] == counted[1]
    assert answer(actor=ben, thread_id=thread().pk, body=f"Mine is {NUMBER}.").pk  # another board's numbers are others


def test_an_edit_is_asked_about_what_is_new_only(product: Any) -> None:
    anna = person("anna")
    asked = thread(anna, product, body=BODY, may_be_public=True)
    edited = edit_thread(actor=anna, thread_id=asked.pk, version=1, title=asked.title, body=f"{BODY} Still.")
    with pytest.raises(PrivateData) as told:
        edit_thread(actor=anna, thread_id=asked.pk, version=2, title=asked.title, body=f"{edited.body} NW-1111-AA11")
    assert [each.piece.text for each in told.value.found] == ["NW-1111-AA11"]
    given = reply(asked, anna)
    with pytest.raises(PrivateData):
        edit_answer(actor=anna, answer_id=given.pk, version=1, body=BODY)
    edit_answer(actor=anna, answer_id=given.pk, version=1, body=BODY, private=Said(Way.STAFF))
    assert ADDRESS not in Answer.objects.get(pk=given.pk).body
    assert PrivateNote.objects.count() == 1
    assert list(violations()) == []


def test_what_the_brand_publishes_itself_is_no_secret(product: Any) -> None:
    Brand.objects.update_or_create(pk=1, defaults={"support_address": "Care@nordwave.net"})
    assert thread(on=product, body="I wrote to care@nordwave.net.").pk


def test_the_draft_stays_while_it_is_decided(client: Client, product: Any) -> None:
    anna = person("anna")
    signed_in(client, anna)
    client.post("/drafts/save/", fields(product, place="ask"))
    client.post("/ask/", fields(product))
    assert Draft.objects.get(person=anna).body == BODY


# While somebody writes --------------------------------------------------------------------------------------------
def test_while_writing_the_same_rule_answers_and_nothing_is_written(client: Client, product: Any) -> None:
    inner = board("Inner", audience="signed_in", private_patterns="IN-####")
    assert client.post("/private-data/look/", {"title": "Hi", "body": "It blinks."}).status_code == 204
    told = client.post("/private-data/look/", {"body": BODY, "board": product.slug}).content.decode()
    assert told.count("data-digest") == 2
    assert 'data-way="staff"' in told
    assert client.post("/private-data/look/", {"body": BODY, "before": BODY}).status_code == 204
    # The patterns of a board out of sight are none of a visitor's business.
    assert client.post("/private-data/look/", {"body": "IN-2041", "board": inner.slug}).status_code == 204
    asked = thread(on=inner)
    assert client.post("/private-data/look/", {"body": "IN-2041", "thread": asked.pk}).status_code == 204
    signed_in(client, person())
    assert client.post("/private-data/look/", {"body": "IN-2041", "thread": asked.pk}).status_code == 200
    for wrong in ("x", "9" * 40, "-1"):
        sent = client.post("/private-data/look/", {"body": "IN-2041", "thread": wrong, "board": wrong})
        assert sent.status_code < 500


def test_what_happens_then_is_said_to_everybody(client: Client) -> None:
    assert "You can delete them there at any time." in client.get("/private-data/").content.decode()


# Notes --------------------------------------------------------------------------------------------------------------
def test_a_note_is_seen_by_its_writer_and_staff_alone(client: Client, product: Any) -> None:
    anna = person("anna")
    asked = ask(actor=anna, board_id=product.pk, kind="problem", title="It blinks", body=BODY, private=Said(Way.STAFF))
    address = asked.get_absolute_url()
    assert ADDRESS not in client.get(address).content.decode()
    for who, sees in ((person(), False), (anna, True), (agent(), True), (moderator(), True), (admin(), True)):
        page = signed_in(client, who).get(address)
        assert (ADDRESS in page.content.decode()) is sees, who
        assert not sees or page["Cache-Control"] == "private, no-store"
    half = person("half", "moderator", second_factor=False)
    assert ADDRESS not in signed_in(client, half).get(address).content.decode()
    for feed in ("/threads/feed/", "/threads/"):
        assert NUMBER not in client.get(feed).content.decode()
    assert "It blinks" not in client.get(f"/search/?q={NUMBER}").content.decode()


def test_staff_read_a_note_and_its_writer_may_delete_it(client: Client) -> None:
    anna, eve, staff, asked = person("anna"), person("eve"), agent("gwen"), thread()
    note = private_notes.write(actor=anna, thread=asked, text=ADDRESS)
    assert ADDRESS in signed_in(client, staff).get("/staff/notes/").content.decode()
    with pytest.raises(NotThere):
        private_notes.mark_read(actor=eve, note_id=note.pk)
    with pytest.raises(NotAllowed):
        private_notes.mark_read(actor=anna, note_id=note.pk)
    with pytest.raises(NotAllowed):
        private_notes.take_back(actor=staff, note_id=note.pk)
    for _twice in range(2):
        assert client.post(f"/staff/notes/{note.pk}/read/").status_code == 303
    assert AuditEntry.objects.filter(verb="read_private_note", actor=staff).count() == 1
    assert ADDRESS not in client.get("/staff/notes/").content.decode()
    assert signed_in(client, eve).post(f"/staff/notes/{note.pk}/take-back/").status_code == 404
    assert signed_in(client, anna).post(f"/staff/notes/{note.pk}/take-back/").status_code == 303
    assert not PrivateNote.objects.exists()


@pytest.mark.parametrize("rows", [1, 60])
def test_the_list_of_notes_asks_the_same_whatever_its_length(client: Client, rows: int) -> None:
    asked, anna = thread(), person("anna")
    for number in range(rows):
        private_notes.write(actor=anna, thread=asked, text=f"Number {number}")
    signed_in(client, agent())
    with CaptureQueriesContext(connection) as statements:
        page = client.get("/staff/notes/").content.decode()
    assert len(statements) <= 12
    assert ("?after=" in page) is (rows > 30)
    assert client.get("/staff/notes/?after=x").status_code == 400


def test_an_administrator_says_what_serial_numbers_look_like(product: Any) -> None:
    fields = {"name": product.name, "slug": product.slug, "approves_official": True}
    update_board(actor=admin("ada"), board_id=product.pk, **fields, private_patterns=" SN####@@ \n\n")
    product.refresh_from_db()
    assert (product.private_patterns, product.approves_official) == ("SN####@@", True)
    for wrong in ("##", "A-#-everything", "\n".join(["####"] * 21)):
        with pytest.raises(Refused):
            update_board(actor=admin(), board_id=product.pk, **fields, private_patterns=wrong)
