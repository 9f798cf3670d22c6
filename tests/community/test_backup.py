"""A backup holds everything, comes back whole on a server that was never used, and nothing is told twice there."""

import gzip
import io
import json
import tarfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from community.actions.thanks import vote
from community.care import forgotten
from community.care.archive import BadArchive, Reader
from community.care.backup import make_backup
from community.models import Attachment, Brand, Notification, SiteState, Thread, ThreadEvent
from community.notices.fanout import fan_out_all
from tests.factories import person, reply, thread
from tests.restoring import fresh_cluster, manifest_of, second_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

TELL = """
from community.models import Notification
from community.notices.fanout import fan_out_all
fan_out_all()
print(sorted(Notification.objects.values_list("reason", "event_id")))
"""
NEVER_RAN = """
from community.snapshots import Position, count_new
print(count_new(Position(), "community_threadevent", most=100))
"""
ANSWER = """
from community.actions.answers import answer
from community.models import Thread, User
from tests.factories import reply
reply(Thread.objects.first(), User.objects.get(username="late"))
"""


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "first", tmp_path / "first" / "media"


@pytest.fixture
def site() -> Thread:
    """A question with a file, one answer that everybody was told of, and one that nobody knows of yet."""
    asker, helper = person("asker"), person("helper")
    person("late")
    question = thread(asker, title="Where is\tthe \\N button? 🔌")
    made = Attachment(uploader=asker, thread=question, kind="text", name="log.txt", content_type="text/plain", size=5)
    made.file.save("log.bin", ContentFile(b"hello"), save=False)
    made.save()
    first = reply(question, helper)
    vote(actor=asker, answer_id=first.pk)
    fan_out_all()
    reply(question, helper, "One more idea.")
    return question


def backup(folder: Path) -> Path:
    return make_backup(folder / "b.tar").path


def test_a_backup_comes_back_whole_on_a_fresh_server_and_nothing_is_told_twice(site: Thread, tmp_path: Path) -> None:
    file = backup(tmp_path)
    told = sorted(Notification.objects.values_list("reason", "event_id"))
    fan_out_all()
    expected = sorted(Notification.objects.values_list("reason", "event_id"))
    assert len(expected) == len(told) + 1
    with fresh_cluster() as elsewhere:
        elsewhere.manage("restore", file)
        elsewhere.manage("backup", elsewhere.folder / "again.tar")
        before, after = manifest_of(file), manifest_of(elsewhere.folder / "again.tar")
        assert before["tables"] == after["tables"] and before["files"] == after["files"]
        assert before["tables"]["community_answer"]["rows"] == 2
        # (What the site itself writes down while it works goes on.)
        steady = [
            name for name in before["sequences"] if not name.startswith(("community_changerow", "community_jobrun"))
        ]
        assert [after["sequences"][name] for name in steady] == [before["sequences"][name] for name in steady]
        assert (elsewhere.folder / "media" / site.attachments.get().file.name).read_bytes() == b"hello"
        # The answer that nobody had heard of is told there, once; and so is one that is written there.
        assert elsewhere.run(TELL) == str(expected)
        assert elsewhere.run(TELL) == str(expected)
        assert len(eval(elsewhere.run(ANSWER + TELL))) == len(expected) + 2
        # A follower that never ran has everything before it.
        assert int(elsewhere.run(NEVER_RAN)) == ThreadEvent.objects.count() + 1
        assert "hold" in elsewhere.manage("verify_integrity")


def test_a_backup_holds_no_key_and_only_its_owner_reads_it(site: Thread, tmp_path: Path, settings: Any) -> None:
    settings.SECRET_KEY = "a-key-that-nobody-else-may-read"
    Brand.objects.update_or_create(pk=1, defaults={"name": "Brandname"})
    file = backup(tmp_path)
    with tarfile.open(file) as tar:
        parts = [tar.extractfile(member).read() for member in tar.getmembers()]  # type: ignore[union-attr]
    everything = b"".join(gzip.decompress(part) if part[:2] == b"\x1f\x8b" else part for part in parts)
    assert b"Brandname" in everything
    assert b"nobody-else-may-read" not in everything
    assert file.stat().st_mode & 0o777 == 0o600
    assert not {"django_session", "usersessions_usersession"} & manifest_of(file)["tables"].keys()


def test_a_backup_that_cannot_be_finished_leaves_nothing(site: Thread, tmp_path: Path, monkeypatch: Any) -> None:
    (Path(project.MEDIA_ROOT) / "broken").symlink_to(tmp_path / "nowhere")
    monkeypatch.setattr("community.care.backup.sequences", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        backup(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["first"]


def test_what_was_cut_short_or_changed_is_no_backup(site: Thread, tmp_path: Path) -> None:
    whole = backup(tmp_path).read_bytes()
    cut, changed = tmp_path / "cut.tar", tmp_path / "changed.tar"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadArchive, match=r"cut short|cannot be read"):
        Reader(cut)
    changed.write_bytes(whole.replace(b"hello", b"hallo", 1))
    with pytest.raises(BadArchive, match="not as it was written"):
        Reader(changed).verify()
    with pytest.raises(CommandError, match="not as it was written"):
        call_command("restore", changed, replace=True)
    assert Thread.objects.count() == 1


def test_nothing_is_replaced_unless_that_is_asked_for(site: Thread, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="give --replace"):
        call_command("restore", backup(tmp_path))
    assert Thread.objects.get() == site


def test_a_restored_site_is_closed_and_a_restore_that_fails_puts_it_back_as_it_was(
    site: Thread, tmp_path: Path
) -> None:
    file = backup(tmp_path)
    bad = tmp_path / "bad.tar"
    _without_people(file, bad)
    helper = site.answers.first().author_id
    forgotten.remember_erasure(helper)
    beyond = helper + 500
    forgotten.remember_erasure(beyond)
    with second_database(tmp_path) as elsewhere:
        elsewhere.manage("restore", file, "--forgotten", forgotten.path())
        script = (
            "from community.models import *\nfrom tests.factories import person\n"
            "print(SiteState.objects.get().closed_at is not None, person('new').pk)"
        )
        assert (
            elsewhere.run(f"{script}\nprint(User.objects.get(pk={helper}).anonymised_at is not None)")
            == f"True {beyond + 1}\nTrue"
        )
        # Who was erased since the backup is erased again; no number of somebody who was erased is given out.
        said = elsewhere.manage("restore", "--replace", bad, ok=False)
        assert "community_user" in said
        count = "from community.models import *\nprint(Thread.objects.count(), User.objects.count())"
        assert elsewhere.run(count) == "1 4"
    assert not SiteState.objects.exists()


def test_a_newer_versions_backup_is_refused(site: Thread, tmp_path: Path) -> None:
    file, newer = backup(tmp_path), tmp_path / "newer.tar"
    _rewrite(file, newer, lambda told: told["migrations"].append(["community", "9999_tomorrow"]))
    with pytest.raises(CommandError, match="newer version"):
        call_command("restore", newer, replace=True)


def test_old_backups_of_a_folder_go_and_nothing_else(site: Thread, tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"peerdesk-2026110{day}T000000Z.tar").write_text("old")
    (folder / "mine.tar").write_text("mine")
    call_command("backup", folder, keep=2)
    names = sorted(one.name for one in folder.iterdir())
    assert names[:2] == ["mine.tar", "peerdesk-20261103T000000Z.tar"] and len(names) == 3
    assert datetime.now(UTC).strftime("peerdesk-%Y%m%d") in names[2]


def _rewrite(source: Path, target: Path, change: Any) -> None:
    """The same backup with another manifest, whose hash is right."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            data = old.extractfile(member).read()  # type: ignore[union-attr]
            if member.name == "manifest.json":
                told = json.loads(data)
                change(told)
                manifest = data = json.dumps(told).encode()
            if member.name == "manifest.sha256":
                data = sha256(manifest).hexdigest().encode()
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))


def _without_people(source: Path, target: Path) -> None:
    """A backup whose people are missing, though every hash is right: the rows that name them cannot be read in."""

    def change(told: dict[str, Any]) -> None:
        told["tables"]["community_user"] |= {"rows": 0, "bytes": 0, "sha256": sha256(b"").hexdigest()}

    between = target.with_name("between.tar")
    _rewrite(source, between, change)
    with tarfile.open(between) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            if not member.name.startswith("tables/community_user/"):
                new.addfile(member, old.extractfile(member))
