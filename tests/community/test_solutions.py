"""Solutions: who may say so, what it was, and that the record tells the truth afterwards."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from community import clock
from community.actions import answers, moderation, solutions, threads
from community.errors import NotAllowed, NotThere
from community.models import AuditEntry, Solution, SolutionMark, ThreadEvent
from tests.community.solving import MAY, current, fresh, silent_question, trusted
from tests.factories import admin, agent, moderator, person, reply, thread

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_is_ever_broken")]

Class = Solution.Class


# Classes --------------------------------------------------------------------------------------


def test_a_peers_answer_accepted_by_the_asker_is_peer() -> None:
    anna = person()
    question = thread(anna)
    said = reply(question)
    solution = solutions.accept(actor=anna, answer_id=said.pk)
    assert (solution.resolution_class, solution.accepted_by, solution.accepted_by_asker) == (Class.PEER, anna, True)
    assert (fresh(question).state, fresh(question).solved_at) == ("solved", solution.accepted_at)
    assert not AuditEntry.objects.exists()


def test_the_askers_own_answer_is_self_even_after_staff_spoke() -> None:
    anna = person()
    question = thread(anna)
    reply(question, agent())
    own = reply(question, anna)
    assert solutions.accept(actor=anna, answer_id=own.pk).resolution_class == Class.SELF


def test_a_staff_answer_is_assisted_whoever_accepts_it(a_week_later) -> None:
    anna = person()
    for asker, actor, author in ((anna, anna, agent()), (None, moderator(), admin()), (anna, anna, moderator())):
        said = reply(silent_question(asker), author)
        assert solutions.accept(actor=actor, answer_id=said.pk).resolution_class == Class.ASSISTED


def test_the_role_when_posting_decides_and_not_the_role_today() -> None:
    anna, helper = person(), agent()
    said = reply(thread(anna), helper)
    helper.groups.clear()
    assert solutions.accept(actor=anna, answer_id=said.pk).resolution_class == Class.ASSISTED
    becoming = person()
    said = reply(thread(anna), becoming)
    becoming.groups.add(*agent().groups.all())
    assert solutions.accept(actor=anna, answer_id=said.pk).resolution_class == Class.PEER


def test_a_peers_answer_after_staff_spoke_is_mixed_unless_the_staff_answer_is_hidden() -> None:
    anna = person()
    question = thread(anna)
    from_staff, from_peer = reply(question, agent()), reply(question)
    assert solutions.accept(actor=anna, answer_id=from_peer.pk).resolution_class == Class.MIXED
    solutions.withdraw(actor=anna, thread_id=question.pk)
    moderation.hide_answer(actor=moderator(), answer_id=from_staff.pk)
    assert solutions.accept(actor=anna, answer_id=from_peer.pk).resolution_class == Class.PEER


def test_a_moderator_who_accepts_for_a_silent_asker_is_mod(a_week_later) -> None:
    said = reply(silent_question())
    solution = solutions.accept(actor=moderator(), answer_id=said.pk)
    assert (solution.resolution_class, solution.accepted_by_role) == (Class.MOD, "moderator")
    assert AuditEntry.objects.get().verb == "accepted"


# Who may --------------------------------------------------------------------------------------


def test_nobody_but_the_asker_accepts_while_the_asker_may_still_speak() -> None:
    said = reply(thread())
    for other in (person(), said.author, agent(), moderator()):
        with pytest.raises(NotAllowed):
            solutions.accept(actor=other, answer_id=said.pk)
    assert not Solution.objects.exists()


def test_seven_days_of_silence_and_not_a_second_less() -> None:
    judge = moderator()
    with clock.at(MAY):
        anna = person()
        question = thread(anna)
        said = reply(question)
        own = reply(question, anna)
    with clock.at(MAY + timedelta(days=3)):
        answers.edit_answer(actor=anna, answer_id=own.pk, version=1, body="Still red, by the way.")
    for days, late in ((7, False), (10, False), (10, True)):
        with clock.at(MAY + timedelta(days=days, seconds=late)):
            if late:
                assert solutions.accept(actor=judge, answer_id=said.pk).resolution_class == Class.MOD
            else:
                with pytest.raises(NotAllowed):
                    solutions.accept(actor=judge, answer_id=said.pk)


def test_ideas_and_praise_are_not_solved() -> None:
    anna = person()
    for kind in ("idea", "praise"):
        said = reply(thread(anna, kind=kind))
        with pytest.raises(NotAllowed):
            solutions.accept(actor=anna, answer_id=said.pk)


def test_accepting_again_changes_nothing_and_accepting_another_replaces() -> None:
    anna = person()
    question = thread(anna)
    first, second = reply(question), reply(question)
    one = solutions.accept(actor=anna, answer_id=first.pk)
    assert solutions.accept(actor=anna, answer_id=first.pk) == one
    two = solutions.accept(actor=anna, answer_id=second.pk)
    one.refresh_from_db()
    assert (one.withdrawal, current(question)) == (Solution.Withdrawal.REPLACED, two)
    kinds = list(
        ThreadEvent.objects.filter(kind__in=["accepted", "withdrawn"]).order_by("id").values_list("kind", "answer")
    )
    assert kinds == [("accepted", first.pk), ("withdrawn", first.pk), ("accepted", second.pk)]


def test_the_askers_later_confirmation_is_a_new_solution_with_its_own_class(a_week_later) -> None:
    anna = person()
    question = silent_question(anna)
    said = reply(question)
    marked = solutions.accept(actor=moderator(), answer_id=said.pk)
    confirmed = solutions.accept(actor=anna, answer_id=said.pk)
    marked.refresh_from_db()
    assert (marked.resolution_class, marked.withdrawal) == (Class.MOD, Solution.Withdrawal.REPLACED)
    assert (confirmed.resolution_class, confirmed.accepted_by_asker) == (Class.PEER, True)


def test_withdrawing_opens_the_question_again_and_keeps_the_history() -> None:
    anna = person()
    question = thread(anna)
    said = reply(question)
    solutions.accept(actor=anna, answer_id=said.pk)
    for other in (person(), said.author, agent()):
        with pytest.raises(NotAllowed):
            solutions.withdraw(actor=other, thread_id=question.pk)
    solutions.withdraw(actor=anna, thread_id=question.pk)
    solutions.withdraw(actor=anna, thread_id=question.pk)
    assert fresh(question).state == "responded"
    assert Solution.objects.get().withdrawal == Solution.Withdrawal.TAKEN_BACK
    solutions.accept(actor=anna, answer_id=said.pk)
    solutions.withdraw(actor=moderator(), thread_id=question.pk)
    assert AuditEntry.objects.get().verb == "withdrawn"


def test_the_database_itself_refuses_a_second_solution_and_a_foreign_answer() -> None:
    anna = person()
    question = thread(anna)
    solution = solutions.accept(actor=anna, answer_id=reply(question).pk)
    copy = {
        name: getattr(solution, name)
        for name in ("accepted_by", "accepted_by_role", "accepted_by_asker", "answer_author_role", "resolution_class")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Solution.objects.create(thread=question, answer=solution.answer, **copy)
    foreign = reply(thread())
    with pytest.raises(IntegrityError), transaction.atomic():
        made = Solution.objects.create(thread=foreign.thread, answer=solution.answer, **copy)
        transaction.get_connection().check_constraints()
        assert made


# Hidden and restored --------------------------------------------------------------------------------------


def snapshot(solution: Solution | None) -> tuple[object, ...]:
    assert solution is not None
    return tuple(
        getattr(solution, name)
        for name in (
            *("answer_id", "accepted_by_id", "accepted_by_role", "accepted_by_asker"),
            *("answer_author_role", "resolution_class", "accepted_at"),
        )
    )


def test_hiding_the_answer_withdraws_and_restoring_accepts_with_the_same_snapshot(a_week_later) -> None:
    judge = moderator()
    question = silent_question()
    said = reply(question)
    before = snapshot(solutions.accept(actor=judge, answer_id=said.pk))
    moderation.hide_answer(actor=judge, answer_id=said.pk)
    assert (current(question), fresh(question).solved_at) == (None, None)
    reply(question, agent())
    moderation.restore_answer(actor=judge, answer_id=said.pk)
    assert snapshot(current(question)) == before
    assert fresh(question).state == "solved"


def test_hiding_the_question_withdraws_and_restoring_accepts_again() -> None:
    anna, judge = person(), moderator()
    question = thread(anna)
    before = snapshot(solutions.accept(actor=anna, answer_id=reply(question).pk))
    moderation.hide_thread(actor=judge, thread_id=question.pk)
    assert current(question) is None
    moderation.restore_thread(actor=judge, thread_id=question.pk)
    assert snapshot(current(question)) == before


def test_hidden_twice_over_it_comes_back_with_the_last_that_hid_it() -> None:
    anna, judge = person(), moderator()
    question = thread(anna)
    said = reply(question)
    solutions.accept(actor=anna, answer_id=said.pk)
    moderation.hide_answer(actor=judge, answer_id=said.pk)
    moderation.hide_thread(actor=judge, thread_id=question.pk)
    moderation.restore_thread(actor=judge, thread_id=question.pk)
    assert current(question) is None
    moderation.restore_answer(actor=judge, answer_id=said.pk)
    assert current(question) is not None


def test_what_was_taken_back_or_replaced_meanwhile_does_not_return() -> None:
    anna, judge = person(), moderator()
    question = thread(anna)
    first, second = reply(question), reply(question)
    solutions.accept(actor=anna, answer_id=first.pk)
    moderation.hide_answer(actor=judge, answer_id=first.pk)
    solutions.accept(actor=anna, answer_id=second.pk)
    moderation.restore_answer(actor=judge, answer_id=first.pk)
    assert snapshot(current(question))[0] == second.pk
    solutions.withdraw(actor=anna, thread_id=question.pk)
    moderation.hide_answer(actor=judge, answer_id=second.pk)
    moderation.restore_answer(actor=judge, answer_id=second.pk)
    assert current(question) is None


# Asked back, closed, reopened --------------------------------------------------------------------------------------


def test_staff_and_trusted_members_ask_for_more_and_others_do_not(client) -> None:
    question = thread()
    for who, status in ((person(), 403), (question.asker, 403), (trusted(), 303), (agent(), 303)):
        client.force_login(who)
        assert client.post(f"/threads/{question.pk}/request-info/").status_code == status
    assert fresh(question).state == "needs_info"
    assert ThreadEvent.objects.filter(kind="info_requested").count() == 1


def test_a_solution_ends_the_wait_for_information() -> None:
    anna = person()
    question = thread(anna)
    said = reply(question)
    threads.request_info(actor=agent(), thread_id=question.pk)
    solutions.accept(actor=anna, answer_id=said.pk)
    solutions.withdraw(actor=anna, thread_id=question.pk)
    assert fresh(question).state == "responded"


def test_the_asker_and_moderators_close_and_reopen(client) -> None:
    anna = person()
    question = thread(anna)
    for who, status in ((person(), 403), (agent(), 403), (anna, 303), (moderator(), 303)):
        client.force_login(who)
        for verb, state in (("close", "closed"), ("reopen", "new")):
            for _ in range(2):
                assert client.post(f"/threads/{question.pk}/{verb}/", {"reason": "Sold it."}).status_code == status
            assert fresh(question).state == (state if status == 303 else "new")
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == ["closed", "reopened"]
    assert AuditEntry.objects.get(verb="closed").note.text == "Sold it."


# The doors --------------------------------------------------------------------------------------


def test_the_asker_accepts_and_withdraws_from_the_page(client) -> None:
    anna = person()
    client.force_login(anna)
    question = thread(anna)
    said = reply(question)
    told = client.post(f"/answers/{said.pk}/accept/")
    assert (told.status_code, told["Location"]) == (303, question.get_absolute_url())
    assert fresh(question).state == "solved"
    assert client.post(f"/threads/{question.pk}/withdraw/").status_code == 303
    assert fresh(question).state == "responded"


def test_the_answer_of_another_question_is_not_accepted_through_ones_own(client) -> None:
    anna = person()
    client.force_login(anna)
    mine = thread(anna)
    foreign = reply(thread())
    told = client.post(f"/answers/{foreign.pk}/accept/", {"thread": mine.pk, "thread_id": mine.pk})
    assert told.status_code == 403
    assert "Only the asker" in told.content.decode()
    assert not Solution.objects.exists()


def test_what_is_out_of_sight_is_not_accepted() -> None:
    anna = person()
    said = reply(thread(anna))
    moderation.hide_thread(actor=moderator(), thread_id=said.thread_id)
    with pytest.raises(NotThere):
        solutions.accept(actor=anna, answer_id=said.pk)
    client = Client()
    client.force_login(anna)
    assert client.post(f"/answers/{said.pk}/accept/").status_code == 404


def test_marking_from_the_page_says_how_many_it_takes(client, a_week_later) -> None:
    said = reply(silent_question())
    client.force_login(trusted())
    told = client.post(f"/answers/{said.pk}/mark/", follow=False)
    assert told.status_code == 303
    assert SolutionMark.objects.count() == 1
