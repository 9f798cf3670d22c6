"""The desk as administrators set it up: what is switched on, teams, queues, and what else stands still in a day's work.

Everything is stored by one function, checked by the model's own rules, and leaves a trace in the audit log. Nothing is
deleted: what is not needed any more is archived or ends.
"""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import clock, permissions
from community.actions.record import MAX_ID, record_audit
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import Board, User
from community.permissions import has_role
from community.roles import Role
from support.actions.promises import keep_later
from support.actions.rights import remember
from support.models import (
    Absence,
    AgentSeat,
    BoardDesk,
    DeskState,
    Entitlement,
    Macro,
    PrivateField,
    Queue,
    SupportPeriod,
    Switch,
    Team,
    TeamMember,
    Ticket,
)

Stored = TypeVar("Stored", bound=Model)
MOST_TAGS = 10


def need_admin(actor: User) -> None:
    """NotAllowed for everybody else: every action here asks this first."""
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators set up the desk."))


def found(model: type[Stored], pk: int | None) -> Stored:
    """The row, locked; a new one where `pk` is None."""
    if pk is None:
        return model()
    rows = model._default_manager.select_for_update().filter(pk=pk) if 0 < pk <= MAX_ID else None
    row = rows.first() if rows is not None else None
    if row is None:
        raise NotThere(_("There is nothing like that."))
    return row


def stored(actor: User, row: Stored, fields: Mapping[str, Any], note: str = "") -> Stored:
    """Fill the row with clean words, check its rules, save it and write the audit log. Refused in its rules' words."""
    is_new = row._state.adding
    for name, value in fields.items():
        setattr(row, name, clean(value))
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    row.save()
    record_audit("created" if is_new else "changed", actor=actor, target=row, note=note)
    return row


def clean(value: Any) -> Any:
    """Words as we store them: without what cannot be shown, without space around them."""
    if not isinstance(value, str):
        return value
    try:
        return clean_text(value).strip()
    except BadText as error:
        raise Refused(str(error)) from error


def archived_at(row: Any, archived: bool) -> datetime | None:
    """When it was archived: now, if it was not yet."""
    return (row.archived_at or clock.now()) if archived else None


@transaction.atomic
def set_desk(*, actor: User, switches: Collection[str], smallest_group: int = 0, pk: int | None = 1) -> DeskState:
    """Switch on what the desk should have, and off what it should not. Nothing is lost by switching off."""
    need_admin(actor)
    desk = found(DeskState, 1)
    before, wanted = set(desk.switches), [switch.value for switch in Switch if switch in switches]
    unknown = set(switches) - set(Switch.values)
    if unknown:
        raise Refused(_("There is no such switch."))
    changes = [f"+{name}" for name in wanted if name not in before]
    changes += [f"-{name}" for name in sorted(before - set(wanted))]
    return stored(actor, desk, {"switches": wanted, "smallest_group": smallest_group}, note=" ".join(changes))


@transaction.atomic
def store_team(
    *, actor: User, name: str, members: Collection[User] = (), archived: bool = False, pk: int | None = None
) -> Team:
    """A team of agents. Its members see and work on the tickets of its queues, and no other agents do."""
    need_admin(actor)
    team = found(Team, pk)
    if archived and pk and Queue.objects.filter(team=team, archived_at=None).exists():
        raise Refused(_("This team still has queues. Give them to another team, or archive them first."))
    for person in members:
        need_agent(person)
    stored(actor, team, {"name": name, "archived_at": archived_at(team, archived)})
    wanted, present = {each.pk: each for each in members}, {each.person_id: each for each in team.members.all()}
    for person_id, member in present.items():
        if person_id not in wanted:
            member.delete()
            record_audit("left_team", actor=actor, target=team, note=str(person_id))
    for person_id in wanted.keys() - present.keys():
        TeamMember.objects.create(team=team, person_id=person_id)
        record_audit("joined_team", actor=actor, target=team, note=str(person_id))
    return team


@transaction.atomic
def store_queue(*, actor: User, archived: bool = False, pk: int | None = None, **fields: Any) -> Queue:
    """A queue: whose it is, what is promised there, and what happens to tickets by themselves.

    Made the one where tickets go that nobody sent elsewhere, it takes over from the one before.
    """
    need_admin(actor)
    queue = found(Queue, pk)
    was_default, policy = queue.is_default, queue.sla_id
    if fields.get("is_default"):
        if archived or fields.get("team"):
            raise Refused(_("Where tickets go that nobody sent elsewhere is open, and every agent's."))
        Queue.objects.select_for_update().filter(is_default=True).exclude(pk=pk or 0).update(is_default=False)
    elif was_default:
        raise Refused(
            _("Make another queue the one where tickets go that nobody sent elsewhere; then this one is not.")
        )
    if archived and queue.archived_at is None and pk:
        _need_empty(queue)
    stored(actor, queue, fields | {"archived_at": archived_at(queue, archived)})
    if pk and queue.sla_id != policy:
        keep_later(queue_ids=[queue.pk])
    return queue


def _need_empty(queue: Queue) -> None:
    count = Ticket.objects.filter(queue=queue).undone().count()
    if count:
        words = ngettext(
            "%(count)d ticket still waits in this queue. Move it first.",
            "%(count)d tickets still wait in this queue. Move them first.",
            count,
        )
        raise Refused(words % {"count": count})
    if BoardDesk.objects.filter(queue=queue).exists():
        raise Refused(_("Tickets of a board go to this queue. Send them elsewhere first."))


@transaction.atomic
def direct_board(*, actor: User, board: Board, queue: Queue, asker_waits: int, pk: int | None = None) -> BoardDesk:
    """Send a board's tickets to a queue. `asker_waits`: hours after which askers may call staff; 0 at once."""
    need_admin(actor)
    row = found(BoardDesk, pk) if pk else BoardDesk.objects.filter(board=board).first() or BoardDesk(board=board)
    if queue.archived_at is not None:
        raise Refused(_("This queue is archived."))
    return stored(actor, row, {"queue": queue, "asker_waits": asker_waits})


@transaction.atomic
def store_private_field(*, actor: User, archived: bool = False, pk: int | None = None, **fields: Any) -> PrivateField:
    """A private detail that is asked for with a ticket, and kept there alone. What was given under it stays."""
    need_admin(actor)
    field = found(PrivateField, pk)
    return stored(actor, field, fields | {"archived_at": archived_at(field, archived)})


@transaction.atomic
def store_macro(
    *, actor: User, adds_tags: Sequence[str] = (), archived: bool = False, pk: int | None = None, **fields: Any
) -> Macro:
    """Words and moves that are needed again and again, for everybody or for one team."""
    need_admin(actor)
    macro = found(Macro, pk)
    tags = list(dict.fromkeys(each for each in (" ".join(clean(tag).split()) for tag in adds_tags) if each))
    if len(tags) > MOST_TAGS or any(len(tag) > 50 for tag in tags):
        raise Refused(_("At most %(most)d tags of 50 characters, please.") % {"most": MOST_TAGS})
    fields |= {"adds_tags": tags, "archived_at": archived_at(macro, archived)}
    does = any(fields.get(name) for name in ("text", "sets_priority", "sets_status", "sets_queue"))
    if not (does or tags):
        raise Refused(_("A macro has words, or does something. This one has nothing."))
    return stored(actor, macro, fields)


@transaction.atomic
def store_seat(*, actor: User, person: User, pk: int | None = None, **fields: Any) -> AgentSeat:
    """How much an agent carries, whether tickets are handed to them in turn, and the words under their replies."""
    need_admin(actor)
    need_agent(person)
    seat = AgentSeat.objects.select_for_update().filter(person=person).first() or AgentSeat(person=person)
    return stored(actor, seat, fields)


@transaction.atomic
def store_absence(
    *, actor: User, person: User, starts_at: datetime, ends_at: datetime | None = None, pk: int | None = None
) -> Absence:
    """An agent is away from one moment to another (None: until further notice)."""
    need_admin(actor)
    need_agent(person)
    absence = found(Absence, pk)
    _need_order(starts_at, ends_at)
    fields = {"person": person, "starts_at": starts_at, "ends_at": ends_at, "said_by": actor}
    return stored(actor, absence, fields)


@transaction.atomic
def store_support_period(
    *, actor: User, board: Board, starts_at: datetime, ends_at: datetime | None = None, pk: int | None = None
) -> SupportPeriod:
    """While a board's product is supported. With one such row, the board is not supported outside of them."""
    need_admin(actor)
    _need_order(starts_at, ends_at)
    row = found(SupportPeriod, pk)
    before = copy(row) if pk else None
    kept = stored(actor, row, {"board": board, "starts_at": starts_at, "ends_at": ends_at})
    remember(kept, before=before)
    return kept


@transaction.atomic
def store_entitlement(
    *,
    actor: User,
    person: User,
    board: Board,
    starts_at: datetime,
    ends_at: datetime | None = None,
    pk: int | None = None,
) -> Entitlement:
    """Somebody's right to support on a board. With one such row, nobody else is entitled there."""
    need_admin(actor)
    _need_order(starts_at, ends_at)
    fields = {"person": person, "board": board, "starts_at": starts_at, "ends_at": ends_at}
    row = found(Entitlement, pk)
    before = copy(row) if pk else None
    kept = stored(actor, row, fields)
    remember(kept, before=before)
    return kept


def need_agent(person: User) -> None:
    """Refused for whoever does not work at the desk."""
    if not (has_role(person, Role.AGENT, Role.ADMIN) or person.roles & {Role.AGENT, Role.ADMIN}):
        raise Refused(_("“%(name)s” does not work at the desk.") % {"name": person.display_name or person.username})


def _need_order(starts_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at <= starts_at:
        raise Refused(_("It ends before it begins."))
