"""What the tests of duplicates share."""

import pytest

from community.integrity import violations
from community.models import Thread
from tests.factories import moderator


@pytest.fixture(autouse=True)
def nothing_is_ever_broken():
    yield
    assert list(violations()) == []


@pytest.fixture
def judge():
    return moderator("judge")


def fresh(row: Thread) -> Thread:
    return Thread.objects.get(pk=row.pk)
