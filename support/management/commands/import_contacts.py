"""`manage.py import_contacts FILE.csv --source telephone`: contacts that reached staff by another way."""

from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandParser

from support.actions.contact_imports import Brought, import_contacts
from support.contact_files import read_contacts
from support.input_command import InputCommand
from support.models import ContactChannel


class Command(InputCommand):
    help = """Reads contacts that reached staff outside of this desk: calls, a CRM, another helpdesk.

CSV in UTF-8; the first line names the columns, in any order:
  time           ISO 8601 (2026-05-31T14:05:00Z); UTC where no zone is given
  channel        phone, email, chat, form or other
  id             what the contact is called there; the same id of the same source is read in once
  email          who it was; kept as a keyed hash, never as it is
  email_sha256   or its SHA-256 instead: 64 hexadecimal digits, of the address without spaces, in lower case, in UTF-8
Leave both empty where nobody can say who it was: how many those are is part of every figure.
All or nothing; bad lines are left out, told, and written to a file with their reasons. See docs/deflection.md."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        super().add_arguments(parser)

    def bring(self, lines: Iterable[str], source: str, dry_run: bool, tell: Any) -> Brought:
        return import_contacts(actor=None, source=source, contacts=read_contacts(lines), dry_run=dry_run, tell=tell)

    def told(self, done: Brought) -> Iterable[str]:
        yield f"{done.new:,} new, {done.known:,} known already, {done.rejected:,} rejected."
        if done.new:
            yield f"Of the new ones, {done.linked:,} are members', {done.unlinkable:,} can be linked to nobody."
        for channel in ContactChannel:
            if count := done.channels.get(channel.value):
                yield f"  {count:,} {channel.value}"
