"""The marks before quoted lines: which of them quote nothing, which lines lost theirs, and initials in place of >."""

import re

from community.incoming.attributions import MAX_LENGTH
from community.incoming.lines import Line
from community.incoming.records import CutKind

# ">" that quotes nothing: a redirection, an operator, a comparison.
_NO_QUOTE = re.compile(r" {0,3}>(?:[=&/|]| ?=|/dev/)")
_COMPARED = re.compile(r" {0,3}> ?[-+]?[\d.,]{1,12}(?!\d*[.)] )")
_PROMPT = re.compile(r" {0,3}(?:>>>|\.\.\.)(?: |$)")
_INITIALS = re.compile(r"[^\W\d_a-z]{1,4}> ?")
_CODE = re.compile(r"[=()\[\]]|^(?:import|from|print|def|for|if|with|del|raise|class) ?")
#: how long lines are that programs wrap
WRAPPED_AT = 72, 82
_OPEN_LINK = re.compile(r"[(<\[]https?://[^\s<>()\[\]]{1,300}$")
_CLOSES = {"(": ")", "<": ">", "[": "]"}
SENTENCE_END = re.compile(r"[.!?:;…。！？]['\")»”]{0,2}$")


def keep_what_quotes_nothing(lines: list[Line]) -> None:
    """Take the quote mark from lines where > is a prompt or a comparison: nothing beside them is quoted."""
    at = 0
    while at < len(lines):
        if not lines[at].depth:
            at += 1
            continue
        end = at
        while end < len(lines) and lines[end].depth:
            end += 1
        if _quotes_nothing(lines, at, end):
            for line in lines[at:end]:
                line.depth, line.text = 0, line.raw[:MAX_LENGTH].strip()
        at = end


def _quotes_nothing(lines: list[Line], at: int, end: int) -> bool:
    run = lines[at:end]
    if len(run) == 1 and run[0].text.endswith("<<"):
        return True
    if all(_PROMPT.match(line.raw) for line in run):
        before = lines[at - 1].text if at else ""
        return not (before.endswith(":") and len(before) > 60) and any(_CODE.search(line.text) for line in run)
    if len(run) > 1 or not at:
        return False
    above = lines[at - 1]
    if _NO_QUOTE.match(run[0].raw) or (run[0].raw.startswith(">From ") and not above.text.endswith(":")):
        return True
    if not above.text or above.depth or SENTENCE_END.search(above.text):
        return False
    return bool(_COMPARED.match(run[0].raw))


def cut_wrapped(lines: list[Line]) -> None:
    """Cut what a program wrapped off a quoted line that was too long, and left unmarked between quoted ones.

    Answers may stand between quoted lines as well: only if each of these lines may have been wrapped off, they are.
    """
    found: list[Line] = []
    are_all = True
    has_quote = False
    for at, line in enumerate(lines):
        has_quote = has_quote or line.depth > 0
        if not has_quote or not line.is_words:
            continue
        if line.text == "--":
            break
        above = lines[at - 1]
        if above.depth and at + 1 < len(lines) and lines[at + 1].depth:
            if _closes_link(above.text, line.text):
                line.kind = CutKind.QUOTE
                continue
            if _is_wrapped_off(above, line.text):
                found.append(line)
                continue
        are_all = False
    for line in found if are_all else ():
        line.kind = CutKind.QUOTE


def _closes_link(above: str, text: str) -> bool:
    opened = _OPEN_LINK.search(above)
    return opened is not None and _CLOSES[opened[0][0]] in text


def _is_wrapped_off(above: Line, text: str) -> bool:
    """Whether the first word of `text` would have made the line above too long."""
    if not text[:1].islower() or SENTENCE_END.search(above.text):
        return False
    return len(above.raw) <= WRAPPED_AT[1] and len(above.raw) + 1 + len(text.split(" ", 1)[0]) >= WRAPPED_AT[0]


def mark_initials(lines: list[Line], at: int) -> None:
    """Take "AB> " for the marks of a quote, as some programs write them, if they stand under an attribution.

    After the first time none are left, so all lines are gone through once.
    """
    if at < len(lines) and lines[at].is_words and _INITIALS.match(lines[at].text):
        for line in lines[at:]:
            initials = _INITIALS.match(line.text) if line.is_words else None
            if initials:
                line.depth, line.text, line.kind = 1, line.text[initials.end() :].strip(), CutKind.QUOTE
