"""`manage.py read_only on|off`: nobody writes for a while, and every page says why."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.actions.site import end_read_only, start_read_only
from community.errors import Refused


class Command(BaseCommand):
    help = """Lets nobody write (on) or everybody again (off). People read everything meanwhile; what they send is
refused with a page that keeps it for them. The worker rests. Only administrators can sign in."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("state", choices=("on", "off"))
        parser.add_argument("--words", default="", help="why, and for how long: one line that stands on every page")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["state"] == "on":
                start_read_only(actor=None, words=options["words"])
                self.stdout.write("Nobody writes now; the worker rests. End it with: manage.py read_only off")
            else:
                end_read_only(actor=None)
                self.stdout.write("Everybody writes again.")
        except Refused as refused:
            raise CommandError(str(refused)) from refused
