"""Places for servers: an empty one, and one with a finished database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded_pg.places import Place, copy_home, open_folder


@pytest.fixture
def empty_place() -> Iterator[Place]:
    """A place without a database: the first user makes it."""
    base = open_folder()
    place = Place(base, base / "var" / "postgres")
    yield place
    place.clear()


@pytest.fixture(scope="session")
def finished_home() -> Iterator[Path]:
    """A database that is made once, to be copied."""
    base = open_folder()
    place = Place(base, base / "postgres")
    try:
        user = place.user()
        user.connect()
        user.leave()
        place.wait_until_stopped()
        yield place.data_dir
    finally:
        place.clear()


@pytest.fixture
def place(finished_home: Path) -> Iterator[Place]:
    """A place with a database, not running."""
    base = open_folder()
    copy_home(finished_home, base / "var" / "postgres")
    place = Place(base, base / "var" / "postgres")
    yield place
    place.clear()
