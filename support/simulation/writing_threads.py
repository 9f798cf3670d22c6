"""Writes people, boards and questions of a made-up community, and all that was done to them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from community.content.text import key
from community.models import (
    Answer,
    AuditEntry,
    Board,
    Merge,
    PersonAlias,
    Solution,
    Thread,
    ThreadEvent,
    User,
    Visitor,
)
from support.models import (
    PersonStanding,
)
from support.simulation.copying import copy, highest
from support.simulation.numbering import BODY, BODY_HTML, Numbers, title_of
from support.simulation.world import AGENT, CUSTOMER, MODERATOR

Event = ThreadEvent.Kind
EVENT = ("thread_id", "answer_id", "kind", "actor_id", "actor_role", "from_board_id", "occurred_at", "recorded_at")


class ThreadsWriter(Numbers):
    """People and places, then threads with their events."""

    # People and places -----------------------------------------------------------------------------------------------
    def _people(self) -> None:
        """Members, browsers that agreed to be counted, and who turned out to be whom."""
        joined = self.world.start - timedelta(days=30)
        names = ((number, *self.name_of(number)) for number in map(self.person_id, self.world.members()))
        copy(
            User,
            ("id", "username", "username_key", "display_name", "password", "date_joined"),
            ((number, name, key(name), shown, "!", joined) for number, name, shown in names),
        )
        browsers = {each.person for each in self.facts.viewed if each.person.startswith("a:")}
        copy(Visitor, ("key", "consented_at"), ((each, self.world.start) for each in sorted(browsers)))
        copy(
            PersonAlias,
            ("visitor_key", "person_id", "occurred_at", "recorded_at"),
            ((a.visitor, self.person_id(a.person), a.recorded_at, a.recorded_at) for a in self.facts.aliases),
        )
        copy(
            PersonStanding,
            ("person_id", "kind", "from_at", "until_at", "recorded_at"),
            ((self.person_id(s.person), s.kind, s.from_at, s.until_at, s.recorded_at) for s in self.facts.standings),
        )

    def _boards(self) -> None:
        joined = self.world.start - timedelta(days=30)
        boards = (self.number(Board, each) for each in range(1, self.world.boards + 1))
        copy(
            Board,
            ("id", "slug", "name", "name_key", "created_at"),
            ((each, f"made-up-{each}", f"Made up {each}", f"made up {each}", joined) for each in boards),
        )

    # Threads ---------------------------------------------------------------------------------------------------------
    def _threads(self) -> None:
        hidden = {each.thread: each.recorded_at for each in self.facts.hidden if each.answer is None}
        back = {each.thread for each in self.facts.hidden if each.answer is None and each.is_back}
        merged = {each.thread: each.original for each in self.facts.merged if each.until is None}
        taken_over = {e.thread: e.at for e in self.facts.escalated}  # and none of these tickets ends
        copy(
            Thread,
            (
                "id", "board_id", "kind", "title", "body", "body_html", "asker_id", "asker_role", "asked_at",
                "last_activity_at", "hidden_at", "merged_into_id", "escalated_at",
            ),
            (
                (
                    self.thread(a.thread), self.number(Board, a.board), a.kind, title_of(a.thread), BODY, BODY_HTML,
                    self.person_id(a.asker), a.asker_role, a.at, a.at,
                    hidden.get(a.thread) if a.thread not in back else None,
                    self.thread(merged[a.thread]) if a.thread in merged else None, taken_over.get(a.thread),
                )
                for a in self.facts.asked
            ),
        )  # fmt: skip
        self._answers()
        self._solutions()
        events = list(self._events())
        copy(ThreadEvent, EVENT, events)
        self._merges()
        self._audit(events)

    def _answers(self) -> None:
        hidden: dict[int, datetime | None] = {}
        for each in sorted(self.facts.hidden, key=lambda each: each.recorded_at):
            if each.answer is not None:
                hidden[each.answer] = None if each.is_back else each.recorded_at
        places: dict[int, int] = defaultdict(int)

        def rows() -> Iterator[tuple[Any, ...]]:
            for each in sorted(self.world.answers, key=lambda each: each.at):
                places[each.thread] += 1
                yield (
                    self.number(Answer, each.id), self.thread(each.thread), places[each.thread],
                    self.person_id(each.author), each.role, BODY, BODY_HTML, each.at, hidden.get(each.id),
                )  # fmt: skip

        columns = ("id", "thread_id", "position", "author_id", "author_role", "body", "body_html", "answered_at")
        copy(Answer, (*columns, "hidden_at"), rows())

    def _solutions(self) -> None:
        moderator = self.moderator_id()
        copy(
            Solution,
            (
                "id", "thread_id", "answer_id", "accepted_by_id", "accepted_by_role", "accepted_by_asker",
                "answer_author_role", "resolution_class", "accepted_at", "recorded_at", "withdrawn_at", "withdrawal",
                "withdrawn_by_id",
            ),
            (
                (
                    self.number(Solution, a.id), self.thread(a.thread), self.number(Answer, a.answer),
                    self.person_id(a.by), a.by_role, a.by_asker, a.author_role, a.resolution_class, a.at,
                    a.recorded_at, a.withdrawn_at, a.withdrawal, moderator if a.withdrawn_at else None,
                )
                for a in self.facts.acceptances
            ),
        )  # fmt: skip

    def _events(self) -> Iterator[tuple[Any, ...]]:
        """What happened, in order, but for merges: their rows name their events."""
        rows = sorted([*self._asking_events(), *self._events_after()], key=lambda row: row[-2])
        yield from rows

    def _asking_events(self) -> Iterator[tuple[Any, ...]]:
        for asked in self.facts.asked:
            asker = self.person_id(asked.asker)
            yield (self.thread(asked.thread), None, Event.ASKED, asker, asked.asker_role, None, asked.at, asked.at)
        for each in self.world.answers:
            who, where = self.person_id(each.author), self.thread(each.thread)
            yield (where, self.number(Answer, each.id), Event.ANSWERED, who, each.role, None, each.at, each.at)
        for a in self.facts.acceptances:
            where, answer, by = self.thread(a.thread), self.number(Answer, a.answer), self.person_id(a.by)
            yield (where, answer, Event.ACCEPTED, by, a.by_role, None, a.recorded_at, a.recorded_at)
            if a.withdrawn_at is not None:
                yield (where, answer, Event.WITHDRAWN, by, a.by_role, None, a.withdrawn_at, a.withdrawn_at)

    def _events_after(self) -> Iterator[tuple[Any, ...]]:
        moderator = self.moderator_id()
        for j in self.facts.joined:
            kind = Event.ME_TOO_WITHDRAWN if j.is_back else Event.ME_TOO
            yield (self.thread(j.thread), None, kind, self.person_id(j.person), CUSTOMER, None, j.at, j.recorded_at)
        for h in self.facts.helped:
            who, answer = self.person_id(h.person), self.number(Answer, h.answer)
            yield (self.thread(h.thread), answer, Event.HELPED, who, h.role, None, h.at, h.recorded_at)
        for n in self.facts.said_no:
            who, answer = self.person_id(n.by), self.number(Answer, n.answer)
            when = n.recorded_at
            yield (self.thread(n.thread), answer, Event.NOT_SOLVED, who, CUSTOMER, None, when, when)
        for hidden in self.facts.hidden:
            kind = Event.RESTORED if hidden.is_back else Event.HIDDEN
            hidden_answer = None if hidden.answer is None else self.number(Answer, hidden.answer)
            when = hidden.recorded_at
            yield (self.thread(hidden.thread), hidden_answer, kind, moderator, MODERATOR, None, when, when)
        for m in self.facts.moved:
            left = self.number(Board, m.from_board)
            yield (self.thread(m.thread), None, Event.MOVED, moderator, MODERATOR, left, m.recorded_at, m.recorded_at)
        for e in self.facts.escalated:
            yield (self.thread(e.thread), None, Event.ESCALATED, self.person_id(e.by), AGENT, None, e.at, e.at)

    def _merges(self) -> None:
        moderator, number = self.moderator_id(), highest(ThreadEvent)
        rows, merges = [], []
        for m in self.facts.merged:
            number += 1
            rows.append(
                (number, self.thread(m.thread), Event.MERGED, moderator, MODERATOR, m.recorded_at, m.recorded_at)
            )
            ended_by = moderator if m.until else None
            merges.append(
                (
                    self.thread(m.thread), self.thread(m.original), number, moderator, m.recorded_at, m.until, ended_by,
                )
            )  # fmt: skip
            if m.until is not None:
                number += 1
                rows.append((number, self.thread(m.thread), Event.UNMERGED, moderator, MODERATOR, m.until, m.until))
        copy(ThreadEvent, ("id", "thread_id", "kind", "actor_id", "actor_role", "occurred_at", "recorded_at"), rows)
        columns = ("thread_id", "original_id", "event_id", "merged_by_id", "merged_at", "undone_at", "undone_by_id")
        copy(Merge, columns, merges)

    def _audit(self, events: list[tuple[Any, ...]]) -> None:
        """What the moderator did, as the audit log has it."""
        moderator = self.moderator_id()
        done = [(kind, thread, answer, at) for thread, answer, kind, actor, *_, at in events if actor == moderator]
        done = [each for each in done if each[0] in (Event.HIDDEN, Event.RESTORED, Event.MOVED)]
        for m in self.facts.merged:
            done.append((Event.MERGED, self.thread(m.thread), None, m.recorded_at))
            if m.until is not None:
                done.append((Event.UNMERGED, self.thread(m.thread), None, m.until))
        copy(
            AuditEntry,
            ("actor_id", "actor_role", "verb", "object_kind", "object_id", "occurred_at"),
            (
                (moderator, MODERATOR, kind, "answer" if answer else "thread", answer or thread, at)
                for kind, thread, answer, at in done
            ),
        )
