"""From every kind of mail one press stops exactly that: through the mail server, and by the mail's own header."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.test import Client

from community import clock
from community.actions import notices, solutions, thanks
from community.actions.choices import choose
from community.models import Rhythm, Tag, Topic, User
from community.notices.digests import make_digests
from community.notices.reminders import remind
from tests.factories import board, reply, thread
from tests.mailing import MailHost, mail_host, reachable, told

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
Act = Callable[[], Any]


class Thing(NamedTuple):
    """Something of which anna hears each time it happens, and something of the same kind that is not it."""

    again: Act
    elsewhere: Act


@pytest.fixture
def host(settings: Any) -> Iterator[MailHost]:
    with mail_host(settings) as running:
        yield running


@pytest.fixture
def anna() -> User:
    who = reachable("anna")
    for topic in (Topic.WATCHED, Topic.QUESTIONS):
        choose(actor=who, topic=topic, rhythm=Rhythm.NOW)
    return who


def answers(anna: User) -> Thing:
    first, second = thread(anna), thread(anna)
    return Thing(lambda: reply(first), lambda: reply(second))


def watched_questions(anna: User) -> Thing:
    first, second = thread(), thread()
    for each in (first, second):
        notices.watch(actor=anna, thread_id=each.pk)
    return Thing(lambda: reply(first), lambda: reply(second))


def mentions(anna: User) -> Thing:
    first, second = thread(), thread()
    return Thing(lambda: reply(first, body="Ask @anna."), lambda: reply(second, body="Ask @anna."))


def helped(anna: User) -> Thing:
    first, second = reply(thread(), anna), reply(thread(), anna)
    return Thing(
        lambda: thanks.say_helped(actor=reachable(), answer_id=first.pk),
        lambda: thanks.say_helped(actor=reachable(), answer_id=second.pk),
    )


def accepted(anna: User) -> Thing:
    """Accepted, then taken back: of both the author of the solution hears."""
    first, second = thread(), thread()
    mine, other = reply(first, anna), reply(second, anna)

    def turn() -> None:
        if solutions.current_solution(first):
            solutions.withdraw(actor=first.asker, thread_id=first.pk)
        else:
            solutions.accept(actor=first.asker, answer_id=mine.pk)

    return Thing(turn, lambda: solutions.accept(actor=second.asker, answer_id=other.pk))


def shared_problems(anna: User) -> Thing:
    first, second = thread(), thread()
    for each in (first, second):
        thanks.join(actor=anna, thread_id=each.pk)
    said = {each.pk: reply(each) for each in (first, second)}
    told()

    def solve_or_go_on() -> None:
        if solutions.current_solution(first):
            reply(first)
        else:
            solutions.accept(actor=first.asker, answer_id=said[first.pk].pk)

    return Thing(solve_or_go_on, lambda: solutions.accept(actor=second.asker, answer_id=said[second.pk].pk))


def new_questions_on_a_board(anna: User) -> Thing:
    first, second = board(), board()
    for each in (first, second):
        notices.watch(actor=anna, board_id=each.pk)
    return Thing(lambda: thread(on=first), lambda: thread(on=second))


def new_questions_with_a_tag(anna: User) -> Thing:
    place = board()
    thread(on=place, tags=["red", "blue"])
    for tag in Tag.objects.all():
        notices.watch(actor=anna, tag_id=tag.pk)
    return Thing(lambda: thread(on=place, tags=["red"]), lambda: thread(on=place, tags=["blue"]))


def reminders(anna: User) -> Thing:
    """A reminder is about all reminders: what else comes is an answer."""
    other = thread(anna)

    def be_reminded() -> None:
        question = thread(anna)
        answer_at = clock.now()
        reply(question)
        told()
        with clock.at(answer_at + timedelta(days=3, minutes=1)):
            remind()
            told()

    return Thing(be_reminded, lambda: reply(other))


def bundles(anna: User) -> Thing:
    """A bundle is about all that comes bundled: what else comes is an answer at once."""
    choose(actor=anna, topic=Topic.WATCHED, rhythm=Rhythm.HOURLY)
    first, mine = thread(), thread(anna)
    notices.watch(actor=anna, thread_id=first.pk)

    def happen_twice() -> None:
        reply(first)
        reply(first)
        told()
        with clock.at(clock.now() + timedelta(minutes=30)):
            told()

    return Thing(happen_twice, lambda: reply(mine))


def daily_mails(anna: User) -> Thing:
    """A daily mail with new questions alone is about these: what else comes weekly is another thing."""
    choose(actor=anna, topic=Topic.QUESTIONS, rhythm=Rhythm.DAILY)
    choose(actor=anna, topic=Topic.DIGEST, rhythm=Rhythm.OFF)
    place, mine = board(), thread(anna)
    notices.watch(actor=anna, board_id=place.pk)

    def a_day_goes_by() -> None:
        thread(on=place)
        told()
        with clock.at(clock.now() + timedelta(days=1)):
            make_digests()
            told()

    return Thing(a_day_goes_by, lambda: reply(mine))


KINDS = (
    answers,
    watched_questions,
    mentions,
    helped,
    accepted,
    shared_problems,
    new_questions_on_a_board,
    new_questions_with_a_tag,
    reminders,
    bundles,
    daily_mails,
)


def one_click(mail: EmailMessage) -> Any:
    """What a mail program does by itself: no cookie, no page before."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<(\S+)>", "".join(str(mail["List-Unsubscribe"]).split()))
    assert found
    path = urlsplit(found[1]).path
    return Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_one_click_stops_exactly_that_and_says_what_else_comes(host, anna, kind) -> None:
    with clock.at(NOON):
        thing = kind(anna)
        thing.again()
        told()
        before = len(host.to(anna))
        assert before
        page = one_click(host.to(anna)[-1])
        assert page.status_code == 200
    with clock.at(NOON + timedelta(days=30)):
        thing.again()
        told()
        about = [str(mail["Subject"]) for mail in host.to(anna)[before:]]
        if kind is reminders:  # an answer came with it, which nobody stopped
            assert len(about) == 1 and "did" not in about[0].lower()
            about = []
        assert about == []
        so_far = len(host.to(anna))
        thing.elsewhere()
        told()
        assert len(host.to(anna)) == so_far + 1
    said = page.content.decode()
    assert "Done" in said
    assert "/stop/" in said and "/settings/notices/" in said
