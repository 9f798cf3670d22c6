"""What an experiment says of a period and of a board: its people of those days, and their share."""

from dataclasses import replace
from datetime import date

import pytest

from support.models import ComputedFigures
from support.reading.figures import Wanted
from support.reading.holdouts import borne

WHOLE = Wanted(date(2026, 5, 1), date(2026, 5, 31))


def analysed(**fields: object) -> ComputedFigures:
    """1,800 people with suggestions on two days, 300 confirmed cases on two boards: docs/deflection.md's example."""
    told = {
        "invalid": [],
        "control": [200, 150],
        "treatment": [1800, 1170],
        "effect": 0.1,
        "low": 0.0321,
        "high": 0.1593,
        "days": {"2026-05-10": 1350, "2026-05-20": 450},
        "confirmed_days": {"2026-05-10": {"1": 150, "2": 50}, "2026-05-21": {"1": 50, "2": 50}},
    } | fields
    return ComputedFigures(key="trial/1", figures=told)


def test_of_the_whole_time_it_says_all_it_showed() -> None:
    [one] = borne(WHOLE, [analysed()])
    assert one.holdout == pytest.approx((180, 57.78, 286.74, 300), abs=0.01)
    assert (one.control, one.treatment) == ((200, 150), (1800, 1170))


def test_of_a_part_it_says_what_its_people_of_these_days_come_to() -> None:
    [one] = borne(replace(WHOLE, until_day=date(2026, 5, 15)), [analysed()])
    assert one.holdout == pytest.approx((135, 43.3, 215.1, 200), abs=0.1)
    early, late = replace(WHOLE, until_day=date(2026, 5, 15)), replace(WHOLE, from_day=date(2026, 5, 16))
    parts = [each for wanted in (early, late) for each in borne(wanted, [analysed()])]
    assert sum(each.people for each in parts) == 1800
    assert sum(each.confirmed for each in parts) == 300


def test_of_a_board_it_speaks_by_the_share_in_what_was_confirmed() -> None:
    [one], [two] = (borne(replace(WHOLE, board_id=board), [analysed()]) for board in (1, 2))
    assert (one.people, one.confirmed, two.people, two.confirmed) == (1200, 200, 600, 100)
    assert borne(replace(WHOLE, board_id=3), [analysed()]) == []


def test_it_is_silent_of_other_days_and_when_it_proves_nothing() -> None:
    assert borne(replace(WHOLE, from_day=date(2026, 5, 22)), [analysed()]) == []
    assert borne(WHOLE, [analysed(invalid=["uneven"])]) == []
    assert borne(WHOLE, [ComputedFigures(key=WHOLE.key, figures={})]) == []
