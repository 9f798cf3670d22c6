"""Every task of a customer and of a moderator: once by the keyboard alone, once in a browser without scripts."""

from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from community.actions import solutions
from community.integrity import violations
from community.models import AuditNote, Notification, Thread, User, Vote, Watch
from community.notices.fanout import fan_out_all
from community.roles import Role
from tests.browser.journeys import Browsers, Hands, Keyboard, NoScript
from tests.community.accounts import PASSWORD, app_code, mailed_code, member
from tests.factories import board, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[Keyboard, NoScript], ids=lambda hands: hands.name)
def hands(request: Any) -> type[Hands]:
    return request.param


@pytest.fixture
def routers(browsers: Browsers) -> Any:
    return board("Routers")


def at(browsers: Browsers, hands: type[Hands], address: str, user: User | None = None) -> Hands:
    return hands(browsers.open(address, user, **hands.options))


def said(page: Page) -> Any:
    return expect(page.locator("main"))


def test_somebody_finds_a_solution_and_says_that_it_helped(browsers: Browsers, hands: type[Hands], routers) -> None:
    anna, hedda, nina = member("anna"), member("hedda"), member("nina")
    asked = thread(anna, routers, title="Red light on the router")
    solutions.accept(actor=anna, answer_id=reply(asked, hedda).pk)
    me = at(browsers, hands, reverse("home"), nina)
    me.follow("Questions")
    me.follow("Solved")
    me.follow("Red light on the router")
    expect(me.page.locator(".post-solution")).to_contain_text("ten seconds")
    for thanks in ("I have this problem too", "Helpful"):
        me.toggle(thanks)
        expect(me.page.get_by_role("button", name=thanks).first).to_have_attribute("aria-pressed", "true")
    asked.refresh_from_db()
    assert (asked.me_too_count, Vote.objects.count()) == (1, 1)
    assert list(violations()) == []


def test_somebody_watches_a_question_and_stops(browsers: Browsers, hands: type[Hands], routers) -> None:
    asked, nina = thread(member("anna"), routers), member("nina")
    me = at(browsers, hands, asked.get_absolute_url(), nina)
    me.press("Watch")
    assert Watch.objects.filter(person=nina, thread=asked).exists()
    me.page.goto(reverse("watches"))
    me.press("Stop")
    assert not Watch.objects.filter(person=nina, thread=asked, muted_at=None).exists()


def test_somebody_corrects_what_they_wrote(browsers: Browsers, hands: type[Hands], routers) -> None:
    anna = member("anna")
    asked = thread(anna, routers)
    me = at(browsers, hands, asked.get_absolute_url(), anna)
    me.follow("Edit")
    me.fill("Your question in one line", "The light is red and blinks")
    me.press("Save")
    asked.refresh_from_db()
    assert asked.title == "The light is red and blinks"
    said(me.page).to_contain_text("The light is red and blinks")


def test_somebody_reads_what_is_new_for_them(browsers: Browsers, hands: type[Hands], routers) -> None:
    anna, hedda = member("anna"), member("hedda")
    asked = thread(anna, routers)
    reply(asked, hedda)
    fan_out_all()
    me = at(browsers, hands, reverse("home"), anna)
    me.follow("Inbox")
    me.press("Unread:")
    said(me.page).to_contain_text("ten seconds")
    assert not Notification.objects.filter(recipient=anna, read_at=None).exists()


def test_somebody_chooses_their_language(browsers: Browsers, hands: type[Hands], routers) -> None:
    anna = member("anna")
    me = at(browsers, hands, reverse("profile_settings"), anna)
    me.fill("About you", "I live with three routers.")
    me.choose("Language of the site", "Deutsch")
    me.press("Save")
    anna.refresh_from_db()
    assert (anna.language, anna.about) == ("de", "I live with three routers.")
    expect(me.page.locator("html")).to_have_attribute("lang", "de")


def test_somebody_signs_in_with_their_password_and_out_again(browsers: Browsers, hands: type[Hands], routers) -> None:
    member("anna")
    me = at(browsers, hands, reverse("home"))
    me.follow("Sign in")
    me.fill("E-mail address or name", "anna")
    me.fill("Password", PASSWORD)
    me.press("Sign in")
    me.unfold("Your account")
    me.press("Sign out")
    expect(me.page.get_by_role("link", name="Sign in").first).to_be_visible()


def test_somebody_signs_in_with_a_mailed_code(browsers: Browsers, hands: type[Hands], routers) -> None:
    anna = member("anna")
    me = at(browsers, hands, reverse("account_login"))
    me.follow("Mail me a code")
    me.fill("E-mail", anna.email)
    me.press("Mail me a code")
    assert mail.outbox
    me.fill("Code", mailed_code())
    me.press("Go on")
    expect(me.page.locator("summary", has_text="Your account")).to_be_visible()


def test_a_moderator_signs_in_with_an_app_and_hides_and_restores_with_a_reason(
    browsers: Browsers, hands: type[Hands], routers
) -> None:
    member("mona", Role.MODERATOR)
    asked = thread(member("anna"), routers, title="Win a free router")
    me = at(browsers, hands, reverse("account_login"))
    me.fill("E-mail address or name", "mona")
    me.fill("Password", PASSWORD)
    me.press("Sign in")
    me.fill("Code", app_code())
    me.press("Sign in")
    me.unfold("Your account")
    me.follow("Moderation")
    me.follow("Questions")
    me.follow("Win a free router")
    me.fill("Reason", "Advertising")
    me.press("Hide")
    asked.refresh_from_db()
    assert asked.hidden_at
    said(me.page).to_contain_text("Say why")  # to its author, who hears of it in a few minutes
    me.page.goto(asked.get_absolute_url())
    said(me.page).to_contain_text("This question is hidden.")
    me.press("Restore")
    asked.refresh_from_db()
    assert not asked.hidden_at
    assert AuditNote.objects.filter(text="Advertising").exists()
    assert list(violations()) == []


def test_whoever_forgot_the_password_gets_a_new_one(browsers: Browsers, hands: type[Hands], routers) -> None:
    anna = member("anna")
    me = at(browsers, hands, reverse("account_login"))
    me.follow("Forgot your password?")
    me.fill("E-mail", anna.email)
    me.press("Mail me a code")
    me.fill("Code", mailed_code())
    me.press("Go on")
    me.fill("New password", "seven green bicycles")
    me.fill("The same again", "seven green bicycles")
    me.press("Save the password")
    assert User.objects.get(pk=anna.pk).check_password("seven green bicycles")


def test_an_answer_is_accepted_and_taken_back(browsers: Browsers, hands: type[Hands], routers) -> None:
    anna = member("anna")
    asked = thread(anna, routers)
    reply(asked, member("hedda"))
    me = at(browsers, hands, asked.get_absolute_url(), anna)
    me.press("Yes, it is solved")
    expect(me.page.locator(".post-solution")).to_be_visible()
    me.press("Not the solution")
    assert Thread.objects.get().state != "solved"
    assert list(violations()) == []
