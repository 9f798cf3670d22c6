"""What a daily or weekly mail tells: what is new to its reader, what they may see, and nothing twice."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community import clock
from community.actions import choices, moderation, notices, solutions, thanks
from community.actions.choices import pause
from community.mails.letters import Heading, Items
from community.models import Board, Mail, NoticeChoice, Notification, Rhythm, Thread, Topic, User
from community.notices.digests import write_digest
from community.notices.fanout import fan_out_all
from community.notices.letters import Written
from community.notices.mornings import plan_all
from community.notices.notifiables import show
from community.notices.rounds import make_digests
from community.notices.stops import DIGESTS, stop_address, topic_stop
from community.notices.writing import write as write_message
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)

BERLIN = ZoneInfo("Europe/Berlin")


def on(day: int, hour: int = 12) -> datetime:
    """A day of November 2026; the 16th and the 23rd are Mondays."""
    return datetime(2026, 11, day, hour, tzinfo=BERLIN)


@pytest.fixture
def anna() -> User:
    with clock.at(on(1)):
        return person("anna", time_zone="Europe/Berlin")


@pytest.fixture
def routers() -> Board:
    return board("Routers")


def choose(who: User, topic: Topic, rhythm: Rhythm) -> None:
    NoticeChoice.objects.update_or_create(person=who, topic=topic, defaults={"rhythm": rhythm})


def write(mail: Mail) -> Written | None:
    reader = User.objects.with_standing().get(pk=mail.recipient_id)
    rows = mail.notifications.order_by("pk")
    return write_digest(show(rows, reader), reader, mail)


def morning(who: User, day: int, hour: int = 8) -> Written | None:
    """The mail of that morning as it is sent; None when none is made, or nothing is left to tell."""
    with clock.at(on(day, hour) - timedelta(days=1)):
        fan_out_all()
        User.objects.filter(pk=who.pk).update(digest_at=None)
        plan_all()
    with clock.at(on(day, hour)):
        make_digests()
        mail = Mail.objects.filter(recipient=who, created_at=clock.now()).first()
        written = write(mail) if mail else None
        if mail:
            Mail.objects.filter(pk=mail.pk).update(
                settled_at=clock.now(), outcome=Mail.Outcome.SENT if written else Mail.Outcome.EMPTY
            )
        return written


def told(written: Written | None) -> dict[str, list[str]]:
    """The titles of each list in it."""
    if written is None:
        return {}
    return {part.title: [item.title for item in part.items] for part in written.letter.parts if isinstance(part, Items)}


def notes(written: Written | None) -> list[str]:
    assert written is not None
    return [item.note for part in written.letter.parts if isinstance(part, Items) for item in part.items]


def shares(who: User, question: Thread) -> None:
    """They have the problem too, and want to hear of it on the site only."""
    for topic in (Topic.SHARED, Topic.WATCHED):
        choose(who, topic, Rhythm.OFF)
    thanks.join(actor=who, thread_id=question.pk)


def ask_on(place: Board, title: str, **fields: Any) -> Thread:
    return thread(person(), place, title=title, **fields)


def watches(who: User, place: Board, *, quietly: bool = True) -> None:
    """They watch a board; `quietly`, so that what is asked there waits for no mail by itself."""
    if quietly:
        choose(who, Topic.QUESTIONS, Rhythm.OFF)
    notices.watch(actor=who, board_id=place.pk)


# What waited ----------------------------------------------------------------------------------------------------------
def test_news_that_waited_stand_by_question_the_readers_own_first(anna: User, routers: Board) -> None:
    for topic in (Topic.ANSWERS, Topic.WATCHED):
        choose(anna, topic, Rhythm.DAILY)
    with clock.at(on(17)):
        mine = thread(anna, routers, title="My line drops")
        other = ask_on(routers, "Which cable?")
        notices.watch(actor=anna, thread_id=other.pk)
        reply(mine, person("ben"))
        reply(mine, person("carla"))
        reply(other, person("dora"))
    written = morning(anna, 18)
    assert told(written) == {"News for you": ["My line drops", "Which cable?"]}
    assert notes(written) == ["carla answered your question, and 1 more", "dora answered"]
    assert written and written.letter.subject == "My line drops, and news in 1 more question"
    assert isinstance(written.letter.parts[0], Heading) and written.letter.parts[0].text == "Your daily mail"


def test_new_questions_where_one_watches_come_in_the_daily_mail_by_default(anna: User, routers: Board) -> None:
    watches(anna, routers, quietly=False)
    with clock.at(on(17)):
        for number in range(8):
            ask_on(routers, f"Question {number}")
    written = morning(anna, 18)
    assert told(written) == {"New where you watch": [*(f"Question {n}" for n in (7, 6, 5, 4, 3)), "and 3 more"]}
    assert written and written.letter.subject == "New questions: Question 7, and 7 more"


def test_what_was_read_hidden_or_closed_off_meanwhile_is_left_out(anna: User, routers: Board) -> None:
    choose(anna, Topic.ANSWERS, Rhythm.DAILY)
    beta = board("Beta")
    with clock.at(on(17)):
        read, hidden, moved, left = (
            thread(anna, place, title=title)
            for title, place in (("Read", routers), ("Hidden", routers), ("Moved", beta), ("Left", routers))
        )
        answers = [reply(each, person()) for each in (read, hidden, moved, left)]
        fan_out_all()
        first = Notification.objects.filter(recipient=anna).earliest("event_id")
        notices.mark_read(actor=anna, ids=[first.pk])
        moderation.hide_answer(actor=moderator(), answer_id=answers[1].pk)
        Board.objects.filter(pk=beta.pk).update(audience=Board.Audience.GROUPS)
    assert told(morning(anna, 18)) == {"News for you": ["Left"]}


def test_when_all_that_waited_is_out_of_sight_there_is_nothing_to_send(anna: User, routers: Board) -> None:
    choose(anna, Topic.ANSWERS, Rhythm.DAILY)
    with clock.at(on(17)):
        reply(thread(anna, routers), person())
        fan_out_all()
        Board.objects.filter(pk=routers.pk).update(audience=Board.Audience.GROUPS)
    assert morning(anna, 18) is None


# What else there is ---------------------------------------------------------------------------------------------------
def test_thanks_are_told_by_answer_with_how_many_people(anna: User, routers: Board) -> None:
    choose(anna, Topic.THANKS, Rhythm.OFF)
    with clock.at(on(17)):
        asker, question = person("ada"), None
        question = thread(asker, routers, title="No light")
        best = reply(question, anna)
        for _each in range(3):
            thanks.say_helped(actor=person(), answer_id=best.pk)
        thanks.vote(actor=person(), answer_id=best.pk)
        solutions.accept(actor=asker, answer_id=best.pk)
        thanks.vote(actor=person(), answer_id=reply(ask_on(routers, "Old cable"), anna).pk)
    written = morning(anna, 23)
    assert told(written) == {"Thanks for your answers": ["No light", "Old cable"]}
    assert notes(written) == [
        "Accepted as the solution · 3 people say it helped them · 1 person found it helpful",
        "1 person found it helpful",
    ]
    assert written and written.letter.subject == "Your answers solved it for 4 people"
    assert morning(anna, 30) is None  # all of it was told


def test_unanswered_questions_are_those_one_could_answer(anna: User, routers: Board) -> None:
    watches(anna, routers)
    User.objects.filter(pk=anna.pk).update(languages=["en"])
    mine = board("Elsewhere")
    with clock.at(on(17)):
        notices.watch(actor=anna, tag_id=ask_on(mine, "Tagged", tags=["wifi"]).tags.all()[0].pk)
        ask_on(routers, "Fresh")
        shared = ask_on(routers, "Shared")
        thanks.join(actor=person(), thread_id=shared.pk)
        thread(anna, routers, title="My own")
        reply(ask_on(routers, "Answered"), person())
        Thread.objects.filter(pk=ask_on(routers, "German").pk).update(language="de")
        moderation.lock(actor=moderator(), thread_id=ask_on(routers, "Locked").pk)
        notices.mute(actor=anna, thread_id=ask_on(routers, "Muted").pk)
        moderation.hide_thread(actor=moderator(), thread_id=ask_on(routers, "Hidden").pk)
        ask_on(mine, "Not watched")
    written = morning(anna, 23)
    assert told(written) == {"Could you answer these?": ["Shared", "Fresh", "Tagged"]}
    assert written and written.letter.subject == "3 questions you could answer"


def test_what_was_solved_where_one_watches_or_shares_the_problem_is_told_once(anna: User, routers: Board) -> None:
    watches(anna, routers)
    away = board("Elsewhere")
    with clock.at(on(17)):
        for title, place in (("On my board", routers), ("My problem too", away), ("Not mine", away)):
            question = ask_on(place, title)
            if title == "My problem too":
                shares(anna, question)
            solutions.accept(actor=question.asker, answer_id=reply(question, person(f"by-{question.pk}")).pk)
        question = thread(anna, routers, title="My own")
        solutions.accept(actor=anna, answer_id=reply(question, person()).pk)
        question = ask_on(routers, "By myself")
        solutions.accept(actor=question.asker, answer_id=reply(question, anna).pk)
    Notification.objects.filter(recipient=anna).update(rhythm="")
    choose(anna, Topic.THANKS, Rhythm.OFF)
    choose(anna, Topic.ANSWERS, Rhythm.OFF)
    written = morning(anna, 23)
    assert told(written) == {
        "Thanks for your answers": ["By myself"],
        "Solved lately": ["My problem too", "On my board"],
    }
    assert notes(written)[1].endswith("solved it; you have this problem too")
    assert morning(anna, 30) is None


def test_a_question_told_by_a_mail_before_is_not_told_again(anna: User, routers: Board) -> None:
    watches(anna, routers, quietly=False)
    with clock.at(on(17)):
        ask_on(routers, "Told on Wednesday")
    assert told(morning(anna, 18)) == {"New where you watch": ["Told on Wednesday"]}
    choose(anna, Topic.QUESTIONS, Rhythm.OFF)
    with clock.at(on(19)):
        ask_on(routers, "Told on Monday")
    assert told(morning(anna, 23)) == {"Could you answer these?": ["Told on Monday"]}
    with clock.at(on(24)):
        ask_on(routers, "Told a week later")
    assert told(morning(anna, 30)) == {"Could you answer these?": ["Told a week later"]}


def test_a_question_stands_in_one_mail_once(anna: User, routers: Board) -> None:
    watches(anna, routers, quietly=False)
    choose(anna, Topic.WATCHED, Rhythm.WEEKLY)
    with clock.at(on(22)):
        question = ask_on(routers, "Everywhere")
        notices.watch(actor=anna, thread_id=question.pk)
        thanks.vote(actor=person(), answer_id=reply(question, anna).pk)
        solutions.accept(actor=question.asker, answer_id=reply(question, person()).pk)
        fan_out_all()
        for topic in (Topic.WATCHED, Topic.THANKS):
            choose(anna, topic, Rhythm.OFF)
        question = ask_on(routers, "Thanked and solved")
        fan_out_all()
        Notification.objects.filter(recipient=anna, topic=Topic.QUESTIONS).last().delete()  # type: ignore[union-attr]
        thanks.vote(actor=person(), answer_id=reply(question, anna).pk)
        solutions.accept(actor=question.asker, answer_id=reply(question, person()).pk)
    titles = [title for part in told(morning(anna, 23)).values() for title in part]
    assert titles == ["Everywhere", "Thanked and solved"]


def test_between_mondays_a_daily_mail_holds_what_waited_and_nothing_else(anna: User, routers: Board) -> None:
    watches(anna, routers)
    choose(anna, Topic.ANSWERS, Rhythm.DAILY)
    with clock.at(on(17)):
        ask_on(routers, "Could be answered")
        reply(thread(anna, board(), title="Mine"), person())
    assert list(told(morning(anna, 18))) == ["News for you"]
    assert list(told(morning(anna, 23))) == ["Could you answer these?"]


def test_who_wants_what_else_every_day_gets_it_every_day(anna: User, routers: Board) -> None:
    watches(anna, routers)
    choose(anna, Topic.DIGEST, Rhythm.DAILY)
    for day in (17, 18):
        with clock.at(on(day)):
            ask_on(routers, f"Of the {day}th")
        assert told(morning(anna, day + 1)) == {"Could you answer these?": [f"Of the {day}th"]}


def test_what_moved_out_of_sight_is_in_no_part(anna: User, routers: Board) -> None:
    insiders = Group.objects.create(name="Insiders")
    beta = board("Beta", groups=[insiders])
    anna.groups.add(insiders)
    anna = User.objects.with_standing().get(pk=anna.pk)
    watches(anna, beta)
    watches(anna, routers)
    with clock.at(on(17)):
        insider = person("ida")
        insider.groups.add(insiders)
        insider = User.objects.with_standing().get(pk=insider.pk)
        thread(insider, beta, title="Secret and open")
        solved = thread(insider, beta, title="Secret and solved")
        solutions.accept(actor=insider, answer_id=reply(solved, moderator()).pk)
        thanked = reply(thread(insider, beta, title="Secret and thanked"), anna)
        thanks.vote(actor=insider, answer_id=thanked.pk)
        ask_on(routers, "For everybody")
        Notification.objects.all().delete()
        fan_out_all()
        Notification.objects.all().delete()
    with clock.at(on(22)):
        anna.groups.clear()
    assert told(morning(anna, 23)) == {"Could you answer these?": ["For everybody"]}


def test_in_a_pause_nothing_comes_and_after_it_what_is_new_since(anna: User, routers: Board) -> None:
    watches(anna, routers)
    with clock.at(on(17)):
        pause(actor=anna, until=date(2026, 11, 25))
        ask_on(routers, "Meanwhile")
    assert morning(anna, 23) is None
    assert not Mail.objects.exists()
    assert told(morning(anna, 30)) == {"Could you answer these?": ["Meanwhile"]}


def test_choosing_sets_the_next_morning_at_once(anna: User) -> None:
    with clock.at(on(17)):
        plan_all()
        for rhythm, day in ((Rhythm.DAILY, 18), (Rhythm.WEEKLY, 23)):
            choices.choose(actor=anna, topic=Topic.WATCHED, rhythm=rhythm)
            assert User.objects.get(pk=anna.pk).digest_at == on(day, 8)
        choices.choose(actor=anna, topic=Topic.QUESTIONS, rhythm=Rhythm.NOW)
        choices.stop(person=anna, stop=DIGESTS)
        assert User.objects.get(pk=anna.pk).digest_at is None
        choices.undo(person=anna, stop=DIGESTS)
        assert User.objects.get(pk=anna.pk).digest_at == on(23, 8)


def test_the_subject_tells_the_best_of_it_and_the_line_below_the_rest(anna: User, routers: Board) -> None:
    watches(anna, routers)
    with clock.at(on(17)):
        ask_on(routers, "Could be answered")
        helpful = reply(ask_on(board(), "By myself"), anna)
        thanks.say_helped(actor=person(), answer_id=helpful.pk)
        Notification.objects.all().delete()
        choose(anna, Topic.THANKS, Rhythm.OFF)
    written = morning(anna, 23)
    assert written and written.letter.subject == "Your answer solved it for 1 person"
    assert written.letter.preheader == "1 question you could answer"


def test_what_comes_is_in_its_readers_language_and_may_be_sent(anna: User, routers: Board) -> None:
    choose(anna, Topic.ANSWERS, Rhythm.DAILY)
    EmailAddress.objects.create(user=anna, email=anna.email, verified=True, primary=True)
    User.objects.filter(pk=anna.pk).update(language="de")
    with clock.at(on(17)):
        reply(thread(anna, routers, title="Kein Licht"), person("ben"))
    assert morning(anna, 18)
    message = write_message(Mail.objects.get())
    assert isinstance(message, EmailMessage)
    assert message.subject == "Kein Licht" and "ben hat auf Ihre Frage geantwortet" in message.body
    assert message.extra_headers["X-Mail-Kind"] == "digest" and "List-Unsubscribe" in message.extra_headers


# How to stop it -------------------------------------------------------------------------------------------------------
def test_one_press_ends_such_mails(anna: User, routers: Board) -> None:
    choose(anna, Topic.ANSWERS, Rhythm.DAILY)
    watches(anna, routers)
    with clock.at(on(17)):
        reply(thread(anna, board()), person())
        ask_on(routers, "Could be answered")
    daily, weekly = morning(anna, 18), morning(anna, 23)
    assert daily and daily.stop == topic_stop(Topic.ANSWERS)
    assert weekly and weekly.stop == topic_stop(Topic.DIGEST)
    with clock.at(on(24)):
        reply(thread(anna, board()), person())
        ask_on(routers, "Could be answered too")
    both = morning(anna, 30)
    assert both and both.stop == DIGESTS
    for written in (daily, weekly, both):
        why = written.letter.why
        assert written.stop and why and why.reason and why.stop_url == stop_address(anna, written.stop)


# Cheap ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("many", [1, 12])
def test_a_digest_costs_the_same_few_queries_however_much_is_in_it(anna: User, routers: Board, many: int) -> None:
    watches(anna, routers, quietly=False)
    choose(anna, Topic.ANSWERS, Rhythm.DAILY)
    with clock.at(on(17)):
        for number in range(many):
            asker = person()
            reply(thread(anna, routers, title=f"Mine {number}"), person())
            thanks.say_helped(actor=person(), answer_id=reply(thread(asker, board()), anna).pk)
            solved = thread(asker, routers)
            solutions.accept(actor=asker, answer_id=reply(solved, person()).pk)
            ask_on(routers, f"Open {number}")
        fan_out_all()
        Notification.objects.filter(recipient=anna, topic=Topic.QUESTIONS).update(rhythm="")
        plan_all()
    with clock.at(on(23, 8)):
        make_digests()
        mail = Mail.objects.get(recipient=anna)
        with CaptureQueriesContext(connection) as queries:
            written = write(mail)
    assert len(told(written)) == 4
    assert len(queries) <= 25
    lists: Sequence[list[str]] = list(told(written).values())
    assert all(len(titles) <= 6 for titles in lists)
