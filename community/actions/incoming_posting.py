"""Posting what somebody wrote by mail, through the action of the page."""

from django.conf import settings
from django.db import transaction

from community.accounts.preferences import speaking_to
from community.actions.incoming_files import files_only_if_done, unread_in
from community.actions.incoming_judging import Case, End, Ending, Reason, held, rejected, targets
from community.actions.limits import spend
from community.errors import NotThere, PrivateData, Refused, TooOften
from community.incoming.choosing import post_key_of
from community.incoming.commands import command_of
from community.incoming.records import Letter, Parsed, Reached
from community.models import IncomingMail, User


def post(case: Case) -> Ending:
    """Post the message as its person's; where the page would refuse it, the end says so in the page's words."""
    assert case.person is not None
    assert case.number is not None
    letter = letter_of(case.parsed, case.raw, what=f"{case.letter}{case.number}")
    try:
        reached = post_letter(case.person, case.letter, case.number, letter, counted_as=case.counted_as)
    except TooOften as refused:
        return rejected(Reason.TOO_MANY, str(refused.message))
    except PrivateData:
        return held(Reason.PRIVATE)
    except NotThere:
        return rejected(Reason.GONE)
    except Refused as refused:
        return rejected(Reason.REFUSED, str(refused.message))
    return Ending(End.ACCEPTED, reason_of(reached), reached=reached)


def post_letter(person: User, kind: str, number: int, letter: Letter, *, counted_as: str = "") -> Reached:
    """Hand the letter to its target, in the person's language. Raises what the page's action raises; then nothing of
    it was done. `counted_as` is by what accepted mails are counted; what somebody decided is not."""
    with files_only_if_done(), transaction.atomic(), speaking_to(person, settings.LANGUAGE_CODE):
        if counted_as:
            spend(what="mail_in", address=counted_as)
        return targets()[kind].take(actor=person, number=number, letter=letter)


def letter_of(parsed: Parsed, raw: bytes, *, what: str, may_be_public: bool = False) -> Letter:
    """The message as targets get it."""
    kept = parsed.cut.kept.strip()
    return Letter(
        subject=parsed.subject,
        body=kept,
        files=unread_in(parsed.cut.text, kept, parsed.files),
        once=post_key_of(parsed, raw, what),
        command=command_of(kept),
        may_be_public=may_be_public,
    )


def reason_of(reached: Reached) -> IncomingMail.Reason:
    """Why it is accepted."""
    return Reason.COMMAND if reached.was_command else Reason.POSTED
