"""Content that did not help: what people opened from suggestions before they posted their question anyway."""

from datetime import timedelta

import pytest
from django.test import Client

from community import clock
from community.actions import duplicates, measuring, moderation
from community.models import Board, Thread, User
from tests.factories import agent, board, moderator, person, thread

pytestmark = pytest.mark.django_db

PAGE = "/moderation/unhelpful/"


@pytest.fixture
def judge(client: Client) -> User:
    user = moderator("judge")
    client.force_login(user)
    return user


def form(who: User, *, shown: list[Thread], opened: list[Thread], asks: str = "", solved: Thread | None = None) -> None:
    """One form of this person: what was suggested, what they opened, and the question they posted ("": none)."""
    own = {"person_key": f"u:{who.pk}", "token": measuring.new_token()}
    measuring.open_form(**own, surface="ask")
    measuring.record_shown(**own, thread_ids=[each.pk for each in shown])
    for each in opened:
        measuring.record_opened(**own, thread_id=each.pk)
    if solved is not None:
        measuring.record_answer(**own, thread_id=solved.pk, solved=True, stops=True)
    if asks:
        measuring.record_submitted(**own, thread=thread(who, title=asks))


def numbers(client: Client, address: str = PAGE) -> list[tuple[int, int, int, int, int]]:
    rows = client.get(address).context["rows"]
    return [(row.thread.pk, row.shown, row.opened, row.solved, row.posted) for row in rows]


def test_what_was_opened_before_a_question_was_posted_anyway_stands_here(client, judge) -> None:
    first, second, looked_over = thread(title="Red light"), thread(), thread()
    for asks in ("Still red", "Red again"):
        form(person(), shown=[first, second, looked_over], opened=[first], asks=asks)
    form(person(), shown=[first, second], opened=[first, second], asks="Orange light")
    form(person(), shown=[first], opened=[first], solved=first)
    form(person(), shown=[first], opened=[])
    assert numbers(client) == [(first.pk, 5, 4, 1, 3), (second.pk, 3, 1, 0, 1)]
    page = client.get(PAGE)
    assert page.context["rows"][0].share == 75
    text = page.content.decode()
    for words in ("Red light", "Still red", "Red again", "Orange light"):
        assert words in text


def test_staff_and_what_is_long_ago_are_left_out(client, judge) -> None:
    first = thread()
    for who in (agent(), moderator()):
        form(who, shown=[first], opened=[first], asks="By staff")
    with clock.at(clock.now() - timedelta(days=91)):
        form(person(), shown=[first], opened=[first], asks="Long ago")
    assert numbers(client) == []
    form(person(), shown=[first], opened=[first], asks="Lately")
    assert numbers(client) == [(first.pk, 1, 1, 0, 1)]


def test_hidden_and_merged_threads_do_not_stand_here_nor_hidden_questions(client, judge) -> None:
    first, hidden, merged = thread(), thread(), thread()
    for each in (first, hidden, merged):
        form(person(), shown=[each], opened=[each], asks="Rude words")
        form(person(), shown=[each], opened=[each], asks="Kind words")
    moderation.hide_thread(actor=judge, thread_id=hidden.pk)
    duplicates.mark_duplicate(actor=judge, thread_id=merged.pk, original_id=first.pk)
    for rude in Thread.objects.filter(title="Rude words"):
        moderation.hide_thread(actor=judge, thread_id=rude.pk)
    page = client.get(PAGE)
    assert [(row.thread.pk, [each.title for each in row.questions]) for row in page.context["rows"]] == [
        (first.pk, ["Kind words"])
    ]


def test_a_question_asked_after_it_is_marked_as_a_duplicate_from_here(client, judge) -> None:
    first = thread()
    form(person(), shown=[first], opened=[first], asks="Still red")
    question = Thread.objects.get(title="Still red")
    assert f'formaction="/threads/{question.pk}/duplicate/"' in client.get(PAGE).content.decode()
    told = client.post(f"/threads/{question.pk}/duplicate/", {"original": first.pk, "next": PAGE})
    assert (told.status_code, told["Location"]) == (303, PAGE)
    text = client.get(PAGE).content.decode()
    assert "Still red" in text
    assert f"/threads/{question.pk}/duplicate/" not in text


def test_it_costs_the_same_for_one_row_and_for_many_and_goes_on(client, judge, django_assert_max_num_queries) -> None:
    place, costs = board(), []
    for many in (1, 24):
        for _ in range(many):
            each = thread(on=place)
            form(person(), shown=[each], opened=[each], asks="Anyway")
        with django_assert_max_num_queries(12) as queries:
            page = client.get(PAGE)
        costs.append(len(queries))
    assert costs[0] == costs[1]
    more = numbers(client, PAGE + page.context["older_url"])
    assert (len(page.context["rows"]), len(more)) == (20, 5)
    assert not {row[0] for row in more} & {row.thread.pk for row in page.context["rows"]}


@pytest.mark.parametrize("cursor", ["x", "9" * 400, "A" * 28, "é"])
def test_a_made_up_cursor_is_told(client, judge, cursor) -> None:
    assert client.get(f"{PAGE}?after={cursor}").status_code == 400


def test_the_empty_list_says_what_will_stand_here(client, judge) -> None:
    assert "stands here, with what they asked" in client.get(PAGE).content.decode()


def test_a_closed_boards_question_is_for_moderators_who_see_all(client, judge) -> None:
    members = board(audience=Board.Audience.SIGNED_IN)
    first = thread(on=members)
    form(person(), shown=[first], opened=[first], asks="Anyway")
    assert len(numbers(client)) == 1
    visitor = Client()
    assert visitor.get(PAGE).status_code == 302
    visitor.force_login(agent())
    assert visitor.get(PAGE).status_code == 403
