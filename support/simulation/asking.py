"""Questions of a made-up community: asked, answered, solved or not, joined; and all that may happen to them since."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from support.deflection import facts
from support.deflection.facts import (
    Acceptance,
    Asked,
    Escalated,
    FormOpened,
    Hidden,
    JoinedIn,
    KnownIssueOf,
    Merged,
    Moved,
    SaidNo,
    Suggested,
    WasHelped,
)
from support.simulation.living import Life
from support.simulation.shelf import Shelf
from support.simulation.world import AGENT, CUSTOMER, Answered

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
#: How a question ends, and how often: "mixed" is by a peer after a staff answer, "self" by the asker, "mod" by staff.
ENDS = {"peer": 64, "mixed": 6, "assisted": 8, "self": 4, "mod": 4, "unsolved": 14}
#: What may happen to one that was solved by a peer.
ODDITIES = (
    "taken_back", "replaced", "hidden", "restored", "spam", "brought_back", "duplicate", "unmerged", "said_no", "moved",
    "escalated", "known_issue",
)  # fmt: skip


@dataclass(slots=True)
class Question:
    """One thread as it goes on."""

    number: int
    board: int
    asker: str
    at: datetime
    end: str = "unsolved"
    solved_at: datetime | None = None
    answer: Answered | None = None
    #: acceptance in force: its place among the facts
    acceptance: int | None = None
    #: since and until when it, or its solution, was out of sight
    gone: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def is_there(self, at: datetime) -> bool:
        return not any(since <= at and (until is None or at < until) for since, until in self.gone)


class Asking:
    """Who asks, who answers, who has the same problem."""

    def __init__(self, life: Life, people: int) -> None:
        self.life, self.random, self.habits = life, life.random, life.habits
        self.facts, self.world = life.world.facts, life.world
        self.people = people
        staff = list(life.world.roles)
        self.moderator, self.agents = staff[0], staff[1:]
        self.experts = [life.member() for _each in range(max(4, round(people * self.habits.experts)))]
        self.questions: list[Question] = []

    def live(self) -> Shelf:
        """All questions; returns those that readers find."""
        moments = sorted(
            self.life.between(self.world.start, self.world.end - timedelta(days=2))
            for _each in range(max(8, round(self.people * self.habits.askers)))
        )
        for at in moments:
            self._ask(at)
        for each in self.questions:
            if each.end == "peer" and each.solved_at and self.life.chance(self.habits.odd):
                self._something_odd(each)
        for _each in range(round(self.people * self.habits.joiners)):
            self._join()
        return Shelf(self.facts)

    # Asking ----------------------------------------------------------------------------------------------------------
    def _ask(self, at: datetime) -> None:
        is_staff = self.life.chance(self.habits.odd / 4)
        asker = self.random.choice(self.agents) if is_staff else self.life.member()
        role = AGENT if is_staff else CUSTOMER
        number = len(self.questions) + 1
        question = Question(number, self.random.randint(1, self.habits.boards), asker, at)
        self.questions.append(question)
        kind = self.random.choice(("question", "problem"))
        self.facts.asked.append(Asked(number, question.board, kind, asker, role, at, is_imported=False))
        would = self.life.chance(self.habits.contact)
        if not is_staff:
            self._form_of(question)
            self.life.intent(asker, number, at, would=would)
        self._solve(question)
        if question.solved_at is None:
            if not is_staff and would and self.life.chance(self.habits.turns_to_support):
                self.life.contact(asker, self.life.soon(at + HOUR, timedelta(days=4)))
        elif question.end == "peer" and not is_staff:
            self.life.follow(asker, number, question.solved_at, is_solved=True, would=would, says=True)

    def _form_of(self, question: Question) -> None:
        """They wrote it in the form; some looked at a suggestion first, some came from the form for staff."""
        at = question.at
        if self.life.chance(self.habits.conduct):
            opened = at - self.random.randint(4, 25) * MINUTE
            self._form(question.asker, "ticket", opened, None)
        form = self._form(question.asker, "ask", at - 3 * MINUTE, at)
        self.world.form_threads[form] = question.number
        older = [each.number for each in self.questions[-30:-1] if each.solved_at and each.solved_at < at - HOUR]
        if older and self.life.chance(0.6):
            shown = self.random.choice(older)
            for place, kind in enumerate(("shown", "opened")):
                self.facts.suggested.append(
                    Suggested(
                        self.life.next_id(), form, shown, kind, CUSTOMER, at - (2 - place) * MINUTE,
                        at - (2 - place) * MINUTE, None, None,
                    )
                )  # fmt: skip

    def _form(self, person: str, surface: str, at: datetime, sent_at: datetime | None) -> int:
        number = self.life.next_id()
        row = FormOpened(number, person, CUSTOMER, surface, None, "", at, at, sent_at, is_simulated=True)
        self.facts.forms.append(row)
        return number

    def _answer(self, question: Question, author: str, role: str, at: datetime) -> Answered:
        made = Answered(len(self.world.answers) + 1, question.number, author, role, at)
        first = (question.number, author)
        if not any((each.thread, each.author) == first for each in self.facts.answered[-6:]):
            self.facts.answered.append(facts.Answered(question.number, author, at, at))
        self.world.answers.append(made)
        return made

    def _solve(self, question: Question) -> None:
        """Answers come, and one is accepted, or none."""
        end = self.random.choices(list(ENDS), list(ENDS.values()))[0]
        at = self.life.soon(question.at, timedelta(days=1))
        if end == "unsolved" and self.life.chance(0.5):
            return
        if end in ("mixed", "assisted"):
            others = [each for each in self.agents if each != question.asker]
            staff = self._answer(question, self.random.choice(others), AGENT, at)
            at = self.life.soon(at, timedelta(hours=20))
        author = question.asker if end == "self" else self.random.choice(self.experts)
        answer = staff if end == "assisted" else self._answer(question, author, CUSTOMER, at)
        if end == "self" and question.asker in self.agents:
            end = "unsolved"  # what staff answer to themselves is nobody's solution here
        if end == "unsolved":
            return
        accepted = self.life.soon(at, timedelta(days=2))
        if end == "mod":
            accepted = question.at + timedelta(days=8)
        if accepted >= self.world.end:
            return
        self._accept(question, answer, end, accepted)

    def _accept(self, question: Question, answer: Answered, end: str, at: datetime) -> None:
        by = self.moderator if end == "mod" else question.asker
        number = len(self.facts.acceptances) + 1
        question.end, question.solved_at, question.answer = end, at, answer
        question.acceptance = number - 1
        self.facts.acceptances.append(
            Acceptance(
                number, number, question.number, answer.id, by, self.world.roles[by], by == question.asker, end,
                answer.author, answer.role, at, at, None, "",
            )
        )  # fmt: skip

    # Company ---------------------------------------------------------------------------------------------------------
    def _join(self) -> None:
        """Somebody has it too: before it was solved, or after; some say later that it helped."""
        question = self.random.choice(self.questions)
        person = self.life.member()
        at = self.life.soon(question.at, timedelta(days=6))
        if at >= self.world.end or not question.is_there(at):
            return
        self.facts.joined.append(JoinedIn(person, question.number, False, at, at))
        would = self.life.chance(self.habits.contact)
        if question.solved_at is None or question.answer is None:
            if would and self.life.chance(self.habits.turns_to_support):
                self.life.contact(person, self.life.soon(at, timedelta(days=4)))
            return
        helped = self.life.soon(max(at, question.solved_at), timedelta(days=2))
        if helped >= self.world.end or not question.is_there(helped):
            return
        says = self.life.chance(self.habits.says_helped)
        if says:
            answer = question.answer
            self.facts.helped.append(
                WasHelped(
                    self.life.next_id(), person, CUSTOMER, question.number, answer.id, answer.author, answer.role,
                    helped, helped,
                )
            )  # fmt: skip
            self.life.intent(person, question.number, helped, would=would)
        if question.end == "peer":
            self.life.follow(person, question.number, helped, is_solved=True, would=would, says=says)

    # What else may happen --------------------------------------------------------------------------------------------
    def _something_odd(self, question: Question) -> None:
        if question.number in {each.original for each in self.facts.merged}:
            return
        what = self.random.choice(ODDITIES)
        since = question.solved_at
        assert since is not None and question.answer is not None
        at = self.life.soon(since + HOUR, timedelta(days=9))
        after = at + self.random.randint(2, 30) * HOUR
        if what in ("taken_back", "replaced"):
            self._end(question, at, what)
            if what == "replaced":
                other = self._answer(question, self.random.choice(self.experts), CUSTOMER, at - 30 * MINUTE)
                self._accept(question, other, "peer", at)
        elif what in ("hidden", "restored"):
            self._hide(question, question.answer.id, at, after if what == "restored" else None)
        elif what in ("spam", "brought_back"):
            self._hide(question, None, at, after if what == "brought_back" else None)
        elif what in ("duplicate", "unmerged"):
            self._merge(question, at, after if what == "unmerged" else None)
        elif what == "said_no":
            self.facts.said_no.append(
                SaidNo(question.number, question.answer.id, question.asker, question.answer.at + MINUTE / 2)
            )
        elif what == "moved":
            self._move(question, at)
        elif what == "escalated":
            self._escalate(question, at)
        elif what == "known_issue":
            self.facts.known_issues.append(KnownIssueOf(question.number, at, None))

    def _end(self, question: Question, at: datetime, why: str) -> None:
        assert question.acceptance is not None
        place = question.acceptance
        self.facts.acceptances[place] = self.facts.acceptances[place]._replace(withdrawn_at=at, withdrawal=why)

    def _again(self, question: Question, at: datetime) -> None:
        """What was accepted is accepted again, as it was."""
        assert question.acceptance is not None
        before = self.facts.acceptances[question.acceptance]
        question.acceptance = len(self.facts.acceptances)
        self.facts.acceptances.append(
            before._replace(id=question.acceptance + 1, recorded_at=at, withdrawn_at=None, withdrawal="")
        )

    def _hide(self, question: Question, answer: int | None, at: datetime, back: datetime | None) -> None:
        self._end(question, at, "hidden")
        question.gone.append((at, back))
        self.facts.hidden.append(Hidden(question.number, answer, False, at))
        if back is not None:
            self.facts.hidden.append(Hidden(question.number, answer, True, back))
            self._again(question, back)

    def _merge(self, question: Question, at: datetime, back: datetime | None) -> None:
        """A moderator says that it was asked before."""
        merged = {each.thread for each in self.facts.merged} | {each.original for each in self.facts.merged}
        hidden = {each.thread for each in self.facts.hidden if each.answer is None}
        older = [
            each for each in self.questions
            if each.number < question.number and each.number not in merged | hidden
        ]  # fmt: skip
        if not older or question.number in merged:
            return
        self._end(question, at, "merged")
        question.gone.append((at, back))
        self.facts.merged.append(Merged(question.number, self.random.choice(older).number, at, back))
        if back is not None:
            self._again(question, back)

    def _move(self, question: Question, at: datetime) -> None:
        place = question.number - 1
        other = question.board % self.habits.boards + 1
        self.facts.moved.append(Moved(question.number, question.board, at))
        self.facts.asked[place] = self.facts.asked[place]._replace(board=other)
        question.board = other

    def _escalate(self, question: Question, at: datetime) -> None:
        """Staff take it over although it was solved."""
        if question.asker in self.agents or not question.is_there(at):
            return
        agent = self.random.choice(self.agents)
        ticket = self.life.ticket(
            question.asker, at, channel="thread", thread=question.number, board=question.board, is_done=False
        )
        self.facts.escalated.append(Escalated(question.number, question.asker, agent, at, at, ticket))
