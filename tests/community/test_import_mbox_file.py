"""An mbox file as messages: what separates them, what is quoted in them, and what files may be like."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from community.imports import mbox
from community.imports.records import SourceError
from tests.community.mail_files import mbox as joined

ENVELOPE = b"From anna@example.com Mon Jan  2 10:00:00 2023\n"


def read(folder: Path, data: bytes) -> list[bytes]:
    file = folder / "list.mbox"
    file.write_bytes(data)
    return [message.raw for message in mbox.messages(file)]


def test_a_message_begins_behind_an_empty_line_at_from_with_a_date(tmp_path: Path) -> None:
    body = b"A: 1\n\nFrom here it is easy.\n\nFrom now on, too\n"
    assert read(tmp_path, joined(body, b"B: 2\n")) == [body + b"\n", b"B: 2\n\n"]


def test_lines_are_given_back_as_they_were_before_the_file_was_written(tmp_path: Path) -> None:
    assert read(tmp_path, ENVELOPE + b"A: 1\n\n>From me\n>>From you\n> From them\n") == [
        b"A: 1\n\nFrom me\n>From you\n> From them\n"
    ]


@pytest.mark.parametrize(
    "line",
    [
        *(b"From anna at example.com  Mon Jan  2 10:00:00 2023", b"From - Mon Jan  2 10:00:00 2023"),
        *(b"From MAILER-DAEMON Mon Jan  2 11:00:00 2023 +0100", b"From a@b.example Mon, 2 Jan 2023 10:00:00 +0000"),
    ],
)
def test_every_program_writes_that_line_in_its_own_way(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "list.mbox"
    file.write_bytes(line + b"\r\nA: 1\r\n\r\nWords.\r\n")
    (message,) = mbox.messages(file)
    assert message.raw == b"A: 1\r\n\r\nWords.\r\n"
    assert message.came_at == datetime(2023, 1, 2, 10, tzinfo=UTC)
    assert message.origin.line == 1


def test_where_a_message_stands_is_its_first_line(tmp_path: Path) -> None:
    file = tmp_path / "list.mbox"
    file.write_bytes(joined(b"A: 1\n\none\ntwo\n", b"B: 2\n"))
    assert [message.origin.line for message in mbox.messages(file)] == [1, 7]


def test_a_packed_file_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    file = tmp_path / "list.mbox.gz"
    whole = gzip.compress(joined(*(b"A: %d\n\n" % n + bytes(range(65, 91)) * 40 + b"\n" for n in range(3000))), 1)
    file.write_bytes(whole[:-200])
    found = []
    with pytest.raises(SourceError, match="breaks off"):
        found.extend(message.raw for message in mbox.messages(file))
    assert found == [] or found[0].startswith(b"A: 0")
    messages = mbox.messages(file)
    assert next(messages).raw.startswith(b"A: 0\n")


@pytest.mark.parametrize("data", [b"id,title\n1,2\n", b"\x00\xff\xfe" * 100, b"\n\nReceived: x\n"])
def test_a_file_that_is_no_mbox_is_told_so(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceError, match="is no mbox"):
        read(tmp_path, data)


def test_an_empty_file_has_no_messages(tmp_path: Path) -> None:
    assert read(tmp_path, b"") == []


def test_a_message_larger_than_any_is_told_and_never_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "MAX_MESSAGE", 1000)
    file = tmp_path / "list.mbox"
    file.write_bytes(joined(b"A: 1\n\n" + b"x" * 5000 + b"\n", b"B: 2\n"))
    large, small = mbox.messages(file)
    assert large.is_too_large
    assert large.raw == b""
    assert small.raw == b"B: 2\n\n"


def test_a_line_without_an_end_is_read_in_pieces(tmp_path: Path) -> None:
    data = ENVELOPE + b"A: 1\n\n" + b"y" * 3_000_000
    assert len(read(tmp_path, data)[0]) == 3_000_006
