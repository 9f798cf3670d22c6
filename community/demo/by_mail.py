"""What people of the demo write by mail: real messages, vouched for as by this machine's own mail server, taken in."""

from email.message import EmailMessage
from email.utils import format_datetime

from django.conf import settings

from community import clock
from community.actions.boards import update_board
from community.actions.incoming import take_in
from community.actions.mail_lists import follow_list
from community.demo.scene import Scene
from community.incoming.addresses import board_address, reply_address, takes_mail
from community.incoming.vouching import vouched
from community.mails.sending import from_address
from community.models import Board, IncomingMail, User

#: How mail programs begin what they quote.
_WROTE = {"en": "On {0:%d/%m/%Y} at {0:%H:%M}, {1} wrote:", "de": "Am {0:%d.%m.%Y} um {0:%H:%M} schrieb {1}:"}
#: What a mail program writes about a mail that a program answered.
_AWAY = {"en": "Automatic reply: ", "de": "Automatische Antwort: "}


def open_mail_list(scene: Scene, people: dict[str, User], board: Board) -> None:
    """One board can be followed as a mail list, and some do."""
    if not takes_mail():
        return
    name, prefix = scene.mail_list
    groups = list(board.audience_groups.all())
    update_board(actor=people["admin"], board_id=board.pk, groups=groups, mail_name=name, mail_prefix=prefix)
    board.refresh_from_db()
    for reader in scene.list_readers:
        follow_list(actor=people[reader], board_id=board.pk)


def ask_by_mail(person: User, board: Board, *, title: str, body: str) -> IncomingMail:
    """A new mail to a board."""
    return _send(person, to=board_address(board), subject=title, body=body)


def reply_by_mail(
    person: User, letter: str, number: int, *, title: str, body: str, quoted: str, elsewhere: bool = False
) -> IncomingMail:
    """A reply to a mail about this thing, the mail quoted below; `elsewhere`: from an address nobody confirmed."""
    to = reply_address(person, letter, number)
    sender = f"{person.username}@work.example.com" if elsewhere else person.email
    begins = _WROTE.get(_language(person), _WROTE["en"]).format(clock.now(), from_address())
    below = "\n".join(f"> {line}".rstrip() for line in quoted.splitlines())
    return _send(person, to=to, subject=f"Re: {title}", body=f"{body}\n\n{begins}\n\n{below}", sender=sender)


def reply_while_away(person: User, letter: str, number: int, *, title: str, body: str) -> IncomingMail:
    """What a mail program answers for somebody who is away."""
    subject = _AWAY.get(_language(person), _AWAY["en"]) + title
    return _send(person, to=reply_address(person, letter, number), subject=subject, body=body, by_program=True)


def _send(
    person: User, *, to: str, subject: str, body: str, sender: str = "", by_program: bool = False
) -> IncomingMail:
    message = EmailMessage()
    message["From"] = f"{person.display_name} <{sender or person.email}>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{clock.now():%Y%m%d%H%M%S}.{person.pk}@example.com>"
    if by_program:
        message["Auto-Submitted"] = "auto-replied"
    message.set_content(f"{body}\n")
    raw = vouched(message.as_bytes(), settings.INCOMING_AUTHSERV)
    return take_in(raw=raw, door=IncomingMail.Door.SMTP, recipients=[to], envelope_sender=sender or person.email)


def _language(person: User) -> str:
    return (person.languages or ["en"])[0]
