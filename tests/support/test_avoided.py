"""Tickets avoided: each rule and constant of docs/deflection.md, on counts alone."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.avoided import KINDS, Avoided, Cell, Counted, Holdout, ReaderCount, avoided, corrected, unlinkable_share


def cell(kind: str, cases: int, known: str = "contact", channel: str = "", **fields: object) -> Cell:
    given_ = {"status": "credited", "reason": "", "is_entitled": True, "era": 0} | fields
    return Cell(kind=kind, cases=cases, known=known, channel=channel, **given_)  # type: ignore[arg-type]


def void(kind: str, cases: int, reason: str = "recontact") -> Cell:
    return cell(kind, cases, "unknown", status="void", reason=reason)


MAY = [
    cell("D", 1, channel="email"),  # T1
    void("D", 1),  # T3
    void("D", 1, "unaccepted"),  # T5
    void("D", 1, "escalated"),  # T6
    void("D", 1, "duplicate"),  # T7
    cell("D", 1, "unknown", status="pending"),  # T8
    void("D", 1, "staff_person"),  # T9
    cell("D", 1, "unknown"),  # T11
    cell("M", 1, channel="phone"),  # M1
    void("M", 1),  # M3
]


def test_may_checked_by_hand() -> None:
    result = avoided(Counted(MAY))
    assert result.resolved == 3  # T1, T11 and M1
    assert result.floor == 2  # U1 and M1
    assert result.central == 2  # T11 stays potential: fewer than 10 intent answers
    assert sum(each.potential for each in result.kinds) == 1
    assert result.kind("D").pending == 1
    assert result.kind("D").void == 5


def test_what_readers_say_checked_by_hand() -> None:
    """E_v 4,000, d 400, n 80, x 20."""
    result = avoided(Counted([cell("V", 20, channel="phone")], [ReaderCount(0, 4000, 400, 80)]))
    assert result.floor == 130
    assert result.central == pytest.approx(1000)
    assert result.interval == pytest.approx((672.2, 1419.4), abs=0.05)
    assert result.resolved == 0  # what is extrapolated is no case


def test_few_answers_of_readers_are_not_extrapolated() -> None:
    result = avoided(Counted([cell("V", 20, channel="phone")], [ReaderCount(0, 4000, 400, 29)]))
    assert result.floor == 20
    assert result.kind("V").central is None
    assert result.partly == ["V"]
    assert result.central == 20


def test_readers_who_all_said_so_are_not_fewer_than_they_are() -> None:
    """max(x, E_v x low): a handful of readers, most of them asked."""
    result = avoided(Counted([cell("V", 35, channel="phone")], [ReaderCount(0, 40, 36, 36)]))
    assert result.floor == 35


def test_the_experiment_caps_what_people_say_of_forms() -> None:
    """Effect 0.10 of 1,800 people, low 0.0321: 57 of 300 confirmed cases."""
    holdout = Holdout(180.0, 1800 * 0.03214, 286.7, 300)
    result = avoided(Counted([cell("F", 300, channel="form")], holdouts=[holdout]))
    assert result.floor == 57
    assert result.central == pytest.approx(180)
    assert result.interval == pytest.approx((57.85, 286.7), abs=0.01)


def test_an_experiment_without_effect_leaves_no_floor_of_forms() -> None:
    result = avoided(Counted([cell("F", 12, channel="form")], holdouts=[Holdout(4.0, -3.2, 9.1, 12)]))
    assert result.floor == 0
    assert result.central == pytest.approx(4)


def test_forms_outside_an_experiment_count_as_they_were_confirmed() -> None:
    holdout = Holdout(180.0, 57.8, 286.7, 300)
    result = avoided(Counted([cell("F", 310, channel="form")], holdouts=[holdout]))
    assert result.floor == 67
    assert result.central == pytest.approx(190)
    assert avoided(Counted([cell("F", 310, channel="form")])).floor == 310


def test_a_floor_of_forms_is_never_above_what_was_confirmed() -> None:
    result = avoided(Counted([cell("F", 30, channel="form")], holdouts=[Holdout(180.0, 57.8, 286.7, 30)]))
    assert result.floor == 30


def test_contacts_of_nobody_we_know_weigh_on_what_is_credited() -> None:
    """100 matured, 6 recontacts, m = 25 %: 92, not 94."""
    assert corrected(94, 6, Fraction(1, 4)) == 92
    assert corrected(94, 6, Fraction(0)) == 94
    assert corrected(94, 6, Fraction(1)) == 0
    assert corrected(0, 0, Fraction(1, 4)) == 0
    assert corrected(5, 95, Fraction(1, 2)) == 0  # never below nothing
    cells = [cell("D", 94, channel="email"), void("D", 6)]
    result = avoided(Counted(cells, contacts={"email": 3, "phone": 1}, unlinkable=1))
    assert (result.resolved, result.floor) == (92, 92)


def test_what_readers_said_is_not_corrected() -> None:
    cells = [cell("V", 10, channel="email"), void("V", 5)]
    assert avoided(Counted(cells, contacts={"email": 4}, unlinkable=1)).floor == 10


def test_without_contacts_everything_is_linkable() -> None:
    assert unlinkable_share(0, 0) == 0
    assert unlinkable_share(8, 2) == Fraction(1, 4)


@pytest.mark.parametrize("kind", ["D", "M"])
def test_unknown_intents_follow_those_who_said(kind: str) -> None:
    """q = 6/10 of 40 unknown: 24 more, between Wilson's ends."""
    cells = [cell(kind, 6, channel="email"), cell(kind, 4, "no"), cell(kind, 40, "unknown")]
    result = avoided(Counted(cells)).kind(kind)
    assert (result.floor, result.central, result.potential) == (6, pytest.approx(30), 0)
    assert result.interval == pytest.approx((6 + 40 * 0.3127, 6 + 40 * 0.8318), abs=0.01)


def test_nine_answers_are_too_few() -> None:
    cells = [cell("D", 6, channel="email"), cell("D", 3, "no"), cell("D", 40, "unknown")]
    result = avoided(Counted(cells)).kind("D")
    assert (result.central, result.potential, result.answered) == (6, 40, 9)


def test_who_came_from_the_contact_form_has_not_answered() -> None:
    """By conduct there is no "no": it would only raise the share of those who would have written."""
    cells = [cell("D", 100, channel="form"), cell("D", 9, "no"), cell("D", 1, channel="chat"), cell("D", 10, "unknown")]
    result = avoided(Counted(cells)).kind("D")
    assert (result.answered, result.yes) == (10, 1)
    assert result.central == pytest.approx(101 + 1)


def test_forms_of_unknown_intent_stay_potential() -> None:
    result = avoided(Counted([cell("F", 5, "unknown")])).kind("F")
    assert (result.floor, result.central, result.potential, result.credited) == (0, 0, 5, 5)


def test_persons_without_a_right_to_support_are_cases_and_avoid_nothing() -> None:
    result = avoided(Counted([cell("D", 3, channel="email", is_entitled=False), cell("D", 1, channel="email")]))
    assert (result.resolved, result.floor, result.central) == (4, 1, 1)


def test_floors_are_rounded_down_kind_by_kind() -> None:
    """92.67 and 92.67 are 184, not 185."""
    cells = [cell(kind, 95, channel="email") for kind in "DM"] + [void(kind, 7) for kind in "DM"]
    result = avoided(Counted(cells, contacts={"email": 4}, unlinkable=1))
    assert corrected(95, 7, Fraction(1, 4)) == Fraction(278, 3)
    assert (result.floor, result.resolved) == (184, 184)


def test_a_channel_has_its_own_cases_and_its_share_of_those_without_one() -> None:
    cells = [
        cell("D", 8, channel="email"),
        cell("D", 2, channel="phone"),
        cell("D", 10, "no"),
        cell("D", 40, "unknown"),
    ]
    counted = Counted(cells, contacts={"email": 3, "phone": 1})
    phone, email, all_ = avoided(counted, "phone"), avoided(counted, "email"), avoided(counted)
    assert (phone.floor, email.floor, all_.floor) == (2, 8, 10)
    assert (phone.central, email.central, all_.central) == (2 + 5, 8 + 15, 30)
    assert (phone.resolved, email.resolved) == (2, 8)


amounts = st.integers(0, 200)
cells_of_any_kind = st.lists(
    st.builds(
        Cell,
        kind=st.sampled_from(KINDS),
        status=st.sampled_from(["credited", "pending", "void"]),
        reason=st.sampled_from(["", "recontact"]),
        known=st.sampled_from(["contact", "no", "unknown"]),
        channel=st.sampled_from(["", "phone", "email", "form"]),
        is_entitled=st.booleans(),
        era=st.integers(0, 2),
        cases=amounts,
    ).map(lambda each: each._replace(channel=each.channel if each.known == "contact" else "")),
    max_size=12,
)


@given(cells_of_any_kind, amounts, amounts, amounts, st.integers(0, 100))
def test_the_floor_is_never_more_than_what_was_seen_and_never_above_the_middle(
    cells: list[Cell], more: int, shown: int, answered: int, unlinkable: int
) -> None:
    answered = min(answered, shown)
    readers = [ReaderCount(0, shown + more, shown, answered)]
    result: Avoided = avoided(Counted(cells, readers, {"phone": 100}, unlinkable))
    for each in result.kinds:
        assert each.floor >= 0
        assert each.contact <= each.credited
        if each.kind != "V":
            assert each.floor <= each.contact
            assert each.corrected <= each.credited
        if each.central is not None:
            assert each.interval is not None
            assert each.interval.low <= each.central + 1e-9 <= each.interval.high + 2e-9
            if each.kind != "V":  # a reader's yes may be older than the readers of the period
                assert each.floor <= each.central + 1e-9
