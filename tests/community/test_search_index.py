"""The search index holds what everybody may see, and hears of whatever changes that."""

import threading
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from community.actions import answers, boards, duplicates, moderation, solutions, thanks, threads
from community.actions.identities import approve_claim
from community.models import ChangeRow, ImportedIdentity, Tag, Thread
from community.search import documents
from community.search.folder import Folder
from community.search.generations import CHANGES
from community.snapshots import new_rows, present
from tests.community.import_files import Forum, question
from tests.community.index import generation, indexed, keep
from tests.factories import admin, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Folder:
    settings.SEARCH_DIR = tmp_path / "search"
    return Folder(settings.SEARCH_DIR)


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

    def not_yet(self) -> None:
        solutions.say_not_solved(actor=self.anna, answer_id=self.answer.pk)

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
