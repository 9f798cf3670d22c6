"""Choosing when mails come, and stopping one from a mail: by the keyboard alone, and in a browser without scripts."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from community import clock
from community.actions import notices
from community.models import Rhythm, Topic, User, Watch
from community.notices.stops import Stop, stop_path
from community.notices.topics import rhythms_of
from tests.browser.journeys import Browsers, Hands, Keyboard, NoScript
from tests.browser.looks import Looker, cookie_of
from tests.browser.test_every_task import at
from tests.community.accounts import member
from tests.factories import board, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.fixture(params=[Keyboard, NoScript], ids=lambda hands: hands.name)
def hands(request: Any) -> type[Hands]:
    return request.param


def test_somebody_stops_a_question_from_a_mail_without_signing_in_and_takes_it_back(
    browsers: Browsers, hands: type[Hands]
) -> None:
    anna = member("anna")
    asked = thread(anna, title="Red light on the router")
    me = at(browsers, hands, stop_path(anna, Stop("mute", "thread", asked.pk)))
    me.press("Stop news of this question")
    expect(me.page.locator("main")).to_contain_text("You hear nothing more of this question")
    assert Watch.objects.get(person=anna).muted_at is not None
    me.press("That was a slip")
    expect(me.page.locator("main")).to_contain_text("It is as it was before")
    assert Watch.objects.get(person=anna).muted_at is None
    me.press("Stop Somebody mentions you")
    expect(me.page.locator("main")).to_contain_text("These do not come by mail any more.")
    assert rhythms_of(anna)[Topic.MENTIONS] == Rhythm.OFF


def test_somebody_chooses_when_a_topic_comes_and_pauses_mails(browsers: Browsers, hands: type[Hands]) -> None:
    anna = member("anna")
    me = at(browsers, hands, reverse("notice_settings"), anna)
    me.choose("News in questions you watch", "In a weekly mail")
    me.press("Save")
    expect(me.page.locator(".messages")).to_contain_text("Your choices are saved.")
    assert rhythms_of(anna)[Topic.WATCHED] == Rhythm.WEEKLY
    day = timezone.localdate(clock.now()) + timedelta(days=9)
    if hands is Keyboard:  # a date is typed part by part
        me.choose("First day with mails again", day.strftime("%m%d%Y"))
    else:
        me.fill("First day with mails again", day.isoformat())
    me.press("Pause mails")
    expect(me.page.locator("main")).to_contain_text("No notice comes by mail before")
    me.press("Mails again from now on")
    assert User.objects.get(pk=anna.pk).mail_paused_until is None
    me.press("Stop all mails")
    assert set(rhythms_of(anna).values()) == {Rhythm.OFF}
    me.press("Mails again, as before")
    assert rhythms_of(anna)[Topic.WATCHED] == Rhythm.WEEKLY


def test_somebody_gives_a_board_a_time_of_its_own(browsers: Browsers, hands: type[Hands]) -> None:
    anna, routers = member("anna"), board("Routers")
    notices.watch(actor=anna, board_id=routers.pk)
    for address in (routers.get_absolute_url(), reverse("watches")):
        me = at(browsers, hands, address, anna)
        me.unfold("Mails about this:")
        me.press("Together, at most once an hour")
        assert Watch.objects.get(person=anna).rhythm == Rhythm.HOURLY
        me.unfold("Mails about this: Together, at most once an hour")
        me.press("As in your settings")
        assert Watch.objects.get(person=anna).rhythm == ""


def test_nothing_is_wrong_with_the_pages_of_choices_and_after_a_press(looker: Looker) -> None:
    anna, routers = member("anna"), board("Routers")
    asked = thread(anna, routers)
    notices.watch(actor=anna, board_id=routers.pk)
    page = looker.open(cookie_of(anna))
    for address in (routers.get_absolute_url(), reverse("watches"), reverse("notice_settings")):
        looker.visit(page, address)
    page = looker.open()
    page.goto(looker.url + stop_path(anna, Stop("mute", "thread", asked.pk)))
    with page.expect_navigation():
        page.get_by_role("button", name="Stop news of this question").click()
    looker.look(page, "what was stopped")
    with page.expect_navigation():
        page.get_by_role("button", name="That was a slip").click()
    looker.look(page, "what was brought back")
    page.goto(looker.url + "/stop/broken/")
    looker.look(page, "a broken link")
    assert not looker.found, looker.told()
