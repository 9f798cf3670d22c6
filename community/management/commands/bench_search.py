"""`manage.py bench_search`: what finding costs among a million threads, in a database of its own."""

import resource
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from community.bench.database import bench_database, filled
from community.bench.searching import ask_questions, build_index, fill_with_threads, search_dir
from community.imports.report import Progress

MEGABYTE = 1_000_000


class Command(BaseCommand):
    help = "Builds a search index over made-up threads and asks it, in a database and a folder of their own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--threads", type=int, default=1_000_000, help="how many (default 1000000)")
        parser.add_argument("--questions", type=int, default=300, help="how many of each kind (default 300)")
        parser.add_argument("--keep", action="store_true", help="keep the database for the next run")

    def handle(self, *args: Any, **options: Any) -> None:
        count = options["threads"]
        if count < 1 or options["questions"] < 1:
            raise CommandError("--threads and --questions are at least 1.")
        with bench_database(f"search_{count}", keep=options["keep"], fresh=False) as (name, to_fill):
            if to_fill:
                progress = Progress("Writing threads", count)
                fill_with_threads(count, progress.advance)
                progress.close()
                filled(name)
            with search_dir() as folder:
                self._measure(folder, count, options["questions"])

    def _measure(self, folder: Any, count: int, questions: int) -> None:
        before = _memory()
        seconds = build_index(lambda _done, _total: None)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        self.stdout.write(
            f"built: {count / seconds:,.0f} threads a second ({seconds:.1f} s), {size / MEGABYTE:,.0f} MB"
        )
        self.stdout.write(f"memory: {before:,.0f} MB before, {_memory():,.0f} MB at most while building")
        for name, score in ask_questions(questions):
            self.stdout.write(f"{name}: {score.timing}")


def _memory() -> float:
    """The most memory this process had so far, in MB (kilobytes on Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
