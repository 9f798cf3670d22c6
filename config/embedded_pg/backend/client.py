"""`manage.py dbshell` for the embedded server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql import client as postgresql

from ..programs import find_psql


class DatabaseClient(postgresql.DatabaseClient):
    """Opens psql on the running server: the machine's, else the one beside the server's programs."""

    connection: Any  # our DatabaseWrapper, which imports this module

    def runshell(self, parameters: Iterable[str]) -> None:
        """Start the server when necessary, and stay its user while psql is open."""
        self.connection.attach()
        self.executable_name = find_psql()
        super().runshell(list(parameters))
