"""The asking budget: at most one unsolicited question per person in fourteen days, whatever would like to ask.

Whoever wants to ask something by itself (a survey, a reminder) comes here first, at the moment it would ask, and asks
only on a yes. A no is recorded too, with the prompt that stood in the way, so that whoever reads the answers knows who
was not asked. What a person does by their own will is never limited and never comes here: the buttons of a mail about
an answer, "this solved it" on a page.

`person_key` is a key as in accounts/visitors.py; "" is nobody, who is never asked, and nothing is recorded.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

from django.db import connection, transaction

from community import clock
from community.actions.experiments import keys_of
from community.models import Prompt
from community.models.prompts import Instrument

#: One question to one person in so long a time.
QUIET = timedelta(days=14)
#: Who goes first where several want to ask at once.
PRIORITY: tuple[Instrument, ...] = tuple(Instrument)
#: Advisory locks are shared by all there is; with this number they are the budget's.
_LOCK = 0x5EEDA5C


class Candidate(NamedTuple):
    """An instrument that would like to ask, about a thread or about none (a reminder is always about one)."""

    instrument: Instrument
    thread_id: int | None = None


def may_ask(*, person_key: str, instrument: Instrument, thread_id: int | None = None, simulated: bool = False) -> bool:
    """Whether this person may be asked now. Recorded as asked or skipped: call it once for each invitation, and ask
    when it says yes."""
    return choose(person_key=person_key, candidates=[Candidate(instrument, thread_id)], simulated=simulated) is not None


def choose(*, person_key: str, candidates: Iterable[Candidate], simulated: bool = False) -> Candidate | None:
    """The one of these that may ask this person now, by the fixed priority; None when none may.

    The one is recorded as asked, the others as skipped on its account (all of them on account of an earlier one).
    """
    prompts = invite(person_key=person_key, candidates=candidates, simulated=simulated)
    asked = [each for each in prompts if each.outcome == Prompt.Outcome.ASKED]
    return Candidate(Instrument(asked[0].instrument), asked[0].thread_id) if asked else None


@transaction.atomic
def invite(*, person_key: str, candidates: Iterable[Candidate], simulated: bool = False) -> list[Prompt]:
    """As `choose`, with the rows that were written, by priority."""
    wanted = sorted(candidates, key=lambda each: PRIORITY.index(each.instrument))
    if not person_key or not wanted:
        return []
    now = clock.now()
    prompts: list[Prompt] = []
    with _hold(person_key) as keys:
        # what was recorded for a later moment (an import of facts, a demo) keeps its distance too
        near = Prompt.objects.filter(outcome=Prompt.Outcome.ASKED, person_key__in=keys)
        first = near.filter(occurred_at__gt=now - QUIET, occurred_at__lt=now + QUIET).order_by("occurred_at").last()
        for each in wanted:
            prompt = Prompt.objects.create(
                person_key=person_key,
                instrument=each.instrument,
                thread_id=each.thread_id,
                outcome=Prompt.Outcome.SKIPPED if first else Prompt.Outcome.ASKED,
                stood_in_way=first,
                is_simulated=simulated,
                occurred_at=now,
                recorded_at=now,
            )
            first = first or prompt
            prompts.append(prompt)
    return prompts


@contextmanager
def _hold(person_key: str) -> Iterator[list[str]]:
    """All keys of the person, held until the end of the transaction: two invitations of one person come one by one.

    Somebody who signs in at this moment may get one more key: then all are let go (locks taken after a savepoint go
    with it) and taken again, always in the same order, so that two never wait for each other.
    """
    keys = sorted(keys_of(person_key))
    while True:
        before = transaction.savepoint()
        with connection.cursor() as cursor:
            for key in keys:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, key])
        again = sorted(keys_of(person_key))
        if again == keys:
            break
        transaction.savepoint_rollback(before)
        keys = again
    yield keys
