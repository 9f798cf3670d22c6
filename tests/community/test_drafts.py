"""Drafts: a reload or a lost session loses nothing, for people and for visitors who sign in later."""

from datetime import timedelta

import pytest
from django.test import Client

from community import clock
from community.actions import drafts, moderation
from community.errors import Refused
from community.models import Draft, Thread, ThreadEvent
from tests.factories import board, moderator, person, thread

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
SAVE = "/drafts/save/"


@pytest.fixture
def anna(client: Client):
    user = person("anna")
    client.force_login(user)
    return user


def test_what_is_typed_is_kept_and_found_again_in_another_session(client, anna) -> None:
    sent = {"place": "ask", "title": "Red light", "body": "It bl", "board": "x", "kind": "idea", "tags": ["a", "b"]}
    told = client.post(SAVE, sent, headers=HTMX).content.decode()
    assert "Draft saved" in told
    assert "<time" in told
    assert "<html" not in told
    client.post(SAVE, sent | {"body": "It blinks"}, headers=HTMX)
    another = Client()
    another.force_login(anna)
    form = another.get("/ask/").context["form"]
    assert (form["title"].value(), form["body"].value(), form["tags"].value()) == ("Red light", "It blinks", "a, b")
    assert form["kind"].value() == "idea"
    assert Draft.objects.count() == 1


def test_the_button_saves_without_a_script_and_leads_back(client, anna) -> None:
    question = thread()
    told = client.post(SAVE, {"place": f"answer:{question.pk}", "body": "So far"})
    assert (told.status_code, told["Location"]) == (303, f"/threads/{question.pk}/answer/")
    assert "So far" in client.get(told["Location"]).content.decode()


def test_emptying_the_form_forgets_the_draft(client, anna) -> None:
    client.post(SAVE, {"place": "ask", "body": "x"})
    assert client.post(SAVE, {"place": "ask", "body": "  ", "title": ""}, headers=HTMX).content.strip() == b""
    assert not Draft.objects.exists()


def test_a_visitors_draft_becomes_theirs_when_they_sign_in(client) -> None:
    question = thread()
    client.post(SAVE, {"place": "ask", "title": "Red light", "board": "routers"}, headers=HTMX)
    client.post(SAVE, {"place": f"answer:{question.pk}", "body": "I know"}, headers=HTMX)
    key = client.session["draft_key"]
    anna = person()
    assert drafts.adopt_drafts(actor=anna, visitor_key=key) == 2
    assert drafts.adopt_drafts(actor=anna, visitor_key=key) == 0
    client.force_login(anna)
    assert client.get("/ask/").context["form"]["title"].value() == "Red light"
    assert "I know" in client.get(f"/threads/{question.pk}/answer/").content.decode()


def test_a_draft_in_the_way_of_an_adopted_one_is_kept_beside_it(client, anna) -> None:
    drafts.save_draft(actor=anna, place="ask", title="Mine from yesterday")
    drafts.save_draft(actor=None, visitor_key="k", place="ask", title="Just written")
    drafts.adopt_drafts(actor=anna, visitor_key="k")
    page = client.get("/ask/")
    assert page.context["form"]["title"].value() == "Just written"
    assert "Mine from yesterday" in page.content.decode()
    client.post(SAVE, {"place": "ask", "aside": "1"})
    page = client.get("/ask/")
    assert page.context["form"]["title"].value() == "Mine from yesterday"
    assert "Just written" in page.content.decode()


def test_nobody_adopts_the_drafts_of_visitors_without_a_key() -> None:
    drafts.save_draft(actor=person(), place="ask", title="Mine")
    assert drafts.adopt_drafts(actor=person(), visitor_key="") == 0


def test_who_comes_with_a_new_question_keeps_the_old_draft_for_later(client, anna) -> None:
    drafts.save_draft(actor=anna, place="ask", title="Old draft", body="Words")
    page = client.get("/ask/?title=New+question")
    assert page.context["other_waits"]
    assert page.context["form"]["title"].value() == "Old draft"
    told = client.post(SAVE, {"place": "ask", "aside": "1", "next": "/ask/?title=New+question"})
    assert told["Location"] == "/ask/?title=New+question"
    page = client.get(told["Location"])
    assert page.context["form"]["title"].value() == "New question"
    assert "Old draft" in page.content.decode()


def test_a_draft_is_thrown_away_only_when_asked(client, anna) -> None:
    drafts.save_draft(actor=anna, place="ask", title="T")
    client.post(SAVE, {"place": "ask", "discard": "1"})
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"place": ""}, 404),
        ({"place": "answer:"}, 404),
        ({"place": "answer:" + "9" * 30}, 404),
        ({"place": "ask:earlier"}, 404),
        ({"place": "answer:999999999"}, 404),
        ({"title": "x" * 201}, 400),
        ({"body": "x" * 30_001}, 400),
        ({"tags": "x" * 1_000_000}, 400),
        ({"body": "a\x00"}, 400),
    ],
)
def test_what_is_no_draft_is_told_and_not_kept(client, anna, changes, status) -> None:
    told = client.post(SAVE, {"place": "ask", "title": "T", "body": "B"} | changes, headers=HTMX)
    assert told.status_code == status
    assert not Draft.objects.exists()


def test_no_drafts_of_answers_to_what_is_out_of_sight(client, anna) -> None:
    question = thread()
    moderation.hide_thread(actor=moderator(), thread_id=question.pk)
    assert client.post(SAVE, {"place": f"answer:{question.pk}", "body": "x"}).status_code == 404


def test_a_draft_with_foreign_words_in_its_choices_keeps_only_the_forms_own() -> None:
    made = drafts.save_draft(actor=person(), place="ask", title="T", choices={"board": "b", "is_staff": "1"})
    assert made is not None
    assert made.choices == {"board": "b"}


def test_the_oldest_drafts_give_way_beyond_the_bound() -> None:
    anna = person()
    for number in range(drafts.MOST_PER_PERSON + 2):
        drafts.save_draft(actor=anna, place=f"answer:{number}", body="x")
    for number in range(drafts.MOST_PER_VISITOR + 2):
        drafts.save_draft(actor=None, visitor_key="k", place=f"answer:{number}", body="x")
    places = set(Draft.objects.filter(person=anna).values_list("place", flat=True))
    assert len(places) == drafts.MOST_PER_PERSON
    assert {"answer:0", "answer:1"}.isdisjoint(places)
    assert Draft.objects.filter(visitor_key="k").count() == drafts.MOST_PER_VISITOR


def test_drafts_nobody_came_back_for_are_forgotten_visitors_first() -> None:
    now = clock.now()
    for days in (6, 8, 200):
        with clock.at(now - timedelta(days=days)):
            drafts.save_draft(actor=None, visitor_key=f"v{days}", place="ask", title="T")
            drafts.save_draft(actor=person(f"p{days}"), place="ask", title="T")
    assert drafts.expire_drafts() == 3
    kept = {draft.visitor_key or str(draft.person) for draft in Draft.objects.select_related("person")}
    assert kept == {"v6", "p6", "p8"}


def test_a_draft_of_nobody_is_refused() -> None:
    with pytest.raises(Refused):
        drafts.save_draft(actor=None, place="ask", title="T")


def test_a_draft_needs_the_forms_token() -> None:
    assert Client(enforce_csrf_checks=True).post(SAVE, {"place": "ask", "title": "T"}).status_code == 403
    assert not Draft.objects.exists()


# Preview ------------------------------------------------------------------------------------------------------------


def test_a_preview_shows_the_text_as_it_will_be_and_writes_nothing(client, anna) -> None:
    board()
    told = client.post("/preview/", {"body": "**bold** <script>alert(1)</script> @anna"}).content.decode()
    assert "<strong>bold</strong>" in told
    assert "<script>" not in told
    assert 'class="mention"' in told
    assert not Thread.objects.exists()
    assert not ThreadEvent.objects.exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [("", 200), ("  ", 200), ("x" * 30_001, 400), ("a\x00", 400), ("[" * 20_000, 200), ("> " * 10_000, 200)],
)
def test_a_preview_of_nonsense_is_told(client, body, status) -> None:
    assert client.post("/preview/", {"body": body}).status_code == status


# Two windows -------------------------------------------------------------------------------------------------------
def kept() -> dict[str, str]:
    return {draft.place: draft.body for draft in Draft.objects.all()}


def save(client, window: str, body: str, seen: str = "", **more: str):
    sent = {"place": "ask", "post_key": window, "draft_seen": seen, "body": body, **more}
    return client.post(SAVE, sent, headers=HTMX)


def test_two_windows_do_not_overwrite_each_other(client, anna) -> None:
    save(client, "one", "From the first window")
    told = save(client, "two", "From the second")
    assert told.status_code == 409
    assert "another window" in told.content.decode()
    assert kept() == {"ask": "From the first window"}
    assert save(client, "one", "The first goes on").status_code == 200
    assert save(client, "two", "From the second", beside="1").status_code == 200
    assert kept() == {"ask": "From the second", "ask:earlier": "The first goes on"}
    assert "You kept another draft for later" in client.get("/ask/").content.decode()


def test_whoever_loads_the_page_again_goes_on_with_the_draft(client, anna) -> None:
    save(client, "one", "It bli")
    page = client.get("/ask/").content.decode()
    seen = Draft.objects.get().saved_at.isoformat()
    assert f'name="draft_seen" value="{seen}"' in page
    assert "is back" in page
    assert save(client, "new", "It blinks", seen).status_code == 200
    assert kept() == {"ask": "It blinks"}


def test_the_same_words_in_two_windows_are_no_conflict(client, anna) -> None:
    save(client, "one", "The same")
    assert save(client, "two", "The same").status_code == 200


def test_without_a_script_both_windows_words_are_kept(client, anna) -> None:
    save(client, "one", "First")
    client.post(SAVE, {"place": "ask", "post_key": "two", "body": "Second"})
    assert kept() == {"ask": "Second", "ask:earlier": "First"}


def test_posting_in_one_window_leaves_the_other_windows_draft(client, anna) -> None:
    question = thread()
    place, sent = f"answer:{question.pk}", {"body": "Posted", "post_key": "two", "draft_seen": ""}
    save(client, "one", "Still being written", place=place)
    client.post(f"/threads/{question.pk}/answer/", sent)
    assert kept() == {place: "Still being written"}
    assert "Still being written" in client.get(question.get_absolute_url()).content.decode()
    client.post(f"/threads/{question.pk}/answer/", sent | {"body": "And this", "post_key": "one"})
    assert kept() == {}


@pytest.mark.parametrize("seen", ["", "yesterday", "9" * 400, "\x00", "2026-01-01", "0001-01-01T00:00:00+23:59", "é"])
def test_a_made_up_time_or_window_is_no_error(client, anna, seen: str) -> None:
    save(client, "one", "First")
    told = save(client, seen * 20, "Second", seen)
    assert told.status_code in (400, 409)
    assert kept() == {"ask": "First"}


def test_the_answer_page_tells_that_the_draft_is_back_and_throws_it_away(client, anna) -> None:
    question = thread()
    save(client, "one", "So far", place=f"answer:{question.pk}")
    for page in (question.get_absolute_url(), f"/threads/{question.pk}/answer/"):
        told = client.get(page).content.decode()
        assert "Your draft from <time" in told
        assert f'name="next" value="{page}"' in told
    client.post(SAVE, {"place": f"answer:{question.pk}", "discard": "1", "next": question.get_absolute_url()})
    assert kept() == {}
    assert "is back" not in client.get(question.get_absolute_url()).content.decode()
