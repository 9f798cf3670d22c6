"""`manage.py bench_desk`: what the desk's lists cost among a million tickets, in a database of its own."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from community.bench.database import bench_database, filled
from community.imports.report import Progress
from community.models import User
from support.bench import Cost, fill, measure, miscounted, pages

#: A page among the many tickets costs at most so many times what it costs among the few.
GOAL = 1.5
MOST_QUERIES = 12


class Command(BaseCommand):
    help = "Measures the lists of the desk among few and among very many tickets, in databases of their own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--few", type=int, default=10_000, help="how many are few (default 10000)")
        parser.add_argument("--many", type=int, default=1_000_000, help="how many are many (default 1000000)")
        parser.add_argument("--keep", action="store_true", help="keep the databases for the next run")

    def handle(self, *args: Any, **options: Any) -> None:
        few, many = options["few"], options["many"]
        if few < 1000 or many < few:
            raise CommandError("--few is at least 1000, and --many no less than that.")
        small, large = (self._measured(size, keep=options["keep"]) for size in (few, many))
        self.stdout.write(f"{'':32} {few:>12,} tickets {many:>16,} tickets")
        missed = [name for name in small if not self._tell(name, small[name], large[name])]
        if missed:
            raise CommandError(f"MISSED: {', '.join(missed)}")

    def _measured(self, size: int, *, keep: bool) -> dict[str, Cost]:
        with bench_database(f"desk_{size}", keep=keep, fresh=False) as (name, to_fill):
            if to_fill:
                progress = Progress("Writing tickets", size)
                fill(size, progress.advance)
                progress.close()
                filled(name)
            agent = User.objects.with_standing().get(username="agent0")
            if wrong := miscounted(agent):
                raise CommandError(f"Lists that say a wrong number: {wrong}")
            return {what: measure(agent, address) for what, address in pages(agent)}

    def _tell(self, name: str, small: Cost, large: Cost) -> bool:
        """One line; whether the goals are met. What it costs is said in blocks looked at and in time."""
        ratio = large.milliseconds / small.milliseconds
        told = [f"{each.queries:3} q {each.blocks:6,} blocks {each.milliseconds:6.1f} ms" for each in (small, large)]
        is_met = ratio <= GOAL and max(small.queries, large.queries) <= MOST_QUERIES
        self.stdout.write(f"{name:32} {told[0]}   {told[1]}   x {ratio:.2f} {'met' if is_met else 'MISSED'}")
        return is_met
