"""Experiments: planned, started and stopped by an administrator; and the arm somebody draws, once."""

import secrets
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.record import record_audit
from community.actions.together import insert_once
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.experiments import is_in_control
from community.models import Arm, Experiment, Exposure, PersonAlias, User
from community.models.measuring import MOST_HOLDOUT
from community.surfaces import surfaces


def keys_of(person_key: str) -> list[str]:
    """All keys of the person behind this one, their own account's first where they have signed in with it."""
    if person_key.startswith("u:"):
        person_id: int | None = int(person_key[2:])
    else:
        found = PersonAlias.objects.filter(visitor_key=person_key).values_list("person_id", flat=True)
        person_id = found.first()
    if person_id is None:
        return [person_key]
    aliases = PersonAlias.objects.filter(person_id=person_id).order_by("pk").values_list("visitor_key", flat=True)
    return [f"u:{person_id}", *aliases]


def running_experiment(surface: str, now: datetime) -> Experiment | None:
    """The experiment this form is in."""
    return Experiment.objects.filter(
        surface=surface, starts_at__lte=now, stops_at__gt=now, stopped_at__isnull=True
    ).first()


def arm_of(*, person_key: str, surface: str) -> str:
    """The arm this person has drawn in the form's present experiment; "" when they have not met it. Writes nothing."""
    experiment = running_experiment(surface, clock.now()) if person_key else None
    first = _first_exposure(experiment, keys_of(person_key), person_key) if experiment else None
    return first.arm if first else ""


def expose(*, experiment: Experiment, person_key: str, role: str, now: datetime, simulated: bool = False) -> str:
    """The arm of this person: what they, or another key of theirs, drew before; drawn and stored if they had not."""
    own = Exposure.objects.filter(experiment=experiment, person_key=person_key).first()
    if own is not None:
        return own.arm
    _hold(experiment, keys_of(person_key))
    # asked again: whoever held one of the keys may have been told meanwhile whose it is
    first = _first_exposure(experiment, keys_of(person_key), person_key)
    drawn = Exposure(
        experiment=experiment,
        person_key=person_key,
        drawn_as=first.drawn_as if first else person_key,
        arm=first.arm if first else _draw(experiment, person_key),
        role=role,
        is_simulated=simulated,
        occurred_at=now,
        recorded_at=now,
    )
    insert_once(drawn)
    return Exposure.objects.get(experiment=experiment, person_key=person_key).arm


def _draw(experiment: Experiment, person_key: str) -> Arm:
    control = is_in_control(salt=experiment.salt, person_key=person_key, holdout=experiment.holdout)
    return Arm.CONTROL if control else Arm.TREATMENT


def _first_exposure(experiment: Experiment, keys: list[str], person_key: str) -> Exposure | None:
    """One's own exposure, else the earliest of the same person's other keys."""
    met = list(Exposure.objects.filter(experiment=experiment, person_key__in=keys).order_by("pk"))
    return next((each for each in met if each.person_key == person_key), met[0] if met else None)


def _hold(experiment: Experiment, keys: list[str]) -> None:
    """Two keys of one person draw one after the other, so that the second inherits."""
    with connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [experiment.pk % 2**31, key])


@transaction.atomic
def plan_experiment(
    *,
    actor: User,
    name: str,
    surface: str,
    holdout: Decimal,
    stops_at: datetime | None,
    experiment_id: int | None = None,
) -> Experiment:
    """Write down what will be tried, or change it as long as it has not begun. `holdout` is a share, at most a half."""
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators plan experiments."))
    experiment = _locked(experiment_id) if experiment_id else Experiment(salt=secrets.token_hex(8))
    if experiment.starts_at is not None:
        raise Refused(_("This experiment has begun; nothing about it can change."))
    if surface not in surfaces():
        raise Refused(_("There is no such form."))
    if not 0 < holdout <= MOST_HOLDOUT:
        raise Refused(_("The share without suggestions is more than nothing and at most a half."))
    try:
        experiment.name = clean_text(name).strip()[:80]
    except BadText as error:
        raise Refused(str(error)) from error
    if not experiment.name:
        raise Refused(_("Please give it a name."))
    experiment.surface, experiment.holdout, experiment.stops_at = surface, holdout, stops_at
    experiment.planned_by, experiment.planned_at = actor, experiment.planned_at or clock.now()
    experiment.save()
    record_audit("planned", actor=actor, target=experiment)
    return experiment


@transaction.atomic
def start_experiment(*, actor: User, experiment_id: int) -> Experiment:
    """Begin. From now on only stopping is possible. Refused without an end, or while the form is in another one."""
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators start experiments."))
    experiment = _locked(experiment_id)
    if experiment.starts_at is not None:
        return experiment
    now = clock.now()
    if experiment.stops_at is None or experiment.stops_at <= now:
        raise Refused(_("Say first when it ends: a day that is still to come."))
    others = Experiment.objects.select_for_update().filter(
        surface=experiment.surface, starts_at__isnull=False, stopped_at__isnull=True
    )
    for other in others:
        if other.stops_at is None or other.stops_at > now:
            raise Refused(_("This form is in the experiment “%(name)s” already.") % {"name": other.name})
        other.stopped_at = other.stops_at
        other.save(update_fields=["stopped_at"])
    experiment.starts_at = now
    experiment.save(update_fields=["starts_at"])
    record_audit("started", actor=actor, target=experiment)
    return experiment


@transaction.atomic
def stop_experiment(*, actor: User, experiment_id: int) -> Experiment:
    """End it now: everybody sees suggestions again. Before the day that was fixed, its outcome proves nothing."""
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators stop experiments."))
    experiment = _locked(experiment_id)
    if experiment.starts_at is None:
        raise Refused(_("This experiment has not begun."))
    if experiment.stopped_at is None:
        experiment.stopped_at = clock.now()
        experiment.save(update_fields=["stopped_at"])
        record_audit("stopped", actor=actor, target=experiment)
    return experiment


def _locked(experiment_id: int) -> Experiment:
    found = Experiment.objects.select_for_update().filter(pk=experiment_id).first()
    if found is None:
        raise NotThere(_("There is no such experiment."))
    return found
