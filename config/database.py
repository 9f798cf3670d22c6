"""Which database: DATABASE_URL's, or the embedded one."""

from pathlib import Path
from typing import Any

import dj_database_url


def database_from_env(url: str | None, *, data_dir: Path) -> dict[str, Any]:
    """Django's settings for the one database. To be completed by the tooling's own version."""
    if not url:
        raise RuntimeError("DATABASE_URL is not set")
    return dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
