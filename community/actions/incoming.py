"""Taking a mail in: who wrote it, to what, whether it may be posted, and its one end."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from community import clock
from community.actions.incoming_deciding import let_in, turn_away
from community.actions.incoming_files import files_only_if_done
from community.actions.incoming_judging import Case, End, Ending, Reason, held, judge, open_case, rejected
from community.actions.incoming_posting import post
from community.actions.incoming_replies import answer_back
from community.content.text import excerpt
from community.incoming.addresses import BounceAddress
from community.incoming.parsing import parse
from community.incoming.records import Parsed, Unreadable
from community.mails.receipts import receipt_of_report
from community.mails.suspending import address_hash, heed
from community.models import IncomingMail, IncomingRaw, Mail

__all__ = ["Foreseen", "foresee", "let_in", "take_in", "turn_away"]

logger = logging.getLogger(__name__)

#: No more of a message's words is kept.
_MOST_WORDS = 100_000


def take_in(
    *,
    raw: bytes,
    door: IncomingMail.Door,
    recipients: Sequence[str] = (),
    envelope_sender: str | None = None,
) -> IncomingMail:
    """Take one message in and keep what became of it: exactly one row, whatever the message is.

    `recipients` are the addresses it was delivered to, as the mail host says; without them its own headers are asked.
    `envelope_sender` is "" for a bounce, None where it is not known. Raises only what the database raises when it is
    away: then nothing was kept, and the mail host tries again.
    """
    parsed, unread = _parsed(raw)
    with files_only_if_done(), transaction.atomic():
        case = open_case(
            raw=raw,
            door=door,
            recipients=recipients,
            envelope_sender=envelope_sender,
            parsed=parsed,
            unread=unread,
        )
        _wait_for(case.once)
        ending = _ending(case)
        row = _keep(case, ending)
        _heed_bounce(case, ending)
        answer_back(case, row)
    return row


# Before anything is done ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Foreseen:
    """What `take_in` would do with a message. `identity` is the name of whoever certainly wrote it, "" for nobody;
    `files` are the names of those it brings, `left_out` tells what of it would not be kept.
    """

    identity: str
    thread: int | None
    kept: str
    cut: str
    end: str
    reason: str
    told: str = ""
    files: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class _TakenBack(Exception):
    """Ends the transaction of `foresee`."""


def foresee(
    *,
    raw: bytes,
    door: IncomingMail.Door = IncomingMail.Door.PIPE,
    recipients: Sequence[str] = (),
    envelope_sender: str | None = None,
) -> Foreseen:
    """What would become of this message now, by the same rules; nothing is kept, and nobody is told."""
    parsed, unread = _parsed(raw)
    try:
        with files_only_if_done(), transaction.atomic():
            case = open_case(
                raw=raw,
                door=door,
                recipients=recipients,
                envelope_sender=envelope_sender,
                parsed=parsed,
                unread=unread,
            )
            ending = _ending(case)
            raise _TakenBack
    except _TakenBack:
        return _foreseen(case, ending)


def _foreseen(case: Case, ending: Ending) -> Foreseen:
    # What does not exist yet has no number to be told: a new question's would be somebody else's.
    is_new = case.letter == "b" or ending.reached is None
    return Foreseen(
        identity=(case.person.username or "") if case.person is not None and case.is_proved else "",
        thread=case.thread_id if is_new or ending.reached is None else ending.reached.thread_id,
        kept=case.parsed.cut.kept,
        cut=case.parsed.cut.text,
        end=ending.end.value,
        reason=ending.reason.value,
        told=ending.told,
        files=tuple(each.name for each in case.parsed.files),
        left_out=case.parsed.left_out,
    )


# The parts ------------------------------------------------------------------------------------------------------------
def _parsed(raw: bytes) -> tuple[Parsed, Ending | None]:
    """The message taken apart; for one that cannot be, its end."""
    try:
        return parse(raw), None
    except Unreadable as error:
        reason = Reason.TOO_LARGE if error.reason == "too_large" else Reason.UNREADABLE
        return Parsed(), rejected(reason, str(error))
    except Exception:
        logger.exception("A mail could not be taken apart; it is held.")
        return Parsed(), held(Reason.FAILED)


def _wait_for(once: str) -> None:
    """Until the end of the transaction: of many deliveries of one message at once, each finds what the first did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"incoming {once}"])


def _ending(case: Case) -> Ending:
    """Judge and post. A fault of ours keeps the message: nothing is lost; a database that is away is the caller's."""
    try:
        with transaction.atomic():
            ending = judge(case)
            return post(case) if ending is None else ending
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("A mail could not be taken in; it is held.")
        return held(Reason.FAILED)


def _keep(case: Case, ending: Ending) -> IncomingMail:
    """The one row of this message; a held one keeps its bytes."""
    parsed, reached = case.parsed, ending.reached
    row = IncomingMail.objects.create(
        received_at=clock.now(),
        door=case.door,
        once=None if ending.reason == Reason.DUPLICATE else case.once,
        message_id=_line(parsed.message_id, 255),
        sender_hash=case.sender_hash,
        sender=_line(parsed.sender, 320),
        sender_name=_line(parsed.sender_name, 120),
        person=case.person,
        target_kind=case.letter,
        target_id=case.number,
        board_id=case.board_id,
        thread_id=(reached.thread_id if reached else None) or case.thread_id,
        answer_id=reached.answer_id if reached and not reached.was_command else None,
        place=reached.place[:300] if reached else "",
        subject=excerpt(_line(parsed.subject, 2000), 300),
        kept=_clean(parsed.cut.kept[:_MOST_WORDS]),
        cut=_clean(parsed.cut.text[:_MOST_WORDS]),
        verdict=parsed.verdict.value if settings.INCOMING_AUTHSERV else "unasked",
        files=min(len(parsed.files), 32767),
        end=ending.end,
        reason=ending.reason,
        told=_clean(_told(case, ending))[:500],
    )
    if ending.end == End.HELD:
        IncomingRaw.objects.create(mail=row, data=case.raw)
    return row


def _told(case: Case, ending: Ending) -> str:
    """Why, and which files were left out on the way."""
    left_out = [*(ending.reached.left_out if ending.reached else ()), *case.parsed.left_out]
    return "; ".join(each for each in (ending.told, *left_out) if each)


def _heed_bounce(case: Case, ending: Ending) -> None:
    """What a mail host reports of a mail of ours counts as if it had said so when it took the mail."""
    address, bounce = case.chosen.address, case.parsed.bounce
    if ending.end != End.BOUNCED or not isinstance(address, BounceAddress) or bounce is None or not bounce.is_final:
        return
    mail = Mail.objects.select_for_update(of=("self",)).select_related("recipient").filter(pk=address.mail_id).first()
    if mail is None or mail.settled_at is None:
        return
    receipt = receipt_of_report(bounce.status)
    mail.outcome, mail.reply_code = Mail.Outcome.REFUSED, receipt.code
    mail.save(update_fields=["outcome", "reply_code"])
    # Of another address than the present one it says nothing.
    if mail.recipient is not None and mail.address_hash in ("", address_hash(mail.recipient.email)):
        heed(mail.recipient, receipt)


def _line(text: str, most: int) -> str:
    return " ".join(_clean(text).split())[:most]


def _clean(text: str) -> str:
    """Text as the database takes it, whatever a message made of it."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
