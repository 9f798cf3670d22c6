"""Messages are read in a process of its own: whatever one of them does to it, the next is read as if nothing was."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from community.incoming.child import Child
from community.incoming.reading import MAX_MESSAGE, read
from community.incoming.records import Automatic, Bounce, CutKind, Parsed, Unreadable
from tests.community.incoming.hostile import HOSTILE, TOP, multipart

ROOT = Path(__file__).resolve().parents[3]


class Misbehaving(Child):
    module = "tests.community.incoming.hostile_child"


def mail(subject: str) -> bytes:
    return b"From: anna@example.com\r\nSubject: " + subject.encode() + b"\r\n\r\nHello\r\n"


@pytest.fixture
def child() -> Iterator[Child]:
    with Child() as made:
        yield made


@pytest.fixture
def misbehaving() -> Iterator[Child]:
    with Misbehaving(seconds=1.5) as made:
        yield made


def is_there(pid: int) -> bool:
    """Whether a process runs under this number; one that ended and was not waited for does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    with suppress(OSError):
        os.kill(pid, 0)
        return not Path("/proc/self").exists()
    return False


def ends(pid: int) -> bool:
    """Whether it ends in the next half minute."""
    for _turn in range(600):
        if not is_there(pid):
            return True
        time.sleep(0.05)
    return False


def test_what_the_child_reads_is_what_is_read_here(child: Child) -> None:
    head = b"Date: Mon, 20 Jan 2025 10:00:00 +0100\r\nMessage-ID: <a@b>\r\nReferences: <c@d> <e@f>\r\n"
    full = head + multipart(
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "Grüße 😀\n".encode() + b"\r\n"
        b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-ID: <c>\r\n\r\n" + bytes(range(256)) + b"\r\n"
        b"--b\r\nContent-Type: application/pdf; name=b.pdf\r\n\r\nb\r\n"
        b"--b\r\nContent-Type: application/ms-tnef\r\n\r\nb\r\n--b--\r\n"
    )
    report = b"Content-Type: message/delivery-status\r\n\r\nStatus: 5.1.1\r\n"
    bounced = TOP.replace(b"Anna <anna", b"<mailer-daemon") + report
    for raw in (full, bounced, b"From: a@b.example\r\n\r\n"):
        assert child.read(raw) == read(raw)
    assert child.read(bounced).automatic is Automatic.BOUNCE
    assert child.read(bounced).bounce == Bounce("5.1.1", True)
    assert [len(file.data) for file in child.read(full).files] == [256, 1]
    assert all(isinstance(piece.kind, CutKind) for piece in child.read(full).cut.pieces)


def test_one_process_reads_them_all(child: Child) -> None:
    child.read(mail("1"))
    pid = child.pid
    assert [child.read(mail(str(n))).subject for n in range(50)] == [str(n) for n in range(50)]
    assert child.pid == pid


def test_what_is_unreadable_says_why_and_costs_no_process(child: Child) -> None:
    child.read(mail("1"))
    pid = child.pid
    with pytest.raises(Unreadable, match="no header"):
        child.read(b"")
    with pytest.raises(Unreadable) as refused:
        child.read(bytes(MAX_MESSAGE + 1))
    assert refused.value.reason == "too_large"
    assert child.pid == pid


@pytest.mark.parametrize("what", ["sleep", "loop"])
def test_a_message_that_takes_too_long_is_unreadable_and_its_process_is_killed(misbehaving: Child, what: str) -> None:
    misbehaving.read(mail("quick"))
    pid = misbehaving.pid
    assert pid is not None
    with pytest.raises(Unreadable, match="longer than"):
        misbehaving.read(mail(what))
    assert ends(pid)
    assert misbehaving.read(mail("next")).subject == "next"
    assert misbehaving.pid != pid


@pytest.mark.parametrize("what", ["memory", "signal", "exit", "error"])
def test_a_message_that_breaks_the_reader_is_unreadable_and_the_next_is_read(what: str) -> None:
    with Misbehaving(seconds=30) as child:
        child.read(mail("quick"))
        pid = child.pid
        assert pid is not None
        with pytest.raises(Unreadable):
            child.read(mail(what))
        assert child.read(mail("next")).subject == "next"
        assert child.pid != pid
        assert ends(pid)


def test_what_a_library_prints_is_no_answer(misbehaving: Child) -> None:
    assert misbehaving.read(mail("print")).subject == "print"
    assert misbehaving.read(mail("next")).subject == "next"


def test_a_process_that_was_killed_between_two_messages_costs_none(child: Child) -> None:
    child.read(mail("1"))
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    assert ends(child.pid)
    assert child.read(mail("2")).subject == "2"


def test_the_child_has_no_secrets_and_no_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv("EMAIL_HOST_PASSWORD", "secret")
    with (tmp_path / "open").open("w") as held, Misbehaving() as child:
        os.set_inheritable(held.fileno(), True)
        names = set(child.read(mail("environment")).subject.split())
        assert names <= {"LC_ALL", "LC_CTYPE", "PATH", "TZ", "__CF_USER_TEXT_ENCODING"}
        assert set(child.read(mail("files")).subject.split()) <= {"pipe"}


def test_threads_share_a_child(child: Child) -> None:
    read_as: dict[int, list[str]] = {}

    def read_some(number: int) -> None:
        read_as[number] = [child.read(mail(f"{number} {n}")).subject for n in range(30)]

    threads = [threading.Thread(target=read_some, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_as == {number: [f"{number} {n}" for n in range(30)] for number in range(6)}


def _in_a_fork(child: Child, told: "multiprocessing.connection.Connection[object, object]") -> None:
    told.send((child.read(mail("forked")).subject, child.pid))
    child.close()
    told.close()
    os._exit(0)


def test_a_process_that_was_forked_off_has_a_child_of_its_own(child: Child) -> None:
    child.read(mail("1"))
    pid = child.pid
    here, there = multiprocessing.get_context("fork").Pipe()
    forked = multiprocessing.get_context("fork").Process(target=_in_a_fork, args=(child, there))
    forked.start()
    subject, other = here.recv()
    forked.join()
    assert subject == "forked"
    assert other != pid
    assert child.read(mail("2")).subject == "2"
    assert child.pid == pid


_PARENT = """
import sys, threading
from tests.community.incoming.test_child import Misbehaving, mail
child = Misbehaving(seconds=1)
child.read(mail("1"))
print(child.pid, flush=True)
child.read(mail(sys.argv[1]))
sys.stdin.read()
"""


@pytest.mark.parametrize("what", ["nothing", "sleep"])
def test_the_child_ends_with_its_parent_even_where_that_was_killed(what: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, what], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert is_there(pid)
    parent.kill()
    parent.communicate()
    assert ends(pid)


def test_closing_ends_it_and_a_message_starts_it_again(child: Child) -> None:
    child.read(mail("1"))
    assert child.pid is not None
    pid = child.pid
    child.close()
    assert not is_there(pid)
    assert child.read(mail("2")).subject == "2"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_messages_end_within_the_limits(name: str) -> None:
    raw = HOSTILE[name]()
    with Child(seconds=60) as child:
        try:
            parsed: Parsed | None = child.read(raw)
        except Unreadable as told:
            parsed = None
            assert "more than 5,000 header fields" in str(told)
        assert (parsed is None) == (name == "100,000 header fields")
        assert _most_memory(child) < 200 * 1024
        assert child.read(mail("next")).subject == "next"


def _most_memory(child: Child) -> int:
    """The most that the child's process ever held, in KB; 0 where the kernel does not tell."""
    try:
        told = Path(f"/proc/{child.pid}/status").read_text()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmHWM"))
