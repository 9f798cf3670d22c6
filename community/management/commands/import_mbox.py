"""`manage.py import_mbox FILE`: the archive of a mail list."""

import re
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from community import clock
from community.imports.command import ImportCommand
from community.imports.known_mails import KnownMails
from community.imports.mail_list import Archive, read
from community.imports.sites import MailSite, host_names
from community.incoming.child import Child


class Command(ImportCommand):
    help = """Imports the archive of a mail list: an mbox file (.gz read directly).

Threads come from In-Reply-To and References, from the subject where what a mail answers is not in the archive. Quotes,
signatures and the list's foot are cut; pictures and text files come along. The name of the source is that of the board,
or of the file: run it again with a newer archive and the same --source or --board to go on. See docs/imports.md."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        name = re.sub(r"(\.(mbox|gz|txt))+\Z", "", path.name.lower())
        source = f"mbox:{re.sub(r'[^a-z0-9._-]', '-', options['board'] or name) or 'list'}"[:60]
        known = KnownMails(options["source"] or source)
        archive = Archive()
        try:
            with Child() as child:
                records = read(path, read_message=child.read, known=known, archive=archive, now=clock.now())
                self.run(
                    records,
                    options,
                    source=source,
                    site=MailSite(host_names(options["site"])),
                    board_name=name.replace("-", " ").replace("_", " ").capitalize(),
                    open_file=archive.get,
                )
        finally:
            archive.close()
