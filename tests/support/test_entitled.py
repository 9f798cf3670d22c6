"""Who may expect staff's help with a product: everybody, until an administrator says whom or until when."""

from datetime import timedelta

import pytest

from community import clock
from support.models import Entitlement, SupportPeriod
from support.reading.entitled import is_entitled, is_supported
from tests.factories import board, person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_board_without_rows_is_supported_for_everybody() -> None:
    on, now = board(), clock.now()
    assert is_supported(on, now) and is_entitled(person(), on, now)
    assert is_supported(None, now) and is_entitled(person(), None, now)


def test_a_product_is_supported_within_its_periods_from_the_first_moment_until_before_the_last() -> None:
    on, now = board(), clock.now()
    SupportPeriod.objects.create(board=on, starts_at=now, ends_at=now + DAY)
    SupportPeriod.objects.create(board=on, starts_at=now + 3 * DAY)
    answers = [is_supported(on, now + days * DAY) for days in (-1, 0, 1, 2, 3, 400)]
    assert answers == [False, True, False, False, True, True]
    assert is_supported(board(), now - DAY), "another board's periods are not this one's"


def test_once_one_person_is_named_on_a_board_only_those_named_are_entitled_and_only_then() -> None:
    on, now, named, other = board(), clock.now(), person(), person()
    Entitlement.objects.create(person=named, board=on, starts_at=now, ends_at=now + DAY)
    assert [is_entitled(named, on, now + days * DAY) for days in (-1, 0, 1)] == [False, True, False]
    assert not is_entitled(other, on, now)
    assert is_entitled(other, board(), now), "elsewhere nobody is named"
