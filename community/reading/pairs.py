"""Possible duplicates as moderators see them: the new question beside the older one, and the last decision."""

from collections.abc import Mapping
from dataclasses import dataclass

from community.content.excerpts import plain_of
from community.content.text import excerpt
from community.models import DuplicateHint, Thread
from community.permissions import Anyone
from community.reading.queues import DUPLICATES, read_rows
from community.reading.results import SOLUTION_LINE, solution_texts

TEXT = 300
#: ?done=<pair>: what was just decided. ?at=<pair>: where the reader goes on.
DONE, AT = "done", "at"


@dataclass(frozen=True)
class Side:
    """One of the two questions: its first words, and one line of its solution ("" without one)."""

    thread: Thread
    text: str
    solution: str


@dataclass(frozen=True)
class Pair:
    """One row of the queue. `next_id` is the pair below it (None for the last), where one goes on after deciding."""

    hint: DuplicateHint
    new: Side
    old: Side
    next_id: int | None
    has_focus: bool


@dataclass(frozen=True)
class Decided:
    """The last decision on this page, which can be taken back."""

    hint: DuplicateHint
    is_duplicate: bool


def pairs_page(user: Anyone, given: Mapping[str, str]) -> tuple[list[Pair], str]:
    """One page of pairs and the cursor of the next: two queries. Refused for a made-up cursor."""
    hints, cursor = read_rows(user, DUPLICATES, after=given.get("after", ""))
    lines = solution_texts({hint.other_id for hint in hints} | {hint.thread_id for hint in hints})
    following: list[int | None] = [*(hint.pk for hint in hints[1:]), None][: len(hints)]
    pairs = [
        Pair(
            hint=hint,
            new=_side(hint.thread, lines),
            old=_side(hint.other, lines),
            next_id=next_id,
            has_focus=given.get(AT) == str(hint.pk),
        )
        for hint, next_id in zip(hints, following, strict=True)
    ]
    return pairs, cursor


def _side(thread: Thread, lines: Mapping[int, str]) -> Side:
    text = excerpt(plain_of(thread.body_html), TEXT)
    return Side(thread=thread, text=text, solution=excerpt(lines.get(thread.pk, ""), SOLUTION_LINE))


def last_decision(user: Anyone, given: Mapping[str, str]) -> Decided | None:
    """What the address says was just decided, if that is still so; None for anything else."""
    word = given.get(DONE, "")
    if not (word.isascii() and word.isdigit() and len(word) <= 18):
        return None
    threads = Thread.objects.visible_to(user).order_by().values("pk")
    rows = DuplicateHint.objects.filter(pk=int(word), thread__in=threads, other__in=threads)
    hint = rows.select_related("thread", "other").first()
    if hint is None or (hint.dismissed_at is None and hint.thread.merged_into_id is None):
        return None
    return Decided(hint, is_duplicate=hint.thread.merged_into_id is not None)
