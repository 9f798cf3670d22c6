"""The ledger goes on: what was recorded since it last looked is derived and posted, up to a moment that nothing can
still come before. One at a time, in one transaction each: a kill at any moment leaves the ledger as it was."""

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from community import clock
from support.deflection.facts import Facts, Folded
from support.deflection.fold import fold
from support.ledger.affected import affected, in_parts
from support.ledger.comparing import Compared, compare
from support.ledger.definitions import definitions
from support.ledger.facts import closure, load
from support.ledger.horizon import horizon
from support.ledger.locking import lock_months
from support.ledger.posting import Posted, post_assisted, post_cases, post_viewers
from support.ledger.tables import empty, fold_tallies
from support.models import LedgerState

logger = logging.getLogger(__name__)
#: Persons who are derived together: so much is in memory at once.
_TOGETHER = 5_000


@transaction.atomic
def advance() -> int:
    """Derive what was recorded since the last time, and what has matured by now; returns how many entries were added.

    Whoever comes second waits, and finds little to do. What is recorded at the moment of this call is not in it:
    tests move the clock first.
    """
    state = _locked_state()
    until = horizon()
    if state.complete_until is not None and until <= state.complete_until:
        return 0
    posted = _derive(state.complete_until, until)
    if lock_months(until) or posted.entries or posted.readers:
        state.version += 1
        fold_tallies()
    if posted.differing:
        logger.warning("%s cases differ from what was derived; run `ledger rebuild --check`.", posted.differing)
    state.complete_until = until
    state.save(update_fields=["complete_until", "version"])
    return posted.entries


@transaction.atomic
def rebuild(check: bool = True) -> Compared:
    """Derive everything again from the facts, up to where the ledger is complete.

    `check` compares row by row and changes nothing but the state's `checked_at` and `differing`. Else everything that
    was derived is emptied and derived anew; months that are locked stay as they were reported.
    """
    state = _locked_state()
    until = state.complete_until if state.complete_until is not None else horizon()
    folded = fold(load(), definitions(), until)
    if not check:
        empty()
        _post_folded(Posted(), folded, None)
        lock_months(until)
        fold_tallies()
        state.complete_until, state.rebuilt_at = until, clock.now()
        state.version += 1
    found = compare(folded)
    state.checked_at, state.differing = clock.now(), found.differing
    state.save()
    return found


def _locked_state() -> LedgerState:
    """The ledger's one row, locked: nobody else derives meanwhile."""
    LedgerState.objects.get_or_create(pk=1)
    return LedgerState.objects.select_for_update().get(pk=1)


def _derive(since: datetime | None, until: datetime) -> Posted:
    posted = Posted()
    if since is None:
        _post(posted, load(), until, None)
        return posted
    for keys in in_parts(affected(since, until), _TOGETHER):
        _post(posted, load(keys), until, closure(keys))
    return posted


def _post(posted: Posted, facts: Facts, until: datetime, persons: Collection[str] | None) -> None:
    """Post what these persons' facts come to. Others' are not all there."""
    _post_folded(posted, _of_persons(fold(facts, definitions(), until), persons), persons)


def _post_folded(posted: Posted, folded: Folded, persons: Collection[str] | None) -> None:
    posted.add(post_cases(folded.cases))
    posted.readers += post_viewers(folded.viewers, persons) + post_assisted(folded.assisted, persons)


def _of_persons(folded: Folded, persons: Collection[str] | None) -> Folded:
    if persons is None:
        return folded
    return Folded(
        until=folded.until,
        cases=[each for each in folded.cases if each.person in persons],
        viewers=[each for each in folded.viewers if each.person in persons],
        assisted=[each for each in folded.assisted if each.person in persons],
    )
