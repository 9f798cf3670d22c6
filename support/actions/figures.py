"""Figures that a job computes: what a page asked for, and what everybody asks for, whenever the ledger has gone on."""

import logging
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from community import clock
from community.errors import NotAllowed
from community.models import Experiment, User
from support.models import ComputedFigures, LedgerState
from support.models.reuse import sees_figures
from support.reading.computed import computed_of
from support.reading.figure_facts import TRIAL, today
from support.reading.figure_parts import Wanted
from support.reading.trial import analysed, key_of

logger = logging.getLogger(__name__)
#: What nobody has looked at for so long is no longer computed, and goes.
KEPT = timedelta(days=30)
#: Time alone changes figures too (people mature, costs begin): older ones are computed again.
OLDEST = timedelta(hours=12)
#: A look at a page is noted at most so often.
_NOTED = timedelta(hours=1)


def want_figures(*, actor: User, wanted: Wanted) -> None:
    """Note that somebody looks at this period and filter: the job computes what needs rows. One statement."""
    if not sees_figures(actor):
        raise NotAllowed(_("Only administrators see what the community is worth."))
    now = clock.now()
    known = ComputedFigures.objects.filter(key=wanted.key)
    if not known.filter(wanted_at__gt=now - _NOTED).exists() and not known.update(wanted_at=now):
        ComputedFigures.objects.bulk_create([ComputedFigures(key=wanted.key, wanted_at=now)], ignore_conflicts=True)


def compute_figures() -> int:
    """Compute what is wanted and old, experiments first; returns how many. A kill leaves the rest to the next run."""
    now, state = clock.now(), LedgerState.objects.filter(pk=1).first()
    version = state.version if state is not None else 0
    _want_usual()
    ComputedFigures.objects.filter(wanted_at__lt=now - KEPT).delete()
    current = Q(version=version, computed_at__gt=now - OLDEST)
    done = 0
    for experiment in Experiment.objects.filter(starts_at__isnull=False):
        if not ComputedFigures.objects.filter(current, key=key_of(experiment)).exists():
            _store(key_of(experiment), analysed(experiment), version)
            done += 1
    periods = ComputedFigures.objects.exclude(key__startswith=TRIAL)
    waiting = periods.filter(Q(version__isnull=True) | ~current).order_by(F("computed_at").asc(nulls_first=True))
    for key in list(waiting.values_list("key", flat=True)):
        _store(key, computed_of(Wanted.of_key(key)), version)
        done += 1
    return done


def _store(key: str, figures: dict[str, Any], version: int) -> None:
    now = clock.now()
    with transaction.atomic():
        stored = {"figures": figures, "version": version, "computed_at": now}
        row, is_new = ComputedFigures.objects.get_or_create(key=key, defaults={"wanted_at": now, **stored})
        if not is_new:
            ComputedFigures.objects.filter(pk=row.pk).update(
                **stored, **({"wanted_at": now} if key.startswith(TRIAL) else {})
            )


def _want_usual() -> None:
    """The periods that everybody looks at, and those they are compared with."""
    now = clock.now()
    rows = [ComputedFigures(key=each.key, wanted_at=now) for each in usual(today(now))]
    ComputedFigures.objects.bulk_create(rows, update_conflicts=True, unique_fields=["key"], update_fields=["wanted_at"])


def usual(day: date) -> list[Wanted]:
    """The last 90 days, this month and the two before it, the quarter before, this year, the last twelve months."""
    month, quarter = day.replace(day=1), day.replace(month=day.month - (day.month - 1) % 3, day=1)
    before = _month_before(month)
    return [
        Wanted(day - timedelta(days=89), day),
        Wanted(month, day),
        Wanted(before, month - timedelta(days=1)),
        Wanted(_month_before(before), before - timedelta(days=1)),
        Wanted(_month_before(_month_before(_month_before(quarter))), quarter - timedelta(days=1)),
        Wanted(day.replace(month=1, day=1), day),
        Wanted(_year_before(day) + timedelta(days=1), day),
    ]


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)
