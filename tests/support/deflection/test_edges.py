"""The edge cases of docs/deflection.md, and what was decided where it leaves room."""

import pytest

from support.deflection import facts
from support.deflection.facts import Definition
from support.deflection.fold import fold
from tests.support.deflection.happened import (
    A_MOMENT,
    DAY,
    FIRST,
    HOUR,
    MINUTE,
    PEER,
    SECOND,
    STAFF,
    Happened,
    Ledger,
    alone,
    may,
    visitor,
)

LATER = may(60)


@pytest.fixture
def it() -> Happened:
    return Happened()


@pytest.fixture
def accepted(it: Happened) -> facts.Acceptance:
    """u:1 accepted a peer's answer on 3 May."""
    return alone(it)


# Windows --------------------------------------------------------------------------------------------------------------
def test_a_case_matures_only_after_the_last_moment_of_its_window(it: Happened, accepted: facts.Acceptance) -> None:
    assert Ledger(it, may(10)).says("D", accepted) == "pending"
    ledger = Ledger(it, may(10) + A_MOMENT)
    assert ledger.history("D", accepted) == ["pending", "credited"]
    assert [each.as_of for each in ledger.case("D", accepted).entries] == [may(3), may(10)]


def test_what_is_learned_at_the_very_end_of_its_window_waits_for_the_next_moment(it: Happened) -> None:
    thread = it.asks("u:1", may(1))
    accepted = it.accepts("u:1", thread, may(3))
    late = it.accepts("u:2", it.asks("u:2", may(1)), may(3), recorded_at=may(10))
    it.would("u:1", thread, "phone", may(10))
    on_time, after = Ledger(it, may(10)), Ledger(it, may(10) + A_MOMENT)
    assert [on_time.history("D", each) for each in (accepted, late)] == [["pending", "pending"], ["pending"]]
    assert [after.says("D", each) for each in (accepted, late)] == ["credited", "credited"]


@pytest.mark.parametrize(
    ("after", "says"),
    [(A_MOMENT, "recontact"), (7 * DAY, "recontact"), (7 * DAY + A_MOMENT, "credited")],
)
def test_a_ticket_counts_from_just_after_until_the_last_moment(
    it: Happened, accepted: facts.Acceptance, after: object, says: str
) -> None:
    it.opens_ticket("u:1", may(3) + after)  # type: ignore[operator]
    assert Ledger(it, LATER).says("D", accepted) == says


def test_a_ticket_that_still_was_open_is_an_escalation_and_one_that_was_done_is_nothing(it: Happened) -> None:
    cases = {}
    for person, done in (("u:1", None), ("u:2", may(3) + A_MOMENT), ("u:3", may(3)), ("u:4", may(2))):
        thread = it.asks(person, may(1))
        cases[person] = it.accepts(person, thread, may(3))
        it.opens_ticket(person, may(1), done_at=done)
    ledger = Ledger(it, LATER)
    assert [ledger.says("D", each) for each in cases.values()] == ["escalated", "escalated", "credited", "credited"]


def test_a_call_that_is_read_in_weeks_later_takes_the_credit_back(it: Happened, accepted: facts.Acceptance) -> None:
    it.calls("u:1", may(5), recorded_at=may(30))
    it.calls("", may(5))  # nobody knows whose
    assert Ledger(it, may(29)).says("D", accepted) == "credited"
    ledger = Ledger(it, LATER)
    assert ledger.history("D", accepted) == ["pending", "credited", "recontact"]
    assert ledger.entry("D", accepted).as_of == may(30)


def test_what_is_learned_after_its_window_is_pending_and_credited_at_once(it: Happened) -> None:
    thread = it.asks("u:1", may(1))
    accepted = it.accepts("u:1", thread, may(3), recorded_at=may(20))
    assert Ledger(it, may(19)).says("D", accepted) == "none"
    entries = Ledger(it, may(20)).case("D", accepted).entries
    assert [(each.status, each.as_of) for each in entries] == [("pending", may(20)), ("credited", may(20))]


def test_a_version_holds_for_what_happened_since_it_was_in_force(it: Happened) -> None:
    versions = (FIRST, Definition(2, "def-2", may(10), no_ticket=14 * DAY))
    old, new = (it.accepts(f"u:{each}", it.asks(f"u:{each}", may(1)), may(each)) for each in (9, 10))
    ledger = Ledger(it, may(20), versions)
    assert [(ledger.says("D", each), ledger.entry("D", each).definition) for each in (old, new)] == [
        ("credited", 1),
        ("pending", 2),
    ]


def test_without_a_definition_nothing_is_counted(it: Happened) -> None:
    with pytest.raises(ValueError, match="definition"):
        fold(it.facts, (), LATER)


# Acceptances ----------------------------------------------------------------------------------------------------------
def test_accept_take_back_and_accept_another_is_one_case_and_the_last_one_counts(
    it: Happened, accepted: facts.Acceptance
) -> None:
    it.ends(accepted, "taken_back", may(4))
    another = it.accepts("u:1", accepted.thread, may(5))
    ledger = Ledger(it, LATER)
    assert (ledger.says("D", accepted), ledger.says("D", another)) == ("unaccepted", "credited")


def test_an_answer_of_staff_in_its_place_leaves_no_case(it: Happened, accepted: facts.Acceptance) -> None:
    it.ends(accepted, "replaced", may(4))
    it.accepts("u:1", accepted.thread, may(4), resolution_class="assisted", author=STAFF, author_role="agent")
    ledger = Ledger(it, LATER)
    assert [ledger.history("D", each.source_id) for each in ledger.folded.cases] == [["pending", "unaccepted"]]


def test_what_is_hidden_and_restored_counts_again_as_the_same_case(it: Happened, accepted: facts.Acceptance) -> None:
    it.hides(accepted.thread, may(4), accepted.answer)
    it.ends(accepted, "hidden", may(4))
    it.restores(accepted.thread, may(20), accepted.answer)
    it.accepts("u:1", accepted.thread, may(3), again=accepted, recorded_at=may(20))
    ledger = Ledger(it, LATER)
    assert len(ledger.folded.cases) == 1
    assert ledger.history("D", accepted) == ["pending", "answer_removed_or_flagged_wrong", "credited"]
    assert ledger.case("D", accepted).at == may(3)


def test_a_hidden_answer_that_came_back_behind_another_solution_was_replaced(
    it: Happened, accepted: facts.Acceptance
) -> None:
    it.hides(accepted.thread, may(4), accepted.answer)
    it.ends(accepted, "hidden", may(4))
    it.accepts("u:1", accepted.thread, may(5))
    it.restores(accepted.thread, may(6), accepted.answer)
    assert Ledger(it, LATER).says("D", accepted) == "unaccepted"


def test_a_hidden_question_is_spam_until_it_is_restored(it: Happened, accepted: facts.Acceptance) -> None:
    it.hides(accepted.thread, may(15))
    it.ends(accepted, "hidden", may(15))
    it.restores(accepted.thread, may(16))
    it.accepts("u:1", accepted.thread, may(3), again=accepted, recorded_at=may(16))
    assert Ledger(it, LATER).history("D", accepted) == ["pending", "credited", "spam_or_deleted", "credited"]


def test_who_says_later_that_it_did_not_help_is_heard(it: Happened, accepted: facts.Acceptance) -> None:
    it.says_no("u:1", accepted.thread, accepted.answer, may(4))
    before = it.accepts("u:2", it.asks("u:2", may(1)), may(3))
    it.says_no("u:2", before.thread, before.answer, may(2))  # and accepted it after all
    ledger = Ledger(it, LATER)
    assert (ledger.says("D", accepted), ledger.says("D", before)) == ("asker_said_no", "credited")


def test_an_idea_is_no_question_and_imported_history_is_no_case(it: Happened) -> None:
    idea = it.accepts("u:1", it.asks("u:1", may(1), kind="idea"), may(3))
    problem = it.accepts("u:2", it.asks("u:2", may(1), kind="problem"), may(3))
    imported = it.accepts("u:3", it.asks("u:3", may(1), is_imported=True), may(3))
    ledger = Ledger(it, LATER)
    assert [ledger.says("D", each) for each in (idea, problem, imported)] == ["not_question", "credited", "none"]


def test_the_author_of_the_answer_may_become_staff_and_the_asker_too(it: Happened, accepted: facts.Acceptance) -> None:
    """Roles are those of the moment: what became of anybody later is no fact that the fold knows."""
    it.stands(PEER, "service", may(20))
    assert Ledger(it, LATER).says("D", accepted) == "credited"


# Boards and rights ----------------------------------------------------------------------------------------------------
def test_the_board_is_where_the_question_stood_then(it: Happened) -> None:
    it.facts.supported += [facts.Period(2, "", may(1), may(2))]
    moved_after = it.accepts("u:1", it.asks("u:1", may(1), board=2), may(3))
    it.facts.moved.append(facts.Moved(moved_after.thread, 1, may(10)))
    moved_before = it.accepts("u:2", it.asks("u:2", may(1), board=2), may(3))
    it.facts.moved.append(facts.Moved(moved_before.thread, 1, may(2)))
    ledger = Ledger(it, LATER)
    assert [(ledger.says("D", each), ledger.entry("D", each).board) for each in (moved_after, moved_before)] == [
        ("credited", 1),
        ("unsupported_product", 2),
    ]


def test_who_has_no_right_to_support_is_a_case_that_avoids_no_ticket(it: Happened) -> None:
    it.facts.entitled.append(facts.Period(1, "u:1", may(1), may(4)))
    cases = [it.accepts(f"u:{each}", it.asks(f"u:{each}", may(1)), may(3)) for each in (1, 2)]
    ledger = Ledger(it, LATER)
    assert [(ledger.says("D", each), ledger.entry("D", each).is_entitled) for each in cases] == [
        ("credited", True),
        ("credited", False),
    ]


def test_a_period_that_is_entered_later_changes_the_case_from_then_on(it: Happened, accepted: facts.Acceptance) -> None:
    it.facts.supported.append(facts.Period(1, "", may(20), None, recorded_at=may(20), gone_at=may(25)))
    history = ["pending", "credited", "unsupported_product", "credited"]
    assert Ledger(it, LATER).history("D", accepted) == history


# Tickets --------------------------------------------------------------------------------------------------------------
def test_a_ticket_about_something_else_voids_nothing_until_that_is_taken_back(
    it: Happened, accepted: facts.Acceptance
) -> None:
    it.opens_ticket("u:1", may(5), unrelated=((may(6), True), (may(20), False)))
    assert Ledger(it, LATER).history("D", accepted) == ["pending", "recontact", "pending", "credited", "recontact"]


def test_a_ticket_that_names_the_thread_voids_as_an_escalation_whenever_it_came(it: Happened) -> None:
    accepted = alone(it)
    it.opens_ticket("u:1", may(3) + 7 * DAY, thread=accepted.thread)
    other = it.accepts("u:2", it.asks("u:2", may(1)), may(3))
    it.opens_ticket("u:2", may(1), thread=other.thread, done_at=may(2))
    ledger = Ledger(it, LATER)
    assert (ledger.says("D", accepted), ledger.says("D", other)) == ("escalated", "escalated")


def test_an_escalation_voids_for_whom_it_is_and_who_asked_for_it(it: Happened, accepted: facts.Acceptance) -> None:
    thread = accepted.thread
    rows = {}
    for person in ("u:2", "u:3"):
        it.joins(person, thread, may(3))
        rows[person] = it.helped(person, thread, may(4))
    it.escalates(thread, "u:1", may(5), by="u:2")
    ledger = Ledger(it, LATER)
    assert ledger.says("D", accepted) == "escalated"
    assert [ledger.says("M", each) for each in rows.values()] == ["escalated", "credited"]


def test_an_escalation_whose_ticket_turned_out_to_be_another_matter_voids_nothing(
    it: Happened, accepted: facts.Acceptance
) -> None:
    ticket = it.opens_ticket("u:1", may(4), thread=accepted.thread, unrelated=((may(5), True),))
    it.escalates(accepted.thread, "u:1", may(4), ticket=ticket)
    assert Ledger(it, LATER).history("D", accepted) == ["pending", "escalated", "pending", "credited"]


# People ---------------------------------------------------------------------------------------------------------------
def test_what_a_visitor_did_is_theirs_who_signs_in_later(it: Happened) -> None:
    solved = alone(it)
    survey = it.survey(visitor(1), solved.thread, may(4), (True, "phone"))
    it.opens_ticket("u:5", may(6))
    it.is_also(visitor(1), "u:5", may(7))
    ledger = Ledger(it, LATER)
    assert ledger.history("V", survey) == ["pending", "recontact"]
    assert [each.person for each in ledger.case("V", survey).entries] == [visitor(1), "u:5"]
    assert ledger.case("V", survey).person == visitor(1)


def test_a_visitor_who_turns_out_to_be_the_asker_was_no_reader(it: Happened) -> None:
    solved = alone(it)
    survey = it.survey(visitor(1), solved.thread, may(4), (True, "phone"))
    it.is_also(visitor(1), "u:1", may(20))
    ledger = Ledger(it, LATER)
    assert ledger.history("V", survey) == ["pending", "credited", "duplicate"]
    assert not ledger.folded.viewers


@pytest.mark.parametrize(("kind", "says"), [("service", "bot"), ("test", "test"), ("simulated", "credited")])
def test_accounts_of_services_and_tests_are_void_and_made_up_ones_are_marked(
    it: Happened, kind: str, says: str
) -> None:
    it.stands("u:1", kind, may(1))
    accepted = alone(it)
    ledger = Ledger(it, LATER)
    assert ledger.says("D", accepted) == says
    assert ledger.case("D", accepted).is_simulated == (kind == "simulated")


def test_more_than_thirty_threads_in_five_minutes_are_a_machines(it: Happened) -> None:
    solved = alone(it)
    surveys = {}
    for person, views in ((visitor(1), 30), (visitor(2), 31)):
        for each in range(views):
            it.views(person, it.asks("u:9", may(2)), may(4) + each * 10 * SECOND)
        surveys[person] = it.survey(person, solved.thread, may(4) + MINUTE, (True, "phone"))
    ledger = Ledger(it, LATER)
    assert [ledger.says("V", each) for each in surveys.values()] == ["credited", "bot"]
    assert {each.person for each in ledger.folded.viewers} == {visitor(1)}


def test_a_flood_is_known_once_its_last_view_is_recorded(it: Happened) -> None:
    solved = alone(it)
    for each in range(31):
        it.views(visitor(1), solved.thread, may(4) + each * 3 * SECOND, recorded_at=may(20 if each == 7 else 4))
    survey = it.survey(visitor(1), solved.thread, may(4), (True, "phone"))
    entries = Ledger(it, LATER).case("V", survey).entries
    assert [(each.reason or each.status, each.as_of) for each in entries][-1] == ("bot", may(20))


def test_private_hours_between_do_not_make_a_reader_a_machine(it: Happened) -> None:
    solved = alone(it)
    for each in range(100):
        it.views(visitor(1), it.asks("u:9", may(2)), may(4) + each * HOUR)
    survey = it.survey(visitor(1), solved.thread, may(4), (True, "phone"))
    assert Ledger(it, LATER).says("V", survey) == "credited"
