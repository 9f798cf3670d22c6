"""The four kinds of evidence, strongest first: D direct, F form, M me-too, V viewer."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from support.deflection import facts
from support.deflection.evidence import (
    CAME_FROM,
    CONTACT,
    CONTACTS,
    CUSTOMER,
    FORM,
    PEER,
    UNKNOWN,
    Evidence,
    answered_by,
)
from support.deflection.facts import Definition
from support.deflection.people import Person
from support.deflection.threads import Threads


class Direct(Evidence):
    """D: the asker accepted another customer's answer."""

    kind = "D"

    def __init__(self, person: Person, threads: Threads, definition: Definition, chain: tuple[facts.Acceptance, ...]):
        self.chain = chain
        first = next(each for each in chain if each.id == each.chain)
        row = (first.id, first.by, first.by_role, first.thread, first.at, first.recorded_at)
        super().__init__(person, threads, definition, row, is_simulated=False)

    def _last(self, now: datetime) -> facts.Acceptance:
        """The acceptance as it was continued last."""
        known = [each for each in self.chain if each.recorded_at <= now]
        return known[-1] if known else self.chain[0]

    def where(self, now: datetime) -> int:
        return self._last(now).thread

    def threads_of(self) -> Iterable[int]:
        return {each.thread for each in self.chain}

    def use(self, now: datetime) -> str:
        return "case"

    def taken_back(self, now: datetime) -> str:
        last, threads = self._last(now), self.threads
        is_out = last.withdrawn_at is not None and last.withdrawn_at <= now
        is_removed = is_out and threads.is_hidden(last.thread, now, last.answer)
        if is_out and not (
            (last.withdrawal == "hidden" and is_removed)
            or (last.withdrawal == "merged" and threads.is_merged(last.thread, now))
        ):
            return "unaccepted"
        known = (each for each in self.owner.said_no if self.at < each.recorded_at <= now)
        if any(each.thread == last.thread and each.answer == last.answer for each in known):
            return "asker_said_no"
        return "answer_removed_or_flagged_wrong" if is_removed else ""

    def stated(self, person: str, thread: int, now: datetime) -> tuple[str, str]:
        if said := self.said_before(person, thread, now):
            return answered_by(said)
        asked_at = self.threads.asked[self.thread].at
        return (CONTACT, FORM) if self.came_from_ticket_form(person, asked_at, now) else (UNKNOWN, "")

    def own_moments(self) -> Iterator[datetime]:
        for each in self.chain:
            yield each.recorded_at
            if each.withdrawn_at is not None:
                yield each.withdrawn_at
            yield from self.threads.changes(each.thread)
            yield from self.threads.hidings(each.answer)
        answers = {each.answer for each in self.chain}
        yield from (each.recorded_at for each in self.owner.said_no if each.answer in answers)
        asked_at = self.threads.asked[self.thread].at
        yield from _forms_before(self, asked_at)


class Reuse(Evidence):
    """F, M, V: somebody used a thread that a peer had solved by then."""

    _solved: tuple[datetime, facts.Acceptance | None] | None = None

    def confirms(self, now: datetime) -> bool:
        """Whether all that the kind asks for is known."""
        return True

    def solved(self, now: datetime) -> facts.Acceptance | None:
        """The solution that was in force at t_e; asked for several times at each moment."""
        if self._solved is None or self._solved[0] != now:
            self._solved = now, self.threads.solution(self.thread, self.at, now)
        return self._solved[1]

    def use(self, now: datetime) -> str:
        if not self.confirms(now) or (solution := self.solved(now)) is None:
            return ""
        if solution.resolution_class != PEER or self.threads.is_known_issue(self.thread, self.at):
            return "assisted"
        return "assisted" if self.threads.is_known_issue(solution.thread, self.at) else "case"

    def asked_in(self, now: datetime) -> int:
        solution = self.solved(now)
        return self.thread if solution is None or solution.thread not in self.threads.asked else solution.thread

    def answer(self, now: datetime) -> int | None:
        """The answer that helped."""
        solution = self.solved(now)
        return None if solution is None else solution.answer

    def taken_back(self, now: datetime) -> str:
        answer = self.answer(now)
        is_gone = answer is not None and self.threads.is_hidden(self.thread, now, answer)
        return "answer_removed_or_flagged_wrong" if is_gone else ""

    def asked_it(self, person: str, thread: int) -> bool:
        """Whether they asked the thread, or the one that led there."""
        asked = self.threads.asked
        return person in (asked[self.thread].asker, asked[thread].asker)

    def own_moments(self) -> Iterator[datetime]:
        for thread in self.threads.onward(self.thread):
            yield from self.threads.answer_changes(thread)


class Form(Reuse):
    """F: a suggestion solved it before the form was sent."""

    kind = "F"

    def __init__(
        self,
        person: Person,
        threads: Threads,
        definition: Definition,
        stop: facts.Suggested,
    ) -> None:
        self.form = person.forms[stop.form]
        self.form_id = stop.form
        self.stop = stop
        at = stop.stops_at or stop.at
        role = stop.role if stop.role != CUSTOMER else self.form.role
        recorded_at = max(stop.recorded_at, self.form.recorded_at)
        row = (stop.id, self.form.person, role, stop.thread, at, recorded_at)
        super().__init__(person, threads, definition, row, is_simulated=self.form.is_simulated)

    def confirms(self, now: datetime) -> bool:
        opened = self.owner.opened.get((self.form_id, self.thread), ())
        if not any(each.at <= self.at and each.recorded_at <= now for each in opened):
            return False
        if self.form.sent_at is not None and self.form.sent_at <= self.at:
            return False
        person = self.owner.who(self.key, now)
        return self.stated(person, self.threads.canonical(self.thread, now), now)[0] != UNKNOWN

    def taken_back(self, now: datetime) -> str:
        if self.form.sent_at is not None and self.form.sent_at <= now:
            return "unaccepted"
        said_no = self.owner.not_solved.get((self.form_id, self.thread), ())
        if any(self.at < each.at and each.recorded_at <= now for each in said_no):
            return "asker_said_no"
        return super().taken_back(now)

    def stated(self, person: str, thread: int, now: datetime) -> tuple[str, str]:
        if self.form.surface == "ticket":
            return CONTACT, FORM
        if said := self.said_before(person, thread, now):
            return answered_by(said)
        return (CONTACT, FORM) if self.came_from_ticket_form(person, self.form.at, now) else (UNKNOWN, "")

    def own_moments(self) -> Iterator[datetime]:
        yield from super().own_moments()
        if self.form.sent_at is not None:
            yield self.form.sent_at
        for events in (self.owner.opened, self.owner.not_solved):
            yield from (each.recorded_at for each in events.get((self.form_id, self.thread), ()))
        yield from _forms_before(self, self.form.at)


class MeToo(Reuse):
    """M: somebody who had the same problem says that it is solved."""

    kind = "M"

    def __init__(self, person: Person, threads: Threads, definition: Definition, helped: facts.WasHelped) -> None:
        self.helped = helped
        row = (helped.id, helped.person, helped.role, helped.thread, helped.at, helped.recorded_at)
        super().__init__(person, threads, definition, row, is_simulated=False)
        self._joined = [each for each in person.joined if self.is_kin(each.thread)]

    def _joined_at(self, now: datetime) -> datetime | None:
        """When they joined, where they had and still were in it."""
        person, thread = self.owner.who(self.key, now), self.threads.canonical(self.thread, now)
        joined: datetime | None = None
        for each in self._joined:
            if each.at >= self.at:
                break
            if (
                each.recorded_at <= now
                and self.owner.who(each.person, now) == person
                and self.threads.canonical(each.thread, now) == thread
            ):
                joined = None if each.is_back else joined or each.at
        return joined

    def confirms(self, now: datetime) -> bool:
        return self._joined_at(now) is not None

    def use(self, now: datetime) -> str:
        use = super().use(now)
        return "assisted" if use == "case" and self.helped.author_role != CUSTOMER else use

    def answer(self, now: datetime) -> int | None:
        return self.helped.answer

    def is_theirs(self, person: str, thread: int, now: datetime) -> bool:
        return self.asked_it(person, thread) or self.helped.author == person

    def stated(self, person: str, thread: int, now: datetime) -> tuple[str, str]:
        if said := self.said_before(person, thread, now):
            return answered_by(said)
        joined = self._joined_at(now)
        came = any(self.came_from_ticket_form(person, at, now) for at in (joined, self.at) if at is not None)
        return (CONTACT, FORM) if came else (UNKNOWN, "")

    def own_moments(self) -> Iterator[datetime]:
        yield from super().own_moments()
        yield from self.threads.hidings(self.helped.answer)
        for each in self._joined:
            yield each.recorded_at
            yield from self.threads.merges(each.thread)
            yield from _forms_before(self, each.at)
        yield from _forms_before(self, self.at)


class Reader(Reuse):
    """V: a reader who was drawn and asked says that it is solved, and that they would have called."""

    kind = "V"

    def __init__(self, person: Person, threads: Threads, definition: Definition, survey: facts.Surveyed) -> None:
        self.survey = survey
        at = survey.answered_at or survey.at
        row = (survey.id, survey.person, survey.role, survey.thread, at, survey.answer_recorded_at or at)
        super().__init__(person, threads, definition, row, is_simulated=survey.is_simulated)

    def is_theirs(self, person: str, thread: int, now: datetime) -> bool:
        return self.asked_it(person, thread) or has_answered(self, person, thread, now)

    def stated(self, person: str, thread: int, now: datetime) -> tuple[str, str]:
        return answered_by(self.survey.instead)

    def own_moments(self) -> Iterator[datetime]:
        yield from super().own_moments()
        for each in self.owner.answered:
            if self.is_kin(each.thread):
                yield each.recorded_at
                yield from self.threads.merges(each.thread)


def has_answered(each: Reuse, person: str, thread: int, now: datetime) -> bool:
    """Whether they had answered there by then, or wrote the solution."""
    solution = each.solved(now)
    if solution is not None and solution.author == person:
        return True
    return any(
        answered.recorded_at <= now
        and answered.at <= each.at
        and each.owner.who(answered.author, now) == person
        and each.threads.canonical(answered.thread, now) == thread
        for answered in each.owner.answered
    )


def _forms_before(each: Evidence, at: datetime) -> Iterator[datetime]:
    """When we learned of the ticket forms from which they may have come."""
    return (form.recorded_at for form in each.owner.ticket_forms_between(at - CAME_FROM, at))


def evidence_of(person: Person, threads: Threads, definition_at: Callable[[datetime], Definition]) -> list[Evidence]:
    """All rows of one person that may be cases, in threads that are there."""
    found: list[Evidence] = []
    for rows in person.chains.values():
        chain = tuple(sorted(rows.values(), key=lambda each: (each.recorded_at, each.id)))
        first = rows[chain[0].chain]
        if all(each.thread in threads.asked for each in chain):
            found.append(Direct(person, threads, definition_at(first.at), chain))
    for stop in person.stopped.values():
        if stop.thread in threads.asked:
            found.append(Form(person, threads, definition_at(stop.stops_at or stop.at), stop))
    for helped in person.helped.values():
        if helped.thread in threads.asked:
            found.append(MeToo(person, threads, definition_at(helped.at), helped))
    for survey in person.surveyed.values():
        is_yes = survey.is_solved and survey.instead in CONTACTS and survey.answered_at is not None
        if is_yes and survey.thread in threads.asked:
            found.append(Reader(person, threads, definition_at(survey.answered_at or survey.at), survey))
    return found
