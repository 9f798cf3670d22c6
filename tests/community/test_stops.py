"""One press in a mail: it ends exactly what it says, for exactly that person, and can be taken back."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import clock
from community.actions import choices, moderation, notices
from community.models import (
    Board,
    Mail,
    NoticeChoice,
    Notification,
    Rhythm,
    StoppedNotice,
    Thread,
    Topic,
    User,
    Watch,
)
from community.notices.fanout import fan_out_all
from community.notices.notifiables import show
from community.notices.stops import (
    ALL,
    BUNDLED,
    DIGESTS,
    Stop,
    choices_address,
    read_token,
    stop_address,
    stop_of,
    stop_path,
    token_of,
    topic_stop,
)
from community.notices.topics import rhythms_of
from tests.community.test_inbox import signed_in
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def question_stop(of: Thread) -> Stop:
    return Stop("mute", "thread", of.pk)


def fresh(who: User) -> User:
    return User.objects.with_standing().get(pk=who.pk)


def machine() -> Client:
    """A mail program: it keeps no cookie and has no token of any form."""
    return Client(enforce_csrf_checks=True)


# What a mail program does -------------------------------------------------------------------------------------------
def test_a_mail_program_stops_a_question_by_itself() -> None:
    anna = person("anna")
    asked = thread(anna)
    response = machine().post(stop_path(anna, question_stop(asked)), ONE_CLICK)
    assert response.status_code == 200
    assert Watch.objects.get(person=anna, thread=asked).muted_at is not None
    reply(asked, person("ben"))
    fan_out_all()
    assert not Notification.objects.filter(recipient=anna).exists()


def test_a_mail_program_may_send_it_as_multipart_too() -> None:
    anna = person("anna")
    path = stop_path(anna, topic_stop(Topic.THANKS))
    body = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    assert machine().generic("POST", path, body, "multipart/form-data; boundary=b").status_code == 200
    assert rhythms_of(anna)[Topic.THANKS] == Rhythm.OFF


def test_the_answer_to_a_mail_program_sets_no_cookie_and_is_kept_nowhere() -> None:
    anna = person("anna")
    response = machine().post(stop_path(anna, ALL), ONE_CLICK)
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]


def test_following_the_link_changes_nothing() -> None:
    anna = person("anna")
    asked = thread(anna)
    for method in ("get", "head"):
        assert getattr(machine(), method)(stop_path(anna, question_stop(asked))).status_code == 200
    assert Watch.objects.get(person=anna, thread=asked).muted_at is None
    assert not StoppedNotice.objects.exists()


def test_a_thousand_presses_are_one() -> None:
    anna = person("anna")
    path = stop_path(anna, topic_stop(Topic.QUESTIONS))
    for _each in range(60):
        assert machine().post(path, ONE_CLICK).status_code == 200
    assert StoppedNotice.objects.count() == 1
    assert NoticeChoice.objects.count() == 1
    machine().post(path, {"do": "undo"})
    assert rhythms_of(anna)[Topic.QUESTIONS] == Rhythm.DAILY


# Exactly that --------------------------------------------------------------------------------------------------------
def test_one_press_ends_one_thing_of_one_person() -> None:
    anna, ben = person("anna"), person("ben")
    one, other = board("Lamps"), board("Routers")
    for who in (anna, ben):
        for place in (one, other):
            notices.watch(actor=who, board_id=place.pk)
    machine().post(stop_path(anna, Stop("unwatch", "board", one.pk)), ONE_CLICK)
    assert set(Watch.objects.values_list("person", "board")) == {
        (anna.pk, other.pk),
        (ben.pk, one.pk),
        (ben.pk, other.pk),
    }


@pytest.mark.parametrize("topic", list(Topic))
def test_one_topic_is_switched_off_and_no_other(topic: Topic) -> None:
    anna = person("anna")
    before = rhythms_of(anna)
    machine().post(stop_path(anna, topic_stop(topic)), ONE_CLICK)
    assert rhythms_of(anna) == before | {topic: Rhythm.OFF}


def test_stopping_bundles_ends_what_comes_bundled_and_nothing_else() -> None:
    anna = person("anna")
    place = board("Lamps")
    choices.choose(actor=anna, topic=Topic.THANKS, rhythm=Rhythm.HOURLY)
    notices.watch(actor=anna, board_id=place.pk)
    Watch.objects.update(rhythm=Rhythm.HOURLY)
    before = rhythms_of(anna)
    machine().post(stop_path(anna, BUNDLED), ONE_CLICK)
    assert rhythms_of(anna) == before | {Topic.WATCHED: Rhythm.OFF, Topic.THANKS: Rhythm.OFF}
    assert Watch.objects.get().rhythm == Rhythm.OFF
    machine().post(stop_path(anna, BUNDLED), {"do": "undo"})
    assert rhythms_of(anna) == before
    assert Watch.objects.get().rhythm == Rhythm.HOURLY


def test_a_bundle_of_what_was_too_much_for_an_hour_can_be_stopped_too() -> None:
    anna = person("anna")
    choices.choose(actor=anna, topic=Topic.WATCHED, rhythm=Rhythm.DAILY)
    reply(thread(anna), person("ben"))
    fan_out_all()
    mail = Mail.objects.create(
        kind="bundle", recipient=anna, key="bundle:1", created_at=clock.now(), due_at=clock.now()
    )
    Notification.objects.filter(recipient=anna).update(mail=mail, rhythm="")
    before = rhythms_of(anna)
    for _each in range(2):
        machine().post(stop_path(anna, BUNDLED), ONE_CLICK)
        assert rhythms_of(anna) == before | {Topic.ANSWERS: Rhythm.OFF}


def test_stopping_the_daily_and_weekly_mail_ends_all_that_is_in_it() -> None:
    anna = person("anna")
    machine().post(stop_path(anna, DIGESTS), ONE_CLICK)
    rhythms = rhythms_of(anna)
    assert not {Rhythm.DAILY, Rhythm.WEEKLY} & set(rhythms.values())
    assert rhythms[Topic.ANSWERS] == Rhythm.NOW and rhythms[Topic.WATCHED] == Rhythm.HOURLY


# "That was a slip" ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", ["tag", "board"])
def test_a_slip_is_taken_back_with_the_watchs_reason_rhythm_and_date(what: str) -> None:
    anna = person("anna")
    asked = thread(person("ben"), tags=["dimmer"])
    target = {"tag_id": asked.tags.get().pk} if what == "tag" else {"board_id": asked.board_id}
    with clock.at(clock.now() - timedelta(days=400)):
        notices.watch(actor=anna, **target)
    Watch.objects.filter(person=anna).update(rhythm=Rhythm.WEEKLY)
    before = Watch.objects.filter(person=anna).values("reason", "rhythm", "watched_at", "muted_at", *target).get()
    path = stop_path(anna, Stop("unwatch", what, next(iter(target.values()))))
    machine().post(path, ONE_CLICK)
    assert not Watch.objects.filter(person=anna).exists()
    machine().post(path, ONE_CLICK)
    page = machine().post(path, {"do": "undo"}).content.decode()
    assert "It is as it was before" in page
    assert Watch.objects.filter(person=anna).values(*before).get() == before


def test_a_muted_question_is_heard_again_and_one_never_watched_is_not_watched_for_it() -> None:
    anna, ben = person("anna"), person("ben")
    asked = thread(anna)
    before = Watch.objects.filter(person=anna).values().get()
    for who in (anna, ben):
        machine().post(stop_path(who, question_stop(asked)), ONE_CLICK)
        machine().post(stop_path(who, question_stop(asked)), {"do": "undo"})
    assert Watch.objects.filter(person=anna).values().get() == before
    assert not Watch.objects.filter(person=ben).exists()


def test_what_somebody_chose_themselves_since_stays() -> None:
    anna = person("anna")
    machine().post(stop_path(anna, ALL), ONE_CLICK)
    choices.choose(actor=anna, topic=Topic.WATCHED, rhythm=Rhythm.WEEKLY)
    machine().post(stop_path(anna, ALL), {"do": "undo"})
    assert rhythms_of(anna)[Topic.WATCHED] == Rhythm.WEEKLY
    assert rhythms_of(anna)[Topic.ANSWERS] == Rhythm.NOW


def test_a_thing_watched_again_by_choice_has_no_slip_to_take_back() -> None:
    anna, place = person("anna"), board("Lamps")
    asked = thread(anna, on=place)
    notices.watch(actor=anna, board_id=place.pk)
    for stop, target in (
        (Stop("unwatch", "board", place.pk), {"board_id": place.pk}),
        (question_stop(asked), {"thread_id": asked.pk}),
    ):
        machine().post(stop_path(anna, stop), ONE_CLICK)
        notices.watch(actor=anna, **target)
        assert not choices.undo(person=anna, stop=stop)
        assert Watch.objects.filter(person=anna, muted_at=None, **target).exists()


def test_there_is_nothing_to_take_back_where_nothing_was_stopped() -> None:
    anna = person("anna")
    asked = thread(anna)
    assert machine().post(stop_path(anna, question_stop(asked)), {"do": "undo"}).status_code == 200
    assert not choices.undo(person=anna, stop=question_stop(asked))


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
    for topic in Topic:
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


# One rule for mail and inbox -----------------------------------------------------------------------------------------
def test_a_mail_ends_what_the_inbox_would_end() -> None:
    anna, ben = person("anna"), person("ben")
    place = board("Lamps")
    notices.watch(actor=anna, board_id=place.pk)
    asked = thread(ben, on=place)
    own = thread(anna)
    reply(own, ben)
    fan_out_all()
    rows = {row.reason: (row, shown) for row, shown in show(Notification.objects.filter(recipient=anna), anna)}
    assert stop_of(*rows["board"], anna) == Stop("unwatch", "board", place.pk, "Lamps")
    assert stop_of(*rows["asked"], anna) == Stop("mute", "thread", own.pk, own.title)
    notices.unwatch(actor=anna, board_id=place.pk)
    assert stop_of(*rows["board"], anna) == topic_stop(Topic.QUESTIONS)
    assert asked.board_id == place.pk


def test_a_press_in_the_inbox_leads_back_there_and_can_be_taken_back_there() -> None:
    anna, ben = person("anna"), person("ben")
    asked = thread(anna, title="No light at all")
    reply(asked, ben)
    fan_out_all()
    client, path = signed_in(anna), stop_path(anna, question_stop(asked))
    inbox = reverse("inbox")
    assert path in client.get(inbox).content.decode()
    there = client.post(path, {"next": f"{inbox}?show=unread"})
    assert there.status_code == 303 and there["Location"] == f"{inbox}?show=unread&stopped=m{asked.pk}"
    page = client.get(there["Location"]).content.decode()
    assert "You hear nothing more of this question" in page and "That was a slip" in page
    back = client.post(path, {"next": inbox, "do": "undo"})
    assert back.status_code == 303 and back["Location"] == inbox
    assert Watch.objects.get(person=anna, thread=asked).muted_at is None
    assert "That was a slip" not in client.get(there["Location"]).content.decode()


@pytest.mark.parametrize("word", ["", "m", "m1", "x", "m%00", "%ED%A0%80", "t" + "9" * 30])
def test_the_inbox_says_nothing_was_stopped_where_nothing_was(word: str) -> None:
    response = signed_in(person("anna")).get(f"{reverse('inbox')}?stopped={word}")
    assert response.status_code in {200, 400} and b"That was a slip" not in response.content


def test_nobody_is_led_away_from_the_site_or_by_somebody_elses_press() -> None:
    anna, ben = person("anna"), person("ben")
    path = stop_path(anna, ALL)
    assert signed_in(anna).post(path, {"next": "https://evil.example/"}).status_code == 200
    assert signed_in(ben).post(path, {"next": reverse("inbox")}).status_code == 200


def test_the_inbox_says_since_when_and_each_watcher_hears_their_own_day() -> None:
    anna, ben = person("anna"), person("ben")
    tag = thread(ben, tags=["dimmer"]).tags.get()
    fan_out_all()
    for who, month in ((anna, 3), (ben, 5)):
        with clock.at(datetime(2026, month, 5, 12, tzinfo=ZoneInfo("UTC"))):
            notices.watch(actor=who, tag_id=tag.pk)
    thread(person("cleo"), tags=["dimmer"])
    own = thread(anna)
    reply(own, ben)
    fan_out_all()
    page = signed_in(anna).get(reverse("inbox")).content.decode()
    assert "Because you have watched the tag dimmer since March 5, 2026" in page
    assert "Because you asked on " in page
    assert "since May 5, 2026" in signed_in(ben).get(reverse("inbox")).content.decode()


def test_presses_at_the_same_moment_are_one_and_one_undo_brings_back_what_was() -> None:
    anna, place = person("anna"), board("Lamps")
    notices.watch(actor=anna, board_id=place.pk)
    Watch.objects.update(rhythm=Rhythm.WEEKLY)
    before = Watch.objects.values("board", "reason", "rhythm", "watched_at").get()
    path = stop_path(anna, Stop("unwatch", "board", place.pk))

    def press(_number: int) -> int:
        try:
            return machine().post(path, ONE_CLICK).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as many:
        assert set(many.map(press, range(24))) == {200}
    assert StoppedNotice.objects.count() == 1 and not Watch.objects.exists()
    machine().post(path, {"do": "undo"})
    assert Watch.objects.values(*before).get() == before
