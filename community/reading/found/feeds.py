"""Lists of threads as Atom feeds: what everybody may see, and nothing a signed-in reader sees beyond it.

A feed reader asks without a session, keeps what it was given, and may be anybody's: so who asks makes no difference.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from community.content.plain import beginning, fit_for_xml
from community.content.text import excerpt
from community.models import KnownIssue, KnownIssueUpdate
from community.reading import addresses
from community.reading.cursors import EPOCH
from community.reading.found.indexing import EVERYBODY
from community.reading.lists import PAGE_SIZE, Filters, listed, tags_of

#: Of a longer post a feed holds the beginning, in characters of HTML and of text.
MOST_HTML, SHORTENED = 10_000, 1_000


class Entry(NamedTuple):
    """A thread of a feed, straight from the database."""

    id: int
    title: str
    body_html: str
    asked_at: datetime
    last_activity_at: datetime
    edited_at: datetime | None
    asker_name: str

    @property
    def updated_at(self) -> datetime:
        return max(self.last_activity_at, self.edited_at or EPOCH)


class Feed(Atom1Feed):
    """Atom as Django writes it, but an empty feed does not change by the clock."""

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=EPOCH)


def read_entries(filters: Filters) -> list[Entry]:
    """The first thirty threads of a list, in the order of its first page; the list's own index leads there."""
    threads = filters.apply(listed(EVERYBODY), EVERYBODY).order_by("-last_activity_at", "-id")
    return [Entry._make(row) for row in threads.values_list(*Entry._fields[:-1], "asker__display_name")[:PAGE_SIZE]]


def write_feed(*, root: str, title: str, path: str, feed_path: str, language: str, filters: Filters) -> bytes:
    """The feed of a list as UTF-8. `path` is the list's page and `feed_path` the feed's own address on the site."""
    entries = read_entries(filters)
    tags = tags_of([entry.id for entry in entries]) if entries else {}
    feed = Feed(
        title=fit_for_xml(title),
        link=root + path,
        description=None,
        language=language,
        feed_url=root + feed_path,
        feed_guid=root + feed_path,
    )
    for entry in entries:
        feed.add_item(**_item(root, entry, tags.get(entry.id, ())))
    return feed.writeString("utf-8").encode()


def write_issues_feed(*, root: str, title: str, path: str, feed_path: str, language: str) -> bytes:
    """The known issues that are current and everybody may see, each with its latest news, as UTF-8. Two queries."""
    latest = KnownIssueUpdate.objects.filter(issue=OuterRef("pk")).order_by("-pk").values("body_html")[:1]
    found: Any = KnownIssue.objects.visible_to(EVERYBODY).current().annotate(news=Subquery(latest))
    feed = Feed(
        title=fit_for_xml(title),
        link=root + path,
        description=None,
        language=language,
        feed_url=root + feed_path,
        feed_guid=root + feed_path,
    )
    for issue in found.order_by("-updated_at", "-pk")[:PAGE_SIZE]:
        address = root + issue.get_absolute_url()
        feed.add_item(
            title=fit_for_xml(issue.title),
            link=address,
            unique_id=address,
            description=fit_for_xml(_content(root, (issue.news or "") + issue.body_html)),
            pubdate=issue.opened_at,
            updateddate=issue.updated_at,
        )
    return feed.writeString("utf-8").encode()


def _item(root: str, entry: Entry, tags: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The address without words is the entry's id: it stays when the title is changed."""
    return {
        "title": fit_for_xml(entry.title),
        "link": root + addresses.thread_address(entry.id, entry.title),
        "unique_id": root + addresses.of_id("thread_short", entry.id),
        "description": fit_for_xml(_content(root, entry.body_html)),
        "author_name": fit_for_xml(entry.asker_name),
        "pubdate": entry.asked_at,
        "updateddate": entry.updated_at,
        "categories": [fit_for_xml(name) for name, _slug in tags],
    }


def _content(root: str, html: str) -> str:
    """The post's HTML, sanitised when it was written, with addresses that lead to the site from wherever it is read."""
    if len(html) > MOST_HTML:
        return f"<p>{escape(excerpt(beginning(html, MOST_HTML), SHORTENED))}</p>"
    # Text holds no bare "<", and an address is the first thing our links and pictures hold.
    return html.replace('<a href="/', f'<a href="{root}/').replace('<img src="/', f'<img src="{root}/')
