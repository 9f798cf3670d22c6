"""A real Postfix pipes mails to receive_mail: taken once, brought again while the database is away, never bounced."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from community.incoming.addresses import reply_address
from community.models import Answer, IncomingMail, Thread, User
from tests.factories import thread
from tests.mailing import reachable
from tests.trials.mail_hosts import AUTHSERV, Postfix, needs, open_folder, receiving_script, site_environment, until

pytestmark = [pytest.mark.trial, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def host(settings: Any) -> Iterator[tuple[Postfix, Path]]:
    needs("postfix", "postfix")
    settings.INCOMING_ADDRESS, settings.INCOMING_AUTHSERV = "*@lists.test", AUTHSERV
    with open_folder() as folder:
        script = receiving_script(folder, site_environment(folder))
        postfix = Postfix(folder, domain="lists.test", script=script)
        postfix.start()
        try:
            yield postfix, folder
        finally:
            postfix.stop()


def send(postfix: Postfix, who: User, question: Thread, words: str, *, sender: str = "", to: str = "") -> None:
    message = EmailMessage()
    message["From"], message["To"] = who.email, to or reply_address(who, "t", question.pk)
    message["Subject"], message["Message-ID"] = "Re: Light", f"<{words.replace(' ', '-')}@mail.example>"
    message.set_content(words)
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=30) as line:
        line.sendmail(who.email if sender == "" else "", [str(message["To"])], message.as_bytes())


def rows() -> list[tuple[str, str]]:
    connection.close()  # what another process committed
    return list(IncomingMail.objects.order_by("pk").values_list("end", "reason"))


def test_a_reply_through_postfix_is_an_answer_and_what_is_turned_away_is_not_bounced(host: Any) -> None:
    postfix, _folder = host
    ben = reachable("ben", email="ben@example.com")
    question = thread(reachable("ada"))
    # upper case, as some mail programs and servers make it
    send(postfix, ben, question, "Hold the button.", to=reply_address(ben, "t", question.pk).upper())
    assert until(lambda: len(rows()) == 1), postfix.said()
    assert rows() == [("accepted", "posted")], postfix.said()
    answer = Answer.objects.get()
    assert (answer.author, answer.thread, answer.body) == (ben, question, "Hold the button.")
    send(postfix, ben, question, "Into the dark", to="0-t1-aaaaaaaaaaaaaaaaaaaaaaaaaa@lists.test")
    send(postfix, ben, question, "To nobody", to="nothing.of.ours@lists.test", sender="<>")
    assert until(lambda: len(rows()) == 3), postfix.said()
    assert {end for end, _reason in rows()[1:]} == {"rejected"}, rows()
    assert until(lambda: "empty" in postfix.queue()), postfix.queue()
    assert "status=bounced" not in postfix.said() and postfix.said().count("status=sent") == 3, postfix.said()


def test_while_the_database_is_away_postfix_keeps_the_mail_and_brings_it_again(host: Any) -> None:
    postfix, folder = host
    ben = reachable("ben", email="ben@example.com")
    question = thread(reachable("ada"))
    settings = folder / "site.env"
    known = settings.read_text()
    settings.write_text(known + "DATABASE_URL=postgres://nobody:x@127.0.0.1:1/nothing\n")
    send(postfix, ben, question, "It comes later")
    assert until(lambda: "status=deferred" in postfix.said()), postfix.said()
    assert rows() == [] and "empty" not in postfix.queue()
    settings.chmod(0)  # a mistake of ours, and no word about the mail
    postfix.flush()
    assert until(lambda: "cannot be read here" in postfix.said()), postfix.said()
    settings.write_text(known)
    settings.chmod(0o644)

    def came() -> bool:
        postfix.flush()
        return bool(rows())

    assert until(came), postfix.said()
    assert rows() == [("accepted", "posted")] and Answer.objects.get().body == "It comes later"
    assert "status=bounced" not in postfix.said()


def test_many_at_once_are_each_taken_once(host: Any) -> None:
    postfix, _folder = host
    question = thread(reachable("ada"))
    people = [reachable(f"p{number}", email=f"p{number}@example.com") for number in range(6)]
    for number, who in enumerate(people):
        for again in range(2):  # the same Message-ID twice
            send(postfix, who, question, f"Answer {number}", to=reply_address(who, "t", question.pk))
            assert again in (0, 1)
    assert until(lambda: len(rows()) == 12, 120), (rows(), postfix.said())
    assert sorted(rows()) == [("accepted", "posted")] * 6 + [("rejected", "duplicate")] * 6
    assert Answer.objects.count() == 6
