"""What a row of a list shows, as plain strings ready for the template.

A list has thirty rows and each piece of a row costs the template engine more than it costs here, so the pieces that
repeat (badges, counts, times) are made once per value and language and kept.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TypedDict

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext

from community import addresses
from community.lists import Cell, tags_of
from community.models.threads import SOLVABLE
from community.templatetags.ui import badge, compact, icon, moment


class Row(TypedDict):
    """One row of a list of threads; `badges`, `when`, `tags` and `counts` are HTML."""

    url: str
    title: str
    badges: SafeString
    board: str
    board_url: str
    asker: str
    when: SafeString
    tags: SafeString
    counts: SafeString


def thread_rows(cells: Iterable[Cell]) -> list[Row]:
    """The rows of a list, with their tags: one query however many rows."""
    cells = list(cells)
    tags = tags_of([cell.id for cell in cells]) if cells else {}
    language = get_language() or ""
    return [
        Row(
            url=addresses.thread_address(cell.id, cell.title),
            title=cell.title,
            badges=_badges(
                state_kind(cell.state, cell.kind), bool(cell.outdated_at), bool(cell.escalated_at), language
            ),
            board=cell.board_name,
            board_url=addresses.of_word("board", cell.board_slug),
            asker=cell.asker_name,
            when=moment(cell.last_activity_at),
            tags=tag_links(tuple(tags.get(cell.id, ()))),
            counts=_counts(cell.answer_count, cell.me_too_count, language),
        )
        for cell in cells
    ]


def state_kind(state: str, kind: str) -> str:
    """The badge that says where a thread stands: its state, or its kind where there is nothing to solve."""
    return state if kind in SOLVABLE or state == "closed" else kind


@lru_cache(maxsize=512)
def _badges(kind: str, outdated: bool, escalated: bool, _language: str) -> SafeString:
    kinds = [kind, *(["outdated"] if outdated else []), *(["escalated"] if escalated else [])]
    return mark_safe("".join(badge(each) for each in kinds))  # noqa: S308 - badges are escaped by their tag


@lru_cache(maxsize=2048)
def tag_links(tags: tuple[tuple[str, str], ...]) -> SafeString:
    """Links to tags given as (name, slug)."""
    return format_html_join(
        "",
        '<a class="tag" href="{}" rel="tag">{}</a>',
        ((addresses.of_word("tag", slug), name) for name, slug in tags),
    )


@lru_cache(maxsize=4096)
def _counts(answers: int, me_too: int, _language: str) -> SafeString:
    return format_html(
        '<span>{}{}<span class="visually-hidden"> {}</span></span>'
        '<span>{}{}<span class="visually-hidden"> {}</span></span>',
        icon("message"),
        compact(answers),
        ngettext("answer", "answers", answers),
        icon("me-too"),
        compact(me_too),
        ngettext("person has this too", "people have this too", me_too),
    )
