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
from community.actions.record import MAX_ID, record_audit, record_change, record_event
from community.actions.solutions import accept_again, withdraw_merged
from community.errors import NotAllowed, NotThere, Refused
from community.models import Board, DuplicateHint, Merge, Notification, Thread, ThreadEvent, User

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


def mark_duplicate(*, actor: User, thread_id: int, original_id: int, reason: str = "") -> Thread:
    """Say that `thread_id` was asked before, as `original_id`; returns the duplicate. Twice is once.

    Its own duplicates follow it to the new original. Refused where the merge would hide an answer from somebody who
    sees the question now, lead to itself, or concern what is hidden; NotAllowed for all but moderators.
    """
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return _mark(actor, thread_id, original_id, reason)
        except _Moved:
            continue
    raise Refused(_("Somebody else is merging these questions right now. Try again."))


def unmark_duplicate(*, actor: User, thread_id: int, reason: str = "") -> Thread:
    """Take the mark back: everything is as it was, but for what people did meanwhile. Of no duplicate, nothing."""
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return _unmark(actor, thread_id, reason)
        except _Moved:
            continue
    raise Refused(_("Somebody else is merging these questions right now. Try again."))


# Marking --------------------------------------------------------------------------------------------------------------
def _mark(actor: User, thread_id: int, original_id: int, reason: str) -> Thread:
    _check_actor(actor)
    duplicate, named = _seen(actor, thread_id), _seen(actor, original_id)
    root_id = named.merged_into_id or named.pk
    plan = _Plan(duplicate.pk, named.pk, root_id, _ids_below(duplicate.pk))
    locked = _lock({plan.duplicate, plan.named, plan.root, *plan.following})
    duplicate, named, root = locked[plan.duplicate], locked[plan.named], locked[plan.root]
    if (named.merged_into_id or named.pk) != root.pk or _ids_below(duplicate.pk) != plan.following:
        raise _Moved
    if duplicate.merged_into_id == root.pk:
        return duplicate  # the second press of a double click
    _check_pair(duplicate, root)
    _merge(actor, duplicate, named, root, reason)
    return duplicate


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


def _check_pair(duplicate: Thread, root: Thread) -> None:
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
    duplicate = _seen(actor, thread_id)
    if duplicate.merged_into_id is None:
        return duplicate  # the second press of a double click
    root_id, following = duplicate.merged_into_id, _ids_below(duplicate.pk)
    locked = _lock({duplicate.pk, root_id, *following})
    duplicate, root = locked[duplicate.pk], locked[root_id]
    if duplicate.merged_into_id != root.pk or _ids_below(duplicate.pk) != following:
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
    accept_again(actor=actor, thread=duplicate)
    recount_threads([duplicate.pk, root.pk])
    record_event(Event.UNMERGED, actor=actor, thread=duplicate)
    record_change(thread=root)
    record_audit("unmerged", actor=actor, target=duplicate, note=reason)
    return duplicate


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
