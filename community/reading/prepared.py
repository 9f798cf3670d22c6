"""Queries of the pages that are read most, whose SQL Django writes once per kind of reader instead of at every request.

Writing the SQL costs Django several times what running it costs. A `Prepared` calls its builder once with stand-ins for
the numbers and words that will differ, keeps the SQL, and puts the real ones in when it runs.

What a query may show still comes from `visible_to` alone. It may depend on a reader's standing (groups, second factor,
whether the account is open) because each standing has its own SQL, and on nothing else of the reader: the builder gets
a stranger with the same standing, and a query that would remember who that stranger is refuses to be made.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from psycopg.sql import quote

from community.models import User

Anyone = User | AnonymousUser
#: The reader of queries that are the same for everybody.
NOBODY = AnonymousUser()

#: More kinds of readers than this (distinct sets of groups) and the oldest are forgotten.
MOST_KINDS = 256
#: Between statements sent together.
NEXT = ";\n"
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


def _literal(value: Any, cursor: Any) -> str:
    """The value as SQL, quoted by the driver as it quotes the parameters of any other query."""
    # Most are ids, and asking the driver costs ten times as much; before a minus sign it would put a space.
    return str(value) if type(value) is int and value >= 0 else quote(value, cursor.connection)


class _Ready:
    """One query's SQL, cut where values go, and how the database's values become Python's.

    The driver looks for the places of a long statement anew each time, so it gets the statement whole.
    """

    def __init__(self, rows: QuerySet[Any, Any], places: int) -> None:
        compiler = rows.query.get_compiler(connection.alias)
        self.pieces: list[str] = []
        self.places: list[int] = []
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return
        if _STRANGER in params:
            raise ValueError("A prepared query must not depend on who the reader is, only on their standing.")
        stand_ins = {stand_in(place): place for place in range(places) for stand_in in (number, moment, word)}
        self.pieces, self.places = _cut(sql, params, stand_ins)
        self.apply = compiler.apply_converters
        self.converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])

    def filled(self, values: Sequence[Any], cursor: Any) -> str:
        """The statement with the real values in their places."""
        first, *others = self.pieces
        places = zip(self.places, others, strict=True)
        return first + "".join([_literal(values[place], cursor) + piece for place, piece in places])

    def converted(self, rows: list[Any]) -> list[Any]:
        return list(self.apply(rows, self.converters)) if self.converters else rows


class Ask(NamedTuple):
    """A prepared query for one reader, with its values: ready to be run."""

    ready: _Ready
    values: tuple[Any, ...]


def run(asked: Ask) -> list[Any]:
    """Its rows."""
    ready, values = asked
    if not ready.pieces:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ready.filled(values, cursor))
        return ready.converted(cursor.fetchall())


def together(*asked: Ask) -> list[list[Any]]:
    """The rows of each, asked for in one message to the database: a way there and back costs more than most queries."""
    live = [each for each in asked if each.ready.pieces]
    if len(live) < 2 or connection.settings_dict["OPTIONS"].get("server_side_binding"):
        return [run(each) for each in asked]
    with connection.cursor() as cursor:
        cursor.execute(NEXT.join(ready.filled(values, cursor) for ready, values in live))
        found = []
        for ready, _values in asked:
            found.append(ready.converted(cursor.fetchall()) if ready.pieces else [])
            if ready.pieces:
                cursor.nextset()
    return found


def _cut(sql: str, params: Sequence[Any], stand_ins: dict[Any, int]) -> tuple[list[str], list[int]]:
    """The statement in pieces, and which value goes between each two. Values that are always the same stand in it."""
    first, *others = [piece.replace("\0", "%") for piece in sql.replace("%%", "\0").split("%s")]
    pieces, places = [first], []
    with connection.cursor() as cursor:
        for param, piece in zip(params, others, strict=True):
            if isinstance(param, int | str | datetime) and param in stand_ins:
                places.append(stand_ins[param])
                pieces.append(piece)
            else:
                pieces[-1] += _literal(param, cursor) + piece
    return pieces, places


class Prepared:
    """A query by its builder: `build(reader)` makes a values_list queryset of stand-ins (`number(0)`, `word(1)`...)."""

    def __init__(self, build: Callable[[Any], QuerySet[Any, Any]], *, places: int) -> None:
        self.build = build
        self.places = places
        self._kinds: dict[Hashable, _Ready] = {}

    def ask(self, user: Anyone, *values: Any) -> Ask:
        """For this reader, with the real values, one for each place."""
        standing = _standing(user)
        ready = self._kinds.get(standing)
        if ready is None:
            ready = _Ready(self.build(_stranger_like(user)), self.places)
            while len(self._kinds) >= MOST_KINDS:
                self._kinds.pop(next(iter(self._kinds)), None)
            self._kinds[standing] = ready
        return Ask(ready, values)

    def rows(self, user: Anyone, *values: Any) -> list[Any]:
        """Run it for this reader."""
        return run(self.ask(user, *values))


class Shape:
    """Some columns of a model within a row, and the instance made of them."""

    def __init__(self, model: type[Model], fields: Iterable[str], *, prefix: str = "") -> None:
        wanted = set(fields)
        self.model = model
        self.names = [field.attname for field in model._meta.concrete_fields if field.attname in wanted]
        assert len(self.names) == len(wanted)
        self.columns = [prefix + name for name in self.names]

    def make(self, values: Sequence[Any]) -> Any:
        """The instance; the columns that were not read are deferred.

        As Django's `from_db` makes it, but without a look at each column that was not read: a page makes thirty.
        """
        made = self.model.__new__(self.model)
        made._state = ModelState()
        made._state.adding, made._state.db = False, connection.alias
        made.__dict__.update(zip(self.names, values, strict=True))
        return made
