"""Who has met an experiment, by people: what its analysis counts, and what it must leave out and say so."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from community import clock
from community.experiments import Ratio, sample_ratio
from community.models import Experiment

#: One row per person: their arm, whether their keys drew different ones, and whether they were staff at the time.
_PEOPLE = """
    SELECT coalesce('u:' || a.person_id, x.person_key) AS person, min(x.arm) AS arm,
           count(DISTINCT x.arm) > 1 AS in_conflict, bool_or(x.role <> 'customer') AS is_staff
    FROM community_exposure x LEFT JOIN community_personalias a ON a.visitor_key = x.person_key
    WHERE x.experiment_id = %s GROUP BY 1
"""
_ARMS = f"""
    SELECT count(*) FILTER (WHERE arm = 'control' AND NOT in_conflict AND NOT is_staff),
           count(*) FILTER (WHERE arm = 'treatment' AND NOT in_conflict AND NOT is_staff),
           count(*) FILTER (WHERE in_conflict), count(*) FILTER (WHERE is_staff AND NOT in_conflict)
    FROM ({_PEOPLE}) AS people
"""  # noqa: S608 - our own words
_CONFLICTS = f"SELECT person FROM ({_PEOPLE}) AS people WHERE in_conflict ORDER BY person"  # noqa: S608


@dataclass(frozen=True)
class Arms:
    """How many people are in each arm, and how many are left out: in both arms, or staff when they met it."""

    control: int
    treatment: int
    in_conflict: int
    staff: int
    #: None as long as nobody is in an arm
    ratio: Ratio | None


def arms_of(experiment: Experiment) -> Arms:
    """The people of this experiment, each counted once whatever their number of keys."""
    with connection.cursor() as cursor:
        cursor.execute(_ARMS, [experiment.pk])
        control, treatment, in_conflict, staff = cursor.fetchone()
    ratio = None
    if control + treatment:
        ratio = sample_ratio(control=control, treatment=treatment, holdout=float(experiment.holdout))
    return Arms(control, treatment, in_conflict, staff, ratio)


def exposures_in_conflict(*, experiment_id: int) -> list[str]:
    """The people whose keys had met the experiment in different arms before they were known to be one person.

    Both rows stay; who analyses the experiment drops these people and says how many they were.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CONFLICTS, [experiment_id])
        return [person for (person,) in cursor.fetchall()]


@dataclass(frozen=True)
class Habit:
    """What people have done with a form lately: how many opened it first in a day, and which share of them posted."""

    daily: float
    base: float


#: Days that are looked at.
LATELY = 28
_HABIT = """
    SELECT count(*), count(*) FILTER (WHERE posted) FROM (
        SELECT s.person_key, bool_or(s.submitted_at IS NOT NULL) AS posted FROM community_formsession s
        WHERE s.surface = %s AND s.role = 'customer' AND s.opened_at > %s AND s.opened_at <= %s GROUP BY s.person_key
    ) AS people
"""


def habit_of(surface: str) -> Habit | None:
    """The form's last four weeks, for planning; None when nobody opened it."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_HABIT, [surface, now - timedelta(days=LATELY), now])
        people, posted = cursor.fetchone()
    return Habit(people / LATELY, posted / people) if people else None
