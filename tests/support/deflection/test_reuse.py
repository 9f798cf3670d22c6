"""F, M and V: who was helped by what others had solved, when that is a case, and which of several it is."""

import pytest

from support.deflection import facts
from tests.support.deflection.happened import (
    A_MOMENT,
    DAY,
    HOUR,
    MINUTE,
    PEER,
    STAFF,
    Happened,
    Ledger,
    alone,
    may,
    visitor,
)

LATER = may(120)


@pytest.fixture
def it() -> Happened:
    return Happened()


@pytest.fixture
def solved(it: Happened) -> facts.Acceptance:
    """u:1's question, solved by a peer on 3 May."""
    return alone(it)


def me_too(it: Happened, person: str, thread: int, day: float) -> int:
    it.joins(person, thread, may(day) - HOUR)
    return it.helped(person, thread, may(day))


def another(it: Happened, board: int = 1, day: float = 3, **other: object) -> int:
    """Somebody else's question, solved that day."""
    thread = it.asks("u:50", may(day) - DAY, board=board)
    it.accepts("u:50", thread, may(day), **other)
    return thread


# F --------------------------------------------------------------------------------------------------------------------
def test_a_suggestion_that_stops_a_ticket_is_a_case_by_the_contact_form(it: Happened, solved: facts.Acceptance) -> None:
    stop = it.stops(it.opens_form("u:2", may(4)), solved.thread, may(4) + HOUR)
    ledger = Ledger(it, LATER)
    entry = ledger.entry("F", stop)
    assert (entry.status, entry.known, entry.channel) == ("credited", "contact", "form")
    assert ledger.case("F", stop).at == may(4) + HOUR


def test_a_suggestion_that_was_never_opened_is_none(it: Happened, solved: facts.Acceptance) -> None:
    form = it.opens_form("u:2", may(4))
    stop = it.suggestion(form, solved.thread, "solved", may(4) + HOUR, stops=True, stops_at=may(4) + HOUR)
    it.suggestion(form, solved.thread, "opened", may(4) + 2 * HOUR)
    go_on = it.opens_form("u:3", may(4))
    it.suggestion(go_on, solved.thread, "opened", may(4))
    no_stop = it.suggestion(go_on, solved.thread, "solved", may(4), stops=False, stops_at=may(4) + HOUR)
    ledger = Ledger(it, LATER)
    assert (ledger.says("F", stop), ledger.says("F", no_stop)) == ("none", "none")


def test_a_form_that_is_sent_after_all_takes_it_back_and_so_does_a_no(it: Happened, solved: facts.Acceptance) -> None:
    sent, unsure = it.opens_form("u:2", may(4)), it.opens_form("u:3", may(4))
    stops = [it.stops(each, solved.thread, may(4) + HOUR) for each in (sent, unsure)]
    it.sends_form(sent, may(4) + 2 * HOUR)
    it.suggestion(unsure, solved.thread, "not_solved", may(4) + 2 * HOUR)
    ledger = Ledger(it, LATER)
    assert [ledger.history("F", each) for each in stops] == [["pending", "unaccepted"], ["pending", "asker_said_no"]]


def test_on_the_ask_form_it_is_a_case_only_if_intent_is_known(it: Happened, solved: facts.Acceptance) -> None:
    stops = {}
    for person in ("u:2", "u:3", "u:4"):
        if person == "u:3":
            it.opens_form(person, may(4) - 30 * MINUTE)
        if person == "u:4":
            it.opens_form(person, may(4) - 30 * MINUTE - A_MOMENT)
        form = it.opens_form(person, may(4), surface="ask")
        stops[person] = it.stops(form, solved.thread, may(4) + HOUR)
    ledger = Ledger(it, LATER)
    assert [ledger.says("F", each) for each in stops.values()] == ["none", "credited", "none"]
    assert ledger.entry("F", stops["u:3"]).channel == "form"


def test_what_they_say_goes_before_what_they_did(it: Happened, solved: facts.Acceptance) -> None:
    it.opens_form("u:2", may(4) - 10 * MINUTE)
    stop = it.stops(it.opens_form("u:2", may(4), surface="ask"), solved.thread, may(4) + HOUR)
    it.would("u:2", solved.thread, "search", may(5))
    ledger = Ledger(it, LATER)
    known = [(each.known, each.channel) for each in ledger.case("F", stop).entries]
    assert known == [("contact", "form"), ("no", ""), ("no", "")]


def test_one_form_is_left_once(it: Happened, solved: facts.Acceptance) -> None:
    elsewhere = another(it, board=2)
    form = it.opens_form("u:2", may(4))
    stops = [it.stops(form, solved.thread, may(4) + HOUR), it.stops(form, elsewhere, may(4) + 2 * HOUR)]
    ledger = Ledger(it, LATER)
    assert [ledger.says("F", each) for each in stops] == ["credited", "duplicate"]


# M --------------------------------------------------------------------------------------------------------------------
def test_who_had_not_joined_before_is_no_me_too(it: Happened, solved: facts.Acceptance) -> None:
    rows = {}
    for person, joined, back in (("u:2", 4, None), ("u:3", 3.5, None), ("u:4", 3.5, 3.7), ("u:5", 4.5, None)):
        it.joins(person, solved.thread, may(joined))
        if back:
            it.joins(person, solved.thread, may(back), is_back=True)
        rows[person] = it.helped(person, solved.thread, may(4))
    ledger = Ledger(it, LATER)
    assert [ledger.says("M", each) for each in rows.values()] == ["none", "credited", "none", "none"]


def test_who_taps_again_after_months_is_the_same_person(it: Happened, solved: facts.Acceptance) -> None:
    first = me_too(it, "u:2", solved.thread, 4)
    again = it.helped("u:2", solved.thread, may(80), answer=solved.answer + 1)
    ledger = Ledger(it, LATER)
    assert (ledger.says("M", first), ledger.says("M", again)) == ("credited", "duplicate")


def test_a_me_too_whose_first_tap_is_void_may_count_by_the_second(it: Happened, solved: facts.Acceptance) -> None:
    first = me_too(it, "u:2", solved.thread, 4)
    it.opens_ticket("u:2", may(5), done_at=may(6))
    again = it.helped("u:2", solved.thread, may(60))
    ledger = Ledger(it, LATER)
    assert (ledger.says("M", first), ledger.says("M", again)) == ("recontact", "credited")


def test_what_is_said_later_is_known_later(it: Happened, solved: facts.Acceptance) -> None:
    row = me_too(it, "u:2", solved.thread, 4)
    it.would("u:2", solved.thread, "phone", may(20))
    it.would("u:2", solved.thread, "email", may(21))
    entries = Ledger(it, LATER).case("M", row).entries
    assert [(each.status, each.known, each.channel) for each in entries] == [
        ("pending", "unknown", ""),
        ("credited", "unknown", ""),
        ("credited", "contact", "phone"),
    ]


def test_coming_from_the_ticket_form_is_known_by_conduct(it: Happened, solved: facts.Acceptance) -> None:
    rows = []
    for person, opened in (("u:2", may(4) - HOUR - MINUTE), ("u:3", may(4) - MINUTE), ("u:4", may(4) - 31 * MINUTE)):
        it.opens_form(person, opened)
        rows.append(me_too(it, person, solved.thread, 4))
    ledger = Ledger(it, LATER)
    assert [ledger.entry("M", each).known for each in rows] == ["contact", "contact", "unknown"]


# Class of reuse -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("outcome", ["assisted", "mixed", "mod", "community", "self"])
def test_through_any_class_but_peer_it_is_assisted_reuse(it: Happened, outcome: str) -> None:
    thread = another(it, resolution_class=outcome)
    row = me_too(it, "u:2", thread, 4)
    ledger = Ledger(it, LATER)
    assert not [each for each in ledger.folded.cases if each.kind == "M"]
    assert [(each.kind, each.source_id, each.person) for each in ledger.folded.assisted] == [("M", row, "u:2")]


def test_staffs_answer_beside_a_peers_solution_and_a_known_issue_are_assisted_too(
    it: Happened, solved: facts.Acceptance
) -> None:
    it.joins("u:2", solved.thread, may(3))
    it.helped("u:2", solved.thread, may(4), answer=7, author=STAFF, author_role="agent")
    issue = another(it, board=2)
    it.facts.known_issues.append(facts.KnownIssueOf(issue, may(5), may(6)))
    for day in (5.5, 6.5):
        it.survey(visitor(int(day)), issue, may(day), (True, "phone"))
    ledger = Ledger(it, LATER)
    assert [each.kind for each in ledger.folded.assisted] == ["M", "V"]
    assert [each.person for each in ledger.folded.cases if each.kind in "MV"] == [visitor(6)]


def test_what_was_solved_then_decides_and_not_what_came_of_it(it: Happened, solved: facts.Acceptance) -> None:
    before = it.survey(visitor(1), solved.thread, may(3) - HOUR, (True, "phone"))
    while_solved = it.survey(visitor(2), solved.thread, may(4), (True, "phone"))
    it.ends(solved, "taken_back", may(5))
    after = it.survey(visitor(3), solved.thread, may(6), (True, "phone"))
    ledger = Ledger(it, LATER)
    assert [ledger.says("V", each) for each in (before, while_solved, after)] == ["none", "credited", "none"]


def test_an_answer_that_is_removed_later_voids_all_that_it_did(it: Happened, solved: facts.Acceptance) -> None:
    rows = [("M", me_too(it, "u:2", solved.thread, 4))]
    rows.append(("F", it.stops(it.opens_form("u:3", may(4)), solved.thread, may(4) + HOUR)))
    rows.append(("V", it.survey(visitor(1), solved.thread, may(4), (True, "phone"))))
    it.hides(solved.thread, may(30), solved.answer)
    it.ends(solved, "hidden", may(30))
    ledger = Ledger(it, LATER)
    assert {ledger.says(*each) for each in rows} == {"answer_removed_or_flagged_wrong"}
    assert not ledger.folded.viewers


def test_questions_of_staff_and_people_of_staff_do_not_count(it: Happened, solved: facts.Acceptance) -> None:
    thread = it.asks(STAFF, may(1), asker_role="moderator")
    it.accepts(STAFF, thread, may(3), by_role="moderator")
    on_theirs = me_too(it, "u:2", thread, 4)
    it.joins("u:3", solved.thread, may(3))
    by_them = it.helped("u:3", solved.thread, may(4), role="moderator")
    ledger = Ledger(it, LATER)
    assert (ledger.says("M", on_theirs), ledger.says("M", by_them)) == ("staff_person", "staff_person")


def test_an_answer_that_moved_and_is_removed_there_is_removed(it: Happened) -> None:
    original, duplicate = another(it), it.asks("u:1", may(1))
    accepted = it.accepts("u:1", duplicate, may(3))
    tapped = me_too(it, "u:2", duplicate, 4)
    it.merges(duplicate, original, may(20))
    it.ends(accepted, "merged", may(20))
    it.facts.copied.append(facts.Copied(accepted.answer, 77))
    it.hides(original, may(30), 77)
    it.restores(original, may(31), 77)
    it.hides(original, may(32), 77)
    ledger = Ledger(it, LATER)
    gone, back = "answer_removed_or_flagged_wrong", "credited"
    assert ledger.history("D", accepted) == ["pending", back, back, gone, back, gone]
    assert ledger.history("M", tapped)[-3:] == [gone, back, gone]


# One case -------------------------------------------------------------------------------------------------------------
def test_the_strongest_of_a_person_and_thread_counts_and_the_next_when_it_falls(
    it: Happened, solved: facts.Acceptance
) -> None:
    survey = it.survey("u:2", solved.thread, may(4), (True, "phone"))
    tapped = me_too(it, "u:2", solved.thread, 10)
    assert Ledger(it, may(12)).says("V", survey) == "duplicate"
    stop = it.stops(form := it.opens_form("u:2", may(12)), solved.thread, may(13))
    it.sends_form(form, may(20))
    ledger = Ledger(it, LATER)
    assert ledger.history("V", survey) == ["pending", "duplicate"]
    assert ledger.history("M", tapped) == ["pending", "duplicate", "credited"]
    assert ledger.history("F", stop) == ["pending", "unaccepted"]


@pytest.mark.parametrize(("apart", "says"), [(30 * DAY, "duplicate"), (30 * DAY + A_MOMENT, "credited")])
def test_the_window_counts_its_last_moment(it: Happened, apart: object, says: str) -> None:
    first, second = it.asks("u:1", may(1)), it.asks("u:1", may(1))
    one = it.accepts("u:1", first, may(3))
    two = it.accepts("u:1", second, may(3) + apart)  # type: ignore[operator]
    it.merges(second, first, may(50))
    it.ends(two, "merged", may(50))
    ledger = Ledger(it, LATER)
    assert (ledger.says("D", one), ledger.says("D", two)) == ("credited", says)


def test_a_merge_that_is_taken_back_lets_both_count_again(it: Happened) -> None:
    first, second = it.asks("u:1", may(1)), it.asks("u:1", may(1))
    it.accepts("u:1", first, may(3))
    two = it.accepts("u:1", second, may(4))
    it.merges(second, first, may(20), until=may(25))
    it.ends(two, "merged", may(20))
    it.accepts("u:1", second, may(4), again=two, recorded_at=may(25))
    entries = Ledger(it, LATER).case("D", two).entries
    assert [(each.reason or each.status, each.thread) for each in entries] == [
        ("pending", second),
        ("credited", second),
        ("duplicate", first),
        ("credited", second),
    ]


def test_a_merge_that_is_taken_back_behind_another_solution_leaves_the_first_replaced(it: Happened) -> None:
    first, second = it.asks("u:1", may(1)), it.asks("u:2", may(1))
    one = it.accepts("u:2", second, may(4))
    it.merges(second, first, may(20), until=may(25))
    it.ends(one, "merged", may(20))
    it.accepts(STAFF, second, may(22), by_asker=False, resolution_class="mod")
    assert Ledger(it, LATER).history("D", one) == ["pending", "credited", "credited", "unaccepted"]


def test_an_original_that_is_hidden_takes_its_duplicates_along(it: Happened) -> None:
    first, second = it.asks("u:1", may(1)), it.asks("u:2", may(1))
    one = it.accepts("u:2", second, may(4))
    it.merges(second, first, may(5))
    it.ends(one, "merged", may(5))
    it.hides(first, may(6))
    assert Ledger(it, LATER).says("D", one) == "spam_or_deleted"


def test_a_me_too_of_a_duplicate_counts_under_the_original_and_falls_with_the_merge(it: Happened) -> None:
    original, duplicate = another(it), it.asks("u:60", may(1))
    row = me_too(it, "u:2", duplicate, 4)
    assert Ledger(it, may(5)).says("M", row) == "none"
    it.merges(duplicate, original, may(30), until=may(40))
    ledger = Ledger(it, LATER)
    assert ledger.history("M", row) == ["pending", "credited", "unaccepted"]
    assert [each.as_of for each in ledger.case("M", row).entries] == [may(30), may(30), may(40)]


def test_a_days_reading_in_one_board_is_one_case(it: Happened, solved: facts.Acceptance) -> None:
    near, elsewhere = another(it), another(it, board=2)
    first = me_too(it, "u:2", solved.thread, 4)
    within = it.survey("u:2", near, may(5) - MINUTE, (True, "phone"))
    other_board = it.survey("u:2", elsewhere, may(4), (True, "phone"))
    later = it.survey("u:2", another(it), may(6), (True, "phone"))
    ledger = Ledger(it, LATER)
    assert ledger.says("M", first) == "credited"
    assert [ledger.says("V", each) for each in (within, other_board, later)] == ["duplicate", "credited", "credited"]


def test_a_person_has_two_viewer_cases_in_thirty_days(it: Happened) -> None:
    days = (4, 10, 34, 34.1, 41)
    rows = [it.survey("u:2", another(it, board=i), may(day), (True, "phone")) for i, day in enumerate(days)]
    ledger = Ledger(it, LATER)
    assert [ledger.says("V", each) for each in rows] == ["credited", "credited", "duplicate", "credited", "credited"]


def test_who_asked_or_answered_is_no_reader_there(it: Happened, solved: facts.Acceptance) -> None:
    it.facts.answered += [facts.Answered(solved.thread, "u:3", may(2), may(2))]
    it.facts.answered += [facts.Answered(solved.thread, "u:4", may(6), may(6))]
    rows = [it.survey(each, solved.thread, may(4), (True, "phone")) for each in ("u:1", PEER, "u:3", "u:4")]
    ledger = Ledger(it, LATER)
    assert [ledger.says("V", each) for each in rows] == ["duplicate", "duplicate", "duplicate", "credited"]
    assert [each.person for each in ledger.folded.viewers] == ["u:4"]


# E_v ------------------------------------------------------------------------------------------------------------------
def test_viewer_cases_are_counted_once_and_keep_who_was_asked(it: Happened, solved: facts.Acceptance) -> None:
    near = another(it)
    it.views("u:2", solved.thread, may(4))
    it.views("u:2", near, may(4) + HOUR)
    it.survey("u:2", near, may(4) + HOUR, (False, "search"))
    it.views("u:3", solved.thread, may(4))
    it.views("u:3", solved.thread, may(20))
    it.survey("u:4", solved.thread, may(4))
    viewers = Ledger(it, LATER).folded.viewers
    assert [(each.person, each.thread, each.is_shown, each.is_answered) for each in viewers] == [
        ("u:3", solved.thread, False, False),
        ("u:4", solved.thread, True, False),
        ("u:2", near, True, True),
    ]


def test_a_person_has_two_viewer_cases_in_thirty_days_however_much_they_read(it: Happened) -> None:
    for board, day in enumerate((4, 10, 20, 30, 41)):
        it.views("u:2", another(it, board=board), may(day))
    assert [each.at for each in Ledger(it, LATER).folded.viewers] == [may(4), may(10), may(41)]


def test_what_counts_otherwise_or_not_at_all_is_no_viewer_case(it: Happened, solved: facts.Acceptance) -> None:
    thread = solved.thread
    me_too(it, "u:2", thread, 6)
    it.views("u:2", thread, may(4))  # a me-too
    it.views("u:1", thread, may(4))  # the asker
    it.views("u:3", thread, may(4), role="agent")
    it.views("u:4", thread, may(3) - HOUR)  # not solved yet
    it.views("u:5", another(it, resolution_class="mixed"), may(4))
    it.survey("u:6", thread, may(4), None, shown_at=None)  # drawn, never shown: a view like any other
    assert [(each.person, each.is_shown) for each in Ledger(it, LATER).folded.viewers] == [("u:6", False)]


def test_whose_confirmation_is_void_is_a_reader_like_any_other_whatever_they_say(
    it: Happened, solved: facts.Acceptance
) -> None:
    """Else those who say yes would be among x and nowhere among n."""
    said = {"u:2": (True, "phone"), "u:3": (False, "search"), "u:4": None}
    for person, answer in said.items():
        confirmed = me_too(it, person, solved.thread, 4)
        it.opens_ticket(person, may(5), done_at=may(6))
        survey = it.survey(person, solved.thread, may(20), answer)
        assert Ledger(it, LATER).says("M", confirmed) == "recontact"
        assert Ledger(it, LATER).says("V", survey) == ("credited" if person == "u:2" else "none")
    viewers = Ledger(it, LATER).folded.viewers
    assert [(each.person, each.is_shown, each.is_answered) for each in viewers] == [
        ("u:2", True, True),
        ("u:3", True, True),
        ("u:4", True, False),
    ]


def test_who_has_no_right_to_support_is_no_viewer_case(it: Happened, solved: facts.Acceptance) -> None:
    it.facts.entitled.append(facts.Period(1, "u:2", may(1), None))
    it.views("u:2", solved.thread, may(4))
    it.views(visitor(1), solved.thread, may(4))
    assert [each.person for each in Ledger(it, LATER).folded.viewers] == ["u:2"]


def test_what_is_made_up_is_marked(it: Happened, solved: facts.Acceptance) -> None:
    it.views("u:2", solved.thread, may(4), is_simulated=True)
    stop = it.stops(it.opens_form("u:3", may(4), is_simulated=True), solved.thread, may(4) + HOUR)
    ledger = Ledger(it, LATER)
    assert ledger.case("F", stop).is_simulated
    assert [each.is_simulated for each in ledger.folded.viewers] == [True]
    assert not ledger.case("D", solved).is_simulated
