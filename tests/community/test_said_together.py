"""What it takes several people to say: that an answer is the solution, and that one no longer works."""

from datetime import timedelta

import pytest

from community import clock
from community.actions import solutions
from community.errors import NotAllowed
from community.models import OutdatedReport, Solution, SolutionMark, Thread
from community.permissions import is_trusted
from tests.community.solving import MAY, current, fresh, silent_question, trusted
from tests.factories import person, reply, thread

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_is_ever_broken")]

# Marked together --------------------------------------------------------------------------------------


def test_trust_is_three_solutions_for_other_peoples_questions() -> None:
    member, anna = person(), person()
    assert not is_trusted(member)
    for _ in range(3):
        own = thread(member)
        solutions.accept(actor=member, answer_id=reply(own, member).pk)
    assert not is_trusted(member), "solving one's own questions earns nothing"
    questions = [thread(anna) for _ in range(3)]
    for question in questions:
        solutions.accept(actor=anna, answer_id=reply(question, member).pk)
    assert is_trusted(member)
    solutions.withdraw(actor=anna, thread_id=questions[0].pk)
    assert not is_trusted(member)


def test_three_trusted_members_mark_the_solution_of_a_silent_asker(a_week_later) -> None:
    question = silent_question()
    said = reply(question)
    markers = [trusted() for _ in range(3)]
    for marker in (markers[0], markers[0], markers[1]):
        assert solutions.mark_solution(actor=marker, answer_id=said.pk)[1] is None
    _thread, solution = solutions.mark_solution(actor=markers[2], answer_id=said.pk)
    assert solution is not None
    assert (solution.resolution_class, solution.accepted_by_asker) == (Solution.Class.COMMUNITY, False)
    assert fresh(question).state == "solved"


def test_a_mark_moves_and_does_not_count_twice(a_week_later) -> None:
    question = silent_question()
    first, second = reply(question), reply(question)
    a, b, c = trusted(), trusted(), trusted()
    solutions.mark_solution(actor=a, answer_id=first.pk)
    solutions.mark_solution(actor=b, answer_id=first.pk)
    solutions.mark_solution(actor=a, answer_id=second.pk)
    assert solutions.mark_solution(actor=c, answer_id=first.pk)[1] is None
    assert SolutionMark.objects.count() == 3


def test_marks_that_were_answered_by_a_withdrawal_do_not_count_again() -> None:
    anna, markers = person(), [trusted() for _ in range(3)]
    question = silent_question(anna)
    with clock.at(MAY + timedelta(days=8)):
        said = reply(question)
        for marker in markers:
            solutions.mark_solution(actor=marker, answer_id=said.pk)
        assert current(question) is not None
    with clock.at(MAY + timedelta(days=9)):
        solutions.withdraw(actor=anna, thread_id=question.pk)
        with pytest.raises(NotAllowed):
            solutions.mark_solution(actor=markers[0], answer_id=said.pk)
    with clock.at(MAY + timedelta(days=17)):
        assert [solutions.mark_solution(actor=m, answer_id=said.pk)[1] is None for m in markers] == [True, True, False]


def test_no_mark_before_the_silence_nor_from_others_nor_for_ones_own_answer(a_week_later) -> None:
    question = silent_question()
    member = trusted()
    own, said = reply(question, member), reply(question)
    for actor, answer in ((member, own), (person(), said), (question.asker, said)):
        with pytest.raises(NotAllowed):
            solutions.mark_solution(actor=actor, answer_id=answer.pk)
    recent = reply(thread())
    with pytest.raises(NotAllowed):
        solutions.mark_solution(actor=member, answer_id=recent.pk)


# No longer works --------------------------------------------------------------------------------------


def test_three_distinct_people_make_a_solution_outdated_and_a_new_one_heals_it(client) -> None:
    anna = person()
    question = thread(anna)
    first = reply(question)
    solutions.accept(actor=anna, answer_id=first.pk)
    people = [person() for _ in range(3)]
    for who in (people[0], people[0], people[1]):
        client.force_login(who)
        assert client.post(f"/threads/{question.pk}/outdated/", {"product_version": " 4.2 "}).status_code == 303
    assert fresh(question).outdated_at is None
    assert not Thread.objects.unsolved().exists()
    solutions.report_outdated(actor=people[2], thread_id=question.pk)
    assert fresh(question).outdated_at is not None
    assert Thread.objects.unsolved().get() == question, "back in the helpers' list"
    assert fresh(question).state == "solved"
    assert sorted(OutdatedReport.objects.values_list("product_version", flat=True)) == ["", "4.2", "4.2"]
    solutions.accept(actor=anna, answer_id=reply(question).pk)
    assert fresh(question).outdated_at is None
    assert not Thread.objects.unsolved().exists()


def test_without_a_solution_there_is_nothing_to_report(client) -> None:
    client.force_login(person())
    question = thread()
    assert client.post(f"/threads/{question.pk}/outdated/").status_code == 403
    assert client.post(f"/threads/{question.pk}/outdated/", {"product_version": "x" * 100_000}).status_code == 400
