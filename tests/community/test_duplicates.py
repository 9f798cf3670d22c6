"""Asked before: a duplicate leaves the lists, leads to the original, its people move along, and all comes back."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from community import clock
from community.actions import answers, duplicates, moderation, notices, solutions, thanks
from community.errors import NotAllowed, NotThere, Refused
from community.integrity import violations
from community.models import AuditEntry, Board, ChangeRow, Merge, MeToo, Solution, Thread, Watch
from tests.community.duplicates import fresh, judge, nothing_is_ever_broken  # noqa: F401 - fixtures
from tests.factories import admin, agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


def joined(row: Thread) -> set[int]:
    assert fresh(row).me_too_count == MeToo.objects.filter(thread=row).count()
    return set(MeToo.objects.filter(thread=row).values_list("person_id", flat=True))


def watchers(row: Thread) -> set[int]:
    return set(Watch.objects.filter(thread=row, muted_at=None).values_list("person_id", flat=True))


def company(*rows: Thread) -> list[object]:
    """Who has joined and who watches, with every fact of theirs."""
    mine = {"thread__in": rows}
    return [
        sorted(MeToo.objects.filter(**mine).values_list("thread_id", "person_id", "joined_at")),
        sorted(
            Watch.objects.filter(**mine).values_list("thread_id", "person_id", "reason", "watched_at", "muted_at"),
            key=str,
        ),
    ]


# Marking and taking back ----------------------------------------------------------------------------------------------
def test_a_moderator_marks_a_duplicate_once_however_often_it_is_pressed(judge) -> None:
    first, again = thread(), thread()
    for _ in range(2):
        marked = duplicates.mark_duplicate(
            actor=judge, thread_id=again.pk, original_id=first.pk, reason="The red light"
        )
    assert marked.merged_into_id == fresh(again).merged_into_id == first.pk
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.object_id, entry.note.text) == ("merged", judge, again.pk, "The red light")
    assert [event.kind for event in again.events.all()] == ["asked", "merged"]
    for _ in range(2):
        duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
    assert fresh(again).merged_into_id is None
    assert [event.kind for event in again.events.order_by("pk")] == ["asked", "merged", "unmerged"]
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == ["merged", "unmerged"]
    assert Merge.objects.get().undone_by == judge


def test_both_pages_are_told_to_be_made_anew(judge) -> None:
    first, again = thread(), thread()
    for act in (
        lambda: duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk),
        lambda: duplicates.unmark_duplicate(actor=judge, thread_id=again.pk),
    ):
        last = ChangeRow.objects.latest("pk").pk
        act()
        assert set(ChangeRow.objects.filter(pk__gt=last).values_list("thread_id", flat=True)) == {first.pk, again.pk}


def test_only_moderators_and_admins_mark_duplicates() -> None:
    first, again = thread(), thread()
    for who in (person(), again.asker, agent(), moderator(second_factor=False)):
        for act in (duplicates.mark_duplicate, duplicates.unmark_duplicate):
            named = {"original_id": first.pk} if act is duplicates.mark_duplicate else {}
            with pytest.raises(NotAllowed):
                act(actor=who, thread_id=again.pk, **named)
    assert not AuditEntry.objects.exists()
    duplicates.mark_duplicate(actor=admin(), thread_id=again.pk, original_id=first.pk)


def test_a_question_that_is_not_there_is_no_duplicate_and_no_original(judge) -> None:
    question = thread()
    for here, there in ((question.pk, 10**17), (10**17, question.pk), (question.pk, 2**70), (0, question.pk)):
        with pytest.raises(NotThere):
            duplicates.mark_duplicate(actor=judge, thread_id=here, original_id=there)
    with pytest.raises(NotThere):
        duplicates.unmark_duplicate(actor=judge, thread_id=10**17)


def test_a_chain_ends_at_the_last_original_and_never_in_a_circle(judge) -> None:
    one, two, three, four = thread(), thread(), thread(), thread()
    mark = lambda a, b: duplicates.mark_duplicate(actor=judge, thread_id=a.pk, original_id=b.pk)  # noqa: E731
    mark(four, three)
    mark(three, two)
    mark(two, one)
    assert {fresh(each).merged_into_id for each in (two, three, four)} == {one.pk}
    for here, there in ((one, one), (one, four), (one, two)):
        with pytest.raises(Refused):
            mark(here, there)
    five = thread()
    mark(five, four)
    assert fresh(five).merged_into_id == one.pk
    duplicates.unmark_duplicate(actor=judge, thread_id=three.pk)
    assert fresh(three).merged_into_id is None
    assert {fresh(each).merged_into_id for each in (four, five)} == {three.pk}
    assert fresh(two).merged_into_id == one.pk


def test_a_duplicate_is_not_marked_again_for_another_original(judge) -> None:
    first, again, other = thread(), thread(), thread()
    duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
    with pytest.raises(Refused):
        duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=other.pk)


def test_hidden_questions_and_other_kinds_are_refused(judge) -> None:
    hidden, question, wish = thread(), thread(), thread(kind="idea")
    moderation.hide_thread(actor=judge, thread_id=hidden.pk)
    for here, there in ((question, hidden), (hidden, question), (question, wish), (wish, question)):
        with pytest.raises(Refused):
            duplicates.mark_duplicate(actor=judge, thread_id=here.pk, original_id=there.pk)
    assert not Merge.objects.exists()


def test_nobody_is_led_to_a_question_they_may_not_see(judge) -> None:
    small, large = Group.objects.create(name="small"), Group.objects.create(name="large")
    places = {
        "public": board(),
        "signed in": board(audience=Board.Audience.SIGNED_IN),
        "small": board(groups=[small]),
        "both": board(groups=[small, large]),
    }
    allowed = {
        ("public", "public"),
        ("signed in", "public"),
        ("signed in", "signed in"),
        *(("small", each) for each in places),
        *(("both", each) for each in ("public", "signed in", "both")),
    }
    for here, on in places.items():
        for there, at in places.items():
            again, first = thread(judge, on), thread(judge, at)
            act = lambda: duplicates.mark_duplicate(  # noqa: E731
                actor=judge,
                thread_id=again.pk,  # noqa: B023
                original_id=first.pk,  # noqa: B023
            )
            if (here, there) in allowed:
                assert act().merged_into_id == first.pk, (here, there)
            else:
                with pytest.raises(Refused):
                    act()


# What a duplicate still does ------------------------------------------------------------------------------------------
def test_a_duplicate_takes_no_answers_no_company_and_no_solution(judge) -> None:
    first, again = thread(), thread()
    said = reply(again)
    duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
    for act in (
        lambda: reply(again),
        lambda: thanks.join(actor=person(), thread_id=again.pk),
        lambda: solutions.accept(actor=again.asker, answer_id=said.pk),
        lambda: answers.edit_answer(actor=said.author, answer_id=said.pk, version=1, body="Changed."),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_its_solution_goes_with_it_and_comes_back_with_the_same_snapshot(judge) -> None:
    first, again = thread(), thread()
    solution = solutions.accept(actor=again.asker, answer_id=reply(again).pk)
    duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
    assert fresh(again).solved_at is None
    solution.refresh_from_db()
    assert (solution.withdrawal, solution.withdrawn_by) == ("merged", judge)
    duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
    back = Solution.objects.get(withdrawn_at=None)
    for name in ("answer_id", "accepted_by_id", "accepted_at", "resolution_class", "accepted_by_asker"):
        assert getattr(back, name) == getattr(solution, name)
    assert fresh(again).solved_at == solution.accepted_at


def test_a_solution_hidden_while_its_question_was_a_duplicate_waits_for_both(judge) -> None:
    first, again = thread(), thread()
    said = reply(again)
    solutions.accept(actor=again.asker, answer_id=said.pk)
    duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
    moderation.hide_answer(actor=judge, answer_id=said.pk)
    duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
    assert fresh(again).solved_at is None
    moderation.restore_answer(actor=judge, answer_id=said.pk)
    assert fresh(again).state == "solved"


def test_restoring_an_answer_of_a_duplicate_solves_nothing_before_it_is_a_question_again(judge) -> None:
    first, again = thread(), thread()
    said = reply(again)
    solutions.accept(actor=again.asker, answer_id=said.pk)
    moderation.hide_answer(actor=judge, answer_id=said.pk)
    duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
    moderation.restore_answer(actor=judge, answer_id=said.pk)
    assert fresh(again).solved_at is None
    duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
    assert fresh(again).state == "solved"


# Who moves along ------------------------------------------------------------------------------------------------------
def test_everybody_moves_to_the_original_once_and_back_as_they_were(judge) -> None:
    first, again = thread(), thread()
    both, only, answerer, silent, looker = (person() for _ in range(5))
    thanks.join(actor=both, thread_id=first.pk)
    for who in (both, only, first.asker):
        thanks.join(actor=who, thread_id=again.pk)
    reply(again, answerer)
    notices.mute(actor=silent, thread_id=again.pk)
    notices.watch(actor=looker, thread_id=again.pk)
    before = company(first, again)
    with clock.at(clock.now() + timedelta(hours=1)):
        duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
    assert joined(first) == {both.pk, only.pk, again.asker_id}
    assert joined(again) == set()
    everybody = {both.pk, only.pk, first.asker_id, again.asker_id, answerer.pk, looker.pk}
    assert watchers(first) == everybody
    assert watchers(again) == set()
    assert Watch.objects.get(thread=first, person=again.asker).reason == "me_too"
    assert not Watch.objects.filter(thread=first, person=silent).exists()
    with clock.at(clock.now() + timedelta(hours=2)):
        duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
    assert company(first, again) == before


def test_an_asker_who_asks_twice_has_no_company_in_themselves(judge) -> None:
    anna = person()
    first, again = thread(anna), thread(anna)
    before = company(first, again)
    duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
    assert joined(first) == set()
    duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
    assert company(first, again) == before


def test_what_somebody_did_at_the_original_meanwhile_wins(judge) -> None:
    first, again = thread(), thread()
    left, muted, unwatched, answered, back = (person() for _ in range(5))
    for who in (left, muted, unwatched, answered, back):
        thanks.join(actor=who, thread_id=again.pk)
    duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
    thanks.leave(actor=left, thread_id=first.pk)
    notices.mute(actor=muted, thread_id=first.pk)
    notices.unwatch(actor=unwatched, thread_id=first.pk)
    reply(first, answered)
    thanks.leave(actor=back, thread_id=first.pk)
    thanks.join(actor=back, thread_id=first.pk)
    duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
    assert joined(again) == {muted.pk, unwatched.pk, answered.pk, back.pk}
    assert joined(first) == {back.pk}
    assert watchers(again) == {again.asker_id, answered.pk, back.pk}
    assert watchers(first) == {first.asker_id, answered.pk, back.pk}
    reasons = dict(Watch.objects.filter(thread=first).values_list("person_id", "reason"))
    assert (reasons[answered.pk], reasons[back.pk]) == ("answered", "me_too")
    for row in (first, again):
        assert Watch.objects.get(thread=row, person=muted).muted_at is not None


def test_whom_two_duplicates_brought_stays_until_both_are_taken_back(judge) -> None:
    first, again, once_more, ben = thread(), thread(), thread(), person()
    for row in (again, once_more):
        thanks.join(actor=ben, thread_id=row.pk)
    before = company(first, again, once_more)
    for row in (again, once_more):
        duplicates.mark_duplicate(actor=judge, thread_id=row.pk, original_id=first.pk)
    assert joined(first) == {ben.pk, again.asker_id, once_more.asker_id}
    duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
    assert joined(first) == {ben.pk, once_more.asker_id}
    assert joined(again) == {ben.pk}
    assert ben.pk in watchers(first)
    duplicates.unmark_duplicate(actor=judge, thread_id=once_more.pk)
    assert company(first, again, once_more) == before


def test_people_follow_a_chain_and_come_back_one_step_at_a_time_in_any_order(judge) -> None:
    one, two, three, ben = thread(), thread(), thread(), person()
    thanks.join(actor=ben, thread_id=three.pk)
    before = company(one, two, three)
    pairs = {three: two, two: one}
    for order in ([three, two], [two, three]):
        for back in ([three, two], [two, three]):
            for each in order:
                duplicates.mark_duplicate(actor=judge, thread_id=each.pk, original_id=pairs[each].pk)
            assert joined(one) == {ben.pk, two.asker_id, three.asker_id}
            assert joined(two) == joined(three) == set()
            duplicates.unmark_duplicate(actor=judge, thread_id=back[0].pk)
            assert ben.pk in joined(two if back[0] == two else three)
            assert list(violations()) == []
            duplicates.unmark_duplicate(actor=judge, thread_id=back[1].pk)
            assert company(one, two, three) == before
