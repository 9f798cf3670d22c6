"""A child whose reader does what a broken parser would do, for the messages that ask for it."""

import os
import signal
import time
from pathlib import Path

from community.incoming.child_process import serve
from community.incoming.reading import read
from community.incoming.records import Parsed

SUBJECTS = ("sleep", "loop", "memory", "signal", "exit", "error", "print", "environment", "files", "parent")


def _misbehave(subject: str) -> str:
    """What it did, where it comes back from it."""
    if subject == "sleep":
        time.sleep(600)
    while subject == "loop":
        pass
    if subject == "memory":
        held = []
        while True:
            held.append(bytearray(10_000_000))
    if subject == "signal":
        os.kill(os.getpid(), signal.SIGSEGV)
    if subject == "exit":
        os._exit(0)
    if subject == "error":
        raise ZeroDivisionError
    if subject == "print":
        print("words that are no answer", flush=True)
        os.write(1, b"nor these")
    if subject == "environment":
        return " ".join(sorted(os.environ))
    if subject == "files":
        return " ".join(sorted({f for f in map(_opened, range(3, 200)) if f}))
    return subject


def _opened(number: int) -> str:
    try:
        return str(Path(f"/proc/self/fd/{number}").readlink()).partition(":")[0]
    except OSError:
        return ""


def misbehaving(raw: bytes, *, authserv: str = "", own_domains: tuple[str, ...] = ()) -> Parsed:
    parsed = read(raw, authserv=authserv, own_domains=own_domains)
    did = _misbehave(parsed.subject)
    return Parsed(subject=did, sender=parsed.sender, message_id=parsed.message_id)


if __name__ == "__main__":
    serve(misbehaving)
