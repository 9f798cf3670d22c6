"""The moderators' queues: what wants their eyes, who wrote it, and what was decided so far."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.fields import CharField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models import Answer, AuditEntry, DuplicateHint, Thread, User
from community.permissions import Anyone
from community.reading.cursors import decode_moment, encode_moment

PAGE = 30
#: More are not counted: beyond, the number says no more than "many".
MOST_COUNTED = 100
#: A member counts as new for so long.
NEW_FOR = timedelta(days=14)
#: So long a pair of questions that may be one is offered.
PAIRS_FOR = timedelta(days=14)
DECISIONS = ("hidden", "locked")


@dataclass(frozen=True)
class Queue:
    """One queue: its name, what it holds, the time it is sorted by, and its rows as a moderator sees them."""

    label: str | Promise
    text: str | Promise
    empty: str | Promise
    moment: str
    rows: Callable[[Anyone], QuerySet[Any]]
    #: Those that wait longest come first.
    oldest_first: bool = False


def _of_new_members(rows: QuerySet[Any], author: str, moment: str) -> QuerySet[Any]:
    """What members wrote here in their first two weeks (what they brought from an archive is older)."""
    since = clock.now() - NEW_FOR
    of_duplicate = "merged_into" if rows.model is Thread else "thread__merged_into"
    return rows.filter(
        **{f"{moment}__gt": since, f"{author}__date_joined__gt": since, f"{author}__is_imported": False},
        **{"hidden_at__isnull": True, f"{of_duplicate}__isnull": True},
    )


QUEUES: dict[str, Queue] = {
    "new-questions": Queue(
        _("Questions of new members"),
        _("What people asked in their first two weeks here. Most need nothing from you."),
        _("No new member asked anything in the last two weeks."),
        "asked_at",
        lambda user: _of_new_members(Thread.objects.visible_to(user), "asker", "asked_at"),
    ),
    "new-answers": Queue(
        _("Answers of new members"),
        _("What people answered in their first two weeks here. Most need nothing from you."),
        _("No new member answered anything in the last two weeks."),
        "answered_at",
        lambda user: _of_new_members(Answer.objects.visible_to(user), "author", "answered_at"),
    ),
    "duplicates": Queue(
        _("Possible duplicates"),
        _("New questions that are much like an older one. You decide; both can be taken back."),
        _("When a new question is much like an older one, both stand here side by side."),
        "found_at",
        lambda user: DuplicateHint.objects.waiting(user, clock.now() - PAIRS_FOR),
    ),
    "waiting": Queue(
        _("Waiting"),
        _("The asker spoke last and nobody has come back to them. Those who wait longest stand first."),
        _("Nobody waits for a word."),
        "last_activity_at",
        lambda user: Thread.objects.visible_to(user).listed().needs_attention(),
        oldest_first=True,
    ),
    "hidden-questions": Queue(
        _("Hidden questions"),
        _("Only moderators see these. Restore what was hidden by mistake."),
        _("No question is hidden."),
        "hidden_at",
        lambda user: Thread.objects.visible_to(user).filter(hidden_at__isnull=False),
    ),
    "hidden-answers": Queue(
        _("Hidden answers"),
        _("Only moderators see these. Restore what was hidden by mistake."),
        _("No answer is hidden."),
        "hidden_at",
        lambda user: Answer.objects.visible_to(user).filter(hidden_at__isnull=False),
    ),
    "locked": Queue(
        _("Locked"),
        _("These can be read and take no answers. Unlock what has calmed down."),
        _("No question is locked."),
        "locked_at",
        lambda user: Thread.objects.visible_to(user).filter(locked_at__isnull=False),
    ),
}
FIRST, DUPLICATES = "new-questions", "duplicates"


@dataclass
class Standing:
    """What a moderator wants to know of an author: how much they wrote here, and how much of it is hidden."""

    questions: int = 0
    answers: int = 0
    hidden: int = 0


@dataclass(frozen=True)
class Waiting:
    """One row of a queue: the post, its thread, who wrote it, and the last decision about it (None: none yet)."""

    post: Any
    thread: Thread
    kind: str
    who: User
    standing: Standing
    moment: datetime
    text: str
    decision: AuditEntry | None


def count_queues(user: Anyone) -> Counter[str]:
    """How many wait in each queue, at most MOST_COUNTED: one query."""
    parts = [
        queue.rows(user).order_by().annotate(queue=Value(word, CharField())).values_list("queue")[:MOST_COUNTED]
        for word, queue in QUEUES.items()
    ]
    return Counter(word for (word,) in parts[0].union(*parts[1:], all=True))


#: What a row shows of other tables.
_BESIDE: dict[Any, tuple[str, ...]] = {
    Thread: ("board", "asker"),
    Answer: ("thread__board", "author"),
    DuplicateHint: ("thread__board", "thread__asker", "other__board", "other__asker", "proposed_by"),
}


def queue_page(user: Anyone, word: str, *, after: str = "") -> tuple[list[Waiting], str]:
    """One page of a queue and the cursor of the next ("" at the end); Refused for a made-up cursor."""
    found, cursor = read_rows(user, word, after=after)
    return _told(found, QUEUES[word].moment), cursor


def read_rows(user: Anyone, word: str, *, after: str = "") -> tuple[list[Any], str]:
    """The rows themselves of one page, and the cursor of the next; one query."""
    queue = QUEUES[word]
    moment, sign = queue.moment, "gt" if queue.oldest_first else "lt"
    rows = queue.rows(user)
    if after:
        at, pk = decode_moment(word, after)
        rows = rows.filter(Q(**{f"{moment}__{sign}": at}) | Q(**{moment: at, f"pk__{sign}": pk}))
    rows = rows.select_related(*_BESIDE[rows.model])
    rows = rows.order_by(moment, "pk") if queue.oldest_first else rows.order_by(F(moment).desc(), "-pk")
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], encode_moment(word, getattr(last, moment), last.pk) if last else ""


def _told(posts: list[Any], moment: str) -> list[Waiting]:
    """The posts with their authors' standing and the last decision: three queries."""
    authors = {post.asker_id if isinstance(post, Thread) else post.author_id for post in posts}
    standings, decisions = _standings(authors), _decisions(posts)
    told = []
    for post in posts:
        is_thread = isinstance(post, Thread)
        who = post.asker if is_thread else post.author
        told.append(
            Waiting(
                post=post,
                thread=post if is_thread else post.thread,
                kind="thread" if is_thread else "answer",
                who=who,
                standing=standings[who.pk],
                moment=getattr(post, moment),
                text=post.body[:300],
                decision=decisions.get(post.pk) if post.hidden_at or getattr(post, "locked_at", None) else None,
            )
        )
    return told


def _standings(authors: set[int]) -> dict[int, Standing]:
    found = {author: Standing() for author in authors}
    counted = {"many": Count("pk"), "out": Count("pk", filter=Q(hidden_at__isnull=False))}
    asked = Thread.objects.filter(asker__in=authors).order_by().values("asker").annotate(**counted)
    for row in asked:
        found[row["asker"]].questions, found[row["asker"]].hidden = row["many"], row["out"]
    said = Answer.objects.filter(author__in=authors).order_by().values("author").annotate(**counted)
    for row in said:
        found[row["author"]].answers = row["many"]
        found[row["author"]].hidden += row["out"]
    return found


def _decisions(posts: list[Any]) -> dict[int, AuditEntry]:
    """Who hid or locked each post last, with the reason."""
    if not posts:
        return {}
    kind = posts[0]._meta.model_name
    entries = AuditEntry.objects.filter(object_kind=kind, object_id__in=[post.pk for post in posts])
    entries = entries.filter(verb__in=DECISIONS).select_related("actor", "note").order_by("pk")
    return {entry.object_id: entry for entry in entries}
