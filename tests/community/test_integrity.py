"""`verify_integrity` finds every broken invariant, and `recount` repairs what can drift."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from community import clock
from community.actions import (
    appeals,
    duplicates,
    measuring,
    moderation,
    regrouping,
    reports,
    settling,
    solutions,
    thanks,
)
from community.actions.asking_budget import may_ask
from community.actions.experiments import plan_experiment, start_experiment
from community.integrity import INVARIANTS, violations
from community.mails.sending import leave_now
from community.models import Answer, Decision, IncomingMail, IncomingRaw, Mail, Solution, Thread, User
from community.models.prompts import Instrument
from community.notices.gathering import gather_all
from community.notices.reminders import remind
from tests.factories import admin, moderator, person, reply, thread
from tests.mailing import reachable

pytestmark = [pytest.mark.django_db, pytest.mark.server]


@pytest.fixture
def solved() -> Solution:
    """A living little community: a question, two answers, thanks of every kind, a solution, an audit row."""
    anna, ben, carla = person(), person(), person()
    question = thread(anna)
    good, other = reply(question, ben), reply(question, carla)
    thanks.vote(actor=carla, answer_id=good.pk)
    thanks.join(actor=carla, thread_id=question.pk)
    solution = solutions.accept(actor=anna, answer_id=good.pk)
    thanks.say_helped(actor=carla, answer_id=good.pk)
    moderation.hide_answer(actor=moderator(), answer_id=other.pk)
    reply(thread(), person(), "There is more at https://elsewhere.example/guide about this.")  # somebody new: waits
    count_a_form(anna, question)
    again, _last = thread(on=question.board), thread(on=question.board)
    thanks.join(actor=carla, thread_id=again.pk)
    ask_back()
    be_mailed()
    duplicates.mark_duplicate(actor=moderator(), thread_id=again.pk, original_id=question.pk)
    move_an_answer(question)
    say_no(carla, good)
    come_by_mail(question, good)
    return solution


def move_an_answer(question: Thread) -> None:
    """A question is merged with the answer it has."""
    late = thread(on=question.board)
    reply(late)
    regrouping.merge(actor=moderator(), thread_id=late.pk, target_id=thread(on=question.board).pk)


def say_no(author: User, reported: Answer) -> None:
    """An appeal that was answered, and a report that was decided."""
    hidden = Decision.objects.filter(person=author).earliest("pk")
    made = appeals.appeal(actor=author, decision_id=hidden.pk, words="No")
    report, _token = reports.report_illegal(
        actor=None, place=reported.get_absolute_url(), category="children", explanation="It is one.", in_good_faith=True
    )
    assert made.review_id is not None and report.review_id is not None
    settling.settle(actor=admin(), review_id=made.review_id, choice="reject", words="It stands.")
    settling.settle(actor=admin(), review_id=report.review_id, choice="leave", words="It is none.")


def ask_back() -> None:
    """Somebody is reminded of an answer, says that it did not solve it, and is not asked anything else for now."""
    dora = reachable()
    with clock.at(clock.now() - timedelta(days=4)):
        waits = reply(thread(dora))
    assert remind() == 1
    solutions.say_not_solved(actor=dora, answer_id=waits.pk)
    assert not may_ask(person_key=f"u:{dora.pk}", instrument=Instrument.NPS)


def be_mailed() -> None:
    """The reminder is on its way, and a code left."""
    assert gather_all() == 1
    leave_now(EmailMessage("Your code", "K7TQ", to=["dora@example.com"]))
    for key in ("digest:1:2026-11-16", "digest:1:2026-11-17"):
        Mail.objects.create(kind=Mail.Kind.DIGEST, key=key, created_at=clock.now(), due_at=clock.now())


def come_by_mail(question: Thread, answer: Answer) -> None:
    """One mail became an answer, another waits for a look."""
    rows: dict[str, Any] = {"received_at": clock.now(), "door": "pipe", "target_kind": "t", "thread": question}
    IncomingMail.objects.create(**rows, end="accepted", reason="posted", answer=answer)
    held = IncomingMail.objects.create(**rows, end="held", reason="sender")
    IncomingRaw.objects.create(mail=held, data=b"Subject: x")


def count_a_form(asker: User, shown: Thread) -> None:
    """An experiment runs, and somebody posts although a suggestion was shown."""
    ada, ends = admin(), clock.now() + timedelta(days=14)
    planned = plan_experiment(actor=ada, name="Ask", surface="ask", holdout=Decimal("0.5"), stops_at=ends)
    start_experiment(actor=ada, experiment_id=planned.pk)
    key, token = f"u:{asker.pk}", measuring.new_token()
    measuring.say_consent(actor=asker, is_given=True)
    measuring.open_form(person_key=key, token=token, surface="ask")
    measuring.record_shown(person_key=key, token=token, thread_ids=[shown.pk])
    measuring.record_opened(person_key=key, token=token, thread_id=shown.pk)
    measuring.record_submitted(person_key=key, token=token, thread=thread(asker))


def broken() -> set[str]:
    return {found.sentence for found in violations()}


def run(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


#: sentence -> a statement that breaks just that, as a bug or a hand in the database might
BREAKAGES = {
    "A thread's answer counts equal its visible answers": "UPDATE community_thread SET answer_count = answer_count + 1",
    "Answers are numbered densely, and the thread knows the last number": ""
    "UPDATE community_thread SET last_position = 9",
    "A thread knows whether its asker spoke last": "UPDATE community_thread SET asker_spoke_last = true",
    "First answer and last activity equal the rows": "UPDATE community_thread SET first_answered_at = NULL",
    "Me-too counts equal the people": "DELETE FROM community_metoo",
    "Helpful and helped counts equal the rows": "UPDATE community_answer SET helpful_count = 5",
    "A thread is solved exactly while a solution is in force": "UPDATE community_thread SET solved_at = NULL",
    "A solution is a visible answer of its own thread": "UPDATE community_answer SET hidden_at = answered_at",
    "A solution's class agrees with its snapshot": "UPDATE community_solution SET resolution_class = 'assisted'",
    "A snapshot of a role is what the post carries": "UPDATE community_answer SET author_role = 'agent'",
    "Every post has its event": "ALTER TABLE community_threadevent DISABLE TRIGGER append_only;"
    "DELETE FROM community_threadevent WHERE kind = 'asked'",
    "What waits for a look waits for somebody's": ""
    "UPDATE community_review SET settled_at = opened_at, outcome = 'gone' WHERE kind = 'held'",
    "Nobody hears of what never showed": "ALTER TABLE community_threadevent DISABLE TRIGGER append_only;"
    "UPDATE community_threadevent SET (answer_id, thread_id) ="
    " (SELECT id, thread_id FROM community_answer WHERE hidden_for = 'held') WHERE kind = 'answered'",
    "Somebody vouches for every official answer": ""
    "UPDATE community_answer SET official_at = answered_at WHERE hidden_at IS NULL",
    "What was destroyed holds no words": ""
    "UPDATE community_answer SET hidden_for = 'purged' WHERE hidden_for = '' AND hidden_at IS NOT NULL",
    "One brake at a time, and none longer than a day": ""
    "INSERT INTO community_brake (started_at, ends_at) VALUES (now(), now() + interval '2 days')",
    "A thread is found by its own words": "UPDATE community_threadwords SET words = 'red'",
    "Escalated is a fact with its event": "UPDATE community_thread SET escalated_at = asked_at",
    "Every earlier version of a text is kept": "UPDATE community_answer SET version = 2",
    "A double click posts once": "UPDATE community_postkey SET thread_id = NULL",
    "A duplicate has its merge, and its merge a duplicate": "UPDATE community_thread SET merged_into_id = NULL",
    "A duplicate leads where its chain of merges ends": ""
    "UPDATE community_merge SET original_id = (SELECT max(id) FROM community_thread)",
    "A duplicate has neither a solution in force nor people of its own": ""
    "UPDATE community_metoo SET thread_id = (SELECT min(id) FROM community_thread WHERE merged_into_id IS NOT NULL)",
    "What moved with a duplicate is kept only while it is one": "UPDATE community_merge SET undone_at = merged_at",
    "Every moderator's act has an audit row": "ALTER TABLE community_auditentry DISABLE TRIGGER append_only;"
    "DELETE FROM community_auditnote; DELETE FROM community_auditentry",
}
FORM, EVENT, EXPOSURE, PROMPT, HISTORY = (
    f"ALTER TABLE community_{table} DISABLE TRIGGER USER; UPDATE community_{table} SET "
    for table in ("formsession", "suggestionevent", "exposure", "prompt", "threadevent")
)
BREAKAGES |= {
    "A suggestion's event belongs to a form that was open": f"{EVENT} occurred_at = occurred_at + interval '1 day'",
    "What was opened, answered or joined had been shown in the same form": f"{EVENT} kind = 'me_too'"
    " WHERE kind = 'shown'",
    "A form is left or submitted after it was opened": f"{FORM} submitted_at = opened_at - interval '1 day'",
    "A form became a question of the person who had it open": f"{FORM} person_key = 'u:999999'",
    "A form stands in an experiment of its own kind that had begun": f"{FORM} surface = 'other'",
    "A form is in the arm its person has drawn": f"{FORM} arm = "
    "CASE arm WHEN 'control' THEN 'treatment' ELSE 'control' END",
    "An arm is what the experiment's formula draws": f"{EXPOSURE} arm = "
    "CASE arm WHEN 'control' THEN 'treatment' ELSE 'control' END",
    "An arm is inherited only from another key of the same person": f"{EXPOSURE} drawn_as = 'u:999999'",
    "Nobody is counted after they said no": "UPDATE community_consent"
    " SET is_given = false, said_at = said_at - interval '1 day'",
    "Nobody is asked two things unasked within fourteen days": f"{PROMPT} outcome = 'asked', stood_in_way_id = NULL",
    "What was not asked gave way to something asked of the same person": f"{PROMPT}"
    " occurred_at = occurred_at + interval '14 days' WHERE outcome = 'skipped'",
    "Whoever was to be reminded has the reminder": "DELETE FROM community_notification WHERE event_kind = 'reminder'",
    "Not yet is the asker's word about somebody else's answer": f"{HISTORY} answer_id = NULL WHERE kind = 'not_solved'",
}
BREAKAGES |= {
    "A notice is in a mail to its own reader": "UPDATE community_mail SET recipient_id = NULL WHERE kind = 'notice'",
    "A mail about an account is settled and knows its address as a hash": "UPDATE community_mail"
    " SET address_hash = 'dora@example.com' WHERE kind = 'account'",
    "Nobody gets two daily or weekly mails in one day": "UPDATE community_mail SET recipient_id ="
    " (SELECT min(id) FROM community_user), key = key || ':2026-11-16' WHERE kind = 'digest'",
}
BREAKAGES |= {
    "Nothing is kept for somebody who closed their account": "UPDATE community_user SET anonymised_at = date_joined",
    "Names that are looked for are kept only while they are": "INSERT INTO community_erasure"
    " (person_id, started_at, place, changed, finished_at) SELECT min(id), now(), '', 0, now() FROM community_user;"
    "INSERT INTO community_erasurewords (erasure_id, names) SELECT id, '{}' FROM community_erasure",
    "A tombstone leads to where its answer stands": "UPDATE community_answer SET moved_to_id = NULL",
    "What moved stands in one place": "UPDATE community_movedanswer SET copy_id = original_id",
    "A tombstone has nothing that belongs to an answer": "UPDATE community_vote SET answer_id ="
    " (SELECT id FROM community_answer WHERE hidden_for = 'moved')",
    "A whole question that moved is a duplicate": "UPDATE community_thread SET merged_into_id = NULL",
    "Answers that moved have their audit row": "UPDATE community_regrouping SET done_by_id ="
    " (SELECT min(id) FROM community_user)",
}
BREAKAGES |= {
    "Somebody else answers an appeal": "UPDATE community_decision SET decided_by_id = person_id WHERE id IN"
    " (SELECT answered_by_id FROM community_appeal)",
    "An appeal is answered exactly when its review is settled": "UPDATE community_appeal SET answered_by_id = NULL",
    "Whoever reported something is told what was decided": "UPDATE community_illegalreport SET told_at = NULL",
    "A held mail keeps its message, and no other does": "DELETE FROM community_incomingraw",
    "What a mail became stands in the mail's thread": "UPDATE community_incomingmail SET thread_id = NULL",
    "A mail becomes one answer, and an answer comes by one mail": "UPDATE community_incomingmail"
    " SET \"end\" = 'accepted', reason = 'posted', answer_id = (SELECT max(answer_id) FROM community_incomingmail)",
}
#: the database refuses these; the query is a second look
REFUSED_BY_THE_DATABASE = {
    "One vote, me-too and helped per person and object",
    "One watch per person and object",
    "Attachments, revisions, marks and events stay within their thread",
    "Merges lead somewhere",
    "Nobody is told of an event twice",
}


def test_a_community_that_only_used_actions_breaks_nothing(solved: Solution) -> None:
    assert broken() == set()


@pytest.mark.parametrize("sentence", BREAKAGES)
def test_a_broken_invariant_is_found(solved: Solution, sentence: str) -> None:
    connection.check_constraints()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(BREAKAGES[sentence])
    assert sentence in broken()


def test_every_invariant_is_broken_once_in_these_tests() -> None:
    assert set(INVARIANTS) == set(BREAKAGES) | REFUSED_BY_THE_DATABASE


def test_the_command_lists_what_is_wrong_and_fails(solved: Solution) -> None:
    run("UPDATE community_thread SET answer_count = 77")
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_integrity", stdout=out, stderr=StringIO())
    assert stopped.value.code == 1
    assert f"thread {solved.thread_id} (answer_count 77, rows 1" in out.getvalue()


def test_recount_repairs_every_number_and_says_which(solved: Solution) -> None:
    run("UPDATE community_thread SET answer_count = 7, me_too_count = 9, asker_spoke_last = true, last_position = 40")
    run("UPDATE community_answer SET helpful_count = 3, helped_count = 8")
    out = StringIO()
    call_command("recount", stdout=out)
    assert f"thread {solved.thread_id}: me_too_count was 9, rows say 2" in out.getvalue()
    assert broken() == set()
    out = StringIO()
    call_command("recount", stdout=out)
    assert "No number has drifted" in out.getvalue()


def test_recount_can_only_look(solved: Solution) -> None:
    run("UPDATE community_thread SET me_too_count = 9")
    with pytest.raises(SystemExit):
        call_command("recount", "--check", stdout=StringIO(), stderr=StringIO())
    assert Thread.objects.get(pk=solved.thread_id).me_too_count == 9


def test_the_database_refuses_a_solution_from_another_thread(solved: Solution) -> None:
    foreign = reply(thread())
    with pytest.raises(IntegrityError), transaction.atomic():
        Solution.objects.filter(pk=solved.pk).update(answer=foreign)
        connection.check_constraints()
        run("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_two_solutions_in_force(solved: Solution) -> None:
    answer = Answer.objects.exclude(pk=solved.answer_id).get(thread=solved.thread)
    with pytest.raises(IntegrityError), transaction.atomic():
        Solution.objects.create(
            thread=solved.thread,
            answer=answer,
            accepted_by_role="customer",
            accepted_by_asker=True,
            answer_author_role="customer",
            resolution_class="peer",
        )


@pytest.mark.parametrize("statement", ["UPDATE {} SET occurred_at = now()", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["community_threadevent", "community_auditentry", "community_prompt"])
def test_history_and_audit_log_cannot_be_rewritten(solved: Solution, table: str, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        run(statement.format(table))
