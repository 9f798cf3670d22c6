"""Escalation by itself: what administrators set per board, the preview they must see first, and the rounds it makes."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from community import clock
from community.actions.record import record_audit
from community.errors import NotAllowed, NotThere, Refused
from community.models import Board, Thread, User
from support import permissions
from support.actions.escalating import escalate_thread
from support.models import Escalation, EscalationPolicy, EscalationRun, EscalationRunItem
from support.reading.escalatable import Planned, look, plan
from support.reading.proposed import can_ever_wait

logger = logging.getLogger(__name__)

Verdict = EscalationRunItem.Verdict
#: What a form may set; everything else follows from these.
FIELDS = ("unanswered_after", "unsolved_after", "calendar", "oldest", "most", "languages")
#: A run tells of so many questions one by one; its counts tell of all.
MOST_ITEMS = 1000


# What is set ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def set_policy(*, actor: User, board_id: int, **fields: Any) -> EscalationPolicy:
    """Make or change a board's policy; fields left out stay. It is off until its preview was seen.

    NotAllowed for all but administrators, NotThere without the board, Refused where the hours can never go by.
    """
    _need_admin(actor)
    board = Board.objects.select_for_update(no_key=True).filter(pk=board_id).first()
    if board is None:
        raise NotThere(_("There is no such board."))
    policy = EscalationPolicy.objects.filter(pk=board_id).first() or EscalationPolicy(board=board)
    before = [getattr(policy, name, None) for name in FIELDS] if not policy._state.adding else None
    for name in FIELDS:
        if name in fields:
            setattr(policy, name, fields[name])
    if before == [getattr(policy, name) for name in FIELDS]:
        return policy
    _check(policy)
    policy.is_on, policy.changed_at, policy.previewed_at = False, clock.now(), None
    policy.save()
    record_audit("set_escalation_policy", actor=actor, target=policy, note=_in_words(policy))
    return policy


def _check(policy: EscalationPolicy) -> None:
    if policy.unanswered_after is None and policy.unsolved_after is None:
        raise Refused(_("Say after how many hours without a reply, or without a solution, a question comes to staff."))
    try:
        policy.clean_fields(exclude=["board"])
        policy.validate_constraints()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    for least in (policy.unanswered_after, policy.unsolved_after):
        if least is not None and not can_ever_wait(policy, least):
            raise Refused(
                _(
                    "Within %(days)d days there are never %(hours)d hours of business time: no question would ever "
                    "come to staff. Choose fewer hours."
                )
                % {"days": policy.oldest, "hours": least}
            )


def _in_words(policy: EscalationPolicy) -> str:
    return ", ".join(f"{name}={getattr(policy, name)}" for name in FIELDS if name != "calendar")


@transaction.atomic
def switch_on(*, actor: User, board_id: int) -> EscalationPolicy:
    """From now on questions of this board come to staff by themselves. Refused until its preview was seen as it is."""
    policy = _lock(actor, board_id)
    if policy.previewed_at is None or policy.previewed_at < policy.changed_at:
        raise Refused(_("Look first at what it would do."))
    if not policy.is_on:
        policy.is_on = True
        policy.save(update_fields=["is_on"])
        record_audit("switch_on_escalation", actor=actor, target=policy)
    return policy


@transaction.atomic
def switch_off(*, actor: User, board_id: int) -> EscalationPolicy:
    """Nothing more comes to staff by itself; what did stays with them."""
    policy = _lock(actor, board_id)
    if policy.is_on:
        policy.is_on = False
        policy.save(update_fields=["is_on"])
        record_audit("switch_off_escalation", actor=actor, target=policy)
    return policy


def _lock(actor: User, board_id: int) -> EscalationPolicy:
    _need_admin(actor)
    policy = EscalationPolicy.objects.select_for_update(no_key=True).filter(pk=board_id).first()
    if policy is None:
        raise NotThere(_("There is no such policy."))
    return policy


def _need_admin(actor: User | None) -> None:
    if actor is not None and not permissions.can_set_policies(actor):
        raise NotAllowed(_("Only administrators decide what comes to staff by itself."))


# Rounds ---------------------------------------------------------------------------------------------------------------
def run(*, actor: User | None = None, board: Board | None = None, dry: bool) -> EscalationRun:
    """One round over the policies that are on, or over one board's; a dry one only says what it would do.

    A dry one of a board may be of a policy that is off, and is the preview that must be seen before it is switched on.
    Each question comes to staff in a transaction of its own, looked at once more under its lock: a run that is killed
    leaves what it did, and the next goes on. Refused for a policy that is off, or while another run is under way.
    """
    _need_admin(actor)
    policies = _policies(board, dry)
    if dry:
        return _look(actor, board, policies)
    with _alone():
        return _escalate(actor, board, policies)


def run_what_is_on() -> EscalationRun | None:
    """The hourly round; None where no board lets questions come to staff by themselves, or another is under way."""
    if not EscalationPolicy.objects.filter(is_on=True).exists():
        return None
    try:
        return run(dry=False)
    except Refused:
        return None


def _policies(board: Board | None, dry: bool) -> list[EscalationPolicy]:
    rows = EscalationPolicy.objects.select_related("calendar", "board").order_by("pk")
    if board is None:
        return list(rows.filter(is_on=True))
    found = list(rows.filter(pk=board.pk))
    if not found:
        raise NotThere(_("There is no such policy."))
    if not dry and not found[0].is_on:
        raise Refused(_("It is off: nothing comes to staff by itself."))
    return found


@transaction.atomic
def _look(actor: User | None, board: Board | None, policies: Sequence[EscalationPolicy]) -> EscalationRun:
    made = _begin(actor, board, is_dry=True)
    planned = plan(policies, made.started_at)
    _note(made, planned)
    if board is not None and actor is not None:
        # Whatever was changed meanwhile was not seen.
        seen = EscalationPolicy.objects.filter(pk=board.pk, changed_at__lte=made.started_at)
        seen.update(previewed_at=made.started_at)
    return _finish(made, planned, actor)


def _escalate(actor: User | None, board: Board | None, policies: Sequence[EscalationPolicy]) -> EscalationRun:
    made = _begin(actor, board, is_dry=False)
    by_board = {policy.pk: policy for policy in policies}
    planned = plan(policies, made.started_at)
    rest = [each for each in planned if each.verdict != Verdict.ESCALATED]
    done = [_take(made, by_board[each.board_id], each) for each in planned if each.verdict == Verdict.ESCALATED]
    # A round by itself tells of what came to staff or nearly did: about all others it would say the same every hour.
    _note(made, [each for each in rest if actor is not None or each.verdict == Verdict.CAPPED])
    return _finish(made, done + rest, actor)


def _take(made: EscalationRun, policy: EscalationPolicy, planned: Planned) -> Planned:
    """One question comes to staff, or what came in between; one that cannot keeps no other from it."""
    try:
        with transaction.atomic():
            done = replace(planned, verdict=_taken(made, policy, planned))
            _note(made, [done])
    except Exception:
        logger.exception("The question %s could not come to staff by itself.", planned.thread_id)
        done = replace(planned, verdict=Verdict.OVERTAKEN.value)
        _note(made, [done])
    return done


def _taken(made: EscalationRun, policy: EscalationPolicy, planned: Planned) -> str:
    Thread.objects.select_for_update(no_key=True).get(pk=planned.thread_id)
    if not EscalationPolicy.objects.filter(pk=policy.pk, is_on=True, changed_at=policy.changed_at).exists():
        return Verdict.OVERTAKEN.value
    found = look(policy, made.started_at, planned.thread_id)
    if not found or found[0].reason != planned.reason:
        return Verdict.OVERTAKEN.value
    if found[0].verdict != Verdict.ESCALATED:
        return found[0].verdict
    way = Escalation.Way.POLICY
    _ticket, is_new = escalate_thread(actor=None, thread_id=planned.thread_id, way=way, reason=planned.reason, run=made)
    return Verdict.ESCALATED.value if is_new else Verdict.OPEN.value


def _begin(actor: User | None, board: Board | None, *, is_dry: bool) -> EscalationRun:
    return EscalationRun.objects.create(board=board, is_dry=is_dry, started_by=actor, started_at=clock.now())


def _note(made: EscalationRun, planned: Sequence[Planned]) -> None:
    """What is said of each; what comes to staff first, where there are more than a run tells of."""
    order = sorted(planned, key=lambda each: each.verdict not in (Verdict.ESCALATED, Verdict.CAPPED))
    EscalationRunItem.objects.bulk_create(
        EscalationRunItem(run=made, thread_id=each.thread_id, verdict=each.verdict, reason=each.reason)
        for each in order[:MOST_ITEMS]
    )


def _finish(made: EscalationRun, done: Sequence[Planned], actor: User | None) -> EscalationRun:
    counts = Counter(each.verdict for each in done)
    made.looked_at, made.counts, made.finished_at = len(done), dict(counts), clock.now()
    made.escalated = 0 if made.is_dry else counts[Verdict.ESCALATED.value]
    made.save(update_fields=["looked_at", "counts", "finished_at", "escalated"])
    if actor is not None:
        record_audit("preview_escalation" if made.is_dry else "run_escalation", actor=actor, target=made)
    return made


@contextmanager
def _alone() -> Iterator[None]:
    """One real run at a time, on however many machines; a killed one lets the next in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [_LOCK])
        if not cursor.fetchone()[0]:
            raise Refused(_("Another run is under way."))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [_LOCK])


_LOCK = "peerdesk escalation by itself"
