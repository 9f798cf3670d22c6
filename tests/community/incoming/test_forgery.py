"""Nobody gets in under somebody else's name, nor where they may not be: each way that was ever tried."""

import secrets
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from community.incoming.addresses import board_address, is_genuine, read_address, reply_address, was_genuine
from community.models import Answer, IncomingMail, Mail, Thread, User
from community.notices.headers import hung_below, message_id
from tests.community.incoming.mails import arrives, ended, mail, posts, to_thread, vouched
from tests.factories import board, moderator, person, thread
from tests.mailing import reachable

pytestmark = pytest.mark.django_db
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def guessed(who: User, thing: Thread) -> str:
    token = "".join(secrets.choice(ALPHABET) for _each in range(26))
    right = to_thread(who, thing)
    return right.replace(right.partition("@")[0].rpartition("-")[2], token)


def test_of_ten_thousand_guessed_tokens_none_is_accepted(usual_limits: None, settings: Any) -> None:
    ada = reachable("ada")
    question = thread(ada)
    before = posts()
    ends = {ended(arrives(mail(ada.email, guessed(ada, question)))) for _each in range(100)}
    # The rules are the same for each: the rest is asked of them without the way of a message through the child.
    for _each in range(9_900):
        address = read_address(guessed(ada, question))
        assert address is not None and not is_genuine(address, ada) and not was_genuine(address, ada)
    assert ends == {"rejected forged", "rejected too_many"}
    assert posts() == before and not Mail.objects.exists()


def test_guessing_is_counted_and_keeps_out_only_who_guesses(usual_limits: None) -> None:
    ada, eve = reachable("ada"), reachable("eve")
    question = thread(person())
    for _each in range(25):
        arrives(mail(eve.email, guessed(ada, question)))
        arrives(mail(ada.email, guessed(ada, question), verdict="fail"))
    assert ended(arrives(mail(eve.email, to_thread(eve, question)))) == "rejected too_many"
    assert ended(arrives(mail(ada.email, to_thread(ada, question)))) == "accepted posted"


def test_a_token_is_good_for_its_person_thing_and_letter_alone() -> None:
    ada, ben = reachable("ada"), reachable("ben")
    question, other = thread(ada), thread(ada)
    own = to_thread(ada, question)
    local, host = own.split("@")
    who, what, token = local.split("-")
    for local in (
        f"{who}-t{other.pk}-{token}",
        f"{who}-a{question.pk}-{token}",
        f"{who}-b{question.board_id}-{token}",
        f"{ben.pk}-{what}-{token}",
        f"{who}-{what}-{token[:-1]}a",
        f"zzzzzzzzzzzz-{what}-{token}",
        f"{who}-tzzzzzzzzzzzz-{token}",
    ):
        if f"{local}@{host}" != own:
            assert ended(arrives(mail(ada.email, f"{local}@{host}"))) == "rejected forged"
    assert not Answer.objects.exists()


def test_the_case_of_an_address_does_not_matter() -> None:
    ada = reachable("ada")
    assert ended(arrives(mail(ada.email, to_thread(ada, thread(ada)).upper()))) == "accepted posted"


def test_a_forged_sender_waits_and_nobody_reads_it() -> None:
    ada = reachable("ada")
    question = thread(ada)
    for verdict in ("fail", "none", ""):
        row = arrives(mail(ada.email, to_thread(ada, question), verdict=verdict))
        assert ended(row) == "held unverified"
    assert not Answer.objects.exists()


def test_the_word_of_a_foreign_mail_host_counts_for_nothing() -> None:
    ada = reachable("ada")
    raw = mail(
        ada.email,
        to_thread(ada, thread(ada)),
        verdict="",
        Authentication_Results="evil.example; dmarc=pass header.from=example.com",
    )
    assert ended(arrives(raw)) == "held unverified"


def test_a_pass_for_another_domain_is_none() -> None:
    ada = reachable("ada")
    raw = mail(ada.email, to_thread(ada, thread(ada)), verdict="", Authentication_Results=vouched("eve@evil.example"))
    assert ended(arrives(raw)) == "held unverified"


def test_who_knows_somebody_s_reply_address_cannot_use_it() -> None:
    ada, eve = reachable("ada"), reachable("eve")
    question = thread(ada)
    assert ended(arrives(mail(eve.email, to_thread(ada, question)))) == "held sender"
    both = mail(eve.email, to_thread(ada, question), Reply_To=ada.email, Sender=ada.email)
    assert ended(arrives(both)) == "held sender"
    two = mail(eve.email, to_thread(ada, question)).replace(
        b"From: eve@example.com", b"From: eve@example.com, ada@example.com"
    )
    assert arrives(two).end != "accepted"
    assert not Answer.objects.exists()


def test_an_address_that_was_not_confirmed_is_nobody_s() -> None:
    ada = person("ada")
    EmailAddress.objects.create(user=ada, email=ada.email, verified=False, primary=True)
    assert ended(arrives(mail(ada.email, to_thread(ada, thread(ada))))) == "held sender"


def test_a_cc_makes_nobody_a_part_of_anything() -> None:
    ada, eve = reachable("ada"), reachable("eve")
    question = thread(ada)
    row = arrives(mail(eve.email, to_thread(ada, question), Cc=f"{ada.email}, mallory@evil.example"))
    assert ended(row) == "held sender"
    good = arrives(mail(ada.email, to_thread(ada, question), Cc="mallory@evil.example"))
    assert ended(good) == "accepted posted"
    assert ended(arrives(mail("mallory@evil.example", to_thread(ada, question)))) == "held sender"


def test_who_answers_all_writes_under_their_own_name_alone() -> None:
    ada, ben = reachable("ada"), reachable("ben")
    question = thread(person())
    row = arrives(mail(ben.email, f"{to_thread(ada, question)}, {to_thread(ben, question)}"))
    assert ended(row) == "accepted posted" and row.person == ben


def test_a_subject_leads_nowhere() -> None:
    ada = reachable("ada")
    secret = thread(person())
    routers = board("Routers", mail_name="routers")
    for subject in (f"Re: [#{secret.pk}]", f"Re: {secret.title}", f"[thread-{secret.pk}] hello", f"t{secret.pk}"):
        row = arrives(mail(ada.email, board_address(routers), "New words.", subject=subject))
        assert ended(row) == "accepted posted" and row.thread_id != secret.pk
    assert not Answer.objects.exists()
    assert ended(arrives(mail(ada.email, "x@example.com", subject=f"Re: [#{secret.pk}]"))) == "rejected no_target"


def test_names_of_mails_open_no_thread_out_of_sight() -> None:
    ada, eve = reachable("ada"), reachable("eve")
    group = Group.objects.create(name="inner")
    ada.groups.add(group)
    inner, routers = board("Inner", groups=[group], mail_name="inner"), board("Routers", mail_name="routers")
    secret = arrives(mail(ada.email, board_address(inner), "zqsecret", message_id="<secret@ada.example>")).thread
    assert secret is not None
    for name in ("<secret@ada.example>", hung_below(f"thread-{secret.pk}")["References"], message_id(1)):
        row = arrives(mail(eve.email, board_address(routers), "Hello.", In_Reply_To=name, References=name))
        assert row.thread_id != secret.pk
        assert ended(arrives(mail(eve.email, board_address(inner), In_Reply_To=name))) == "rejected gone"
    assert not Answer.objects.exists()


def test_somebody_s_message_id_blocks_nothing_of_theirs() -> None:
    ada, eve = reachable("ada"), reachable("eve")
    question = thread(person())
    known = "<known@ada.example>"
    assert ended(arrives(mail(eve.email, to_thread(eve, question), message_id=known))) == "accepted posted"
    assert (
        ended(arrives(mail(ada.email, to_thread(ada, question), verdict="fail", message_id=known))) == "held unverified"
    )
    assert ended(arrives(mail(eve.email, to_thread(ada, question), message_id=known))) == "held sender"
    assert ended(arrives(mail(ada.email, to_thread(ada, question), message_id=known))) == "accepted posted"


def test_a_new_generation_ends_the_addresses_from_before() -> None:
    ada = reachable("ada")
    question = thread(ada)
    address = to_thread(ada, question)
    User.objects.filter(pk=ada.pk).update(reply_generation=1)
    assert ended(arrives(mail(ada.email, address))) == "held old_address"
    ada.refresh_from_db()
    assert ended(arrives(mail(ada.email, to_thread(ada, question)))) == "accepted posted"


def test_line_breaks_in_names_and_subjects_reach_no_header_of_ours() -> None:
    ada, routers = reachable("ada"), board("Routers", mail_name="routers")
    subject = "=?utf-8?q?Hello=0D=0ABcc=3A_victim=40example=2Ecom=0D=0A?="
    name = "=?utf-8?q?Eve=0D=0ABcc=3A_victim=40example=2Ecom?="
    raw = mail(ada.email, board_address(routers), "It blinks.", subject="zqsubject").replace(
        b"zqsubject", subject.encode()
    )
    raw = raw.replace(b"From: ada@example.com", f"From: {name} <ada@example.com>".encode())
    row = arrives(raw)
    assert ended(row) == "accepted posted"
    for text in (row.subject, row.sender_name, Thread.objects.get().title):
        assert "\r" not in text and "\n" not in text


def test_staff_s_rights_do_not_come_by_mail_without_proof() -> None:
    mo = moderator("mo")
    EmailAddress.objects.create(user=mo, email=mo.email, verified=True, primary=True)
    question = thread(person())
    assert ended(arrives(mail(mo.email, reply_address(mo, "t", question.pk), verdict=""))) == "held unverified"


def test_a_hidden_board_is_as_if_it_were_not_there() -> None:
    eve = reachable("eve")
    board("Inner", groups=[Group.objects.create(name="inner")], mail_name="inner")
    for sender in (eve.email, "stranger@example.org"):
        assert arrives(mail(sender, "inner@lists.localhost")).end == "rejected"
    assert not Mail.objects.exists()
    assert IncomingMail.objects.filter(reason="gone").count() == 2
