"""`import_contacts` and `import_baseline`: what whoever sits at the server gives them, and what they say."""

import csv
import gzip
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from support.models import Baseline, ContactImport, OutsideContact

pytestmark = pytest.mark.django_db

GOOD = b"time,channel,id,email\n2026-01-31T14:05:00Z,phone,c-1,ann@example.com\n2026-01-31T15:05:00Z,chat,c-2,\n"


def _run(command: str, file: Path, *options: str) -> str:
    said = StringIO()
    call_command(command, str(file), "--source", "telephone", *options, stdout=said)
    return said.getvalue()


def _file(folder: Path, content: bytes, name: str = "calls.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_file_is_read_in_and_its_report_says_what_came(tmp_path: Path) -> None:
    said = _run("import_contacts", _file(tmp_path, GOOD))
    assert "2 new, 0 known already, 0 rejected." in said
    assert "0 are members', 1 can be linked to nobody" in said
    assert "1 phone" in said and "1 chat" in said
    assert "0 new, 2 known already" in _run("import_contacts", tmp_path / "calls.csv")
    assert not (tmp_path / "calls.rejected.csv").exists()


def test_bad_lines_are_kept_in_a_file_with_their_reasons(tmp_path: Path) -> None:
    said = _run("import_contacts", _file(tmp_path, GOOD + b"soon,phone,c-3,\n2026-01-31,pigeon,c-4,\n2026,a\xff,b,c\n"))
    assert "2 new" in said and "3 rejected" in said and "calls.rejected.csv" in said
    rows = list(csv.reader((tmp_path / "calls.rejected.csv").open(errors="surrogateescape")))
    assert [row[0] for row in rows] == ["line", "4", "5", "6"]
    assert rows[1][2] == "soon,phone,c-3,"


def test_a_dry_run_and_a_packed_file(tmp_path: Path) -> None:
    packed = _file(tmp_path, gzip.compress(GOOD), "calls.csv.gz")
    assert "This was a dry run" in _run("import_contacts", packed, "--dry-run")
    assert not ContactImport.objects.exists()
    _run("import_contacts", packed)
    assert OutsideContact.objects.count() == 2


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", GOOD + b'2026-01-31,phone,"open', b"\xff\xfe\x00", b"\x00\n"])
def test_a_file_of_another_kind_is_told_and_nothing_is_written(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CommandError, match=r"Nothing was written"):
        _run("import_contacts", _file(tmp_path, content))
    assert not OutsideContact.objects.exists()


def test_a_file_that_is_not_there_or_broken_off_is_told(tmp_path: Path) -> None:
    for file in (tmp_path / "nowhere.csv", tmp_path, _file(tmp_path, gzip.compress(GOOD)[:-12], "cut.csv.gz")):
        with pytest.raises(CommandError):
            _run("import_contacts", file)
    assert not OutsideContact.objects.exists()


def test_baselines_are_read_in_month_by_month(tmp_path: Path) -> None:
    lines = b"month,contacts,customers\n2025-01,300,12000\n2025-02,280,12100\n2025-14,1,1\n"
    said = _run("import_baseline", _file(tmp_path, lines))
    assert "2 new months, 0 known already, 1 rejected." in said
    assert Baseline.objects.filter(replaced_at=None).count() == 2
