"""Many posts out of sight and back in one act, in a number of statements that does not grow with them.

The same as `hiding.put_away` and `bring_back` for each (counts, solutions, events, change rows, audit), written
set-based: five thousand posts of a night go in seconds. Threads are locked in the order of their ids.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from community import clock
from community.actions.counters import recount_threads
from community.models import (
    Answer,
    AuditEntry,
    BulkAct,
    BulkItem,
    ChangeRow,
    Hiding,
    Solution,
    Thread,
    ThreadEvent,
    User,
)
from community.models.solutions import Withdrawal
from community.roles import highest

Event = ThreadEvent.Kind
_BATCH = 2000


class Post(NamedTuple):
    """A question (without an answer's id) or an answer."""

    thread_id: int
    answer_id: int | None = None


def put_many_away(*, actor: User, posts: Collection[Post], why: Hiding, moment: datetime) -> list[Post]:
    """Hide those of the posts that are to be seen, as of `moment`; returns which they were."""
    threads = lock_threads(posts)
    hidden = _hide(threads, posts, why, moment)
    _withdraw(actor, hidden, moment)
    _tell(Event.HIDDEN, actor, threads, hidden)
    recount_threads([post.thread_id for post in hidden if post.answer_id is not None])
    return hidden


def bring_many_back(*, actor: User, posts: Collection[Post], why: Hiding, moment: datetime) -> list[Post]:
    """Show those of the posts that are hidden for this very reason since this very moment; returns which they were.

    What somebody restored meanwhile, or hid for a reason of their own, stays as they left it.
    """
    threads = lock_threads(posts)
    mine = {"hidden_for": why, "hidden_at": moment}
    asked, given = _ids(posts)
    found_threads = _locked_ids(Thread, pk__in=asked, **mine)
    found_answers = Answer.objects.filter(pk__in=given, **mine).values_list("thread_id", "pk")
    shown = [Post(pk) for pk in found_threads] + [Post(thread, pk) for thread, pk in found_answers]
    Thread.objects.filter(pk__in=found_threads).update(hidden_at=None, hidden_for=Hiding.DECIDED)
    answers = [post.answer_id for post in shown if post.answer_id is not None]
    Answer.objects.filter(pk__in=answers).update(hidden_at=None, hidden_for=Hiding.DECIDED)
    _tell(Event.RESTORED, actor, threads, shown)
    _accept_again(actor, shown, threads)
    recount_threads([post.thread_id for post in shown if post.answer_id is not None])
    return shown


def remember(act: BulkAct, posts: Iterable[Post]) -> None:
    """Write down what the act hid."""
    BulkItem.objects.bulk_create(
        [BulkItem(act=act, thread_id=post.thread_id, answer_id=post.answer_id) for post in posts],
        batch_size=_BATCH,
        ignore_conflicts=True,
    )


def items_of(acts: Collection[BulkAct]) -> list[int]:
    """The threads of everything these acts hid."""
    return list(BulkItem.objects.filter(act__in=acts).values_list("thread_id", flat=True).distinct())


def give_back(*, actor: User, act: BulkAct, why: Hiding) -> list[Post]:
    """Show what the act (locked) hid, and end it. What people wrote who are banned by now waits with the rest."""
    lock_threads(Post(thread) for thread in items_of([act]))
    # Read under the locks: an answer may have moved, and its row with it.
    posts = [Post(thread, answer) for thread, answer in act.items.values_list("thread_id", "answer_id")]
    _leave_to_bans(act, posts, why)
    shown = bring_many_back(actor=actor, posts=posts, why=why, moment=act.started_at)
    act.undone_at, act.undone_by = clock.now(), actor
    act.save(update_fields=["undone_at", "undone_by"])
    return shown


def _leave_to_bans(act: BulkAct, posts: Collection[Post], why: Hiding) -> None:
    """What this act hid of people who are banned stays hidden, and comes back with their ban."""
    asked, given = _ids(posts)
    bans = BulkAct.objects.filter(kind=BulkAct.Kind.BAN, undone_at=None, hides_posts=True).exclude(pk=act.pk)
    mine = {"hidden_for": why, "hidden_at": act.started_at}
    threads = Thread.objects.filter(pk__in=asked, asker__banned_at__isnull=False, **mine)
    answers = Answer.objects.filter(pk__in=given, author__banned_at__isnull=False, **mine)
    people = {*threads.values_list("asker_id", flat=True), *answers.values_list("author_id", flat=True)}
    for ban in bans.filter(person__in=people):
        theirs = threads.filter(asker=ban.person), answers.filter(author=ban.person)
        remember(ban, [Post(pk) for pk in theirs[0].values_list("pk", flat=True)])
        remember(ban, [Post(thread, pk) for thread, pk in theirs[1].values_list("thread_id", "pk")])
        for rows in theirs:
            rows.update(hidden_for=Hiding.BAN, hidden_at=ban.started_at)


def _ids(posts: Iterable[Post]) -> tuple[list[int], list[int]]:
    """The ids of the questions, and of the answers, among the posts."""
    rows = list(posts)
    return [row.thread_id for row in rows if row.answer_id is None], [row.answer_id for row in rows if row.answer_id]


def lock_threads(posts: Iterable[Post]) -> dict[int, int]:
    """Thread id -> board id of all threads concerned, locked."""
    ids = {post.thread_id for post in posts}
    rows = Thread.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    return dict(rows.values_list("pk", "board_id"))


def _locked_ids(model: type[Thread], **which: object) -> list[int]:
    return list(model.objects.filter(**which).values_list("pk", flat=True))


def _hide(threads: dict[int, int], posts: Collection[Post], why: Hiding, moment: datetime) -> list[Post]:
    asked, given = _ids(posts)
    visible = {"hidden_at": None}
    found = [Post(pk) for pk in _locked_ids(Thread, pk__in=asked, **visible)]
    # Whoever votes for one of them at this moment is through, or finds it gone.
    answers = Answer.objects.filter(pk__in=given, thread__in=threads, **visible).order_by("pk")
    found += [Post(thread, pk) for thread, pk in answers.select_for_update(no_key=True).values_list("thread_id", "pk")]
    now = {"hidden_at": moment, "hidden_for": why}
    Thread.objects.filter(pk__in=[post.thread_id for post in found if post.answer_id is None]).update(**now)
    Answer.objects.filter(pk__in=[post.answer_id for post in found if post.answer_id is not None]).update(**now)
    return found


def _withdraw(actor: User, hidden: Iterable[Post], moment: datetime) -> None:
    """Solutions go out of force with what was hidden."""
    asked, given = _ids(hidden)
    ended = list(
        Solution.objects.filter(Q(thread__in=asked) | Q(answer__in=given), withdrawn_at=None).select_related("thread")
    )
    if not ended:
        return
    Solution.objects.filter(pk__in=[each.pk for each in ended]).update(
        withdrawn_at=moment, withdrawn_by=actor, withdrawal=Withdrawal.HIDDEN
    )
    Thread.objects.filter(pk__in=[each.thread_id for each in ended]).update(solved_at=None, outdated_at=None)
    boards = {each.thread_id: each.thread.board_id for each in ended}
    _events(Event.WITHDRAWN, actor, boards, [Post(each.thread_id, each.answer_id) for each in ended])


def _accept_again(actor: User, shown: Iterable[Post], threads: dict[int, int]) -> None:
    """Solutions that were hidden stand again, with the snapshot they had, unless another one stands (solutions.py)."""
    asked, given = _ids(shown)
    later = Solution.objects.filter(thread=OuterRef("thread"), pk__gt=OuterRef("pk"))
    last = Solution.objects.filter(
        Q(thread__in=asked) | Q(answer__in=given),
        ~Exists(later),
        withdrawal__in=(Withdrawal.HIDDEN, Withdrawal.MERGED),
        thread__hidden_at=None,
        thread__merged_into=None,
        answer__hidden_at=None,
    )
    again = list(last)
    for each in again:
        each.pk, each._state.adding = None, True
        each.withdrawn_at, each.withdrawal, each.withdrawn_by = None, "", None
    Solution.objects.bulk_create(again, batch_size=_BATCH)
    for each in again:
        # As many as there were solutions among them: a handful.
        Thread.objects.filter(pk=each.thread_id).update(
            solved_at=each.accepted_at, outdated_at=None, needs_info_at=None
        )
    _events(Event.ACCEPTED, actor, threads, [Post(each.thread_id, each.answer_id) for each in again])


def _tell(kind: ThreadEvent.Kind, actor: User, threads: dict[int, int], posts: Collection[Post]) -> None:
    """The event, the change and the audit row of each."""
    _events(kind, actor, threads, posts)
    now, role = clock.now(), highest(actor.effective_roles)
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                actor=actor,
                actor_role=role,
                verb=kind.value,
                object_kind="thread" if post.answer_id is None else "answer",
                object_id=post.answer_id or post.thread_id,
                occurred_at=now,
            )
            for post in posts
        ],
        batch_size=_BATCH,
    )


def _events(kind: ThreadEvent.Kind, actor: User, threads: dict[int, int], posts: Collection[Post]) -> None:
    now, role = clock.now(), highest(actor.effective_roles)
    ThreadEvent.objects.bulk_create(
        [
            ThreadEvent(
                kind=kind,
                thread_id=post.thread_id,
                answer_id=post.answer_id,
                actor=actor,
                actor_role=role,
                occurred_at=now,
                recorded_at=now,
            )
            for post in posts
        ],
        batch_size=_BATCH,
    )
    changed = {post.thread_id for post in posts}
    ChangeRow.objects.bulk_create(
        [ChangeRow(thread_id=pk, board_id=threads[pk]) for pk in sorted(changed)], batch_size=_BATCH
    )
