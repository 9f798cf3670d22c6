"""Boards as mail lists: every post by mail, in its place in the thread, to those who follow and to nobody else."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community import clock
from community.actions import choices, moderation, solutions
from community.actions.mail_lists import follow_list, leave_by_mail, leave_list, renew_reply_addresses
from community.actions.notices import mute, watch
from community.actions.threads import edit_thread, request_info
from community.content.markdown import quote
from community.errors import NotAllowed, NotThere
from community.incoming.addresses import ReplyAddress, is_genuine, read_address
from community.models import Board, Brand, IncomingMail, Mail, Notification, Rhythm, Thread, Topic, User, Watch
from community.notices import gathering
from community.notices.fanout import fan_out_all
from community.notices.post_ids import post_of
from community.notices.stops import Stop, read_token
from tests.community.test_mail_threads import threads_of
from tests.factories import board, moderator, person, reply, thread
from tests.mailing import MailHost, mail_host, reachable, told, words_of

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "https://help.nordwave.example"


@pytest.fixture
def host(settings: Any) -> Iterator[MailHost]:
    settings.SITE_URL, settings.INCOMING_ADDRESS, settings.HOLD_POSTS = SITE, "*@lists.nordwave.example", False
    Brand.objects.update_or_create(
        pk=1, defaults={"name": "Nordwave", "reply_address": "hello@nordwave.example", "set_up_at": timezone.now()}
    )
    with mail_host(settings) as host:
        yield host


@pytest.fixture
def routers(host: MailHost) -> Board:
    return board("Routers", mail_name="routers", mail_prefix="Routers")


def follower(of: Board, name: str = "ben") -> User:
    who = reachable(name)
    follow_list(actor=who, board_id=of.pk)
    return who


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("html",))
    assert part is not None
    return str(part.get_content())


def flat(mail: EmailMessage) -> str:
    return " ".join(words_of(mail).split())


# What a list brings ---------------------------------------------------------------------------------------------------
def test_a_list_brings_every_post_as_a_mail_of_its_own_in_the_threads_order(host: MailHost, routers: Board) -> None:
    ben, anna, carla = follower(routers), person("anna"), person("carla")
    question = thread(anna, on=routers, title="Red light", body="It **blinks** red.")
    first = reply(question, carla, "Hold the button.")
    second = reply(question, person("dora"), "It helped me too.")
    solutions.accept(actor=anna, answer_id=first.pk)
    thread(anna, title="On a board without a list")
    told()
    mails = host.to(ben)
    assert [str(mail["Subject"]) for mail in mails] == [
        "[Routers] Red light",
        "Re: [Routers] Red light",
        "Re: [Routers] Red light",
        "Re: [Routers] [Solved] Red light",
    ]
    asked, one, two, solved = mails
    assert len(threads_of(mails, by_subject=False)) == 1
    names = [str(mail["Message-ID"]) for mail in mails]
    assert asked["References"] is None and asked["In-Reply-To"] is None
    assert str(one["References"]) == names[0] == str(one["In-Reply-To"])
    assert str(two["References"]).split() == names[:2] and str(two["In-Reply-To"]) == names[1]
    assert str(solved["References"]).split() == names[:2], "the mail that names the solution answers it"
    assert "carla" in flat(solved) and "> Hold the button." in words_of(solved)
    assert {mail.kind for mail in Mail.objects.filter(recipient=ben)} == {Mail.Kind.LIST}
    assert [post_of(name) for name in names] == [
        (question.pk, None),
        (question.pk, first.pk),
        (question.pk, second.pk),
        (question.pk, None),
    ]


def test_the_mail_is_the_post_itself_from_whoever_wrote_it(host: MailHost, routers: Board) -> None:
    ben = follower(routers)
    thread(
        person("anna", display_name="Anna"), on=routers, title="Red light", body="It **blinks** red.\n\n- one\n- two"
    )
    told()
    (mail,) = host.to(ben)
    assert words_of(mail).startswith("It blinks red.\r\n") and "<strong>blinks</strong>" in html_of(mail)
    (sender,) = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Anna (Nordwave)", "hello@nordwave.example")
    body, foot = words_of(mail).split("\r\n-- \r\n")
    foot = " ".join(foot.split())
    assert "You get this because you have followed the board Routers as a mail list since" in foot
    assert "Reply with the one word “leave” to leave this board's mail list." in foot
    assert "Write to routers@lists.nordwave.example to ask something new." in foot
    assert "leave" not in body and "“accept”" not in foot


def test_a_reply_goes_to_its_readers_own_address_for_the_question(host: MailHost, routers: Board) -> None:
    ben, carla = follower(routers), follower(routers, "carla")
    question = thread(on=routers)
    answer = reply(question)
    told()
    addresses = set()
    for who in (ben, carla):
        asked, answered = host.to(who)
        for mail, meant in ((asked, ("t", question.pk)), (answered, ("a", answer.pk))):
            address = read_address(str(mail["Reply-To"]))
            assert isinstance(address, ReplyAddress) and is_genuine(address, User.objects.get(pk=who.pk))
            assert (address.letter, address.number) == meant
            addresses.add(str(mail["Reply-To"]))
    assert len(addresses) == 4
    one, other = host.to(ben)[1], host.to(carla)[1]
    assert one["Message-ID"] == other["Message-ID"], "a post has one name, whoever reads it"


def test_a_list_says_where_everything_is(host: MailHost, routers: Board) -> None:
    ben = follower(routers)
    thread(on=routers)
    told()
    (mail,) = host.to(ben)
    assert mail["List-Id"] == "<routers.lists.help.nordwave.example>" and mail["Precedence"] == "list"
    assert mail["List-Post"] == "<mailto:routers@lists.nordwave.example>"
    assert mail["List-Archive"] == mail["List-Subscribe"] == f"<{SITE}/boards/routers/>"
    assert mail["List-Help"] == f"<{SITE}/help/mail/>" and mail["X-Mail-Kind"] == "list"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    unsubscribe = re.fullmatch(
        rf"<{SITE}/stop/(\S+)/>,\s*<mailto:(\S+)\?subject=leave&body=leave>", str(mail["List-Unsubscribe"]).strip()
    )
    assert unsubscribe is not None, mail["List-Unsubscribe"]
    assert unsubscribe[2] == mail["Reply-To"]
    person_id, stop = read_token(unsubscribe[1]) or (0, None)
    assert person_id == ben.pk and stop is not None and (stop.what, stop.id) == ("board", routers.pk)


def test_whoever_asked_may_accept_by_a_word(host: MailHost, routers: Board) -> None:
    anna = follower(routers, "anna")
    question = thread(anna, on=routers)
    reply(question)
    told()
    (mail,) = host.to(anna)
    assert "Reply with the one word “accept” if this answer solves it." in flat(mail)


def test_more_information_comes_as_the_question_as_it_stands_now(host: MailHost, routers: Board) -> None:
    ben, anna = follower(routers), person("anna")
    question = thread(anna, on=routers, body="It blinks.")
    request_info(actor=moderator(), thread_id=question.pk)
    question.refresh_from_db()
    edit_thread(
        actor=anna, thread_id=question.pk, title=question.title, body="It blinks twice.", version=question.version
    )
    told()
    asked, more = host.to(ben)
    assert "It blinks twice." in words_of(more) and more["References"] == asked["Message-ID"]


def test_more_information_in_an_answer_is_one_post(host: MailHost, routers: Board) -> None:
    ben, anna = follower(routers), person("anna")
    question = thread(anna, on=routers)
    watch(actor=ben, thread_id=question.pk)
    request_info(actor=moderator(), thread_id=question.pk)
    reply(question, anna, "It blinks twice.")
    told()
    assert ["It blinks twice." in words_of(mail) for mail in host.to(ben)] == [False, True]


# In its place ---------------------------------------------------------------------------------------------------------
def test_an_answer_that_quotes_another_hangs_below_that_one(host: MailHost, routers: Board) -> None:
    ben = follower(routers)
    question = thread(on=routers)
    first, _second = reply(question, person("carla"), "Hold the button."), reply(question)
    reply(question, person("dora"), quote("carla", first.get_absolute_url(), "Hold the button.") + "How long?")
    told()
    names = [str(mail["Message-ID"]) for mail in host.to(ben)]
    assert str(host.to(ben)[3]["References"]).split() == names[:2]


def test_an_answer_out_of_sight_is_nothing_to_answer(host: MailHost, routers: Board) -> None:
    ben = follower(routers)
    question = thread(on=routers)
    hidden = reply(question)
    moderation.hide_answer(actor=moderator(), answer_id=hidden.pk)
    reply(question)
    told()
    asked, answered = host.to(ben)
    assert answered["References"] == asked["Message-ID"], "and the hidden one did not come at all"


def test_who_asked_by_mail_finds_the_answers_below_the_mail_they_sent(host: MailHost, routers: Board) -> None:
    anna, ben = follower(routers, "anna"), follower(routers)
    question = thread(anna, on=routers)
    own = IncomingMail(
        received_at=clock.now(),
        person=anna,
        thread=question,
        message_id="<mine@laptop>",
        end="accepted",
        reason="posted",
    )
    own.door = IncomingMail.Door.PIPE
    own.save()
    reply(question)
    told()
    (mail,) = host.to(anna)
    assert str(mail["References"]).split()[-1] == "<mine@laptop>" == str(mail["In-Reply-To"])
    assert "<mine@laptop>" not in str(host.to(ben)[1]["References"]), "it is nobody else's business"


def test_a_name_that_is_not_ours_means_nothing(host: MailHost, routers: Board) -> None:
    question = thread(on=routers)
    follower(routers)
    told()
    for name in ("", "<>", f"<q{question.pk}.{'0' * 24}@help.nordwave.example>", "<q1@x>", "<" + "9" * 4000 + "@x>"):
        assert post_of(name) is None


# To whom --------------------------------------------------------------------------------------------------------------
def test_one_post_is_one_mail_whatever_else_its_reader_would_hear_of_it_for(host: MailHost, routers: Board) -> None:
    anna = follower(routers, "anna")
    watch(actor=anna, board_id=routers.pk)
    question = thread(anna, on=routers)
    reply(question, person("carla"))
    told()
    (mail,) = host.to(anna)
    assert mail["X-Mail-Kind"] == "list"
    (row,) = Notification.objects.filter(recipient=anna)
    assert (row.reason, row.read_at) == ("list", None), "their own question's news are in the inbox too"


def test_what_comes_for_the_list_alone_is_no_news_in_the_inbox(host: MailHost, routers: Board) -> None:
    ben = follower(routers)
    reply(thread(on=routers))
    told()
    assert len(host.to(ben)) == 2 and not Notification.objects.filter(recipient=ben, read_at=None).exists()


def test_own_posts_are_not_sent_back_and_thanks_stay_thanks(host: MailHost, routers: Board) -> None:
    ben = follower(routers)
    question = thread(person("anna"), on=routers)
    answer = reply(question, ben)
    solutions.accept(actor=question.asker, answer_id=answer.pk)
    told()
    asked, thanked = host.to(ben)
    assert str(asked["Subject"]).startswith("[Routers]") and thanked["X-Mail-Kind"] == "notice"
    assert "Thank you: your answer is the solution" in words_of(thanked)
    assert "to leave this board's mail list" in flat(thanked), "the word does the same wherever it is written"


@pytest.mark.parametrize("why", ["muted", "off", "paused", "stopped", "left", "inactive", "no list", "no mail"])
def test_who_wants_none_gets_none(host: MailHost, routers: Board, settings: Any, why: str) -> None:
    ben, question = follower(routers), thread(on=routers)
    told()
    if why == "muted":
        mute(actor=ben, thread_id=question.pk)
    elif why == "off":
        choices.choose(actor=ben, topic=Topic.LIST, rhythm=Rhythm.OFF)
    elif why == "paused":
        User.objects.filter(pk=ben.pk).update(mail_paused_until=clock.now() + timedelta(days=2))
    elif why == "stopped":
        choices.stop(person=ben, stop=Stop("unwatch", "board", routers.pk))
    elif why == "left":
        leave_list(actor=ben, board_id=routers.pk)
    elif why == "inactive":
        User.objects.filter(pk=ben.pk).update(is_active=False)
    elif why == "no list":
        Board.objects.filter(pk=routers.pk).update(mail_name=None)
    else:
        settings.INCOMING_ADDRESS = ""
    reply(question)
    told()
    assert len(host.to(ben)) == 1


@pytest.mark.parametrize("what", ["muted", "left", "off", "hidden", "audience"])
def test_what_changes_before_a_mail_leaves_counts(host: MailHost, routers: Board, what: str) -> None:
    ben, question = follower(routers), thread(on=routers)
    fan_out_all()
    gathering.gather_all()
    if what == "muted":
        mute(actor=ben, thread_id=question.pk)
    elif what == "left":
        leave_list(actor=ben, board_id=routers.pk)
    elif what == "off":
        choices.choose(actor=ben, topic=Topic.LIST, rhythm=Rhythm.OFF)
    elif what == "hidden":
        moderation.hide_thread(actor=moderator(), thread_id=question.pk)
    else:
        Board.objects.filter(pk=routers.pk).update(audience=Board.Audience.GROUPS)
    told()
    assert host.to(ben) == [] and Mail.objects.get(kind="list").outcome == Mail.Outcome.EMPTY


def test_what_was_read_on_the_site_still_comes_to_whoever_lives_in_mail(host: MailHost, routers: Board) -> None:
    ben = follower(routers)
    thread(on=routers)
    fan_out_all()
    Notification.objects.update(read_at=clock.now())
    told()
    assert len(host.to(ben)) == 1


def test_a_list_has_a_bound_of_its_own_and_what_is_beyond_comes_together(
    host: MailHost, routers: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "MOST_OF_LISTS", 23)
    ben, question = follower(routers), thread(on=routers)
    for _each in range(25):
        reply(question)
    fan_out_all()
    assert gathering.MOST_AN_HOUR < 23
    told()
    assert len(host.to(ben)) == 23
    with clock.at(clock.now() + timedelta(minutes=11)):
        told()
    together = host.to(ben)[23]
    assert together["X-Mail-Kind"] == "bundle" and "3 updates in one question" in flat(together)
    reply(thread(ben))
    told()
    assert len(host.to(ben)) == 25, "and it takes nothing from the bound of other notices"


def test_a_post_reaches_a_thousand_in_the_same_few_queries(host: MailHost, routers: Board) -> None:
    def cost(people: int) -> int:
        watches = [Watch(person=person(), board=routers, is_list=True) for _each in range(people)]
        Watch.objects.bulk_create(watches)
        fan_out_all()
        reply(thread(on=routers))
        with CaptureQueriesContext(connection) as queries:
            fan_out_all()
            gathering.gather_all()
        return len(queries)

    cost(1)
    assert cost(1) == cost(30)


# Following and leaving ------------------------------------------------------------------------------------------------
def test_only_members_follow_and_only_lists_they_see(host: MailHost, routers: Board) -> None:
    ben, closed = reachable("ben"), board("Closed", mail_name="closed", audience=Board.Audience.GROUPS)
    for there in (closed, board("No list")):
        with pytest.raises(NotThere):
            follow_list(actor=ben, board_id=there.pk)
    User.objects.filter(pk=ben.pk).update(is_imported=True, is_active=True)
    with pytest.raises(NotAllowed):
        follow_list(actor=User.objects.get(pk=ben.pk), board_id=routers.pk)
    assert not Watch.objects.exists()
    group = Group.objects.create(name="insiders")
    closed.audience_groups.add(group)
    carla = reachable("carla")
    carla.groups.add(group)
    follow_list(actor=User.objects.get(pk=carla.pk), board_id=closed.pk)
    follow_list(actor=User.objects.get(pk=carla.pk), board_id=closed.pk)
    assert Watch.objects.get().is_list


def test_where_the_site_takes_no_mail_there_is_no_list(host: MailHost, routers: Board, settings: Any) -> None:
    settings.INCOMING_ADDRESS = ""
    with pytest.raises(NotThere):
        follow_list(actor=reachable("ben"), board_id=routers.pk)


def test_leaving_can_be_taken_back_with_all_that_was(host: MailHost, routers: Board) -> None:
    ben = follower(routers)
    assert leave_list(actor=ben, board_id=routers.pk) and not leave_list(actor=ben, board_id=routers.pk)
    assert not Watch.objects.exists()
    assert choices.undo(person=ben, stop=Stop("unwatch", "board", routers.pk))
    assert Watch.objects.get().is_list


def test_the_word_leaves_the_list_that_brought_the_mail_and_else_the_question(host: MailHost, routers: Board) -> None:
    ben, question = follower(routers), thread(on=routers)
    leave_by_mail(actor=ben, thread=question)
    assert not Watch.objects.filter(person=ben).exists()
    leave_by_mail(actor=ben, thread=question)
    assert Watch.objects.get(person=ben, thread=question).muted_at is not None


def test_new_reply_addresses_end_those_from_before(host: MailHost, routers: Board) -> None:
    ben = follower(routers)
    thread(on=routers)
    told()
    address = read_address(str(host.to(ben)[0]["Reply-To"]))
    assert isinstance(address, ReplyAddress) and is_genuine(address, User.objects.get(pk=ben.pk))
    renew_reply_addresses(actor=ben, over=0)
    assert not is_genuine(address, User.objects.get(pk=ben.pk))


# Nothing gets into a header -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "title", ["Red\r\nBcc: a@b.example", "T" * 200, "=?utf-8?q?x?=", "\u202eabc", "Re: [Routers] x"]
)
def test_a_title_and_a_prefix_are_only_a_subject(host: MailHost, routers: Board, title: str) -> None:
    ben, question = follower(routers), thread(on=routers)
    Thread.objects.filter(pk=question.pk).update(title=title)
    Board.objects.filter(pk=routers.pk).update(mail_prefix="R\r\nX-Evil: 1")
    told()
    (mail,) = host.to(ben)
    assert mail["Bcc"] is None and mail["X-Evil"] is None and str(mail["Subject"]).strip().startswith("[R X-Evil: 1] ")
