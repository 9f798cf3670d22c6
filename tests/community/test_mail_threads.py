"""One question is one thread in every mail program, and nothing that somebody is called or wrote gets into a header.

The threading is that of most mail programs: Jamie Zawinski's algorithm (https://www.jwz.org/doc/threading.html), by
References alone and then by subject, written here from its description and not from what we send.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from itertools import pairwise
from typing import Any

import pytest
from django.test import override_settings

from community.actions import solutions, thanks
from community.actions.notices import watch
from community.mails.letters import Letter, compose
from community.models import Brand, Notification, User
from community.notices.fanout import fan_out_all
from community.notices.headers import headers_of
from community.notices.letters import Written, write_bundle, write_notice
from community.notices.notifiables import show
from community.notices.stops import read_token
from tests.factories import board, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "https://help.nordwave.example"


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_URL = SITE
    settings.DEFAULT_FROM_EMAIL = "help@nordwave.example"
    Brand.objects.update_or_create(pk=1, defaults={"name": "Nordwave", "set_up_at": "2026-01-01T00:00Z"})


def sent(written: Written, *, mail_id: int, to: User) -> Parsed:
    """The mail as its reader's program parses it, from the bytes on the wire."""
    message = compose(
        written.letter,
        to=to.email,
        site_address=SITE,
        headers=headers_of(written, mail_id=mail_id, reader=to),
        sender=written.sender,
    )
    parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    assert isinstance(parsed, Parsed)
    return parsed


def mails_to(who: User, first_id: int = 1) -> list[Parsed]:
    """All mails about what this person is told of, oldest first."""
    fan_out_all()
    found = show(Notification.objects.filter(recipient=who).order_by("pk"), who)
    written = [write_notice(row, shown, who) for row, shown in found]
    return [sent(each, mail_id=place, to=who) for place, each in enumerate(written, first_id)]


# A mail program -------------------------------------------------------------------------------------------------------
@dataclass(eq=False)
class Container:
    """A place in the tree: of a message, or of one that is only referred to."""

    message: Parsed | None = None
    parent: "Container | None" = None
    children: "list[Container]" = field(default_factory=list)

    def is_below(self, other: "Container") -> bool:
        above: Container | None = self
        while above is not None and above is not other:
            above = above.parent
        return above is other

    def messages(self) -> list[Parsed]:
        own = [self.message] if self.message is not None else []
        return own + [message for child in self.children for message in child.messages()]


def _link(parent: Container, child: Container) -> None:
    if child.parent is None and not parent.is_below(child):
        child.parent = parent
        parent.children.append(child)


def _base(subject: str) -> str:
    return re.sub(r"^(?:\s*(?:re|aw|sv|fwd?)(?:\[\d+\])?:)+\s*", "", subject, flags=re.I).strip().lower()


def threads_of(messages: Iterable[Parsed], *, by_subject: bool = True) -> list[list[Parsed]]:
    """The threads a mail program shows, in the order in which they begin; some programs go by no subject."""
    containers: dict[str, Container] = {}
    for message in messages:
        own = containers.setdefault(str(message["Message-ID"]), Container())
        own.message = message
        referred = re.findall(r"<[^<>\s]+>", str(message["References"] or message["In-Reply-To"] or ""))
        chain = [containers.setdefault(name, Container()) for name in referred]
        for parent, child in pairwise(chain):
            _link(parent, child)
        if chain:
            _link(chain[-1], own)
    groups: dict[str, list[Parsed]] = {}
    for number, root in enumerate(each for each in containers.values() if each.parent is None):
        found = root.messages()
        base = _base(str(found[0]["Subject"])) if found and by_subject else ""
        groups.setdefault(base or str(number), []).extend(found)
    return list(groups.values())


def test_the_mail_program_of_this_test_puts_replies_below_what_they_answer_to() -> None:
    def made(name: str, subject: str, *references: str) -> Parsed:
        message = Parsed()
        message["Message-ID"], message["Subject"] = f"<{name}@x>", subject
        if references:
            message["References"] = " ".join(f"<{each}@x>" for each in references)
        return message

    first, second, other = made("a", "One"), made("c", "Something else", "a", "b"), made("d", "Two")
    assert threads_of([second, first, other]) == [[first, second], [other]]
    assert threads_of([made("e", "Re: One"), made("f", "AW: one")])[0][1]["Message-ID"] == "<f@x>"
    assert len(threads_of([made("g", "One", "r1"), made("h", "Two", "r2")])) == 2


# What it shows of ours ------------------------------------------------------------------------------------------------
def test_everything_about_one_question_is_one_thread_and_other_questions_are_others() -> None:
    ben = person("ben")
    routers = board("Routers")
    watch(actor=ben, board_id=routers.pk)
    red, blue = thread(on=routers, title="Red light"), thread(on=routers, title="Blue screen")
    for question in (red, blue, red):
        watch(actor=ben, thread_id=question.pk)
        reply(question)
    solutions.accept(actor=red.asker, answer_id=reply(red).pk)
    mails = mails_to(ben)
    shown = threads_of(mails)
    assert shown == threads_of(mails, by_subject=False)
    assert sorted(len(each) for each in shown) == [2, 5]
    subjects = [[str(mail["Subject"]) for mail in each] for each in shown]
    assert subjects == [["Red light", *["Re: Red light"] * 4], ["Blue screen", "Re: Blue screen"]]
    assert threads_of(reversed(mails)) != [] and len(threads_of(reversed(mails))) == 2


def test_two_questions_with_one_title_are_still_told_apart_by_what_they_refer_to() -> None:
    anna = person("anna")
    first, second = thread(anna), thread(anna)
    reply(first)
    reply(second)
    one, other = mails_to(anna)
    assert one["References"] != other["References"] and one["In-Reply-To"] == one["References"]


def test_news_of_one_question_alone_stay_in_its_thread_and_of_several_do_not() -> None:
    anna = person("anna")
    question = thread(anna, title="Red light")
    reply(question)
    (single,) = mails_to(anna)
    reply(question)
    fan_out_all()
    rows = Notification.objects.filter(recipient=anna).order_by("pk")
    together = sent(write_bundle(show(rows, anna), anna), mail_id=7, to=anna)
    assert len(threads_of([single, together], by_subject=False)) == 1
    reply(thread(anna, title="Blue screen"))
    fan_out_all()
    several = sent(write_bundle(show(rows.all(), anna), anna), mail_id=8, to=anna)
    assert several["References"] is None and len(threads_of([single, together, several])) == 2
    assert str(several["Subject"]) == "3 updates: Blue screen and 1 more"


def test_a_mail_made_again_is_the_same_mail_and_no_two_have_one_number() -> None:
    anna = person("anna")
    reply(thread(anna))
    first, again, other = (mails_to(anna, number)[0] for number in (5, 5, 6))
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert re.fullmatch(r"<5\.[0-9a-f]{24}@help\.nordwave\.example>", str(first["Message-ID"]))
    with override_settings(SECRET_KEY="another"):
        assert mails_to(anna, 5)[0]["Message-ID"] != first["Message-ID"], "nobody outside can name our mails"


def test_one_click_in_the_mail_program_stops_what_the_mail_is_about() -> None:
    anna = person("anna")
    question = thread(anna)
    reply(question)
    (mail,) = mails_to(anna)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(rf"<{SITE}/stop/(\S+)/>", str(mail["List-Unsubscribe"]).strip())
    assert address is not None
    person_id, stop = read_token(address[1]) or (0, None)
    assert (
        person_id == anna.pk and stop is not None and (stop.do, stop.what, stop.id) == ("mute", "thread", question.pk)
    )
    assert mail["List-Id"] == "<notices.help.nordwave.example>"
    assert mail["Auto-Submitted"] == "auto-generated" and mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Precedence"] == "list"


# Whose words ----------------------------------------------------------------------------------------------------------
def test_the_mail_names_who_wrote_and_comes_from_the_sites_own_address() -> None:
    anna, ben = person("anna"), person("ben", display_name="Ben Ågren")
    reply(thread(anna), ben)
    (mail,) = mails_to(anna)
    (sender,) = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Ben Ågren (Nordwave)", "help@nordwave.example")


@pytest.mark.parametrize(
    "name",
    [
        'support@bank.example" <support@bank.example>',
        "support＠bank.example",
        "Nordwave) <a@b.example> (",
        "\u202emoc.knab@troppus",
        "ben\r\nBcc: everybody@example.com",
        "\\",
        "B" * 80,
        "\u05d1\u05df",
    ],
)
def test_a_name_that_looks_like_an_address_or_a_header_is_only_a_name(name: str) -> None:
    anna, ben = person("anna"), person("ben")
    User.objects.filter(pk=ben.pk).update(display_name=name)
    reply(thread(anna), ben)
    (mail,) = mails_to(anna)
    (sender,) = mail["From"].addresses
    assert sender.addr_spec == "help@nordwave.example" and re.fullmatch(r"(.+ \()?Nordwave\)?", sender.display_name)
    assert "@" not in sender.display_name and "＠" not in sender.display_name and "\u202e" not in sender.display_name
    assert mail["Bcc"] is None and mail["To"] == "anna@example.com" and len(sender.display_name) <= 80


@pytest.mark.parametrize("title", ["Red\r\nBcc: a@b.example", "T" * 200, "=?utf-8?q?x?=", "\u202eabc", "Re: Re: light"])
def test_a_title_is_only_a_subject(title: str) -> None:
    anna = person("anna")
    question = thread(anna)
    type(question).objects.filter(pk=question.pk).update(title=title)
    reply(question)
    reply(question)
    mails = mails_to(anna)
    for mail in mails:
        assert mail["Bcc"] is None and str(mail["Subject"]).lstrip().startswith("Re: ")
        assert "\u202e" not in str(mail["Subject"]) and len(str(mail["Subject"]).strip()) <= 124
    assert len(threads_of(mails)) == 1


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://127.0.0.1:8712", "127.0.0.1"),
        ("http://[::1]:8000", "localhost"),
        ("https://hilfe.müller.example", "hilfe.xn--mller-kva.example"),
    ],
)
def test_the_headers_name_any_site_in_letters_that_headers_hold(settings: Any, address: str, host: str) -> None:
    settings.SITE_URL = address
    written = Written(Letter("x", ()), None, 3, "")
    headers = headers_of(written, mail_id=1, reader=person("anna"))
    assert headers["References"] == f"<thread-3@{host}>" and "List-Unsubscribe" not in headers
    assert all(value.isascii() for value in headers.values())


def test_thanks_reach_the_one_who_helped_as_part_of_the_same_thread() -> None:
    ben = person("ben")
    question = thread(title="Red light")
    answer = reply(question, ben)
    thanks.say_helped(actor=person("carla"), answer_id=answer.pk)
    solutions.accept(actor=question.asker, answer_id=answer.pk)
    assert len(threads_of(mails_to(ben))) == 1 and len(mails_to(ben)) == 2
