"""The definition a second time, as plainly as it can be said: how every row stands at one moment.

It knows no moments before and no entries, looks at everything for everything, and is slow. What was recorded later is
cut away first (`known`), so that it cannot look ahead.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from support.deflection.facts import Acceptance, Copied, Definition, Facts, Period

Where = tuple[str, int]


def known(facts: Facts, now: datetime) -> Facts:
    """The facts as they were known then."""
    cut = Facts(
        **{
            name: [each for each in getattr(facts, name) if _recorded(each) <= now]
            for name in Facts.__dataclass_fields__
        }
    )
    cut.moved = facts.moved  # `board` is where a thread stands now: what is recorded later says where it stood
    cut.merged = [each._replace(until=_until(each.until, now)) for each in cut.merged]
    cut.acceptances = [
        each if each.withdrawn_at and each.withdrawn_at <= now else each._replace(withdrawn_at=None, withdrawal="")
        for each in cut.acceptances
    ]
    cut.forms = [each._replace(sent_at=_until(each.sent_at, now)) for each in cut.forms]
    cut.suggested = [
        each if each.stops_at and each.stops_at <= now else each._replace(stops=None, stops_at=None)
        for each in cut.suggested
    ]
    cut.surveyed = [
        each
        if each.answer_recorded_at and each.answer_recorded_at <= now
        else each._replace(is_solved=None, instead="", answered_at=None, answer_recorded_at=None)
        for each in cut.surveyed
    ]
    cut.tickets = [
        each._replace(
            done_at=_until(each.done_at, now), unrelated=tuple(said for said in each.unrelated if said[0] <= now)
        )
        for each in cut.tickets
    ]
    for name in ("supported", "entitled"):
        setattr(cut, name, [each._replace(gone_at=_until(each.gone_at, now)) for each in getattr(cut, name)])
    return cut


def _recorded(each: Any) -> datetime:
    if hasattr(each, "recorded_at"):
        return each.recorded_at or datetime.min.replace(tzinfo=each.from_at.tzinfo)
    if isinstance(each, Copied):
        return datetime.min.replace(tzinfo=UTC)
    return each.at if hasattr(each, "at") else each.from_at


def _until(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at <= now else None


class Plainly:
    """All rows at `now`."""

    def __init__(self, facts: Facts, definitions: Iterable[Definition], now: datetime) -> None:
        self.f, self.now = known(facts, now), now
        self.definitions = sorted(definitions, key=lambda each: each.valid_from)
        self.asked = {each.thread: each for each in self.f.asked}
        self.rows = {(row["kind"], row["id"]): row for row in self._rows()}
        for row in self.rows.values():
            row["reason"] = self._reason(row)
        self._dedupe()

    def says(self) -> dict[Where, str]:
        """ "pending", "credited", or the reason, of every row."""
        found = {}
        for name, row in self.rows.items():
            matured = self.now > row["at"] + row["definition"].no_ticket
            found[name] = row["reason"] or ("credited" if matured else "pending")
        return found

    # Who, where, when -------------------------------------------------------------------------------------------------
    def who(self, key: str) -> str:
        return next((each.person for each in self.f.aliases if each.visitor == key), key)

    def leads_to(self, thread: int) -> int:
        for _step in range(50):
            merges = [each for each in self.f.merged if each.thread == thread and each.until is None]
            if not merges:
                break
            thread = max(merges, key=lambda each: each.recorded_at).original
        return thread

    def board(self, thread: int, at: datetime) -> int:
        left = [each for each in self.f.moved if each.thread == thread and each.recorded_at > at]
        return min(left, key=lambda each: each.recorded_at).from_board if left else self.asked[thread].board

    def hidden(self, thread: int, answer: int | None = None) -> bool:
        turns = [each for each in self.f.hidden if (each.answer is None) == (answer is None)]
        if answer is None:
            turns = [each for each in turns if each.thread == thread]
        else:
            turns = [each for each in turns if self.first(each.answer) == self.first(answer)]
        return bool(turns) and not max(turns, key=lambda each: (each.recorded_at, each.is_back)).is_back

    def first(self, answer: int | None) -> int | None:
        before = next((each.answer for each in self.f.copied if each.copy == answer), None)
        return answer if before is None else self.first(before)

    def definition(self, at: datetime) -> Definition:
        begun = [each for each in self.definitions if each.valid_from <= at]
        return begun[-1] if begun else self.definitions[0]

    def solution(self, thread: int, at: datetime) -> Acceptance | None:
        for place in (thread, self.leads_to(thread)):
            for each in self.f.acceptances:
                since = each.at if each.chain == each.id else each.recorded_at
                if each.thread == place and since <= at and (each.withdrawn_at is None or at < each.withdrawn_at):
                    return each
        return None

    # Evidence ---------------------------------------------------------------------------------------------------------
    def _row(self, kind: str, id: int, key: str, role: str, thread: int, at: datetime, **other: Any) -> dict[str, Any]:
        return {
            "kind": kind,
            "id": id,
            "person": self.who(key),
            "role": role,
            "own": thread,
            "thread": self.leads_to(thread),
            "board": self.board(self.leads_to(thread), at),
            "at": at,
            "definition": self.definition(at),
            "form": 0,
            **other,
        }

    def _rows(self) -> Iterable[dict[str, Any]]:
        for each in self.f.acceptances:
            is_peers = each.by_asker and each.resolution_class == "peer" and not self.asked[each.thread].is_imported
            if each.chain == each.id and is_peers:
                last = max(
                    (other for other in self.f.acceptances if other.chain == each.id),
                    key=lambda other: (other.recorded_at, other.id),
                )
                yield self._row(
                    "D", each.id, each.by, each.by_role, last.thread, each.at, last=last, solved=each.thread
                )
        for helped in self.f.helped:
            row = self._row("M", helped.id, helped.person, helped.role, helped.thread, helped.at, helped=helped)
            if self._had_joined(row) and self._is_peers(row) and helped.author_role == "customer":
                yield {**row, "answer": (helped.thread, helped.answer)}
        for stop in self.f.suggested:
            form = next((each for each in self.f.forms if each.id == stop.form), None)
            if form is not None and stop.kind == "solved" and stop.stops and stop.stops_at:
                row = self._row("F", stop.id, form.person, stop.role, stop.thread, stop.stops_at, form=form.id, of=form)
                if self._stopped(row) and self._is_peers(row):
                    yield row
        for survey in self.f.surveyed:
            if survey.is_solved and survey.instead in ("phone", "email", "chat") and survey.answered_at:
                row = self._row("V", survey.id, survey.person, survey.role, survey.thread, survey.answered_at)
                if self._is_peers(row):
                    yield row

    def _is_peers(self, row: dict[str, Any]) -> bool:
        solution = self.solution(row["own"], row["at"])
        if solution is None or solution.resolution_class != "peer":
            return False
        row["solved"], row["answer"], row["author"] = (
            solution.thread,
            (solution.thread, solution.answer),
            solution.author,
        )
        return not any(
            each.thread in (row["own"], solution.thread)
            and each.from_at <= row["at"]
            and (each.until_at is None or row["at"] < each.until_at)
            for each in self.f.known_issues
        )

    def _had_joined(self, row: dict[str, Any]) -> bool:
        before = [
            each
            for each in self.f.joined
            if each.at < row["at"]
            and self.who(each.person) == row["person"]
            and self.leads_to(each.thread) == row["thread"]
        ]
        return bool(before) and not max(before, key=lambda each: (each.at, each.recorded_at, each.is_back)).is_back

    def _stopped(self, row: dict[str, Any]) -> bool:
        form = row["of"]
        opened = any(
            (each.form, each.thread, each.kind) == (form.id, row["own"], "opened") and each.at <= row["at"]
            for each in self.f.suggested
        )
        was_sent = form.sent_at is not None and form.sent_at <= row["at"]
        tapped = any(
            self.who(each.person) == row["person"] and self.leads_to(each.thread) == row["thread"]
            for each in self.f.intended
        )
        return opened and not was_sent and (form.surface == "ticket" or tapped or self._came(row["person"], form.at))

    def _came(self, person: str, at: datetime) -> bool:
        return any(
            each.surface == "ticket"
            and self.who(each.person) == person
            and timedelta() <= at - each.at <= timedelta(minutes=30)
            for each in self.f.forms
        )

    # What voids it ----------------------------------------------------------------------------------------------------
    def _reason(self, row: dict[str, Any]) -> str:
        at, person, threads = row["at"], row["person"], (row["own"], row["thread"])
        asked = self.asked[row["solved"]]
        stands = {
            each.kind
            for each in self.f.standings
            if self.who(each.person) == person and each.from_at <= at and (each.until_at is None or at < each.until_at)
        }
        tests = {
            "staff_person": row["role"] != "customer" or asked.asker_role != "customer",
            "bot": "service" in stands or self._floods(person, at),
            "test": "test" in stands,
            "spam_or_deleted": any(self.hidden(each) for each in threads),
            "not_question": asked.kind not in ("question", "problem"),
            "unsupported_product": not _lets_in(self.f.supported, row["board"], "", at),
            "escalated": self._escalated(row),
            "recontact": self._recontact(row),
            **self._taken_back(row),
            "duplicate": row["kind"] in "MV" and self._is_own(row),
        }
        return next((reason for reason, holds in tests.items() if holds), "")

    def _floods(self, person: str, at: datetime) -> bool:
        seen = sorted(each.at for each in self.f.viewed if self.who(each.person) == person)
        return any(
            seen[i] <= at <= seen[i + 30] and seen[i + 30] - seen[i] <= timedelta(minutes=5)
            for i in range(len(seen) - 30)
        )

    def _tickets(self, row: dict[str, Any]) -> list[Any]:
        return [
            each
            for each in self.f.tickets
            if self.who(each.person) == row["person"] and not (each.unrelated and max(each.unrelated)[1])
        ]

    def _escalated(self, row: dict[str, Any]) -> bool:
        ends = row["at"] + row["definition"].no_ticket
        own = {each.id for each in self.f.tickets if self.who(each.person) == row["person"]}
        unrelated = own - {each.id for each in self._tickets(row)}
        return any(
            each.at <= ends
            and self.leads_to(each.thread) == row["thread"]
            and row["person"] in (self.who(each.requester), self.who(each.by))
            and each.ticket not in unrelated
            for each in self.f.escalated
        ) or any(
            (each.at <= ends and each.thread is not None and self.leads_to(each.thread) == row["thread"])
            or (each.at <= row["at"] and (each.done_at is None or each.done_at > row["at"]))
            for each in self._tickets(row)
        )

    def _recontact(self, row: dict[str, Any]) -> bool:
        contacts = [each for each in self.f.contacted if self.who(each.person) == row["person"]]
        ends = row["at"] + row["definition"].no_ticket
        return any(row["at"] < each.at <= ends for each in [*self._tickets(row), *contacts])

    def _taken_back(self, row: dict[str, Any]) -> dict[str, bool]:
        if row["kind"] == "D":
            last = row["last"]
            gone = last.withdrawn_at is not None
            removed = gone and last.withdrawal in ("hidden", "merged") and self.hidden(last.thread, last.answer)
            merged = gone and last.withdrawal == "merged" and self.leads_to(last.thread) != last.thread
            no = any(
                (each.thread, each.answer) == (last.thread, last.answer)
                and self.who(each.by) == row["person"]
                and each.recorded_at > row["at"]
                for each in self.f.said_no
            )
            return {
                "unaccepted": gone and not merged and not (removed and last.withdrawal == "hidden"),
                "asker_said_no": no,
                "answer_removed_or_flagged_wrong": removed,
            }
        form = row.get("of")
        no = form is not None and any(
            (each.form, each.thread, each.kind) == (form.id, row["own"], "not_solved") and each.at > row["at"]
            for each in self.f.suggested
        )
        return {
            "unaccepted": form is not None and form.sent_at is not None,
            "asker_said_no": no,
            "answer_removed_or_flagged_wrong": self.hidden(*row["answer"]),
        }

    def _is_own(self, row: dict[str, Any]) -> bool:
        if row["person"] in (self.asked[row["own"]].asker, self.asked[row["thread"]].asker):
            return True
        if row["kind"] == "M":
            return row["helped"].author == row["person"]
        return row["author"] == row["person"] or any(
            self.who(each.author) == row["person"]
            and each.at <= row["at"]
            and self.leads_to(each.thread) == row["thread"]
            for each in self.f.answered
        )

    # One case ---------------------------------------------------------------------------------------------------------
    def _dedupe(self) -> None:
        kept: list[dict[str, Any]] = []
        rows = [row for row in self.rows.values() if not row["reason"]]
        for row in sorted(rows, key=lambda row: ("DFMV".index(row["kind"]), row["at"], row["id"])):
            if any(_is_one(row, other) for other in kept) or _is_too_many(row, kept):
                row["reason"] = "duplicate"
            else:
                kept.append(row)


def _is_one(row: dict[str, Any], other: dict[str, Any]) -> bool:
    apart = abs(row["at"] - other["at"])
    if row["person"] != other["person"]:
        return False
    if row["thread"] == other["thread"] and (apart <= row["definition"].window or row["kind"] == other["kind"] == "M"):
        return True
    if row["kind"] == "D" or other["kind"] == "D":
        return False
    return (row["board"] == other["board"] and apart <= row["definition"].episode) or bool(
        row["form"] and row["form"] == other["form"]
    )


def _is_too_many(row: dict[str, Any], kept: list[dict[str, Any]]) -> bool:
    """V come in the order of time: those before it are all there are."""
    before = [
        other
        for other in kept
        if row["kind"] == other["kind"] == "V"
        and other["person"] == row["person"]
        and row["at"] - other["at"] <= timedelta(days=30)
    ]
    return len(before) >= row["definition"].viewer_cases


def _lets_in(periods: list[Period], board: int, person: str, at: datetime) -> bool:
    rows = [each for each in periods if each.board == board and each.gone_at is None]
    return not rows or any(
        each.person == person and each.from_at <= at and (each.until_at is None or at < each.until_at) for each in rows
    )
