"""Content that did not help: threads that people opened from suggestions before they posted their question anyway.

Counted from what was recorded beside forms (models/measuring.py), by customers only, over the last 90 days. One form
counts once for a thread, however often it was opened.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from community import clock
from community.content.text import excerpt
from community.models import SuggestionEvent, Thread
from community.permissions import Anyone
from community.reading import cursors
from community.reading.results import SOLUTION_LINE, solution_texts
from community.roles import Role

OVER = timedelta(days=90)
PAGE = 20
#: So many of the questions that were posted anyway are named, the latest.
NAMED = 3
ORDER = "unhelpful"
Kind = SuggestionEvent.Kind


@dataclass
class Unhelpful:
    """A thread with how many forms it was shown and opened in, solved it, and led to a question all the same."""

    thread: Thread
    posted: int
    shown: int = 0
    opened: int = 0
    solved: int = 0
    #: one line of its solution, "" without one
    solution: str = ""
    questions: list[Thread] = field(default_factory=list)

    @property
    def share(self) -> int:
        """Of a hundred who opened it, so many posted anyway."""
        return round(100 * self.posted / max(self.opened, self.posted))


def _events() -> QuerySet[SuggestionEvent]:
    """What customers did with suggestions lately."""
    since = clock.now() - OVER
    return SuggestionEvent.objects.filter(
        session__opened_at__gt=since, session__role=Role.CUSTOMER, role=Role.CUSTOMER
    ).order_by()


def _posted_anyway() -> QuerySet[SuggestionEvent]:
    """Openings whose form was submitted, as another thread than the one that was opened."""
    return (
        _events()
        .filter(kind=Kind.OPENED, session__submitted_at__isnull=False)
        .filter(session__submitted_thread__asker_role=Role.CUSTOMER)
        .exclude(session__submitted_thread=F("thread"))
    )


def unhelpful_page(user: Anyone, *, after: str = "") -> tuple[list[Unhelpful], str]:
    """Those that led to the most questions first, and the cursor of the next page; Refused for a made-up cursor.

    Six queries, however many there are.
    """
    listed = Thread.objects.visible_to(user).listed()
    counted: Any = _posted_anyway().filter(thread__in=listed.order_by().values("pk"))
    counted = counted.values("thread").annotate(posted=Count("pk"))
    if after:
        posted, pk = cursors.decode(ORDER, after)
        counted = counted.filter(Q(posted__lt=posted) | Q(posted=posted, thread__lt=pk))
    rows = list(counted.order_by("-posted", "-thread").values_list("thread", "posted")[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    threads = listed.select_related("board").in_bulk([pk for pk, _posted in rows])
    found = {pk: Unhelpful(threads[pk], posted) for pk, posted in rows if pk in threads}
    _count(found)
    _name_questions(user, found)
    for pk, text in solution_texts(found).items():
        found[pk].solution = excerpt(text, SOLUTION_LINE)
    return list(found.values()), cursors.encode(ORDER, rows[-1][1], rows[-1][0]) if more else ""


def _count(found: dict[int, Unhelpful]) -> None:
    rows: Iterable[Any] = _events().filter(thread__in=found).values("thread", "kind").annotate(many=Count("pk"))
    for row in rows:
        if row["kind"] in (Kind.SHOWN, Kind.OPENED, Kind.SOLVED):
            setattr(found[row["thread"]], row["kind"], row["many"])


def _name_questions(user: Anyone, found: dict[int, Unhelpful]) -> None:
    """The latest questions that were posted anyway, as far as they may be seen and are shown."""
    seen = Thread.objects.visible_to(user).filter(hidden_at__isnull=True).order_by().values("pk")
    latest = Window(RowNumber(), partition_by=F("thread"), order_by=F("session__submitted_at").desc())
    rows = (
        _posted_anyway()
        .filter(thread__in=found, session__submitted_thread__in=seen)
        .annotate(place=latest)
        .filter(place__lte=NAMED)
        .order_by("place")
        .values_list("thread", "session__submitted_thread")
    )
    named = list(rows)
    questions = Thread.objects.visible_to(user).in_bulk([question for _thread, question in named])
    for thread_id, question_id in named:
        found[thread_id].questions.append(questions[question_id])
