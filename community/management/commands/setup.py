"""Leads a real site from nothing to its first administrator, brand, board, mail test and invitation."""

import os
import sys
from getpass import getpass
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from community.accounts.names import BadName, check_name
from community.actions.boards import write_board
from community.actions.brand import write_brand, write_test_mail
from community.actions.invitations import mail_invitation, write_invitation
from community.actions.people import create_person, give_roles, owner_of
from community.content.text import key
from community.errors import Refused
from community.models import Board, Brand, Invitation, User
from community.roles import Role

PASSWORD_VARIABLE = "PEERDESK_ADMIN_PASSWORD"  # noqa: S105 - the variable's name


class Command(BaseCommand):
    help = (
        "Sets up a site: brand, first administrator, boards, mail test, invitations. Asks for what is not given; "
        "running it again changes only what you name."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", help="the brand's name, as it stands on every page")
        parser.add_argument("--admin-email", help="the first administrator's address")
        parser.add_argument("--admin-name", help="the first administrator's name for signing in")
        parser.add_argument("--board", action="append", default=[], help="a product people ask about (repeat it)")
        parser.add_argument("--invite", action="append", default=[], metavar="ADDRESS[:ROLE]", help="repeat it")
        parser.add_argument("--no-mail-test", action="store_true", help="do not send a test mail")
        parser.add_argument(
            "--non-interactive",
            action="store_true",
            help=f"ask nothing; {PASSWORD_VARIABLE} may hold the password (else: sign in by mailed code)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.asks = not options["non_interactive"] and sys.stdin.isatty()
        self.troubles: list[str] = []
        try:
            self._brand(options["name"])
            admin = self._admin(options["admin_email"], options["admin_name"])
            for name in options["board"] or self._ask_for_board():
                self._board(name)
            if not options["no_mail_test"]:
                self._mail_test(admin)
            for who in options["invite"]:
                self._invite(admin, who)
        except (Refused, BadName) as refused:
            raise CommandError(str(refused)) from refused
        self._tell_what_is_next(admin)
        if self.troubles:
            raise CommandError(" ".join(self.troubles))

    # The steps --------------------------------------------------------------------------------------------------------
    def _brand(self, name: str | None) -> None:
        brand, _made = Brand.objects.get_or_create(pk=1)
        if name is None and brand.set_up_at is None:
            name = self._ask("Name of the brand", brand.name, option="--name")
        if name is None:
            self._say(f"Brand: {brand.name} (as it was)")
            return
        self._say(f"Brand: {write_brand(actor=None, name=name).name}")

    def _admin(self, address: str | None, name: str | None) -> User:
        present = User.objects.filter(groups__name=Role.ADMIN, is_active=True).order_by("pk").first()
        if address is None and present is not None:
            self._say(f"Administrator: {present.username} (as before)")
            return present
        address = (address or self._ask("Your e-mail address", option="--admin-email")).strip().lower()
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError(f"{address[:80]!r} is not an e-mail address.") from error
        person = owner_of(address)
        if person is None:
            wish = name or self._ask("Your name for signing in", address.split("@")[0], option="--admin-name")
            person = self._new_admin(address, check_name(wish, brand=Brand.objects.get(pk=1).name))
        with transaction.atomic():
            fresh = give_roles(actor=None, person=person, roles=[Role.ADMIN])
        self._say(f"Administrator: {person.username} <{address}>{'' if fresh else ' (as before)'}")
        return person

    def _new_admin(self, address: str, name: str) -> User:
        if User.objects.filter(username_key=key(name)).exists():
            raise CommandError(f"The name {name} is taken by somebody with another address.")
        password = os.environ.get(PASSWORD_VARIABLE) or (self._ask_password() if self.asks else None)
        if password:
            try:
                validate_password(password, User(username=name, email=address))
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
        # Whoever can run this command owns the machine: their word for the address is enough.
        return create_person(address=address, username=name, password=password or None, verified=True)

    def _board(self, name: str) -> None:
        if Board.objects.filter(name_key=key(name)).exists():
            self._say(f"Board: {name} (as before)")
            return
        self._say(f"Board: {write_board(actor=None, board=Board(), name=name).name}")

    def _mail_test(self, admin: User) -> None:
        if Brand.objects.filter(pk=1, mail_tested_at__isnull=False).exists():
            self._say("Mail: tested before")
            return
        address = EmailAddress.objects.get_primary_email(admin) or admin.email
        try:
            write_test_mail(actor=None, address=address)
        except Refused as refused:
            self.troubles.append(str(refused))
            self._say(f"Mail: {refused}")
        else:
            self._say(f"Mail: the mail server took a test mail to {address}")

    def _invite(self, admin: User, who: str) -> None:
        address, _colon, role = who.partition(":")
        role = role or Role.CUSTOMER
        if Invitation.objects.filter(address_key=key(address), accepted_at__isnull=True, role=role).exists():
            self._say(f"Invitation: {address} (as before)")
            return
        if (owner := owner_of(address)) is not None and (role == Role.CUSTOMER or role in owner.roles):
            self._say(f"Invitation: {address} is here already")
            return
        invitation = write_invitation(actor=None, address=address, role=role)
        try:
            mail_invitation(invitation=invitation, site_address=settings.SITE_URL or "http://127.0.0.1:8000")
        except Refused as refused:
            self.troubles.append(str(refused))
        self._say(f"Invitation: {address} as {role}")

    def _tell_what_is_next(self, admin: User) -> None:
        site = settings.SITE_URL or "http://127.0.0.1:8000"
        how = "your password" if admin.has_usable_password() else "a mailed code"
        self._say("")
        self._say("What is next:")
        self._say(f"  1. Sign in at {site}/accounts/login/ with {how}.")
        if not admin.has_second_factor:
            self._say(f"  2. Set up your second factor at {site}/accounts/2fa/ (staff rights rest until then).")
        self._say(f"  {2 if admin.has_second_factor else 3}. Go on at {site}/admin/: it shows what is left to do.")

    # Asking -----------------------------------------------------------------------------------------------------------
    def _ask(self, question: str, default: str = "", *, option: str) -> str:
        if not self.asks:
            raise CommandError(f"{option} is needed.")
        answer = input(f"{question}{f' [{default}]' if default else ''}: ").strip()
        return answer or default or self._ask(question, default, option=option)

    def _ask_password(self) -> str:
        while True:
            first = getpass("Password (empty: sign in by mailed codes): ")
            if not first or first == getpass("The same again: "):
                return first
            self._say("These are not the same.")

    def _ask_for_board(self) -> list[str]:
        if Board.objects.exists() or not self.asks:
            return []
        return [self._ask("Name of the first board (a product people ask about)", option="--board")]

    def _say(self, line: str) -> None:
        self.stdout.write(line)
