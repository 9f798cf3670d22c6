"""The page behind the stop in every mail, and the signed address that leads there."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import clock
from community.actions import moderation, notices
from community.models import (
    Board,
    NoticeChoice,
    Rhythm,
    StoppedNotice,
    Topic,
    User,
    Watch,
)
from community.notices.stops import (
    ALL,
    BUNDLED,
    DIGESTS,
    Stop,
    choices_address,
    read_token,
    stop_address,
    stop_path,
    token_of,
    topic_stop,
)
from community.notices.topics import DEFAULTS, rhythms_of
from tests.community.test_inbox import signed_in
from tests.community.test_stops import ONE_CLICK, machine, question_stop
from tests.factories import board, moderator, person, thread

pytestmark = pytest.mark.django_db(transaction=True)


# The page ------------------------------------------------------------------------------------------------------------
def test_the_page_says_why_and_since_when_before_anything_is_pressed() -> None:
    anna = person("anna")
    with clock.at(datetime(2026, 3, 5, 12, tzinfo=ZoneInfo("UTC"))):
        asked = thread(anna, title="No light at all")
    page = machine().get(stop_path(anna, question_stop(asked))).content.decode()
    assert "No light at all" in page and "You asked it on March 5, 2026." in page
    assert "Stop news of this question" in page


def test_after_the_press_it_says_what_stopped_and_what_else_comes_and_each_can_be_stopped() -> None:
    anna = person("anna")
    asked = thread(anna, title="No light at all")
    page = machine().post(stop_path(anna, question_stop(asked)), ONE_CLICK).content.decode()
    assert "Done" in page and "You hear nothing more of this question" in page and "No light at all" in page
    for topic in set(DEFAULTS) - {Topic.DESK, Topic.HEARD}:
        assert stop_path(anna, topic_stop(topic)) in page
    assert reverse("notice_settings") in page
    page = machine().post(stop_path(anna, topic_stop(Topic.ANSWERS)), ONE_CLICK).content.decode()
    assert stop_path(anna, topic_stop(Topic.MENTIONS)) in page
    page = machine().post(stop_path(anna, ALL), ONE_CLICK).content.decode()
    assert "Nothing. Everything is in your inbox on the site." in page


def test_the_page_speaks_the_language_of_the_mails_owner() -> None:
    anna = person("anna")
    User.objects.filter(pk=anna.pk).update(language="de")
    assert '<html lang="de"' in machine().get(stop_path(anna, ALL)).content.decode()


def test_whoever_else_is_signed_in_is_told_whose_mail_it_was_without_the_address() -> None:
    anna, ben = person("anna"), person("ben")
    page = signed_in(ben).get(stop_path(anna, ALL)).content.decode()
    assert "a***@example.com" in page and anna.email not in page
    signed_in(ben).post(stop_path(anna, ALL), ONE_CLICK)
    assert set(rhythms_of(anna).values()) == {Rhythm.OFF}
    assert rhythms_of(ben)[Topic.ANSWERS] == Rhythm.NOW
    assert "***" not in signed_in(anna).get(stop_path(anna, ALL)).content.decode()


def test_a_title_out_of_sight_by_now_is_not_told_and_can_be_stopped_all_the_same() -> None:
    anna, boss = person("anna"), moderator()
    asked = thread(person("ben"), title="Secret lamp")
    closed = board("Secret board", audience=Board.Audience.GROUPS)
    notices.watch(actor=anna, thread_id=asked.pk)
    Watch.objects.create(person=anna, board=closed)
    moderation.hide_thread(actor=boss, thread_id=asked.pk, reason="spam")
    for stop in (question_stop(asked), Stop("unwatch", "board", closed.pk)):
        for page in (machine().get(stop_path(anna, stop)), machine().post(stop_path(anna, stop), ONE_CLICK)):
            assert page.status_code == 200 and "Secret" not in page.content.decode()
    assert Watch.objects.get(person=anna).muted_at is not None
    machine().post(stop_path(anna, Stop("unwatch", "board", closed.pk)), {"do": "undo"})
    assert Watch.objects.filter(person=anna, board=closed).exists()


def test_a_mail_passed_on_tells_nobody_a_title_they_may_not_see() -> None:
    anna = person("anna")
    inner = board("Inner board", audience=Board.Audience.SIGNED_IN)
    asked = thread(anna, on=inner, title="Inner lamp")
    notices.watch(actor=anna, board_id=inner.pk)
    for stop in (question_stop(asked), Stop("unwatch", "board", inner.pk)):
        assert "Inner" not in machine().get(stop_path(anna, stop)).content.decode()
        assert "Inner" in signed_in(anna).get(stop_path(anna, stop)).content.decode()


@pytest.mark.parametrize(
    "stop", [Stop("mute", "thread", 10**17), Stop("unwatch", "tag", 9), Stop("unwatch", "board", 9)]
)
def test_a_thing_that_never_was_is_a_page_like_any_other(stop: Stop) -> None:
    anna = person("anna")
    for response in (
        machine().get(stop_path(anna, stop)),
        machine().post(stop_path(anna, stop), ONE_CLICK),
        machine().post(stop_path(anna, stop), {"do": "undo"}),
    ):
        assert response.status_code == 200
    assert not Watch.objects.exists() and not StoppedNotice.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"is_active": False}, {"anonymised_at": datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))}]
)
def test_a_mail_to_an_account_that_is_closed_by_now_answers_too(fields: dict[str, Any]) -> None:
    anna = person("anna")
    asked = thread(anna)
    User.objects.filter(pk=anna.pk).update(**fields)
    for stop in (question_stop(asked), ALL):
        assert machine().get(stop_path(anna, stop)).status_code == 200
        assert machine().post(stop_path(anna, stop), ONE_CLICK).status_code == 200
    assert NoticeChoice.objects.exists() is ("is_active" in fields)


def test_the_page_costs_the_same_for_whoever_watches_much() -> None:
    anna = person("anna")
    asked = thread(anna)
    counts = []
    for many in (0, 40):
        for _each in range(many):
            Watch.objects.create(person=anna, board=board(), rhythm=Rhythm.HOURLY)
        for stop in (question_stop(asked), BUNDLED):
            with CaptureQueriesContext(connection) as queries:
                machine().get(stop_path(anna, stop))
            counts.append(len(queries))
    assert counts[:2] == counts[2:] and max(counts) <= 12


# Tokens --------------------------------------------------------------------------------------------------------------
EVERY_STOP = [
    Stop("mute", "thread", 12),
    Stop("unwatch", "tag", 3),
    Stop("unwatch", "board", 10**17),
    *(topic_stop(topic) for topic in Topic),
    BUNDLED,
    DIGESTS,
    ALL,
]


@pytest.mark.parametrize("stop", EVERY_STOP, ids=lambda stop: stop.key)
def test_a_token_says_who_and_what(stop: Stop) -> None:
    anna = person("anna")
    assert read_token(token_of(anna, stop)) == (anna.pk, stop)
    assert stop_address(anna, stop).startswith("http") and re.fullmatch(r"[\w.-]+", token_of(anna, stop))
    assert choices_address().endswith("/settings/notices/")


def test_a_token_holds_for_ever() -> None:
    anna = person("anna")
    path = stop_path(anna, ALL)
    with clock.at(clock.now() + timedelta(days=4000)):
        assert machine().post(path, ONE_CLICK).status_code == 200
    assert set(rhythms_of(anna).values()) == {Rhythm.OFF}


def test_nobody_makes_a_token_of_another() -> None:
    anna, ben = person("anna"), person("ben")
    word, seal = token_of(anna, ALL).split(".")
    other = token_of(ben, ALL).split(".")[1]
    for made in (
        f"{ben.pk}a0.{seal}",
        f"{anna.pk}h0.{seal}",
        f"{word}.{other}",
        f"{word}.{seal[:-1]}",
        f"{word}.",
        word,
        seal,
        "",
        ".",
        f"{word}.{seal}.{seal}",
        f"{word}.{seal}\n",
        f"{word}.{seal}\0",
        "\ud800",
        "\0",
        "x" * 1_000_000,
        f"{anna.pk}m{'9' * 30}.{seal}",
    ):
        assert read_token(made) is None, made[:60]


@pytest.mark.parametrize(
    "bad", ["x", "7a0.x", "%00", "%ED%A0%80", "%ff", "a%00b", "%C3%28", "x" * 5000, "%D9%A3a0.x", "..", "1" * 30]
)
def test_a_link_that_is_forged_or_cut_gets_a_friendly_page(bad: str) -> None:
    for response in (machine().get(f"/stop/{bad}/"), machine().post(f"/stop/{bad}/", ONE_CLICK)):
        assert response.status_code in {400, 404}
    assert not NoticeChoice.objects.exists()


def test_a_cut_link_says_what_to_do() -> None:
    anna = person("anna")
    cut = stop_path(anna, ALL)[:-4] + "/"
    response = machine().get(cut)
    assert response.status_code == 404 and reverse("notice_settings") in response.content.decode()
