"""`manage.py search_index`: how the search index is, building it anew, keeping it in step by hand."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from community.search.following import follow, rebuild
from community.search.status import MOST_BEHIND, Status, seconds_since, status


class Command(BaseCommand):
    help = "The search index of this machine: status, rebuild, follow. The site keeps it by itself while it runs."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True, metavar="status|rebuild|follow")
        what.add_parser("status", help="whether it answers, how far it is behind, and who writes it")
        what.add_parser("rebuild", help="build it anew; the one there is answers until then")
        what.add_parser("follow", help="keep it in step with the database until Ctrl+C or SIGTERM")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        if options["what"] != "status":
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: stop.set())
        {"status": self._status, "rebuild": self._rebuild, "follow": self._follow}[options["what"]](stop)

    def _follow(self, stop: threading.Event) -> None:
        self.stdout.write("The search index is kept in step.")
        follow(stop)
        self.stdout.write("No longer.")

    def _rebuild(self, stop: threading.Event) -> None:
        with tqdm(desc="threads", unit=" threads", unit_scale=True) as bar:

            def tell(done: int, total: int) -> None:
                bar.total = total
                bar.update(max(done - bar.n, 0))

            try:
                is_done = rebuild(stop, tell, lambda text: bar.write(text, file=bar.fp))
            except (OSError, ValueError) as error:
                raise CommandError(f"The index could not be built: {error}") from error
            seconds, done = bar.format_dict["elapsed"], bar.n
        if not is_done:
            raise CommandError("Stopped; the index is as it was.")
        done = max(done, status().documents)
        rate = f"{done / max(seconds, 0.001):,.0f}"
        self.stdout.write(
            self.style.SUCCESS(f"The index is new: {done:,} threads in {seconds:,.1f} s, {rate} a second.")
        )

    def _status(self, stop: threading.Event) -> None:
        known = status()
        rows = {
            "State": _state(known),
            "Generation": known.generation or "none",
            "Documents": f"{known.documents:,} of {known.threads:,} threads that everybody may see",
            "Size": f"{known.size / 1_000_000:,.1f} MB",
            "Behind": _behind(known),
            "Written by": f"process {known.holder}" if known.holder else "nobody; it waits for the site to run",
        }
        if known.trouble:
            rows["Trouble"] = known.trouble
        for name, text in rows.items():
            self.stdout.write(f"{name:<12}{text}")


def _state(known: Status) -> str:
    building = known.building
    if building is None:
        return "ready" if known.is_ready else "not ready: none that this version can use is there"
    share = f"{building.done / building.total:.0%}" if building.total else "0%"
    rate = building.done / max(seconds_since(building.started), 0.001)
    meanwhile = "; the one before answers" if known.is_ready else ""
    numbers = f"{building.done:,} of {building.total:,} threads, {share}, {rate:,.0f} a second"
    return f"rebuilding ({numbers}), because {building.reason}{meanwhile}"


def _behind(known: Status) -> str:
    if not known.is_ready:
        return "-"
    if not known.behind:
        return "up to date"
    more = "more than " if known.behind >= MOST_BEHIND else ""
    return f"{more}{known.behind:,} changes, {known.behind_seconds:,.1f} s"
