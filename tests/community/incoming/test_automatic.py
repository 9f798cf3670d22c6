"""What programs write is told from what people write: the one is never posted nor answered, the other never lost."""

import pytest

from community.incoming.automatic import OWN_HEADER
from community.incoming.away import is_away_subject
from community.incoming.bounces import bounce_in_words, bounce_of
from community.incoming.reading import read
from community.incoming.records import Automatic, Bounce
from community.mails.outbox import KIND_HEADER
from community.notices.headers import message_id
from community.notices.post_ids import answer_id
from community.notices.site_host import site_host
from tests.community.incoming.hostile import multipart

OWN = ("lists.example", "help.example.com")


def mail(*fields: str, sender: str = "Anna <anna@example.com>", subject: str = "Re: Hello", body: str = "Hi") -> bytes:
    head = (f"From: {sender}", f"Subject: {subject}", *fields)
    return ("\r\n".join(head) + f"\r\n\r\n{body}\r\n").encode()


def automatic(*fields: str, **told: str) -> Automatic | None:
    return read(mail(*fields, **told), own_domains=OWN).automatic


@pytest.mark.parametrize(
    "fields",
    [
        (),
        ("Auto-Submitted: no",),
        ("Auto-Submitted: No (a person wrote it)",),
        ("X-Auto-Response-Suppress: All",),
        ("Precedence: normal",),
        ("Precedence: first-class",),
        ("Return-Path: <anna@example.com>",),
        ("References: <1.0123456789abcdef01234567@lists.example>",),
        ("In-Reply-To: <1.0123456789abcdef01234567@lists.example>",),
        ("Message-ID: <5f0c-22@lists.example>",),
        ("Message-ID: <1.0123456789abcdef01234567@example.org>",),
        ("Feedback-ID: 1:2:AmazonSES",),
        ("X-Mailer: Vacation 1.0",),
    ],
)
def test_a_person_s_mail_is_a_person_s(fields: tuple[str, ...]) -> None:
    assert automatic(*fields) is None


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("Auto-Submitted: auto-generated", Automatic.AUTO_SUBMITTED),
        ("Auto-Submitted: auto-notified; owner-email=a@b.example", Automatic.AUTO_SUBMITTED),
        ("AUTO-SUBMITTED: Something", Automatic.AUTO_SUBMITTED),
        ("Auto-Submitted: auto-replied", Automatic.AWAY),
        ("Auto-Submitted: (vacation) auto-replied (vacation)", Automatic.AWAY),
        ("X-Autoreply: yes", Automatic.AWAY),
        ("X-Autorespond: Hello", Automatic.AWAY),
        ("X-Vacation: 1", Automatic.AWAY),
        ("Precedence: auto_reply", Automatic.AWAY),
        ("Precedence: bulk", Automatic.BULK),
        ("Precedence: Junk", Automatic.BULK),
        ("Precedence: list", Automatic.BULK),
        ("List-Id: Others <others.lists.example.org>", Automatic.BULK),
        ("List-Unsubscribe: <mailto:x@y.example>", Automatic.BULK),
        ("Return-Path: <>", Automatic.AUTO_SUBMITTED),
        ("X-Failed-Recipients: a@b.example", Automatic.BOUNCE),
        ("X-TMDA-Confirm: 1", Automatic.AUTO_SUBMITTED),
        ("Content-Type: text/calendar; method=REPLY", Automatic.AUTO_SUBMITTED),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", Automatic.AUTO_SUBMITTED),
        ("Content-Type: multipart/report; report-type=feedback-report; boundary=b", Automatic.AUTO_SUBMITTED),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", Automatic.BOUNCE),
        ("X-Mail-Kind: notice", Automatic.LOOP),
        ("List-Id: <notices.help.example.com>", Automatic.LOOP),
        ("List-Id: Printers <printers.Lists.Example>", Automatic.LOOP),
        ("Message-ID: <1.0123456789abcdef01234567@lists.example>", Automatic.LOOP),
    ],
)
def test_what_a_program_says_of_itself_is_believed(field: str, reason: Automatic) -> None:
    assert automatic(field) is reason


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ("MAILER-DAEMON@example.com", Automatic.BOUNCE),
        ("Mail Delivery System <Mailer-Daemon@example.com>", Automatic.BOUNCE),
        ("postmaster@example.com", Automatic.AUTO_SUBMITTED),
        ("noreply@example.com", Automatic.AUTO_SUBMITTED),
        ("no-reply+123@example.com", Automatic.AUTO_SUBMITTED),
        ("do_not_reply@example.com", Automatic.AUTO_SUBMITTED),
        ("notifications-noreply@example.com", Automatic.AUTO_SUBMITTED),
        ("bounces+1=2@example.com", Automatic.AUTO_SUBMITTED),
        ("norepentance@example.com", None),
        ("nora.eply@example.com", None),
        ("support@example.com", None),
        ("bouncer@example.com", None),
    ],
)
def test_names_that_only_programs_have(sender: str, reason: Automatic | None) -> None:
    assert automatic(sender=sender) is reason


AWAY = (
    *("Automatic reply: Re: Hello", "Auto-Reply: Hello", "Out of Office", "Out of the office: back on Monday"),
    *("Out of Office Re: Hello", "Out of Office AutoReply: Hello", "I am out of the office until 3 May"),
    *("Abwesenheitsnotiz", "Abwesenheitsnotiz von Max Muster", "Automatische Antwort: AW: Hallo", "Abwesend: AW: x"),
    *("Réponse automatique : Bonjour", "Absence du bureau", "Respuesta automática: Hola", "Fuera de la oficina: Hola"),
    *("Resposta automática: Olá", "Risposta automatica: Ciao", "Fuori sede", "Automatisch antwoord: Hallo"),
    *("Afwezigheidsmelding", "Autosvar: Hej", "Automatiskt svar: Hej", "Automatisk svar: Hei", "Fraværsmelding"),
    *("Automaattinen vastaus: Hei", "Autoodpowiedź: Cześć", "Automatická odpověď: Ahoj", "Automatická odpoveď: Ahoj"),
    *("Automatikus válasz: Szia", "Răspuns automat: Bună", "Автоматический ответ: Привет", "Автоответ"),
    *(
        "Автоматична відповідь: x",
        "Αυτόματη απάντηση: x",
        "Otomatik yanıt: x",
        "自动回复: x",
        "自動回覆：x",
        "自動返信",
    ),
    *(
        "不在通知",
        "자동 회신: x",
        "부재중",
        "מענה אוטומטי: x",
        "رد تلقائي: x",
        "Trả lời tự động: x",
        "[EXT] Automatic reply: x",
    ),
)


@pytest.mark.parametrize("subject", AWAY)
def test_an_away_note_is_known_in_its_language(subject: str) -> None:
    assert is_away_subject(subject)
    assert automatic(subject=subject) is Automatic.AWAY


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Automatic reply: Hello",
        "AW: Abwesenheitsnotiz",
        "Abwesenheitsnotiz funktioniert nicht mehr",
        "Automatic reply does not stop",
        "Out of office hours the printer beeps",
        "How to write an automatic reply?",
        "Autoresponder for boards",
        "Absence of sound after the update",
        "Afwezig geluid na de update",
        "Vacation planner: wrong colours",
        "Please confirm your fix",
        "",
    ],
)
def test_a_person_may_write_about_away_notes(subject: str) -> None:
    assert automatic(subject=subject) is None


def test_what_asks_to_be_answered_before_it_delivers_is_a_program() -> None:
    assert automatic(subject="Please confirm your message to Bob") is Automatic.AUTO_SUBMITTED
    assert automatic(subject="Your e-mail to bob requires verification") is Automatic.AUTO_SUBMITTED


def test_a_read_receipt_or_an_answer_to_an_invitation_within_a_mail_is_a_program_s() -> None:
    for kind in (b"message/disposition-notification", b"text/calendar; method=REPLY", b"message/feedback-report"):
        raw = multipart(b"--b\r\n\r\nRead.\r\n--b\r\nContent-Type: " + kind + b"\r\n\r\nx\r\n--b--\r\n")
        assert read(raw).automatic is Automatic.AUTO_SUBMITTED
    invitation = multipart(
        b"--b\r\n\r\nCome.\r\n--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nx\r\n--b--\r\n"
    )
    assert read(invitation).automatic is None


def test_our_own_mails_are_known_by_what_they_bear() -> None:
    assert KIND_HEADER.lower() == OWN_HEADER
    assert automatic(f"{KIND_HEADER}: account") is Automatic.LOOP
    assert automatic(f"Message-ID: {message_id(12, 'help.example.com')}") is Automatic.LOOP


def test_a_post_that_comes_round_by_another_list_is_known_by_its_name() -> None:
    raw = mail(f"Message-ID: {answer_id(12)}")
    assert read(raw, own_domains=(site_host(),)).automatic is Automatic.LOOP
    assert read(mail(f"In-Reply-To: {answer_id(12)}"), own_domains=(site_host(),)).automatic is None


def test_a_forwarded_mail_of_ours_is_a_person_s() -> None:
    raw = multipart(
        b"--b\r\n\r\nSee below\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nX-Mail-Kind: notice\r\n\r\nx\r\n--b--\r\n"
    )
    assert read(raw, own_domains=OWN).automatic is None


# What came back

REPORT = b"""--b\r
Content-Type: text/plain\r
\r
It could not be delivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example.com\r
\r
Final-Recipient: rfc822; anna@example.com\r
Action: %s\r
Status: %s\r
Diagnostic-Code: smtp; 550 5.7.1 no\r
--b\r
Content-Type: message/rfc822\r
\r
X-Mail-Kind: notice\r
\r
--b--\r
"""


@pytest.mark.parametrize(
    ("action", "status", "bounce"),
    [
        (b"failed", b"5.1.1", Bounce("5.1.1", True)),
        (b"Failed (no such user)", b"5.1.1 (no such user)", Bounce("5.1.1", True)),
        (b"delayed", b"4.4.1", Bounce("4.4.1", False)),
        (b"relayed", b"2.0.0", Bounce("2.0.0", False)),
        (b"failed", b"4.4.7", Bounce("4.4.7", True)),
        (b"", b"5.2.2", Bounce("5.2.2", True)),
        (b"failed", b"nonsense", Bounce("", True)),
    ],
)
def test_what_a_mail_host_reports(action: bytes, status: bytes, bounce: Bounce) -> None:
    raw = multipart(REPORT % (action, status)).replace(
        b"multipart/mixed;", b"multipart/report; report-type=delivery-status;"
    )
    parsed = read(raw, own_domains=OWN)
    assert (parsed.automatic, parsed.bounce) == (Automatic.BOUNCE, bounce)


def test_of_several_recipients_the_one_counts_that_is_given_up() -> None:
    assert bounce_of("Action: delivered\nStatus: 2.0.0\n\nAction: failed\nStatus: 5.1.1\n") == Bounce("5.1.1", True)
    assert bounce_of("Reporting-MTA: dns; x\n") is None


def test_a_host_may_say_it_in_words() -> None:
    assert bounce_in_words("550 5.1.1 <anna@example.com>: no such user") == Bounce("5.1.1", True)
    assert bounce_in_words("451 4.7.1 try later") == Bounce("4.7.1", False)
    assert bounce_in_words("I could not deliver it, version 15.1.1 of 5.1.1.2") == Bounce("", True)
    parsed = read(mail(sender="MAILER-DAEMON@mx.example.com", body="550 5.1.1 no such user"))
    assert parsed.bounce == Bounce("5.1.1", True)


def test_who_writes_as_a_person_brings_no_bounce() -> None:
    assert read(mail(body="Status: 5.1.1")).bounce is None
