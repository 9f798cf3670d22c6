"""What the embedded server says when it cannot help: one sentence a person can act on."""

import sys

WINDOWS_MESSAGE = (
    "The built-in PostgreSQL does not run on Windows: "
    "use WSL, or set DATABASE_URL to a PostgreSQL server (15 or newer)."
)


class EmbeddedServerError(Exception):
    """The server cannot be used; the message is one sentence for the person at the keyboard."""


def refuse_windows(platform: str = sys.platform) -> None:
    """Raise EmbeddedServerError where there is neither fork, flock nor a Unix socket to rely on."""
    if platform in ("win32", "cygwin"):
        raise EmbeddedServerError(WINDOWS_MESSAGE)
