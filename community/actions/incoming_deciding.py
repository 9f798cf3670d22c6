"""What becomes of held mail: somebody with the right lets it in or turns it away, its sender says that it is theirs, or
an address is confirmed by whoever wrote from it."""

import logging
from dataclasses import dataclass

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.incoming_files import files_only_if_done
from community.actions.incoming_judging import End, Reason, targets, verified_keys
from community.actions.incoming_posting import letter_of, post_letter, reason_of
from community.actions.incoming_replies import ask_author
from community.actions.people import owner_of
from community.actions.record import record_audit
from community.content.text import key
from community.errors import NotAllowed, NotThere, PrivateData, Refused
from community.incoming.commands import LEAVE, command_of
from community.incoming.parsing import parse
from community.incoming.records import Parsed, Reached, Unreadable
from community.incoming.threading import thread_of
from community.mails.suspending import address_hash
from community.models import Board, IncomingMail, IncomingRaw, User

logger = logging.getLogger(__name__)

#: A person who confirms an address has so many mails at most waiting for it.
_MOST = 100


# Those who look through held mail -------------------------------------------------------------------------------------
def let_in(*, actor: User, mail_id: int) -> IncomingMail:
    """A held mail is posted after all, as its sender's. NotAllowed, NotThere.

    It is posted as the person it was taken for: whose reply address it came to, or whose address it came from. Where
    the mail alone does not prove that they wrote it (reasons sender, unverified, old_address), whoever lets it in
    confirms it with this, so the page must say under whose name it appears before anybody presses. What looked private
    in it is then for everybody. Refused, in the page's words, for what the page would refuse: it stays held.
    """
    with files_only_if_done(), transaction.atomic():
        mail = _held_before(actor, mail_id)
        person = _as_whom(mail)
        if person is None:
            raise Refused(_("Nobody with this address has an account yet: there is nobody to post it for."))
        _post(mail, person, decided_by=actor)
        record_audit("let_mail_in", actor=actor, target=mail)
    return mail


def turn_away(*, actor: User, mail_id: int) -> IncomingMail:
    """A held mail is not posted. NotAllowed, NotThere."""
    with transaction.atomic():
        mail = _held_before(actor, mail_id)
        _turned_away(mail, decided_by=actor)
        record_audit("turned_mail_away", actor=actor, target=mail)
    return mail


def _held_before(actor: User, mail_id: int) -> IncomingMail:
    """The held mail, locked, if this person may decide on it; of two at once the second is told."""
    seen = IncomingMail.objects.visible_to(actor).filter(pk=mail_id)
    mail = IncomingMail.objects.select_for_update(no_key=True).filter(pk__in=seen.values("pk")).first()
    if mail is None:
        raise NotThere(_("There is no such mail."))
    if mail.end != End.HELD:
        raise Refused(_("Somebody has decided on this mail already."))
    if mail.person_id == actor.pk or key(mail.sender) in verified_keys(actor):
        raise NotAllowed(_("Somebody else decides on your own mail."))
    return mail


def _as_whom(mail: IncomingMail) -> User | None:
    """Whose post it would be."""
    person_id = mail.person_id
    if person_id is None and mail.reason == Reason.UNKNOWN and (owner := owner_of(mail.sender)) is not None:
        person_id = owner.pk
    return User.objects.with_standing().filter(pk=person_id).first()


# Its sender -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Waiting:
    """A held mail as its sender sees it before they say that it is theirs. `title` is None for what is gone."""

    mail: IncomingMail
    title: str | None
    kind: str


def look_at(*, person: User, mail: IncomingMail) -> Waiting:
    """What would be posted, and where, as far as this person may see that."""
    kind, number = _where(mail, person, None)
    title = targets()[kind].title_of(number, person) if kind in targets() else None
    return Waiting(mail, title, kind)


def is_mine(*, person: User, mail_id: int) -> IncomingMail:
    """ "Yes, post it": said through a link that was mailed to the person's own address, so it needs no more proof.

    It goes through the page's own action. Refused in its words; then the mail stays held. PrivateData the first time
    for what may not be meant for everybody: saying it again means that it is.
    """
    try:
        with files_only_if_done(), transaction.atomic():
            mail = _still_held(person, mail_id)
            _post(mail, person, decided_by=person, may_be_public=mail.reason == Reason.PRIVATE)
    except PrivateData:
        IncomingMail.objects.filter(pk=mail_id, end=End.HELD).update(reason=Reason.PRIVATE)
        raise
    return mail


def is_not_mine(*, person: User, mail_id: int) -> IncomingMail:
    """ "No, this was not me": it is not posted, and nobody can write with a reply address from before any more.

    Somebody else knows that address: where the mail came by one of this person's, all of theirs are made anew.
    """
    with transaction.atomic():
        mail = _still_held(person, mail_id)
        is_known = was_by_token(mail)
        _turned_away(mail, decided_by=person)
        if is_known:
            people = User.objects.select_for_update(no_key=True).filter(pk=person.pk)
            for each in people.only("reply_generation"):
                people.update(reply_generation=each.reply_generation + 1)
    return mail


def was_by_token(mail: IncomingMail) -> bool:
    """Whether it came by a reply address in force, which somebody else knows if they wrote it."""
    return mail.reason in (Reason.SENDER, Reason.UNVERIFIED) and mail.target_kind != "b"


def _still_held(person: User, mail_id: int) -> IncomingMail:
    mail = IncomingMail.objects.select_for_update(no_key=True).filter(pk=mail_id, person=person).first()
    if mail is None:
        raise NotThere(_("There is no such mail."))
    if mail.end != End.HELD:
        raise Refused(_("This mail was decided on already."))
    return mail


# Whoever confirms an address ------------------------------------------------------------------------------------------
def address_confirmed(*, person: User, address: str) -> None:
    """What somebody unknown wrote from this address is now this person's, and is posted at once.

    Only what the mail host confirmed at the time: of the rest it is not known who wrote it, and they are asked. One
    that cannot be posted stays held, and keeps nobody from signing in.
    """
    if not permissions.is_member(person) or key(address) not in verified_keys(person):
        return
    waiting = IncomingMail.objects.filter(
        end=End.HELD, reason=Reason.UNKNOWN, sender_hash=address_hash(address), person__isnull=True
    ).order_by("received_at", "pk")
    for mail_id in list(waiting.values_list("pk", flat=True)[:_MOST]):
        try:
            with files_only_if_done(), transaction.atomic():
                _is_known_now(person, mail_id)
        except PrivateData:
            _ask_about(person, mail_id, Reason.PRIVATE)
        except Refused as refused:
            IncomingMail.objects.filter(pk=mail_id, end=End.HELD).update(person=person, told=str(refused.message)[:500])
        except DatabaseError:
            raise
        except Exception:
            logger.exception("Mail %s could not be let in; it stays held.", mail_id)


def _is_known_now(person: User, mail_id: int) -> None:
    held = IncomingMail.objects.select_for_update(no_key=True)
    mail = held.filter(pk=mail_id, end=End.HELD, reason=Reason.UNKNOWN).first()
    if mail is None:
        return
    if mail.verdict == "pass":
        _post(mail, person, decided_by=None, may_be_public=False)
        return
    _ask_about(person, mail_id, Reason.UNVERIFIED)


@transaction.atomic
def _ask_about(person: User, mail_id: int, reason: IncomingMail.Reason) -> None:
    """It is held as this person's now, and they are asked."""
    for mail in IncomingMail.objects.select_for_update(no_key=True).filter(pk=mail_id, end=End.HELD):
        mail.person, mail.reason = person, reason
        mail.save(update_fields=["person", "reason"])
        ask_author(mail, again=True)


# The parts ------------------------------------------------------------------------------------------------------------
def _post(mail: IncomingMail, person: User, *, decided_by: User | None, may_be_public: bool = True) -> Reached:
    """Post what is kept of the message, taken apart once more; the message itself goes with that."""
    if not permissions.is_member(person):
        raise Refused(_("This account may not write at the moment."))
    kept = IncomingRaw.objects.filter(mail=mail).values_list("data", flat=True).first()
    if kept is None:
        raise Refused(_("The message itself is not kept any more: it cannot be posted."))
    raw = bytes(kept)
    try:
        parsed = parse(raw)
    except Unreadable as error:
        raise Refused(_("This mail cannot be read.")) from error
    kind, number = _where(mail, person, parsed)
    if kind not in targets():
        raise Refused(_("What this mail was written to is no longer there."))
    letter = letter_of(parsed, raw, what=f"{kind}{number}", may_be_public=may_be_public)
    reached = post_letter(person, kind, number, letter)
    mail.person, mail.end, mail.reason = person, End.ACCEPTED, reason_of(reached)
    mail.thread_id = reached.thread_id or mail.thread_id
    mail.answer_id = None if reached.was_command else reached.answer_id
    mail.place, mail.told = reached.place[:300], "; ".join(reached.left_out)[:500]
    mail.decided_by, mail.decided_at = decided_by, clock.now()
    mail.save()
    IncomingRaw.objects.filter(mail=mail).delete()
    return reached


def _where(mail: IncomingMail, person: User, parsed: Parsed | None) -> tuple[str, int]:
    """What it is written to: a mail to a board may go on with one of its questions, now that its sender is known."""
    kind, number = mail.target_kind, mail.target_id or 0
    if kind == "b" and parsed is not None and command_of(parsed.cut.kept) != LEAVE:
        board = Board.objects.filter(pk=number).first()
        if board is not None and (thread := thread_of(parsed, board, person)) is not None:
            return "t", thread.pk
    return kind, number


def _turned_away(mail: IncomingMail, *, decided_by: User) -> None:
    mail.end, mail.reason, mail.decided_by, mail.decided_at = End.REJECTED, Reason.DECIDED, decided_by, clock.now()
    mail.save(update_fields=["end", "reason", "decided_by", "decided_at"])
    IncomingRaw.objects.filter(mail=mail).delete()
