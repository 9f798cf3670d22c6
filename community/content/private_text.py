"""What was quoted of a text, found line by line in another one. Plain values in and out."""

from collections.abc import Iterable

#: Shorter lines are quoted from anywhere; in a text as short as that they count only as a whole.
SHORTEST = 12
REMOVED = "[removed]"


class Quotes:
    """Finds what other posts quote of some texts: lines behind `>` that stand in them, and what was cut from them."""

    def __init__(self, texts: Iterable[str]) -> None:
        kept = list(texts)
        self._lines = {_flat(line) for text in kept for line in text.split("\n")} - {""}
        self._wholes = [_flat(text) for text in kept]

    def without(self, text: str) -> str:
        """The text with every quoted line of them as “[removed]”, one for those that stand together."""
        lines: list[str] = []
        for line in text.split("\n"):
            marks, words = _split(line)
            if marks and self._is_theirs(words):
                line = f"{marks}{REMOVED}"
                if lines and lines[-1] == line:
                    continue
            lines.append(line)
        return "\n".join(lines)

    def _is_theirs(self, words: str) -> bool:
        flat = _flat(words).rstrip("…").rstrip()
        if flat in self._lines:
            return True
        return len(flat) >= SHORTEST and any(flat in whole for whole in self._wholes)


def _split(line: str) -> tuple[str, str]:
    """The `>` marks a line begins with, and the rest; no marks for a line that is no quote."""
    at = 0
    while at < len(line) and line[at] in "> \t":
        at += 1
    return (line[:at], line[at:]) if ">" in line[:at] else ("", line)


def _flat(text: str) -> str:
    return " ".join(text.replace(">", " ").split())
