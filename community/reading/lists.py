"""Lists of threads: what an address may ask for, and one page of it by keyset.

Lists show no hidden threads, not even to moderators (those have their own page): so every list can walk an index that
leaves the hidden ones out, and page 500 costs what page 1 costs. Duplicates are left out on the way (`listed`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Value
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.content.text import BadText, clean_text
from community.errors import NotThere, Refused
from community.models import Answer, Board, Tag, Thread, User, Watch
from community.models.threads import ThreadQuerySet
from community.reading import cursors
from community.reading.prepared import NOBODY, Ask, Prepared, Shape, moment, number, numbers, padded, run, word

Anyone = User | AnonymousUser

PAGE_SIZE = 30
MOST_BOARDS = 200
ORDER = "threads"
#: What a list's address may hold, in the order it is written.
FILTERS = ("board", "tag", "kind", "state", "list")
CURSORS = ("after", "before")
MAX_WORD = 200


class SignInNeeded(Exception):
    """The list is about oneself, and nobody is signed in."""


class Cell(NamedTuple):
    """What a row of a list shows, straight from the database."""

    id: int
    title: str
    state: str
    kind: str
    last_activity_at: datetime
    answer_count: int
    me_too_count: int
    closed_at: datetime | None
    outdated_at: datetime | None
    escalated_at: datetime | None
    language: str
    board_name: str
    board_slug: str
    asker_name: str


#: What a Cell is made of, in its order.
CELL_COLUMNS = (*Cell._fields[:-3], "board__name", "board__slug", "asker__display_name")


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and the cursors to the rows before and after them ("" where there are none)."""

    cells: list[Cell]
    older: str = ""
    newer: str = ""
    is_first: bool = True


class Along(Func):
    """(a, b) compared with (x, y) as one pair: the form an index on (a, b) can follow."""

    output_field = BooleanField()
    arity = 4

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> tuple[str, list[Any]]:
        parts = [compiler.compile(expression) for expression in self.get_source_expressions()]
        first, second, moment, row = (sql for sql, _params in parts)
        return f"({first}, {second}) {self.extra['sign']} ({moment}, {row})", [
            param for _sql, params in parts for param in params
        ]


def _beyond(sign: str, moment: datetime, row: int) -> Along:
    return Along(F("last_activity_at"), F("id"), Value(moment), Value(row), sign=sign)


# Named lists ----------------------------------------------------------------------------------------------------------
def _mine(threads: ThreadQuerySet, user: User) -> ThreadQuerySet:
    return threads.filter(asker=user)


def _answered_by(threads: ThreadQuerySet, user: User) -> ThreadQuerySet:
    mine = Answer.objects.filter(author=user, hidden_at__isnull=True).values("thread_id")
    return threads.filter(pk__in=mine)


def _my_turn(threads: ThreadQuerySet, user: User) -> ThreadQuerySet:
    """Mine with a word since my last one, or waiting for what I was asked; and those I answered that came back."""
    states = Thread.State
    waiting = Thread.objects.filter(asker=user, state__in=[states.NEEDS_INFO, states.RESPONDED])
    answered = Answer.objects.filter(author=user, hidden_at__isnull=True).values("thread_id")
    back = Thread.objects.filter(pk__in=answered, state=states.NEEDS_ATTENTION).exclude(asker=user)
    return threads.filter(pk__in=waiting.values("pk").union(back.values("pk")))


def could_answer(threads: ThreadQuerySet, user: User) -> ThreadQuerySet:
    """Unanswered and open to answers, in a language I help in (any, when I named none); not my own."""
    found = threads.unanswered().filter(locked_at__isnull=True).exclude(asker=user)
    languages = [word for word in user.languages if isinstance(word, str)]
    return found.filter(language__in=[*languages, ""]) if languages else found


def in_tags_of(threads: ThreadQuerySet, user: User) -> ThreadQuerySet:
    """With a tag I watch."""
    watched = Watch.objects.filter(person=user, tag__isnull=False, muted_at__isnull=True).values("tag_id")
    return threads.filter(Exists(Thread.tags.through.objects.filter(content_object=OuterRef("pk"), tag_id__in=watched)))


def _for_me(threads: ThreadQuerySet, user: User) -> ThreadQuerySet:
    """What I could answer, with a tag I watch."""
    return in_tags_of(could_answer(threads, user), user)


def _outdated(threads: ThreadQuerySet, _user: Anyone) -> ThreadQuerySet:
    return threads.filter(outdated_at__isnull=False)


@dataclass(frozen=True)
class NamedList:
    """A list with a name of its own in the address."""

    label: str | Promise
    narrow: Callable[[ThreadQuerySet, Any], ThreadQuerySet]
    personal: bool = False


LISTS: dict[str, NamedList] = {
    "unanswered": NamedList(gettext_lazy("Unanswered"), lambda threads, _user: threads.unanswered()),
    "unsolved": NamedList(gettext_lazy("Unsolved"), lambda threads, _user: threads.unsolved()),
    "needs-attention": NamedList(gettext_lazy("Needs attention"), lambda threads, _user: threads.needs_attention()),
    "outdated": NamedList(gettext_lazy("Outdated"), _outdated),
    "mine": NamedList(gettext_lazy("I asked"), _mine, personal=True),
    "my-answers": NamedList(gettext_lazy("I answered"), _answered_by, personal=True),
    "my-turn": NamedList(gettext_lazy("My turn"), _my_turn, personal=True),
    "for-me": NamedList(gettext_lazy("Unanswered, with my tags"), _for_me, personal=True),
}


# What the address asks for --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; every part may be missing."""

    board: Board | None = None
    tag: Tag | None = None
    kind: str = ""
    state: str = ""
    named: str = ""

    def words(self) -> dict[str, str]:
        """As they stand in an address."""
        words = {
            "board": self.board.slug if self.board else "",
            "tag": self.tag.slug if self.tag else "",
            "kind": self.kind,
            "state": self.state,
            "list": self.named,
        }
        return {name: words[name] for name in FILTERS if words[name]}

    def query(self, *, without: tuple[str, ...] = ()) -> str:
        """The query string of this list: "" or "?state=solved"."""
        return query_of({name: word for name, word in self.words().items() if name not in without})

    def apply(self, threads: ThreadQuerySet, user: Anyone) -> ThreadQuerySet:
        if self.board:
            threads = threads.filter(board=self.board)
        if self.tag:
            threads = threads.filter(
                Exists(Thread.tags.through.objects.filter(content_object=OuterRef("pk"), tag=self.tag))
            )
        if self.kind:
            threads = threads.filter(kind=self.kind)
        if self.state:
            threads = threads.in_state(self.state)
        return LISTS[self.named].narrow(threads, user) if self.named else threads


def query_of(words: Mapping[str, str]) -> str:
    """A list's words as a query string, always in the same order: "" or "?board=router&state=solved"."""
    ordered = {name: words[name] for name in FILTERS if words.get(name)}
    return f"?{urlencode(ordered)}" if ordered else ""


def word_of(given: Mapping[str, str], name: str) -> str:
    """One word of an address, "" when missing; Refused when it is not text we could ever have written."""
    word = given.get(name, "")
    try:
        if len(word) > MAX_WORD or clean_text(word) != word:
            raise Refused(_("Something in this address is not in a shape we understand."))
    except BadText as error:
        raise Refused(str(error)) from error
    return word


_BOARD = Shape(Board, {field.attname for field in Board._meta.concrete_fields})
_TAG = Shape(Tag, {field.attname for field in Tag._meta.concrete_fields})
_board = Prepared(
    lambda user: Board.objects.visible_to(user).filter(slug=word(0)).order_by().values_list(*_BOARD.columns), places=1
)
_boards = Prepared(lambda user: Board.objects.visible_to(user).values_list(*_BOARD.columns)[:MOST_BOARDS], places=0)
_tag = Prepared(lambda user: Tag.objects.visible_to(user).filter(slug=word(0)).values_list(*_TAG.columns), places=1)


def board_of(user: Anyone, slug: str) -> Board:
    """The board with this address, if this person may see it; NotThere otherwise."""
    row = next(iter(_board.rows(user, word_of({"slug": slug}, "slug"))), None)
    if row is None:
        raise NotThere(_("There is no such board."))
    board: Board = _BOARD.make(row)
    return board


def ask_boards(user: Anyone) -> Ask:
    """The boards this person may see, in their order, at most 200; for `boards_of`."""
    return _boards.ask(user)


def boards_of(rows: list[Any]) -> list[Board]:
    return [_BOARD.make(row) for row in rows]


def boards_for(user: Anyone) -> list[Board]:
    """The boards this person may see, in their order; at most 200."""
    return boards_of(run(ask_boards(user)))


def tag_of(user: Anyone, slug: str) -> Tag:
    """The tag with this address, if this person may see it; NotThere otherwise."""
    row = next(iter(_tag.rows(user, word_of({"slug": slug}, "slug"))), None)
    if row is None:
        raise NotThere(_("There is no such tag."))
    tag: Tag = _TAG.make(row)
    return tag


def read_filters(
    *, user: Anyone, given: Mapping[str, str], board: Board | None = None, tag: Tag | None = None
) -> Filters:
    """The filters in an address; `board` and `tag` are the page's own and cannot be overruled.

    Refused for words we do not know, NotThere for a board or tag that is not there for this person, SignInNeeded for
    a list about oneself.
    """
    kind, state, named = word_of(given, "kind"), word_of(given, "state"), word_of(given, "list")
    if kind and kind not in Thread.Kind.values:
        raise Refused(_("There is no such kind of post."))
    if state and state not in Thread.State.values:
        raise Refused(_("There is no such state."))
    if named and named not in LISTS:
        raise Refused(_("There is no such list."))
    if named and LISTS[named].personal and not isinstance(user, User):
        raise SignInNeeded
    if board is None and (slug := word_of(given, "board")):
        board = board_of(user, slug)
    if tag is None and (slug := word_of(given, "tag")):
        tag = tag_of(user, slug)
    return Filters(board=board, tag=tag, kind=kind, state=state, named=named)


# One page -------------------------------------------------------------------------------------------------------------
def listed(user: Anyone) -> ThreadQuerySet:
    """Every thread that lists may show this person."""
    return Thread.objects.visible_to(user).listed()


def _ordered(threads: ThreadQuerySet, count: int, *, upwards: bool = False) -> Any:
    order = ("last_activity_at", "id") if upwards else ("-last_activity_at", "-id")
    return threads.order_by(*order).values_list(*CELL_COLUMNS)[:count]


@lru_cache(maxsize=256)
def _query(kind: str, state: str, named: str, has_board: bool, has_tag: bool, sign: str, count: int) -> Prepared:
    """The prepared query of one kind of list: places 0 board, 1 tag, 2 and 3 the cursor."""
    board, tag = Board(pk=number(0)) if has_board else None, Tag(pk=number(1)) if has_tag else None
    filters = Filters(board=board, tag=tag, kind=kind, state=state, named=named)

    def build(user: Any) -> Any:
        threads = filters.apply(listed(user), user)
        threads = threads.filter(_beyond(sign, moment(2), number(3))) if sign else threads
        return _ordered(threads, count, upwards=sign == ">")

    return Prepared(build, places=4)


_START = (cursors.EPOCH, 0)


def read_cells(
    user: Anyone, filters: Filters, count: int, *, sign: str = "", beyond: tuple[datetime, int] = _START
) -> list[Cell]:
    """The first rows of a list, from the newest or (`sign` "<" or ">") from a row on, in the order they were read."""
    board, tag = filters.board, filters.tag
    if filters.named and LISTS[filters.named].personal:
        threads = filters.apply(listed(user), user)
        rows = _ordered(threads.filter(_beyond(sign, *beyond)) if sign else threads, count, upwards=sign == ">")
    else:
        query = _query(filters.kind, filters.state, filters.named, board is not None, tag is not None, sign, count)
        rows = query.rows(user, board.pk if board else 0, tag.pk if tag else 0, *beyond)
    return [Cell._make(row) for row in rows]


def read_page(user: Anyone, filters: Filters, *, given: Mapping[str, str], size: int = PAGE_SIZE) -> Page:
    """The page an address asks for with `after` or `before`; without them the first. Refused for a made-up cursor."""
    if cursor := word_of(given, "before"):
        return _page_before(user, filters, cursors.decode_moment(ORDER, cursor), size)
    if cursor := word_of(given, "after"):
        cells = read_cells(user, filters, size + 1, sign="<", beyond=cursors.decode_moment(ORDER, cursor))
    else:
        cells = read_cells(user, filters, size + 1)
    older = _cursor(cells[size - 1]) if len(cells) > size else ""
    newer = _cursor(cells[0]) if cursor and cells else ""
    return Page(cells[:size], older=older, newer=newer, is_first=not cursor)


def _page_before(user: Anyone, filters: Filters, beyond: tuple[datetime, int], size: int) -> Page:
    """The rows just newer than the cursor; the list's first page when no more than a page is left there."""
    cells = read_cells(user, filters, size + 1, sign=">", beyond=beyond)
    if len(cells) <= size:
        return read_page(user, filters, given={}, size=size)
    cells = cells[size - 1 :: -1]
    return Page(cells, older=_cursor(cells[-1]), newer=_cursor(cells[0]), is_first=False)


def _cursor(cell: Cell) -> str:
    return cursors.encode_moment(ORDER, cell.last_activity_at, cell.id)


_tags = Prepared(
    lambda _user: (
        Thread.tags.through.objects.filter(content_object_id__in=numbers(0, PAGE_SIZE))
        .order_by("id")
        .values_list("content_object_id", "tag__name", "tag__slug")
    ),
    places=PAGE_SIZE,
)


def tags_of(thread_ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    """For each thread (at most a page of them) its tags as (name, slug), in the order they were given: one query."""
    found: dict[int, list[tuple[str, str]]] = {}
    for thread_id, name, slug in _tags.rows(NOBODY, *padded(thread_ids, PAGE_SIZE)):
        found.setdefault(thread_id, []).append((name, slug))
    return found
