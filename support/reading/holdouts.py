"""What valid experiments say of a period: of its people who first met the form in it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from support.avoided import Holdout
from support.models import ComputedFigures
from support.reading.figure_facts import TRIAL
from support.reading.figure_parts import Wanted


class Borne(NamedTuple):
    """A valid experiment in a period: both arms (people, tickets) as a whole; its people with suggestions who came in
    the period (of one board by its share in what they confirmed) and the cases that they confirmed; its effect."""

    control: tuple[int, int]
    treatment: tuple[int, int]
    people: float
    confirmed: int
    effect: float
    low: float
    high: float

    @property
    def holdout(self) -> Holdout:
        return Holdout(self.people * self.effect, self.people * self.low, self.people * self.high, self.confirmed)


def borne(wanted: Wanted, rows: Iterable[ComputedFigures]) -> list[Borne]:
    """Of every valid experiment that had people with suggestions in the period."""
    found = []
    for row in rows:
        told: dict[str, Any] = row.figures
        if not row.key.startswith(TRIAL) or told["invalid"]:
            continue
        people = sum(many for day, many in told["days"].items() if _is_in(wanted, day))
        confirmed = Counter[int]()
        for day, boards in told["confirmed_days"].items():
            if _is_in(wanted, day):
                confirmed.update({int(board): many for board, many in boards.items()})
        own = confirmed.total() if wanted.board_id is None else confirmed[wanted.board_id]
        share = 1.0 if wanted.board_id is None else own / max(1, confirmed.total())
        if people and share:
            arms = (told["control"][0], told["control"][1]), (told["treatment"][0], told["treatment"][1])
            found.append(Borne(*arms, people * share, own, told["effect"], told["low"], told["high"]))
    return found


def _is_in(wanted: Wanted, day: str) -> bool:
    return wanted.from_day <= date.fromisoformat(day) <= wanted.until_day
