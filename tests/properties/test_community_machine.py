"""Whatever people do, in whatever order: the numbers, states and lists agree with the rows, and nobody sees too much.

A hypothesis machine plays several people with the real actions on the real database, moves the clock, and after every
step compares what the site says with definitions written here a second time, in Python, from raw rows.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from community import clock
from community.actions import answers as answering
from community.actions import moderation, solutions, thanks, threads
from community.errors import Refused
from community.integrity import violations
from community.models import Answer, Board, Solution, Thread, ThreadEvent, User
from tests.factories import board, moderator, person, reply, thread
from tests.fingerprint import contents, tables

FULL = os.environ.get("PEERDESK_TRIALS") == "full"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EVENT = ThreadEvent.Kind
SOLVABLE = ("question", "problem")

#: anna and ben ask, cora is in the group of the closed board, tom, tess and tina are trusted, mo moderates,
#: moritz moderates without a second factor, ida was suspended.
NAMES = ("anna", "ben", "cora", "tom", "tess", "tina", "mo", "moritz", "ida")
BOARDS = ("Open", "Signed in", "Closed circle")

people = st.sampled_from(NAMES)
kinds = st.sampled_from(("question", "problem", "problem", "idea"))
people_or_asker = st.sampled_from((*NAMES, *["asker"] * 6))
moderators = st.sampled_from(("mo", "mo", "mo", "moritz", "anna"))
behind = st.sampled_from((0, 0, 0, 1))
words = st.sampled_from(("It blinks.", "Try *this*.", "@ben look", "See `reboot`", "Still broken."))


def build_world() -> None:
    """The boards and people of every run, and the old questions that made three members trusted."""
    circle = Group.objects.create(name="circle")
    board("Open")
    board("Signed in", audience=Board.Audience.SIGNED_IN)
    board("Closed circle", groups=[circle])
    for name in NAMES:
        if name == "mo":
            moderator(name)
        elif name == "moritz":
            moderator(name, second_factor=False)
        else:
            person(name, is_active=name != "ida")
    User.objects.get(username="cora").groups.add(circle)
    with clock.at(START - timedelta(days=90)):
        asker, past = person("petra"), board("Past")
        for name in ("tom", "tess", "tina"):
            for _number in range(3):
                solved = reply(thread(asker, past), User.objects.get(username=name))
                solutions.accept(actor=asker, answer_id=solved.pk)


class Community(RuleBasedStateMachine):
    """People at work; every step happens some time after the one before."""

    threads = Bundle("threads")
    answers = Bundle("answers")

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.people = {user.username: user for user in User.objects.with_standing().filter(username__in=NAMES)}
        self.boards = {row.name: row.pk for row in Board.objects.all()}
        self.tables = tables()
        self.steps = 0
        self.wrote = False
        self.hiding: Any = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rollback.__exit__(None, None, None)

    def act(self, what: Callable[..., Any], name: str, **options: Any) -> Any:
        """Let somebody do something; whatever is refused must have written nothing. "asker" is whoever asked."""
        self.now += timedelta(seconds=1)
        self.steps += 1
        if name == "asker":
            name = self.asker(options)
        before = contents(self.tables) if self.steps % 5 == 0 else None
        try:
            with clock.at(self.now), transaction.atomic():
                done = what(actor=self.people[name], **options)
                self.wrote = True
                return done
        except Refused:
            assert before is None or contents(self.tables) == before
            return None

    def asker(self, options: dict[str, Any]) -> str:
        about = {"pk": options["thread_id"]} if "thread_id" in options else {"answers": options["answer_id"]}
        return str(Thread.objects.select_related("asker").get(**about).asker.username)

    # What people do ---------------------------------------------------------------------------------------------------
    @initialize(target=answers, first=st.sampled_from(("anna", "ben")), where=st.sampled_from(BOARDS[:2]))
    def somebody_asked_and_was_answered(self, first: str, where: str) -> Any:
        problem = {"board_id": self.boards[where], "kind": "problem", "title": "A question", "body": "It blinks."}
        self.first = self.act(threads.ask, first, **problem).pk
        return multiple(
            *(self.act(answering.answer, name, thread_id=self.first, body="Try this.").pk for name in ("cora", "tom"))
        )

    @initialize(target=threads)
    def the_first_question(self) -> Any:
        with clock.at(self.now):
            return thread(self.people["ben"], Board.objects.get(pk=self.boards["Open"])).pk

    @rule(target=threads, name=people, where=st.sampled_from(BOARDS), kind=kinds, body=words)
    def ask(self, name: str, where: str, kind: str, body: str) -> Any:
        made = self.act(
            threads.ask, name, board_id=self.boards[where], kind=kind, title="A question", body=body, tags=["wifi"]
        )
        return made.pk if made else multiple()

    @rule(target=answers, name=people_or_asker, to=threads, body=words)
    def answer(self, name: str, to: int, body: str) -> Any:
        made = self.act(answering.answer, name, thread_id=to, body=body)
        return made.pk if made else multiple()

    @rule(target=answers, name=people, to=threads, key=st.sampled_from(("k1", "k2")))
    def answer_with_a_double_click(self, name: str, to: int, key: str) -> Any:
        first = self.act(answering.answer, name, thread_id=to, body="Twice.", post_key=f"{key}-{to}")
        again = self.act(answering.answer, name, thread_id=to, body="Twice.", post_key=f"{key}-{to}")
        assert first is None or (again is not None and again.pk == first.pk)
        return first.pk if first else multiple()

    @rule(name=st.sampled_from(("asker", "asker", "asker", "mo", "anna")), which=answers)
    def accept(self, name: str, which: int) -> None:
        self.act(solutions.accept, name, answer_id=which)

    @rule(name=st.sampled_from(("asker", "asker", "asker", "mo", "anna")), which=answers)
    def say_not_solved(self, name: str, which: int) -> None:
        self.act(solutions.say_not_solved, name, answer_id=which)

    @rule(name=st.sampled_from(("tom", "tess", "tina", "anna")), which=answers)
    def mark(self, name: str, which: int) -> None:
        self.act(solutions.mark_solution, name, answer_id=which)

    @rule(which=answers, days=st.integers(0, 9))
    def all_trusted_members_mark(self, which: int, days: int) -> None:
        self.now += timedelta(days=days)
        for name in ("tom", "tess", "tina", "mo"):
            self.act(solutions.mark_solution, name, answer_id=which)

    @rule(name=people_or_asker, of=answers)
    def withdraw(self, name: str, of: int) -> None:
        self.act(solutions.withdraw, name, thread_id=Answer.objects.get(pk=of).thread_id)

    @rule(names=st.sets(people, min_size=1, max_size=4), of=answers)
    def report_outdated(self, names: set[str], of: int) -> None:
        for name in sorted(names):
            thread_id = Answer.objects.get(pk=of).thread_id
            self.act(solutions.report_outdated, name, thread_id=thread_id, product_version="4.2")

    @rule(names=st.sets(people, min_size=1, max_size=3), which=answers)
    def vote_and_be_helped(self, names: set[str], which: int) -> None:
        for name in sorted(names):
            self.act(thanks.vote, name, answer_id=which)
            self.act(thanks.say_helped, name, answer_id=which)

    @rule(name=people, which=answers)
    def unvote(self, name: str, which: int) -> None:
        self.act(thanks.unvote, name, answer_id=which)

    @rule(names=st.sets(people, min_size=1, max_size=3), to=threads)
    def join(self, names: set[str], to: int) -> None:
        for name in sorted(names):
            self.act(thanks.join, name, thread_id=to)

    @rule(name=people, to=threads)
    def leave(self, name: str, to: int) -> None:
        self.act(thanks.leave, name, thread_id=to)

    @rule(name=st.sampled_from(("asker", "asker", "mo", "cora")), which=threads, body=words, behind=behind)
    def edit_question(self, name: str, which: int, body: str, behind: int) -> None:
        version = Thread.objects.get(pk=which).version - behind
        self.act(threads.edit_thread, name, thread_id=which, version=version, title="Edited", body=body)

    @rule(name=people_or_asker, which=answers, body=words, behind=behind)
    def edit_answer(self, name: str, which: int, body: str, behind: int) -> None:
        version = Answer.objects.get(pk=which).version - behind
        self.act(answering.edit_answer, name, answer_id=which, version=version, body=body)

    @rule(name=st.sampled_from(("mo", "tom", "anna")), which=threads)
    def request_info(self, name: str, which: int) -> None:
        self.act(threads.request_info, name, thread_id=which)

    @rule(name=st.sampled_from(("mo", "asker", "cora")), which=threads, shut=st.booleans())
    def close_or_reopen(self, name: str, which: int, shut: bool) -> None:
        self.act(threads.close if shut else threads.reopen, name, thread_id=which)

    @rule(name=moderators, which=threads, out=st.booleans())
    def hide_or_restore_question(self, name: str, which: int, out: bool) -> None:
        self.act(moderation.hide_thread if out else moderation.restore_thread, name, thread_id=which)

    @rule(name=moderators, which=answers, out=st.booleans())
    def hide_or_restore_answer(self, name: str, which: int, out: bool) -> None:
        self.act(moderation.hide_answer if out else moderation.restore_answer, name, answer_id=which)

    @rule(which=answers, first=st.booleans(), name=people_or_asker)
    def hide_and_restore_the_thread_with_something_between(self, which: int, first: bool, name: str) -> None:
        thread_id = Answer.objects.get(pk=which).thread_id
        self.act(moderation.hide_thread, "mo", thread_id=thread_id)
        if first:
            self.act(moderation.hide_answer, "mo", answer_id=which)
        self.act(solutions.accept, name, answer_id=which)
        self.act(moderation.restore_thread, "mo", thread_id=thread_id)

    @rule(name=moderators, which=threads, shut=st.booleans())
    def lock_or_unlock(self, name: str, which: int, shut: bool) -> None:
        self.act(moderation.lock if shut else moderation.unlock, name, thread_id=which)

    @rule(name=moderators, which=threads, where=st.sampled_from(BOARDS))
    def move(self, name: str, which: int, where: str) -> None:
        self.act(moderation.move, name, thread_id=which, board_id=self.boards[where])

    @rule(days=st.integers(1, 9))
    def days_go_by(self, days: int) -> None:
        self.now += timedelta(days=days)

    # What must hold after every step ----------------------------------------------------------------------------------
    @invariant()
    def all_is_well(self) -> None:
        if self.wrote:
            self.the_database_finds_nothing_forbidden()
            self.no_number_has_drifted()
            self.states_and_lists_agree_with_the_rows()
            self.everybody_sees_what_they_may_in_python_and_in_sql()
        self.wrote = False

    def the_database_finds_nothing_forbidden(self) -> None:
        connection.check_constraints()  # deferred foreign keys
        assert list(violations()) == []

    def no_number_has_drifted(self) -> None:
        said, wrong = StringIO(), StringIO()
        try:
            call_command("recount", check=True, stdout=said, stderr=wrong)
        except SystemExit:
            pytest.fail(said.getvalue())

    def states_and_lists_agree_with_the_rows(self) -> None:
        rows = read_facts()
        assert {row.pk: row.thread.state for row in rows} == {row.pk: row.state() for row in rows}
        lists = {
            "unanswered": lambda row: row.is_open_problem() and not row.peers,
            "unsolved": lambda row: row.is_open_problem() and (not row.solved or row.outdated()),
            "needs_attention": lambda row: row.state() == "needs_attention",
        }
        for name, belongs in lists.items():
            listed = set(getattr(Thread.objects.all(), name)().values_list("pk", flat=True))
            assert listed == {row.pk for row in rows if belongs(row)}, name

    def everybody_sees_what_they_may_in_python_and_in_sql(self) -> None:
        boards = list(Board.objects.all())
        threads = list(Thread.objects.select_related("board").defer("body", "body_html"))
        answers = list(Answer.objects.only("pk", "thread_id", "hidden_at"))
        hiding = [(t.pk, t.board_id, t.hidden_at) for t in threads], [(a.pk, a.hidden_at) for a in answers]
        if hiding == self.hiding:
            return
        self.hiding = hiding
        in_sql = {model: twins(model, list(self.people.values())) for model in (Board, Thread)}
        for user in (None, *self.people.values()):
            who: Any = user or AnonymousUser()
            seen: dict[Any, set[int]] = {
                Board: {row.pk for row in boards if may_see_board(user, row)},
                Thread: {row.pk for row in threads if may_see(user, row)},
            }
            moderates = user is not None and user.username == "mo"
            seen[Answer] = {a.pk for a in answers if a.thread_id in seen[Thread] and (moderates or not a.hidden_at)}
            for model, expected in seen.items():
                assert set(model.objects.visible_to(who).values_list("pk", flat=True)) == expected, (user, model)
                if model in in_sql:
                    assert in_sql[model][user.pk if user else None] == expected, (user, model)


class Facts:
    """One thread's raw rows, and what follows from them by the words of the design, not by the site's queries."""

    def __init__(self, thread: Thread) -> None:
        self.thread, self.pk = thread, thread.pk
        self.events: list[ThreadEvent] = []
        self.visible: dict[int, Answer] = {}
        self.solved: Solution | None = None

    @property
    def peers(self) -> list[Answer]:
        return [row for row in self.visible.values() if row.author_id != self.thread.asker_id]

    def latest(self, *kinds: str) -> str:
        return next((event.kind for event in reversed(self.events) if event.kind in kinds), "")

    def words_of_the_asker_come_last(self) -> bool:
        last = False
        for event in self.events:
            if event.kind == EVENT.ANSWERED and event.answer_id in self.visible:
                last = event.actor_id == self.thread.asker_id
            elif event.kind in (EVENT.INFO_GIVEN, EVENT.NOT_SOLVED):
                last = True
        return last

    def state(self) -> str:
        if self.latest(EVENT.CLOSED, EVENT.REOPENED) == EVENT.CLOSED:
            return "closed"
        if self.solved:
            return "solved"
        if self.latest(EVENT.INFO_REQUESTED, EVENT.INFO_GIVEN, EVENT.ACCEPTED) == EVENT.INFO_REQUESTED:
            return "needs_info"
        if not self.peers:
            return "new"
        return "needs_attention" if self.words_of_the_asker_come_last() else "responded"

    def is_open_problem(self) -> bool:
        return self.thread.kind in SOLVABLE and self.latest(EVENT.CLOSED, EVENT.REOPENED) != EVENT.CLOSED

    def outdated(self) -> bool:
        return self.solved is not None and self.solved.outdated_reports.values("person").distinct().count() >= 3


def read_facts() -> list[Facts]:
    """Every thread with its events, visible answers and solution in force."""
    rows = {row.pk: Facts(row) for row in Thread.objects.defer("body", "body_html")}
    for event in ThreadEvent.objects.order_by("pk"):
        rows[event.thread_id].events.append(event)
    for answer in Answer.objects.filter(hidden_at=None).only("pk", "thread_id", "author_id"):
        rows[answer.thread_id].visible[answer.pk] = answer
    for solution in Solution.objects.filter(withdrawn_at=None):
        rows[solution.thread_id].solved = solution
    return list(rows.values())


def may_see_board(user: User | None, row: Board) -> bool:
    """Who may, said once more and by name."""
    name = user.username if user and user.is_active else ""
    if name == "mo" or row.audience == "public":
        return True
    return name == "cora" if row.audience == "groups" else bool(name)


def may_see(user: User | None, row: Thread) -> bool:
    return may_see_board(user, row.board) and (row.hidden_at is None or (user is not None and user.username == "mo"))


def twins(model: type[Board] | type[Thread], people: list[User]) -> dict[int | None, set[int]]:
    """Person (None: a visitor) -> the rows that the function in the database lets them see."""
    table, name = model._meta.db_table, model._meta.model_name
    seen: dict[int | None, set[int]] = {None: set()} | {user.pk: set() for user in people}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT person, id FROM {table} CROSS JOIN unnest(%s::bigint[]) AS person"
            f" WHERE community_may_see_{name}(id, person)",
            [list(seen)],
        )
        for person_id, row_id in cursor.fetchall():
            seen[person_id].add(row_id)
    return seen


@pytest.fixture
def world(db: None) -> Iterator[None]:
    build_world()
    yield


def play(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Community,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not FULL,
            database=None,
            # Shortening a found story takes minutes; an unshortened one of 30 steps can be read.
            phases=[Phase.generate, *([Phase.shrink] if FULL else [])],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_people_do_the_rows_the_numbers_and_the_lists_agree(world: None) -> None:
    play(10, 30)


@pytest.mark.trial
@pytest.mark.timeout(3600)
def test_for_a_long_time_and_in_other_orders_too(world: None) -> None:
    play(400 if FULL else 1, 80 if FULL else 50)
