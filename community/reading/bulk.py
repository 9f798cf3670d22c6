"""Many posts to be hidden at once: everything somebody wrote since a moment, or everything that says nearly the same.

Only what is to be seen now. Lists come by keyset, newest first; `everything` gives the same posts for the press.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from community import clock
from community.content.likeness import LEAST, likeness, runs_of
from community.content.text import excerpt
from community.models import Answer, BulkAct, Solution, Thread, User
from community.reading.cursors import decode_moment, encode_moment

PAGE = 100
ORDER = "bulk"
LINE = 220
#: Posts that say nearly the same are looked for among so many, over so long.
LOOKED_AT = 3_000
LIKE_FOR = timedelta(days=14)
#: So many acts are named, to be taken back.
ACTS = 20


@dataclass(frozen=True)
class Row:
    """One post of the list."""

    key: str  # t12 or a34
    order: tuple[datetime, int]
    title: str
    url: str
    text: str
    who: User
    is_question: bool


@dataclass(frozen=True)
class Selection:
    """The posts in question, and who they are of."""

    threads: QuerySet[Thread]
    answers: QuerySet[Answer]
    person: User | None = None
    like: Thread | Answer | None = None

    def page(self, after: str = "") -> tuple[list[Row], str]:
        """A page of them, newest first, and the cursor of the next; Refused for a made-up cursor. Two queries."""
        threads, answers = self.threads, self.answers
        if after:
            moment, number = decode_moment(ORDER, after)
            threads = threads.filter(Q(asked_at__lt=moment) | Q(asked_at=moment, pk__lt=(number + 1) // 2))
            answers = answers.filter(Q(answered_at__lt=moment) | Q(answered_at=moment, pk__lt=number // 2))
        found = [_of_thread(row) for row in threads.select_related("asker").order_by("-asked_at", "-pk")[: PAGE + 1]]
        rows = answers.select_related("author", "thread").order_by("-answered_at", "-pk")[: PAGE + 1]
        found += [_of_answer(row) for row in rows.defer("body_html", "thread__body", "thread__body_html")]
        found.sort(key=lambda row: row.order, reverse=True)
        shown = found[:PAGE]
        return shown, encode_moment(ORDER, *shown[-1].order) if len(found) > PAGE else ""

    def figures(self) -> "Figures":
        """How many they are, of how many people, and how many solutions go out of force with them. Four queries."""
        asked = self.threads.aggregate(many=Count("pk"))
        given = self.answers.aggregate(many=Count("pk"))
        people = {
            *self.threads.order_by().values_list("asker_id", flat=True).distinct()[:1000],
            *self.answers.order_by().values_list("author_id", flat=True).distinct()[:1000],
        }
        solutions = Solution.objects.filter(
            Q(thread__in=self.threads.order_by().values("pk")) | Q(answer__in=self.answers.order_by().values("pk")),
            withdrawn_at=None,
        )
        return Figures(asked["many"], given["many"], len(people), solutions.count())

    def everything(self, *, until: datetime, most: int) -> tuple[list[int], list[int]]:
        """The ids of the questions and of the answers, of those that stood there at `until`; of each at most `most`."""
        threads = self.threads.filter(asked_at__lte=until).order_by("-asked_at", "-pk")[:most]
        answers = self.answers.filter(answered_at__lte=until).order_by("-answered_at", "-pk")[:most]
        return list(threads.values_list("pk", flat=True)), list(answers.values_list("pk", flat=True))


@dataclass(frozen=True)
class Figures:
    """What a press would hide."""

    questions: int
    answers: int
    people: int
    solutions: int

    @property
    def posts(self) -> int:
        return self.questions + self.answers


def by_person(person: User, since: datetime | None = None) -> Selection:
    """Everything of theirs that is to be seen, from `since` on."""
    threads = Thread.objects.filter(asker=person, hidden_at=None)
    answers = Answer.objects.filter(author=person, hidden_at=None)
    if since is not None:
        threads, answers = threads.filter(asked_at__gte=since), answers.filter(answered_at__gte=since)
    return Selection(threads, answers, person=person)


def like_post(post: Thread | Answer) -> Selection:
    """What says nearly the same as this post, among the last LOOKED_AT of LIKE_FOR; the post itself is one of them."""
    runs, since = runs_of(post.body), clock.now() - LIKE_FOR
    threads = Thread.objects.filter(hidden_at=None, asked_at__gte=since).order_by("-asked_at")
    answers = Answer.objects.filter(hidden_at=None, answered_at__gte=since).order_by("-answered_at")
    asked = [
        pk
        for pk, title, body in threads.annotate(start=Left("body", 5000)).values_list("pk", "title", "start")[
            :LOOKED_AT
        ]
        if likeness(runs, runs_of(body)) >= LEAST or likeness(runs, runs_of(f"{title}\n{body}")) >= LEAST
    ]
    given = [
        pk
        for pk, body in answers.annotate(start=Left("body", 5000)).values_list("pk", "start")[:LOOKED_AT]
        if likeness(runs, runs_of(body)) >= LEAST
    ]
    own = [post.pk] if post.hidden_at is None else []
    return Selection(
        Thread.objects.filter(pk__in={*asked, *(own if isinstance(post, Thread) else [])}, hidden_at=None),
        Answer.objects.filter(pk__in={*given, *(own if isinstance(post, Answer) else [])}, hidden_at=None),
        like=post,
    )


def _of_thread(row: Thread) -> Row:
    return Row(
        f"t{row.pk}",
        (row.asked_at, 2 * row.pk),
        row.title,
        row.get_absolute_url(),
        excerpt(row.body, LINE),
        row.asker,
        is_question=True,
    )


def _of_answer(row: Answer) -> Row:
    return Row(
        f"a{row.pk}",
        (row.answered_at, 2 * row.pk + 1),
        row.thread.title,
        row.get_absolute_url(),
        excerpt(row.body, LINE),
        row.author,
        is_question=False,
    )


@dataclass
class Act:
    """One act that can be taken back, with how many posts it hid and how many it banned."""

    act: BulkAct
    posts: int = 0
    banned: list[User] = field(default_factory=list)


def latest_acts() -> Sequence[Act]:
    """The latest acts, newest first, undone or not. Two queries."""
    acts: Any = BulkAct.objects.filter(part_of=None).select_related("started_by", "person", "undone_by")
    acts = acts.annotate(hidden=Count("items")).order_by("-pk")[:ACTS]
    rows = {act.pk: Act(act, act.hidden) for act in acts}
    parts: Any = BulkAct.objects.filter(part_of__in=rows).select_related("person").annotate(hidden=Count("items"))
    for part in parts:
        rows[part.part_of_id].posts += part.hidden
        rows[part.part_of_id].banned.append(part.person)
    return list(rows.values())
