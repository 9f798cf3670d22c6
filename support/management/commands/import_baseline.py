"""`manage.py import_baseline FILE.csv --source "Annual report"`: contacts and customers, month by month."""

from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandParser

from support.actions.contact_imports import Brought, import_baseline
from support.contact_files import read_baselines
from support.input_command import InputCommand


class Command(InputCommand):
    help = """Reads how many contacts and customers the company had, month by month: shown beside the ledger as contacts
per 1,000 customers against the year before, never added to it.

CSV in UTF-8; the first line names the columns, in any order:
  month       2026-05; only months that are over
  contacts    all contacts of that month
  customers   customers in that month
  channel     phone, email, chat, form or other; empty or left out: all channels together
A later row of the same month and channel takes the place of the earlier, which stays as replaced."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        super().add_arguments(parser)

    def bring(self, lines: Iterable[str], source: str, dry_run: bool, tell: Any) -> Brought:
        return import_baseline(actor=None, source=source, lines=read_baselines(lines), dry_run=dry_run, tell=tell)

    def told(self, done: Brought) -> Iterable[str]:
        yield f"{done.new:,} new months, {done.known:,} known already, {done.rejected:,} rejected."
