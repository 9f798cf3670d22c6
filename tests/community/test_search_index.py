"""The search index follows the database whatever happens to it: every way it may break ends in one that is right."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
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
from community.actions import answers, boards, duplicates, moderation, solutions, thanks, threads
from community.actions.identities import approve_claim
from community.models import ChangeRow, ImportedIdentity, Tag, Thread
from community.search import documents
from community.search.folder import POSITION, Folder, Readers, open_reader, read_json, write_json
from community.search.generations import CHANGES, TOO_OLD
from community.snapshots import new_rows, present
from tests.community.import_files import Forum, question
from tests.community.index import followed, generation, indexed, keep, lose_connections
from tests.community.test_import_kills import environment, until
from tests.factories import admin, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Folder:
    settings.SEARCH_DIR = tmp_path / "search"
    return Folder(settings.SEARCH_DIR)


def comes(met: Callable[[], bool]) -> bool:
    """Whether it is so after a while."""

    def looks() -> Iterator[bool]:
        while True:
            yield met()

    return until(looks())


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


# What is in it --------------------------------------------------------------------------------------------------------
def test_what_is_hidden_or_merged_leaves_and_what_is_restored_comes_back() -> None:
    first, second = thread(), thread()
    keep()
    assert indexed() == {first.pk, second.pk}
    moderation.hide_thread(actor=moderator("mo"), thread_id=first.pk)
    third = thread()
    keep()
    assert indexed() == {second.pk, third.pk}
    moderation.restore_thread(actor=moderator(), thread_id=first.pk)
    keep()
    assert indexed() == {first.pk, second.pk, third.pk}
    duplicates.mark_duplicate(actor=moderator(), thread_id=third.pk, original_id=second.pk)
    keep()
    assert indexed() == {first.pk, second.pk}


def test_a_board_that_becomes_private_takes_its_threads_along_and_brings_them_back() -> None:
    boss, place = admin("boss"), board("Routers")
    ours, others = [thread(on=place).pk, thread(on=place).pk], thread()
    keep()
    boards.update_board(actor=boss, board_id=place.pk, audience="signed_in")
    keep()
    assert indexed() == {others.pk}
    boards.update_board(actor=boss, board_id=place.pk, audience="public")
    keep()
    assert indexed() == {*ours, others.pk}


def test_a_thread_that_moves_to_a_private_board_leaves() -> None:
    question, hall = thread(), board("Hall", audience="signed_in")
    keep()
    moderation.move(actor=moderator(), thread_id=question.pk, board_id=hall.pk)
    keep()
    assert indexed() == set()


def test_a_change_that_concerns_the_whole_site_writes_no_thread_anew(folder: Folder) -> None:
    thread()
    keep()
    before = (folder.generation(generation()) / "meta.json").stat().st_mtime_ns
    ChangeRow.objects.create()
    keep()
    assert (folder.generation(generation()) / "meta.json").stat().st_mtime_ns == before


def test_an_import_is_followed(tmp_path: Path) -> None:
    keep()
    forum = Forum(tmp_path)
    forum.write([question(number) for number in range(40)], [])
    forum.load()
    keep()
    assert indexed() == set(Thread.objects.values_list("pk", flat=True)) and Thread.objects.count() == 40


def test_one_who_commits_late_is_not_skipped() -> None:
    early, place = thread(), board()
    keep()
    written, may_commit, late = threading.Event(), threading.Event(), []

    def slow_writer() -> None:
        try:
            with transaction.atomic():
                late.append(thread(on=place).pk)
                written.set()
                assert may_commit.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert written.wait(20)
    quick = thread(on=place)
    keep()
    assert indexed() == {early.pk, quick.pk}
    may_commit.set()
    writer.join(20)
    keep()
    assert indexed() == {early.pk, quick.pk, *late} and late[0] < quick.pk


class Acts:
    """What people do that the index must hear of, each with everything it needs."""

    def __init__(self) -> None:
        self.anna, self.ben, self.boss = person("anna"), person("ben"), admin("boss")
        self.place = board("Routers")
        self.question = thread(self.anna, on=self.place, tags=["wifi"])
        self.answer = reply(self.question, self.ben)
        self.other = reply(self.question, person("carla"), "Have you tried another cable?")

    def an_edit(self) -> None:
        version = Thread.objects.get(pk=self.question.pk).version
        threads.edit_thread(
            actor=self.anna, thread_id=self.question.pk, version=version, title="It blinks", body="All night."
        )

    def another_tag(self) -> None:
        threads.retag(actor=self.boss, thread_id=self.question.pk, tags=["modem"])

    def a_tag_renamed(self) -> None:
        boards.rename_tag(actor=self.boss, tag_id=Tag.objects.get(name="wifi").pk, name="Wireless")

    def an_answer(self) -> None:
        reply(self.question, body="It is the power supply.")

    def an_answer_edited(self) -> None:
        answers.edit_answer(actor=self.ben, answer_id=self.answer.pk, version=1, body="Hold it for twenty seconds.")

    def an_answer_hidden(self) -> None:
        moderation.hide_answer(actor=self.boss, answer_id=self.answer.pk)

    def a_solution(self) -> None:
        solutions.accept(actor=self.anna, answer_id=self.answer.pk)

    def a_solution_withdrawn(self) -> None:
        solutions.accept(actor=self.anna, answer_id=self.answer.pk)
        solutions.withdraw(actor=self.anna, thread_id=self.question.pk)

    def a_me_too(self) -> None:
        thanks.join(actor=self.ben, thread_id=self.question.pk)

    def a_vote(self) -> None:
        thanks.vote(actor=self.anna, answer_id=self.other.pk)

    def closing(self) -> None:
        threads.close(actor=self.anna, thread_id=self.question.pk)

    def moving(self) -> None:
        moderation.move(actor=self.boss, thread_id=self.question.pk, board_id=board("Modems").pk)

    def a_duplicate(self) -> None:
        original = thread(on=self.place)
        thanks.join(actor=self.ben, thread_id=self.question.pk)
        duplicates.mark_duplicate(actor=self.boss, thread_id=self.question.pk, original_id=original.pk)

    def a_duplicate_taken_back(self) -> None:
        self.a_duplicate()
        duplicates.unmark_duplicate(actor=self.boss, thread_id=self.question.pk)

    def a_board_renamed(self) -> None:
        boards.update_board(actor=self.boss, board_id=self.place.pk, name="Routers and modems")

    def a_claim(self) -> None:
        kim = person("kim", is_imported=True)
        Thread.objects.filter(pk=self.question.pk).update(asker=kim)
        identity = ImportedIdentity.objects.create(source="old", external_id="1", name="Kim", user=kim)
        approve_claim(actor=self.boss, identity_id=identity.pk, person=person("kim2"))

    def a_recount(self) -> None:
        Thread.objects.filter(pk=self.question.pk).update(me_too_count=7)
        call_command("recount", stdout=StringIO())


def rows() -> dict[int, documents.ThreadRow]:
    return {row.id: row for portion in documents.all_threads() for row in portion}


@pytest.mark.parametrize("act", [name for name in vars(Acts) if not name.startswith("_")])
def test_whatever_changes_a_document_says_which(act: str) -> None:
    lived = Acts()
    before, known, position = rows(), documents.public_boards(), present()
    getattr(lived, act)()
    after = rows()
    changed = {pk for pk in before.keys() | after.keys() if before.get(pk) != after.get(pk)}
    told, _position = new_rows(position, CHANGES, "thread_id", batch=100)
    named = {pk for (pk,) in told}
    boards_changed = {pk for pk, facts in documents.public_boards().items() if known.get(pk) != facts}
    by_board = {pk for pk, row in after.items() if row.board_id in boards_changed} if None in named else set()
    assert changed or act in {"a_solution_withdrawn", "a_recount", "a_claim"}
    assert changed <= named | by_board
    assert lived.question.pk in named | by_board


def test_texts_are_bounded_and_the_solution_stands_apart() -> None:
    asker = person()
    long = thread(asker, body="x " * 15_000)
    hidden, solving = reply(long, body="This is hidden."), reply(long, body="This solves it.")
    replies = [reply(long, body=f"Number {number} " + "y " * 2_000) for number in range(25)]
    thanks.vote(actor=person(), answer_id=replies[-1].pk)
    moderation.hide_answer(actor=moderator(), answer_id=hidden.pk)
    solutions.accept(actor=asker, answer_id=solving.pk)
    row = rows()[long.pk]
    assert len(row.body) == documents.MOST_TEXT and row.solution == "This solves it."
    assert row.answers.startswith("Number 24 ") and "hidden" not in row.answers and "solves" not in row.answers
    assert len(row.answers) <= documents.MOST_ANSWERS * (documents.MOST_OF_ANSWER + 2)


def test_reading_costs_one_query_however_many_threads(django_assert_num_queries: Any) -> None:
    for _ in range(3):
        reply(thread(tags=["one", "two"]))
    with django_assert_num_queries(1):
        assert len(documents.threads_after(0)) == 3


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
def process(*arguments: str) -> "subprocess.Popen[bytes]":
    told = {**environment(), "SEARCH_DIR": str(site.SEARCH_DIR)}
    command = [sys.executable, "manage.py", "search_index", *arguments]
    return subprocess.Popen(command, cwd=site.BASE_DIR, env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


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
        assert comes(lambda: str(sign().text) == "Up to date: 1 questions.")
    folder.write("trouble", {"text": "No space left on device"})
    assert "No space left" in str(sign().text) and not sign().is_well
    folder.write("progress", {"done": 1, "total": "many"})
    folder.write("trouble", json.loads("{}"))
    assert not sign().is_well
