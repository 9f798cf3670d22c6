"""The sitemap: an index of chunks, each the threads (or tags) of one range of ids.

A range of ids is found through the primary key however many threads there are, so the last chunk costs what the first
one costs, and a chunk's address means the same threads for ever. What is in it is asked of the rows at every request;
only the index, a walk over everything, is counted at most every ten minutes.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from django.db.models import F, Max, OuterRef, Subquery
from django.urls import reverse

from community.content.plain import fit_for_xml
from community.content.text import slugify_title
from community.models import Board
from community.reading import addresses
from community.reading.figures import kept
from community.reading.found.indexing import EVERYBODY, indexable_tags, indexable_threads
from community.reading.lists import listed

#: Ids in one chunk, so the most addresses in it: a tenth of what the protocol allows, and written in a tenth second.
THREADS, TAGS = 5_000, 1_000
#: More boards than this are no boards.
MOST_BOARDS = 5_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class Place(NamedTuple):
    """One address below the site's root, and when what stands there last changed."""

    path: str
    changed_at: datetime | None = None


def index(now: datetime) -> list[Place]:
    """The addresses of all chunks that hold anything."""
    threads, tags = kept("sitemap", lambda: (_thread_chunks(now), _tag_chunks()))
    return [
        Place(reverse("sitemap_places")),
        *(Place(addresses.of_id("sitemap_threads", chunk), changed_at) for chunk, changed_at in threads),
        *(Place(addresses.of_id("sitemap_tags", chunk)) for chunk in tags),
    ]


def _chunk(size: int) -> Any:
    """The chunk an id belongs to, from 1 on, as the database divides whole numbers."""
    return (F("id") + (size - 1)) / size


def _thread_chunks(now: datetime) -> list[tuple[int, datetime]]:
    rows = indexable_threads(now).order_by().annotate(chunk=_chunk(THREADS)).values_list("chunk")
    return list(rows.annotate(changed_at=Max("last_activity_at")).order_by("chunk"))


def _tag_chunks() -> list[int]:
    rows = indexable_tags().order_by().annotate(chunk=_chunk(TAGS)).values_list("chunk", flat=True)
    return sorted(set(rows.distinct()))


def places() -> list[Place]:
    """The pages there are one of, and the boards."""
    latest = listed(EVERYBODY).filter(board=OuterRef("pk")).order_by("-last_activity_at", "-id")
    boards = Board.objects.visible_to(EVERYBODY).annotate(at=Subquery(latest.values("last_activity_at")[:1]))
    return [
        *(Place(reverse(name)) for name in ("home", "boards", "threads", "tags")),
        *(Place(addresses.of_word("board", slug), at) for slug, at in boards.values_list("slug", "at")[:MOST_BOARDS]),
    ]


def threads_of(chunk: int, now: datetime) -> list[Place]:
    """The threads of a chunk by their ids: a range of the primary key."""
    found = indexable_threads(now).filter(**_range(chunk, THREADS)).order_by("id")
    address = addresses.of_id("thread_short", 0)[: -len("0/")]
    rows: Iterable[tuple[int, str, datetime, datetime | None]] = found.values_list(
        "id", "title", "last_activity_at", "edited_at"
    )
    # Not thread_address: five thousand slugs would push those of the pages being read out of its memory.
    return [
        Place(f"{address}{pk}/{slugify_title(title)}/", max(active, edited) if edited else active)
        for pk, title, active, edited in rows
    ]


def tags_of(chunk: int) -> list[Place]:
    """The tags of a chunk that are worth a page, by their ids."""
    slugs = indexable_tags().filter(**_range(chunk, TAGS)).order_by("id").values_list("slug", flat=True)
    return [Place(addresses.of_word("tag", slug)) for slug in slugs]


def _range(chunk: int, size: int) -> dict[str, int]:
    return {"id__gt": (chunk - 1) * size, "id__lte": chunk * size}


def write(root: str, found: list[Place], *, is_index: bool = False) -> bytes:
    """The document as UTF-8."""
    around, each = ("sitemapindex", "sitemap") if is_index else ("urlset", "url")
    lines = [_HEAD, f'<{around} xmlns="{_NAMESPACE}">\n']
    for path, changed_at in found:
        when = f"<lastmod>{changed_at:%Y-%m-%dT%H:%M:%S+00:00}</lastmod>" if changed_at else ""
        lines.append(f"<{each}><loc>{escape(fit_for_xml(root + path))}</loc>{when}</{each}>\n")
    return "".join([*lines, f"</{around}>\n"]).encode()
