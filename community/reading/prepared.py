"""Queries of the pages that are read most, whose SQL Django writes once per kind of reader instead of at every request.

Writing the SQL costs Django several times what running it costs. A `Prepared` calls its builder once with stand-ins for
the numbers and words that will differ, keeps the SQL, and puts the real ones in when it runs.

What a query may show still comes from `visible_to` alone. It may depend on a reader's standing (groups, second factor,
whether the account is open) because each standing has its own SQL, and on nothing else of the reader: the builder gets
a stranger with the same standing, and a query that would remember who that stranger is refuses to be made.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from community.models import User

Anyone = User | AnonymousUser
#: The reader of queries that are the same for everybody.
NOBODY = AnonymousUser()

#: More kinds of readers than this (distinct sets of groups) and the oldest are forgotten.
MOST_KINDS = 256
_STRANGER = 2_147_483_001
_FIRST_NUMBER = 2_147_480_001
_FIRST_MOMENT = datetime(1971, 2, 3, 4, 5, 6, 7, tzinfo=UTC)


def number(place: int) -> int:
    """Stand-in for the integer that will be given at this place."""
    return _FIRST_NUMBER + place


def numbers(first: int, count: int) -> list[int]:
    """Stand-ins for `count` integers from this place on."""
    return [number(first + each) for each in range(count)]


def moment(place: int) -> datetime:
    """Stand-in for the time that will be given at this place."""
    return _FIRST_MOMENT + timedelta(seconds=place)


def word(place: int) -> str:
    """Stand-in for the text that will be given at this place."""
    return f"\ue000{place}\ue000"


def padded(ids: Iterable[int], count: int) -> list[int]:
    """Exactly `count` ids for a query that names so many: the missing ones are 0, which no row has."""
    known = list(ids)[:count]
    return known + [0] * (count - len(known))


def _standing(user: Anyone) -> Hashable:
    """What visibility may depend on."""
    if not isinstance(user, User):
        return None
    groups = frozenset(user._groups.items())
    return (user.is_active, user.anonymised_at is None, user.has_second_factor, groups)


def _stranger_like(user: Anyone) -> Anyone:
    """Somebody of the same standing whose id can be recognised."""
    if not isinstance(user, User):
        return AnonymousUser()
    stranger = User(pk=_STRANGER, is_active=user.is_active, anonymised_at=user.anonymised_at)
    stranger.__dict__.update(_groups=user._groups, has_second_factor=user.has_second_factor)
    return stranger


class _Ready:
    """One query's SQL, its parameters with the places to fill, and how the database's values become Python's."""

    def __init__(self, rows: QuerySet[Any, Any], places: int) -> None:
        compiler = rows.query.get_compiler(connection.alias)
        self.sql = ""
        self.params: list[Any] = []
        self.places: list[tuple[int, int]] = []
        try:
            self.sql, params = compiler.as_sql()
        except EmptyResultSet:
            return
        self.params = list(params)
        if _STRANGER in self.params:
            raise ValueError("A prepared query must not depend on who the reader is, only on their standing.")
        stand_ins = {stand_in(place): place for place in range(places) for stand_in in (number, moment, word)}
        self.places = [(at, stand_ins[param]) for at, param in enumerate(self.params) if _is_stand_in(param, stand_ins)]
        self.apply = compiler.apply_converters
        self.converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])

    def run(self, values: Sequence[Any]) -> list[Any]:
        if not self.sql:
            return []
        params = self.params.copy()
        for at, place in self.places:
            params[at] = values[place]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows = cursor.fetchall()
        return list(self.apply(rows, self.converters)) if self.converters else rows


def _is_stand_in(param: Any, stand_ins: dict[Any, int]) -> bool:
    return isinstance(param, int | str | datetime) and param in stand_ins


class Prepared:
    """A query by its builder: `build(reader)` makes a values_list queryset of stand-ins (`number(0)`, `word(1)`...)."""

    def __init__(self, build: Callable[[Any], QuerySet[Any, Any]], *, places: int) -> None:
        self.build = build
        self.places = places
        self._kinds: dict[Hashable, _Ready] = {}

    def rows(self, user: Anyone, *values: Any) -> list[Any]:
        """Run it for this reader with the real values, one for each place."""
        standing = _standing(user)
        ready = self._kinds.get(standing)
        if ready is None:
            ready = _Ready(self.build(_stranger_like(user)), self.places)
            while len(self._kinds) >= MOST_KINDS:
                self._kinds.pop(next(iter(self._kinds)), None)
            self._kinds[standing] = ready
        return ready.run(values)


class Shape:
    """Some columns of a model within a row, and the instance made of them."""

    def __init__(self, model: type[Model], fields: Iterable[str], *, prefix: str = "") -> None:
        wanted = set(fields)
        self.model = model
        self.names = [field.attname for field in model._meta.concrete_fields if field.attname in wanted]
        assert len(self.names) == len(wanted)
        self.columns = [prefix + name for name in self.names]
        self._wanted = frozenset(self.names)

    def make(self, values: Sequence[Any]) -> Any:
        """The instance; the columns that were not read are deferred."""
        return self.model.from_db(connection.alias, self._wanted, values)
