"""What one week brought, counted in people; the report is made once, and holds nothing that was hidden since."""

from datetime import timedelta
from typing import Any

import pytest

from community import clock
from community.actions import duplicates, known_issues, moderation, solutions, thanks
from community.models import DuplicateHint, Tag, Thread
from support.actions import weekly as reports
from support.models import Status, Ticket, WeeklyReport
from support.reading import weekly
from support.reading.weekly_told import Line, evidence, tell
from tests.factories import admin, agent, moderator, person, reply
from tests.support import test_promises as promises
from tests.support.hearing import MORNING, WEEK, asked, on, outage, past, report

pytestmark = pytest.mark.django_db


def found() -> dict[str, Any]:
    with clock.at(MORNING):
        return weekly.find(WEEK)


def lines(name: str) -> list[Line]:
    told = tell(report(), admin())
    return list(next(section for section in told.sections if section.name == name).lines)


def test_an_outage_is_told_in_peoples_own_words_with_their_questions_and_the_day_it_began() -> None:
    past()
    cloud = outage()
    asked(on(9), "Where is the manual?")
    first = lines("trends")[0]
    assert first.told.startswith("6 people · less than 1 expected · 0 at most in the eight weeks before")
    assert "since Wednesday" in first.told
    named = first.title + first.told
    assert "“sync”" in named and "“cloud”" in named
    told = evidence(WeeklyReport.objects.get(week=WEEK), first.key, admin())
    assert told is not None and {each.url for each in told[1]} == {each.get_absolute_url() for each in cloud}
    assert len(first.few) == 3 and first.more == 3


def test_a_tag_is_told_by_the_name_it_has_now() -> None:
    tag = Tag.objects.create(name="Syncing", slug="syncing")
    past()
    for back in range(1, 6):
        asked(on(8) - back * timedelta(days=7)).tags.add(tag)
    for number in range(12):
        asked(on(8 + number % 5), f"Number {number} of my lamps").tags.add(tag)
    Tag.objects.filter(pk=tag.pk).update(name="Cloud")
    (line,) = lines("trends")
    assert (line.title, line.told.rpartition(", ")[2]) == ("“lamps”", "the tag Cloud")


def test_a_word_that_nobody_may_read_any_more_stands_in_no_report() -> None:
    past()
    hidden = outage()
    made = report()
    assert made.findings["trends"]
    with clock.at(MORNING):
        for each in hidden:
            moderation.hide_thread(actor=moderator(), thread_id=each.pk, reason="Not for everybody")
    told = tell(made, admin())
    assert not any(section.lines for section in told.sections)
    assert evidence(made, "trends-0", admin()) is None


def test_in_a_young_community_nothing_is_compared() -> None:
    past(weeks=2)
    outage()
    told = tell(report(), admin())
    section = told.sections[0]
    assert not section.lines and "too little of a past" in section.empty
    assert told.first == "6 people asked."


def test_staff_who_ask_are_not_heard_as_customers() -> None:
    past()
    for _each in range(6):
        asked(on(10), "Sync fails since yesterday", asker=agent())
    assert found()["trends"] == [] and found()["asked"] == 0


def test_open_questions_stand_by_how_many_had_them_in_the_week() -> None:
    old, new, solved, alone = (asked(on(day)) for day in (2, 9, 9, 10))
    with clock.at(on(11)):
        for thread in (old, old, old, new, solved, solved):
            thanks.join(actor=person(), thread_id=thread.pk)
        solutions.accept(actor=solved.asker, answer_id=reply(solved).pk)
    with clock.at(on(2, 13)):
        thanks.join(actor=person(), thread_id=old.pk)
    assert found()["issues"] == [
        {"thread": old.pk, "lately": 3, "people": 5},
        {"thread": new.pk, "lately": 2, "people": 2},
    ]
    assert alone.pk not in {each["thread"] for each in found()["issues"]}
    assert [line.told for line in lines("issues")] == [
        "3 people this week · 5 in all · New",
        "2 people this week · New",
    ]


def test_a_question_that_was_solved_after_the_week_was_open_in_it() -> None:
    thread = asked(on(9))
    with clock.at(on(10)):
        thanks.join(actor=person(), thread_id=thread.pk)
    with clock.at(on(15, 1)):
        solutions.accept(actor=thread.asker, answer_id=reply(thread).pk)
    assert [line.told for line in lines("issues")] == ["2 people this week · Solved"]


def test_what_was_asked_again_and_again_stands_with_all_who_asked() -> None:
    original = asked(on(1) - timedelta(days=30))
    merged, alike, dismissed = asked(on(2)), asked(on(9)), asked(on(10))
    with clock.at(on(11)):
        duplicates.mark_duplicate(actor=moderator(), thread_id=merged.pk, original_id=original.pk)
        DuplicateHint.objects.create(thread=alike, other=original, likeness=80)
        DuplicateHint.objects.create(thread=dismissed, other=original, likeness=70, dismissed_at=on(11))
    assert found()["again"] == [{"thread": original.pk, "people": 2, "threads": [merged.pk, alike.pk]}]
    (line,) = [each for each in lines("issues") if each.key.startswith("again")]
    assert line.title == original.title and line.told.startswith("asked again by 2 people in eight weeks")


def test_a_known_issue_stands_with_what_was_found_to_be_about_it() -> None:
    ada, thread = agent(), asked(on(9))
    with clock.at(on(10)):
        issue = known_issues.open_issue(
            actor=ada, title="The update stops", body="Wait.", board_id=thread.board_id, thread_ids=[thread.pk]
        )
        known_issues.join(actor=person(), issue_id=issue.pk)
    (line,) = [each for each in lines("issues") if each.key.startswith("causes")]
    assert line.told == "known issue · 1 question is about it · 1 person has it too"
    assert line.url == issue.get_absolute_url()


def test_ideas_stand_by_how_many_different_people_want_them() -> None:
    idea = asked(on(1), "A dark mode", kind=Thread.Kind.IDEA)
    other = asked(on(9), "A light mode", kind=Thread.Kind.IDEA)
    same = asked(on(9), "Dark mode please", kind=Thread.Kind.IDEA, asker=idea.asker)
    quiet = asked(on(1), "A red mode", kind=Thread.Kind.IDEA)
    with clock.at(on(10)):
        for who in (person(), person(), idea.asker):
            reply(idea, who, "I want this too.")
        duplicates.mark_duplicate(actor=moderator(), thread_id=same.pk, original_id=idea.pk)
    assert found()["wants"] == [
        {"thread": idea.pk, "people": 3, "lately": 2},
        {"thread": other.pk, "people": 1, "lately": 1},
    ]
    assert quiet.pk not in {each["thread"] for each in found()["wants"]}
    assert [line.title for line in lines("wants")] == ["A dark mode", "A light mode"]


def test_who_solved_it_for_the_most_people_is_to_be_thanked() -> None:
    best, second, staff = person("best"), person("second"), agent("staff")
    praise = asked(on(9), "You are great", kind=Thread.Kind.PRAISE)
    for who, people in ((best, 2), (second, 1), (staff, 3)):
        for _each in range(people):
            thread = asked(on(9))
            with clock.at(on(10)):
                solutions.accept(actor=thread.asker, answer_id=reply(thread, who).pk)
    assert [(each["person"], each["people"]) for each in found()["helpers"]] == [(best.pk, 2), (second.pk, 1)]
    titles = [(line.title, line.told.partition(" · ")[0]) for line in lines("thanks")]
    assert titles == [
        (praise.title, "praise"),
        ("best", "solved it for 2 people"),
        ("second", "solved it for 1 person"),
    ]
    made = WeeklyReport.objects.get(week=WEEK)
    told = evidence(made, "helpers-0", admin())
    assert told is not None and len(told[1]) == 2


def test_promises_stand_as_they_ended_in_the_week_and_the_broken_ones_lead_to_their_tickets() -> None:
    asked(on(9))
    kept, broken = promises.opened(on(9, 10)), promises.opened(on(9, 10))
    promises.replied(kept, on(9, 11), Status.OPEN)
    promises.turn(on(10, 16))
    found_ = {each["kind"]: each for each in found()["promises"]}
    assert (found_["first_reply"]["kept"], found_["first_reply"]["tickets"]) == (1, [broken.pk])
    line = lines("promises")[0]
    assert (line.title, line.told) == ("First reply", "1 of 2 kept · 1 was broken")
    told = evidence(WeeklyReport.objects.get(week=WEEK), line.key, admin())
    assert told is not None and [each.title for each in told[1]] == [Ticket.objects.get(pk=broken.pk).subject]


def test_a_report_is_made_once_and_only_when_its_week_is_over() -> None:
    asked(on(9))
    with clock.at(on(14, 23)):
        assert reports.make_due() == 0
    with clock.at(on(15, 5)):
        assert reports.make_due() == 0
    with clock.at(MORNING):
        assert reports.make_due() == 1 and reports.make_due() == 0
        assert reports.make(WEEK) is None
    assert [each.week for each in WeeklyReport.objects.all()] == [WEEK]


def test_weeks_that_no_worker_saw_are_made_later_and_none_before_the_first_question() -> None:
    assert reports.make_due() == 0
    asked(on(9))
    with clock.at(MORNING + timedelta(days=7 * 2)):
        assert reports.make_due() == 3
    with clock.at(MORNING + timedelta(days=7 * 20)):
        assert reports.make_due() == 4


def test_the_week_is_the_sites_own(settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    early = asked(on(7, 13))  # Monday, one in the morning, over there
    asked(on(14, 13))
    with clock.at(MORNING):
        assert weekly.find(WEEK)["asked"] == 1
        assert weekly.day_of(early.asked_at) == WEEK
