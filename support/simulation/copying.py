"""Rows into tables by COPY: many at once, numbered beforehand."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED
from psycopg.types.json import Jsonb

Row = Sequence[Any]


def highest(model: type[models.Model]) -> int:
    """The highest number given so far."""
    return model._default_manager.aggregate(highest=models.Max("pk"))["highest"] or 0


def copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Write rows of these columns; the others get what the model says. Returns how many.

    Numbers that were given by hand are not given again.
    """
    rest = {field.column: _usual(field) for field in _others(model, columns)}
    places = ", ".join(connection.ops.quote_name(name) for name in [*columns, *rest])
    usual, count = tuple(rest.values()), 0
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {model._meta.db_table} ({places}) FROM STDIN") as into:
            for row in rows:
                into.write_row((*row, *usual))
                count += 1
        if "id" in columns:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM {model._meta.db_table}))",  # noqa: S608 - a table of ours
                [model._meta.db_table],
            )
    return count


def _others(model: type[models.Model], columns: Sequence[str]) -> "list[models.Field[Any, Any]]":
    """Fields that nobody named and the database does not fill by itself."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.attname not in columns
        and not field.generated
        and not isinstance(field, models.AutoField)
        and field.db_default is NOT_PROVIDED
    ]


def _usual(field: "models.Field[Any, Any]") -> Any:
    value = field.get_default()
    if isinstance(field, models.JSONField):
        return Jsonb(value)
    return value if value is not None or field.null else ""
