"""Questions that may have been asked before: found when they are asked, decided with one press, never asked twice."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from community import clock
from community.actions import duplicates, moderation, solutions, thanks
from community.errors import NotAllowed, NotThere
from community.integrity import violations
from community.models import AuditEntry, Board, DuplicateHint, Follower, Thread
from community.notices.pairs import find_all_pairs, find_pairs
from tests.factories import agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def everything_shows_at_once(settings: Any) -> None:
    """Links and likenesses of new members are not what these are about."""
    settings.HOLD_POSTS = False


TITLE = "Router shows a red light since the update"
BODY = "Since the firmware update of yesterday the lamp at the front is red and the wifi is gone."


@pytest.fixture(autouse=True)
def nothing_is_ever_broken():
    yield
    assert list(violations()) == []


@pytest.fixture
def judge(client: Client):
    user = moderator("judge")
    client.force_login(user)
    return user


def asked(title: str = TITLE, body: str = BODY, **fields) -> Thread:
    return thread(title=title, body=body, **fields)


def found() -> list[tuple[int, int]]:
    find_all_pairs()
    return list(DuplicateHint.objects.order_by("pk").values_list("thread_id", "other_id"))


@pytest.fixture
def pair():
    """A solved question and a new one much like it."""
    first = asked()
    thanks.join(actor=person(), thread_id=first.pk)
    solutions.accept(actor=first.asker, answer_id=reply(first, body="Hold the button until it blinks.").pk)
    again = asked("Red light at the router since the update")
    assert found() == [(again.pk, first.pk)]
    return DuplicateHint.objects.get()


# Finding --------------------------------------------------------------------------------------------------------------
def test_a_question_much_like_an_older_one_is_noted_once() -> None:
    first, _other = asked(), asked("Which cable do I need?", "Is Cat 5e enough for 12 metres through the wall?")
    again = asked("Red light at the router since the update")
    assert found() == [(again.pk, first.pk)]
    assert DuplicateHint.objects.get().likeness >= 60


def test_noting_it_again_changes_nothing_not_even_what_was_dismissed(pair, judge) -> None:
    duplicates.dismiss_hint(actor=judge, hint_id=pair.pk)
    Follower.objects.all().delete()
    assert found() == [(pair.thread_id, pair.other_id)]
    assert DuplicateHint.objects.get().dismissed_at is not None


def test_old_imported_hidden_and_merged_questions_are_not_compared(judge) -> None:
    with clock.at(clock.now() - timedelta(days=30)):
        asked()
        asked()
    hidden = asked("Hidden one with entirely other words about speakers", "Bass booms and crackles in the kitchen.")
    moderation.hide_thread(actor=judge, thread_id=hidden.pk)
    asked("Hidden one with entirely other words about speakers", "Bass booms and crackles in the kitchen.")
    assert found() == []


def test_a_closed_boards_questions_are_compared_among_themselves_only() -> None:
    members, others = board(audience=Board.Audience.SIGNED_IN), board(audience=Board.Audience.SIGNED_IN)
    asked()
    asked(on=others)
    first, again = asked(on=members), asked(on=members)
    asked("Which cable do I need?", "Is Cat 5e enough for 12 metres through the wall?")
    assert found() == [(again.pk, first.pk)]


def test_a_public_question_is_not_compared_with_what_not_everybody_sees() -> None:
    asked(on=board(audience=Board.Audience.SIGNED_IN))
    asked()
    assert found() == []


def test_what_shares_a_word_or_two_is_no_pair() -> None:
    asked("Email", "Email")
    asked("Email", "Email")
    asked("Red light", "It is red.")
    asked()
    assert found() == []


def test_the_work_goes_on_where_it_ended() -> None:
    first, again = asked(), asked()
    while find_pairs():
        pass
    assert find_pairs() == 0
    assert DuplicateHint.objects.filter(thread=again, other=first).count() == 1


# Deciding -------------------------------------------------------------------------------------------------------------
def test_only_moderators_decide(pair) -> None:
    for who in (person(), agent(), moderator(second_factor=False)):
        for act in (duplicates.dismiss_hint, duplicates.recall_hint):
            with pytest.raises(NotAllowed):
                act(actor=who, hint_id=pair.pk)
    with pytest.raises(NotThere):
        duplicates.dismiss_hint(actor=moderator(), hint_id=10**17)


def test_a_pair_that_is_none_is_not_offered_again_until_it_is_recalled(pair, judge) -> None:
    for _ in range(2):
        duplicates.dismiss_hint(actor=judge, hint_id=pair.pk)
    assert not DuplicateHint.objects.waiting(judge, pair.found_at - timedelta(days=9)).exists()
    for _ in range(2):
        duplicates.recall_hint(actor=judge, hint_id=pair.pk)
    assert DuplicateHint.objects.waiting(judge, pair.found_at - timedelta(days=9)).exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", "object_kind")) == [
        ("dismissed", "duplicatehint"),
        ("recalled", "duplicatehint"),
    ]


def test_what_was_solved_closed_hidden_or_merged_meanwhile_waits_no_more(pair, judge) -> None:
    waiting = DuplicateHint.objects.waiting(judge, pair.found_at - timedelta(days=9))
    new, old = pair.thread_id, pair.other_id
    solution = solutions.accept(actor=pair.thread.asker, answer_id=reply(pair.thread).pk)
    assert not waiting.exists()
    solutions.withdraw(actor=solution.accepted_by, thread_id=new)
    assert waiting.exists()
    for pk in (new, old):
        moderation.hide_thread(actor=judge, thread_id=pk)
        assert not waiting.exists()
        moderation.restore_thread(actor=judge, thread_id=pk)
    other = thread()
    duplicates.mark_duplicate(actor=judge, thread_id=old, original_id=other.pk)
    assert not waiting.exists()


# The page -------------------------------------------------------------------------------------------------------------
QUEUE = "/moderation/?list=duplicates"


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def press(client: Client, page: str, address: str) -> str:
    """Press the button of a form as a browser without a script would; returns where it leads."""
    form = next(part for part in page.split("<form")[1:] if f'ction="{address}"' in part)
    form = form.partition("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    response = client.post(address, {name: value.replace("&amp;", "&") for name, value in fields.items()})
    assert response.status_code == 303
    return response["Location"]


def test_both_questions_stand_side_by_side_with_the_solution(client, judge, pair) -> None:
    text = text_of(client.get(QUEUE))
    for word in (pair.thread.title, pair.other.title, "Solved", "Hold the button until it blinks.", "New question"):
        assert word in text
    assert client.get(QUEUE).context["tabs"][2]["count"] == 1


def test_one_press_marks_the_duplicate_and_one_takes_it_back(client, judge, pair) -> None:
    page = text_of(client.get(QUEUE))
    led = press(client, page, f"/threads/{pair.thread_id}/duplicate/")
    assert Thread.objects.get(pk=pair.thread_id).merged_into_id == pair.other_id
    page = text_of(client.get(led))
    assert "is a duplicate now" in page
    assert "data-focus-first" in page  # nothing is left below: one is at the way back
    led = press(client, page, f"/threads/{pair.thread_id}/no-duplicate/")
    assert led.endswith(f"#pair-{pair.pk}")
    assert Thread.objects.get(pk=pair.thread_id).merged_into_id is None
    assert pair.thread.title in text_of(client.get(led))


def test_a_pair_dismissed_by_mistake_comes_back(client, judge, pair) -> None:
    client.post(f"/moderation/pairs/{pair.pk}/dismiss/", {"next": f"{QUEUE}&done={pair.pk}"})
    page = text_of(client.get(f"{QUEUE}&done={pair.pk}"))
    assert "stays a question of its own" in page
    led = press(client, page, f"/moderation/pairs/{pair.pk}/recall/")
    assert client.get(led.partition("#")[0]).context["pairs"][0].has_focus


def test_after_a_decision_one_is_at_the_next_pair(client, judge) -> None:
    asked()
    for _ in range(2):
        asked()
    find_all_pairs()
    upper, lower = DuplicateHint.objects.order_by("-found_at", "-pk")
    page = text_of(client.get(QUEUE))
    led = press(client, page, f"/threads/{upper.thread_id}/duplicate/")
    assert led.endswith(f"&at={lower.pk}#pair-{lower.pk}")
    assert [pair.has_focus for pair in client.get(led.partition("#")[0]).context["pairs"]] == [True]


@pytest.mark.parametrize("word", ["x", "0", "9" * 400, "-1", "٣", ""])
def test_a_made_up_decision_says_nothing(client, judge, pair, word) -> None:
    page = client.get(f"{QUEUE}&done={word}&at={word}")
    assert page.status_code == 200
    assert page.context["decided"] is None
    assert client.get(f"{QUEUE}&after={word or 'x'}").status_code == 400


def test_the_queue_costs_the_same_for_one_pair_and_for_many(client, judge, django_assert_max_num_queries) -> None:
    asked()
    costs = []
    for many in (1, 40):
        for _ in range(many):
            asked()
        find_all_pairs()
        with django_assert_max_num_queries(12) as queries:
            page = client.get(QUEUE)
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert len(page.context["pairs"]) == 30
    more = client.get("/moderation/" + page.context["older_url"])
    assert len(more.context["pairs"]) == 11
    assert not {each.hint.pk for each in more.context["pairs"]} & {each.hint.pk for each in page.context["pairs"]}


def test_an_empty_queue_says_what_will_stand_here(client, judge) -> None:
    assert "both stand here side by side" in text_of(client.get(QUEUE))
