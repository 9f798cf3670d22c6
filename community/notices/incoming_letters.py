"""What whoever wrote to us by mail is told: why it is not posted, or what is still needed, and what to do next.

No word of a question is in these mails but what the writer may see on the page, and none of somebody else's.
"""

import re
from contextlib import ExitStack
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from community.accounts.preferences import speaking_to, zone_of
from community.actions.incoming_judging import End, Reason, targets
from community.actions.incoming_replies import ASKED, KIND
from community.content.languages import detect
from community.context_processors import find_brand
from community.incoming.proof import link_to
from community.mails.letters import Button, Letter, Part, Words, compose
from community.mails.outbox import KIND_HEADER
from community.mails.sending import site_address
from community.mails.suspending import is_suspended
from community.models import Board, IncomingMail, Mail, User
from community.notices.headers import message_id

__all__ = ["KIND", "write_incoming"]

_NAME = re.compile(r"<[!-;=?-~]{1,250}>", re.ASCII)


def write_incoming(mail: Mail) -> EmailMessage | Mail.Outcome:
    """The mail that answers one that came in, as that stands at this moment; or why there is none."""
    found = IncomingMail.objects.filter(pk=int(mail.key.split(":")[1])).first()
    if found is None:
        return Mail.Outcome.GONE
    reader = User.objects.with_standing().get(pk=mail.recipient_id) if mail.recipient_id else None
    if reader is not None and is_suspended(reader):
        return Mail.Outcome.SUSPENDED
    address = _address_of(found, reader)
    if not address:
        return Mail.Outcome.GONE
    with ExitStack() as reading:
        if reader is not None:
            reading.enter_context(speaking_to(reader, settings.LANGUAGE_CODE))
            reading.enter_context(timezone.override(zone_of(reader.time_zone)))
        else:
            reading.enter_context(translation.override(_language_of(found)))
        letter = _letter(found, reader)
        if letter is None:
            return Mail.Outcome.EMPTY
        headers = {KIND_HEADER: mail.kind, "Message-ID": message_id(mail.pk), "Auto-Submitted": "auto-replied"}
        if _NAME.fullmatch(found.message_id) and not (found.end == End.HELD and found.reason in ASKED):
            headers |= {"In-Reply-To": found.message_id, "References": found.message_id}
        return compose(letter, to=address, site_address=site_address(), headers=headers)


def _address_of(found: IncomingMail, reader: User | None) -> str:
    """Where it goes: to the account's own address, or to a sender of whom nothing is known but the address."""
    if reader is None:
        return found.sender if found.reason == Reason.UNKNOWN else ""
    if reader.anonymised_at or reader.is_imported or not reader.is_active:
        return ""
    own = EmailAddress.objects.filter(user=reader, primary=True, verified=True).first()
    return own.email if own else ""


def _language_of(found: IncomingMail) -> str:
    """Of somebody without an account: the language they wrote in, if the site speaks it."""
    told = detect(f"{found.subject}\n{found.kept}"[:5000])
    return told if told in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _letter(found: IncomingMail, reader: User | None) -> Letter | None:
    if found.end == End.HELD and found.reason == Reason.UNKNOWN:
        return _from_somebody_new(found)
    if reader is None:
        return None
    if found.end == End.HELD and found.reason in ASKED:
        return _did_you_write_this(found, reader)
    if found.end == End.HELD and found.reason == Reason.PRIVATE:
        return _may_be_private(found, reader)
    if found.end == End.ACCEPTED:
        return _posted(found)
    return _not_posted(found)


def _from_somebody_new(found: IncomingMail) -> Letter | None:
    board = Board.objects.filter(pk=found.board_id or 0, archived_at__isnull=True).first()
    if board is None or board.audience == Board.Audience.GROUPS:
        return None
    named = {"site_name": find_brand().name, "board": board.name}
    told = _(
        "We got your mail to %(board)s. Before others read it, we need to know that this address is yours: create an "
        "account with it. Once the address is confirmed, your mail is posted, and answers reach you by mail."
    )
    return _made(
        _("One step, and your mail to %(board)s is posted") % named,
        Words(told % named),
        Button(_("Create an account"), link_to(found, None), shows_address=True),
        Words(_("This link works for seven days. If you did not write to us, there is nothing to do.")),
    )


def _did_you_write_this(found: IncomingMail, reader: User) -> Letter | None:
    """Nothing of what was written stands in it: it may be anybody's."""
    kind, number = found.target_kind, found.target_id or 0
    title = targets()[kind].title_of(number, reader) if kind in targets() else None
    if title is None:
        return None
    facts = {"site_name": find_brand().name, "address": found.sender, "title": title, "when": _when(found)}
    if found.reason == Reason.SENDER:
        why = _(
            "On %(when)s a mail came to a reply address of yours at %(site_name)s. It was not sent from an address of "
            "your account, but from %(address)s. So it waits, and nobody sees it."
        )
    elif found.reason == Reason.OLD_ADDRESS:
        why = _(
            "On %(when)s a mail from %(address)s came to a reply address of yours at %(site_name)s that is no longer "
            "in force. So it waits, and nobody sees it."
        )
    else:
        why = _(
            "On %(when)s a mail with your address as its sender came to %(site_name)s. The mail server could not "
            "confirm that it came from you. So it waits, and nobody sees it."
        )
    return _made(
        _("Did you write this mail to %(site_name)s?") % facts,
        Words(why % facts),
        Words(_("It was written to: %(title)s") % facts),
        Button(_("Look at it and decide"), link_to(found, reader), shows_address=True),
        Words(_("The page shows what was written. This link works for seven days, and you need not sign in.")),
    )


def _may_be_private(found: IncomingMail, reader: User) -> Letter:
    told = _(
        "Your mail may hold something that is not for everybody: an address, a number, a password. So it was not "
        "posted. You can look at it again and post it as it is, or write anew without it."
    )
    return _made(
        _("Your mail is not posted yet"),
        Words(told),
        Button(_("Look at it and decide"), link_to(found, reader), shows_address=True),
    )


def _posted(found: IncomingMail) -> Letter | None:
    button = Button(_("Open the page"), site_address() + found.place) if found.place else None
    if found.reason == Reason.COMMAND:
        told = _("We did what your mail said. The page shows how it stands now, and it can be taken back there.")
        return _made(_("Done, as you wrote"), Words(told), *([button] if button else []))
    if not found.told:
        return None
    told = _("Your mail is posted. Not everything that came with it could be taken:")
    return _made(
        _("Your mail is posted, without some files"), Words(told), Words(found.told), *([button] if button else [])
    )


def _not_posted(found: IncomingMail) -> Letter | None:
    """Why, and what to do; of what is out of sight nothing but that it is."""
    why: dict[str, Any] = {
        Reason.FAILED: _("Something went wrong on our side. Nothing is lost: somebody looks at your mail."),
        Reason.EMPTY: _("We found no words of yours in it. Please write them above the mail that you answer."),
        Reason.TOO_MANY: found.told or _("You have sent many mails in a short time."),
        Reason.GONE: _("What you answered is no longer there, or you cannot see it any more."),
        Reason.REFUSED: found.told,
    }
    if found.reason not in why or found.end not in (End.HELD, End.REJECTED):
        return None
    subject = _("Your mail was not posted") if found.end == End.REJECTED else _("Your mail is not posted yet")
    parts: list[Part] = [Words(str(why[found.reason]))]
    if found.reason != Reason.FAILED:
        parts.append(Button(_("Write on the site"), site_address() + "/"))
    return _made(subject, *parts)


def _made(subject: str, *parts: Part) -> Letter:
    """With the word that this goes no further by mail."""
    last = Words(_("Please do not reply to this mail: nobody reads what is answered to it."))
    return Letter(subject, (*parts, last))


def _when(found: IncomingMail) -> str:
    return date_format(timezone.localtime(found.received_at), "DATETIME_FORMAT")
