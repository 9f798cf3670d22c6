"""Every row of "Check by hand" in docs/deflection.md: a May, N = 7, looked at on 1 June and again on 6 June."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from support.deflection.facts import Acceptance
from tests.support.deflection.happened import STAFF, Happened, Ledger, may

FIRST_OF_JUNE, SIXTH_OF_JUNE = may(32), may(37)
P1, P2, P3, P4 = "u:901", "u:902", "u:903", "u:904"


@dataclass
class May:
    """The month, and its rows by their names in the table."""

    happened: Happened
    rows: dict[str, tuple[str, Acceptance | int]]

    def on(self, day: datetime) -> dict[str, str]:
        ledger = Ledger(self.happened, day)
        return {name: ledger.says(kind, source) for name, (kind, source) in self.rows.items()}


@pytest.fixture
def month() -> May:
    it = Happened()
    rows: dict[str, tuple[str, Acceptance | int]] = {}

    t1 = it.asks("u:1", may(1), instead="email")
    rows["T1"] = "D", (first := it.accepts("u:1", t1, may(3), author=P1))
    t2 = it.asks("u:2", may(1))
    rows["T2"] = "D", it.accepts("u:2", t2, may(3), author=STAFF, author_role="agent", resolution_class="assisted")
    t3 = it.asks("u:3", may(1))
    rows["T3"] = "D", it.accepts("u:3", t3, may(4), author=P1)
    it.opens_ticket("u:3", may(9))
    t4 = it.asks("u:4", may(1))
    rows["T4"] = (
        "D",
        it.accepts(STAFF, t4, may(12), author=P2, by_role="moderator", by_asker=False, resolution_class="mod"),
    )
    t5 = it.asks("u:5", may(1))
    rows["T5"] = "D", (taken := it.accepts("u:5", t5, may(5)))
    it.ends(taken, "taken_back", may(7))
    t6 = it.asks("u:6", may(1))
    it.escalates(t6, "u:6", may(6))
    rows["T6"] = "D", it.accepts("u:6", t6, may(8), author=P1)
    t7 = it.asks("u:1", may(19))
    rows["T7"] = "D", (again := it.accepts("u:1", t7, may(20), author=P1))
    it.merges(t7, t1, may(21))
    it.ends(again, "merged", may(21))
    t8 = it.asks("u:8", may(28))
    rows["T8"] = "D", it.accepts("u:8", t8, may(29), author=P3)
    t9 = it.asks(STAFF, may(1), asker_role="agent")
    rows["T9"] = "D", it.accepts(STAFF, t9, may(10), author=P1, by_role="agent")
    t10 = it.asks("u:10", may(1))
    rows["T10"] = "D", it.accepts("u:10", t10, may(10), author="u:10", resolution_class="self")
    t11 = it.asks("u:11", may(1))
    rows["T11"] = "D", it.accepts("u:11", t11, may(12), author=P2)
    t12 = it.asks("u:12", may(1))
    rows["T12"] = "D", it.accepts("u:12", t12, may(12), author=P4, resolution_class="mixed")

    for me_too in ("u:21", "u:22", "u:23"):
        it.joins(me_too, t1, may(2))
    answer = first.answer
    rows["M1"] = "M", it.helped("u:21", t1, may(4), answer=answer)
    it.would("u:21", t1, "phone", may(4))
    rows["M3"] = "M", it.helped("u:23", t1, may(4), answer=answer)
    it.would("u:23", t1, "phone", may(4))
    it.opens_ticket("u:23", may(5))
    return May(it, rows)


def test_may_comes_out_as_it_was_reckoned_by_hand(month: May) -> None:
    assert month.on(FIRST_OF_JUNE) == {
        "T1": "credited",
        "T2": "none",
        "T3": "recontact",
        "T4": "none",
        "T5": "unaccepted",
        "T6": "escalated",
        "T7": "duplicate",
        "T8": "pending",
        "T9": "staff_person",
        "T10": "none",
        "T11": "credited",
        "T12": "none",
        "M1": "credited",
        "M3": "recontact",
    }


def test_on_the_sixth_of_june_one_more_has_matured(month: May) -> None:
    before, after = month.on(FIRST_OF_JUNE), month.on(SIXTH_OF_JUNE)
    assert {name: says for name, says in after.items() if says != before[name]} == {"T8": "credited"}
    assert [name for name, says in after.items() if says == "credited" and name.startswith("T")] == ["T1", "T8", "T11"]


def test_what_two_people_would_have_done_is_known_and_of_the_third_it_is_not(month: May) -> None:
    ledger = Ledger(month.happened, FIRST_OF_JUNE)
    known = {name: ledger.entry(*month.rows[name]) for name in ("T1", "M1", "T11")}
    assert {name: (each.known, each.channel) for name, each in known.items()} == {
        "T1": ("contact", "email"),
        "M1": ("contact", "phone"),
        "T11": ("unknown", ""),
    }


def test_a_silent_me_too_is_no_row(month: May) -> None:
    assert not [each for each in Ledger(month.happened, SIXTH_OF_JUNE).folded.cases if each.person == "u:22"]
