"""Asking: write first, sign in after, nothing lost, nothing twice."""

import re
from typing import Any

import pytest
from django.test import Client

from community.actions import threads
from community.actions.tags import add_to_vocabulary
from community.errors import NotAllowed, NotThere, Refused
from community.models import Board, Draft, MeToo, PostKey, Thread, ThreadEvent, Watch
from community.models.threads import Kind
from tests.factories import board, moderator, person, thread

pytestmark = pytest.mark.django_db


def filled(on: Board, **changes: Any) -> dict[str, Any]:
    """What the browser sends for a question."""
    form = {"title": "Red light", "body": "It blinks.", "board": on.slug, "kind": "problem", "post_key": "key-1"}
    return form | changes


@pytest.fixture
def routers() -> Board:
    return board("Routers", versions=["4.1", "4.2"])


@pytest.fixture
def anna(client: Client):
    user = person("anna")
    client.force_login(user)
    return user


def test_a_member_asks_and_lands_on_the_question(client, anna, routers) -> None:
    answer = client.post("/ask/", filled(routers, tags="Wifi, update", product_version="4.2"))
    asked = Thread.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, asked.get_absolute_url())
    assert (asked.asker, asked.kind, asked.product_version, asked.state) == (anna, Kind.PROBLEM, "4.2", "new")
    assert {tag.name for tag in asked.tags.all()} == {"Wifi", "update"}
    assert Watch.objects.get(thread=asked).reason == Watch.Reason.ASKED
    assert ThreadEvent.objects.get().kind == ThreadEvent.Kind.ASKED


def test_a_form_without_its_token_is_refused_and_with_it_posted(anna, routers) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(anna)
    assert strict.post("/ask/", filled(routers)).status_code == 403
    assert not Thread.objects.exists()
    strict.get("/ask/")
    token = strict.cookies["csrftoken"].value
    assert strict.post("/ask/", filled(routers, csrfmiddlewaretoken=token)).status_code == 303


def test_a_double_click_asks_once(client, anna, routers) -> None:
    first = client.post("/ask/", filled(routers))
    second = client.post("/ask/", filled(routers))
    assert first["Location"] == second["Location"]
    assert Thread.objects.count() == 1


def test_going_back_and_asking_something_else_is_another_question(client, anna, routers) -> None:
    client.post("/ask/", filled(routers))
    client.post("/ask/", filled(routers, title="Green light"))
    assert Thread.objects.count() == 2


def test_the_same_key_of_another_person_is_another_question(routers) -> None:
    for actor in (person(), person()):
        threads.ask(actor=actor, board_id=routers.pk, kind="idea", title="T", body="B", post_key="same")
    assert Thread.objects.count() == 2
    assert PostKey.objects.count() == 2


def test_every_form_carries_a_key_of_its_own(client, anna, routers) -> None:
    keys = {client.get("/ask/").context["form"]["post_key"].value() for _ in range(2)}
    assert len(keys) == 2


def test_errors_keep_every_word_that_was_typed(client, anna, routers) -> None:
    sent = filled(routers, title="", tags="alpha, beta", product_version="9.9 beta", kind="idea")
    answer = client.post("/ask/", sent)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert {name: form[name].value() for name in ("body", "board", "kind", "tags", "product_version", "post_key")} == {
        name: sent[name] for name in ("body", "board", "kind", "tags", "product_version", "post_key")
    }
    assert "title" in form.errors
    assert not Thread.objects.exists()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"title": "x" * 1_000_000}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"body": "x" * 30_001}, "body"),
        ({"body": " \n "}, "body"),
        ({"board": "no-such-board"}, "board"),
        ({"board": ""}, "board"),
        ({"board": "9" * 500}, "board"),
        ({"kind": "rant"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"tags": "a,b,c,d,e,f"}, "tags"),
        ({"tags": "x" * 41}, "tags"),
        ({"tags": "x," * 1000}, "tags"),
        ({"product_version": "v" * 61}, "product_version"),
        ({"linked_from": "9" * 100_000}, "linked_from"),
        ({"linked_from": "-1"}, "linked_from"),
        ({"linked_from": str(2**63)}, "linked_from"),
    ],
)
def test_what_cannot_be_asked_is_told_beside_its_field(client, anna, routers, changes, wrong) -> None:
    answer = client.post("/ask/", filled(routers, **changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert not Thread.objects.exists()


def test_privileged_words_in_the_form_do_nothing(client, anna, routers) -> None:
    other = person("other")
    sent = filled(
        routers, asker=other.pk, actor=other.pk, hidden_at="2020-01-01", solved_at="2020-01-01", is_staff="1", id="7"
    )
    client.post("/ask/", sent | {"asker_role": "admin", "is_imported": "1", "version": "9", "me_too_count": "99"})
    asked = Thread.objects.get()
    assert (asked.asker, asked.asker_role, asked.hidden_at, asked.solved_at) == (anna, "customer", None, None)
    assert (asked.is_imported, asked.version, asked.me_too_count) == (False, 1, 0)
    anna.refresh_from_db()
    assert not anna.is_staff


# Boards --------------------------------------------------------------------------------------


def test_boards_out_of_sight_and_archived_ones_are_no_choice(client, anna, routers) -> None:
    secret = board("Secret", audience=Board.Audience.GROUPS)
    old = board("Old", archived_at=routers.created_at)
    page = client.get("/ask/").content.decode()
    assert "Routers" in page
    assert "Secret" not in page
    assert "Old" not in page
    for hidden in (secret, old):
        assert client.post("/ask/", filled(hidden)).status_code == 422
    with pytest.raises(NotThere):
        threads.ask(actor=anna, board_id=secret.pk, kind="problem", title="T", body="B")
    with pytest.raises(NotAllowed):
        threads.ask(actor=anna, board_id=old.pk, kind="problem", title="T", body="B")
    assert not Thread.objects.exists()


def test_a_board_with_its_own_tags_offers_them_to_tick_and_takes_no_others(client, anna) -> None:
    cameras = board("Cameras", closed_vocabulary=True)
    add_to_vocabulary(board=cameras, words=["Night mode", "Wifi"])
    page = client.get("/ask/?board=cameras").content.decode()
    assert 'type="checkbox" name="tags" value="Night mode"' in page
    answer = client.post("/ask/", filled(cameras, tags="wifi, drones"))
    assert answer.status_code == 422
    assert "drones" in answer.context["form"].errors["tags"][0]
    assert re.search(r'<input[^>]+value="Wifi"[^>]+checked', answer.content.decode())
    assert client.post("/ask/", filled(cameras, tags=["Night mode", "Wifi"])).status_code == 303
    assert {tag.name for tag in Thread.objects.get().tags.all()} == {"Night mode", "Wifi"}


def test_a_board_offers_its_versions(client, anna, routers) -> None:
    board("Another")
    assert '<option value="4.2">' not in client.get("/ask/").content.decode()
    assert '<option value="4.2">' in client.get("/ask/?board=routers").content.decode()
    part = client.get("/ask/?part=board&board=routers&product_version=4.1&tags=a").content.decode()
    assert '<option value="4.2">' in part
    assert 'value="4.1"' in part
    assert "<form" not in part


# What the address brings --------------------------------------------------------------------------------------


def test_the_address_fills_title_and_board_and_nonsense_in_it_is_left_out(client, routers) -> None:
    form = client.get("/ask/?title=Red+light&board=routers&kind=rant&linked_from=x").context["form"]
    assert (form["title"].value(), form["board"].value(), form["kind"].value()) == ("Red light", "routers", "question")
    for query in ("linked_from=" + "9" * 5000, "linked_from=-3", "board=" + "x" * 5000, "title=%00"):
        assert client.get(f"/ask/?{query}").status_code in (200, 400)


def test_a_question_about_an_older_one_quotes_it_and_is_linked_to_it(client, anna, routers) -> None:
    old = thread(on=routers, title="An old problem", body="It was red.")
    form = client.get(f"/ask/?linked_from={old.pk}").context["form"]
    assert old.get_absolute_url() in form["body"].value()
    assert "> An old problem: It was red." in form["body"].value()
    assert form["board"].value() == "routers"
    client.post("/ask/", filled(routers, linked_from=old.pk))
    assert Thread.objects.get(asker=anna).linked_from == old


def test_an_older_question_out_of_sight_is_neither_quoted_nor_linked(client, anna, routers) -> None:
    secret = thread(moderator(), on=board(audience=Board.Audience.GROUPS), title="Secret plans")
    assert "Secret plans" not in client.get(f"/ask/?linked_from={secret.pk}").content.decode()
    client.post("/ask/", filled(routers, linked_from=secret.pk))
    assert Thread.objects.get(asker=anna).linked_from is None
    made = threads.ask(actor=anna, board_id=routers.pk, kind="idea", title="T", body="B", linked_from=secret)
    assert made.linked_from is None


# Visitors --------------------------------------------------------------------------------------


def test_a_visitor_writes_first_and_finds_it_again(client, routers) -> None:
    page = client.get("/ask/")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    sent = filled(routers, tags="wifi", product_version="4.2")
    answer = client.post("/ask/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/ask/finish/")
    assert not Thread.objects.exists()
    kept = Draft.objects.get()
    assert (kept.person, kept.visitor_key, kept.title) == (None, client.session["draft_key"], "Red light")
    form = client.get("/ask/").context["form"]
    assert form["body"].value() == "It blinks."
    assert (form["board"].value(), form["kind"].value(), form["tags"].value()) == ("routers", "problem", "wifi")


def test_a_visitors_form_works_with_the_token_of_its_page(routers) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/ask/", filled(routers)).status_code == 403
    strict.get("/ask/")
    token = strict.cookies["csrftoken"].value
    assert strict.post("/ask/", filled(routers, csrfmiddlewaretoken=token)).status_code == 302


def test_a_visitors_mistakes_are_told_before_anything_is_kept(client, routers) -> None:
    answer = client.post("/ask/", filled(routers, title=""))
    assert answer.status_code == 422
    assert answer.context["form"]["body"].value() == "It blinks."
    assert not Draft.objects.exists()


def test_one_visitors_draft_is_no_other_visitors(client, routers) -> None:
    client.post("/ask/", filled(routers))
    assert "It blinks." not in Client().get("/ask/").content.decode()


# At the action --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("title", "body"), [("a\x00b", "B"), ("T", "a\ud800"), ("", "B"), ("T", "")])
def test_the_action_refuses_what_is_no_text(title, body) -> None:
    with pytest.raises(Refused):
        threads.ask(actor=person(), board_id=board().pk, kind="problem", title=title, body=body)
    assert not Thread.objects.exists()
    assert not PostKey.objects.exists()


def test_a_refused_tag_leaves_nothing_behind() -> None:
    with pytest.raises(Refused):
        threads.ask(actor=person(), board_id=board().pk, kind="idea", title="T", body="B", tags=list("abcdef"))
    assert not Thread.objects.exists()
    assert not ThreadEvent.objects.exists()


def test_quoting_somebody_who_mentioned_a_person_does_not_mention_them_again(routers) -> None:
    ben = person("ben")
    threads.ask(actor=person(), board_id=routers.pk, kind="idea", title="T", body="> hello @ben\n\nI agree.")
    assert not ThreadEvent.objects.filter(person=ben).exists()
    threads.ask(actor=person(), board_id=routers.pk, kind="idea", title="T", body="> hello\n\nI agree, @ben.")
    assert ThreadEvent.objects.filter(person=ben).count() == 1


def test_praise_is_not_something_others_have_too(client, anna) -> None:
    praise = thread(kind=Kind.PRAISE)
    assert client.post(f"/threads/{praise.pk}/join/").status_code == 403
    assert not MeToo.objects.exists()
