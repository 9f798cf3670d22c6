"""Several rows written in one statement: a hot action says what it writes, and the database hears of it once.

A round trip costs more than most of our rows. `Writes` collects them and sends one `WITH a AS (INSERT ...), b AS
(UPDATE ...) SELECT`: all parts see the state before the statement, so no part may build on another one's row. Foreign
keys are checked at commit, as always.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

Row = TypeVar("Row", bound=models.Model)


@cache
def _insert(model: type[models.Model], with_id: bool) -> "tuple[str, list[models.Field[Any, Any]]]":
    """The INSERT for one row, and the fields whose values it takes; what the database fills in itself is left out."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.attname not in _left_to_the_database(model) and (with_id or not field.primary_key)
    ]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", fields  # noqa: S608 - our names


@cache
def _left_to_the_database(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(f.attname for f in model._meta.concrete_fields if f.generated or f.db_default is not NOT_PROVIDED)


def _row(row: models.Model) -> tuple[str, list[Any]]:
    sql, fields = _insert(type(row), row.pk is not None)
    return sql, [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


def insert_once(row: models.Model) -> bool:
    """Insert the row at once; False where a unique rule says that it is there already. Its id is not read."""
    sql, values = _row(row)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ON CONFLICT DO NOTHING", values)
        return bool(cursor.rowcount)


class Writes:
    """What one act writes, sent by `send` in one statement. The caller holds the transaction and the locks."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._values: list[Any] = []
        self._rows: list[tuple[int, models.Model]] = []
        self._needs: list[tuple[int, Callable[[], Exception]]] = []

    def add(self, row: Row, *, unless_there: bool = False) -> Row:
        """A new row, whose id is given or known after `send`; `unless_there` leaves what a unique rule finds there."""
        sql, values = _row(row)
        if unless_there:
            sql += " ON CONFLICT DO NOTHING"
        elif row.pk is None:
            sql += " RETURNING id"
            self._rows.append((len(self._parts), row))
        self.sql(sql, values)
        row._state.adding, row._state.db = False, connection.alias
        for name in _left_to_the_database(type(row)):
            row.__dict__.pop(name, None)  # read when somebody asks for it
        return row

    def sql(self, statement: str, values: list[Any]) -> None:
        """An INSERT, UPDATE or DELETE of one's own."""
        self._parts.append(statement)
        self._values += values

    def need(self, statement: str, values: list[Any], *, otherwise: Callable[[], Exception]) -> None:
        """A statement that must bring a row (RETURNING); where it brings none, `send` raises what `otherwise` makes.

        The other parts are written by then: whoever asks for it ends the transaction with the exception.
        """
        self._needs.append((len(self._parts), otherwise))
        self.sql(statement, values)

    def send(self) -> None:
        """Write everything collected so far; nothing collected, nothing sent."""
        if not self._parts:
            return
        parts = ", ".join(f"w{number} AS ({part})" for number, part in enumerate(self._parts))
        ids = [f"(SELECT id FROM w{number})" for number, _row in self._rows]  # noqa: S608 - our own names
        met = [f"EXISTS (SELECT 1 FROM w{number})" for number, _otherwise in self._needs]  # noqa: S608 - our own names
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {parts} SELECT {', '.join(ids + met)}", self._values)
            found = cursor.fetchone() or ()
        for (_number, row), made in zip(self._rows, found, strict=False):
            row.pk = made
        needs, self._parts, self._values, self._rows, self._needs = self._needs, [], [], [], []
        for (_number, otherwise), is_met in zip(needs, found[len(found) - len(needs) :], strict=True):
            if not is_met:
                raise otherwise()
