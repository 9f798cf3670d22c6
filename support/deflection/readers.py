"""E_v: the viewer cases of a person, as they are counted when everything until the horizon is known.

Whoever was shown the survey is among them, so that of E_v cases d were shown it, n answered, x said yes and contact.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from support.deflection import facts
from support.deflection.counting import Kept, Row
from support.deflection.facts import Definition, Viewer
from support.deflection.kinds import Reader
from support.deflection.people import Person
from support.deflection.threads import Threads


class _Look(Reader):
    """A view, or a survey that was drawn: what a viewer case may be, whatever was said."""

    def __init__(
        self, person: Person, threads: Threads, definition: Definition, fact: facts.Viewed | facts.Surveyed
    ) -> None:
        self.fact = fact
        row = (fact.id, fact.person, fact.role, fact.thread, fact.at, fact.recorded_at)
        super(Reader, self).__init__(person, threads, definition, row, is_simulated=fact.is_simulated)


def viewers(
    person: Person,
    threads: Threads,
    definition_at: Callable[[datetime], Definition],
    until: datetime,
    standing: Collection[Row],
    counted: Collection[int],
) -> Iterator[Viewer]:
    """The viewer cases of a person. `standing`: their D, F and M rows that are not void, and what they read near those
    is no viewer case; `counted`: the surveys that are cases of kind V.
    """
    looks = []
    seen: list[facts.Viewed | facts.Surveyed] = [*person.surveyed.values(), *person.viewed.values()]
    for fact in seen:
        if fact.thread not in threads.asked:
            continue
        look = _Look(person, threads, definition_at(fact.at), fact)
        row = _eligible(look, until)
        if row is not None:
            looks.append((look, row))
    looks.sort(key=lambda each: (_rank(each[0].fact, until, counted), each[1].order))
    yield from _kept(looks, until, standing)


def _eligible(look: _Look, now: datetime) -> Row | None:
    """The row of a view that counts, as far as it is known: of a customer, in a thread that a peer had solved."""
    if look.use(now) != "case":
        return None
    person, thread = look.owner.who(look.key, now), look.threads.canonical(look.thread, now)
    if thread not in look.threads.asked:
        return None
    board = look.threads.board(thread, look.at)
    if (
        look.never_counted(person, thread, board, now)
        or look.taken_back(now)
        or look.is_theirs(person, thread, now)
        or not look.threads.is_entitled(person, board, look.at, now)
    ):
        return None
    return Row("V", look.at, look.id, person, thread, board, 0, look.definition)


def _rank(fact: facts.Viewed | facts.Surveyed, until: datetime, counted: Collection[int]) -> int:
    """Those who were asked come first, so that none of their answers falls to the views around it."""
    if not isinstance(fact, facts.Surveyed) or fact.shown_at is None or fact.shown_at > until:
        return 3
    if fact.id in counted:
        return 0
    return 1 if _is_answered(fact, until) else 2


def _is_answered(fact: facts.Viewed | facts.Surveyed, until: datetime) -> bool:
    return isinstance(fact, facts.Surveyed) and fact.answer_recorded_at is not None and fact.answer_recorded_at <= until


def _kept(looks: list[tuple[_Look, Row]], until: datetime, standing: Collection[Row]) -> Iterator[Viewer]:
    kept = Kept()
    for row in standing:
        kept.keep(row)
    cases: dict[int, list[_Look]] = {}
    rows: dict[int, Row] = {}
    for look, row in looks:
        other = kept.one_with(row)
        if other is None and not kept.is_too_many(row):
            kept.keep(row)
            rows[id(row)], cases[id(row)] = row, [look]
        elif other is not None and id(other) in cases:
            cases[id(other)].append(look)
    for name, row in rows.items():
        facts_of = [each.fact for each in cases[name]]
        yield Viewer(
            person=row.person,
            thread=row.thread,
            board=row.board,
            at=row.at,
            is_shown=any(_rank(each, until, ()) < 3 for each in facts_of),
            is_answered=any(_is_answered(each, until) for each in facts_of),
            is_simulated=any(each.is_simulated for each in cases[name]),
        )
