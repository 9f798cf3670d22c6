"""What an experiment showed: valid or not and why, the effect with its interval, what it says of self-report.

The job analyses each experiment that has begun (`analysed`); pages and figures read what it found (`trials`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community import clock
from community.experiments import LEAST_CONTROL, LEAST_OUTCOMES, sample_ratio
from community.models import Experiment
from support.ledger.definitions import definition_at, in_force
from support.models import ComputedFigures, LedgerState
from support.reading.figure_facts import TRIAL
from support.statistics import Interval, kappa, newcombe


class Invalid(TextChoices):
    """Why an experiment proves nothing, or not yet."""

    NOT_BEGUN = "not_begun", _("It has not begun.")
    RUNNING = "running", _("It is still running.")
    NOT_MATURED = "not_matured", _("The last people in it still have days in which they may contact support.")
    STOPPED_EARLY = "stopped_early", _("It was stopped before its end.")
    FEW_IN_CONTROL = "few_in_control", _("Fewer than 100 people without suggestions.")
    FEW_OUTCOMES = "few_outcomes", _("Fewer than 20 people without suggestions contacted support.")
    UNEVEN = "uneven", _("People were not split as planned.")
    OVERLAPS = "overlaps", _("The definition changed while it ran.")
    COMPUTING = "computing", _("Being computed.")


@dataclass(frozen=True)
class ArmCount:
    people: int
    #: of them opened a ticket within N days
    tickets: int


@dataclass(frozen=True)
class Trial:
    """One experiment, analysed. Effects are shares (0.1: ten points fewer); `avoided` is in tickets."""

    experiment: Experiment
    invalid: Sequence[Invalid]
    control: ArmCount
    treatment: ArmCount
    #: met it in both arms before they were known to be one person: left out
    dropped: int
    #: staff, tests, services: left out
    staff: int
    ratio_p: float | None
    effect: float | None
    interval: Interval | None
    avoided: float | None
    avoided_interval: Interval | None
    #: confirmed F cases of its people
    confirmed: int
    floor: int
    #: n_t x effect / confirmed; None without confirmed cases
    kappa: float | None
    computed_at: datetime | None

    @property
    def is_valid(self) -> bool:
        return not self.invalid


def trials() -> list[Trial]:
    """Every experiment that has begun, the latest first, as the job found it. Two queries."""
    begun = list(Experiment.objects.filter(starts_at__isnull=False).order_by("-starts_at", "-pk"))
    rows = ComputedFigures.objects.filter(key__in=[key_of(each) for each in begun], version__isnull=False)
    found = {row.key: row for row in rows}
    return [_told(each, found.get(key_of(each))) for each in begun]


def key_of(experiment: Experiment) -> str:
    return f"{TRIAL}{experiment.pk}"


def _told(experiment: Experiment, row: ComputedFigures | None) -> Trial:
    if row is None:
        nobody = ArmCount(0, 0)
        nothing = (None,) * 5
        return Trial(experiment, [Invalid.COMPUTING], nobody, nobody, 0, 0, *nothing, 0, 0, None, None)
    told: Mapping[str, Any] = row.figures
    has_effect = told["effect"] is not None
    people = told["treatment"][0]
    return Trial(
        experiment=experiment,
        invalid=[Invalid(each) for each in told["invalid"]],
        control=ArmCount(*told["control"]),
        treatment=ArmCount(*told["treatment"]),
        dropped=told["dropped"],
        staff=told["staff"],
        ratio_p=told["ratio_p"],
        effect=told["effect"],
        interval=Interval(told["low"], told["high"]) if has_effect else None,
        avoided=people * told["effect"] if has_effect else None,
        avoided_interval=Interval(people * told["low"], people * told["high"]) if has_effect else None,
        confirmed=told["confirmed"],
        floor=min(told["confirmed"], int(people * max(0.0, told["low"]))) if has_effect else 0,
        kappa=kappa(people * told["effect"], told["confirmed"]) if has_effect else None,
        computed_at=row.computed_at,
    )


# One row a person, however many keys they have. Outcome: any ticket of theirs within N days, by whatever door; one that
# was split off another is none of its own.
_PEOPLE = """
    WITH met AS (
        SELECT coalesce('u:' || a.person_id, x.person_key) AS person, min(x.arm) AS arm,
            count(DISTINCT x.arm) > 1 AS in_conflict, bool_or(x.role <> 'customer') AS is_staff,
            min(x.occurred_at) AS met_at
        FROM community_exposure x LEFT JOIN community_personalias a ON a.visitor_key = x.person_key
        WHERE x.experiment_id = %(experiment)s GROUP BY 1
    ), people AS (
        SELECT m.*, CASE WHEN m.person LIKE 'u:%%' THEN substr(m.person, 3)::bigint END AS account FROM met m
    )
    SELECT p.arm, p.in_conflict, p.is_staff OR EXISTS (
            SELECT 1 FROM support_personstanding s WHERE s.person_id = p.account AND s.kind IN ('service', 'test')
                AND s.from_at <= p.met_at AND (s.until_at IS NULL OR s.until_at > p.met_at)),
        (p.met_at AT TIME ZONE %(zone)s)::date, count(*),
        count(*) FILTER (WHERE EXISTS (
            SELECT 1 FROM support_ticket t WHERE t.requester_id = p.account
                AND t.opened_at > p.met_at AND t.opened_at <= p.met_at + %(within)s
                AND t.id NOT IN (SELECT target_id FROM support_ticketregrouping WHERE kind = 'split')))
    FROM people p GROUP BY 1, 2, 3, 4
"""
_CONFIRMED = """
    SELECT c.day, c.board_id, count(*)
    FROM support_currententry c JOIN support_deflectioncase k ON k.id = c.case_id
    JOIN community_suggestionevent e ON e.id = k.source_id JOIN community_formsession f ON f.id = e.session_id
    WHERE c.kind = 'F' AND c.status = 'credited' AND c.known = 'contact' AND c.is_entitled
        AND f.experiment_id = %(experiment)s AND f.arm = 'treatment'
    GROUP BY 1, 2
"""


def analysed(experiment: Experiment) -> dict[str, Any]:
    """What is known of one that has begun, as plain values that JSON can hold."""
    definition = definition_at(experiment.starts_at or clock.now())
    within = timedelta(days=definition.no_ticket_days if definition is not None else 7)
    arms, days, dropped, staff = _people(experiment, within)
    control, treatment = arms["control"], arms["treatment"]
    everybody = control[0] + treatment[0]
    ratio = None
    if everybody:
        ratio = sample_ratio(control=control[0], treatment=treatment[0], holdout=float(experiment.holdout))
    effect = None
    if control[0] and treatment[0]:
        effect = newcombe((control[1], control[0]), (treatment[1], treatment[0]))
    invalid = _timing(experiment, within)
    invalid += [Invalid.FEW_IN_CONTROL] if control[0] < LEAST_CONTROL else []
    invalid += [Invalid.FEW_OUTCOMES] if control[1] < LEAST_OUTCOMES else []
    invalid += [Invalid.UNEVEN] if ratio is not None and not ratio.is_sound else []
    confirmed = _confirmed(experiment)
    return {
        "invalid": [each.value for each in invalid],
        "control": control,
        "treatment": treatment,
        "dropped": dropped,
        "staff": staff,
        "ratio_p": ratio.p if ratio is not None else None,
        "effect": effect.effect if effect is not None else None,
        "low": effect.low if effect is not None else None,
        "high": effect.high if effect is not None else None,
        "days": days,
        "confirmed": sum(sum(boards.values()) for boards in confirmed.values()),
        "confirmed_days": confirmed,
    }


def _people(experiment: Experiment, within: timedelta) -> tuple[dict[str, list[int]], dict[str, int], int, int]:
    """Each arm's people and tickets, the days on which people with suggestions came, and how many were left out."""
    values: dict[str, Any] = {
        "experiment": experiment.pk,
        "zone": str(timezone.get_default_timezone()),
        "within": within,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        rows = cursor.fetchall()
    arms = {"control": [0, 0], "treatment": [0, 0]}
    days, dropped, staff = defaultdict[str, int](int), 0, 0
    for arm, in_conflict, is_staff, day, people, tickets in rows:
        if in_conflict:
            dropped += people
        elif is_staff:
            staff += people
        else:
            arms[arm][0] += people
            arms[arm][1] += tickets
            if arm == "treatment":
                days[day.isoformat()] += people
    return arms, dict(days), dropped, staff


def _confirmed(experiment: Experiment) -> dict[str, dict[str, int]]:
    found = defaultdict[str, dict[str, int]](dict)
    with connection.cursor() as cursor:
        cursor.execute(_CONFIRMED, {"experiment": experiment.pk})
        for day, board, many in cursor.fetchall():
            found[day.isoformat()][str(board)] = many
    return dict(found)


def _timing(experiment: Experiment, within: timedelta) -> list[Invalid]:
    """Why it proves nothing by when it ran: the end that was fixed before it began is the only one."""
    starts, stops, now = experiment.starts_at, experiment.stops_at, clock.now()
    if starts is None or stops is None:
        return [Invalid.NOT_BEGUN]
    found = []
    if experiment.stopped_at is not None and experiment.stopped_at < stops:
        found.append(Invalid.STOPPED_EARLY)
    elif now < stops:
        found.append(Invalid.RUNNING)
    elif _complete_until(now) < stops + within:
        found.append(Invalid.NOT_MATURED)
    if in_force().filter(valid_from__gt=starts, valid_from__lte=stops).exists():
        found.append(Invalid.OVERLAPS)
    return found


def _complete_until(now: datetime) -> datetime:
    state = LedgerState.objects.filter(pk=1).first()
    return min(now, state.complete_until) if state is not None and state.complete_until is not None else now
