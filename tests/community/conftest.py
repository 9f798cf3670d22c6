"""Fixtures of several modules."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from community import clock
from community.integrity import violations
from tests.community.solving import MAY


@pytest.fixture
def nothing_is_ever_broken() -> Iterator[None]:
    """At the end of the test every invariant holds."""
    yield
    assert list(violations()) == []


@pytest.fixture
def a_week_later() -> Iterator[None]:
    """The asker of `silent_question` has been silent for long enough."""
    with clock.at(MAY + timedelta(days=8)):
        yield
