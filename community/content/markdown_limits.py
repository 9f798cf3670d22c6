"""What a body may cost the Markdown parser, judged by counting before it is parsed."""

import re

# What a body may cost the parser, in units of roughly 10 microseconds (see _cost); more is shown as plain text. A
# 30,000-character C file costs about 4,500.
MAX_COST = 6_000
MAX_DEPTH = 18  # levels of blocks; a list counts two (list and item), a quote one

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_CONTAINERS = re.compile(r"^(?:[ \t]*(?:>|[-+*](?=[ \t\n])|\d{1,9}[.)](?=[ \t\n]))){2,}", re.M)
_CONTAINER = re.compile(r"[>+*-]|\d+")
_DELIMITER_ROW = re.compile(r"^[ \t>]*[|:-][ \t|:-]*$", re.M)


def _cost(source: str) -> int:
    count = source.count
    marks = count("*") + count("_") + count("~") // 2 + count("|")
    return 3 * count("\n") + 4 * count("[") + 3 * count("<") + 3 * count("://") + marks


def _without_fenced_code(source: str) -> str:
    """Leave out code between fences that stand at the beginning of their lines, as the parser would read them."""
    kept: list[str] = []
    fence = ""
    for line in source.split("\n"):
        match = _FENCE.match(line)
        if fence:
            if match and match[1].startswith(fence) and not match[2].strip():
                fence = ""
        elif match and not (match[1][0] == "`" and "`" in match[2]):
            fence = match[1]
        else:
            kept.append(line)
    return "\n".join(kept)


def too_costly(source: str) -> bool:
    """Whether parsing would take too long, judged by counting: measured weights of what the parser is slow at."""
    cost = _cost(source)
    if cost > MAX_COST:
        # Long listings are full of brackets and stars, which cost nothing there.
        source = _without_fenced_code(source)
        cost = _cost(source)
        if cost > MAX_COST:
            return True
    lines = source.count("\n") + 1
    for match in _CONTAINERS.finditer(source):
        depth = len(_CONTAINER.findall(match.group()))
        cost += 2 * depth
        if depth > MAX_DEPTH or cost > MAX_COST:
            return True
    # A row of dashes may begin a table, and a table fills every short line below it up to its own width.
    widest = max((match.group().count("|") for match in _DELIMITER_ROW.finditer(source)), default=0)
    return widest * lines > 2 * MAX_COST
