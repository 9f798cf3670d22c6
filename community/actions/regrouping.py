"""Merge two questions into one, split answers off to another one, and take either back.

A merge is a duplicate whose answers move along (duplicates.py). A split makes a question of the first of the chosen
answers, or lets them all join a question there is. Threads are locked in the order of their ids.
"""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.compose import compose_title
from community.actions.counters import recount_threads
from community.actions.duplicates import check_audience, mark_duplicate, unmark_duplicate
from community.actions.moving import bury_as_question, lock_answers, raise_from_question
from community.actions.record import MAX_ID, record_audit, record_change, record_event, wait_in_line
from community.actions.solutions import accept_again, current_solution, withdraw_hidden, withdraw_merged
from community.actions.taking_along import let_follow, shift, shift_back, unfollow
from community.errors import NotAllowed, NotThere, Refused
from community.models import Answer, Board, Hiding, MovedAnswer, Regrouping, Thread, ThreadEvent, User

Event = ThreadEvent.Kind
#: So many answers move in one act.
MOST = 500


def merge(*, actor: User, thread_id: int, target_id: int, reason: str = "") -> Thread:
    """Make two questions one: the first is a duplicate, and its visible answers stand with the other. Twice is once."""
    return mark_duplicate(actor=actor, thread_id=thread_id, original_id=target_id, reason=reason, with_answers=True)


@transaction.atomic
def split(
    *,
    actor: User,
    thread_id: int,
    answer_ids: Collection[int],
    title: str = "",
    board_id: int | None = None,
    target_id: int | None = None,
    reason: str = "",
) -> Regrouping:
    """Move the chosen answers to `target_id`, or to a new question with this title on this board.

    The first of them (by time) is then that question, asked by who wrote it when they wrote it. Twice is once.
    Refused for what is hidden or a duplicate and for places that other people see; NotAllowed for all but moderators.
    """
    _check_actor(actor)
    heading = compose_title(title) if target_id is None else ""
    wait_in_line()
    locked = _lock(actor, thread_id, target_id)
    thread = locked[thread_id]
    chosen = lock_answers(answer_ids)
    if (before := _already(actor, thread, chosen)) is not None:
        return before
    _check_chosen(thread, chosen, answer_ids)
    ordered = sorted(chosen, key=lambda each: (each.answered_at, each.position, each.pk))
    solution = current_solution(thread)
    moves_solution = solution is not None and any(each.pk == solution.answer_id for each in chosen)
    if moves_solution:
        withdraw_merged(actor=actor, thread=thread)
    if target_id is None:
        board = _board(actor, thread, board_id)
        target = _question_of(ordered[0], thread, board, heading)
    else:
        target = locked[target_id]
        if target.hidden_at or target.merged_into_id is not None:
            raise Refused(_("The other question is hidden or a duplicate. Take that back first."))
        check_audience(thread.board, target.board)
    regrouping = Regrouping.objects.create(
        kind=Regrouping.Kind.SPLIT,
        thread=thread,
        target=target,
        made_target=target_id is None,
        done_by=actor,
        done_at=clock.now(),
    )
    if regrouping.made_target:
        bury_as_question(ordered[0], regrouping)
    shift(regrouping, ordered[1:] if regrouping.made_target else ordered, solution=solution if moves_solution else None)
    let_follow(
        regrouping,
        (each.author_id for each in ordered),
        asker_id=target.asker_id if regrouping.made_target else None,
    )
    recount_threads([thread.pk, target.pk])
    record_event(Event.SPLIT, actor=actor, thread=thread)
    record_audit("split", actor=actor, target=thread, note=reason)
    return regrouping


def undo(*, actor: User, regrouping_id: int, reason: str = "") -> Regrouping:
    """Take a merge or a split back; twice is once. What others wrote in the target meanwhile stays there."""
    _check_actor(actor)
    found = Regrouping.objects.filter(pk=regrouping_id).first() if 0 < regrouping_id <= MAX_ID else None
    if found is None or not Thread.objects.visible_to(actor).filter(pk=found.thread_id).exists():
        raise NotThere(_("There is no such move."))
    if found.undone_at is None and found.kind == Regrouping.Kind.MERGE:
        unmark_duplicate(actor=actor, thread_id=found.thread_id, reason=reason)
    elif found.undone_at is None:
        _unsplit(actor=actor, regrouping_id=regrouping_id, reason=reason)
    found.refresh_from_db()
    return found


def stays_after(regrouping: Regrouping) -> bool:
    """Whether the question that a split made stays when it is taken back: others have answered there."""
    copies = regrouping.moved.exclude(copy=None).values("copy_id")
    others = Answer.objects.filter(thread=regrouping.target_id, hidden_at=None).exclude(pk__in=copies)
    return regrouping.made_target and others.exists()


# Splitting ------------------------------------------------------------------------------------------------------------
def _check_actor(actor: User) -> None:
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))


def _lock(actor: User, thread_id: int, target_id: int | None) -> dict[int, Thread]:
    """Both threads by id, locked in the order of their ids; NotThere for what is out of sight."""
    ids = {pk for pk in (thread_id, target_id) if pk is not None}
    visible = Thread.objects.visible_to(actor).filter(pk__in=[pk for pk in ids if 0 < pk <= MAX_ID])
    rows = visible.select_related("board").order_by("pk").select_for_update(no_key=True, of=("self",))
    locked = {row.pk: row for row in rows}
    if locked.keys() != ids:
        raise NotThere(_("There is no such question."))
    if len(ids) == 1 and target_id is not None:
        raise Refused(_("They stand with this question already."))
    return locked


def _already(actor: User, thread: Thread, chosen: list[Answer]) -> Regrouping | None:
    """The split that this press made the first time."""
    if not chosen or any(each.hidden_for != Hiding.MOVED or each.thread_id != thread.pk for each in chosen):
        return None
    moved = MovedAnswer.objects.filter(original__in=chosen, regrouping__undone_at=None, regrouping__done_by=actor)
    acts = set(moved.values_list("regrouping_id", flat=True))
    return Regrouping.objects.get(pk=acts.pop()) if len(acts) == 1 and moved.count() == len(chosen) else None


def _check_chosen(thread: Thread, chosen: list[Answer], answer_ids: Collection[int]) -> None:
    if not answer_ids:
        raise Refused(_("Please choose the answers to move."))
    if len(set(answer_ids)) > MOST:
        raise Refused(_("At most %(most)d answers move at once.") % {"most": MOST})
    if thread.hidden_at or thread.merged_into_id is not None:
        raise Refused(_("This question is hidden or a duplicate. Take that back first."))
    standing = [each for each in chosen if each.thread_id == thread.pk and each.hidden_at is None]
    if len(standing) != len(set(answer_ids)):
        raise Refused(_("One of the chosen answers does not stand here any more. Please look again."))


def _board(actor: User, thread: Thread, board_id: int | None) -> Board:
    board = Board.objects.visible_to(actor).filter(pk=board_id or thread.board_id).first()
    if board is None:
        raise NotThere(_("There is no such board."))
    check_audience(thread.board, board)
    return board


def _question_of(first: Answer, thread: Thread, board: Board, title: str) -> Thread:
    """The question that an answer becomes. It is news to nobody: its event is history."""
    made = Thread.objects.create(
        board=board,
        kind=thread.kind,
        title=title,
        body=first.body,
        body_html=first.body_html,
        renderer_version=first.renderer_version,
        version=first.version,
        edited_at=first.edited_at,
        language=thread.language,
        product_version=thread.product_version,
        asker_id=first.author_id,
        asker_role=first.author_role,
        is_imported=first.is_imported,
        asked_at=first.answered_at,
        last_activity_at=first.answered_at,
    )
    now = clock.now()
    ThreadEvent.objects.create(
        kind=Event.ASKED,
        thread=made,
        actor_id=first.author_id,
        actor_role=first.author_role,
        is_imported=True,
        occurred_at=first.answered_at,
        recorded_at=now,
    )
    record_change(thread=made)
    return made


# Taking a split back --------------------------------------------------------------------------------------------------
@transaction.atomic
def _unsplit(*, actor: User, regrouping_id: int, reason: str) -> None:
    wait_in_line()
    asked = Regrouping.objects.get(pk=regrouping_id)
    locked = _lock(actor, asked.thread_id, asked.target_id)
    regrouping = Regrouping.objects.select_for_update(no_key=True).get(pk=regrouping_id)
    if regrouping.undone_at is not None:
        return  # the second press of a double click
    thread, target = locked[asked.thread_id], locked[asked.target_id]
    regrouping.thread, regrouping.target = thread, target
    if thread.merged_into_id is not None or target.merged_into_id is not None:
        raise Refused(_("One of these questions is a duplicate by now. Take that back first."))
    stays = stays_after(regrouping)
    shift_back(regrouping, actor=actor)
    if regrouping.made_target:
        _question_back(actor, regrouping, stays=stays)
    regrouping.undone_at, regrouping.undone_by = clock.now(), actor
    regrouping.save(update_fields=["undone_at", "undone_by"])
    accept_again(actor=actor, thread=thread)
    recount_threads([thread.pk, target.pk])
    record_event(Event.UNSPLIT, actor=actor, thread=thread)
    record_change(thread=target)
    record_audit("unsplit", actor=actor, target=thread, note=reason)


def _question_back(actor: User, regrouping: Regrouping, *, stays: bool) -> None:
    """The question is an answer again. Where others answered it, it stays beside that; else it is put away."""
    target = regrouping.target
    original = lock_answers([regrouping.moved.get(copy=None).original_id])[0]
    raise_from_question(original, target)
    record_event(Event.UNSPLIT, actor=actor, thread=regrouping.thread, answer=original)
    target.version, target.edited_at = 1, None
    if not stays:
        unfollow(regrouping, {original.author_id})
        was_hidden = target.hidden_at is not None
        target.hidden_at, target.hidden_for = target.hidden_at or clock.now(), Hiding.MOVED
        target.body = target.body_html = ""
        if not was_hidden:
            withdraw_hidden(actor=actor, thread=target)
            record_event(Event.HIDDEN, actor=actor, thread=target)
            record_audit("hidden", actor=actor, target=target)
    target.save(update_fields=["version", "edited_at", "hidden_at", "hidden_for", "body", "body_html"])
