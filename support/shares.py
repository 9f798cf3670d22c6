"""Shares with their intervals as numbers to draw: where each line and dot stands. Plain values in, dataclasses out."""

from collections.abc import Sequence
from dataclasses import dataclass

#: Of a drawing: its width, the room beside the scale, a row's height, and in it where words and the line stand.
WIDTH, BESIDE, ROW, WORDS, LINE = 440, 22, 50, 18, 34
#: Below the rows: the scale from nothing to all.
BELOW = 24


@dataclass(frozen=True)
class Share:
    """One row: its name, the share (None: not to be told) with its interval, all between 0 and 1, and what it says."""

    name: str
    words: str
    size: float | None = None
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class Mark:
    """A row as it is drawn: its words above its line, the ends of the line, the dot; None where nothing is drawn."""

    name: str
    words: str
    words_y: float
    y: float
    low: float | None = None
    dot: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Drawing:
    """The rows, and where the scale has its marks: (x, per cent)."""

    width: float
    height: float
    foot: float
    marks: tuple[Mark, ...]
    scale: tuple[tuple[float, int], ...]


def draw(shares: Sequence[Share]) -> Drawing:
    """Each share as a dot on the line of its interval, one below the other on one scale from 0 to 100 %."""

    def at(share: float) -> float:
        return round(BESIDE + share * (WIDTH - 2 * BESIDE), 2)

    marks = []
    for number, each in enumerate(shares):
        places = (number * ROW + WORDS, number * ROW + LINE)
        ends = (None, None, None) if each.size is None else (at(each.low), at(each.size), at(each.high))
        marks.append(Mark(each.name, each.words, *places, *ends))
    foot = len(shares) * ROW
    scale = tuple((at(each / 100), each) for each in (0, 25, 50, 75, 100))
    return Drawing(WIDTH, foot + BELOW, foot, tuple(marks), scale)
