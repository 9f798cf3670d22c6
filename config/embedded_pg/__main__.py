"""python -m config.embedded_pg status|stop|psql|url: the development database for people and their tools."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from . import programs, server
from .errors import EmbeddedServerError

# The same place as in config/settings.py, without loading Django.
DEFAULT_FOLDER = Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parents[2] / "var") / "postgres"


def main() -> int:
    """Run one command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m config.embedded_pg", description="The development database.")
    parser.add_argument("--data-dir", type=Path, default=DEFAULT_FOLDER, help="default: %(default)s")
    parser.add_argument("--database", default="peerdesk", help="default: %(default)s")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help="what there is and whether it runs")
    commands.add_parser("stop", help="stop the server now; the next connection starts it again")
    psql = commands.add_parser("psql", help="open psql; everything after `--` goes to psql")
    psql.add_argument("arguments", nargs=argparse.REMAINDER)
    commands.add_parser("url", help="a libpq URL with the password; the server runs as long as somebody uses it")
    asked = parser.parse_args()
    try:
        return _run(asked)
    except (EmbeddedServerError, psycopg.Error) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run(asked: argparse.Namespace) -> int:
    if asked.command == "status":
        _say(*server.status(asked.data_dir))
    elif asked.command == "stop":
        _say("The server is stopped." if server.stop(asked.data_dir) else "No server was running.")
    elif asked.command == "url":
        _say(server.attach(asked.data_dir, asked.database).url(asked.database))
    else:
        return _psql(asked)
    return 0


def _psql(asked: argparse.Namespace) -> int:
    address = server.attach(asked.data_dir, asked.database)  # we stay a user until psql has ended
    where = ["-h", address.socket_folder, "-p", str(address.port), "-U", address.user, "-d", asked.database]
    arguments = asked.arguments[1:] if asked.arguments[:1] == ["--"] else asked.arguments
    try:
        done = subprocess.run(  # noqa: S603 - the person's own psql
            [programs.find_psql(), *where, *arguments],
            env=os.environ | {"PGPASSWORD": address.password},
            check=False,
        )
    except FileNotFoundError:
        raise EmbeddedServerError("psql was not found: install your system's postgresql-client package.") from None
    return done.returncode


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
