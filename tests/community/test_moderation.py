"""Moderating: out of sight at once, brought back whole, every act with its audit row, and only by those who may."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from community import clock
from community.actions import moderation, threads
from community.actions.tags import add_to_vocabulary
from community.errors import NotAllowed, NotThere
from community.integrity import violations
from community.models import Answer, AuditEntry, Board, ChangeRow, Thread, ThreadEvent
from tests.factories import admin, agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db

VERBS = ("hide", "restore", "lock", "unlock", "move", "retag")


@pytest.fixture(autouse=True)
def nothing_is_ever_broken():
    yield
    assert list(violations()) == []


@pytest.fixture
def judge(client: Client):
    user = moderator("judge")
    client.force_login(user)
    return user


def fresh(row: Thread) -> Thread:
    return Thread.objects.get(pk=row.pk)


def test_a_moderator_hides_and_restores_a_question_from_the_page(client, judge) -> None:
    question = thread()
    for _ in range(2):
        assert client.post(f"/threads/{question.pk}/hide/", {"reason": "Spam"}).status_code == 303
    assert not Thread.objects.visible_to(question.asker).exists()
    assert Thread.objects.visible_to(judge).exists()
    client.post(f"/threads/{question.pk}/restore/")
    assert Thread.objects.visible_to(question.asker).exists()
    assert list(AuditEntry.objects.order_by("id").values_list("verb", "actor", "actor_role")) == [
        ("hidden", judge.pk, "moderator"),
        ("restored", judge.pk, "moderator"),
    ]
    assert AuditEntry.objects.get(verb="hidden").note.text == "Spam"


def test_a_hidden_answer_leaves_its_place_and_the_counts(client, judge) -> None:
    question = thread()
    first, second = reply(question), reply(question)
    client.post(f"/answers/{first.pk}/hide/", {"reason": "Rude"})
    assert (fresh(question).answer_count, fresh(question).last_position) == (1, 2)
    assert fresh(question).first_answered_at == second.answered_at
    assert list(Answer.objects.visible_to(question.asker)) == [second]
    assert reply(question).position == 3
    client.post(f"/answers/{first.pk}/restore/")
    assert fresh(question).answer_count == 3
    assert fresh(question).first_answered_at == first.answered_at


def test_hiding_the_only_answer_makes_the_question_new_again(judge) -> None:
    question = thread()
    said = reply(question)
    moderation.hide_answer(actor=judge, answer_id=said.pk)
    assert (fresh(question).state, fresh(question).first_answered_at) == ("new", None)
    assert fresh(question).last_activity_at == question.asked_at


def test_a_locked_question_takes_answers_again_once_unlocked(client, judge) -> None:
    question = thread()
    client.post(f"/threads/{question.pk}/lock/")
    with pytest.raises(NotAllowed):
        reply(question)
    client.post(f"/threads/{question.pk}/unlock/")
    assert reply(question).position == 1


def test_moving_changes_both_boards_lists(client, judge) -> None:
    question, there = thread(), board("Cameras")
    rows = ChangeRow.objects.count()
    told = client.post(f"/threads/{question.pk}/move/", {"board": "cameras", "reason": "It is a camera"})
    assert told.status_code == 303
    assert fresh(question).board == there
    changed = set(ChangeRow.objects.order_by("id").values_list("board_id", flat=True)[rows:])
    assert changed == {question.board_id, there.pk}
    assert AuditEntry.objects.get().note.text == "It is a camera"


@pytest.mark.parametrize("where", ["", "nowhere", "9" * 400, "\ufffd"])
def test_moving_to_a_board_that_is_none_is_told(client, judge, where) -> None:
    question = thread()
    assert client.post(f"/threads/{question.pk}/move/", {"board": where}).status_code == 400
    assert fresh(question).board == question.board
    with pytest.raises(NotThere):
        moderation.move(actor=judge, thread_id=question.pk, board_id=2**62)


def test_retagging_follows_the_boards_vocabulary(client, judge) -> None:
    cameras = board(closed_vocabulary=True)
    add_to_vocabulary(board=cameras, words=["night"])
    question = thread(on=cameras)
    assert client.post(f"/threads/{question.pk}/retag/", {"tags": "drones"}).status_code == 400
    assert client.post(f"/threads/{question.pk}/retag/", {"tags": "Night"}).status_code == 303
    assert [tag.name for tag in fresh(question).tags.all()] == ["night"]
    client.post(f"/threads/{question.pk}/retag/", {"tags": ""})
    assert not fresh(question).tags.exists()
    with pytest.raises(NotAllowed):
        threads.retag(actor=person(), thread_id=question.pk, tags=[])


def test_nobody_but_moderators_and_admins_moderates() -> None:
    question = thread()
    said = reply(question)
    # tags are also the asker's and the helpers'
    addresses = [f"/threads/{question.pk}/{verb}/" for verb in VERBS if verb != "retag"]
    addresses += [f"/answers/{said.pk}/{verb}/" for verb in ("hide", "restore")]
    for who in (person(), question.asker, said.author, agent(), moderator(second_factor=False)):
        client = Client()
        client.force_login(who)
        assert client.get("/moderation/?list=").status_code == (200 if who.effective_roles & {"agent"} else 403)
        assert client.get("/moderation/log/").status_code == 403
        for address in addresses:
            assert client.post(address, {"board": question.board.slug}).status_code == 403, address
    acts = (moderation.hide_thread, moderation.restore_thread, moderation.lock, moderation.unlock)
    for act in acts:
        with pytest.raises(NotAllowed):
            act(actor=agent(), thread_id=question.pk)
    for act in (moderation.hide_answer, moderation.restore_answer):
        with pytest.raises(NotAllowed):
            act(actor=agent(), answer_id=said.pk)
    assert not AuditEntry.objects.exists()
    client = Client()
    client.force_login(admin())
    assert client.post(addresses[0]).status_code == 303


def test_a_reason_that_cannot_be_stored_stops_the_act(client, judge) -> None:
    question = thread()
    assert client.post(f"/threads/{question.pk}/hide/", {"reason": "x" * 501}).status_code == 400
    assert client.post(f"/threads/{question.pk}/hide/", {"reason": "a\x00b"}).status_code == 400
    assert fresh(question).hidden_at is None
    assert not ThreadEvent.objects.filter(kind="hidden").exists()


def test_what_is_not_there_cannot_be_moderated(client, judge) -> None:
    for verb in VERBS:
        assert client.post(f"/threads/{10**17}/{verb}/", {"board": board().slug}).status_code == 404
    assert client.post(f"/answers/{10**17}/hide/").status_code == 404


# The page -----------------------------------------------------------------------------------------------------------


def test_visitors_sign_in_before_they_see_the_page() -> None:
    told = Client().get("/moderation/?list=locked")
    assert (told.status_code, told["Location"]) == (302, "/accounts/login/?next=/moderation/%3Flist%3Dlocked")


def test_the_page_lists_what_was_hidden_and_locked_and_what_new_members_wrote(client, judge) -> None:
    veteran = person(date_joined=datetime(2020, 1, 1, tzinfo=UTC))
    question, locked, old = thread(title="New one"), thread(title="Locked one"), thread(veteran, title="Old one")
    said = reply(question, body="Buy my pills")
    hidden = thread(title="Hidden one")
    moderation.hide_thread(actor=judge, thread_id=hidden.pk)
    moderation.hide_answer(actor=judge, answer_id=said.pk)
    moderation.lock(actor=judge, thread_id=locked.pk)
    expected = {
        "hidden-questions": {hidden},
        "hidden-answers": {said},
        "locked": {locked},
        "new-questions": {question, locked},
        "new-answers": set(),
    }
    for name, posts in expected.items():
        page = client.get(f"/moderation/?list={name}")
        assert {row.post for row in page.context["rows"]} == posts, name
    assert "Buy my pills" in client.get("/moderation/?list=hidden-answers").content.decode()
    assert old not in {row.post for row in page.context["rows"]}


def test_the_page_goes_on_where_it_ended_even_among_equal_times(client, judge, django_assert_max_num_queries) -> None:
    asker, place = person(), board()
    with clock.at(datetime(2026, 5, 1, tzinfo=UTC)):
        same = [thread(asker, place).pk for _ in range(20)]
    later = []
    for hour in range(25):
        with clock.at(datetime(2026, 5, 2, tzinfo=UTC) + timedelta(hours=hour)):
            later.append(thread(asker, place).pk)
    for group, moment in ((same, datetime(2026, 6, 1, tzinfo=UTC)), (later, datetime(2026, 6, 2, tzinfo=UTC))):
        for pk in group:
            with clock.at(moment):
                moderation.lock(actor=judge, thread_id=pk)
    with django_assert_max_num_queries(12):
        first = client.get("/moderation/?list=locked")
    second = client.get("/moderation/" + first.context["older_url"])
    seen = [row.post.pk for page in (first, second) for row in page.context["rows"]]
    assert seen == sorted(later, reverse=True) + sorted(same, reverse=True)
    assert second.context["older_url"] == ""


def test_the_page_tells_who_wrote_it_and_who_decided_why(client, judge, django_assert_max_num_queries) -> None:
    rude = person("rude")
    question = thread(title="Quarrel")
    said = reply(question, rude, body="You are all wrong")
    reply(question, rude)
    moderation.hide_answer(actor=judge, answer_id=said.pk, reason="Insults")
    with django_assert_max_num_queries(12):
        page = client.get("/moderation/?list=hidden-answers")
    row = page.context["rows"][0]
    assert (row.standing.questions, row.standing.answers, row.standing.hidden) == (0, 2, 1)
    assert "Hidden by judge: Insults" in " ".join(page.content.decode().split())
    moderation.restore_answer(actor=judge, answer_id=said.pk)
    row = client.get("/moderation/?list=new-answers").context["rows"][-1]
    assert (row.decision, row.standing.hidden) == (None, 0)


def test_a_queue_costs_the_same_for_one_row_and_for_many(client, judge, django_assert_max_num_queries) -> None:
    costs = []
    for many in (1, 9):
        for _ in range(many):
            thread()
        with django_assert_max_num_queries(12) as asked:
            assert client.get("/moderation/?list=new-questions").status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_those_who_wait_longest_for_a_word_stand_first(client, judge) -> None:
    waiting = []
    for day in (3, 1, 2):
        with clock.at(datetime(2026, 6, day, tzinfo=UTC)):
            question = thread()
            reply(question)
            reply(question, question.asker)
        waiting.append((day, question.pk))
    page = client.get("/moderation/?list=waiting")
    assert [row.thread.pk for row in page.context["rows"]] == [pk for _day, pk in sorted(waiting)]
    assert "Waiting" in page.content.decode()


def test_looking_around_begins_with_the_first_list_that_is_not_empty(client, judge) -> None:
    assert "No new member asked anything" in client.get("/moderation/?list=").content.decode()
    veteran = person(date_joined=datetime(2020, 1, 1, tzinfo=UTC))
    moderation.lock(actor=judge, thread_id=thread(veteran).pk)
    assert client.get("/moderation/?list=").context["rows"][0].thread.locked_at is not None
    assert "?list=locked" in client.get("/moderation/?list=new-questions").content.decode()


@pytest.mark.parametrize(
    "query", ["list=x", "after=x", "after=" + "A" * 28, "after=" + "9" * 9000, "list=locked&after=é"]
)
def test_a_made_up_list_or_cursor_is_told(client, judge, query) -> None:
    assert client.get(f"/moderation/?{query}").status_code == 400


def test_a_board_out_of_sight_is_still_the_moderators(client, judge) -> None:
    secret = thread(judge, on=board(audience=Board.Audience.GROUPS), title="Secret")
    assert client.post(f"/threads/{secret.pk}/lock/").status_code == 303
