"""Markdown written by a program: text escaped where it would act as markup and nowhere else, marks that will be read.

Emphasis travels as control characters (which no stored text contains) until its whole line is known, because whether
`*` is read as a mark depends on what stands on both sides of it.
"""

import re

MAX_BACKTICKS = 50  # in a row inside code: its fence must be longer, and is written three times
OPENING_MARKS = {"em": "\x02", "strong": "\x03", "s": "\x04"}
MARKS = "\x02\x03\x04\x12\x13\x14"


def closing(mark: str) -> str:
    """The control character that ends what `mark` began."""
    return chr(ord(mark) + 16)


# What would act as markup, wherever it stands in a line. `_` inside a word and ` * ` between blanks do not; neither
# does a backslash before a letter, which Windows paths are full of.
SPECIAL = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~\s]|\Z) | ` | (?<!\s)\* | \*(?!\s) | (?<![^\W_])_ | _(?![^\W_]) | ~(?=~) | (?<=~)~
    | <(?=[A-Za-z/!?]|[^\s<>]*@) | &(?=\#?\w+;)""",
    re.X,
)
# What would act as markup at the beginning of a line: headings, quotes, lists, rules, tables, definitions.
AT_LINE_START = re.compile(
    r"""^(?:(?P<mark>\#{1,6}(?=[ \t]|$) | > | [-+*](?=[ \t]|$) | [|:=-][ \t|:=-]*$ | \[(?=[^\]]{0,1000}\]:))
    | (?P<number>\d{1,9})(?=[.)](?:[ \t]|$)))""",
    re.X | re.M,
)
_EMPTY_PAIR = re.compile("\x02\x12|\x03\x13|\x04\x14")
_SPLIT_PAIR = re.compile("\x12\x02|\x13\x03|\x14\x04")  # two bold words side by side are one
_INWARD_BLANK = re.compile("([\x02-\x04])([ \n]+)|([ \n]+)([\x12-\x14])")
_MARKUP = {2: "*", 3: "**", 4: "~~"}
_ANY_MARK = re.compile("[\x02-\x04\x12-\x14]")


def resolve_marks(line: str) -> str:
    """Write the emphasis marks that Markdown will read as such, and leave out those it would show as asterisks."""
    if not _ANY_MARK.search(line):
        return line
    for _nested in range(3):
        line = _INWARD_BLANK.sub(lambda m: (m[2] or "") + (m[1] or m[4]) + (m[3] or ""), line)
        line = _EMPTY_PAIR.sub("", _SPLIT_PAIR.sub("", line))
    # Leaving out one mark gives its neighbour another neighbour: look again until all are good.
    for _again in range(6):
        bad = _unreadable_marks(line)
        if not bad:
            return _ANY_MARK.sub(lambda m: _MARKUP[ord(m[0]) & 0x0F], line)
        line = "".join(char for at, char in enumerate(line) if at not in bad)
    return _ANY_MARK.sub("", line)


def _unreadable_marks(line: str) -> set[int]:
    bad: set[int] = set()
    opened: list[int] = []
    marks = list(_ANY_MARK.finditer(line))
    for match in marks:
        at, char = match.start(), match[0]
        if char <= "\x04":
            opened.append(at)
        elif not opened or ord(line[opened[-1]]) != ord(char) & 0x0F:
            return {mark.start() for mark in marks}
        else:
            start = opened.pop()
            alone = len(marks) == 2
            good = _flanks(line, start, -1, alone) and _flanks(line, at, 1, alone)
            # A mark right behind the end of another one would be read together with it.
            if not good or (start and "\x12" <= line[start - 1] <= "\x14"):
                bad |= {start, at}
    return bad | set(opened)


def _flanks(line: str, at: int, outwards: int, alone: bool) -> bool:
    """Whether the mark at `at` is read as one that opens (`outwards` -1) or closes (1).

    It may not stand between a word and a symbol; and where it stands between two of a kind it can be read both ways,
    which is only good when there is no other mark in the line.
    """
    inner, outer = _beside(line, at, -outwards), _beside(line, at, outwards)
    if inner == " ":
        return False
    return outer == " " or (alone and inner == outer) or (inner == "a" and outer == ".")


def _beside(line: str, at: int, step: int) -> str:
    """What stands beside the run of marks around `at`: " " for blanks and the end, "a" for a word, "." for a symbol."""
    run = "\x04\x14" if line[at] in "\x04\x14" else "\x02\x03\x12\x13"
    at += step
    while 0 <= at < len(line) and line[at] in run:
        at += step
    if not 0 <= at < len(line) or line[at].isspace():
        return " "
    return "a" if line[at].isalnum() or ord(line[at]) > 0x2E80 else "."


def code_span(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    if longest > MAX_BACKTICKS:
        return SPECIAL.sub(r"\\\g<0>", text)
    fence = "`" * (longest + 1 if longest else 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def code_block(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    if longest > MAX_BACKTICKS:
        return re.sub("^", "    ", text, flags=re.M)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def destination(address: str) -> str:
    address = address.strip().replace(" ", "%20").replace("\n", "").replace("\t", "").replace("|", "%7C")
    address = address.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")
    return f"<{address}>" if "(" in address or ")" in address else address
