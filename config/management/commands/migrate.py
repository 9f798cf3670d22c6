"""`manage.py migrate`, beside a site that serves: each migration takes all tables first (postgresql/schema.py)."""

from typing import Any

from django.core.management.commands import migrate

from config.postgresql.schema import DatabaseSchemaEditor


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        DatabaseSchemaEditor.takes_all_tables = True
        try:
            super().handle(*args, **options)
        finally:
            DatabaseSchemaEditor.takes_all_tables = False
