"""Django's PostgreSQL backend, which starts the embedded server on its first connection. The rest is Django's."""

from __future__ import annotations

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base as postgresql
from django.db.utils import OperationalError

from ..errors import EmbeddedServerError, refuse_windows

try:
    refuse_windows()
except EmbeddedServerError as error:
    raise ImproperlyConfigured(str(error)) from None

import psycopg

from config.postgresql.schema import DatabaseSchemaEditor

from .. import server
from ..postmaster import Postmaster
from .client import DatabaseClient

# Kill trials ask what survives a crash: they set one of these, and the test database then keeps its promises as well.
DURABLE_VARIABLES = ("PEERDESK_TRIALS", "PEERDESK_DURABLE")


class EmbeddedServerUnavailable(OperationalError):
    """The server could not be started or reached; the message is one sentence for the person at the keyboard."""


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """A connection to the embedded server. settings_dict["EMBEDDED"] holds DATA_DIR and DATABASE."""

    client_class = DatabaseClient
    SchemaEditorClass = DatabaseSchemaEditor
    attached_to: Postmaster | None = None

    def attach(self) -> server.Address:
        """Be a user of the running server and know its address. Raises EmbeddedServerUnavailable."""
        try:
            own = self.settings_dict["EMBEDDED"]
            data_dir, database = own["DATA_DIR"], own["DATABASE"]
        except (KeyError, TypeError):
            raise ImproperlyConfigured(
                "DATABASES for the embedded server must come from config.embedded_pg.database_settings()."
            ) from None
        wanted = database if self.settings_dict["NAME"] == database else None
        try:
            address = server.attach(data_dir, wanted)
        except EmbeddedServerError as error:
            raise EmbeddedServerUnavailable(str(error)) from None
        self.attached_to = address.server
        self.settings_dict.update(
            HOST=address.socket_folder, PORT=str(address.port), USER=address.user, PASSWORD=address.password
        )
        return address

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters, with the address of a server that runs now."""
        self.attach()
        params: dict[str, Any] = super().get_connection_params()
        if may_relax(params.get("dbname")):
            params["options"] = f"{params.get('options') or ''} -c synchronous_commit=off".strip()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; when the server went away after the parameters were made, bring it back and try once more."""
        before = self.attached_to
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            address = self.attach()
            if address.server == before:
                raise
        return super().get_new_connection({**conn_params, "host": address.socket_folder, "port": address.port})


def may_relax(database: object) -> bool:
    """Whether synchronous_commit may be off: in a test database only, and not while trials look at what survives."""
    return str(database).startswith("test_") and not any(os.environ.get(name) for name in DURABLE_VARIABLES)
