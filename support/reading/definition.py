"""What the definition in force says of readers (docs/deflection.md): asked for with every page that is read."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from community.reading.prepared import NOBODY, Ask, Prepared, moment, run
from support.ledger.definitions import in_force


class OfReaders(NamedTuple):
    """For how many seconds a solution stands on the screen; which share is asked; for how many days nobody twice."""

    dwell_seconds: int = 10
    survey_rate: Decimal = Decimal("0.1")
    survey_days: int = 90


_latest = Prepared(
    lambda _reader: (
        in_force().filter(valid_from__lte=moment(0)).order_by("-valid_from").values_list(*OfReaders._fields)[:1]
    ),
    places=1,
)


def ask_of_readers(at: datetime) -> Ask:
    """The question, to be sent together with others (`found`)."""
    return _latest.ask(NOBODY, at)


def found(rows: list[tuple[int, Decimal, int]]) -> OfReaders:
    """What it found; as the product comes where there is nothing."""
    return OfReaders(*rows[0]) if rows else OfReaders()


def of_readers(at: datetime) -> OfReaders:
    """As it is at this moment."""
    return found(run(ask_of_readers(at)))
