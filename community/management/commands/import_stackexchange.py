"""`manage.py import_stackexchange DIRECTORY`: a Stack Exchange data dump."""

import re
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from community import clock
from community.imports.command import ImportCommand
from community.imports.sites import StackExchangeSite, host_names
from community.imports.stackexchange import read


class Command(ImportCommand):
    help = """Imports a Stack Exchange data dump: the folder that holds Posts.xml, and Users.xml, Comments.xml,
Votes.xml, PostLinks.xml where they are. One board, named like the folder.
Run it again with a newer dump to bring what is new. See docs/imports.md."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        directory: Path = options["directory"]
        name = directory.resolve().name.lower()
        word = re.sub(r"\.(stackexchange\.)?com$|^stackexchange-", "", name)
        # Dumps unpack into folders named like the site: iot.stackexchange.com.
        guess = name if "." in name else f"{word}.stackexchange.com"
        self.run(
            read(directory, now=clock.now()),
            options,
            source=f"stackexchange:{re.sub(r'[^a-z0-9._-]', '-', word)}"[:60],
            site=StackExchangeSite(host_names(options["site"] or [guess])),
            board_name=word.replace("-", " ").replace(".", " ").capitalize() if len(word) > 3 else word.upper(),
        )
