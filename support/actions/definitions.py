"""What is counted and how, version by version: planned by an administrator, and in force once one approved it by name.

A version begins in the future, always: what has been counted stays counted as it was. The first one comes with the
product and is in force from the beginning; approving it lets its money be shown.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.record import record_audit
from community.errors import NotAllowed, Refused
from community.models import Experiment, User
from support.actions.setup import found, stored
from support.models import Definition

#: What a version may say otherwise than the one before it.
PARAMETERS = (
    *("no_ticket_days", "window_days", "episode_hours", "dwell_seconds", "viewer_cases"),
    *("survey_rate", "survey_days", "holdout"),
)


@transaction.atomic
def plan_definition(
    *, actor: User, name: str, valid_from: datetime, note: str, pk: int | None = None, **parameters: Any
) -> Definition:
    """Write a version down, or change one that nobody has approved. `parameters` are those of PARAMETERS.

    Refused for one that is approved, for one that would begin in the past, and without a word about why.
    """
    _need_admin(actor)
    row = found(Definition, pk)
    if row.approved_at is not None:
        raise Refused(_("This version is approved: nothing about it can change. Plan another one."))
    if row.pk is not None and row.pk == _first_id():
        raise Refused(_("The first version is as the product brought it. Plan another one."))
    _need_future(valid_from)
    if not note.strip():
        raise Refused(_("Please say what changes, and why."))
    if unknown := set(parameters) - set(PARAMETERS):
        raise TypeError(f"A definition has no {', '.join(sorted(unknown))}.")
    said = {"name": name, "valid_from": valid_from, "note": note, **parameters}
    return stored(actor, row, said | {"planned_by": actor, "planned_at": clock.now()})


@transaction.atomic
def approve_definition(*, actor: User, definition_id: int) -> Definition:
    """An administrator's name under it: from its day on it is what counts. Twice is once.

    Refused once its day has come, and while an experiment runs that would go on under it: it could not say by which
    version it was.
    """
    _need_admin(actor)
    row = found(Definition, definition_id)
    if row.approved_at is not None:
        return row
    if row.pk != _first_id():
        _need_future(row.valid_from)
        _need_closed_experiments(row.valid_from)
    row.approved_by, row.approved_at = actor, clock.now()
    row.save(update_fields=["approved_by", "approved_at"])
    record_audit("approved_definition", actor=actor, target=row, note=row.note)
    return row


@transaction.atomic
def drop_definition(*, actor: User, definition_id: int, reason: str) -> None:
    """A plan that nobody approved goes. Refused for a version that is approved, or came with the product."""
    _need_admin(actor)
    row = found(Definition, definition_id)
    if row.approved_at is not None or row.pk == _first_id():
        raise Refused(_("This version is in force, or was: it stays."))
    record_audit("dropped_definition", actor=actor, target=row, note=reason)
    row.delete()


def _need_admin(actor: User) -> None:
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators decide what is counted."))


def _first_id() -> int | None:
    return Definition.objects.order_by("valid_from").values_list("pk", flat=True).first()


def _need_future(valid_from: datetime) -> None:
    if valid_from <= clock.now():
        raise Refused(_("A version begins in the future: what has been counted stays as it was counted."))


def _need_closed_experiments(valid_from: datetime) -> None:
    running = Experiment.objects.filter(starts_at__isnull=False, stopped_at__isnull=True, stops_at__gt=clock.now())
    for experiment in running.filter(stops_at__gt=valid_from).order_by("pk"):
        raise Refused(
            _("The experiment “%(name)s” runs longer than until then. Stop it first, or let the version begin later.")
            % {"name": experiment.name}
        )
