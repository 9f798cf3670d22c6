"""A reply to a mail of the outbox, as a mail program would write it, sent by SMTP to this machine's own server."""

import re
import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

from community import clock
from community.incoming.addresses import BounceAddress, read_address
from community.incoming.local_server import HOST, is_offered, server
from community.mails.outbox import Mail
from community.models import IncomingMail

_TAKEN = re.compile(r"Taken as (\d+):")
_SECONDS = 60


class NotTaken(Exception):
    """The server did not take it; the text is what it said."""


def reply_address_of(mail: Mail) -> str:
    """Where a reply to this mail goes; "" where it would reach nobody."""
    address = parseaddr(dict(mail.headers).get("Reply-To", ""))[1]
    found = read_address(address) if is_offered() else None
    return "" if found is None or isinstance(found, BounceAddress) else address


def write_reply(mail: Mail, words: str) -> EmailMessage:
    """From whom the mail went to, to where its replies go, with the mail quoted below and a signature."""
    told, (name, address) = dict(mail.headers), parseaddr(mail.to)
    name = name or address.partition("@")[0]
    reply = EmailMessage()
    reply["From"] = Address(display_name=name, addr_spec=address)
    reply["To"] = reply_address_of(mail)
    reply["Subject"] = mail.subject if mail.subject[:3].lower() == "re:" else f"Re: {mail.subject}"
    reply["Date"] = format_datetime(clock.now())
    reply["Message-ID"] = make_msgid(domain="mail.localhost")
    if of := told.get("Message-ID", ""):
        reply["In-Reply-To"] = of
        reply["References"] = f"{told.get('References', '')} {of}".strip()
    sender = parseaddr(mail.sender)
    said = f"On {mail.sent_at:%a, %d %b %Y at %H:%M}, {sender[0] or sender[1]} <{sender[1]}> wrote:"
    quoted = "\n".join(f"> {line}".rstrip() for line in mail.text.strip().splitlines())
    reply.set_content(f"{words.strip()}\n\n-- \n{name}\n\n{said}\n\n{quoted}\n")
    return reply


def send_reply(reply: EmailMessage) -> IncomingMail:
    """Speak with the server as any mail program does; what became of it. NotTaken."""
    try:
        with smtplib.SMTP(HOST, server().port, timeout=_SECONDS) as line:
            line.ehlo_or_helo_if_needed()
            line.mail(str(reply["From"].addresses[0].addr_spec))
            line.rcpt(str(reply["To"].addresses[0].addr_spec))
            code, answer = line.data(reply.as_bytes())
    except (OSError, smtplib.SMTPException) as error:
        raise NotTaken(" ".join(str(error).split())[:300]) from error
    words = answer.decode("utf-8", "replace")
    found = _TAKEN.search(words)
    if code != 250 or found is None:
        raise NotTaken(f"{code} {words}"[:300])
    return IncomingMail.objects.get(pk=int(found[1]))
