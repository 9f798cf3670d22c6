"""One page of a thread: the question, its solution and twenty answers, made ready for the template.

Everything is read in a number of queries that does not depend on the number of answers. What a reader may do is asked
of permissions here, once per page where it can be and per answer where it must be; the template only shows it.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from community import cursors, permissions
from community.errors import NotThere, Refused
from community.lists import word_of
from community.models import Answer, Attachment, Helped, MeToo, Solution, Thread, User, Vote, Watch

Anyone = User | AnonymousUser

PAGE_SIZE = 20
SORTS = ("solution", "helpful", "oldest", "newest")
HELPFUL = "helpful"
MAX_DIGITS = 9

_ANSWER_COLUMNS = (
    *("id", "thread_id", "position", "author_id", "author_role", "body_html", "version", "is_imported"),
    *("answered_at", "edited_at", "hidden_at", "helpful_count", "helped_count"),
    *("author__display_name", "author__username_key", "author__anonymised_at"),
)


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


def find_thread(user: Anyone, thread_id: int) -> Thread:
    """The thread with board, asker and tags in one query; NotThere when this person may not see it.

    Its tags are the list `tag_rows` of {"name", "slug"}.
    """
    tags = (
        Thread.tags.through.objects.filter(content_object=OuterRef("pk"))
        .order_by("id")
        .values(row=JSONObject(name=F("tag__name"), slug=F("tag__slug")))
    )
    thread = (
        Thread.objects.visible_to(user)
        .select_related("board", "asker")
        .defer("body")
        .annotate(tag_rows=ArraySubquery(tags))
        .filter(pk=thread_id)
        .first()
    )
    if thread is None:
        raise NotThere(_("There is no such question."))
    return thread


def find_solution(thread: Thread) -> Solution | None:
    """The solution in force, with its answer, the answer's author and who accepted it."""
    if thread.solved_at is None:
        return None
    return (
        Solution.objects.filter(thread=thread, withdrawn_at__isnull=True)
        .select_related("answer__author", "accepted_by")
        .defer("answer__body")
        .first()
    )


class AnswersOfPage(NamedTuple):
    """The answers of one page in their order, and the cursor to the next (helpful order only)."""

    answers: list[Answer]
    next_after: str = ""


def find_answers(user: Anyone, thread: Thread, place: Place) -> AnswersOfPage:
    """The answers this person sees at a place; NotThere for a page behind the last."""
    if place.page > page_count(thread):
        raise NotThere(_("This question has fewer pages."))
    answers = Answer.objects.of_seen_thread(thread, user).select_related("author").only(*_ANSWER_COLUMNS)
    if place.sort == HELPFUL:
        return _most_helpful(answers, place)
    if place.sort == "newest":
        top = thread.last_position - (place.page - 1) * PAGE_SIZE
        found = list(answers.filter(position__lte=top, position__gt=top - PAGE_SIZE).order_by("-position"))
    else:
        top = place.page * PAGE_SIZE
        found = list(answers.filter(position__gt=top - PAGE_SIZE, position__lte=top).order_by("position"))
    for answer in found:
        answer.thread = thread
    return AnswersOfPage(found)


def _most_helpful(answers: Any, place: Place) -> AnswersOfPage:
    if place.after:
        count, position = cursors.decode(HELPFUL, place.after)
        answers = answers.filter(
            Q(helpful_count__lt=count) | Q(helpful_count=count, position__gt=position), helpful_count__lte=count
        )
    found = list(answers.order_by("-helpful_count", "position")[: PAGE_SIZE + 1])
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return AnswersOfPage(
        found[:PAGE_SIZE], cursors.encode(HELPFUL, last.helpful_count, last.position) if last else ""
    )


@dataclass(frozen=True)
class Mine:
    """What the reader has already said here."""

    votes: frozenset[int] = frozenset()
    helped: frozenset[int] = frozenset()
    has_joined: bool = False
    watching: bool = False
    muted: bool = False


def find_mine(user: Anyone, thread: Thread, answer_ids: list[int]) -> Mine:
    """The reader's own votes, thanks, me-too and watch on this page, in one query."""
    if not isinstance(user, User):
        return Mine()
    rows = (
        Vote.objects.filter(person=user, answer_id__in=answer_ids)
        .values_list(Value("vote"), "answer_id")
        .union(
            Helped.objects.filter(person=user, answer_id__in=answer_ids).values_list(Value("helped"), "answer_id"),
            MeToo.objects.filter(person=user, thread=thread).values_list(Value("joined"), "thread_id"),
            Watch.objects.filter(person=user, thread=thread, muted_at=None).values_list(Value("watch"), "thread_id"),
            Watch.objects.filter(person=user, thread=thread, muted_at__isnull=False).values_list(
                Value("mute"), "thread_id"
            ),
            all=True,
        )
    )
    said: dict[str, set[int]] = {}
    for what, number in rows:
        said.setdefault(what, set()).add(number)
    return Mine(
        votes=frozenset(said.get("vote", ())),
        helped=frozenset(said.get("helped", ())),
        has_joined="joined" in said,
        watching="watch" in said,
        muted="mute" in said,
    )


def find_files(thread: Thread, answer_ids: list[int]) -> dict[int | None, list[Attachment]]:
    """The files of the question (under None) and of these answers, by answer: one query.

    The posts were fetched through visible_to, and a file is seen by whoever sees its post.
    """
    files: dict[int | None, list[Attachment]] = {}
    rows = Attachment.objects.filter(Q(thread=thread, answer=None) | Q(answer_id__in=answer_ids)).order_by("id")
    for file in rows:
        files.setdefault(file.answer_id, []).append(file)
    return files


@dataclass(frozen=True)
class May:
    """What the reader may do with the thread as a whole."""

    answer: bool = False
    edit: bool = False
    join: bool = False
    accept: bool = False
    mark: bool = False
    withdraw: bool = False
    confirm: bool = False
    report_outdated: bool = False
    request_info: bool = False
    close: bool = False
    moderate: bool = False
    see_history: bool = False
    member: bool = False


def what_may(user: Anyone, thread: Thread, solution: Solution | None) -> May:
    """Ask permissions once for the whole page. Nothing is asked for a visitor: they may read."""
    if not permissions.is_member(user):
        return May()
    may_accept = permissions.can_accept(user, thread)
    return May(
        member=True,
        answer=permissions.can_answer(user, thread),
        edit=permissions.can_edit_thread(user, thread),
        join=permissions.can_join(user, thread),
        accept=may_accept,
        mark=not may_accept and permissions.can_mark_solution(user, thread),
        withdraw=solution is not None and permissions.can_withdraw(user, thread, solution),
        confirm=solution is not None and not solution.accepted_by_asker and thread.asker_id == user.pk,
        report_outdated=permissions.can_report_outdated(user, thread),
        request_info=thread.needs_info_at is None and permissions.can_request_info(user, thread),
        close=permissions.can_close(user, thread),
        moderate=permissions.can_moderate(user),
        see_history=permissions.can_see_history(user),
    )
