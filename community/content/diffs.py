"""What changed between two texts, line by line and word by word. Plain values in and out, bounded for any text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Beyond these a block is shown as taken out and put in, without looking for what stayed inside it.
MOST_LINES = 200
MOST_WORK = 1_000_000
#: Unchanged lines shown around a change; more are counted.
AROUND = 3
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

Piece = tuple[str, bool]  # the text, and whether it is what changed


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison. `kind`: same, out, in, or gap (then `left_out` lines are not shown)."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    left_out: int = 0


def compare(old: str, new: str) -> list[Line]:
    """The lines of `new` against `old`; changed lines with their changed words marked. Equal texts give no line."""
    if old == new:
        return []
    before, after = old.split("\n"), new.split("\n")
    head = _common(before, after)
    before, after, same_head = before[head:], after[head:], before[:head]
    tail = _common(before[::-1], after[::-1])
    same_tail = before[len(before) - tail :]
    before, after = before[: len(before) - tail], after[: len(after) - tail]
    lines = [*_same(same_head), *_Comparison().changes(before, after), *_same(same_tail)]
    return list(_folded(lines))


def _common(one: list[str], other: list[str]) -> int:
    """How many lines are the same from the beginning."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))


def _same(lines: list[str]) -> list[Line]:
    return [Line("same", ((line, False),)) for line in lines]


class _Comparison:
    """Compares blocks of lines; `work` is what may still be spent on looking inside lines, in pairs of words."""

    def __init__(self) -> None:
        self.work = MOST_WORK

    def changes(self, before: list[str], after: list[str]) -> Iterator[Line]:
        if len(before) > MOST_LINES or len(after) > MOST_LINES:
            yield from self.replaced(before, after, words=False)
            return
        for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind == "equal":
                yield from _same(before[a:b])
            else:
                yield from self.replaced(before[a:b], after[c:d], words=True)

    def replaced(self, before: list[str], after: list[str], *, words: bool) -> Iterator[Line]:
        """Lines taken out, then the lines put in; word by word where a line stands on both sides."""
        pairs = [self.words(*pair) for pair in zip(before, after, strict=False)] if words else []
        outs = [*(pair[0] for pair in pairs), *(((line, True),) for line in before[len(pairs) :])]
        ins = [*(pair[1] for pair in pairs), *(((line, True),) for line in after[len(pairs) :])]
        yield from (Line("out", pieces) for pieces in outs)
        yield from (Line("in", pieces) for pieces in ins)

    def words(self, old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        """Both lines in pieces, the changed ones marked."""
        before, after = _WORDS.findall(old), _WORDS.findall(new)
        self.work -= len(before) * len(after)
        if self.work < 0:
            return ((old, True),), ((new, True),)
        left: list[Piece] = []
        right: list[Piece] = []
        for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            changed = kind != "equal"
            left += [("".join(before[a:b]), changed)] if b > a else []
            right += [("".join(after[c:d]), changed)] if d > c else []
        return tuple(left), tuple(right)


def _folded(lines: list[Line]) -> Iterator[Line]:
    """Long runs of unchanged lines become a gap."""
    changed = [at for at, line in enumerate(lines) if line.kind != "same"]
    near = {at + step for at in changed for step in range(-AROUND, AROUND + 1)}
    left_out = 0
    for at, line in enumerate(lines):
        if line.kind == "same" and at not in near:
            left_out += 1
            continue
        if left_out:
            yield Line("gap", left_out=left_out)
            left_out = 0
        yield line
    if left_out:
        yield Line("gap", left_out=left_out)
