"""What a digest finds for one reader beside the notices that wait: thanks, questions to answer, what was solved lately.

Everything is looked for among what the reader may see at this moment, within a stretch of time that ends when the mail
was made and begins with the one before: what stood in that one is older, and does not come again.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from community.models import Answer, Helped, MeToo, Notification, Solution, Thread, ThreadEvent, User, Vote, Watch
from community.models.threads import ThreadQuerySet
from community.reading import addresses
from community.reading.lists import could_answer, in_tags_of, listed
from community.reading.people_helped import accepted_between, helped_between

#: So far back the first digest looks, and one after a long silence.
LATELY = timedelta(days=14)
#: Whoever was not here for so long is told what waits for them, and nothing else.
AWAY = timedelta(days=180)
#: Each part shows so many.
SHOWN = 5
#: More are not counted.
MOST_COUNTED = 200


class Stretch(NamedTuple):
    """A stretch of time: after `since`, up to and with `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Line:
    """A question worth a look: its address without the site's, who is named beside it, whether the reader has it."""

    thread_id: int
    title: str
    language: str
    path: str
    board: str
    person: str = ""
    is_shared: bool = False


@dataclass(frozen=True)
class Found:
    """The first few lines of a part, and how many more there are (of MOST_COUNTED at most)."""

    lines: tuple[Line, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Thanked:
    """What one answer of the reader's got: whether the asker accepted it, whom it helped, who found it helpful."""

    line: Line
    is_accepted: bool
    helped: int
    votes: int


@dataclass(frozen=True)
class Thanks:
    """The reader's thanks: the answers that got most first, and how many different people they solved it for."""

    lines: tuple[Thanked, ...] = ()
    more: int = 0
    people: int = 0


def here_since(ids: Collection[int], since: datetime) -> set[int]:
    """Those of these people who signed in, joined, or did something since then. One query."""
    mine = {
        Answer: ("author", "answered_at"),
        Thread: ("asker", "asked_at"),
        Vote: ("person", "voted_at"),
        Helped: ("person", "helped_at"),
        MeToo: ("person", "joined_at"),
    }
    acts = [
        Exists(model._default_manager.filter(**{who: OuterRef("pk"), f"{when}__gt": since}))
        for model, (who, when) in mine.items()
    ]
    here = reduce(or_, (Q(act) for act in acts), Q(last_login__gt=since) | Q(date_joined__gt=since))
    return set(User.objects.filter(here, pk__in=ids).values_list("pk", flat=True))


def find_thanks(reader: User, stretch: Stretch, *, without: Collection[int] = ()) -> Thanks:
    """What others said of the reader's answers. Four queries."""
    said = helped_between(reader, *stretch, most=MOST_COUNTED)
    accepted = accepted_between(reader, *stretch, most=MOST_COUNTED)
    votes = Counter(_votes(reader, stretch))
    helped = Counter(answer_id for answer_id, _person in said)
    named = {*votes, *helped, *(answer_id for answer_id, _asker in accepted)}
    solved = {answer_id for answer_id, _asker in accepted}
    answers = Answer.objects.visible_to(reader).filter(pk__in=named, hidden_at__isnull=True)
    answers = answers.exclude(thread__in=without).exclude(_is_muted(reader, "thread_id"))
    rows = answers.filter(thread__in=listed(reader)).select_related("thread__board")
    seen = {answer.pk: answer for answer in rows.defer("body", "body_html", "thread__body", "thread__body_html")}
    found = [Thanked(_of(answer), pk in solved, helped[pk], votes[pk]) for pk, answer in seen.items()]
    found.sort(key=lambda each: (not each.is_accepted, -each.helped, -each.votes, each.line.thread_id))
    people = {person for answer_id, person in [*said, *accepted] if answer_id in seen}
    return Thanks(tuple(found[:SHOWN]), max(0, len(found) - SHOWN), len(people))


def _votes(reader: User, stretch: Stretch) -> list[int]:
    votes = Vote.objects.filter(answer__author=reader, voted_at__gt=stretch.since, voted_at__lte=stretch.until)
    return list(votes.exclude(person=reader).order_by("-pk").values_list("answer_id", flat=True)[:MOST_COUNTED])


def _of(answer: Answer) -> Line:
    thread = answer.thread
    return Line(thread.pk, thread.title, thread.language, answer.get_absolute_url(), thread.board.name)


def find_unanswered(reader: User, stretch: Stretch, *, without: Collection[int] = ()) -> Found:
    """New questions the reader could answer, with a tag or on a board they watch: most shared first. One query."""
    threads = could_answer(listed(reader), reader).filter(board__archived_at__isnull=True)
    threads = threads.filter(
        # beside the other, because it is the one that an index of open questions follows
        last_activity_at__gt=stretch.since,
        asked_at__gt=stretch.since,
        asked_at__lte=stretch.until,
    )
    threads = threads.filter(_where_watched(reader)).exclude(pk__in=without)
    threads = threads.exclude(_is_muted(reader, "pk")).exclude(_was_told(reader, ThreadEvent.Kind.ASKED, "pk"))
    # who has the problem too waits for an answer like the asker
    threads = threads.exclude(Exists(MeToo.objects.filter(thread=OuterRef("pk"), person=reader)))
    rows = threads.order_by("-me_too_count", "-asked_at", "-pk").values_list("pk", "title", "language", "board__name")
    lines = [
        Line(pk, title, language, addresses.thread_address(pk, title), board)
        for pk, title, language, board in rows[:MOST_COUNTED]
    ]
    return Found(tuple(lines[:SHOWN]), max(0, len(lines) - SHOWN))


def find_solved(reader: User, stretch: Stretch, *, without: Collection[int] = ()) -> Found:
    """What others solved for others where the reader watches, problems they share first. One query."""
    threads = listed(reader).filter(outdated_at__isnull=True).exclude(asker=reader)
    shared = MeToo.objects.filter(thread=OuterRef("thread_id"), person=reader)
    followed = Watch.objects.filter(thread=OuterRef("thread_id"), person=reader, muted_at__isnull=True)
    solutions: QuerySet[Any] = Solution.objects.filter(
        withdrawn_at__isnull=True, accepted_at__gt=stretch.since, accepted_at__lte=stretch.until
    )
    solutions = solutions.filter(thread__in=threads.values("pk"), answer__hidden_at__isnull=True)
    solutions = solutions.exclude(answer__author=reader).exclude(thread__in=without)
    solutions = solutions.exclude(_is_muted(reader, "thread_id"))
    solutions = solutions.exclude(_was_told(reader, ThreadEvent.Kind.ACCEPTED, "thread_id"))
    solutions = solutions.annotate(is_shared=Exists(shared), is_followed=Exists(followed)).filter(
        Q(is_shared=True)
        | Q(is_followed=True)
        | Exists(Thread.objects.filter(pk=OuterRef("thread_id")).filter(_where_watched(reader)))
    )
    rows = solutions.order_by("-is_shared", "-is_followed", F("accepted_at").desc(), "-pk").values_list(
        "thread_id", "thread__title", "thread__language", "answer__position", "thread__board__name",
        "answer__author__display_name", "is_shared",
    )  # fmt: skip
    lines = [
        Line(pk, title, language, reverse("answer", args=[pk, position]), board, name, is_shared)
        for pk, title, language, position, board, name, is_shared in rows[:MOST_COUNTED]
    ]
    return Found(tuple(lines[:SHOWN]), max(0, len(lines) - SHOWN))


def _where_watched(reader: User) -> Q:
    """For threads: with a tag or on a board that the reader watches."""
    boards = Watch.objects.filter(person=reader, board__isnull=False, muted_at__isnull=True).values("board_id")
    tagged: ThreadQuerySet = in_tags_of(Thread.objects.filter(pk=OuterRef("pk")), reader)
    return Q(board_id__in=boards) | Q(Exists(tagged))


def _is_muted(reader: User, thread: str) -> Exists:
    return Exists(Watch.objects.filter(thread=OuterRef(thread), person=reader, muted_at__isnull=False))


def _was_told(reader: User, kind: str, thread: str) -> Exists:
    """Whether the reader was told by mail, is about to be, or has read it on the site."""
    notices = Notification.objects.filter(recipient=reader, event_kind="thread_event")
    told = notices.filter(Q(mail__isnull=False) | Q(read_at__isnull=False) | ~Q(rhythm=""))
    events = ThreadEvent.objects.filter(thread=OuterRef(thread), kind=kind)
    return Exists(events.filter(Exists(told.filter(event_id=OuterRef("pk")))))
