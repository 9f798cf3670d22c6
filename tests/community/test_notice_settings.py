"""What also comes by mail and when: chosen, paused, stopped and brought back in one's settings."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community import clock
from community.actions import choices, notices
from community.errors import NotAllowed, Refused
from community.models import Mail, NoticeChoice, Notification, Rhythm, Topic, User, Watch
from community.notices import mornings
from community.notices.fanout import fan_out_all
from community.notices.gathering import gather
from community.notices.rhythm_words import SENTENCES, masked, when
from community.notices.stops import DIGESTS, topic_stop
from community.notices.topics import CHOICES, DEFAULTS, rhythm_for, rhythms_of
from community.notices.writing import write
from tests.community.accounts import member
from tests.community.test_inbox import signed_in
from tests.factories import agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


def page_of(client: Client) -> str:
    return client.get(reverse("notice_settings")).content.decode()


def as_it_comes(**changed: str) -> dict[str, str]:
    """What the form sends when nothing but these was changed."""
    return {f"topic-{topic}": changed.get(topic, rhythm) for topic, rhythm in DEFAULTS.items()}


# Choosing ------------------------------------------------------------------------------------------------------------
def test_every_topic_stands_there_with_a_sentence_and_when_it_comes() -> None:
    page = page_of(signed_in(person("anna")))
    for topic in set(DEFAULTS) - {Topic.DESK, Topic.HEARD}:
        assert str(topic.label) in page and str(SENTENCES[topic]).replace("'", "&#x27;") in page
        assert f'name="topic-{topic}"' in page
        for rhythm in CHOICES[topic]:
            assert when(topic, rhythm) in page
    assert "anna@example.com" in page and reverse("account_email") in page


def test_what_is_saved_is_how_the_next_notice_comes() -> None:
    anna = person("anna")
    client = signed_in(anna)
    response = client.post(reverse("notice_settings"), as_it_comes(answers=Rhythm.DAILY))
    assert response.status_code == 302
    assert dict(NoticeChoice.objects.values_list("topic", "rhythm")) == {Topic.ANSWERS: Rhythm.DAILY}
    reply(thread(anna), person("ben"))
    fan_out_all()
    assert Notification.objects.get(recipient=anna).rhythm == Rhythm.DAILY


@pytest.mark.parametrize("rhythm", ["", "hourly", "never", "\x00", "\ud800", "x" * 100_000])
def test_a_rhythm_that_a_topic_has_not_is_told_and_the_other_choices_stay(rhythm: str) -> None:
    anna = person("anna")
    sent = as_it_comes(reminders=rhythm, answers=Rhythm.WEEKLY)
    body = "&".join(f"{name}={value}" for name, value in sent.items()).encode("utf-8", "surrogatepass")
    response = signed_in(anna).post(reverse("notice_settings"), body, "application/x-www-form-urlencoded")
    assert response.status_code in {400, 422}
    assert not NoticeChoice.objects.exists()
    if response.status_code == 422:
        page = response.content.decode()
        assert "data-focus-first" in page and '<option value="weekly" selected>' in page


def test_only_ones_own_choices_change_and_only_signed_in() -> None:
    anna, ben = person("anna"), person("ben")
    choices.choose(actor=anna, topic=Topic.THANKS, rhythm=Rhythm.OFF)
    assert rhythms_of(ben)[Topic.THANKS] == Rhythm.NOW
    gone = person("gone", is_active=False)
    with pytest.raises(NotAllowed):
        choices.choose(actor=gone, topic=Topic.THANKS, rhythm=Rhythm.OFF)
    for topic, rhythm in (("nothing", "now"), (Topic.REMINDERS, Rhythm.WEEKLY), (Topic.THANKS, "")):
        with pytest.raises(Refused):
            choices.choose(actor=anna, topic=topic, rhythm=rhythm)


# A break -------------------------------------------------------------------------------------------------------------
def test_during_a_break_notices_wait_in_the_inbox_and_no_mail_waits() -> None:
    anna = person("anna")
    asked = thread(anna)
    reply(asked, person("ben"))
    fan_out_all()
    assert Notification.objects.get(recipient=anna).rhythm == Rhythm.NOW
    until = timezone.localdate(clock.now()) + timedelta(days=10)
    response = signed_in(anna).post(reverse("notice_settings"), {"part": "pause", "until": until.isoformat()})
    assert response.status_code == 302
    reply(asked, person("cleo"))
    fan_out_all()
    assert list(Notification.objects.filter(recipient=anna).values_list("rhythm", flat=True)) == ["", ""]
    mornings.plan_all()
    anna.refresh_from_db()
    assert rhythm_for(anna, Topic.REMINDERS) == "" and anna.digest_at is None
    assert "No notice comes by mail before" in page_of(signed_in(anna))
    with clock.at(anna.mail_paused_until + timedelta(minutes=1)):
        assert rhythm_for(anna, Topic.REMINDERS) == Rhythm.NOW
        reply(asked, person("dora"))
        fan_out_all()
    assert Notification.objects.filter(recipient=anna).order_by("-pk")[0].rhythm == Rhythm.NOW


def test_a_mail_that_was_made_before_the_break_does_not_leave_during_it() -> None:
    anna = member("anna")
    reply(thread(anna), person("ben"))
    fan_out_all()
    gather()
    mail = Mail.objects.get(recipient=anna)
    assert isinstance(write(mail), EmailMessage)
    with transaction.atomic():
        choices.pause(actor=anna, until=timezone.localdate(clock.now()) + timedelta(days=2))
        assert write(mail) == Mail.Outcome.STOPPED


def test_a_time_chosen_for_a_question_holds_although_its_topic_is_off_by_mail() -> None:
    anna = member("anna")
    asked, other = thread(anna), thread(anna)
    choices.choose(actor=anna, topic=Topic.ANSWERS, rhythm=Rhythm.OFF)
    notices.set_rhythm(actor=anna, rhythm=Rhythm.NOW, thread_id=asked.pk)
    reply(asked, person("ben"))
    reply(other, person("cleo"))
    fan_out_all()
    gather()
    mail = Mail.objects.get(recipient=anna)
    assert isinstance(write(mail), EmailMessage)
    notices.set_rhythm(actor=anna, rhythm=Rhythm.OFF, thread_id=asked.pk)
    assert write(mail) == Mail.Outcome.EMPTY


def test_a_break_ends_at_midnight_of_ones_own_zone_and_can_be_ended_before() -> None:
    anna = person("anna", time_zone="Asia/Tokyo")
    client = signed_in(anna)
    zone = ZoneInfo("Asia/Tokyo")
    until = clock.now().astimezone(zone).date() + timedelta(days=3)
    client.post(reverse("notice_settings"), {"part": "pause", "until": until.isoformat()})
    anna.refresh_from_db()
    assert anna.mail_paused_until == datetime(until.year, until.month, until.day, tzinfo=zone)
    client.post(reverse("switch_notices"), {"do": "resume"})
    anna.refresh_from_db()
    assert anna.digest_at is not None
    assert anna.mail_paused_until is None and "Mails again from now on" not in page_of(client)


@pytest.mark.parametrize(
    "until", ["", "soon", "2020-01-01", "9999-12-31", "0001-01-01", "2026-02-30", "1" * 5000, "\x00"]
)
def test_a_day_that_cannot_be_is_told_and_stays_in_the_form(until: str) -> None:
    anna = person("anna")
    response = signed_in(anna).post(reverse("notice_settings"), {"part": "pause", "until": until})
    assert response.status_code in {400, 422}
    if until != "\x00":
        assert "Please choose a day from tomorrow on, within a year." in response.content.decode()
    anna.refresh_from_db()
    assert anna.mail_paused_until is None


# All at once ---------------------------------------------------------------------------------------------------------
def test_one_press_stops_all_mails_and_one_brings_them_back_as_they_were() -> None:
    anna = person("anna")
    client = signed_in(anna)
    choices.choose(actor=anna, topic=Topic.WATCHED, rhythm=Rhythm.WEEKLY)
    place = board("Lamps")
    notices.watch(actor=anna, board_id=place.pk)
    Watch.objects.filter(person=anna).update(rhythm=Rhythm.NOW)
    before = rhythms_of(anna)
    client.post(reverse("switch_notices"), {"do": "off"})
    assert set(rhythms_of(anna).values()) == {Rhythm.OFF}
    thread(person("ben"), on=place)
    fan_out_all()
    assert Notification.objects.get(recipient=anna).rhythm == ""
    assert "Stop all mails" not in page_of(client) and "Mails again, as before" in page_of(client)
    client.post(reverse("switch_notices"), {"do": "back"})
    assert rhythms_of(anna) == before and Watch.objects.get(person=anna).rhythm == Rhythm.NOW


def test_who_stops_the_daily_and_weekly_mails_has_no_morning_any_more() -> None:
    anna = person("anna")
    mornings.plan_all()
    anna.refresh_from_db()
    assert anna.digest_at is not None
    choices.stop(person=anna, stop=DIGESTS)
    anna.refresh_from_db()
    assert anna.digest_at is None
    choices.undo(person=anna, stop=DIGESTS)
    anna.refresh_from_db()
    assert anna.digest_at is not None


def test_everything_can_be_as_it_usually_comes() -> None:
    anna = person("anna")
    client = signed_in(anna)
    choices.stop(person=anna, stop=topic_stop(Topic.ANSWERS))
    assert "Everything as it usually comes" in page_of(client)
    client.post(reverse("switch_notices"), {"do": "usual"})
    assert rhythms_of(anna) == rhythms_of(person("ben")) and not NoticeChoice.objects.exists()
    assert "Everything as it usually comes" not in page_of(client)


@pytest.mark.parametrize("do", ["", "on", "\x00", "x" * 100_000])
def test_a_switch_that_is_none_is_refused(do: str) -> None:
    anna = person("anna")
    assert signed_in(anna).post(reverse("switch_notices"), {"do": do}).status_code == 400


def test_the_page_costs_the_same_whatever_was_chosen() -> None:
    anna = person("anna")
    client = signed_in(anna)
    counts: list[int] = []
    for chosen in ({}, dict.fromkeys(Topic, Rhythm.OFF)):
        choices.choose_all(actor=anna, rhythms=chosen)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("notice_settings"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize(
    ("address", "told"),
    [("anna@example.com", "a***@example.com"), ("a@b.example", "a***@b.example"), ("", ""), ("x", "")],
)
def test_an_address_is_known_again_by_its_owner_only(address: str, told: str) -> None:
    assert masked(address) == told


def test_somebody_without_an_address_is_told_so() -> None:
    anna = person("anna")
    User.objects.filter(pk=anna.pk).update(email="")
    anna.refresh_from_db()
    assert "You have no e-mail address here" in page_of(signed_in(anna))


# One watch -----------------------------------------------------------------------------------------------------------
def menu_of(page: str, when: str) -> bool:
    """Whether a watch on this page says that its mails come so."""
    return f"</span>{when}</span>" in page


def test_a_board_that_one_watches_has_a_time_of_its_own_beside_the_watch_button() -> None:
    anna = person("anna")
    client, place = signed_in(anna), board("Lamps")
    address = place.get_absolute_url()
    assert reverse("watch_rhythm") not in client.get(address).content.decode()
    notices.watch(actor=anna, board_id=place.pk)
    assert menu_of(client.get(address).content.decode(), "In a daily mail")
    sent = {"board": place.pk, "rhythm": Rhythm.NOW, "next": address}
    response = client.post(reverse("watch_rhythm"), sent)
    assert response.status_code == 303 and response["Location"] == address
    for where in (address, reverse("watches")):
        assert menu_of(client.get(where).content.decode(), "At once")
    thread(person("ben"), on=place)
    fan_out_all()
    assert Notification.objects.get(recipient=anna).rhythm == Rhythm.NOW
    client.post(reverse("watch_rhythm"), sent | {"rhythm": ""})
    assert menu_of(client.get(address).content.decode(), "In a daily mail")


def test_a_tag_and_a_question_have_one_too_and_a_question_of_ones_own() -> None:
    anna, ben = person("anna"), person("ben")
    asked, own = thread(ben, tags=["dimmer"]), thread(anna)
    tag = asked.tags.get()
    fan_out_all()
    for target in ({"tag_id": tag.pk}, {"thread_id": asked.pk}):
        notices.watch(actor=anna, **target)
        notices.set_rhythm(actor=anna, rhythm=Rhythm.WEEKLY, **target)
    notices.set_rhythm(actor=anna, rhythm=Rhythm.OFF, thread_id=own.pk)
    client = signed_in(anna)
    assert menu_of(client.get(f"/tags/{tag.slug}/").content.decode(), "In a weekly mail")
    assert menu_of(client.get(reverse("watches")).content.decode(), "Only on the site")
    reply(asked, ben)
    reply(own, ben)
    reply(own, ben, body="@anna look")
    fan_out_all()
    told = set(Notification.objects.filter(recipient=anna).values_list("reason", "rhythm"))
    assert told == {("chosen", "weekly"), ("asked", ""), ("mentioned", "now")}


@pytest.mark.parametrize("rhythm", ["always", "\x00", "x" * 100_000, "NOW"])
def test_a_rhythm_that_is_none_is_refused(rhythm: str) -> None:
    anna, place = person("anna"), board("Lamps")
    notices.watch(actor=anna, board_id=place.pk)
    response = signed_in(anna).post(reverse("watch_rhythm"), {"board": place.pk, "rhythm": rhythm})
    assert response.status_code == 400 and Watch.objects.get().rhythm == ""


def test_nobody_sets_the_rhythm_of_anothers_watch_or_of_what_they_may_not_see() -> None:
    anna, ben = person("anna"), person("ben")
    place, closed = board("Lamps"), board("Inner", audience="groups")
    notices.watch(actor=anna, board_id=place.pk)
    Watch.objects.create(person=ben, board=closed)
    for number in (place.pk, closed.pk, 10**17):
        sent = {"board": number, "rhythm": Rhythm.OFF}
        assert signed_in(ben).post(reverse("watch_rhythm"), sent).status_code == 404
    assert not Watch.objects.filter(rhythm=Rhythm.OFF).exists()


def test_the_database_knows_no_other_rhythm() -> None:
    anna = person("anna")
    with pytest.raises(IntegrityError):
        Watch.objects.create(person=anna, board=board("Lamps"), rhythm="always")


def test_the_list_of_watches_costs_the_same_for_whoever_watches_much() -> None:
    anna = person("anna")
    client = signed_in(anna)
    counts = []
    for many in (1, 30):
        for _each in range(many):
            notices.watch(actor=anna, board_id=board().pk)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("watches"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_a_board_one_watches_costs_no_more_than_a_list_may() -> None:
    anna, place = person("anna"), board("Lamps")
    notices.watch(actor=anna, board_id=place.pk)
    client, counts = signed_in(anna), []
    for many in (1, 20):
        for _each in range(many):
            thread(person(), on=place)
        with CaptureQueriesContext(connection) as queries:
            assert reverse("watch_rhythm") in client.get(place.get_absolute_url()).content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


# The desk ------------------------------------------------------------------------------------------------------------
def test_work_at_the_desk_is_chosen_by_those_who_work_there_and_nobody_else_hears_of_it() -> None:
    ada, mo, anna = agent("ada"), moderator("mo"), person("anna")
    assert f'name="topic-{Topic.DESK}"' in page_of(signed_in(ada))
    for other in (mo, anna):
        assert str(Topic.DESK.label) not in page_of(signed_in(other))
    signed_in(ada).post(reverse("notice_settings"), as_it_comes(desk=Rhythm.DAILY))
    assert rhythms_of(ada)[Topic.DESK] == Rhythm.DAILY and Topic.DESK not in rhythms_of(mo)
