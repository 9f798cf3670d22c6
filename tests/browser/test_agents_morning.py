"""An agent's morning, lived by the keyboard alone, and every mail its customers got, read over real SMTP.

Fifty tickets wait in three queues. Two agents reach for the same one; a macro, an undo, a note, a merge and its undo, a
ticket put to rest and woken, a promise that is broken, and an outcome that the community reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from community import clock
from community.actions.threads import ask
from community.integrity import violations
from community.models import Answer, Board, Thread, User
from support.actions import escalating, moves, replies
from support.actions.promises import tell_due
from support.integrity import INVARIANTS
from support.models import (
    BoardDesk,
    Calendar,
    CalendarBlock,
    Macro,
    PrivateField,
    Queue,
    SlaPolicy,
    SlaTarget,
    Status,
    Switch,
    Ticket,
    TicketEvent,
    TicketMessage,
    TicketNote,
)
from tests.browser.journeys import MOST_TABS, Browsers, pick, press
from tests.factories import board, person
from tests.mailing import MailHost, mail_host, reachable, words_of
from tests.support.desk import switch_on, ticket
from tests.support.telling import reachable_agent, subjects, tell, told_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

DESK = "/desk/"
SERIAL = "SN-4812-77-KX"
NOTE = "He called us twice already, be kind."
MACRO = "Hello {{customer}},\n\nplease send us the number on the label: {{label}}\n\nBest wishes, {{agent}}"
OUTCOME = f"A reset brings it back: hold the button for ten seconds. Seen on {SERIAL} and others."
#: Replies leave after this; a moment later they have.
SECONDS = timedelta(seconds=12)


@dataclass
class Morning:
    """Who is there, and what waits."""

    ari: User
    bo: User
    #: asks with a promise that is broken by now
    late: Ticket
    #: a question of the community that staff look at
    asked: Thread
    #: two tickets of one customer
    first: Ticket
    second: Ticket
    queues: dict[str, Queue] = field(default_factory=dict)

    @property
    def escalated(self) -> Ticket:
        return Ticket.objects.get(thread=self.asked)


@pytest.fixture
def morning() -> Morning:
    """Fifty tickets in three queues, each due an hour after it came; the one that came first is overdue."""
    switch_on(Switch.QUEUES, Switch.MACROS, Switch.HOLDING, Switch.REGROUPING)
    queues = _queues()
    Macro.objects.create(name="Label", text=MACRO)
    routers, now = board("Routers"), clock.now()
    ari, bo = reachable_agent("ari", display_name="Ari"), reachable_agent("bo", display_name="Bo")
    lena, carla = reachable("lena", display_name="Lena"), reachable("carla", display_name="Carla")
    with clock.at(now - timedelta(hours=2)):
        late = ticket(lena, subject="The router is dead", queue=queues["Support"])
    with clock.at(now - timedelta(minutes=50)):
        asked = _handed_over(routers)
    with clock.at(now - timedelta(minutes=40)):
        first = ticket(carla, subject="No picture on the screen", queue=queues["Support"])
    with clock.at(now - timedelta(minutes=35)):
        second = ticket(carla, subject="The screen stays black", queue=queues["Orders"])
    others = person("others")
    for number in range(46):
        with clock.at(now - timedelta(minutes=30 - number / 2)):
            ticket(others, subject=f"Matter {number}", queue=list(queues.values())[number % 3])
    assert Ticket.objects.count() == 50
    return Morning(ari, bo, late, asked, first, second, queues)


def _queues() -> dict[str, Queue]:
    """Three queues that promise a first word within an hour, on a calendar without nights: tests run at any time."""
    calendar = Calendar.objects.create(name="Always")
    CalendarBlock.objects.bulk_create(
        CalendarBlock(calendar=calendar, weekday=weekday, opens=0, closes=24 * 60) for weekday in range(7)
    )
    policy = SlaPolicy.objects.create(name="An hour", calendar=calendar)
    SlaTarget.objects.create(policy=policy, priority="normal", first_reply=60, next_reply=120)
    Queue.objects.update(sla=policy)
    for name in ("Orders", "Repairs"):
        Queue.objects.create(name=name, sla=policy)
    return {queue.name: queue for queue in Queue.objects.all()}


def _handed_over(routers: Board) -> Thread:
    """Tom asks the community, and calls staff with what only they may know."""
    BoardDesk.objects.create(board=routers, queue=Queue.objects.get(is_default=True), asker_waits=0)
    serial = PrivateField.objects.create(board=routers, kind=PrivateField.Kind.SERIAL, label="Serial number")
    tom = reachable("tom", display_name="Tom")
    made = ask(actor=tom, board_id=routers.pk, title="The red light stays on", body="Since the update.", kind="problem")
    escalating.ask_staff(actor=tom, thread_id=made.pk, reason="unsolved", values={serial.pk: SERIAL}, shares=True)
    return Thread.objects.get(pk=made.pk)


@pytest.fixture
def post(settings: Any) -> Iterator[MailHost]:
    with mail_host(settings) as host:
        yield host


def go(page: Page, *keys: str) -> None:
    """Press keys of which the last one leads to a page."""
    for key in keys[:-1]:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(keys[-1])


def tab_to_field(page: Page, field: str) -> None:
    """Press Tab until the form's field of this name has the focus."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == field:
            return
    raise AssertionError(f"Tab does not lead to {field!r} on {page.url}")


def told_on(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def leave() -> None:
    """Ten seconds later: replies leave, and everybody is told."""
    with clock.at(clock.now() + SECONDS):
        replies.let_leave()
        tell()


def test_an_agents_morning(browsers: Browsers, morning: Morning, post: MailHost) -> None:
    assert tell_due() >= 1, "the promise to Lena is broken"
    tell()
    receipts = len(post.arrived)
    ari, bo = browsers.open(DESK, morning.ari), browsers.open(DESK, morning.bo)
    sees_what_waits(ari, morning)
    both_reach_for_the_same(ari, bo, morning)
    answers_with_a_macro(ari, morning)
    leaves_a_note(ari, morning)
    merges_and_takes_it_back(ari, morning)
    puts_it_to_rest(ari, morning)
    tells_the_community(bo, morning)
    leave()
    # The page that asks about the serial number is a 422, and browsers say so of any.
    assert [each for each in browsers.complaints if "422" not in each] == []
    assert list(violations(INVARIANTS)) == []
    every_mail_is_read(post, receipts, morning)


def sees_what_waits(page: Page, morning: Morning) -> None:
    """Exact counts, and what is overdue first."""
    expect(page.locator(".desk-total")).to_have_text("50")
    for name, many in (("Support", 19), ("Orders", 16), ("Repairs", 15)):
        expect(page.locator(f'[data-list="q{morning.queues[name].pk}"] .desk-count')).to_have_text(str(many))
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=morning.late.subject)).to_be_focused()
    assert TicketEvent.objects.filter(ticket=morning.late, kind="breached").exists()
    assert any("overdue" in said.lower() or "late" in said.lower() for said in told_to(morning.ari)), told_to(
        morning.ari
    )


def both_reach_for_the_same(ari: Page, bo: Page, morning: Morning) -> None:
    """Both come to the same ticket. One has it, the other is told who, and goes on to the next."""
    for page in (ari, bo):
        go(page, "g", "n")
        expect(page.get_by_role("heading", name=morning.late.subject)).to_be_visible()
    go(ari, "c")
    told_on(ari, "It is yours.")
    go(bo, "c")
    told_on(bo, "Ari")
    morning.late.refresh_from_db()
    assert morning.late.assignee == morning.ari
    go(bo, "g", "n")
    expect(bo.get_by_role("heading", name=morning.asked.title)).to_be_visible()
    go(bo, "c")


def answers_with_a_macro(page: Page, morning: Morning) -> None:
    """A macro with a place that nobody knows: it is marked, filled by hand, sent, taken back, and sent again."""
    page.keyboard.press("m")
    expect(page.locator("#macro")).to_be_focused()
    pick(page, "Lab")
    page.keyboard.press("Enter")
    text = page.locator("[data-box=reply] textarea")
    expect(text).to_be_focused()
    expect(text).to_have_value("Hello Lena,\n\nplease send us the number on the label: {{label}}\n\nBest wishes, Ari")
    page.keyboard.type("it begins with SN")
    press(page, "Send")
    told_on(page, "Your reply to Lena is on its way.")
    go(page, "z")
    expect(page.locator("[data-box=reply] textarea")).to_have_value(
        "Hello Lena,\n\nplease send us the number on the label: it begins with SN\n\nBest wishes, Ari"
    )
    assert not TicketMessage.objects.filter(ticket=morning.late, is_staff=True).exists()
    page.wait_for_function("() => document.activeElement.matches('[data-box=reply] textarea')")
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement.matches('[data-box=reply] summary')")
    page.keyboard.press("r")
    expect(page.locator("[data-box=reply] textarea")).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(" and Bo")
    press(page, "Send")
    leave()
    assert TicketMessage.objects.get(ticket=morning.late, is_staff=True).body.endswith("Ari and Bo")
    morning.late.refresh_from_db()
    assert morning.late.status == Status.WAITING


def leaves_a_note(page: Page, morning: Morning) -> None:
    page.reload()
    page.keyboard.press("n")
    expect(page.locator("[data-box=note] textarea")).to_be_focused()
    page.keyboard.type(NOTE)
    press(page, "Keep the note")
    told_on(page, "Noted. Only colleagues see it.")
    assert TicketNote.objects.get(ticket=morning.late).body == NOTE


def merges_and_takes_it_back(page: Page, morning: Morning) -> None:
    """Carla wrote twice. Both become one, and two again."""
    go(page, "g", "n")
    expect(page.get_by_role("heading", name=morning.first.subject)).to_be_visible()
    go(page, "c")
    go(page, "e")
    press(page, morning.second.subject)
    press(page, "Merge them")
    morning.first.refresh_from_db()
    assert morning.first.merged_into == morning.second
    expect(page.get_by_role("heading", name=morning.second.subject)).to_be_visible()
    go(page, "z")
    morning.first.refresh_from_db()
    assert morning.first.merged_into is None and morning.first.status == Status.OPEN


def puts_it_to_rest(page: Page, morning: Morning) -> None:
    """On hold until tomorrow; tomorrow it wakes by itself, and whoever has it is told."""
    go(page, "g", "d")
    go(page, "g", "n")
    expect(page.get_by_role("heading", name=morning.first.subject)).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator("#hold")).to_be_focused()
    press(page, "Rest")
    morning.first.refresh_from_db()
    assert morning.first.status == Status.ON_HOLD
    with clock.at(clock.now() + timedelta(days=1, hours=1)):
        assert moves.wake_due() == 1
    morning.first.refresh_from_db()
    assert morning.first.status == Status.OPEN


def tells_the_community(page: Page, morning: Morning) -> None:
    """The outcome names the serial number: that is noticed, left out, and the rest stands as an official answer."""
    page.keyboard.press("p")
    expect(page.locator("[data-box=outcome] textarea")).to_be_focused()
    page.keyboard.type(OUTCOME)
    press(page, "Check and publish")
    told_on(page, "Is this meant for everybody?")
    assert not Answer.objects.filter(thread=morning.asked).exists()
    press(page, "Leave all of them out and publish")
    told_on(page, "The community reads it now.")
    answer = Answer.objects.get(thread=morning.asked)
    assert answer.official_at is not None and answer.author == morning.bo
    assert "hold the button" in answer.body and "4812" not in answer.body
    page.keyboard.press("r")
    expect(page.locator("[data-box=reply] textarea")).to_be_focused()
    page.keyboard.type("We have written there how to reset it.")
    tab_to_field(page, "then")
    pick(page, "and resolve")
    press(page, "Send")
    leave()
    ticket = morning.escalated
    assert ticket.status == Status.RESOLVED
    morning.asked.refresh_from_db()
    assert morning.asked.escalated_at is None


def every_mail_is_read(post: MailHost, receipts: int, morning: Morning) -> None:
    """What the customers got, word by word; and what they must never get."""
    lena, carla, tom = morning.late.requester, morning.first.requester, morning.asked.asker
    assert {mail["To"] for mail in post.arrived[receipts:]} <= {
        each.email for each in (lena, carla, tom, morning.ari, morning.bo)
    }
    receipt, reply = post.to(lena)
    assert all(morning.late.subject in each for each in subjects([receipt, reply]))
    assert "it begins with SN" in words_of(reply) and "Ari and Bo" in words_of(reply), "what left, not what was undone"
    assert len(post.to(carla)) == 2, "two receipts, and not a word of the merge that was taken back"
    told_tom = "\n".join(map(words_of, post.to(tom)))
    assert "We have written there how to reset it." in told_tom and "hold the button" in told_tom
    for mail in post.arrived:
        assert NOTE not in words_of(mail) or mail["To"] in (morning.ari.email, morning.bo.email)
        assert SERIAL not in words_of(mail) or mail["To"] == tom.email
