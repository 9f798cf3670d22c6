"""Asked before: mark a question as a duplicate of another one, take that back, decide on pairs that may be one.

A duplicate takes no more answers, leaves every list, and its page leads to the original. Its solution is withdrawn with
it (restored with the same snapshot when the merge is undone), and its company moves along (carrying.py). The threads a
merge concerns are locked in the order of their ids, so that two moderators who press at once wait for one another.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.carrying import lay, lift, pack, unpack
from community.actions.counters import recount_threads
from community.actions.limits import spend
from community.actions.moving import lock_answers
from community.actions.record import MAX_ID, record_audit, record_change, record_event, wait_in_line
from community.actions.solutions import accept_again, current_solution, withdraw_merged
from community.actions.taking_along import shift, shift_back
from community.errors import NotAllowed, NotThere, Refused
from community.models import (
    Answer,
    Board,
    DuplicateHint,
    Merge,
    Notification,
    Regrouping,
    Solution,
    Thread,
    ThreadEvent,
    User,
)

Event = ThreadEvent.Kind
#: Others may change the chains between looking and locking; more often than this at once they do not.
TRIES = 5


class _Moved(Exception):
    """The chains were changed while we waited for the locks: look again."""


class _Plan(NamedTuple):
    """The threads a merge concerns: the duplicate, the one named, where its chain ends, and what follows."""

    duplicate: int
    named: int
    root: int
    following: tuple[int, ...]


def mark_duplicate(
    *, actor: User, thread_id: int, original_id: int, reason: str = "", with_answers: bool = False
) -> Thread:
    """Say that `thread_id` was asked before, as `original_id`; returns the duplicate. Twice is once.

    Its own duplicates follow it to the new original; `with_answers` moves its visible answers there too (a merge).
    Refused where that would hide an answer from somebody who sees the question now, or show one to somebody who does
    not, lead to itself, or concern what is hidden; NotAllowed for all but moderators.
    """
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return _mark(actor, thread_id, original_id, reason, with_answers)
        except _Moved:
            continue
    raise Refused(_("Somebody else is merging these questions right now. Try again."))


def unmark_duplicate(*, actor: User, thread_id: int, reason: str = "") -> Thread:
    """Take the mark back: everything is as it was, but for what people did meanwhile. Of no duplicate, nothing.

    Answers that moved along move back; refused while some of them have moved on from there.
    """
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return _unmark(actor, thread_id, reason)
        except _Moved:
            continue
    raise Refused(_("Somebody else is merging these questions right now. Try again."))


# Marking --------------------------------------------------------------------------------------------------------------
def _mark(actor: User, thread_id: int, original_id: int, reason: str, with_answers: bool) -> Thread:
    _check_actor(actor)
    wait_in_line()
    duplicate, named = _seen(actor, thread_id), _seen(actor, original_id)
    root_id = named.merged_into_id or named.pk
    plan = _Plan(duplicate.pk, named.pk, root_id, _ids_below(duplicate.pk))
    locked = _lock({plan.duplicate, plan.named, plan.root, *plan.following})
    duplicate, named, root = locked[plan.duplicate], locked[plan.named], locked[plan.root]
    if (named.merged_into_id or named.pk) != root.pk or _ids_below(duplicate.pk) != plan.following:
        raise _Moved
    if duplicate.merged_into_id == root.pk:
        if with_answers and _moved_of(duplicate) is None:
            check_audience(duplicate.board, root.board)
            _take_answers(actor, duplicate, root, solution=None)
            record_audit("merged", actor=actor, target=duplicate, note=reason)
            recount_threads([duplicate.pk, root.pk])
        return duplicate  # the second press of a double click
    check_pair(duplicate, root)
    if with_answers:
        check_audience(duplicate.board, root.board)
    solution = current_solution(duplicate)
    _merge(actor, duplicate, named, root, reason)
    if with_answers:
        _take_answers(actor, duplicate, root, solution=solution)
        recount_threads([duplicate.pk, root.pk])
    return duplicate


def _take_answers(actor: User, duplicate: Thread, root: Thread, *, solution: Solution | None) -> None:
    """Everybody's visible answers stand with the original from now on."""
    standing = Answer.objects.filter(thread=duplicate, hidden_at=None).values_list("pk", flat=True)
    regrouping = Regrouping.objects.create(
        kind=Regrouping.Kind.MERGE, thread=duplicate, target=root, done_by=actor, done_at=clock.now()
    )
    root.refresh_from_db(fields=["last_position"])
    shift(regrouping, [each for each in lock_answers(standing) if each.hidden_at is None], solution=solution)
    record_change(thread=duplicate)


def _moved_of(duplicate: Thread) -> Regrouping | None:
    """The move of its answers that is in force, if they moved along."""
    merges = Regrouping.objects.filter(thread=duplicate, kind=Regrouping.Kind.MERGE, undone_at=None)
    return merges.select_for_update(no_key=True).first()


def _merge(actor: User, duplicate: Thread, named: Thread, root: Thread, reason: str) -> None:
    below = list(Merge.objects.filter(thread__merged_into=duplicate, undone_at=None))
    lift(below, duplicate)
    withdraw_merged(actor=actor, thread=duplicate)
    duplicate.merged_into = root
    duplicate.save(update_fields=["merged_into"])
    Thread.objects.filter(merged_into=duplicate).update(merged_into=root)
    event = record_event(Event.MERGED, actor=actor, thread=duplicate)
    merge = Merge.objects.create(
        thread=duplicate, original=named, event=event, merged_by=actor, merged_at=event.occurred_at
    )
    pack(merge, duplicate)
    lay([merge, *below], root)
    recount_threads([duplicate.pk, root.pk])
    record_change(thread=root)
    record_audit("merged", actor=actor, target=duplicate, note=reason)


def _check_actor(actor: User) -> None:
    if not permissions.can_mark_duplicate(actor):
        raise NotAllowed(_("Only moderators can mark duplicates."))


def _seen(actor: User, thread_id: int) -> Thread:
    found = Thread.objects.visible_to(actor).filter(pk=thread_id).first() if 0 < thread_id <= MAX_ID else None
    if found is None:
        raise NotThere(_("There is no such question."))
    return found


def check_pair(duplicate: Thread, root: Thread) -> None:
    """Refused where these two cannot be one."""
    if duplicate.pk == root.pk:
        raise Refused(_("A question cannot be a duplicate of itself, nor of its own duplicates."))
    if duplicate.merged_into_id is not None:
        raise Refused(_("It is marked as a duplicate of another question. Take that back first."))
    if duplicate.hidden_at or root.hidden_at:
        raise Refused(_("One of them is hidden. Restore it first."))
    if duplicate.is_solvable != root.is_solvable:
        raise Refused(_("Questions and problems can only be duplicates of one another, and so can ideas and praise."))
    if not _is_seen_by_all_of(root.board, duplicate.board):
        raise Refused(_("Not everybody who sees this question may see the other one."))


def check_audience(board: Board, other: Board) -> None:
    """Refused where answers would move before other eyes than those they were written for."""
    if not _is_seen_by_all_of(other, board) or not _is_seen_by_all_of(board, other):
        raise Refused(_("Not the same people see both places: what was written for some would show to others."))


def _is_seen_by_all_of(board: Board, other: Board) -> bool:
    """Whether everybody who may see `other` may see `board`."""
    if board.pk == other.pk or board.audience == Board.Audience.PUBLIC:
        return True
    if board.audience == Board.Audience.SIGNED_IN:
        return other.audience != Board.Audience.PUBLIC
    if other.audience != Board.Audience.GROUPS:
        return False
    mine, theirs = (set(each.audience_groups.values_list("pk", flat=True)) for each in (board, other))
    return theirs <= mine


# Taking back ----------------------------------------------------------------------------------------------------------
def _unmark(actor: User, thread_id: int, reason: str) -> Thread:
    _check_actor(actor)
    wait_in_line()
    duplicate = _seen(actor, thread_id)
    if duplicate.merged_into_id is None:
        return duplicate  # the second press of a double click
    root_id, following = duplicate.merged_into_id, _ids_below(duplicate.pk)
    stand_in = _target_of(duplicate)
    locked = _lock({duplicate.pk, root_id, *following, *stand_in})
    duplicate, root = locked[duplicate.pk], locked[root_id]
    if (duplicate.merged_into_id, _ids_below(duplicate.pk), _target_of(duplicate)) != (root.pk, following, stand_in):
        raise _Moved
    merge = Merge.objects.get(thread=duplicate, undone_at=None)
    below = list(Merge.objects.filter(thread__in=following, undone_at=None))
    lift([merge, *below], root)
    merge.undone_at, merge.undone_by = clock.now(), actor
    merge.save(update_fields=["undone_at", "undone_by"])
    # What its asker was told is not true any more.
    Notification.objects.filter(event_kind="thread_event", event_id=merge.event_id).delete()
    duplicate.merged_into = None
    duplicate.save(update_fields=["merged_into"])
    Thread.objects.filter(pk__in=following).update(merged_into=duplicate)
    unpack(merge, duplicate)
    lay(below, duplicate)
    if (regrouping := _moved_of(duplicate)) is not None:
        regrouping.thread, regrouping.target = duplicate, locked[regrouping.target_id]
        shift_back(regrouping, actor=actor)
        regrouping.undone_at, regrouping.undone_by = merge.undone_at, actor
        regrouping.save(update_fields=["undone_at", "undone_by"])
    accept_again(actor=actor, thread=duplicate)
    recount_threads([duplicate.pk, root.pk, *stand_in])
    record_event(Event.UNMERGED, actor=actor, thread=duplicate)
    record_change(thread=root)
    record_audit("unmerged", actor=actor, target=duplicate, note=reason)
    return duplicate


def _target_of(duplicate: Thread) -> set[int]:
    """Where its answers stand, if they moved along: the original then, which may be a duplicate itself by now."""
    merges = Regrouping.objects.filter(thread=duplicate, kind=Regrouping.Kind.MERGE, undone_at=None)
    return set(merges.values_list("target_id", flat=True))


def _ids_below(thread_id: int) -> tuple[int, ...]:
    """The threads that were marked as duplicates of this one, of one of those, and so on; in the order of their ids."""
    found: set[int] = set()
    level = [thread_id]
    while level:
        merges = Merge.objects.filter(original__in=level, undone_at=None)
        level = [pk for pk in merges.values_list("thread_id", flat=True) if pk not in found]
        found.update(level)
    return tuple(sorted(found))


def _lock(ids: Iterable[int]) -> dict[int, Thread]:
    """These threads with their boards, locked in the order of their ids until the end of the transaction."""
    rows = Thread.objects.filter(pk__in=list(ids)).select_related("board").order_by("pk")
    return {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",))}


# Pairs that may be one ------------------------------------------------------------------------------------------------
def _hint(actor: User, hint_id: int) -> DuplicateHint:
    _check_actor(actor)
    rows = DuplicateHint.objects.filter(thread__in=Thread.objects.visible_to(actor).order_by().values("pk"))
    found = rows.filter(pk=hint_id).select_for_update(no_key=True, of=("self",)).first()
    if found is None:
        raise NotThere(_("There is no such pair of questions."))
    return found


@transaction.atomic
def propose_duplicate(*, actor: User, thread_id: int, original_id: int) -> DuplicateHint:
    """A helper's word that `thread_id` was asked before: it waits among the moderators' pairs. Twice is once.

    NotAllowed for whoever is not known well enough, Refused for a pair that cannot be one, or was decided already.
    """
    thread, named = _seen(actor, thread_id), _seen(actor, original_id)
    if not permissions.can_propose_duplicate(actor, thread):
        raise NotAllowed(_("Helpers can propose this, while the question is open."))
    root = _seen(actor, named.merged_into_id) if named.merged_into_id else named
    check_pair(thread, root)
    spend(what="edit", actor=actor)
    hint, fresh = DuplicateHint.objects.get_or_create(
        thread=thread, other=root, defaults={"likeness": 100, "proposed_by": actor, "found_at": clock.now()}
    )
    if hint.dismissed_at is not None:
        raise Refused(_("A moderator looked at these two: they are two questions."))
    if not fresh and hint.proposed_by_id is None:
        hint.proposed_by = actor
        hint.save(update_fields=["proposed_by"])
    return hint


@transaction.atomic
def dismiss_hint(*, actor: User, hint_id: int) -> DuplicateHint:
    """These two are not the same question: the pair is never offered again."""
    hint = _hint(actor, hint_id)
    if hint.dismissed_at is None:
        hint.dismissed_at, hint.dismissed_by = clock.now(), actor
        hint.save(update_fields=["dismissed_at", "dismissed_by"])
        record_audit("dismissed", actor=actor, target=hint)
    return hint


@transaction.atomic
def recall_hint(*, actor: User, hint_id: int) -> DuplicateHint:
    """Take "not a duplicate" back: the pair waits again."""
    hint = _hint(actor, hint_id)
    if hint.dismissed_at is not None:
        hint.dismissed_at = hint.dismissed_by = None
        hint.save(update_fields=["dismissed_at", "dismissed_by"])
        record_audit("recalled", actor=actor, target=hint)
    return hint
