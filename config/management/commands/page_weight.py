"""`manage.py page_weight`: what pages weigh on a telephone, against the budget. Needs Playwright and a Chromium."""

from statistics import median
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.management.base import BaseCommand, CommandParser

from community.models import Thread
from config.page_weight import Visit, chromium, site, visits

#: The budget of a thread page: bytes and requests of a first visit, milliseconds to the largest paint.
MOST_BYTES, MOST_REQUESTS, MOST_PAINT = 60_000, 10, 1000
SHOWN = 20
Pairs = list[tuple[Visit, Visit]]


class Command(BaseCommand):
    help = (
        "Opens pages of this database's community in a real browser, four times slower than this machine, as on a "
        "telephone: bytes and requests of a first and a second visit, layout shift, largest paint."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="", help="a site that runs already, in place of one of its own")
        parser.add_argument("--page", action="append", help="an address to open (default: home, lists, threads)")
        parser.add_argument("--runs", type=int, default=5, help="visits of each page; the median of the paint counts")

    def handle(self, *args: Any, **options: Any) -> None:
        pages = options["page"] or _usual_pages()
        if options["url"]:
            self._weigh(options["url"].rstrip("/"), pages, options["runs"])
            return
        with site() as address:
            self._weigh(address, pages, options["runs"])

    def _weigh(self, address: str, pages: list[str], runs: int) -> None:
        self.stdout.write(
            f"Budget: {MOST_BYTES:,} bytes, {MOST_REQUESTS} requests, no shift, largest paint {MOST_PAINT} ms; "
            f"a second visit loads the page alone. Medians of {runs}.\n"
        )
        self.stdout.write("   bytes  requests  shift  paint ms  2nd bytes  requests  page")
        with chromium() as browser:
            for page in pages:
                pairs = [visits(browser, address + page) for _run in range(runs)]
                self.stdout.write(f"{_line(pairs)}  {page}{'' if _keeps(pairs) else '  OVER THE BUDGET'}")


def _paint(pairs: Pairs) -> float:
    return median(first.paint for first, _second in pairs)


def _keeps(pairs: Pairs) -> bool:
    """Whether all visits keep the budget, and the median the time."""
    light = all(first.size <= MOST_BYTES and first.requests <= MOST_REQUESTS and not first.shift for first, _ in pairs)
    return light and all(second.requests == 1 for _, second in pairs) and _paint(pairs) < MOST_PAINT


def _line(pairs: Pairs) -> str:
    first, second = pairs[0]
    return (
        f"{first.size:8,} {first.requests:9} {max(one.shift for one, _ in pairs):6.3f} {_paint(pairs):9.0f}"
        f" {second.size:10,} {second.requests:9}"
    )


def _usual_pages() -> list[str]:
    """Home, a list, a full page of answers and a solved question, of what everybody may see."""
    threads = Thread.objects.visible_to(AnonymousUser()).order_by("pk")
    chosen = [
        threads.filter(answer_count__gte=SHOWN).first(),
        threads.filter(solved_at__isnull=False).last(),
        threads.last(),
    ]
    return ["/", "/threads/", *dict.fromkeys(each.get_absolute_url() for each in chosen if each is not None)]
