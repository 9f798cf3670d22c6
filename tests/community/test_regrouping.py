"""Merging two questions and splitting one: what was written stands in one place, and everything can be taken back."""

from datetime import timedelta

import pytest
from django.test import Client

from community import clock
from community.actions import answers, moving, regrouping, solutions, thanks
from community.actions.moderation import hide_answer, hide_thread, restore_answer
from community.errors import NotAllowed, NotThere, Refused
from community.integrity import violations
from community.models import Answer, AuditEntry, Board, Notification, Regrouping, Thread, User
from community.notices.fanout import fan_out_all
from community.notices.notifiables import show
from tests.community.regrouped import facts
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


def fresh(answer: Answer) -> Answer:
    return Answer.objects.get(pk=answer.pk)


def stands(answer: Answer) -> Answer:
    """The row in which this answer stands now."""
    return Answer.objects.get(pk=fresh(answer).moved_to_id)


@pytest.fixture
def boss() -> User:
    return moderator()


@pytest.fixture
def place() -> Board:
    return board()


def test_merging_moves_what_everybody_sees_to_the_end_of_the_other_question(boss: User, place: Board) -> None:
    one, other = thread(on=place), thread(on=place)
    there = reply(other, body="Stood here before.")
    first, hidden, second = reply(one, body="First."), reply(one, body="Rude."), reply(one, body="Second.")
    hide_answer(actor=boss, answer_id=hidden.pk)
    regrouping.merge(actor=boss, thread_id=one.pk, target_id=other.pk, reason="same light")

    shown = Answer.objects.filter(thread=other, hidden_at=None).order_by("position")
    assert [each.body for each in shown] == [there.body, "First.", "Second."]
    assert (stands(first).position, stands(second).position) == (2, 3)
    assert fresh(hidden).thread_id == one.pk and fresh(hidden).body == "Rude."
    assert (Thread.objects.get(pk=one.pk).answer_count, Thread.objects.get(pk=other.pk).answer_count) == (0, 3)
    assert AuditEntry.objects.get(verb="merged", object_id=one.pk).note.text == "same light"
    assert not list(violations())


def test_a_merge_taken_back_leaves_no_trace_that_anybody_sees(boss: User, place: Board) -> None:
    asker, helper, fan = person(), person(), person()
    one, other = thread(asker, on=place), thread(on=place)
    solving = reply(one, helper)
    answers.edit_answer(actor=helper, answer_id=solving.pk, version=1, body="Better words.")
    thanks.vote(actor=fan, answer_id=solving.pk)
    thanks.say_helped(actor=fan, answer_id=solving.pk)
    thanks.join(actor=fan, thread_id=one.pk)
    solutions.accept(actor=asker, answer_id=solving.pk)
    reply(other)
    before = facts()
    regrouping.merge(actor=boss, thread_id=one.pk, target_id=other.pk)
    assert stands(solving).helpful_count == 1 and fresh(solving).body == ""
    assert not list(violations())
    regrouping.undo(actor=boss, regrouping_id=Regrouping.objects.get().pk)
    assert facts() == before
    assert not list(violations())


def test_what_people_do_to_a_moved_answer_comes_back_with_it(boss: User, place: Board) -> None:
    helper, fan, late = person(), person(), person()
    one, other = thread(on=place), thread(on=place)
    moved, calm = reply(one, helper), reply(one)
    regrouping.merge(actor=boss, thread_id=one.pk, target_id=other.pk)
    thanks.vote(actor=fan, answer_id=stands(moved).pk)
    answers.edit_answer(actor=helper, answer_id=stands(moved).pk, version=1, body="Said better.")
    hide_answer(actor=boss, answer_id=stands(calm).pk)
    fresh_words = answers.answer(actor=late, thread_id=other.pk, body="I came later.")
    regrouping.undo(actor=boss, regrouping_id=Regrouping.objects.get().pk)

    assert (fresh(moved).body, fresh(moved).version, fresh(moved).helpful_count) == ("Said better.", 2, 1)
    assert fresh(calm).hidden_at is not None and fresh(calm).hidden_for == ""
    restore_answer(actor=boss, answer_id=calm.pk)
    assert fresh(fresh_words).thread_id == other.pk and fresh(fresh_words).hidden_at is None
    assert not list(violations())


def test_splitting_makes_a_question_of_the_first_chosen_answer(boss: User, place: Board) -> None:
    other_asker, helper = person(), person()
    one = thread(on=place)
    with clock.at(clock.now() - timedelta(hours=2)):
        off_topic = reply(one, other_asker, body="Mine is green, not red.")
        its_answer = reply(one, helper, body="Green is fine.")
    stays = reply(one, helper, body="Red: hold the button.")
    before = facts()
    act = regrouping.split(
        actor=boss,
        thread_id=one.pk,
        answer_ids=[its_answer.pk, off_topic.pk],
        title="Green light",
        reason="another light",
    )
    made = Thread.objects.get(pk=act.target_id)
    assert (made.title, made.body, made.asker, made.asked_at) == (
        "Green light",
        "Mine is green, not red.",
        other_asker,
        off_topic.answered_at,
    )
    assert [each.body for each in Answer.objects.filter(thread=made)] == ["Green is fine."]
    assert list(Answer.objects.filter(thread=one, hidden_at=None)) == [stays]
    assert not list(violations())
    regrouping.undo(actor=boss, regrouping_id=act.pk)
    assert facts() == before
    assert not Thread.objects.visible_to(person()).filter(pk=made.pk).exists()
    assert not list(violations())


def test_a_question_that_others_answered_stays_when_its_split_is_taken_back(boss: User, place: Board) -> None:
    one = thread(on=place)
    off_topic, stays = reply(one), reply(one)
    act = regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[off_topic.pk], title="Green light")
    late = answers.answer(actor=person(), thread_id=act.target_id, body="Green is fine.")
    assert regrouping.stays_after(act)
    regrouping.undo(actor=boss, regrouping_id=act.pk)
    assert Thread.objects.visible_to(person()).filter(pk=act.target_id, answer_count=1).exists()
    assert fresh(late).hidden_at is None
    assert fresh(off_topic).body == off_topic.body and fresh(stays).hidden_at is None
    assert not list(violations())


def test_answers_can_join_a_question_there_is(boss: User, place: Board) -> None:
    one, other = thread(on=place), thread(on=place)
    chosen, stays = reply(one), reply(one)
    before = facts()
    act = regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[chosen.pk], target_id=other.pk)
    assert stands(chosen).thread_id == other.pk and fresh(stays).hidden_at is None
    assert not list(violations())
    regrouping.undo(actor=boss, regrouping_id=act.pk)
    assert facts() == before


def test_a_solution_moves_on_only_to_a_question_of_the_same_person(boss: User, place: Board) -> None:
    asker = person()
    one, foreign, own = thread(asker, on=place), thread(on=place), thread(asker, on=place)
    solving = reply(one)
    accepted = solutions.accept(actor=asker, answer_id=solving.pk)
    act = regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[solving.pk], target_id=foreign.pk)
    assert solutions.current_solution(one) is None and solutions.current_solution(foreign) is None
    regrouping.undo(actor=boss, regrouping_id=act.pk)
    regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[solving.pk], target_id=own.pk)
    again = solutions.current_solution(own)
    assert again is not None and again.answer_id == fresh(solving).moved_to_id
    assert (again.accepted_at, again.resolution_class) == (accepted.accepted_at, accepted.resolution_class)
    assert not list(violations())


def test_a_solution_the_asker_took_back_meanwhile_does_not_come_back(boss: User, place: Board) -> None:
    asker = person()
    one, own = thread(asker, on=place), thread(asker, on=place)
    solving = reply(one)
    solutions.accept(actor=asker, answer_id=solving.pk)
    act = regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[solving.pk], target_id=own.pk)
    solutions.withdraw(actor=asker, thread_id=own.pk)
    regrouping.undo(actor=boss, regrouping_id=act.pk)
    assert solutions.current_solution(one) is None
    assert not list(violations())


def test_moves_are_taken_back_in_the_order_they_were_made(boss: User, place: Board) -> None:
    one, two, three = thread(on=place), thread(on=place), thread(on=place)
    moved = reply(one)
    before = facts()
    first = regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[moved.pk], target_id=two.pk)
    second = regrouping.split(actor=boss, thread_id=two.pk, answer_ids=[stands(moved).pk], target_id=three.pk)
    assert stands(moved).thread_id == three.pk
    assert not list(violations())
    with pytest.raises(Refused):
        regrouping.undo(actor=boss, regrouping_id=first.pk)
    regrouping.undo(actor=boss, regrouping_id=second.pk)
    assert stands(moved).thread_id == two.pk
    regrouping.undo(actor=boss, regrouping_id=first.pk)
    assert facts() == before
    assert not list(violations())


def test_pressing_twice_moves_once(boss: User, place: Board) -> None:
    one, other = thread(on=place), thread(on=place)
    chosen = reply(one)
    first = regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[chosen.pk], title="Green light")
    assert regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[chosen.pk], title="Green light") == first
    for _press in range(2):
        regrouping.merge(actor=boss, thread_id=one.pk, target_id=other.pk)
    assert Regrouping.objects.count() == 2
    for _press in range(2):
        regrouping.undo(actor=boss, regrouping_id=Regrouping.objects.get(kind="merge").pk)
    assert not list(violations())


def test_nothing_moves_before_other_eyes_than_it_was_written_for(boss: User, place: Board) -> None:
    inside = thread(on=board(audience=Board.Audience.SIGNED_IN))
    chosen, outside = reply(inside), thread(on=place)
    with pytest.raises(Refused):
        regrouping.split(actor=boss, thread_id=inside.pk, answer_ids=[chosen.pk], target_id=outside.pk)
    with pytest.raises(Refused):
        regrouping.split(actor=boss, thread_id=inside.pk, answer_ids=[chosen.pk], title="Out", board_id=place.pk)
    with pytest.raises(Refused):
        regrouping.merge(actor=boss, thread_id=inside.pk, target_id=outside.pk)
    assert fresh(chosen).body and not Regrouping.objects.exists()


def test_only_moderators_merge_split_and_take_back(boss: User, place: Board) -> None:
    one, other = thread(on=place), thread(on=place)
    chosen = reply(one)
    with pytest.raises(NotAllowed):
        regrouping.split(actor=person(), thread_id=one.pk, answer_ids=[chosen.pk], title="Mine")
    with pytest.raises(NotAllowed):
        regrouping.merge(actor=one.asker, thread_id=one.pk, target_id=other.pk)
    act = regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[chosen.pk], target_id=other.pk)
    with pytest.raises(NotAllowed):
        regrouping.undo(actor=one.asker, regrouping_id=act.pk)
    with pytest.raises(NotThere):
        regrouping.undo(actor=boss, regrouping_id=act.pk + 1)


def test_nobody_does_anything_to_a_tombstone(boss: User, place: Board) -> None:
    one, other = thread(on=place), thread(on=place)
    chosen = reply(one)
    regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[chosen.pk], target_id=other.pk)
    for act in (
        lambda: hide_answer(actor=boss, answer_id=chosen.pk),
        lambda: restore_answer(actor=boss, answer_id=chosen.pk),
        lambda: thanks.vote(actor=boss, answer_id=chosen.pk),
        lambda: answers.edit_answer(actor=boss, answer_id=chosen.pk, version=1, body="Ghost."),
        lambda: solutions.accept(actor=one.asker, answer_id=chosen.pk),
    ):
        with pytest.raises(NotThere):
            act()


def test_the_old_address_of_an_answer_leads_to_where_it_stands(client: Client, boss: User, place: Board) -> None:
    one, other = thread(on=place), thread(on=place)
    first, second = reply(one), reply(one)
    act = regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[first.pk, second.pk], title="Green light")
    regrouping.split(actor=boss, thread_id=act.target_id, answer_ids=[stands(second).pk], target_id=other.pk)
    assert client.get(first.get_absolute_url()).url == Thread.objects.get(pk=act.target_id).get_absolute_url()
    assert client.get(second.get_absolute_url()).url == stands(second).get_absolute_url()
    hide_thread(actor=boss, thread_id=other.pk)
    assert client.get(second.get_absolute_url()).status_code == 404


def test_the_address_of_what_is_an_answer_again_leads_there(client: Client, boss: User, place: Board) -> None:
    one = thread(on=place)
    chosen = reply(one)
    act = regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[chosen.pk], title="Green light")
    address = Thread.objects.get(pk=act.target_id).get_absolute_url()
    assert client.get(address).status_code == 200
    regrouping.undo(actor=boss, regrouping_id=act.pk)
    assert client.get(address).url == chosen.get_absolute_url()
    assert client.get(f"/t/{act.target_id}/").url == chosen.get_absolute_url()


@pytest.mark.django_db(transaction=True)
def test_a_notice_leads_to_the_answer_where_it_stands(client: Client, boss: User, place: Board) -> None:
    asker = person()
    one, other = thread(asker, on=place), thread(on=place, title="The other one")
    chosen = reply(one)
    fan_out_all()
    regrouping.split(actor=boss, thread_id=one.pk, answer_ids=[chosen.pk], target_id=other.pk)
    fan_out_all()
    shown = show(Notification.objects.filter(recipient=asker), asker)
    assert [(each.title, each.url) for _row, each in shown] == [("The other one", stands(chosen).get_absolute_url())]
    hide_thread(actor=boss, thread_id=other.pk)
    assert not show(Notification.objects.filter(recipient=asker), asker)


def test_whatever_names_an_answer_is_known_to_follow_it_or_to_stay() -> None:
    """A new model with a foreign key to Answer: say in moving.py whether its rows go along."""
    stays = {
        "community_answer",
        "community_movedanswer",
        "community_solution",  # withdrawn, and accepted as before where it stands
        "community_threadevent",  # what happened, happened there
        "community_decision",  # what was decided is told of the post as it was
    }
    naming = {
        each.related_model._meta.db_table
        for each in Answer._meta.get_fields(include_hidden=True)
        if each.auto_created and each.is_relation and each.related_model._meta.app_label == "community"
    }
    assert naming == stays | {*moving._OWN, *moving._NAMING, *moving._ABOUT}
