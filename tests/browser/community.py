"""A small community with everything in it that a page can show, for the browser tests."""

from dataclasses import dataclass

from community.actions import moderation, solutions, thanks, threads
from community.actions.answers import edit_answer
from community.actions.brand import write_brand
from community.models import Thread, User
from community.notices.fanout import fan_out_all
from tests.community.accounts import member
from tests.factories import board, moderator, person, reply, thread

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
    """Its people by role, and its questions by what they are good for."""

    people: dict[str, User | None]
    thread: dict[str, Thread]

    def address(self, name: str) -> str:
        return self.thread[name].get_absolute_url()


def build() -> Community:
    """Routers and their owners: a long question, a solved one, one that waits, one that is hidden, an idea."""
    write_brand(actor=None, name="Nordwave", accent="#0f6b6b", welcome="Ask about your router.")
    routers = board("Routers", versions=["4.2"], description="W2 and W3: the line, the wifi, settings and updates.")
    board("Mesh satellites", audience="signed_in")
    customer, helper, mona = member("customer"), member("helper"), moderator("mona")
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
        {"visitor": None, "customer": customer, "newcomer": person("newcomer"), "moderator": mona},
        {"long": long, "solved": solved, "waiting": waiting, "hidden": hidden, "idea": idea},
    )
