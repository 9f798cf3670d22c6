"""A person lives in mail alone: asks, is answered, writes back, accepts by a word and leaves by a word.

Everything passes through real SMTP on its way out, and through the door of the mail server on its way in. Nobody opens
a page.
"""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from community.actions.mail_lists import follow_list
from community.models import Answer, Board, Brand, IncomingMail, Solution, Thread, User, Watch
from tests.community.incoming.mails import arrives, ended, mail
from tests.community.test_mail_threads import threads_of
from tests.factories import board, reply
from tests.mailing import MailHost, mail_host, reachable, told, words_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host(settings: Any) -> Iterator[MailHost]:
    settings.SITE_URL, settings.HOLD_POSTS = "https://help.nordwave.example", False
    settings.INCOMING_ADDRESS, settings.INCOMING_AUTHSERV = "reply+*@help.nordwave.example", "mx.nordwave.example"
    Brand.objects.update_or_create(
        pk=1, defaults={"name": "Nordwave", "reply_address": "hello@nordwave.example", "set_up_at": timezone.now()}
    )
    with mail_host(settings) as host:
        yield host


@pytest.fixture
def routers(host: MailHost) -> Board:
    return board("Routers", mail_name="routers", mail_prefix="Routers")


def replies(to: EmailMessage, who: User, words: str, message_id: str) -> IncomingMail:
    """What their mail program makes of "Reply": to Reply-To, below what is answered, with all of it quoted."""
    quoted = "".join(f"> {line}\n" for line in words_of(to).splitlines())
    body = f"{words}\n\nOn Sun, 22 Nov 2026 at 10:00, Nordwave wrote:\n{quoted}"
    above = f"{to['References'] or ''} {to['Message-ID']}".split()
    return arrives(
        mail(
            who.email,
            str(to["Reply-To"]),
            body,
            subject=f"Re: {re.sub('^Re: ', '', str(to['Subject']))}",
            message_id=message_id,
            In_Reply_To=str(to["Message-ID"]),
            References=" ".join(above),
        ),
        str(to["Reply-To"]),
    )


def test_a_person_asks_is_answered_writes_back_accepts_and_leaves(host: MailHost, routers: Board) -> None:
    anna, ben = reachable("anna"), reachable("ben")
    for who in (anna, ben):
        follow_list(actor=who, board_id=routers.pk)

    # Anna asks at the board's address.
    to_board = "reply+routers@help.nordwave.example"
    asked = mail(anna.email, to_board, "It blinks since the update.", subject="Red light", message_id="<ask@laptop>")
    assert ended(arrives(asked, to_board)) == "accepted posted"
    question = Thread.objects.get()
    assert (question.title, question.asker, question.board) == ("Red light", anna, routers)
    told()
    (to_ben,) = host.to(ben)
    assert str(to_ben["Subject"]) == "[Routers] Red light" and host.to(anna) == []

    # Ben answers it by replying; Anna gets that below the mail she sent.
    assert ended(replies(to_ben, ben, "Hold the button for ten seconds.", "<help@phone>")) == "accepted posted"
    answer = Answer.objects.get()
    assert (answer.author, answer.body.strip()) == (ben, "Hold the button for ten seconds.")
    told()
    (to_anna,) = host.to(anna)
    assert words_of(to_anna).startswith("Hold the button") and str(to_anna["Subject"]) == "Re: [Routers] Red light"
    sent = EmailMessage()
    sent["Message-ID"], sent["Subject"] = "<ask@laptop>", "Red light"
    assert len(threads_of([sent, to_anna], by_subject=False)) == 1

    # She writes back, and Ben's program shows it below his own mail.
    assert ended(replies(to_anna, anna, "For how long must it stay off?", "<back@laptop>")) == "accepted posted"
    assert Answer.objects.filter(thread=question, author=anna).exists()
    told()
    back = host.to(ben)[-1]
    own = EmailMessage()
    own["Message-ID"], own["Subject"] = "<help@phone>", "Re: [Routers] Red light"
    assert len(threads_of([to_ben, own, back], by_subject=False)) == 1 and "<help@phone>" in str(back["References"])

    # One word accepts Ben's answer; nothing is posted, and Ben is thanked.
    before = Answer.objects.count()
    assert ended(replies(to_anna, anna, "Accept.", "<yes@laptop>")) == "accepted command"
    assert Solution.objects.get(thread=question, withdrawn_at=None).answer == answer
    told()
    assert "Thank you: your answer is the solution" in words_of(host.to(ben)[-1])

    # One word leaves the list: whatever happens there, nothing comes any more.
    assert ended(replies(to_anna, anna, "leave", "<bye@laptop>")) == "accepted command"
    assert not Watch.objects.filter(person=anna, is_list=True).exists()
    count = len(host.to(anna))
    reply(question, ben, "One more thing.")
    told()
    assert Answer.objects.count() == before + 1
    done, of_her_own = host.to(anna)[count:]
    assert str(done["Subject"]) == "Done, as you wrote" and "/boards/routers/" in words_of(done)
    assert of_her_own["X-Mail-Kind"] == "notice", "who asked is still told of answers, until she ends that too"


def test_a_mail_to_everybody_of_the_list_is_an_answer_and_not_a_question(host: MailHost, routers: Board) -> None:
    ben, anna = reachable("ben"), reachable("anna")
    follow_list(actor=ben, board_id=routers.pk)
    asked = mail(anna.email, "reply+routers@help.nordwave.example", "It blinks.", subject="Red light")
    arrives(asked, "reply+routers@help.nordwave.example")
    told()
    (to_ben,) = host.to(ben)
    to_all = mail(
        ben.email,
        "reply+routers@help.nordwave.example",
        "Hold the button.",
        subject="Re: [Routers] Red light",
        In_Reply_To=str(to_ben["Message-ID"]),
    )
    assert ended(arrives(to_all, "reply+routers@help.nordwave.example")) == "accepted posted"
    assert Thread.objects.count() == 1 and Answer.objects.get().author == ben


def test_a_word_in_a_subject_or_a_sentence_does_nothing(host: MailHost, routers: Board) -> None:
    ben, anna = reachable("ben"), reachable("anna")
    follow_list(actor=ben, board_id=routers.pk)
    to_board = "reply+routers@help.nordwave.example"
    arrives(mail(anna.email, to_board, "It blinks.", subject="Red light"), to_board)
    told()
    (to_ben,) = host.to(ben)
    own = str(to_ben["Reply-To"])
    arrives(mail(ben.email, own, "I would leave it on over night.", subject="leave"), own)
    assert Watch.objects.get(person=ben, board=routers).is_list and Answer.objects.get().author == ben


def test_nobody_accepts_or_leaves_for_somebody_else(host: MailHost, routers: Board) -> None:
    ben, anna = reachable("ben"), reachable("anna")
    for who in (ben, anna):
        follow_list(actor=who, board_id=routers.pk)
    to_board = "reply+routers@help.nordwave.example"
    arrives(mail(anna.email, to_board, "It blinks.", subject="Red light"), to_board)
    reply(Thread.objects.get(), ben)
    told()
    (to_anna,) = host.to(anna)
    own = str(to_anna["Reply-To"])
    for words in ("accept", "leave"):
        assert ended(arrives(mail(ben.email, own, words), own)).startswith("held")
        assert ended(arrives(mail(anna.email, own, words, verdict="fail"), own)).startswith("held")
    assert not Solution.objects.exists() and Watch.objects.get(person=anna, board=routers).is_list
