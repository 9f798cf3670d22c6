"""The child itself: `python -m community.incoming.child_process`. It reads messages until nobody sends any.

What limits it is the kernel's: memory, processor time, and an alarm that ends it even where its parent is gone. It
opens no file, no connection and no other process; it has no secrets.
"""

import os
import resource
import select
import signal
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings

from community.incoming.passing import frame, parsed_frame, unframe, unreadable_frame
from community.incoming.reading import read
from community.incoming.records import Parsed, Unreadable

#: What a message of 25 MB may take while it is read, interpreter and libraries included.
MEMORY = 200 * 1024 * 1024
#: A child that nobody speaks to looks now and then whether anybody is left who could.
_IDLE_SECONDS = 30

Reader = Callable[..., Parsed]


def serve(reader: Reader) -> None:
    """Answer each message until the parent closes its end, or is gone."""
    parent = os.getppid()
    told, answers = _own_ends()
    settings.configure(USE_I18N=False)
    _limit_memory()
    _write(answers, frame({"ready": True}))
    while _is_asked(told, parent):
        try:
            asked, raw = unframe(lambda count: _receive(told, count))
        except EOFError:
            return
        seconds = float(asked["seconds"])
        _limit_time(seconds)
        answer, goes_on = _answer(reader, asked, raw)
        del raw
        _write(answers, answer)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if not goes_on:
            return


def _answer(reader: Reader, asked: dict[str, Any], raw: bytes) -> tuple[list[bytes], bool]:
    """What was read as a frame, and whether the process is fit to read more."""
    try:
        parsed = reader(raw, authserv=asked["authserv"], own_domains=tuple(asked["own_domains"]))
        return parsed_frame(parsed), True
    except Unreadable as error:
        return unreadable_frame(error), True
    except MemoryError:
        told = "Reading it takes too much memory."
    except RecursionError:
        told = "It is nested too deeply."
    except Exception as error:
        told = f"It could not be read ({type(error).__name__})."
    return unreadable_frame(Unreadable(told), ends=True), False


def _own_ends() -> tuple[int, int]:
    """The two pipes, moved away from where a stray print or a library would write."""
    told, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return told, answers


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # macOS knows the names and refuses some of the values.
    for name, value in (("RLIMIT_DATA", MEMORY), ("RLIMIT_AS", _address_space() + MEMORY)):
        try:
            resource.setrlimit(getattr(resource, name), (value, value))
        except (AttributeError, ValueError, OSError):
            continue


def _address_space() -> int:
    """What the interpreter and its libraries have mapped already: most of it is never memory."""
    try:
        with open("/proc/self/statm", encoding="ascii") as pages:  # noqa: PTH123 - pathlib is not needed for one line
            return int(pages.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError):
        return 1 << 32


def _limit_time(seconds: float) -> None:
    """The parent kills sooner; this ends a child whose parent was killed in the meantime."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + 2)
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 2, hard))
    except (ValueError, OSError):
        return


def _is_asked(told: int, parent: int) -> bool:
    while not select.select([told], [], [], _IDLE_SECONDS)[0]:
        if os.getppid() != parent:
            return False
    return True


def _receive(told: int, count: int) -> bytes:
    pieces, missing = [], count
    while missing:
        piece = os.read(told, min(missing, 1 << 20))
        if not piece:
            raise EOFError
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _write(answers: int, pieces: list[bytes]) -> None:
    for piece in pieces:
        view = memoryview(piece)
        while view:
            view = view[os.write(answers, view) :]


if __name__ == "__main__":
    sys.setrecursionlimit(1_000)
    serve(read)
