"""What was erased is remembered outside the database, and only once it really was."""

import json
from typing import Any

import pytest
from django.db import transaction

from community import clock
from community.care import forgotten
from tests.factories import person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> Any:
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_an_erasure_is_remembered_by_number_and_time_alone() -> None:
    with transaction.atomic():
        forgotten.remember_erasure(12)
        assert not forgotten.path().exists()
    forgotten.remember_purge("thread", 7)
    lines = [json.loads(line) for line in forgotten.path().read_text().splitlines()]
    assert [(line["kind"], line["id"]) for line in lines] == [("person", 12), ("thread", 7)]
    assert all(set(line) == {"at", "kind", "id"} for line in lines)
    assert forgotten.path().stat().st_mode & 0o777 == 0o600


def test_what_was_called_off_is_not_remembered() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        forgotten.remember_erasure(12)
        raise ZeroDivisionError
    assert list(forgotten.entries()) == []


def test_a_line_that_a_power_cut_left_half_written_spoils_no_other() -> None:
    forgotten.remember_erasure(1)
    with forgotten.path().open("a") as file:
        file.write('{"at": "2026-11-22T10:0')
    forgotten.remember_erasure(2)
    assert [one.id for one in forgotten.entries()] == [1, 2]


def test_what_the_file_missed_is_found_in_the_database() -> None:
    erased = person(anonymised_at=clock.now())
    person()
    assert forgotten.catch_up() == 1
    assert [(one.kind, one.id) for one in forgotten.entries()] == [("person", erased.pk)]
    assert forgotten.catch_up() == 0
