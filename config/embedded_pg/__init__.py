"""The development database: a private PostgreSQL which starts by itself when DATABASE_URL is not set.

How it works, in ten lines. `database_settings` names our Django backend; its first connection calls `server.attach`.
A process which uses the server holds a shared `flock` on users.lock from then on (forked children inherit it), so the
kernel counts the users, also the ones that die by `kill -9`. One process at a time starts the server, under start.lock.
The starter launches one detached watcher (watcher.py, standard library only) which waits for the exclusive lock on
users.lock: it gets it when nobody is left, stops the server with a fast shutdown while it *keeps* the lock, and ends.
Whoever comes meanwhile waits for that lock, and therefore never gets a dying server. Every new connection looks whether
server and watcher still live (two small files and a lock) and brings back what was killed. `initdb` works in a side
folder which is renamed when complete. Nothing listens on a network: a Unix socket, scram-sha-256, a 0600 password file.
As root the server runs as `postgres` or `nobody`; folders that are not ours never get another mode or owner.

The folder `data_dir`: data/ (the cluster), run/ (the socket), password, server.log, users.lock, start.lock,
watcher.lock, server.json (which process we started), location (root only: the database lives elsewhere),
socket (only where the path is too long for one: the temporary folder that has it).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def database_settings(data_dir: str | os.PathLike[str], name: str = "peerdesk") -> dict[str, Any]:
    """One entry for Django's DATABASES. Nothing is started, created or imported here.

    `data_dir` is the folder that belongs to the server (made on the first connection); `name` the database in it.
    """
    return {
        "ENGINE": "config.embedded_pg.backend",
        "NAME": name,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # NAME becomes test_<name> under the test runner; the server still has to make only this one.
        "EMBEDDED": {"DATA_DIR": str(Path(data_dir)), "DATABASE": name},
    }
