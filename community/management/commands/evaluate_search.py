"""`manage.py evaluate_search PAIRS.csv --query title`: would our suggestions have found what somebody pointed to?"""

import tempfile
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.bench.finding import HALVES, BadPairs, Naive, Score, find_as_the_site, read_pairs, score_of
from community.imports.report import Progress
from community.search.documents import count_threads
from community.search.following import rebuild
from community.search.status import status


class Command(BaseCommand):
    help = """Measures the suggestions on pairs of imported threads (columns question_id and earlier_question_id, the
ids of the import). Each question is asked as if at its moment. Prints what a naive query of the same library finds,
each half of the questions by a hash of their id (the ranking may be chosen on one, the other says what it is worth),
and in the last line all of them."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pairs", type=Path, metavar="PAIRS.csv")
        parser.add_argument("--query", choices=("title", "title+body"), default="title", help="what is asked")
        parser.add_argument("--source", default="threads", help="the import whose ids these are (default: threads)")
        parser.add_argument("--no-baseline", action="store_true", help="leave the naive query out")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asked, unknown = read_pairs(options["pairs"], source=options["source"])
        except (BadPairs, OSError) as error:
            raise CommandError(str(error)) from error
        if unknown:
            self.stdout.write(f"{unknown} pairs name questions that are not here.")
        if not asked:
            raise CommandError("No question of these pairs is here. Were they imported, and under this --source?")
        known = status()
        if not known.is_ready or known.behind or known.documents != known.threads:
            self._build()
        with_body = options["query"] == "title+body"
        if not options["no_baseline"]:
            with tempfile.TemporaryDirectory(prefix="naive-search-") as folder:
                building = Progress("Building the naive index", count_threads())
                naive = Naive(Path(folder), building.advance)
                building.close()
                self._tell("naive", self._score(asked, naive.find, with_body))
        scores = self._score(asked, find_as_the_site, with_body)
        self._tell("ours", scores)
        self.stdout.write(str(scores[0] + scores[1]))

    def _build(self) -> None:
        """An index that has everything: nothing may have followed the import yet."""
        building = Progress("Building the search index", count_threads())

        def tell(done: int, _total: int) -> None:
            building.advance(max(0, done - building.done))

        rebuild(threading.Event(), tell, self.stderr.write)
        building.close()

    def _score(self, asked: Any, find: Any, with_body: bool) -> list[Score]:
        progress = Progress("Asking", len(asked))
        scores = score_of(asked, find, with_body=with_body, tell=progress.advance)
        progress.close()
        return scores

    def _tell(self, whose: str, scores: list[Score]) -> None:
        for half, score in zip(HALVES, scores, strict=True):
            self.stdout.write(f"{whose}, {half}: {score}")
        self.stdout.write(f"{whose}, together: {scores[0] + scores[1]}")
