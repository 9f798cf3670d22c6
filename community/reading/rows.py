"""What a row of a list shows, as plain strings ready for the template.

A list has thirty rows and each piece of a row costs the template engine more than it costs here, so the pieces that
repeat (badges, counts, times) are made once per value and language and kept.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import TypedDict

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from community.models.threads import SOLVABLE
from community.reading import addresses
from community.reading.lists import Cell, tags_of
from community.templatetags.ui import badge, moment, tally, tongue


class Row(TypedDict):
    """One row of a list of threads; `whole`, `line` (badges, board, asker, time, tags) and `counts` are HTML."""

    url: str
    whole: SafeString
    line: SafeString
    counts: SafeString


def thread_rows(cells: Iterable[Cell], *, hide_board: bool = False) -> list[Row]:
    """The rows of a list, with their tags: one query however many rows."""
    cells = list(cells)
    tags = tags_of([cell.id for cell in cells]) if cells else {}
    language = get_language() or ""
    return [_row(cell, tuple(tags.get(cell.id, ())), language, hide_board) for cell in cells]


def _row(cell: Cell, tags: tuple[tuple[str, str], ...], language: str, hide_board: bool) -> Row:
    url = addresses.thread_address(cell.id, cell.title)
    line, counts = _line(cell, tags, language, hide_board), _counts(cell.answer_count, cell.me_too_count, language)
    title = f'<a href="{url}" dir="auto"{_tongue(cell.language, language)}>{escape(cell.title)}</a>'
    whole = (
        f'<article class="row"><h3 class="row-title">{title}</h3>\n'
        f'<div class="row-line">{line}</div>\n<div class="row-counts">{counts}</div></article>'
    )
    return Row(url=url, whole=mark_safe(whole), line=line, counts=counts)  # noqa: S308 - pieces are escaped where made


def _line(cell: Cell, tags: tuple[tuple[str, str], ...], language: str, hide_board: bool) -> SafeString:
    kind = state_kind(cell.state, cell.kind)
    marks = [("outdated", cell.outdated_at), ("escalated", cell.escalated_at)]
    badged = badges((kind, *(mark for mark, at in marks if at is not None)), language)
    board = "" if hide_board else board_link(cell.board_name, cell.board_slug)
    tagged = f'<span class="row-tags">{tag_links(tags)}</span>' if tags else ""
    asker, when = escape(cell.asker_name), _when(cell.last_activity_at, language)
    meta = f'<span class="row-meta">{board}<span><bdi>{asker}</bdi></span>{when}</span>'
    return mark_safe(f"<span>{badged}</span>{meta}{tagged}")  # noqa: S308 - every piece is escaped where it is made


@lru_cache(maxsize=1024)
def board_link(name: str, slug: str) -> SafeString:
    """The way to a board, by its name."""
    return format_html('<a href="{}">{}</a>', addresses.of_word("board", slug), name)


@lru_cache(maxsize=4096)
def _counts(answers: int, me_too: int, _language: str) -> SafeString:
    return tally("message", answers) + tally("me-too", me_too)


@lru_cache(maxsize=1024)
def _tongue(written: str, _language: str) -> SafeString:
    """The attribute that names the title's language, where that is not the page's."""
    return tongue(written)


@lru_cache(maxsize=8192)
def _when(moment_: datetime, _language: str) -> SafeString:
    return moment(moment_)


def state_kind(state: str, kind: str) -> str:
    """The badge that says where a thread stands: its state, or its kind where there is nothing to solve."""
    return state if kind in SOLVABLE or state == "closed" else kind


@lru_cache(maxsize=512)
def badges(kinds: tuple[str, ...], _language: str) -> SafeString:
    """Several badges in a row."""
    return mark_safe("".join(badge(kind) for kind in kinds))  # noqa: S308 - badges are escaped by their tag


@lru_cache(maxsize=2048)
def tag_links(tags: tuple[tuple[str, str], ...]) -> SafeString:
    """Links to tags given as (name, slug)."""
    return format_html_join(
        "",
        '<a class="tag" href="{}" rel="tag">{}</a>',
        ((addresses.of_word("tag", slug), name) for name, slug in tags),
    )
