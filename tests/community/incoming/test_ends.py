"""Every message has exactly one end, and the end says why."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community import clock
from community.actions import moderation
from community.actions.bans import ban
from community.actions.incoming import let_in, take_in, turn_away
from community.errors import NotAllowed, NotThere, Refused
from community.incoming.addresses import board_address, bounce_address
from community.incoming.targets import TARGETS
from community.mails.suspending import is_suspended
from community.models import Answer, AuditEntry, IncomingMail, IncomingRaw, Mail, Thread, User
from tests.community.incoming.mails import PIPE, arrives, ended, mail, posts, to_answer, to_thread
from tests.factories import board, moderator, person, reply, thread
from tests.mailing import reachable

pytestmark = pytest.mark.django_db


# What is not taken ----------------------------------------------------------------------------------------------------
def test_the_same_message_twice_does_nothing_twice() -> None:
    ada = reachable("ada")
    raw = mail(ada.email, to_thread(ada, thread(ada)))
    assert ended(arrives(raw)) == "accepted posted"
    again = arrives(raw)
    assert ended(again) == "rejected duplicate" and again.once is None
    assert ended(arrives(raw)) == "rejected duplicate"
    assert Answer.objects.count() == 1


def test_a_message_without_a_name_is_known_by_its_bytes() -> None:
    ada = reachable("ada")
    raw = mail(ada.email, to_thread(ada, thread(ada)), message_id="<x@y.example>").replace(
        b"Message-ID: <x@y.example>\n", b""
    )
    assert ended(arrives(raw)) == "accepted posted"
    assert ended(arrives(raw)) == "rejected duplicate"
    assert ended(arrives(raw.replace(b"cable", b"plug"))) == "accepted posted"


def test_what_was_held_or_rejected_first_is_a_duplicate_too() -> None:
    ada = reachable("ada")
    question = thread(ada)
    unsure = mail(ada.email, to_thread(ada, question), verdict="fail")
    empty = mail(ada.email, to_thread(ada, question), "")
    assert [ended(arrives(each)) for each in (unsure, empty)] == ["held unverified", "rejected empty"]
    assert [ended(arrives(each)) for each in (unsure, empty)] == ["rejected duplicate"] * 2
    assert IncomingRaw.objects.count() == 1


@pytest.mark.parametrize(
    ("header", "value", "end"),
    [
        ("Auto_Submitted", "auto-replied", "rejected automatic"),
        ("Precedence", "bulk", "rejected automatic"),
        ("X_Mail_Kind", "notice", "rejected loop"),
    ],
)
def test_what_a_program_wrote_is_neither_posted_nor_answered(header: str, value: str, end: str) -> None:
    ada = reachable("ada")
    row = arrives(mail(ada.email, to_thread(ada, thread(ada)), **{header: value}))
    assert ended(row) == end
    assert not Answer.objects.exists() and not Mail.objects.exists()


def test_a_mail_without_a_way_back_was_written_by_a_program() -> None:
    ada = reachable("ada")
    assert ended(arrives(mail(ada.email, to_thread(ada, thread(ada))), envelope_sender="")) == "rejected automatic"


def test_our_own_address_writes_to_nobody() -> None:
    ada = reachable("ada")
    question = thread(ada)
    assert ended(arrives(mail(to_thread(ada, question), to_thread(ada, question)))) == "rejected loop"


def test_a_mail_to_nobody_of_ours_and_to_no_board_there_is_have_no_target() -> None:
    ada = reachable("ada")
    board("Routers", mail_name="routers")
    for to in ("somebody@example.com", "switches@lists.localhost", "postmaster@lists.localhost"):
        assert ended(arrives(mail(ada.email, to))) == "rejected no_target"
    assert not Mail.objects.exists()


def test_a_thread_out_of_sight_is_gone_and_the_answer_tells_nothing_of_it() -> None:
    ada, ben = reachable("ada"), reachable("ben")
    question = thread(ada, title="zqcanary")
    address = to_thread(ben, question)
    moderation.hide_thread(actor=moderator(), thread_id=question.pk, reason="spam", ground="spam")
    row = arrives(mail(ben.email, address, "Hello?", subject="Re: hello"))
    assert ended(row) == "rejected gone" and row.place == ""


def test_nothing_written_is_nothing_posted() -> None:
    ada = reachable("ada")
    assert ended(arrives(mail(ada.email, to_thread(ada, thread(ada)), " \n"))) == "rejected empty"


def test_the_page_s_own_no_is_the_mail_s_in_its_words() -> None:
    ada = reachable("ada")
    question = thread(ada)
    moderation.lock(actor=moderator(), thread_id=question.pk)
    row = arrives(mail(ada.email, to_thread(ada, question)))
    assert ended(row) == "rejected refused" and row.told == "This question takes no more answers."


def test_who_may_not_write_on_the_site_does_not_by_mail() -> None:
    ada, closed, imported = reachable("ada"), reachable("ben"), reachable("carl")
    question = thread(person())
    addresses = [to_thread(each, question) for each in (ada, closed, imported)]
    ban(actor=moderator(), person_id=ada.pk, ground="spam", hide_posts=False)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    User.objects.filter(pk=imported.pk).update(is_imported=True)
    for who, address in zip((ada, closed, imported), addresses, strict=True):
        assert arrives(mail(who.email, address)).reason in ("not_allowed", "old_address")
    assert not Answer.objects.exists() and not Mail.objects.filter(key__startswith="incoming").exists()


def test_twenty_mails_of_one_address_are_taken_in_an_hour(usual_limits: None) -> None:
    ada = reachable("ada", date_joined=clock.now() - timedelta(days=30))
    question = thread(person())
    ends = [ended(arrives(mail(ada.email, to_thread(ada, question), f"Word {n} of many"))) for n in range(22)]
    assert ends == ["accepted posted"] * 20 + ["rejected too_many"] * 2
    # What anybody sends under her name uses up nothing of hers.
    bea = reachable("bea", date_joined=clock.now() - timedelta(days=30))
    for n in range(30):
        arrives(mail(bea.email, to_thread(bea, question), f"Word {n}", verdict="fail"))
    assert ended(arrives(mail(bea.email, to_thread(bea, question), "Really me"))) == "accepted posted"


def test_what_may_be_private_waits() -> None:
    ada = reachable("ada")
    row = arrives(mail(ada.email, to_thread(ada, thread(ada)), "Call me: +49 89 1234 5670, ada.smith@gmail.com"))
    assert ended(row) == "held private"
    assert not Answer.objects.exists()


def test_a_fault_of_ours_loses_nothing(monkeypatch: Any) -> None:
    def fail(**_given: Any) -> None:
        Thread.objects.update(title="half done")
        raise RuntimeError("zq")

    ada = reachable("ada")
    question = thread(ada)
    raw = mail(ada.email, to_thread(ada, question))
    monkeypatch.setattr(TARGETS["t"], "take", fail, raising=False)
    row = arrives(raw)
    assert ended(row) == "held failed" and bytes(row.raw.data) == raw
    question.refresh_from_db()
    assert question.title != "half done"
    monkeypatch.undo()
    let_in(actor=moderator(), mail_id=row.pk)
    assert Answer.objects.get().author == ada


def test_a_database_that_is_away_keeps_nothing_and_says_so(monkeypatch: Any) -> None:
    def away(**_given: Any) -> None:
        raise OperationalError("gone")

    ada = reachable("ada")
    raw = mail(ada.email, to_thread(ada, thread(ada)))
    monkeypatch.setattr(TARGETS["t"], "take", away, raising=False)
    with pytest.raises(OperationalError):
        arrives(raw)
    assert not IncomingMail.objects.exists()
    monkeypatch.undo()
    assert ended(arrives(raw)) == "accepted posted"


# Bounces --------------------------------------------------------------------------------------------------------------
def report(to: str, status: str, action: str) -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {to}\nSubject: Undelivered\nMessage-ID: <{status}.{action}@mx.example>\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        "Sorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; ada@example.com\nAction: {action}\nStatus: {status}\n\n--b--\n"
    ).encode()


def sent_to(who: User) -> Mail:
    now = clock.now()
    fields = {"created_at": now, "due_at": now, "settled_at": now, "outcome": Mail.Outcome.SENT}
    return Mail.objects.create(kind=Mail.Kind.NOTICE, recipient=who, key=f"notice:{who.pk}", **fields)


def test_a_mail_that_came_back_for_good_ends_the_mails_to_that_address() -> None:
    ada = reachable("ada")
    out = sent_to(ada)
    assert ended(arrives(report(bounce_address(out), "4.4.1", "delayed"), envelope_sender="")) == "bounced bounce"
    ada.refresh_from_db()
    assert not is_suspended(ada)
    assert ended(arrives(report(bounce_address(out), "5.1.1", "failed"), envelope_sender="")) == "bounced bounce"
    ada.refresh_from_db()
    out.refresh_from_db()
    assert is_suspended(ada) and (out.outcome, out.reply_code) == ("refused", "550 5.1.1")


def test_a_full_mailbox_once_ends_nothing() -> None:
    ada = reachable("ada")
    arrives(report(bounce_address(sent_to(ada)), "5.2.2", "failed"))
    ada.refresh_from_db()
    assert not is_suspended(ada)


def test_nobody_makes_up_that_a_mail_came_back() -> None:
    ada = reachable("ada")
    right = bounce_address(sent_to(ada))
    wrong = right.replace(right.partition("@")[0][-3:], "aaa")
    assert ended(arrives(report(wrong, "5.1.1", "failed"), envelope_sender="")) == "rejected forged"
    ada.refresh_from_db()
    assert not is_suspended(ada)


# Held mail ------------------------------------------------------------------------------------------------------------
def test_a_moderator_lets_a_held_mail_in_as_its_sender_s() -> None:
    ada, mo = reachable("ada"), moderator()
    question = thread(ada)
    row = arrives(mail(ada.email, to_thread(ada, question), "Hold it.", verdict=""))
    assert ended(row) == "held unverified"
    done = let_in(actor=mo, mail_id=row.pk)
    assert ended(done) == "accepted posted" and Answer.objects.get().author == ada
    assert done.decided_by == mo and not IncomingRaw.objects.exists()
    assert AuditEntry.objects.filter(verb="let_mail_in", actor=mo, object_id=row.pk).exists()
    with pytest.raises(Refused):
        let_in(actor=moderator(), mail_id=row.pk)


def test_a_mail_that_is_turned_away_is_posted_nowhere_and_its_bytes_go() -> None:
    ada = reachable("ada")
    row = arrives(mail(ada.email, to_thread(ada, thread(ada)), verdict="fail"))
    assert ended(turn_away(actor=moderator(), mail_id=row.pk)) == "rejected decided"
    assert not Answer.objects.exists() and not IncomingRaw.objects.exists()
    assert AuditEntry.objects.filter(verb="turned_mail_away").exists()


def test_nobody_decides_on_his_own_mail_and_customers_on_none() -> None:
    mo = moderator("mo")
    mo.emailaddress_set.create(email=mo.email, verified=True, primary=True)
    ada = reachable("ada")
    own = arrives(mail(mo.email, to_thread(mo, thread(ada)), verdict="fail"))
    sent = arrives(mail(mo.email, to_thread(ada, thread(ada)), verdict="fail"))
    for row in (own, sent):
        with pytest.raises(NotAllowed):
            let_in(actor=mo, mail_id=row.pk)
        with pytest.raises(NotThere):
            turn_away(actor=ada, mail_id=row.pk)
    assert not Answer.objects.exists()


def test_what_the_page_refuses_stays_held_when_it_is_let_in() -> None:
    ada, mo = reachable("ada"), moderator()
    question = thread(ada)
    row = arrives(mail(ada.email, to_thread(ada, question), verdict="fail"))
    moderation.lock(actor=mo, thread_id=question.pk)
    with pytest.raises(Refused):
        let_in(actor=mo, mail_id=row.pk)
    row.refresh_from_db()
    assert ended(row) == "held unverified" and IncomingRaw.objects.exists()


# Whatever comes -------------------------------------------------------------------------------------------------------
HEADERS = st.sampled_from(["From", "To", "Cc", "Subject", "Message-ID", "References", "Content-Type", "Date", "X-Odd"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_random_bytes_have_one_end(data: bytes) -> None:
    before = IncomingMail.objects.count()
    row = take_in(raw=data, door=PIPE)
    assert IncomingMail.objects.count() == before + 1
    assert row.end in ("rejected", "held")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.lists(st.tuples(HEADERS, st.text(max_size=60)), max_size=8), body=st.text(max_size=200))
def test_random_headers_have_one_end_and_post_nothing(fields: list[tuple[str, str]], body: str) -> None:
    who = User.objects.filter(username="zq").first() or reachable("zq")
    question = Thread.objects.first() or thread(who)
    before, posted = IncomingMail.objects.count(), posts()
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    raw = f"{lines}\r\n{body}".encode("utf-8", "surrogatepass")
    take_in(raw=raw, door=PIPE, recipients=[to_thread(who, question)])
    assert IncomingMail.objects.count() == before + 1
    assert posts() == posted


def test_an_answer_s_address_leads_to_its_thread_when_the_answer_is_hidden() -> None:
    ada = reachable("ada")
    question = thread(ada)
    given_ = reply(question)
    address = to_answer(ada, given_)
    moderation.hide_answer(actor=moderator(), answer_id=given_.pk, reason="spam", ground="spam")
    assert arrives(mail(ada.email, address, "Thank you.")).thread == question


def test_an_archived_board_takes_no_mail() -> None:
    ada, old = reachable("ada"), board("Old", mail_name="old", archived_at=clock.now())
    assert ended(arrives(mail(ada.email, board_address(old)))) == "rejected refused"
