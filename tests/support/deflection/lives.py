"""Lives of a small community, drawn by chance: what people, staff and machines may do, in any order, late or twice."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import strategies as st

from support.deflection import facts
from support.deflection.facts import Acceptance, Definition
from tests.support.deflection.happened import FIRST, HOUR, MINUTE, STAFF, Happened, may, visitor

PEOPLE = ("u:1", "u:2", "u:3", visitor(1), visitor(2), visitor(3))
MEMBERS = PEOPLE[:3]
INSTEAD = ("phone", "email", "search", "other")
#: the second version comes into force half way
VERSIONS = (
    FIRST,
    Definition(
        2,
        "def-2",
        may(30),
        no_ticket=timedelta(days=5),
        window=timedelta(days=20),
        episode=timedelta(hours=12),
        viewer_cases=1,
    ),
)


class Life:
    """Acts in order; each is done if it can be done."""

    def __init__(self) -> None:
        self.it = Happened()
        self.now = may(1)
        self.threads: list[int] = []
        self.in_force: dict[int, Acceptance] = {}
        self.last: dict[int, Acceptance] = {}
        self.hidden: set[tuple[int, int | None]] = set()
        self.merged: dict[int, int] = {}
        self.forms: list[int] = []
        self.copies = 900_000

    def live(self, acts: list[tuple[int, str, int, int, int]]) -> Happened:
        for gap, name, person, thread, other in acts:
            self.now += timedelta(hours=gap)
            act: Callable[[str, int, int], None] = getattr(self, f"_{name}")
            if name in ("ask", "ask_as_staff") or self.threads:
                place = self.threads[thread % len(self.threads)] if self.threads else 0
                act(PEOPLE[person % len(PEOPLE)], place, other)
        return self.it

    def _member(self, person: str) -> str:
        return MEMBERS[PEOPLE.index(person) % len(MEMBERS)]

    def _late(self, other: int) -> datetime:
        """When it is learned of: mostly at once, else up to some days later."""
        return self.now + timedelta(hours=(0, 0, 0, 1, 30, 200)[other % 6])

    # Questions --------------------------------------------------------------------------------------------------------
    def _ask(self, person: str, _thread: int, other: int) -> None:
        kind = "idea" if other % 10 == 9 else "question"
        self.threads.append(
            self.it.asks(self._member(person), self.now, board=1 + other % 2, kind=kind, is_imported=other % 12 == 11)
        )

    def _ask_again(self, person: str, thread: int, other: int) -> None:
        """The asker has forgotten that they asked: it is solved again, and then found to be the same."""
        rows = self.it.facts.asked
        asker = next(each for each in rows if each.thread == thread).asker
        self.threads.append(self.it.asks(asker, self.now, board=1 + other % 2))
        self.now += timedelta(hours=1)
        self._accept(person, self.threads[-1], 0)
        self.now += timedelta(hours=other)
        self._merge(person, self.threads[-1], self.threads.index(thread))

    def _ask_as_staff(self, _person: str, _thread: int, other: int) -> None:
        self.threads.append(self.it.asks(STAFF, self.now, board=1 + other % 2, asker_role="agent"))

    def _answer(self, person: str, thread: int, _other: int) -> None:
        self.it.facts.answered.append(facts.Answered(thread, self._member(person), self.now, self.now))

    def _accept(self, _person: str, thread: int, other: int) -> None:
        if thread in self.merged or (thread, None) in self.hidden:
            return
        if thread in self.in_force:
            self._end(thread, "replaced")
        asked = next(each for each in self.it.facts.asked if each.thread == thread)
        self.in_force[thread] = self.last[thread] = self.it.accepts(
            asked.asker,
            thread,
            self.now,
            by_role=asked.asker_role,
            resolution_class=("peer", "peer", "peer", "assisted", "mixed")[other % 5],
            author=MEMBERS[other % 3],
        )

    def _end(self, thread: int, why: str) -> None:
        if thread in self.in_force:
            self.it.ends(self.in_force.pop(thread), why, self.now)

    def _withdraw(self, _person: str, thread: int, _other: int) -> None:
        self._end(thread, "taken_back")
        self.last.pop(thread, None)

    def _hide(self, _person: str, thread: int, other: int) -> None:
        answer = self.last[thread].answer if other % 2 and thread in self.last else None
        if (thread, answer) not in self.hidden:
            self.hidden.add((thread, answer))
            self.it.hides(thread, self.now, answer)
            self._end(thread, "hidden")

    def _restore(self, _person: str, thread: int, other: int) -> None:
        for each in sorted((each for each in self.hidden if each[0] == thread), key=str)[: 1 + other % 2]:
            self.hidden.discard(each)
            self.it.restores(thread, self.now, each[1])
        self._accept_again(thread)

    def _accept_again(self, thread: int) -> None:
        last = self.last.get(thread)
        is_gone = (thread, None) in self.hidden or thread in self.merged
        if last and not is_gone and thread not in self.in_force and (thread, last.answer) not in self.hidden:
            again = self.it.accepts(
                last.by,
                thread,
                last.at,
                again=last,
                recorded_at=self.now,
                by_role=last.by_role,
                resolution_class=last.resolution_class,
                author=last.author,
            )
            self.in_force[thread] = self.last[thread] = again

    def _merge(self, _person: str, thread: int, other: int) -> None:
        into = self.threads[other % len(self.threads)]
        end = into
        while end in self.merged:
            end = self.merged[end]
        if thread not in self.merged and end != thread:
            self.merged[thread] = into
            self.it.merges(thread, into, self.now)
            self._end(thread, "merged")

    def _unmerge(self, _person: str, thread: int, _other: int) -> None:
        if self.merged.pop(thread, None) is not None:
            rows = self.it.facts.merged
            place = max(i for i, each in enumerate(rows) if each.thread == thread)
            rows[place] = rows[place]._replace(until=self.now)
            self._accept_again(thread)

    def _carry(self, _person: str, thread: int, other: int) -> None:
        """An answer moves to another question, and may be hidden there."""
        if thread in self.last:
            self.copies += 1
            self.it.facts.copied.append(facts.Copied(self.last[thread].answer, self.copies))
            if other % 2:
                self.it.hides(self.threads[other % len(self.threads)], self.now, self.copies)

    def _move(self, _person: str, thread: int, _other: int) -> None:
        rows = self.it.facts.asked
        place = next(i for i, each in enumerate(rows) if each.thread == thread)
        self.it.facts.moved.append(facts.Moved(thread, rows[place].board, self.now))
        rows[place] = rows[place]._replace(board=3 - rows[place].board)

    def _known_issue(self, _person: str, thread: int, other: int) -> None:
        until = self.now + timedelta(days=other % 5) if other % 5 else None
        self.it.facts.known_issues.append(facts.KnownIssueOf(thread, self.now, until))

    def _say_no(self, _person: str, thread: int, _other: int) -> None:
        if thread in self.last:
            last = self.last[thread]
            self.it.says_no(last.by, thread, last.answer, self.now)

    # Other people -----------------------------------------------------------------------------------------------------
    def _join(self, person: str, thread: int, other: int) -> None:
        self.it.joins(self._member(person), thread, self.now, is_back=other % 5 == 4)

    def _help(self, person: str, thread: int, other: int) -> None:
        answer = self.last[thread].answer if thread in self.last else 1
        role, late = ("agent" if other % 9 == 8 else "customer"), self._late(other // 3)
        self.it.helped(self._member(person), thread, self.now, answer=answer, author_role=role, recorded_at=late)

    def _mean(self, person: str, thread: int, other: int) -> None:
        self.it.would(person, thread, INSTEAD[other % 4], self.now)

    def _open_form(self, person: str, _thread: int, other: int) -> None:
        surface = "ticket" if other % 2 else "ask"
        self.forms.append(self.it.opens_form(person, self.now, surface=surface, recorded_at=self._late(other // 5)))

    def _stop(self, _person: str, thread: int, other: int) -> None:
        if self.forms:
            self.it.stops(self.forms[other % len(self.forms)], thread, self.now + 2 * MINUTE)

    def _go_on(self, _person: str, thread: int, other: int) -> None:
        if self.forms:
            self.it.suggestion(self.forms[other % len(self.forms)], thread, "not_solved", self.now)

    def _send_form(self, _person: str, _thread: int, other: int) -> None:
        if self.forms:
            self.it.sends_form(self.forms.pop(other % len(self.forms)), self.now)

    def _view(self, person: str, thread: int, other: int) -> None:
        for minute in range(35 if other == 17 else 1):
            at = self.now + timedelta(seconds=5 * minute)
            self.it.views(person, thread, at, recorded_at=self._late(other) + HOUR)

    def _survey(self, person: str, thread: int, other: int) -> None:
        answer = (other % 7 != 6, INSTEAD[other % 3]) if other % 4 else None
        self.it.survey(person, thread, self.now, answer, role="agent" if other == 13 else "customer")

    # Staff and the world ----------------------------------------------------------------------------------------------
    def _ticket(self, person: str, thread: int, other: int) -> None:
        began = self.now - timedelta(days=other % 3)
        self.it.opens_ticket(
            self._member(person),
            began,
            recorded_at=self.now,
            thread=thread if other % 2 else None,
            done_at=began + timedelta(days=1 + other % 6) if other % 3 else None,
        )

    def _mark_unrelated(self, _person: str, _thread: int, other: int) -> None:
        rows = self.it.facts.tickets
        if rows:
            place = other % len(rows)
            said = rows[place].unrelated
            rows[place] = rows[place]._replace(unrelated=(*said, (self.now, len(said) % 2 == 0)))

    def _escalate(self, person: str, thread: int, other: int) -> None:
        tickets = self.it.facts.tickets
        ticket = tickets[other % len(tickets)].id if tickets and other % 2 else 0
        by = (STAFF, self._member(person), "")[other % 3]
        self.it.escalates(thread, MEMBERS[other % 3], self.now, by, ticket)

    def _call(self, person: str, _thread: int, other: int) -> None:
        self.it.calls(self._member(person), self.now - timedelta(days=other % 9), self.now)

    def _sign_in(self, person: str, _thread: int, other: int) -> None:
        if person.startswith("a:") and not any(each.visitor == person for each in self.it.facts.aliases):
            self.it.is_also(person, MEMBERS[other % 3], self.now)

    def _stand(self, person: str, _thread: int, other: int) -> None:
        kind = ("service", "test", "simulated")[other % 3]
        self.it.stands(self._member(person), kind, self.now - timedelta(days=other % 7), self.now)

    def _support(self, person: str, _thread: int, other: int) -> None:
        until = self.now + timedelta(days=other) if other % 2 else None
        gone = self.now + timedelta(days=3) if other % 3 == 0 else None
        rows = self.it.facts.supported if other % 4 < 2 else self.it.facts.entitled
        who = "" if other % 4 < 2 else self._member(person)
        rows.append(facts.Period(1 + other % 2, who, self.now - timedelta(days=other), until, self.now, gone))


ACTS = (
    *("ask", "accept", "accept", "withdraw", "hide", "restore", "restore", "merge", "unmerge", "move", "known_issue"),
    *("say_no", "join", "join", "help", "help", "mean", "open_form", "stop", "stop", "go_on", "send_form", "view"),
    *("survey", "survey", "ticket", "mark_unrelated", "escalate", "call", "sign_in", "stand", "support", "answer"),
    *("ask_as_staff", "ask_again", "carry"),
)
#: minutes to weeks between two acts; mostly hours
gaps = st.sampled_from([0, 0, 1, 1, 3, 8, 24, 24 * 7, 24 * 7 + 1])
numbers = st.integers(0, 20)
acts = st.lists(st.tuples(gaps, st.sampled_from(ACTS), numbers, numbers, numbers), min_size=20, max_size=60)
#: Begins with what most things need: two solved questions, and somebody who has one of them too.
BEGIN = [
    (0, "ask", 0, 0, 0),
    (1, "ask", 1, 0, 1),
    (1, "accept", 0, 0, 0),
    (1, "join", 1, 0, 0),
    (1, "accept", 0, 1, 0),
    (1, "join", 2, 1, 0),
]
lives = acts.map(lambda drawn: Life().live([*BEGIN, *drawn]))
END = may(500)
