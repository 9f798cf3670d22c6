"""What moderators see before they merge or split, and what a question tells of it afterwards."""

from typing import Any

import pytest
from django.test import Client

from community.actions import regrouping
from community.models import Answer, Board, Regrouping, Thread, User
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client) -> User:
    made = moderator()
    client.force_login(made)
    return made


@pytest.fixture
def place() -> Board:
    return board()


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_merge_says_what_it_will_do_and_does_it(client: Client, boss: User, place: Board) -> None:
    one, other = thread(on=place), thread(on=place, title="The one that stays")
    reply(one), reply(one)
    page = text_of(client.get(f"/threads/{one.pk}/merge/", {"original": f"https://testserver/t/{other.pk}/x/"}))
    assert "The one that stays" in page and "2 answers move to the end of that question." in page
    assert not Regrouping.objects.exists()
    done = client.post(f"/threads/{one.pk}/merge/", {"original": str(other.pk), "reason": "same light"}, follow=True)
    assert done.redirect_chain[-1][0] == other.get_absolute_url()
    assert Answer.objects.filter(thread=other, hidden_at=None).count() == 2


def test_a_merge_that_cannot_be_says_why(client: Client, boss: User, place: Board) -> None:
    inside = thread(on=board(audience=Board.Audience.SIGNED_IN))
    page = text_of(client.get(f"/threads/{inside.pk}/merge/", {"original": thread(on=place).pk}))
    assert "Not the same people see both places" in page and "Merge them" not in page


def test_words_find_questions_to_merge_with(client: Client, boss: User, place: Board) -> None:
    one, other = thread(on=place), thread(on=place, title="Purple blinking satellite")
    page = text_of(client.get(f"/threads/{one.pk}/merge/", {"original": "purple satellite"}))
    assert f'href="?original={other.pk}"' in page


def test_a_split_is_shown_before_it_is_made(client: Client, boss: User, place: Board) -> None:
    one = thread(on=place)
    first, second, stays = reply(one, body="Mine is green."), reply(one, body="Green is fine."), reply(one)
    address = f"/threads/{one.pk}/split/"
    assert "Mine is green." in text_of(client.get(address))
    chosen = {"answer": [first.pk, second.pk], "title": "Green light", "board": place.slug}
    page = text_of(client.get(address, chosen))
    assert "Green light" in page and "1 answer stays where it is." in page
    assert not Regrouping.objects.exists()
    done = client.post(address, chosen, follow=True)
    made = Thread.objects.get(title="Green light")
    assert done.redirect_chain[-1][0] == made.get_absolute_url()
    assert Answer.objects.get(pk=stays.pk).hidden_at is None


@pytest.mark.parametrize("sent", [{"title": "Green light"}, {"answer": "{answer}", "title": ""}, {"answer": "x"}])
def test_a_split_without_answers_or_place_is_told(
    client: Client, boss: User, place: Board, sent: dict[str, str]
) -> None:
    one = thread(on=place)
    chosen = {name: text.format(answer=reply(one).pk) for name, text in sent.items()}
    response = client.get(f"/threads/{one.pk}/split/", {"title": "", **chosen})
    assert response.status_code == 400 and "notice" in text_of(response)
    assert client.post(f"/threads/{one.pk}/split/", chosen).status_code == 400


def test_both_questions_tell_of_a_split_and_only_moderators_may_take_it_back(
    client: Client, boss: User, place: Board
) -> None:
    one, other = thread(on=place), thread(on=place)
    chosen = reply(one)
    act = regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[chosen.pk], target_id=other.pk)
    visitor = Client()
    assert "Some answers moved from here" in text_of(visitor.get(one.get_absolute_url()))
    page = text_of(visitor.get(other.get_absolute_url()))
    assert "stood with another question" in page and "Take the move back" not in page
    assert "Take the move back" in text_of(client.get(one.get_absolute_url()))
    client.post(f"/moderation/moves/{act.pk}/undo/")
    assert Answer.objects.get(pk=chosen.pk).hidden_at is None
    assert "moved from here" not in text_of(Client().get(one.get_absolute_url()))


def test_nobody_is_told_of_a_question_they_may_not_see(boss: User, place: Board) -> None:
    one, other = thread(on=place), thread(on=place)
    chosen = reply(one)
    regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[chosen.pk], target_id=other.pk)
    Thread.objects.filter(pk=other.pk).update(hidden_at=other.asked_at)
    reader = Client()
    reader.force_login(person())
    assert "moved from here" not in text_of(reader.get(one.get_absolute_url()))


def test_the_pages_cost_the_same_for_one_answer_and_for_many(
    client: Client, boss: User, place: Board, django_assert_max_num_queries: Any
) -> None:
    one, other = thread(on=place), thread(on=place)
    for _each in range(40):
        reply(one)
    for address in (f"/threads/{one.pk}/split/", f"/threads/{one.pk}/merge/?original={other.pk}"):
        with django_assert_max_num_queries(16):
            assert client.get(address).status_code == 200
