"""What goes with answers that move: the solution, the events, whoever follows. Locks are the caller's."""

from collections.abc import Iterable, Sequence

from community import clock
from community.actions.moving import move, move_back
from community.actions.solutions import accept_as_before, current_solution, withdraw_merged
from community.models import Answer, ChangeRow, Regrouping, Solution, Thread, ThreadEvent, User, Watch
from community.models.solutions import Withdrawal
from community.roles import highest

Event = ThreadEvent.Kind


def shift(regrouping: Regrouping, answers: Sequence[Answer], *, solution: Solution | None) -> list[Answer]:
    """Move these answers (locked); `solution` is the one that was in force among them, and is withdrawn by now.

    It stands in the target too where the same person asked both, and nothing is accepted there.
    """
    actor, target = regrouping.done_by, regrouping.target
    copies = move(regrouping, answers)
    record_moved(Event.SPLIT, actor=actor, thread=target, answers=copies)
    if solution is not None and target.asker_id == regrouping.thread.asker_id and target.is_solvable:
        moved = regrouping.moved.filter(original=solution.answer_id).exclude(copy=None).select_related("copy").first()
        if moved is not None and moved.copy and not target.hidden_at and current_solution(target) is None:
            accept_as_before(actor=actor, thread=target, answer=moved.copy, before=solution)
    return copies


def shift_back(regrouping: Regrouping, *, actor: User) -> None:
    """Move what moved back to where it stood. A solution accepted in the target ends; what was taken back stays so."""
    copies = list(regrouping.moved.exclude(copy=None).values_list("copy_id", flat=True))
    _remember_what_ended(regrouping, copies)
    current = current_solution(regrouping.target)
    if current is not None and current.answer_id in copies:
        withdraw_merged(actor=actor, thread=regrouping.target)
    originals = move_back(regrouping)
    record_moved(Event.UNSPLIT, actor=actor, thread=regrouping.thread, answers=originals)
    unfollow(regrouping, {each.author_id for each in originals})


def _remember_what_ended(regrouping: Regrouping, copies: Iterable[int | None]) -> None:
    """What the asker took back at the target is not accepted again at the source."""
    ended = Solution.objects.filter(
        answer__in=list(copies),
        withdrawn_at__gte=regrouping.done_at,
        withdrawal__in=(Withdrawal.TAKEN_BACK, Withdrawal.REPLACED),
    )
    if regrouping.target.asker_id == regrouping.thread.asker_id and ended.exists():
        Solution.objects.filter(thread=regrouping.thread, withdrawal=Withdrawal.MERGED).update(
            withdrawal=Withdrawal.TAKEN_BACK
        )


def record_moved(kind: ThreadEvent.Kind, *, actor: User, thread: Thread, answers: Sequence[Answer]) -> None:
    """One event for each answer, where it stands from now on; and that the thread looks different."""
    now, role = clock.now(), highest(actor.effective_roles)
    ThreadEvent.objects.bulk_create(
        ThreadEvent(
            kind=kind,
            thread=thread,
            answer=answer,
            actor=actor,
            actor_role=role,
            occurred_at=now,
            recorded_at=now,
        )
        for answer in answers
    )
    ChangeRow.objects.create(thread_id=thread.pk, board_id=thread.board_id)


def let_follow(regrouping: Regrouping, authors: Iterable[int], *, asker_id: int | None) -> None:
    """Whoever wrote what moved, and follows the source, follows the target too."""
    listening = Watch.objects.filter(thread=regrouping.thread, person_id__in=set(authors), muted_at=None)
    Watch.objects.bulk_create(
        [
            Watch(
                thread=regrouping.target,
                person_id=person,
                reason=Watch.Reason.ASKED if person == asker_id else Watch.Reason.ANSWERED,
                watched_at=regrouping.done_at,
            )
            for person in listening.values_list("person_id", flat=True)
        ],
        ignore_conflicts=True,
    )


def unfollow(regrouping: Regrouping, authors: Iterable[int]) -> None:
    """Who followed the target for these answers alone does so no more."""
    target = regrouping.target
    own = Answer.objects.filter(thread=target, hidden_at=None).values("author_id")
    laid = Watch.objects.filter(thread=target, person_id__in=set(authors), watched_at=regrouping.done_at, muted_at=None)
    laid.exclude(person_id__in=own).delete()
