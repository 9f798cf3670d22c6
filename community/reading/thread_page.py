"""One page of a thread: the question, its solution and twenty answers, made ready for the template.

Everything is read in a number of queries that does not depend on the number of answers. What a reader may do is asked
of permissions here, once per page where it can be and per answer where it must be; the template only shows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from community import permissions
from community.errors import NotThere, Refused
from community.models import (
    Answer,
    Attachment,
    Board,
    Helped,
    IncomingMail,
    MeToo,
    PrivateNote,
    Solution,
    Thread,
    ThreadEvent,
    User,
    Vote,
    Watch,
)
from community.reading import cursors
from community.reading.known_issues import known_issue_of
from community.reading.lists import word_of
from community.reading.moved import splits_of
from community.reading.prepared import NOBODY, Ask, Prepared, Shape, number, numbers, padded, run, together
from community.reading.trust import level_of
from community.trust import Level

Anyone = User | AnonymousUser

PAGE_SIZE = 20
Tags = tuple[tuple[str, str], ...]
SORTS = ("solution", "helpful", "oldest", "newest")
HELPFUL = "helpful"
MAX_DIGITS = 9


class Author(NamedTuple):
    """Who wrote an answer, as much as its line shows."""

    id: int
    display_name: str
    username_key: str | None
    anonymised_at: datetime | None


class Said(NamedTuple):
    """An answer and its author."""

    answer: Answer
    author: Author


_PERSON = Author._fields
_THREAD = Shape(Thread, {field.attname for field in Thread._meta.concrete_fields} - {"body"})
_BOARD = Shape(Board, ("id", "slug", "name", "audience", "archived_at"), prefix="board__")
_ASKER = Shape(User, _PERSON, prefix="asker__")
_ANSWER = Shape(Answer, {field.attname for field in Answer._meta.concrete_fields} - {"body"})
_AUTHOR = [f"author__{name}" for name in _PERSON]
_SOLUTION = Shape(Solution, {field.attname for field in Solution._meta.concrete_fields})
_SOLUTION_ANSWER = Shape(Answer, _ANSWER.names, prefix="answer__")
_SOLUTION_AUTHOR = [f"answer__author__{name}" for name in _PERSON]
_ACCEPTER = Shape(User, _PERSON, prefix="accepted_by__")
_FILE = Shape(Attachment, ("id", "answer_id", "name"))
_set_thread = Answer._meta.get_field("thread").set_cached_value
#: The answers a page shows at most: its own and the pinned one.
_MOST = PAGE_SIZE + 1
#: How far ahead new answers are looked for; so many at once are few enough to be read.
MOST_NEW = 1_000


@dataclass(frozen=True)
class Place:
    """Which part of a thread an address asks for: a page of positions, or (helpful) a cursor."""

    sort: str = "solution"
    page: int = 1
    after: str = ""

    @property
    def is_first(self) -> bool:
        return self.page == 1 and not self.after

    def query(self, page: int = 1) -> str:
        """The query string of another page in the same order."""
        words = [f"sort={self.sort}"] if self.sort != "solution" else []
        words += [f"page={page}"] if page > 1 else []
        return f"?{'&'.join(words)}" if words else ""


def page_of_position(position: int) -> int:
    """The page (oldest first) on which an answer stands; hidden ones leave short pages, so this never moves."""
    return (position - 1) // PAGE_SIZE + 1


def page_count(thread: Thread) -> int:
    return max(1, page_of_position(thread.last_position))


def read_place(given: Any) -> Place:
    """The place in an address; Refused for an order we do not know, NotThere for a page that cannot be."""
    sort = word_of(given, "sort") or "solution"
    if sort not in SORTS:
        raise Refused(_("There is no such order."))
    number = word_of(given, "page") or "1"
    if not (number.isascii() and number.isdigit() and len(number) <= MAX_DIGITS) or int(number) < 1:
        raise NotThere(_("There is no such page."))
    return Place(sort=sort, page=int(number), after=word_of(given, "after") if sort == HELPFUL else "")


def _thread_query(user: Any) -> Any:
    tags = Thread.tags.through.objects.filter(content_object=OuterRef("pk")).order_by("id")
    return (
        Thread.objects.visible_to(user)
        .filter(pk=number(0))
        .annotate(tag_names=ArraySubquery(tags.values("tag__name")), tag_slugs=ArraySubquery(tags.values("tag__slug")))
        .annotate(splits=splits_of(user), known=known_issue_of(user))
        .values_list(*_THREAD.columns, *_BOARD.columns, *_ASKER.columns, "tag_names", "tag_slugs", "splits", "known")
    )


_thread = Prepared(_thread_query, places=1)


def _split(row: Sequence[Any], *shapes: Shape) -> tuple[list[Any], Sequence[Any]]:
    """The instances a row is made of, and what is left of it."""
    made, at = [], 0
    for shape in shapes:
        end = at + len(shape.names)
        made.append(shape.make(row[at:end]))
        at = end
    return made, row[at:]


def _thread_of(rows: list[Any]) -> tuple[Thread, Tags, list[Any], list[Any]]:
    """The thread with board and asker, its tags as (name, slug), its splits and known issue.

    NotThere where this person sees none.
    """
    if not rows:
        raise NotThere(_("There is no such question."))
    (thread, board, asker), (names, slugs, splits, known) = _split(rows[0], _THREAD, _BOARD, _ASKER)
    thread.board, thread.asker = board, asker
    return thread, tuple(zip(names, slugs, strict=True)), splits, known


_solution = Prepared(
    lambda _user: Solution.objects.filter(thread_id=number(0), withdrawn_at__isnull=True).values_list(
        *_SOLUTION.columns, *_SOLUTION_ANSWER.columns, *_SOLUTION_AUTHOR, *_ACCEPTER.columns
    ),
    places=1,
)


class Solved(NamedTuple):
    """The solution in force (with who accepted it) and its answer."""

    solution: Solution
    said: Said


def _solved_of(thread: Thread, rows: list[Any]) -> Solved | None:
    """The solution in force, None for a thread without one."""
    if not rows:
        return None
    (solution, answer), people = _split(rows[0], _SOLUTION, _SOLUTION_ANSWER)
    answer.thread = solution.thread = thread
    if solution.accepted_by_id is not None:
        solution.accepted_by = _ACCEPTER.make(people[len(_PERSON) :])
    return Solved(solution, Said(answer, Author._make(people[: len(_PERSON)])))


def _answers_query(*order: str, start: Q) -> Prepared:
    """Twenty-one answers of a seen thread in this order from a start on, or those between two positions."""

    def build(user: Any) -> Any:
        answers = Answer.objects.of_seen_thread(Thread(pk=number(0)), user).filter(start).order_by(*order)
        return answers.values_list(*_ANSWER.columns, *_AUTHOR)[:_MOST]

    return Prepared(build, places=3)


_BETWEEN = Q(position__gt=number(1), position__lte=number(2))
_by_position = {False: _answers_query("position", start=_BETWEEN), True: _answers_query("-position", start=_BETWEEN)}
# The first condition lets the index begin at the right count; the second tells equal counts apart.
_by_help = _answers_query(
    "-helpful_count",
    "position",
    start=Q(helpful_count__lte=number(1))
    & (Q(helpful_count__lt=number(1)) | Q(helpful_count=number(1), position__gt=number(2))),
)
_MOST_HELPFUL = 2_147_483_647


@dataclass(frozen=True)
class Opened:
    """A thread opened at a place: all that stands there, and the rows of what was asked along with it."""

    thread: Thread
    tags: Tags
    solved: Solved | None
    answers: list[Said]
    next_after: str  # the cursor to more answers (helpful order only)
    also: list[list[Any]]
    splits: list[Any]  # of answers that moved away or came (moved.splits_of)
    known: Sequence[Any] = ()  # the known issue it is about (known_issues.known_issue_of)


def open_page(user: Anyone, thread_id: int, place: Place, also: Sequence[Ask] = ()) -> Opened:
    """Read a page of a thread in one way to the database (two in the newest order, which counts from the end).

    Raises NotThere for a thread this person may not see and for a page behind the last, Refused for a made-up cursor.
    """
    asked = [_thread.ask(user, thread_id), _solution.ask(NOBODY, thread_id), *also]
    if place.sort == "newest":
        *rows, answer_rows = [*together(*asked), None]
    else:
        *rows, answer_rows = together(*asked, _ask_answers(user, thread_id, place))
    thread, tags, splits, known = _thread_of(rows[0] or [])
    if place.page > page_count(thread):
        raise NotThere(_("This question has fewer pages."))
    if answer_rows is None:
        top = thread.last_position - (place.page - 1) * PAGE_SIZE
        answer_rows = _by_position[True].rows(user, thread_id, top - PAGE_SIZE, top)
    answers = _answers(thread, answer_rows)
    last = answers[PAGE_SIZE - 1].answer if place.sort == HELPFUL and len(answers) > PAGE_SIZE else None
    return Opened(
        thread=thread,
        tags=tags,
        solved=_solved_of(thread, rows[1] or []),
        answers=answers[:PAGE_SIZE],
        next_after=cursors.encode(HELPFUL, last.helpful_count, last.position) if last else "",
        also=[each or [] for each in rows[2:]],
        splits=splits,
        known=known,
    )


def open_since(user: Anyone, thread_id: int, position: int, also: Sequence[Ask] = ()) -> Opened:
    """A thread and its answers after this position, at most a page and one; NotThere when it is not to be seen."""
    asked = [_thread.ask(user, thread_id), _solution.ask(NOBODY, thread_id), *also]
    rows = together(*asked, _by_position[False].ask(user, thread_id, position, position + MOST_NEW))
    thread, tags, splits, known = _thread_of(rows[0])
    answers = _answers(thread, rows[-1])
    solved = _solved_of(thread, rows[1])
    return Opened(thread, tags, solved, answers, next_after="", also=rows[2:-1], splits=splits, known=known)


def _ask_answers(user: Anyone, thread_id: int, place: Place) -> Ask:
    if place.sort == HELPFUL:
        start = cursors.decode(HELPFUL, place.after) if place.after else (_MOST_HELPFUL, 0)
        return _by_help.ask(user, thread_id, *start)
    top = place.page * PAGE_SIZE
    return _by_position[False].ask(user, thread_id, top - PAGE_SIZE, top)


def _answers(thread: Thread, rows: list[Any]) -> list[Said]:
    found, end = [], len(_ANSWER.names)
    for row in rows:
        answer = _ANSWER.make(row[:end])
        _set_thread(answer, thread)
        found.append(Said(answer, Author._make(row[end:])))
    return found


@dataclass(frozen=True)
class Mine:
    """What the reader has already said here."""

    votes: frozenset[int] = frozenset()
    helped: frozenset[int] = frozenset()
    not_yet: frozenset[int] = frozenset()  # one's own question is not solved by these
    has_joined: bool = False
    watching: bool = False
    muted: bool = False
    noted: tuple[int, ...] = ()  # who told staff something beside this thread
    mails: Mapping[int, int] = field(default_factory=dict)  # by answer: the mail it came by, for moderators


def _mine_query(reader: Any) -> Any:
    mine = Q(person_id=number(0))
    on_page, here = mine & Q(answer_id__in=numbers(2, _MOST)), mine & Q(thread_id=number(1))
    watches = Watch.objects.filter(here)
    not_yet = ThreadEvent.objects.filter(
        kind=ThreadEvent.Kind.NOT_SOLVED, answer_id__in=numbers(2, _MOST), actor_id=number(0)
    )
    return (
        Vote.objects.filter(on_page)
        .values_list(Value("vote"), "answer_id")
        .union(
            Helped.objects.filter(on_page).values_list(Value("helped"), "answer_id"),
            not_yet.values_list(Value("not_yet"), "answer_id"),
            MeToo.objects.filter(here).values_list(Value("joined"), "thread_id"),
            watches.filter(muted_at__isnull=True).values_list(Value("watch"), "thread_id"),
            watches.filter(muted_at__isnull=False).values_list(Value("mute"), "thread_id"),
            PrivateNote.objects.filter(thread_id=number(1)).values_list(Value("noted"), "author_id"),
            *_mails(moderates=permissions.can_moderate(reader)),
            all=True,
        )
    )


def _mails(*, moderates: bool) -> list[Any]:
    """Of answers that came by mail: "mail:<answer>" and the mail."""
    if not moderates:
        return []
    came = IncomingMail.objects.filter(answer_id__in=numbers(2, _MOST), end=IncomingMail.End.ACCEPTED)
    return [came.values_list(Concat(Value("mail:"), Cast("answer_id", CharField())), "pk")]


_mine = Prepared(_mine_query, places=2 + _MOST)


def _mine_of(rows: list[Any]) -> Mine:
    said: dict[str, set[int]] = {}
    for what, pk in rows:
        said.setdefault(what, set()).add(pk)
    mails = {int(what.removeprefix("mail:")): min(pks) for what, pks in said.items() if what.startswith("mail:")}
    return Mine(
        votes=frozenset(said.get("vote", ())),
        helped=frozenset(said.get("helped", ())),
        not_yet=frozenset(said.get("not_yet", ())),
        has_joined="joined" in said,
        watching="watch" in said,
        muted="mute" in said,
        noted=tuple(said.get("noted", ())),
        mails=mails,
    )


_files = Prepared(
    lambda _user: (
        Attachment.objects.filter(Q(thread_id=number(0), answer__isnull=True) | Q(answer_id__in=numbers(1, _MOST)))
        .order_by("id")
        .values_list(*_FILE.columns)
    ),
    places=1 + _MOST,
)


Files = dict[int | None, list[Attachment]]


def _files_of(rows: list[Any]) -> Files:
    """By answer; those of the question under None."""
    files: Files = {}
    for row in rows:
        file = _FILE.make(row)
        files.setdefault(file.answer_id, []).append(file)
    return files


class Around(NamedTuple):
    """What belongs to the posts of a page, and what the reader is to them."""

    files: Files
    mine: Mine
    level: Level


def read_around(user: Anyone, thread: Thread, answer_ids: list[int]) -> Around:
    """The files of the question and of these answers, what the reader has said of them, and their level.

    The posts came through visible_to, and a file is seen by whoever sees its post. The level is asked for only where
    something depends on it.
    """
    ids = padded(answer_ids, _MOST)
    files = _files.ask(NOBODY, thread.pk, *ids)
    if not isinstance(user, User):
        return Around(_files_of(run(files)), Mine(), Level.NEW)
    asks_trust = thread.asker_id != user.pk and permissions.is_open(thread)
    trust = [permissions.ask_trust(user)] if asks_trust and not permissions.is_staff(user) else []
    kind = user if permissions.can_moderate(user) else NOBODY  # all others are asked the same
    file_rows, mine_rows, *earned = together(files, _mine.ask(kind, user.pk, thread.pk, *ids), *trust)
    level = level_of(user, *earned) if asks_trust else Level.NEW
    return Around(_files_of(file_rows), _mine_of(mine_rows), level)


@dataclass(frozen=True)
class May:
    """What the reader may do with the thread as a whole."""

    answer: bool = False
    edit: bool = False
    join: bool = False
    accept: bool = False
    say_not_yet: bool = False
    mark: bool = False
    withdraw: bool = False
    confirm: bool = False
    report_outdated: bool = False
    request_info: bool = False
    close: bool = False
    moderate: bool = False
    see_history: bool = False
    member: bool = False
    #: what helpers may who do not moderate
    retag: bool = False
    propose: bool = False


def what_may(user: Anyone, thread: Thread, solution: Solution | None, *, level: Level) -> May:
    """Ask permissions once for the whole page. Nothing is asked for a visitor: they may read.

    `level` is what `read_around` found.
    """
    if not permissions.is_member(user):
        return May()
    may_accept, trusted = permissions.can_accept(user, thread), level >= Level.TRUSTED
    moderates, is_mine = permissions.can_moderate(user), thread.asker_id == user.pk
    return May(
        member=True,
        answer=permissions.can_answer(user, thread),
        edit=permissions.can_edit_thread(user, thread),
        join=permissions.can_join(user, thread),
        accept=may_accept,
        say_not_yet=permissions.still_waits(user, thread),
        mark=not may_accept and permissions.can_mark_solution(user, thread, trusted=trusted),
        withdraw=solution is not None and permissions.can_withdraw(user, thread, solution),
        confirm=solution is not None and not solution.accepted_by_asker and thread.asker_id == user.pk,
        report_outdated=permissions.can_report_outdated(user, thread),
        request_info=thread.needs_info_at is None and permissions.can_request_info(user, thread, trusted=trusted),
        close=permissions.can_close(user, thread),
        moderate=moderates,
        retag=not moderates and not is_mine and permissions.can_retag(user, thread, level=level),
        propose=not moderates and not is_mine and permissions.can_propose_duplicate(user, thread, level=level),
        see_history=permissions.can_see_history(user),
    )
