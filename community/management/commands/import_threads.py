"""`manage.py import_threads QUESTIONS.csv ANSWERS.csv`: another forum's threads from two CSV files."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from community import clock
from community.imports.command import ImportCommand
from community.imports.sites import Site, host_names
from community.imports.threads_csv import read


class Command(ImportCommand):
    help = """Imports questions and answers from two CSV files (UTF-8, first line names the columns; .gz read directly).

Questions: id, created, title, content (HTML), creator; optional: product (the board), topic and tags (separated by ;),
locale, updated, edited, views, num_votes ("I have this problem too"), is_spam, is_locked, is_archived, solution (id of
the accepted answer), solved_by, solved, creator_name, creator_email.
Answers: id, question_id, created, content (HTML), creator; optional: updated, num_helpful, is_spam, creator_name,
creator_email. Times are ISO 8601. Run it again with newer files to bring what is new. See docs/imports.md."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("questions", type=Path, metavar="QUESTIONS.csv")
        parser.add_argument("answers", type=Path, metavar="ANSWERS.csv")
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-archived", action="store_true", help="lock questions marked is_archived (default: they stay open)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        records = read(options["questions"], options["answers"], now=clock.now())
        self.run(records, options, source="threads", site=Site(host_names(options["site"])))
