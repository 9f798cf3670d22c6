"""Every page, on a phone and on a desk, by day and by night: nothing runs out, is unnamed or too small."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from community.actions import moderation, solutions, thanks, threads
from community.actions.answers import edit_answer
from community.actions.brand import write_brand
from community.models import Thread, User
from community.notices.fanout import fan_out_all
from tests.factories import board, moderator, person, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

FAULTS = (Path(__file__).parent / "page_faults.js").read_text()
Looks = Iterator[tuple[str, Page, list[str]]]
WIDTHS = (390, 1280)
THEMES = ("light", "dark")
#: What the browser says of every page that is answered with an error; the status is checked by itself.
EXPECTED_COMPLAINT = "Failed to load resource: the server responded with a status of 4"
LONG_BODY = """It happens **every time**, since http://192.168.100.1/administration/overview/settings.cgi is blank.

```
kernel: [   13.337] br0: port 2(wlan0) entered forwarding state, and this line is longer than any telephone is wide
```

| port | state | a heading that is rather long | note |
|---|---|---|---|
| 1 | up | gigabit, everything fine | see the long cell beside this one |

> What I tried

1. Restart
2. AVeryLongWordWithoutAnySpaceInItThatNoBrowserWouldEverBreakByItselfUnlessItIsToldTo
"""


@dataclass
class Community:
    """A small community with everything in it that a page can show."""

    people: dict[str, User | None]
    thread: dict[str, Thread]


@pytest.fixture
def community(settings: Any, tmp_path: Any) -> Community:
    settings.MEDIA_ROOT = tmp_path
    write_brand(actor=None, name="Nordwave", accent="#0f6b6b", welcome="Ask about your router.")
    routers = board("Routers", versions=["4.2"], description="W2 and W3: the line, the wifi, settings and updates.")
    board("Mesh satellites", audience="signed_in")
    customer, helper, mona = person("customer"), person("helper"), moderator("mona")
    for each in (customer, helper, mona):
        EmailAddress.objects.create(user=each, email=each.email, verified=True, primary=True)
    title = "The page at http://192.168.100.1/administration/overview.cgi stays blank"
    long = thread(customer, routers, title=title, body=LONG_BODY)
    answers = [reply(long, author) for author in [helper, customer, mona] * 8]
    moderation.hide_answer(actor=mona, answer_id=answers[0].pk, reason="Advertising")
    edit_answer(actor=helper, answer_id=answers[3].pk, version=1, body="Hold it for twenty seconds.")
    thanks.vote(actor=customer, answer_id=answers[3].pk)
    solved = thread(customer, routers, tags=["red light", "firmware"], product_version="4.2")
    solutions.accept(actor=customer, answer_id=reply(solved, helper).pk)
    waiting = thread(customer, routers, title="Reset without losing the dial-in data")
    threads.request_info(actor=mona, thread_id=waiting.pk)
    hidden = thread(helper, routers, title="Win a free router")
    moderation.hide_thread(actor=mona, thread_id=hidden.pk, reason="Advertising")
    idea = thread(helper, routers, title="A dark mode", kind=Thread.Kind.IDEA)
    moderation.lock(actor=mona, thread_id=idea.pk)
    fan_out_all()
    return Community(
        {"visitor": None, "customer": customer, "moderator": mona},
        {"long": long, "solved": solved, "waiting": waiting, "hidden": hidden, "idea": idea},
    )


def pages_of(community: Community, role: str) -> dict[str, int]:
    """Address -> status, of the main pages of one role."""
    long, seen = community.thread["long"], [made for name, made in community.thread.items() if name != "hidden"]
    pages = {made.get_absolute_url(): 200 for made in seen}
    pages |= {f"{long.get_absolute_url()}?page=2": 200, f"{long.get_absolute_url()}?sort=helpful": 200}
    pages |= dict.fromkeys(["/", "/boards/", "/boards/routers/", "/threads/", "/threads/?state=solved", "/tags/"], 200)
    pages |= {
        "/threads/?state=closed": 200,
        "/tags/firmware/": 200,
        "/ask/": 200,
        "/people/helper/": 200,
        "/nowhere/": 404,
    }
    pages[reverse("answer_thread", args=[long.pk])] = 200
    if role == "visitor":
        entrance = ["login/", "signup/", "login/code/", "password/reset/"]
        return pages | {f"/accounts/{each}": 200 for each in entrance} | {"/ask/finish/": 200, "/inbox/": 200}
    account = ["email/", "password/change/", "2fa/", "sessions/", "logout/"]
    pages |= {f"/accounts/{each}": 200 for each in account}
    pages |= dict.fromkeys(["/for-you/", "/inbox/", "/watches/", "/settings/", "/people/customer/?show=answered"], 200)
    pages[reverse("edit_thread", args=[long.pk])] = 200
    if role == "moderator":
        pages |= {"/moderation/": 200, "/moderation/?list=hidden-answers": 200}
        pages[community.thread["hidden"].get_absolute_url()] = 200
        edited = long.answers.get(position=4)
        pages[reverse("answer_history", args=[edited.pk])] = 200
        return pages
    return pages | {"/moderation/": 403}


@pytest.fixture
def looks(browser: Browser, live_server: Any) -> Iterator[Callable[[User | None], Looks]]:
    """Gives, for every width and theme, a page of somebody's browser and the list of what the browser complains of."""
    contexts = []

    def made(user: User | None) -> Looks:
        for width, theme in ((width, theme) for width in WIDTHS for theme in THEMES):
            context = browser.new_context(
                base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme
            )
            contexts.append(context)
            if user is not None:
                client = Client()
                client.force_login(user)
                session = client.cookies["sessionid"].value
                context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            page, complaints = context.new_page(), []
            page.on("pageerror", lambda error, found=complaints: found.append(str(error)))
            page.on("console", lambda message, found=complaints: _hear(message, found))
            yield f"{width} {theme}", page, complaints
            context.close()

    yield made
    for context in contexts:
        context.close()


def _hear(message: Any, complaints: list[str]) -> None:
    if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED_COMPLAINT):
        complaints.append(message.text)


@pytest.mark.parametrize("role", ["visitor", "customer", "moderator"])
def test_every_page_is_sound_on_a_phone_and_on_a_desk_by_day_and_by_night(looks, community, role) -> None:
    found = []
    for look, page, complaints in looks(community.people[role]):
        for address, status in pages_of(community, role).items():
            answer = page.goto(address)
            told = [*page.evaluate(FAULTS), *complaints]
            complaints.clear()
            if answer is None or answer.status != status:
                told.append(f"status {answer and answer.status}, not {status}")
            found += [f"{look} {address}: {fault}" for fault in told]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("role", ["visitor", "customer"])
def test_a_form_sent_empty_says_what_to_correct_and_leads_there(looks, community, role) -> None:
    found = []
    for look, page, complaints in looks(community.people[role]):
        page.goto("/ask/")
        page.get_by_role("button", name="Go on" if role == "visitor" else "Post your question").click()
        summary = page.locator(".error-summary")
        summary.wait_for()
        found += [f"{look}: {fault}" for fault in [*page.evaluate(FAULTS), *complaints]]
        assert page.evaluate("document.activeElement.matches('.error-summary')"), "the summary has the focus"
        summary.get_by_role("link").first.click()
        assert page.evaluate("document.activeElement.matches('[aria-invalid=true]')"), "its link leads to the field"
    assert not found, "\n" + "\n".join(found)


def test_what_has_the_focus_can_be_seen(looks, community) -> None:
    """Tab through a page: each stop has an outline and stands in the window."""
    for _look, page, _complaints in looks(community.people["customer"]):
        page.goto(community.thread["solved"].get_absolute_url())
        for _press in range(25):
            page.keyboard.press("Tab")
            unseen = page.evaluate(
                """() => {
                  const at = document.activeElement, box = at.getBoundingClientRect();
                  const framed = at.closest(".composer") ?? at;
                  const outlined = parseFloat(getComputedStyle(framed).outlineWidth) >= 2;
                  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
                  return outlined && inside ? "" : at.outerHTML.slice(0, 200);
                }"""
            )
            assert unseen == "", unseen
