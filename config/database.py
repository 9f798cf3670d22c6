"""Which database: the server that DATABASE_URL names, else the private one that starts by itself."""

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from psycopg import pq

from config.embedded_pg import database_settings

EXAMPLE = "postgres://user:password@localhost:5432/peerdesk"
SCHEMES = {"postgres", "postgresql", "pgsql"}
# What may follow the question mark: libpq's own keywords and those that Django adds.
OPTION_NAMES = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} | {
    "assume_role",
    "isolation_level",
    "pool",
    "server_side_binding",
}
CONNECT_TIMEOUT = 10  # seconds; libpq's own is over two minutes, far too long to look at a silent terminal


def database_from_env(url: str | None, data_dir: Path) -> dict[str, Any]:
    """Return Django's settings for the one database; no server is asked yet.

    `url` is the text of DATABASE_URL; None or empty means the embedded server with its files in `data_dir`. Raises
    ImproperlyConfigured with one sentence that never repeats the password.
    """
    if not url or not url.strip():
        return database_settings(data_dir=data_dir)
    return _parse(url.strip())


def _parse(url: str) -> dict[str, Any]:
    scheme, separator, _rest = url.partition("://")
    if not separator or not scheme.isascii() or not scheme:
        raise ImproperlyConfigured(f"DATABASE_URL is not an address; it looks like {EXAMPLE}.")
    if scheme.lower() not in SCHEMES:
        raise ImproperlyConfigured(
            f"Peerdesk runs on PostgreSQL 15 or newer, and DATABASE_URL begins with {scheme[:30]}://; "
            f"it looks like {EXAMPLE}."
        )
    try:
        settings: dict[str, Any] = dict(
            dj_database_url.parse(url, engine="config.postgresql", conn_max_age=600, conn_health_checks=True)
        )
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read (a port that is no number, or a special character in the password that must "
            f"be written as %XX?); it looks like {EXAMPLE}."
        ) from None
    options = settings.setdefault("OPTIONS", {})
    texts = [str(settings[name]) for name in ("NAME", "USER", "PASSWORD", "HOST")] + [
        str(each) for each in options.values()
    ]
    if any("\0" in text for text in texts):
        raise ImproperlyConfigured("DATABASE_URL holds the character %00, which no database name or password can hold.")
    if not settings["NAME"]:
        raise ImproperlyConfigured(f"DATABASE_URL names no database after the last slash; it looks like {EXAMPLE}.")
    if unknown := sorted(set(options) - OPTION_NAMES):
        raise ImproperlyConfigured(f"DATABASE_URL has an option that PostgreSQL does not know: {unknown[0][:60]}.")
    options.setdefault("connect_timeout", CONNECT_TIMEOUT)
    return settings
