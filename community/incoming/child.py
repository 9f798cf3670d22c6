"""The process in which messages are taken apart: with bounds of time and memory, and killed when it exceeds them.

A parser is where hostile input meets code; what goes wrong there must cost one message, and nothing of the site. The
child gets bytes and gives plain values back (passing.py). It inherits no file, no connection and no secret, and ends
with whoever started it: when the pipe closes, when it finds itself an orphan, and by its own alarm while it works.
"""

import os
import select
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from community.incoming.passing import frame, parsed_from, unframe
from community.incoming.records import MAX_MESSAGE, Parsed, Unreadable

#: A message may take so long, the start of the child not counted.
SECONDS = 5.0
#: On a machine that is busy with other things.
_START_SECONDS = 30.0
_ROOT = Path(__file__).resolve().parents[2]
#: What a child needs to know of its surroundings, and no more: nothing here is secret.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": os.defpath}


class _Gone(Exception):
    """The child did not answer: it was killed, or ended."""


class Child:
    """Takes messages apart, one after the other, in one process of its own (a context manager).

    It is started with the first message, and again after one that had to be killed. Threads may share it; a process
    that was forked off starts its own.
    """

    #: what is run: tests put a reader there that misbehaves
    module = "community.incoming.child_process"

    def __init__(self, *, authserv: str = "", own_domains: tuple[str, ...] = (), seconds: float = SECONDS) -> None:
        self.authserv, self.own_domains, self.seconds = authserv, own_domains, seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process. The next message starts another one."""
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._process.pid if self._process else None

    def read(self, raw: bytes) -> Parsed:
        """As `reading.read`, raising Unreadable also where it took too long or too much memory."""
        if len(raw) > MAX_MESSAGE:
            raise Unreadable(f"It is larger than {MAX_MESSAGE // 1_000_000} MB.", "too_large")
        asked = {"authserv": self.authserv, "own_domains": list(self.own_domains), "seconds": self.seconds}
        with self._lock:
            process = self._running()
            try:
                until = time.monotonic() + self.seconds
                _send(process, frame(asked, raw), until)
                told, data = unframe(lambda count: _receive(process, count, until))
                if told.get("ends"):
                    self._end()
                return parsed_from(told, data)
            except Unreadable:
                raise
            except TimeoutError as error:
                self._end()
                raise Unreadable(f"Reading it takes longer than {self.seconds:g} seconds.") from error
            except (EOFError, OSError, ValueError, KeyError, TypeError) as error:
                self._end()
                raise Unreadable("Reading it takes too much memory or time, or breaks the reader.") from error
            except BaseException:
                # An answer that nobody waits for must not become the next message's.
                self._end()
                raise

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner != os.getpid():
            # Forked: the process is the parent's, and so are its pipes; only our ends of them are closed.
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    with suppress(OSError):
                        pipe.close()
            self._process.returncode = 0
            self._process = None
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._process, self._owner = self._start(), os.getpid()
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - nothing in it comes from outside
            [sys.executable, "-E", "-s", "-X", "utf8", "-m", self.module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env=_ENVIRONMENT,
            close_fds=True,
            start_new_session=True,
            bufsize=0,
        )
        for pipe in (process.stdin, process.stdout):
            if pipe:
                os.set_blocking(pipe.fileno(), False)
        try:
            until = time.monotonic() + _START_SECONDS
            unframe(lambda count: _receive(process, count, until))
        except (EOFError, TimeoutError, OSError) as error:
            _stop(process)
            raise RuntimeError("The process that reads mail does not start.") from error
        return process

    def _end(self) -> None:
        if self._process is not None and self._owner == os.getpid():
            _stop(self._process)
        self._process = None


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(OSError):
                pipe.close()
    process.wait()


def _send(process: subprocess.Popen[bytes], pieces: list[bytes], until: float) -> None:
    assert process.stdin is not None
    told = process.stdin.fileno()
    for piece in pieces:
        view = memoryview(piece)
        while view:
            _wait(told, until, for_writing=True)
            with suppress(BlockingIOError):
                view = view[os.write(told, view) :]


def _receive(process: subprocess.Popen[bytes], count: int, until: float) -> bytes:
    assert process.stdout is not None
    answers = process.stdout.fileno()
    pieces, missing = [], count
    while missing:
        _wait(answers, until, for_writing=False)
        try:
            piece = os.read(answers, min(missing, 1 << 20))
        except BlockingIOError:
            continue
        if not piece:
            raise EOFError
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _wait(pipe: int, until: float, *, for_writing: bool) -> None:
    """Until the pipe is ready. poll and not select: a busy server has more than 1,024 files open."""
    poll = select.poll()
    poll.register(pipe, select.POLLOUT if for_writing else select.POLLIN)
    left = until - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError
