"""The rows of a page of results: what each thread is, and the passages that the words stand in, marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject, Left
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from community.content.excerpts import Looked, marked, passage, plain_of
from community.models import Solution, TaggedThread
from community.permissions import Anyone
from community.reading import addresses
from community.reading.lists import CELL_COLUMNS, Cell, listed
from community.reading.rows import badges, board_link, state_kind, tag_links
from community.templatetags.ui import moment, tally, tongue

EXCERPT = 200
SOLUTION_LINE = 140
_READ = 6000  # characters of HTML a passage is chosen from


@dataclass(frozen=True)
class Hit:
    """One result. `title`, `excerpt`, `solution` (the words marked), `line` and `counts` are HTML.

    `excerpt` is "" where the solution is shown and the question's text has none of the words.
    """

    cell: Cell
    is_full: bool
    url: str
    tongue: SafeString
    title: SafeString
    excerpt: SafeString
    solution: SafeString
    line: SafeString
    counts: SafeString


_in_force = Solution.objects.filter(withdrawn_at__isnull=True, answer__hidden_at__isnull=True)
_solution = Subquery(_in_force.filter(thread=OuterRef("pk")).values(html=Left("answer__body_html", _READ))[:1])
# With their threads: one query less than asking for the tags of a page of them.
_tags = ArraySubquery(
    TaggedThread.objects.filter(content_object=OuterRef("pk"))
    .order_by("pk")
    .values(tag_=JSONObject(name="tag__name", slug="tag__slug"))
)


def solution_texts(thread_ids: Iterable[int]) -> dict[int, str]:
    """The beginnings of the solutions in force of threads that were asked for by `visible_to`, as plain text.

    A hidden answer is none.
    """
    rows = _in_force.filter(thread_id__in=thread_ids).values_list("thread_id", Left("answer__body_html", _READ))
    return {pk: plain_of(html) for pk, html in rows}


def hits_of(viewer: Anyone, thread_ids: Sequence[int], full: frozenset[int], looked: Looked) -> list[Hit]:
    """The rows of these threads in this order, without those the viewer may not see: one query however many."""
    columns = (*CELL_COLUMNS, "asked_at", "product_version", Left("body_html", _READ), _solution, _tags)
    found = {row[0]: row for row in listed(viewer).filter(pk__in=thread_ids).values_list(*columns)}
    language = get_language() or ""
    hits = []
    for row in (found[pk] for pk in thread_ids if pk in found):
        cell, (asked_at, version, question, solution, tags) = Cell._make(row[:-5]), row[-5:]
        told = marked(passage(plain_of(question), looked, EXCERPT), looked)
        solved_by = marked(passage(plain_of(solution or ""), looked, SOLUTION_LINE), looked)
        hits.append(
            Hit(
                cell=cell,
                is_full=cell.id in full,
                url=addresses.thread_address(cell.id, cell.title),
                tongue=tongue(cell.language),
                title=marked(cell.title, looked),
                excerpt=told if "<mark>" in told or not solved_by else SafeString(""),
                solution=solved_by,
                line=_line(cell, asked_at, version, tuple((tag["name"], tag["slug"]) for tag in tags), language),
                counts=tally("message", cell.answer_count) + tally("me-too", cell.me_too_count),
            )
        )
    return hits


def _line(cell: Cell, asked_at: datetime, version: str, tags: tuple[tuple[str, str], ...], language: str) -> SafeString:
    """Where it stands, on which board, for which version, who asked it when, and its tags."""
    marks = [("outdated", cell.outdated_at), ("escalated", cell.escalated_at)]
    badged = badges((state_kind(cell.state, cell.kind), *(mark for mark, at in marks if at is not None)), language)
    told: list[str] = [board_link(cell.board_name, cell.board_slug)]
    told += [f"<span><bdi>{escape(word)}</bdi></span>" for word in (version, cell.asker_name) if word]
    told.append(moment(asked_at))
    tagged = f'<span class="row-tags">{tag_links(tags)}</span>' if tags else ""
    line = f'<span>{badged}</span><span class="row-meta">{"".join(told)}</span>{tagged}'
    return mark_safe(line)  # noqa: S308 - every piece is escaped where it is made
