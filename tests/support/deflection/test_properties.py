"""Whatever happens, in any order: entries are only added, by legal moves, and stand as the definition says plainly."""

import os
import random
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from support.deflection.facts import Case, Facts
from support.deflection.fold import fold
from tests.support.deflection.happened import A_MOMENT, Happened
from tests.support.deflection.lives import END, VERSIONS, lives
from tests.support.deflection.plainly import Plainly, known

FULL = os.environ.get("PEERDESK_TRIALS") == "full"
TRIALS = settings(max_examples=1000 if FULL else 60, deadline=None)


def moments(facts: Facts) -> list[datetime]:
    """When anything was recorded, and some moments between."""
    found = {each.recorded_at for rows in (facts.acceptances, facts.helped, facts.tickets) for each in rows}
    found |= {
        each.recorded_at for rows in (facts.merged, facts.hidden, facts.contacted, facts.aliases) for each in rows
    }
    return sorted(found | {each + timedelta(days=7) for each in found} | {each + A_MOMENT for each in found})


def folded(facts: Facts, until: datetime) -> dict[tuple[str, int], Case]:
    return dict(fold(facts, VERSIONS, until).by_source())


def say(cases: dict[tuple[str, int], Case]) -> dict[tuple[str, int], str]:
    last = {name: case.entries[-1] for name, case in cases.items()}
    return {name: each.reason or each.status for name, each in last.items()}


@TRIALS
@given(life=lives, chance=st.randoms(use_true_random=False))
def test_it_stands_at_every_moment_as_the_definition_says_plainly(life: Happened, chance: random.Random) -> None:
    all_moments = moments(life.facts)
    for now in [*chance.sample(all_moments, min(8, len(all_moments))), END]:
        cases = folded(life.facts, now)
        plainly = Plainly(life.facts, VERSIONS, now).says()
        said = say(cases)
        # what was a case once stays one, void: plainly it is none
        assert {name: each for name, each in said.items() if name in plainly} == plainly
        assert all(cases[name].entries[-1].status == "void" for name in said.keys() - plainly.keys())


@TRIALS
@given(life=lives, chance=st.randoms(use_true_random=False))
def test_what_comes_to_be_known_later_only_adds_entries(life: Happened, chance: random.Random) -> None:
    after, later = folded(life.facts, END), END
    for now in sorted(chance.choices(moments(life.facts), k=6), reverse=True):
        before = folded(life.facts, now)
        for name, case in before.items():
            longer = after[name]
            assert longer.entries[: len(case.entries)] == case.entries
            assert all(now <= each.as_of <= later for each in longer.entries[len(case.entries) :])
            assert replace(longer, entries=()) == replace(case, entries=())
        assert all(after[name].entries[0].as_of > now for name in after.keys() - before.keys())
        after, later = before, now


@TRIALS
@given(life=lives, chance=st.randoms(use_true_random=False))
def test_what_is_recorded_after_the_horizon_does_not_exist(life: Happened, chance: random.Random) -> None:
    now = chance.choice(moments(life.facts))
    assert fold(known(life.facts, now), VERSIONS, now) == fold(life.facts, VERSIONS, now)


@TRIALS
@given(life=lives, chance=st.randoms(use_true_random=False))
def test_facts_come_in_any_order_and_some_of_them_twice(life: Happened, chance: random.Random) -> None:
    shuffled = Facts()
    for name in Facts.__dataclass_fields__:
        rows = list(getattr(life.facts, name))
        twice = rows + chance.sample(rows, len(rows) // 2)
        chance.shuffle(twice)
        setattr(shuffled, name, twice)
    assert fold(shuffled, VERSIONS, END) == fold(life.facts, VERSIONS, END)


@TRIALS
@given(life=lives)
def test_every_move_is_a_legal_one_and_changes_something(life: Happened) -> None:
    for case in fold(life.facts, VERSIONS, END).cases:
        first = case.entries[0]
        assert first.status in ("pending", "void")
        assert first.as_of >= case.recorded_at >= case.at
        for before, after in pairwise(case.entries):
            assert after.seq == before.seq + 1
            assert after.as_of >= before.as_of
            assert (before.status, after.status) != ("credited", "pending")
            assert (after.status == "void") == bool(after.reason)
            assert before != type(before)(**{**_fields(after), "seq": before.seq, "as_of": before.as_of})


def _fields(entry: object) -> dict[str, object]:
    return {name: getattr(entry, name) for name in entry.__slots__}  # type: ignore[attr-defined]


@TRIALS
@given(life=lives, chance=st.randoms(use_true_random=False))
def test_nobody_is_credited_twice_for_a_thread_within_the_window(life: Happened, chance: random.Random) -> None:
    for now in (chance.choice(moments(life.facts)), END):
        credited: dict[tuple[str, int], list[datetime]] = {}
        for case in fold(life.facts, VERSIONS, now).cases:
            last = case.entries[-1]
            if last.status == "credited":
                credited.setdefault((last.person, last.thread), []).append(case.at)
        for times in credited.values():
            times.sort()
            assert all(after - before > timedelta(days=20) for before, after in pairwise(times))


@TRIALS
@given(life=lives)
def test_a_person_is_reckoned_alike_alone_and_among_others(life: Happened) -> None:
    """What is another's fact alone, in a thread or outside, changes nothing of one's own."""
    whole = fold(life.facts, VERSIONS, END)
    keys = {"u:1", *(each.visitor for each in life.facts.aliases if each.person == "u:1")}
    own = Facts(**{name: list(getattr(life.facts, name)) for name in Facts.__dataclass_fields__})
    for name in ("helped", "forms", "viewed", "surveyed", "intended", "tickets", "contacted", "joined", "standings"):
        setattr(own, name, [each for each in getattr(own, name) if each.person in keys])
    own.aliases = [each for each in own.aliases if each.person == "u:1"]
    own.escalated = [each for each in own.escalated if {each.requester, each.by} & keys]
    alone = fold(own, VERSIONS, END)
    for rows in ("cases", "viewers", "assisted"):
        theirs = [each for each in getattr(whole, rows) if each.person in keys]
        assert [each for each in getattr(alone, rows) if each.person in keys] == theirs


@TRIALS
@given(life=lives)
def test_viewer_cases_are_counted_once_and_hold_every_answer_that_counts(life: Happened) -> None:
    folded = fold(life.facts, VERSIONS, END)
    times: dict[str, list[datetime]] = {}
    for each in folded.viewers:
        times.setdefault(each.person, []).append(each.at)
        assert each.is_shown or not each.is_answered
    for person, seen in times.items():
        assert all(after - before > timedelta(days=30) for before, after in zip(seen, seen[2:], strict=False)), person
    rows = [(each.person, each.thread, each.at) for each in folded.viewers]
    assert all(
        (person, thread) != (other, elsewhere) or abs(at - when) > timedelta(days=20)
        for i, (person, thread, at) in enumerate(rows)
        for other, elsewhere, when in rows[i + 1 :]
    )
    # every V that stands, x, is among those who answered
    answered: dict[str, int] = {}
    for each in folded.viewers:
        answered[each.person] = answered.get(each.person, 0) + each.is_answered
    yes: dict[str, int] = {}
    for case in folded.cases:
        last = case.entries[-1]
        if case.kind == "V" and last.status != "void" and last.is_entitled:
            yes[last.person] = yes.get(last.person, 0) + 1
    assert all(count <= answered.get(person, 0) for person, count in yes.items())
