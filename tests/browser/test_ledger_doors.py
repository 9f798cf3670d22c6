"""Every kind of row in the ledger comes through people's own doors, and is found on the report by pressing its number.

What customers and staff do happens in their browsers; eight days later the ledger has gone on by itself, and an
administrator follows the figure to its rows, the row to its case, and finds there how it stands and why.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from community import clock
from community.models import Arm, Board, Exposure, Thread, User
from support.actions.figures import compute_figures
from support.actions.ledger import advance
from support.models import CurrentEntry, Ticket, VoidReason
from tests.browser.journeys import Browsers
from tests.browser.reading_on import agrees, awake, counting, question_on, read_and_tell
from tests.factories import admin, board, moderator, person
from tests.support.reading_people import everybody_is_drawn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "The router shows a red light"
NO_SCRIPT = {"java_script_enabled": False}
#: Later than a case matures.
LATER = timedelta(days=8)


@dataclass
class Doors:
    """A community of one board, and what people do there in their browsers."""

    browsers: Browsers
    routers: Board = field(default_factory=lambda: board("Routers"))

    @cached_property
    def boss(self) -> User:
        return admin("boss")

    @cached_property
    def mona(self) -> User:
        return moderator("mona")

    def open(self, address: str, who: User, **options: Any) -> Page:
        return self.browsers.open(address, who, **(options or NO_SCRIPT))

    def asks(self, who: User, title: str = TITLE, kind: str = "question") -> Thread:
        page = self.open("/ask/", who)
        page.get_by_label("Your question in one line").fill(title)
        page.get_by_label("The details").fill("It has been red since the update.")
        page.get_by_label("Routers").check()
        page.locator(f"[name=kind][value={kind}]").check()
        with page.expect_navigation():
            page.get_by_role("button", name="Post your question").last.click()
        if (none := page.get_by_role("button", name="None of these, post my question")).count():
            none.click()
        page.wait_for_url("**/t/**")
        return Thread.objects.get(asker=who, title=title)

    def answers(self, who: User, asked: Thread) -> None:
        page = self.open(asked.get_absolute_url(), who)
        page.get_by_label("Your answer").last.fill("Hold the button for ten seconds.")
        page.get_by_role("button", name="Post your answer").click()
        expect(page.locator(".post").last).to_contain_text("ten seconds")

    def presses(self, who: User, asked: Thread, *buttons: str) -> None:
        page = self.open(asked.get_absolute_url(), who)
        for each in buttons:
            with page.expect_navigation():
                page.get_by_role("button", name=each, exact=True).first.click()

    def solved(self, asker: User | None = None, helper: User | None = None, title: str = TITLE) -> Thread:
        """Somebody asks, another customer answers, and that was it."""
        asker = asker or person("ida")
        asked = self.asks(asker, title)
        self.answers(helper or person("ben"), asked)
        self.presses(asker, asked, "Yes, it is solved")
        return asked

    def writes_to_staff(self, who: User, subject: str = "Something else") -> Ticket:
        page = self.open("/contact/", who)
        page.get_by_label("What is it about?").fill(subject)
        page.get_by_label("What happened?").fill("My order did not come.")
        with page.expect_navigation():
            page.locator("main").get_by_role("button", name="Send it to our staff").last.click()
        if (none := page.get_by_role("button", name="None of these, write to our staff")).count():
            none.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(subject)
        return Ticket.objects.get(requester=who)

    def removes(self, asked: Thread, *, answer: bool) -> None:
        """A moderator takes a post out of sight."""
        page = self.open(asked.get_absolute_url(), self.mona)
        where = page.locator("#a1") if answer else page.locator(".page-aside")
        where.get_by_role("button", name="Hide", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Your answer was hidden" if answer else "Your question was hidden"
        )

    def enters(self, address: str, **fields: str) -> None:
        """An administrator fills in a form and saves it."""
        page = self.open(address, self.boss)
        for name, value in fields.items():
            control = page.locator(f"[name={name}]")
            if control.evaluate("each => each.tagName") == "SELECT":
                control.select_option(label=value)
            else:
                control.fill(value)
        page.locator("[name=_save]").click()
        expect(page.locator(".messagelist")).to_be_visible()


@pytest.fixture
def doors(browsers: Browsers) -> Iterator[Doors]:
    counting("on")
    yield Doors(browsers)
    assert browsers.complaints == []


# What happens, by the row it makes ------------------------------------------------------------------------------------
def direct(doors: Doors) -> None:
    doors.solved()


def between(doors: Doors) -> Page:
    """Zoe wrote to staff in a browser without a script: the page between writing and sending."""
    page = doors.open("/contact/", agrees(person("zoe")))
    page.get_by_label("What is it about?").fill(TITLE)
    page.get_by_label("What happened?").fill("It has been red since the update.")
    page.locator("main").get_by_role("button", name="Send it to our staff").last.click()
    return page


def form(doors: Doors) -> None:
    doors.solved()
    page = between(doors)
    page.get_by_role("button", name="Show the solution").click()
    page.get_by_role("button", name="This solved it").first.click()
    page.get_by_role("button", name="Stop here").click()
    expect(page.get_by_role("heading", name="All the best!")).to_be_visible()
    assert not Ticket.objects.exists()


def me_too(doors: Doors) -> None:
    asked = doors.solved()
    mia = person("mia")
    doors.presses(mia, asked, "I have this problem too", "Solved it for me")


def viewer(doors: Doors) -> None:
    everybody_is_drawn()
    asked = doors.solved()
    page = doors.open("/counting/", agrees(person("vera")), viewport={"width": 390, "height": 844})
    page.clock.install()
    page.goto(asked.get_absolute_url())
    awake(page)
    read_and_tell(page)
    question_on(page).scroll_into_view_if_needed()
    page.get_by_role("button", name="Yes", exact=True).click()
    with page.expect_response("**/reading/survey/"):
        page.get_by_role("button", name="Call support").click()


def of_staff(doors: Doors) -> None:
    doors.solved(doors.mona)


def of_a_machine(doors: Doors) -> None:
    doors.solved(robot := person("robot"))
    doors.enters("/admin/support/personstanding/add/", **_standing(robot, "a service’s account"))


def of_a_test(doors: Doors) -> None:
    doors.solved(tester := person("tester"))
    doors.enters("/admin/support/personstanding/add/", **_standing(tester, "a test account"))


def _standing(who: User, kind: str) -> dict[str, str]:
    return {
        "person": str(who.username),
        "kind": kind,
        "from_at_0": str(timezone.localdate(clock.now()) - timedelta(days=1)),
        "from_at_1": "00:00:00",
        "reason": "It is ours.",
    }


def hidden(doors: Doors) -> None:
    doors.removes(doors.solved(), answer=False)


def unsupported(doors: Doors) -> None:
    long_ago = str(timezone.localdate(clock.now()) - timedelta(days=30))
    times = {"starts_at_0": "2020-01-01", "starts_at_1": "00:00:00", "ends_at_0": long_ago, "ends_at_1": "00:00:00"}
    doors.enters("/admin/support/supportperiod/add/", board="Routers", **times)
    doors.solved()


def escalated(doors: Doors) -> None:
    ida = person("ida")
    asked = doors.asks(ida)
    doors.answers(person("ben"), asked)
    page = doors.open(asked.get_absolute_url(), doors.mona)
    page.locator("summary", has_text="Hand this question over").click()
    hand = page.locator("[data-hand-over]")
    hand.locator("[name=reason]").select_option(index=1)
    hand.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_role("heading", name="Support team")).to_be_visible()
    doors.presses(ida, asked, "Yes, it is solved")


def recontact(doors: Doors) -> None:
    ida = person("ida")
    doors.solved(ida)
    doors.writes_to_staff(ida)


def unaccepted(doors: Doors) -> None:
    ida = person("ida")
    doors.presses(ida, doors.solved(ida), "Not the solution")


def said_no(doors: Doors) -> None:
    doors.solved()
    page = between(doors)
    page.get_by_role("button", name="Show the solution").click()
    with page.context.expect_page() as beside:  # the list stays open in the first tab
        page.get_by_role("button", name="This solved it").first.click(modifiers=["ControlOrMeta"])
    beside.value.get_by_role("button", name="Stop here").click()
    expect(beside.value.get_by_role("heading", name="All the best!")).to_be_visible()
    page.get_by_role("button", name="Not this one").click()
    expect(page.locator("main")).to_contain_text("Thank you for telling us.")


def removed(doors: Doors) -> None:
    doors.removes(doors.solved(), answer=True)


def asked_twice(doors: Doors) -> None:
    ida, ben = person("ida"), person("ben")
    first, second = doors.solved(ida, ben), doors.solved(ida, ben, "Red light on my router once more")
    page = doors.open(second.get_absolute_url(), doors.mona)
    card = page.locator(".card").filter(has=page.get_by_role("heading", name="Moderation"))
    card.locator("summary", has_text="Asked before").click()
    card.get_by_label("Asked before as").fill(str(first.pk))
    card.get_by_role("button", name="Mark as duplicate").click()
    expect(page.locator(".messages")).to_be_visible()


CREDITED = {"D": direct, "F": form, "M": me_too, "V": viewer}
VOID: dict[VoidReason, Callable[[Doors], None]] = {
    VoidReason.STAFF_PERSON: of_staff,
    VoidReason.BOT: of_a_machine,
    VoidReason.TEST: of_a_test,
    VoidReason.SPAM_OR_DELETED: hidden,
    VoidReason.UNSUPPORTED_PRODUCT: unsupported,
    VoidReason.ESCALATED: escalated,
    VoidReason.RECONTACT: recontact,
    VoidReason.UNACCEPTED: unaccepted,
    VoidReason.ASKER_SAID_NO: said_no,
    VoidReason.ANSWER_REMOVED: removed,
    VoidReason.DUPLICATE: asked_twice,
}
NAMES = {"D": "Direct", "F": "Form", "M": "Me too", "V": "Viewer"}


# And is found ---------------------------------------------------------------------------------------------------------
def report(doors: Doors) -> Page:
    """Eight days later, the administrator's report of the days around today."""
    with clock.at(clock.now() + LATER):
        advance()
        compute_figures()
    today = timezone.localdate(clock.now())
    days = f"from_day={today - timedelta(days=2)}&until_day={today + timedelta(days=1)}"
    return doors.open(f"/admin/roi/?{days}", doors.boss)


def opens_one_case(figure: Locator, *words: str) -> None:
    """The number is a one; the list that it opens has one row, and that row opens its case."""
    page, row = figure.page, figure.page.locator(".roi-rows tbody tr")
    expect(figure).to_have_text("1")
    figure.click()
    expect(row).to_have_count(1)
    for each in words:
        expect(row).to_contain_text(each)
    row.get_by_role("link").first.click()
    expect(page.locator(".breadcrumbs")).to_contain_text("Cases")
    expect(page.locator("#deflectioncase_form")).to_contain_text(words[-1])


@pytest.mark.parametrize("kind", CREDITED)
def test_what_peers_solved_is_credited_and_its_number_opens_it(doors: Doors, kind: str) -> None:
    CREDITED[kind](doors)
    page = report(doors)
    table = page.locator(".roi-table").filter(has_text="Cases by evidence")
    place = table.locator("thead th").all_inner_texts().index(NAMES[kind])
    row = table.locator("tbody tr").filter(has_text="Credited").first
    opens_one_case(row.locator("th, td").nth(place).get_by_role("link"), TITLE, "Credited")
    assert CurrentEntry.objects.get(kind=kind).status == "credited"


@pytest.mark.parametrize("reason", VOID)
def test_what_does_not_count_says_why_and_its_number_opens_it(doors: Doors, reason: VoidReason) -> None:
    VOID[reason](doors)
    page = report(doors)
    table = page.locator(".roi-table").filter(has_text="Cases that do not count, and why")
    row = table.locator("tbody tr").filter(has_text=str(reason.label))
    opens_one_case(row.get_by_role("link"), str(reason.label))
    assert CurrentEntry.objects.get(status="void").reason == reason


def test_what_is_no_question_has_no_solution_and_so_no_case(doors: Doors) -> None:
    """The reason that has no door: no page turns a question into something else, or something else into a question."""
    assert set(VoidReason) - set(VOID) == {VoidReason.NOT_QUESTION}
    asked = doors.asks(ida := person("ida"), "A dark mode for the router", kind="idea")
    doors.answers(person("ben"), asked)
    page = doors.open(asked.get_absolute_url(), ida)
    expect(page.get_by_role("button", name="Solved it for me")).to_have_count(1)
    for each in ("Yes, it is solved", "This is the solution", "Not yet"):
        expect(page.get_by_role("button", name=each)).to_have_count(0)
    expect(report(doors).locator(".roi")).to_be_visible()
    assert not CurrentEntry.objects.exists()


def test_both_arms_of_an_experiment_are_drawn_at_the_form_and_found_on_the_report(doors: Doors) -> None:
    doors.solved()
    ends = timezone.localdate(clock.now()) + timedelta(days=5)
    doors.enters(
        "/admin/community/experiment/add/",
        name="Half",
        surface="The form for writing to staff",
        holdout="0.5",
        stops_at_0=str(ends),
        stops_at_1="00:00:00",
    )
    begin = doors.open("/admin/community/experiment/", doors.boss)
    begin.get_by_role("link", name="Half").click()
    begin.get_by_role("button", name="Begin now").click()
    expect(begin.get_by_role("button", name="Stop it now")).to_be_visible()
    for number in range(20):
        if set(Exposure.objects.values_list("arm", flat=True)) == set(Arm.values):
            break
        page = doors.open("/contact/", agrees(person(f"guest{number}")), viewport={"width": 1280, "height": 900})
        with page.expect_response("**/suggestions/**"):
            page.get_by_label("What is it about?").fill(TITLE)
        drawn = Exposure.objects.latest("pk").arm
        shown = page.get_by_role("button", name="Show the solution")
        expect(shown).to_have_count(1 if drawn == Arm.TREATMENT else 0)
    page = report(doors)
    for words, arm in (("People without suggestions", Arm.CONTROL), ("People with suggestions", Arm.TREATMENT)):
        name = page.get_by_role("rowheader", name=words, exact=True)
        figure = page.locator(".roi-table-experiments tr").filter(has=name).get_by_role("link")
        people = Exposure.objects.filter(arm=arm).count()
        expect(figure).to_have_text(str(people))
        figure.click()
        expect(page.locator(".roi-rows tbody tr")).to_have_count(people)
        page.go_back()
