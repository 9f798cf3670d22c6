"""`manage.py fetch_mail`: mails for the site that wait in a mailbox (INCOMING_IMAP)."""

import signal
import threading
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections, connection

from community.incoming.doors import NotNow
from community.incoming.mailbox import Fetched, Unreachable, fetch, opened

#: As receive_mail ends when it is to be tried again.
TEMPORARY = 75
#: A mailbox that cannot be read is asked again after so many seconds, then after twice as many, at most MOST_SECONDS.
FIRST_SECONDS, MOST_SECONDS = 5.0, 300.0


class Command(BaseCommand):
    help = """Fetches mails for the site from the mailbox in INCOMING_IMAP, takes each in, and marks it as seen. The
worker does the same every minute; this is for other times, or for hearing of mails within seconds (--follow)."""
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--delete", action="store_true", help="what was taken is deleted there, not marked")
        parser.add_argument("--follow", action="store_true", help="stays, and looks again and again")
        parser.add_argument(
            "--every", type=float, default=20.0, metavar="SECONDS", help="with --follow: how often (20)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.INCOMING_IMAP is None:
            raise CommandError("INCOMING_IMAP is not set; see docs/mail.md.")
        if options["follow"]:
            self._follow(deletes=options["delete"], every=max(1.0, options["every"]))
            return
        try:
            with opened() as mailbox:
                done = fetch(mailbox, deletes=options["delete"])
        except (Unreachable, NotNow) as error:
            raise CommandError(str(error), returncode=TEMPORARY) from None
        self._tell(done, even_nothing=True)

    def _follow(self, *, deletes: bool, every: float) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write(f"Looking every {every:g} seconds.")
        wait = FIRST_SECONDS
        while not stop.is_set():
            try:
                with opened() as mailbox:
                    while not stop.is_set():
                        close_old_connections()
                        self._tell(fetch(mailbox, deletes=deletes, stops=stop.is_set))
                        wait = FIRST_SECONDS
                        stop.wait(every)
            except (Unreachable, NotNow) as error:
                self.stderr.write(f"{error} Asked again in {wait:g} seconds.")
                connection.close()
                stop.wait(wait)
                wait = min(wait * 2, MOST_SECONDS)
        self.stdout.write("Stopped.")

    def _tell(self, done: Fetched, *, even_nothing: bool = False) -> None:
        if not (done.taken or done.left or even_nothing):
            return
        ends = ", ".join(f"{count} {end}" for end, count in Counter(done.ends).items())
        self.stdout.write(f"{done.taken} taken{f' ({ends})' if ends else ''}, {done.left} left.")
