"""Whatever happens to the search index's folder and to whoever keeps it ends in an index that is right."""

import json
import os
import shutil
import signal
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from community import clock
from community.accounts import health
from community.models import ChangeRow, Thread
from community.search.folder import POSITION, Folder, Readers, open_reader, read_json, write_json
from community.search.generations import TOO_OLD
from tests.community.index import comes, followed, generation, indexed, keep, lose_connections, process
from tests.factories import admin, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Folder:
    settings.SEARCH_DIR = tmp_path / "search"
    return Folder(settings.SEARCH_DIR)


def many(count: int) -> list[int]:
    """Threads straight into the tables, with their change rows."""
    like, fields = thread(), [f.column for f in Thread._meta.concrete_fields if not f.generated and not f.primary_key]
    columns = ", ".join(fields)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO community_thread ({columns}) SELECT {columns} FROM community_thread, generate_series(1, %s)"
            " WHERE id = %s RETURNING id",
            [count, like.pk],
        )
        made = [pk for (pk,) in cursor.fetchall()]
        ChangeRow.objects.bulk_create([ChangeRow(thread_id=pk, board_id=like.board_id) for pk in made])
    return [like.pk, *made]


# What may happen to its folder ----------------------------------------------------------------------------------------
def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("harm", [cut, Path.unlink])
@pytest.mark.parametrize("name", ["current", POSITION, "meta.json", "*.idx", "*.term", "*.store"])
def test_a_file_cut_short_or_gone_ends_in_a_new_index(folder: Folder, name: str, harm: Callable[[Path], None]) -> None:
    before = thread().pk
    keep()
    first, now = generation(), thread().pk
    place = folder.root if name == "current" else folder.generation(first)
    for path in place.glob(name):
        harm(path)
    assert (indexed() in ({before}, set())) is (name == POSITION), "and until then nothing that is broken is read"
    keep()
    assert indexed() == {before, now} and generation() != first


@pytest.mark.parametrize("change", [{"version": 0}, {"tantivy": "0.1"}, {"database": "another"}])
def test_an_index_of_another_version_or_database_is_not_read_and_built_anew(
    folder: Folder, change: dict[str, Any]
) -> None:
    there = thread().pk
    keep()
    current = folder.current()
    assert current is not None
    folder.switch(current._replace(**change))
    assert indexed() is None
    keep()
    assert indexed() == {there} and generation() != current.generation


def test_a_database_that_was_emptied_or_restored_is_another_one() -> None:
    before = thread().pk
    keep()
    assert indexed() == {before}
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE community_thread CASCADE")
    assert indexed() is None
    now = thread().pk
    keep()
    assert indexed() == {now}


def _older(kept: dict[str, Any]) -> None:
    kept["as_of"] -= TOO_OLD + 1


def _ahead(kept: dict[str, Any]) -> None:
    kept["position"][0] = "999999999999:999999999999:"


def _nonsense(kept: dict[str, Any]) -> None:
    kept["position"][0] = "1:5:three"


@pytest.mark.parametrize("change", [_older, _ahead, _nonsense])
def test_a_position_too_old_ahead_or_senseless_ends_in_a_new_index(
    folder: Folder, change: Callable[[dict[str, Any]], None]
) -> None:
    there = thread().pk
    keep()
    first = generation()
    path = folder.generation(first) / POSITION
    kept = read_json(path)
    assert kept is not None
    change(kept)
    write_json(path, kept)
    ChangeRow.objects.all().delete()
    with clock.at(clock.now() + timedelta(days=1)):
        keep()
    assert indexed() == {there} and generation() != first


def test_an_index_that_is_well_is_gone_on_with() -> None:
    thread()
    keep()
    first = generation()
    thread()
    keep()
    assert generation() == first


def test_what_answers_no_more_is_dropped_once_nobody_can_be_opening_it(folder: Folder) -> None:
    keep()
    first = generation()
    call_command("search_index", "rebuild", stdout=StringIO())
    folder.sweep()
    assert folder.has(first) and folder.has(generation()) and generation() != first
    os.utime(folder.root / "current", (1, 1))
    folder.sweep()
    assert not folder.has(first) and folder.has(generation())


def delete(folder: Path) -> None:
    """All at once: somebody may be writing into it."""
    shutil.rmtree(folder.rename(folder.with_name(f"{folder.name}-deleted")), ignore_errors=True)


def test_a_folder_deleted_under_a_running_site_comes_back(folder: Folder) -> None:
    there = {thread().pk}
    with followed():
        assert comes(lambda: indexed() == there)
        delete(folder.root)
        there.add(thread().pk)
        assert comes(lambda: indexed() == there)
        delete(folder.generation(generation()))
        there.add(thread().pk)
        assert comes(lambda: indexed() == there)


def test_what_is_wrong_around_the_index_is_waited_for(folder: Folder) -> None:
    folder.root.mkdir()
    (folder.root / "generations").write_text("no room for a folder here")
    there = {thread().pk}
    with followed():
        assert comes(lambda: folder.read("trouble") is not None)
        (folder.root / "generations").unlink()
        assert comes(lambda: indexed() == there)
        lose_connections()
        there.add(thread().pk)
        assert comes(lambda: indexed() == there)
        assert comes(lambda: folder.read("trouble") is None)


# Who reads ------------------------------------------------------------------------------------------------------------
def test_a_reader_sees_what_is_committed_and_keeps_its_handle_while_nothing_is() -> None:
    thread()
    assert open_reader() is None
    keep()
    assert comes(lambda: (reader := open_reader()) is not None and reader.searcher.num_docs == 1)
    reading = Readers(look_every=0.0)
    handle = reading.open()
    assert handle is not None and reading.open() is handle
    thread()
    keep()
    assert reading.open() is not handle
    assert comes(lambda: (reader := open_reader()) is not None and reader.searcher.num_docs == 2)
    shutil.rmtree(site.SEARCH_DIR)
    assert comes(lambda: open_reader() is None)


def test_a_child_made_by_fork_does_not_hold_the_lock_of_its_parent(folder: Folder) -> None:
    may_end, end = os.pipe()
    with folder.lock() as lock:
        assert lock is not None
        child = os.fork()
        if child == 0:
            os.close(end)
            os.read(may_end, 1)
            os._exit(0)

    def is_free() -> bool:
        with folder.lock() as again:
            return again is not None

    try:
        assert comes(is_free), "though the child lives"
    finally:
        os.close(end)
        os.waitpid(child, 0)


# Real processes -------------------------------------------------------------------------------------------------------
def test_of_two_processes_one_writes_and_the_other_goes_on_when_it_is_killed(folder: Folder) -> None:
    there = set(many(500))
    running = [process("follow"), process("follow")]
    try:
        assert comes(lambda: indexed() == there)
        holder = folder.holder()
        (first,) = (each for each in running if each.pid == holder)
        (second,) = (each for each in running if each.pid != holder)
        there |= set(many(12_000))
        # in the middle of what is to be taken in: some of it is in the index, not all
        assert comes(lambda: 500 < len(indexed() or ()) <= 12_502)
        first.send_signal(signal.SIGKILL)
        first.wait()
        there.add(thread().pk)
        assert comes(lambda: indexed() == there)
        assert folder.holder() == second.pid
        second.terminate()
        assert second.wait(30) == 0
    finally:
        for each in running:
            each.kill()
            each.wait()


def test_whoever_writes_can_be_asked_to_build_anew(folder: Folder) -> None:
    there = thread().pk
    with followed():
        assert comes(lambda: indexed() == {there})
        first = generation()
        asking = process("rebuild")
        said, _ = asking.communicate(timeout=60)
        assert asking.returncode == 0 and f"Process {os.getpid()} writes the index" in said.decode()
        assert generation() != first and indexed() == {there}
        assert folder.read("wanted") is None


def test_the_command_builds_by_itself_where_nobody_writes() -> None:
    thread()
    out = StringIO()
    call_command("search_index", "status", stdout=out)
    assert "not ready" in out.getvalue()
    call_command("search_index", "rebuild", stdout=out)
    assert "The index is new: 1 threads" in out.getvalue()
    call_command("search_index", "status", stdout=out)
    assert "1 of 1 threads" in out.getvalue() and "up to date" in out.getvalue()
    thread()
    call_command("search_index", "status", stdout=out)
    assert "1 of 2 threads" in out.getvalue() and "changes" in out.getvalue()


def test_an_unwritable_place_is_told_in_a_sentence(settings: Any) -> None:
    settings.SEARCH_DIR = Path("/dev/null/search")
    with pytest.raises(CommandError, match="could not be built"):
        call_command("search_index", "rebuild", stdout=StringIO())


def test_the_start_page_says_how_the_index_is(client: Client, folder: Folder) -> None:
    def sign() -> health.Sign:
        return {str(each.name): each for each in health.signs()}["Search"]

    client.force_login(admin())
    assert not sign().is_well and "search_index follow" in client.get("/admin/").content.decode()
    thread()
    with followed():
        assert comes(lambda: sign().is_well)
        assert comes(lambda: str(sign().text) == "Up to date: 1 question.")
    folder.write("trouble", {"text": "No space left on device"})
    assert "No space left" in str(sign().text) and not sign().is_well
    folder.write("progress", {"done": 1, "total": "many"})
    folder.write("trouble", json.loads("{}"))
    assert not sign().is_well
