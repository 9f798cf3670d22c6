"""One press in a mail: it ends exactly what it says, for exactly that person, and can be taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from community import clock
from community.actions import choices, notices
from community.models import (
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
    stop_of,
    stop_path,
    topic_stop,
)
from community.notices.topics import DEFAULTS, rhythms_of
from tests.community.test_inbox import signed_in
from tests.factories import board, person, reply, thread

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


@pytest.mark.parametrize("topic", sorted(set(DEFAULTS) - {Topic.DESK, Topic.HEARD}))
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
