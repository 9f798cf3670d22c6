"""`manage.py receive_mail`: one message on standard input, as mail servers pipe them; what became of it is kept."""

import json
import sys
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from community.incoming.doors import NotNow, bring, would_be
from community.incoming.records import MAX_MESSAGE
from community.models import IncomingMail

#: What a mail server goes by (sysexits.h): it tries again later, or it was called wrongly.
TEMPORARY, MISUSE = 75, 64
#: By its name: what cuts takes a while to load, and messages are cut in a process of their own.
_BARE = "community.incoming.bare.told_of_text"


class Command(BaseCommand):
    help = """Takes one e-mail from standard input, as Postfix, Exim and procmail pipe it (docs/mail.md). Exit 0: it was
taken, whatever became of it (mail that is turned away is not bounced: its sender may be made up); 75: not now, try
again (the database is away, a migration is missing, the site is read-only or closed); 64: called wrongly."""
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", action="append", default=[], metavar="ADDRESS", help="whom it was delivered to; may be repeated"
        )
        parser.add_argument("--from", dest="sender", metavar="SENDER", help="who sent it (envelope); '' for a bounce")
        parser.add_argument("--dry-run", action="store_true", help="writes nothing; tells what would be done, as JSON")
        parser.add_argument(
            "--text",
            action="store_true",
            help="standard input is the bare text of a reply, not a message. With --dry-run it is only cut. Without, "
            "it needs --to and --from, and is taken in as a message of that sender: held for a look, as no mail host "
            "says that it is theirs",
        )

    def run_from_argv(self, argv: list[str]) -> None:
        """What argparse finds wrong ends as mail servers expect it."""
        try:
            super().run_from_argv(argv)
        except SystemExit as ended:
            raise SystemExit(MISUSE if ended.code == 2 else ended.code) from None

    def handle(self, *args: Any, **options: Any) -> None:
        if options["text"] and not options["dry_run"] and not (options["to"] and options["sender"]):
            _misuse("--text needs --dry-run, or --to and --from.")
        for address in [*options["to"], options["sender"] or ""]:
            if "\0" in address or "\n" in address or "\r" in address or len(address) > 1000:
                _misuse("--to and --from are addresses.")
        given = _standard_input()
        if options["text"] and options["dry_run"]:
            self.stdout.write(import_string(_BARE)(given))
            return
        raw = _message(given, options["to"], options["sender"]) if options["text"] else given
        asked: dict[str, Any] = {"raw": raw, "recipients": options["to"], "envelope_sender": options["sender"]}
        try:
            if options["dry_run"]:
                self.stdout.write(json.dumps(would_be(**asked)))
            else:
                row = bring(door=IncomingMail.Door.PIPE, **asked)
                self.stderr.write(f"{row.end}: {row.reason}", self.style.NOTICE)
        except NotNow as error:
            raise CommandError(str(error), returncode=TEMPORARY) from error


def _misuse(told: str) -> NoReturn:
    raise CommandError(told, returncode=MISUSE)


def _standard_input() -> bytes:
    """At most one byte more than is taken: enough to say that it is too much."""
    if sys.stdin is None:
        _misuse("There is no standard input.")
    return sys.stdin.buffer.read(MAX_MESSAGE + 1)


def _message(given: bytes, to: list[str], sender: str) -> bytes:
    """A text as a message: what a mail program would have made of it."""
    message = EmailMessage()
    try:
        message["From"], message["To"] = sender, ", ".join(to)
    except (ValueError, IndexError):
        _misuse("--to and --from are addresses.")
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="localhost")
    message.set_content(given.decode("utf-8-sig", "replace").replace("\0", ""))
    return message.as_bytes()
