"""Known issues: said once by staff, shown where people look, and every news reaches everybody who has it."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from community.actions import duplicates, known_issues, moderation, solutions, thanks
from community.errors import EditConflict, NotAllowed, NotThere, Refused
from community.models import (
    AuditEntry,
    KnownIssue,
    KnownIssuePerson,
    KnownIssueThread,
    Notification,
    Thread,
    ThreadEvent,
    User,
    Watch,
)
from community.notices.known_issues import KNOWN, NEWS, tell_all
from community.notices.notifiables import show
from community.reading.known_issues import affected, current_issues, fitting
from tests.factories import agent, board, moderator, person, reply, thread
from tests.mailing import MailHost, mail_host, reachable, told

pytestmark = pytest.mark.django_db


def an_issue(actor: User | None = None, **fields: Any) -> KnownIssue:
    fields = {"title": "Red light since the May update", "body": "We are on it. Wait with the update.", **fields}
    return known_issues.open_issue(actor=actor or agent(), **fields)


def news_of(who: User) -> list[tuple[str, str]]:
    """(kind, sentence) of what this person is told, as the inbox shows it."""
    rows = Notification.objects.filter(recipient=who).order_by("pk")
    return [(row.event_kind, shown.sentence) for row, shown in show(rows, who)]


# Who may ----------------------------------------------------------------------------------------------------------
def test_only_staff_say_what_is_known() -> None:
    issue, customer = an_issue(), person()
    question = thread()
    acts = [
        lambda who: known_issues.open_issue(actor=who, title="A", body="B"),
        lambda who: known_issues.edit_issue(actor=who, issue_id=issue.pk, version=1, title="A", body="B"),
        lambda who: known_issues.link_threads(actor=who, issue_id=issue.pk, thread_ids=[question.pk]),
        lambda who: known_issues.unlink_thread(actor=who, issue_id=issue.pk, thread_id=question.pk),
        lambda who: known_issues.update(actor=who, issue_id=issue.pk, body="B"),
        lambda who: known_issues.fix(actor=who, issue_id=issue.pk, body="B"),
        lambda who: known_issues.reopen(actor=who, issue_id=issue.pk, body="B"),
        lambda who: known_issues.withdraw(actor=who, issue_id=issue.pk),
    ]
    for who in (customer, moderator(second_factor=False)):
        for act in acts:
            with pytest.raises(NotAllowed):
                act(who)
    for who in (moderator(), agent()):
        known_issues.update(actor=who, issue_id=issue.pk, body="News")


def test_an_issue_of_a_closed_board_is_known_to_its_people_only() -> None:
    circle = Group.objects.create(name="circle")
    member, other, boss = person(), person(), moderator()
    member.groups.add(circle)
    member = User.objects.with_standing().get(pk=member.pk)
    closed = board(groups=[circle])
    issue = an_issue(boss, board_id=closed.pk)
    with pytest.raises(NotThere):
        an_issue(agent(), board_id=closed.pk)
    assert [each.id for each in current_issues(member)] == [issue.pk] and not current_issues(other)
    known_issues.join(actor=member, issue_id=issue.pk)
    with pytest.raises(NotThere):
        known_issues.join(actor=other, issue_id=issue.pk)
    # Somebody who left the group is not told, although they have it.
    member.groups.remove(circle)
    known_issues.update(actor=boss, issue_id=issue.pk, body="Found.")
    tell_all()
    assert not Notification.objects.exists()


# Questions about it -----------------------------------------------------------------------------------------------
def test_linked_questions_know_it_and_each_person_is_told_once() -> None:
    anna, ben, carla = person(), person(), person()
    here = board()
    first, second = thread(anna, here), thread(anna, here, title="It blinks red")
    thanks.join(actor=ben, thread_id=first.pk)
    thanks.join(actor=ben, thread_id=second.pk)
    thanks.join(actor=carla, thread_id=second.pk)
    issue = an_issue(board_id=here.pk, thread_ids=[first.pk, second.pk])
    assert ThreadEvent.objects.filter(kind="known_issue", thread__in=[first, second]).count() == 2
    assert affected([issue.pk]) == {issue.pk: 3}
    tell_all()
    tell_all()
    for who in (anna, ben, carla):
        assert news_of(who) == [(KNOWN, "Staff know about your problem")]


def test_a_question_is_part_of_one_issue_at_a_time() -> None:
    boss, question, free = agent(), thread(), thread()
    first = an_issue(boss, thread_ids=[question.pk])
    with pytest.raises(Refused):
        an_issue(boss, title="Another", thread_ids=[question.pk])
    second = an_issue(boss, title="Another")
    assert known_issues.link_threads(actor=boss, issue_id=second.pk, thread_ids=[question.pk, free.pk]) == 1
    known_issues.fix(actor=boss, issue_id=first.pk, body="Fixed.")
    assert known_issues.link_threads(actor=boss, issue_id=second.pk, thread_ids=[question.pk]) == 1
    assert KnownIssueThread.objects.in_force().filter(thread=question).get().issue_id == second.pk


def test_what_nobody_sees_in_lists_is_not_linked_and_a_duplicate_stands_for_its_original() -> None:
    boss, here = moderator(), board()
    original, duplicate, hidden = thread(on=here), thread(on=here), thread(on=here)
    duplicates.mark_duplicate(actor=boss, thread_id=duplicate.pk, original_id=original.pk)
    moderation.hide_thread(actor=boss, thread_id=hidden.pk)
    issue = an_issue(agent())
    wanted = [duplicate.pk, hidden.pk, 0, 2**70, 999_999]
    assert known_issues.link_threads(actor=agent(), issue_id=issue.pk, thread_ids=wanted) == 1
    assert [link.thread_id for link in KnownIssueThread.objects.in_force()] == [original.pk]


def test_a_question_taken_out_of_it_hears_no_more() -> None:
    boss, question = agent(), thread()
    issue = an_issue(boss, thread_ids=[question.pk])
    tell_all()
    known_issues.unlink_thread(actor=boss, issue_id=issue.pk, thread_id=question.pk, reason="Another light")
    known_issues.update(actor=boss, issue_id=issue.pk, body="News")
    tell_all()
    assert [kind for kind, _sentence in news_of(question.asker)] == [KNOWN]
    entry = AuditEntry.objects.get(verb="unlinked_known_issue")
    assert (entry.object_kind, entry.object_id, entry.note.text) == ("thread", question.pk, "Another light")


# News -------------------------------------------------------------------------------------------------------------
def test_one_update_reaches_everybody_who_has_it_and_nobody_twice() -> None:
    anna, ben, carla, dora, boss = person(), person(), person(), person(), agent()
    question = thread(anna)
    thanks.join(actor=ben, thread_id=question.pk)
    issue = an_issue(boss, thread_ids=[question.pk])
    for who in (anna, carla, boss):
        known_issues.join(actor=who, issue_id=issue.pk)
    tell_all()
    said = known_issues.update(actor=boss, issue_id=issue.pk, body="Found.")
    tell_all()
    tell_all()
    heard = Notification.objects.filter(event_kind=NEWS, event_id=said.pk)
    reasons = {anna.pk: "issue_joined", ben.pk: "issue_shared", carla.pk: "issue_joined"}
    assert dict(heard.values_list("recipient", "reason")) == reasons, "nor whoever said it"
    assert not Notification.objects.filter(recipient=dora).exists()
    known_issues.fix(actor=boss, issue_id=issue.pk, body="Update again.")
    tell_all()
    assert news_of(ben)[-1][1] == "A problem that you have is fixed"


def test_whoever_muted_the_question_hears_nothing_and_whoever_left_neither() -> None:
    anna, ben, boss = person(), person(), agent()
    question = thread(anna)
    issue = an_issue(boss, thread_ids=[question.pk])
    Watch.objects.filter(person=anna, thread=question).update(muted_at=question.asked_at)
    known_issues.join(actor=ben, issue_id=issue.pk)
    known_issues.leave(actor=ben, issue_id=issue.pk)
    known_issues.update(actor=boss, issue_id=issue.pk, body="Found.")
    tell_all()
    assert not Notification.objects.exists()


def test_what_was_taken_back_is_told_to_nobody_and_frees_its_questions() -> None:
    boss, question = agent(), thread()
    issue = an_issue(boss, thread_ids=[question.pk])
    tell_all()
    known_issues.withdraw(actor=boss, issue_id=issue.pk, reason="A mistake")
    known_issues.withdraw(actor=boss, issue_id=issue.pk)
    tell_all()
    assert news_of(question.asker) == [] and not current_issues(person())
    assert not KnownIssue.objects.visible_to(person()).exists() and KnownIssue.objects.visible_to(boss).exists()
    an_issue(boss, thread_ids=[question.pk])
    assert AuditEntry.objects.filter(verb="withdrew_known_issue").count() == 1


def test_a_mail_about_it_brings_the_words_and_one_press_ends_such_mails(settings: Any) -> None:
    with mail_host(settings) as host:
        anna, boss = reachable(), agent(display_name="Sam Staff")
        question = thread(anna)
        issue = an_issue(boss, thread_ids=[question.pk])
        _deliver()
        known_issues.update(actor=boss, issue_id=issue.pk, body="It is the **clock**. A correction comes on Thursday.")
        _deliver()
        known_issues.fix(actor=boss, issue_id=issue.pk, body="Restart it, and it corrects itself.")
        _deliver()
        first, second, third = _read(host, anna)
    assert "Red light since the May update" in first and "Wait with the update" in first
    assert "A correction comes on Thursday" in second and f"/known-issues/{issue.pk}/" in second
    assert "A problem that you have is fixed" in third and "Restart it" in third
    assert "You get this because you asked a question that is about it." in third and "/stop/" in third


def _deliver() -> None:
    tell_all()
    told()


def _read(host: MailHost, who: User) -> list[str]:
    found = []
    for mail in host.to(who):
        part = mail.get_body(("plain",))
        assert part is not None
        found.append(" ".join(f"{mail['Subject']}\n{part.get_content()}".split()))
    return found


# "I have this too" ------------------------------------------------------------------------------------------------
def test_i_have_this_too_counts_once_and_can_be_taken_back() -> None:
    issue, anna = an_issue(), person()
    known_issues.join(actor=anna, issue_id=issue.pk, instead_of_asking=True)
    known_issues.join(actor=anna, issue_id=issue.pk)
    issue.refresh_from_db()
    assert issue.person_count == 1 and KnownIssuePerson.objects.get().instead_of_asking
    known_issues.leave(actor=anna, issue_id=issue.pk)
    known_issues.leave(actor=anna, issue_id=issue.pk)
    issue.refresh_from_db()
    assert issue.person_count == 0


def test_what_is_fixed_takes_nobody_and_what_is_back_does() -> None:
    issue, anna, boss = an_issue(), person(), agent()
    known_issues.fix(actor=boss, issue_id=issue.pk, body="Fixed.")
    for act in (
        lambda: known_issues.join(actor=anna, issue_id=issue.pk),
        lambda: known_issues.fix(actor=boss, issue_id=issue.pk, body="Again."),
        lambda: known_issues.update(actor=boss, issue_id=issue.pk, body="News."),
        lambda: known_issues.link_threads(actor=boss, issue_id=issue.pk, thread_ids=[]),
    ):
        with pytest.raises(Refused):
            act()
    known_issues.reopen(actor=boss, issue_id=issue.pk, body="It is back.")
    known_issues.join(actor=anna, issue_id=issue.pk)
    with pytest.raises(Refused):
        known_issues.reopen(actor=boss, issue_id=issue.pk, body="Again.")


def test_two_who_change_the_words_do_not_undo_one_another() -> None:
    issue, boss = an_issue(), agent()
    known_issues.edit_issue(actor=boss, issue_id=issue.pk, version=1, title="Red light", body="Wait.")
    with pytest.raises(EditConflict) as conflict:
        known_issues.edit_issue(actor=boss, issue_id=issue.pk, version=1, title="Green", body="Go.")
    assert conflict.value.current.title == "Red light"


# Where it shows ---------------------------------------------------------------------------------------------------
def test_what_somebody_writes_brings_the_issue_it_is_about() -> None:
    here, there = board(), board()
    boss, question = agent(), thread(on=here, title="My box is dead")
    issue = an_issue(boss, board_id=here.pk, thread_ids=[question.pk])
    an_issue(boss, board_id=there.pk, title="Sound comes late")
    viewer = person()

    def found(**fields: Any) -> list[int]:
        return [each.id for each in fitting(viewer=viewer, **fields)]

    assert found(title="Why is there a red light after the update?") == [issue.pk]
    assert found(title="Why is there a red light after the update?", board_id=here.pk) == [issue.pk]
    assert found(title="Why is there a red light after the update?", board_id=there.pk) == []
    assert found(title="Which cable do I need?") == []
    assert found(title="It is dead", thread_ids=[question.pk]) == [issue.pk], "a question like it is part of it"
    known_issues.fix(actor=boss, issue_id=issue.pk, body="Fixed.")
    assert found(title="Why is there a red light after the update?") == []


def test_a_solved_question_stays_linked() -> None:
    boss, question = agent(), thread()
    answer = reply(question)
    issue = an_issue(boss, thread_ids=[question.pk])
    solutions.accept(actor=Thread.objects.get(pk=question.pk).asker, answer_id=answer.pk)
    assert KnownIssueThread.objects.in_force().get().issue_id == issue.pk
