"""Lines that begin with > though nobody's mail is quoted: ways through a menu, what a device shows, what a shell asks.

They stand in the author's words, above what says that a quote follows. Whatever is in that quote as well is quoted.
"""

import re

from community.incoming.lines import MAX_LOOK, Line
from community.incoming.marks import SENTENCE_END
from community.incoming.records import CutKind

MAX_RUNS = 20  # of such lines; who has more has answered between the lines of a mail
MAX_RUN = 12  # lines of one
MAX_SHORT = 40  # characters of what stands on a display or in a menu
_SHELL = re.compile(r"(?:[\w.@~:/\[\]-]{1,60} ?)?[$%] [a-z./]")
_CALLS = re.compile(r"[\w.$\[\]]{1,60} ?(?:<-|:=|=(?!=))|[\w.$:]{1,60}\([^()]{0,200}\)[;,]?$")
_NAME = re.compile(r"[\w.$]{1,60}$")


def show_again(lines: list[Line], announced: int | None) -> None:
    """Give back the marked lines above `announced`, where a quote is said to follow, that are not of that quote.

    Where nothing is said, they are given back only if they look like no mail's words.
    """
    runs = _runs(lines, len(lines) if announced is None else announced)
    if not runs or len(runs) > MAX_RUNS:
        return
    if announced is None:
        found = [run for at, run in enumerate(runs) if _is_console(lines, *run) or (not at and _is_menu(lines, *run))]
    else:
        quoted = _Quoted(lines[announced:])
        found = [run for run in runs if not quoted.has(lines[run[0] : run[1]])]
    for start, end in found:
        for line in lines[start:end]:
            line.depth, line.kind, line.text = 0, None, line.raw[:MAX_LOOK].strip()


def _runs(lines: list[Line], end: int) -> list[tuple[int, int]]:
    """Short runs of lines with one mark each."""
    found = []
    at = 0
    while at < end:
        start = at
        while at < end and lines[at].depth and lines[at].kind is CutKind.QUOTE and lines[at].piece is None:
            at += 1
        run = lines[start:at]
        if run and len(run) <= MAX_RUN and all(line.depth == 1 for line in run):
            found.append((start, at))
        at += not run
    return found


class _Quoted:
    """What stands below the line that says so, to be compared."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = {line.text for line in lines if line.text}
        self._words = " ".join(line.text for line in lines)

    def has(self, run: list[Line]) -> bool:
        texts = [line.text for line in run if line.text]
        words = " ".join(texts)
        # It may have been wrapped anew; a few letters are in any text.
        return any(text in self._lines for text in texts) or not words or (len(words) > 20 and words in self._words)


def _is_console(lines: list[Line], start: int, end: int) -> bool:
    """Whether a shell goes on asking, or all of it is statements of a program."""
    if start and _SHELL.match(lines[start - 1].text):
        return True
    texts = [line.text for line in lines[start:end]]
    return any(map(_CALLS.match, texts)) and all(_CALLS.match(text) or _NAME.match(text) for text in texts)


def _is_menu(lines: list[Line], start: int, end: int) -> bool:
    """Whether a sentence goes on in some short lines: "It is under", and then the way there."""
    above = lines[start - 1].text if start else ""
    if len(above.split()) < 2 or above.endswith(",") or SENTENCE_END.search(above) or end - start < 2:
        return False
    return all(0 < len(line.text) <= MAX_SHORT and not SENTENCE_END.search(line.text) for line in lines[start:end])
