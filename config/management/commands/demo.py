"""`manage.py demo`: everything a newcomer needs, from an empty database to a living community on loopback."""

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from community import clock
from community.actions.demo_people import PASSWORD, PEOPLE, TOTP_SECRET, make_demo_people
from community.demo.build import Builder
from community.demo.scenes import SCENES
from community.models import Thread, User
from config.demo_server import AddressError, check_address, serve


class Command(BaseCommand):
    help = "Sets the database up, fills an empty one with the demo community, and serves it with the worker inside."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", default=os.environ.get("PORT", "8000"))
        parser.add_argument("--no-serve", action="store_true", help="only set up and fill, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo needs PEERDESK_MODE=demo; `make demo` sets it.")
        try:
            address = None if options["no_serve"] else check_address(options["host"], options["port"])
        except AddressError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("Setting up the database …")
        call_command("migrate", verbosity=0, interactive=False)
        self._fill()
        if address is not None:
            self._greet(address.url)
            serve(address)

    def _fill(self) -> None:
        """The demo community, where nothing is there yet."""
        if Thread.objects.exists():
            # In an imported community nobody can sign in yet: the demo's people look around. A real one is left alone.
            if not User.objects.filter(is_imported=False).exists():
                make_demo_people()
            self.stdout.write("The community is already there; nothing was changed.")
            return
        self.stdout.write("Filling it with three months of a community …")
        scene = SCENES[settings.DEMO_BRAND]
        Builder(scene, make_demo_people(), now=clock.now(), tell=self.stdout.write).build()

    def _greet(self, url: str) -> None:
        self.stdout.write(self.style.SUCCESS(f"\nThe community is open at {url}\n"))
        if not User.objects.filter(is_demo=True, is_active=True).exists():
            return
        names = ", ".join(PEOPLE)
        self.stdout.write(f"  Look around as {names}: one click on the sign-in page.")
        self.stdout.write(f"  Or sign in by name with the password “{PASSWORD}”.")
        self.stdout.write(f"  Staff are asked for a code as well; their authenticator secret is {TOTP_SECRET}.")
        self.stdout.write(f"  Mails the site sends can be read at {url}outbox/")
        self.stdout.write("  Stop with Ctrl+C.\n")
