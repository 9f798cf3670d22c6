"""The report's drawings: what stands where, and that nothing leaves its frame."""

from hypothesis import given
from hypothesis import strategies as st

from support.charts import WIDE, Ranged, Value, funnel, intervals, ranged_columns, steps

sizes = st.integers(0, 10**10).map(lambda tenths: tenths / 10)


@st.composite
def ranged(draw: st.DrawFn) -> Ranged:
    low, size, high = sorted(draw(st.lists(sizes, min_size=3, max_size=3)))
    return Ranged("May", "so many", floor=draw(st.sampled_from([None, low])), size=size, low=low, high=high)


@given(st.floats(1e-6, 1e12))
def test_a_scale_has_few_round_numbers_and_reaches_the_highest(most: float) -> None:
    marks = steps(most)
    assert marks[0] == 0 and marks[-1] >= most * (1 - 1e-9) and 2 <= len(marks) <= 7


@given(st.lists(ranged(), max_size=40))
def test_columns_and_their_intervals_stay_in_the_frame(values: list[Ranged]) -> None:
    drawn = ranged_columns(values)
    for bar in drawn.bars:
        assert bar.x >= 0 and bar.x + bar.width <= WIDE + 0.01 and bar.y >= 0 and bar.height > 0
    for line in drawn.lines:
        assert min(line.y1, line.y2) >= 0 and max(line.y1, line.y2) <= drawn.height


@given(st.lists(ranged(), max_size=10))
def test_an_interval_holds_its_dot_and_nothing_is_marked(values: list[Ranged]) -> None:
    drawn = intervals(values)
    spans = [line for line in drawn.lines if line.kind == "span"]
    for line, dot in zip(spans, drawn.dots, strict=True):
        assert line.x1 - 0.01 <= dot.x <= line.x2 + 0.01 <= WIDE
    assert [line.kind for line in drawn.lines].count("zero") == 1


def test_the_floor_stands_in_front_of_the_estimate() -> None:
    drawn = ranged_columns([Ranged("May", "", floor=10, size=20, low=15, high=25)])
    assert [(bar.is_second, round(bar.height, 2)) for bar in drawn.bars] == [(True, 136.0), (False, 68.0)]


def test_a_negative_end_is_drawn_left_of_nothing() -> None:
    drawn = intervals([Ranged("Ask", "", size=5, low=-5, high=15)])
    zero = next(line for line in drawn.lines if line.kind == "zero")
    span = next(line for line in drawn.lines if line.kind == "span")
    assert span.x1 < zero.x1 < span.x2


def test_nothing_at_all_is_an_empty_drawing() -> None:
    assert not ranged_columns([]).bars and not funnel([]).bars and not funnel([Value("Asked", 0, "0")]).bars
    assert ranged_columns([Ranged("May", "", floor=0, size=0)]).bars == ()
