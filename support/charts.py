"""Charts as numbers: where each bar of a drawing stands. Plain values in, dataclasses out; a template draws them.

Lengths are in the drawing's own units. A bar of nothing is left out; what is unknown (None) has a row and no bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from django.utils.formats import localize

#: Of a drawing: its width, the room for names on the left and for values behind the longest bar, a row's height.
WIDTH, NAMES, VALUES, ROW, THICK = 420, 136, 80, 28, 16
#: Of columns: their highest, the room above for values and below for names.
HIGH, ABOVE, BELOW = 100, 18, 20
#: Letters of a name that have room; the table beside has all of them.
MOST_LETTERS = 17


@dataclass(frozen=True)
class Value:
    """What a bar says: its name, how long it is and in words; `second` is put behind it, in another tone."""

    name: str
    size: float | None
    words: str
    second: float = 0


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    words: str
    is_second: bool = False


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Drawing:
    """A chart: bars and words, each where it stands."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    names: tuple[Label, ...]
    values: tuple[Label, ...]
    kind: str


def rows(values: Sequence[Value], most: float | None = None) -> Drawing:
    """Bars from left to right, one a row; `most` is what the whole width means (None: the largest of them)."""
    room = WIDTH - NAMES - VALUES
    scale = _scale([(each.size or 0) + each.second for each in values], most, room)
    bars, names, told = list[Bar](), list[Label](), list[Label]()
    for number, each in enumerate(values):
        y, size = number * ROW, (each.size or 0) * scale
        said = f"{each.name}: {each.words}"
        if size:
            bars.append(Bar(NAMES, y + (ROW - THICK) / 2, size, THICK, said))
        if each.second:
            bars.append(Bar(NAMES + size, y + (ROW - THICK) / 2, each.second * scale, THICK, said, is_second=True))
        names.append(Label(NAMES - 8, y + ROW / 2 + 4, _short(each.name)))
        told.append(Label(NAMES + size + each.second * scale + 8, y + ROW / 2 + 4, each.words))
    return Drawing(WIDTH, len(values) * ROW, tuple(bars), tuple(names), tuple(told), "rows")


def columns(values: Sequence[Value], most: float | None = None) -> Drawing:
    """Bars from the bottom up, one after the other in time."""
    step = WIDTH / max(len(values), 1)
    scale = _scale([each.size or 0 for each in values], most, HIGH)
    # Where there is little room, every second or third name is enough.
    every = max(1, round(58 / step))
    bars, names, told = list[Bar](), list[Label](), list[Label]()
    for number, each in enumerate(values):
        height, middle = (each.size or 0) * scale, (number + 0.5) * step
        if height:
            thick = min(step * 0.7, 48)
            bars.append(Bar(middle - thick / 2, ABOVE + HIGH - height, thick, height, f"{each.name}: {each.words}"))
        if number % every == 0:
            names.append(Label(middle, ABOVE + HIGH + 15, each.name))
            told.append(Label(middle, ABOVE + HIGH - height - 5, each.words))
    return Drawing(WIDTH, ABOVE + HIGH + BELOW, tuple(bars), tuple(names), tuple(told), "columns")


def _short(name: str, most: int = MOST_LETTERS) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def _scale(sizes: Sequence[float], most: float | None, room: float) -> float:
    longest = most if most is not None else max(sizes, default=0)
    return room / longest if longest else 0


# The report's own drawings: wider, with intervals ------------------------------------------------------------------
#: A drawing over the whole page: its width, the room for names, for values behind a bar, and on the left of a scale.
WIDE, WIDE_NAMES, WIDE_VALUES, SCALE = 720, 210, 150, 52
#: How high columns with intervals may be, and letters of a name that have room.
TALL, MOST_WIDE_LETTERS = 170, 28


@dataclass(frozen=True)
class Line:
    """From one point to another; `kind` says which: "grid", "span" (an interval), "end" of one, "zero"."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str
    words: str = ""


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Wide:
    """A drawing with lines and dots beside bars; `scale` are the words of its axis."""

    width: float
    height: float
    kind: str
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    names: tuple[Label, ...] = ()
    values: tuple[Label, ...] = ()
    scale: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Ranged:
    """A value with its interval: `size` None where it is not known. `floor` stands as a column in front of it."""

    name: str
    words: str
    floor: float | None = None
    size: float | None = None
    low: float | None = None
    high: float | None = None


def steps(most: float) -> list[float]:
    """Round numbers from nothing to at least `most`, four to six of them: where a scale has its lines."""
    if most < 1e-9:
        return [0.0]
    power = 10.0 ** floor(log10(most / 4))
    step = next(power * each for each in (1, 2, 2.5, 5, 10) if most / (power * each) <= 5)
    return [step * number for number in range(ceil(round(most / step, 9)) + 1)]


def ranged_columns(values: Sequence[Ranged]) -> Wide:
    """Columns in time: what is proven in front, the estimate behind it with its interval as a line."""
    highest = max((max(each.floor or 0, each.size or 0, each.high or 0) for each in values), default=0)
    marks = steps(highest)
    scale, bottom = (TALL / marks[-1] if marks[-1] else 0), ABOVE + TALL
    step = (WIDE - SCALE) / max(len(values), 1)
    thick, every = min(step * 0.62, 56), max(1, ceil(64 / step))
    bars, lines, dots, names = list[Bar](), list[Line](), list[Dot](), list[Label]()
    for number, each in enumerate(values):
        middle, said = SCALE + (number + 0.5) * step, f"{each.name}: {each.words}"
        for size, is_second in ((each.size, True), (each.floor, False)):
            if size:
                inset = 0 if is_second else thick * 0.16
                high = size * scale
                bars.append(Bar(middle - thick / 2 + inset, bottom - high, thick - 2 * inset, high, said, is_second))
        if each.low is not None and each.high is not None:
            top, low = bottom - each.high * scale, bottom - max(each.low, 0) * scale
            lines.append(Line(middle, top, middle, low, "span", said))
            lines += [Line(middle - 5, y, middle + 5, y, "end") for y in (top, low)]
        if number % every == 0:
            names.append(Label(middle, bottom + 16, each.name))
    grid = [Line(SCALE, bottom - mark * scale, WIDE, bottom - mark * scale, "grid") for mark in marks]
    axis = [Label(SCALE - 8, bottom - mark * scale + 4, _mark(mark)) for mark in marks]
    return Wide(
        *(WIDE, bottom + BELOW, "ranged", tuple(bars), (*grid, *lines), tuple(dots), tuple(names)),
        scale=tuple(axis),
    )


def funnel(values: Sequence[Value], most: float | None = None) -> Wide:
    """Bars from left to right over the whole page, one a row; each `second` is behind it, in another tone."""
    room = WIDE - WIDE_NAMES - WIDE_VALUES
    scale = _scale([(each.size or 0) + each.second for each in values], most, room)
    bars, names, told = list[Bar](), list[Label](), list[Label]()
    for number, each in enumerate(values):
        y, size, said = number * ROW, (each.size or 0) * scale, f"{each.name}: {each.words}"
        if size:
            bars.append(Bar(WIDE_NAMES, y + (ROW - THICK) / 2, size, THICK, said))
        if each.second:
            bars.append(Bar(WIDE_NAMES + size, y + (ROW - THICK) / 2, each.second * scale, THICK, said, is_second=True))
        names.append(Label(WIDE_NAMES - 10, y + ROW / 2 + 4, _short(each.name, MOST_WIDE_LETTERS)))
        told.append(Label(WIDE_NAMES + size + each.second * scale + 10, y + ROW / 2 + 4, each.words))
    return Wide(WIDE, len(values) * ROW, "funnel", tuple(bars), names=tuple(names), values=tuple(told))


def intervals(values: Sequence[Ranged]) -> Wide:
    """A line from the lowest to the highest with a dot between, one a row, and where nothing is."""
    ends = [each for row in values for each in (row.low, row.high, row.size, row.floor, 0.0) if each is not None]
    least, most = min(ends, default=0.0), max(ends, default=0.0)
    room = WIDE - WIDE_NAMES - WIDE_VALUES
    scale = room / (most - least) if most > least else 0

    def across(size: float) -> float:
        return WIDE_NAMES + (size - least) * scale

    height = len(values) * ROW
    lines, dots, names, told = (
        [Line(across(0), 0, across(0), height, "zero")],
        list[Dot](),
        list[Label](),
        list[Label](),
    )
    for number, each in enumerate(values):
        y, said, right = (number + 0.5) * ROW, f"{each.name}: {each.words}", float(WIDE_NAMES)
        if each.low is not None and each.high is not None:
            lines.append(Line(across(each.low), y, across(each.high), y, "span", said))
            lines += [Line(across(x), y - 5, across(x), y + 5, "end") for x in (each.low, each.high)]
            right = across(each.high)
        if each.size is not None:
            dots.append(Dot(across(each.size), y, said))
            right = max(right, across(each.size))
        names.append(Label(WIDE_NAMES - 10, y + 4, _short(each.name, MOST_WIDE_LETTERS)))
        told.append(Label(right + 12, y + 4, each.words))
    return Wide(
        *(WIDE, height, "intervals"), lines=tuple(lines), dots=tuple(dots), names=tuple(names), values=tuple(told)
    )


def _mark(size: float) -> str:
    return localize(int(size) if size == int(size) else round(size, 1))
