"""Says in one sentence why the database cannot be reached, for people who start Peerdesk from a terminal."""

import re

import psycopg
from django import db
from django.db import connections

# Connection failures carry no SQLSTATE in libpq; these are the ones a server may send with one: broken connection,
# wrong user or password, no such database, shutting down, starting up, no slot left.
CONNECTION_STATES = ("08", "28", "3D", "57P01", "57P02", "57P03", "53300")


def explain_database_error(exc: BaseException) -> str:
    """Return one sentence for an error in reaching the database, or "" when `exc` is about something else.

    Understands django.db's and psycopg's errors. A deadlock or a wrong query is not about reaching the database: those
    keep their traceback.
    """
    text = " ".join(str(exc).split())
    if isinstance(exc, db.NotSupportedError) and "or later is required" in text:
        found = re.search(r"found ([\d.]+)", text)
        return f"Peerdesk needs PostgreSQL 15 or newer; the server at {_place()} is {found[1] if found else 'older'}."
    if not isinstance(exc, db.OperationalError | psycopg.OperationalError):
        return ""
    state = getattr(exc, "sqlstate", None) or getattr(exc.__cause__, "sqlstate", None)
    if state and not state.startswith(CONNECTION_STATES):
        return ""
    if isinstance(exc, db.OperationalError) and exc.__cause__ is None:
        return text  # not from a driver: the embedded server speaks in sentences of its own
    return _sentence(text)


def require_database() -> None:
    """Open one connection and close it again, to say what is wrong before a server starts. Raises its error."""
    connection = connections["default"]
    connection.ensure_connection()
    connection.close()


def _sentence(text: str) -> str:
    name, user = str(connections["default"].settings_dict["NAME"]), str(connections["default"].settings_dict["USER"])
    if re.search(r"FATAL: database .* does not exist", text):
        return (
            f'The database "{name}" does not exist at {_place()}; create it (createdb {name}) or correct DATABASE_URL.'
        )
    if re.search(
        r"password authentication failed|role .* does not exist|no password supplied|no pg_hba.conf entry", text
    ):
        return f'The database server at {_place()} refuses the user "{user}" or the password; correct DATABASE_URL.'
    if re.search(r"failed to resolve host|could not translate host name", text):
        return f"The database server's name in DATABASE_URL is not known here: {_place()}."
    if re.search(r"Connection refused|No such file|timeout|timed out|No route|unreachable", text):
        return f"No PostgreSQL answers at {_place()}; start it or correct DATABASE_URL."
    if "too many clients" in text or "remaining connection slots" in text:
        return f"The database server at {_place()} has no free connection; raise its max_connections or stop a program."
    reason = re.sub(r"^.*?(?:failed|bad): |FATAL: +", "", text).rstrip(".")
    return f"The database at {_place()} cannot be used: {reason[:300]}."


def _place() -> str:
    """Where the configured server is, never with the password."""
    settings = connections["default"].settings_dict
    host = settings["HOST"] or settings.get("OPTIONS", {}).get("host") or "the local socket"
    port = settings["PORT"] or settings.get("OPTIONS", {}).get("port") or 5432
    return f"{host}, port {port}"
