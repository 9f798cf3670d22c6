"""The page cache: what a visitor was shown, shown again to visitors as long as nothing it tells of has changed.

It holds only pages of visitors without a session, by name, and only answers that set no cookie and used no form token.
So what it can give away was public when it was rendered; and whether it still is, is asked at every single request.

**When an entry still holds.** An entry keeps the database's snapshot from before it was rendered. Whatever a page shows
is changed by transactions that write a ChangeRow, and a transaction the snapshot did not see may have changed it. So an
entry holds if there is no change row that concerns it, written by a transaction its snapshot does not see. The question
is about transactions, never about times or numbers taken before a commit: whoever commits late is not overlooked. The
same statement brings the snapshot it was answered with; the entry keeps that one, so that the next question is short.

What the clock alone will change has its moment: a view says until when its page holds at most (`holds_until`), and
from that moment on the entry is not served, whatever the change rows say.

The one assumption: change rows are kept for longer than an entry lives unasked (`IDLE_SECONDS`).
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from community import clock
from community.compression import coding_for, pack

MAX_BYTES = 64 * 1024 * 1024
#: An entry nobody asked for in this time is made anew; change rows must be kept for longer.
IDLE_SECONDS = 600
MAX_QUERY = 300
#: Cookies that belong to somebody, or to somebody's moment.
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")
#: What may differ between two answers to one address; anything else in Vary and the answer is not kept.
KNOWN_VARY = frozenset({"accept-language", "cookie"})

#: Which changes concern a page.
THREAD, BOARD, EVERYTHING = "thread", "board", "everything"
_LIST_WORDS = frozenset({"board", "tag", "kind", "state", "list", "after", "before"})
_FEED_WORDS = frozenset({"board", "tag", "kind", "state", "list"})
#: By the address's name: what concerns its page, and every word it reads from its address.
PAGES: dict[str, tuple[str, frozenset[str]]] = {
    "home": (EVERYTHING, frozenset()),
    "boards": (EVERYTHING, frozenset()),
    "board": (BOARD, _LIST_WORDS),
    "threads": (EVERYTHING, _LIST_WORDS),
    "tags": (EVERYTHING, frozenset()),
    "tag": (EVERYTHING, _LIST_WORDS),
    "known_issues": (EVERYTHING, frozenset({"list", "after"})),
    "known_issue": (EVERYTHING, frozenset({"after"})),
    "known_issues_feed": (EVERYTHING, frozenset()),
    "thread": (THREAD, frozenset({"page", "sort", "after"})),
    "board_feed": (BOARD, _FEED_WORDS),
    "threads_feed": (EVERYTHING, _FEED_WORDS),
    "tag_feed": (EVERYTHING, _FEED_WORDS),
}
NOT_KEPT: tuple[str, frozenset[str]] = ("", frozenset())
#: An address with other words is not looked up.
WORDS: frozenset[str] = frozenset().union(*(words for _kind, words in PAGES.values()))

_ANY = "EXISTS (SELECT FROM community_changerow WHERE {} AND {})"
_CONCERNS = {
    # A board's own rows (its audience, a thread that left it) and the site's concern all its threads.
    THREAD: ("thread_id = %(first)s", "thread_id IS NULL AND (board_id = %(second)s OR board_id IS NULL)"),
    BOARD: ("board_id = %(first)s", "thread_id IS NULL AND board_id IS NULL"),
    EVERYTHING: ("true",),
}
# What a snapshot does not see: transactions that began after it, and those that were still running. They are asked for
# one by one, so that a transaction that stays open for hours makes the question no longer.
_BEGUN_LATER, _WAS_RUNNING = "xid >= %(xmax)s", "xid = ANY (%(running)s)"


def _question(kind: str, times: tuple[str, ...]) -> str:
    return "SELECT pg_current_snapshot()::text, " + " OR ".join(
        _ANY.format(concern, time_) for time_ in times for concern in _CONCERNS[kind]
    )


#: By the kind of page, and whether anything was running.
_QUESTIONS = {
    (kind, running): _question(kind, (_BEGUN_LATER, _WAS_RUNNING) if running else (_BEGUN_LATER,))
    for kind in _CONCERNS
    for running in (False, True)
}


@dataclass
class Entry:
    """One page as it was sent, and the snapshot up to which it is known to hold."""

    content: bytes
    headers: list[tuple[str, str]]
    etag: str
    kind: str
    ids: tuple[int, ...]
    snapshot: str
    until: datetime | None = None
    asked: float = field(default_factory=time.monotonic)
    #: the page in the codings it was asked for so far
    packed: dict[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """In bytes; two packed copies take at most half of the page itself."""
        return len(self.content) * 3 // 2 + 1000

    def body(self, coding: str) -> bytes:
        """The page in this coding ("" is as it is), packed once."""
        if not coding:
            return self.content
        if coding not in self.packed:
            self.packed[coding] = pack(self.content, coding)
        return self.packed[coding]

    def still_holds(self) -> bool:
        """Ask the database; if so, the entry's snapshot moves on to now."""
        if time.monotonic() - self.asked > IDLE_SECONDS or (self.until is not None and clock.now() >= self.until):
            return False
        _xmin, xmax, running = self.snapshot.split(":")
        values: dict[str, Any] = {"xmax": int(xmax), "running": [int(xid) for xid in running.split(",") if xid]}
        values |= dict(zip(("first", "second"), self.ids, strict=False))
        with connection.cursor() as cursor:
            cursor.execute(_QUESTIONS[self.kind, bool(running)], values)
            snapshot, has_changed = cursor.fetchone()
        if has_changed:
            return False
        self.snapshot, self.asked = snapshot, time.monotonic()
        return True


class PageCache:
    """Entries by key, the least used going first when the bytes are used up. One per process."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes = max_bytes
        self._entries: OrderedDict[tuple[Any, ...], Entry] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: tuple[Any, ...]) -> Entry | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry

    def put(self, key: tuple[Any, ...], entry: Entry) -> None:
        self.drop(key)
        with self._lock:
            self._entries[key] = entry
            self._bytes += entry.size
            while self._bytes > self.max_bytes and self._entries:
                _key, oldest = self._entries.popitem(last=False)
                self._bytes -= oldest.size

    def drop(self, key: tuple[Any, ...]) -> None:
        with self._lock:
            if (entry := self._entries.pop(key, None)) is not None:
                self._bytes -= entry.size

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._entries)


CACHE = PageCache()


def current_snapshot() -> str:
    """The database's snapshot as of now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


def key_of(request: HttpRequest) -> tuple[Any, ...] | None:
    """What tells this visitor's page from others, or None where the cache must not be asked at all."""
    meta = request.META
    if request.method not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in meta or "HTTP_HX_REQUEST" in meta:
        return None
    cookies = meta.get("HTTP_COOKIE", "")
    if cookies and any(name in cookies for name in PERSONAL_COOKIES):
        return None
    query = _canonical(meta.get("QUERY_STRING", ""))
    if query is None or connection.in_atomic_block:
        # Inside somebody's transaction a page may show what will never be committed.
        return None
    secure_header = settings.SECURE_PROXY_SSL_HEADER
    return (
        meta.get("HTTP_HOST", ""),
        meta.get("wsgi.url_scheme", ""),
        meta.get(secure_header[0], "") if secure_header else "",
        meta.get("SCRIPT_NAME", ""),
        request.path_info,
        query,
        _language_of(request, cookies),
    )


def _canonical(raw: str) -> tuple[tuple[str, str], ...] | None:
    """The words of a query in one order; None when there is one we do not know, or one twice."""
    if not raw:
        return ()
    if len(raw) > MAX_QUERY:
        return None
    words = parse_qsl(raw, keep_blank_values=True, errors="strict") if raw.isascii() and "%" not in raw else None
    if words is None:
        return None
    names = {name for name, _word in words}
    return tuple(sorted(words)) if names <= WORDS and len(names) == len(words) else None


_languages: dict[tuple[str, str], str] = {}
MOST_LANGUAGES = 1000


def _language_of(request: HttpRequest, cookies: str) -> str:
    """The language LocaleMiddleware will choose for this visitor; remembered, since browsers say little that is new."""
    wanted = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "") if settings.LANGUAGE_COOKIE_NAME in cookies else ""
    known = _languages.get((wanted, chosen))
    if known is None:
        known = translation.get_language_from_request(request)
        if len(_languages) >= MOST_LANGUAGES:
            _languages.clear()
        if len(wanted) <= MAX_QUERY and len(chosen) <= MAX_QUERY:
            _languages[wanted, chosen] = known
    return known


class PageCacheMiddleware:
    """Stands first, so that a page that still holds costs one short query and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.DEBUG:
            # Whoever edits a template wants to see it; no change row tells of that.
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            key = key_of(request)
            entry = CACHE.get(key) if key is not None else None
            if entry is not None and entry.still_holds():
                return _answer_from(entry, request)
            snapshot = current_snapshot() if key is not None and request.method == "GET" else ""
        except Error:
            # The page itself will say what is wrong.
            key, entry, snapshot = None, None, ""
        response = self.get_response(request)
        if key is not None and snapshot:
            if (kept := _entry_of(request, response, snapshot, key[-1])) is not None:
                CACHE.put(key, kept)
                return _answer_from(kept, request)
            if entry is not None:
                CACHE.drop(key)
        return response


def _entry_of(request: HttpRequest, response: HttpResponse, snapshot: str, language: str) -> Entry | None:
    """What to keep of this answer; None unless every sign says that it is the same for all visitors."""
    match = request.resolver_match
    kind, words = PAGES.get(match.url_name or "", NOT_KEPT) if match and not match.namespace else NOT_KEPT
    concerns = getattr(request, "page_concerns", ())
    if (
        not kind
        or not request.GET.keys() <= words
        or response.status_code != 200
        or response.streaming
        or response.cookies
    ):
        return None
    if kind != EVERYTHING and not concerns:
        return None
    if "CSRF_COOKIE_NEEDS_UPDATE" in request.META or getattr(getattr(request, "user", None), "is_authenticated", True):
        return None
    vary = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    if not vary <= KNOWN_VARY or response.get("Content-Language") != language or response.has_header("Cache-Control"):
        return None
    etag = etag_of(response.content)
    # Whoever signs in must not see their browser's own copy of the visitor's page: it asks every time.
    # Weak, because the same page travels in several codings.
    response["ETag"], response["Cache-Control"] = f"W/{etag}", "private, no-cache"
    patch_vary_headers(response, ("Accept-Language", "Cookie", "Accept-Encoding"))
    until: datetime | None = getattr(request, "holds_until", None)
    return Entry(response.content, list(response.items()), etag, kind, tuple(concerns), snapshot, until)


def etag_of(content: bytes) -> str:
    """The name of exactly this content in If-None-Match."""
    return f'"{blake2b(content, digest_size=12).hexdigest()}"'


def _answer_from(entry: Entry, request: HttpRequest) -> HttpResponse:
    """The page again: whole, without a body for HEAD, or 304 to those who have it."""
    if has_it(request, entry.etag):
        response = HttpResponse(status=304)
        kept = ("ETag", "Cache-Control", "Vary", "Content-Language")
        headers = [(name, value) for name, value in entry.headers if name in kept]
        del response.headers["Content-Type"]
    else:
        coding = coding_for(request)
        body = entry.body(coding)
        response = HttpResponse(b"" if request.method == "HEAD" else body)
        about_coding = [("Content-Encoding", coding)] if coding else []
        headers = [*entry.headers, *about_coding, ("Content-Length", str(len(body)))]
    for name, value in headers:
        response.headers[name] = value
    return response


def has_it(request: HttpRequest, etag: str) -> bool:
    """Whether If-None-Match names this page. Weak or not is the same for it (RFC 9110, 13.1.2)."""
    header = request.META.get("HTTP_IF_NONE_MATCH", "")
    return bool(header) and (
        header.strip() == "*" or etag in {part.strip().removeprefix("W/") for part in header.split(",")}
    )
