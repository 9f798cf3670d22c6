"""Disclaimers under an author's words, and what a gateway put above them.

People write about such sentences too. So each paragraph is looked at by itself, and one that asks something, or whose
author speaks of himself, is his, and so is all above it.
"""

import re
from enum import IntEnum
from itertools import pairwise

from community.incoming.lines import Line
from community.incoming.marks import SENTENCE_END, WRAPPED_AT
from community.incoming.phrases_feet import (
    BANNERS,
    DISCLAIMER_STARTS,
    DISCLAIMER_TITLES,
    IN_BANNERS,
    IN_DISCLAIMERS,
    OF_PRINTING,
    OF_THE_MESSAGE,
    TITLES_OF_MANY_THINGS,
    VIRUS,
)
from community.incoming.phrases_people import TELL_ME
from community.incoming.signs import COMPANY, CONTACT, RULE, has_any, is_delimiter_or_rule, is_personal, is_sent_from

MAX_LOOKED_AT = 3_000  # of a paragraph
SURELY = 4  # so many phrases of disclaimers nobody writes in one paragraph of his own
_TELL_ME = re.compile("|".join(map(re.escape, TELL_ME)))
_BEFORE_WORDS = "*_[(<#- \"'"


class Like(IntEnum):
    """How like a disclaimer a paragraph is."""

    #: asks, or tells of its author
    PERSON = 0
    UNKNOWN = 1
    #: goes with a disclaimer above it
    BESIDE = 2
    DISCLAIMER = 3
    #: nobody wrote it just now, wherever it stands
    SURE = 4


def disclaimers_in(lines: list[Line]) -> list[tuple[int, int]]:
    """The disclaimers of one stretch: those at its end, and whichever is one for sure. They leave something over."""
    paragraphs = _paragraphs(lines)
    likes = [likeness(lines[at:end]) for at, end in paragraphs]
    first = _first_of_tail(likes)
    found = [paragraphs[at] for at in range(first) if likes[at] is Like.SURE]
    if first < len(likes):
        found.append((paragraphs[first][0], len(lines)))
    return [(_with_heading(lines, at), end) for at, end in found]


def _first_of_tail(likes: list[Like]) -> int:
    """The first of the disclaimers from which on nothing is its author's.

    What nobody knows is part of them only between two of them, where the first is one for sure. Above the first
    words of the author it is a gateway's, and what is below it his.
    """
    words_at = next((at for at, like in enumerate(likes) if like <= Like.UNKNOWN), len(likes))
    first, is_open = len(likes), False
    for at in range(len(likes) - 1, -1, -1):
        like = likes[at]
        if like is Like.PERSON or (like is Like.UNKNOWN and first == len(likes)):
            break
        if like is Like.UNKNOWN:
            is_open = True
        elif like is Like.SURE and (not is_open or at > words_at):
            first, is_open = at, False
        elif like is Like.DISCLAIMER and not is_open:
            first = at
    return first


def _paragraphs(lines: list[Line]) -> list[tuple[int, int]]:
    """Where paragraphs begin and end. A rule is none, and neither is code."""
    found = []
    start = None
    for at, line in enumerate(lines):
        is_text = bool(line.text) and not line.is_code and not is_delimiter_or_rule(line.text)
        if is_text and start is None:
            start = at
        elif not is_text and start is not None:
            found.append((start, at))
            start = None
    if start is not None:
        found.append((start, len(lines)))
    return found


def likeness(paragraph: list[Line]) -> Like:
    """How like a disclaimer these lines are."""
    text = _joined(paragraph)
    words = text.lower()
    if is_personal(_TELL_ME.sub(" ", words)) and not _asks_to_print_nothing(words):
        return Like.PERSON
    count = sum(map(words.__contains__, IN_DISCLAIMERS))
    begins_with_message = words.lstrip(_BEFORE_WORDS).removeprefix("the ").startswith(OF_THE_MESSAGE)
    if _begins_as_one(paragraph[0].text, words, count) or _speaks_of_the_message(words, count, begins_with_message):
        if count + begins_with_message >= SURELY:
            return Like.SURE
        return Like.DISCLAIMER if _has_no_other_lines(paragraph) else Like.UNKNOWN
    if count or has_any(words, OF_THE_MESSAGE) or _is_foot_like(paragraph):
        return Like.BESIDE
    return Like.UNKNOWN


def _joined(paragraph: list[Line]) -> str:
    text, size = [], 0
    for line in paragraph:
        text.append(line.text)
        size += len(line.text)
        if size > MAX_LOOKED_AT:
            break
    return " ".join(text)


def _begins_as_one(first: str, words: str, count: int) -> bool:
    # A font of pictures has a tree at P.
    begins = first.lower().lstrip(_BEFORE_WORDS).removeprefix("p ")
    if not begins.startswith(DISCLAIMER_STARTS):
        return False
    return not begins.startswith(TITLES_OF_MANY_THINGS) or count > 0 or has_any(words, OF_THE_MESSAGE)


def _speaks_of_the_message(words: str, count: int, begins_with_message: bool) -> bool:
    if count < 2 or len(words) <= (40 if not words.isascii() else 55):
        return False
    return begins_with_message or (count > 2 and has_any(words[:150], OF_THE_MESSAGE))


def _asks_to_print_nothing(words: str) -> bool:
    """Whether the only thing that is asked is whether this has to be printed."""
    sentences = [each for each in re.split(r"[.?!]+(?:\s|$)", words) if each.strip()]
    return all(has_any(each, OF_PRINTING) for each in sentences) and not is_personal(words.replace("?", "."))


def _has_no_other_lines(paragraph: list[Line]) -> bool:
    """Whether each line under the first belongs to a disclaimer, or was wrapped off one that does."""
    for above, line in pairwise(paragraph):
        next_word = line.text.split(" ", 1)[0]
        is_wrapped = not SENTENCE_END.search(above.text) or len(above.text) + 1 + len(next_word) >= WRAPPED_AT[0]
        if not is_wrapped and not _is_of_one(line.text.lower()) and not _is_foot_like([line]):
            return False
    return True


def _is_of_one(words: str) -> bool:
    return words.startswith(DISCLAIMER_STARTS) or has_any(words, IN_DISCLAIMERS) or has_any(words, OF_THE_MESSAGE)


def _is_foot_like(paragraph: list[Line]) -> bool:
    """Titles, addresses, and what programs say beside a disclaimer."""
    first = paragraph[0].text.lower().strip("*_ :#")
    if first in DISCLAIMER_TITLES or first.startswith(VIRUS):
        return True
    return all(
        CONTACT.search(line.text) or COMPANY.search(line.text) or is_sent_from(line.text) or line.text.count(" | ") > 1
        for line in paragraph[:20]
    )


def _with_heading(lines: list[Line], at: int) -> int:
    """Where a disclaimer begins: at the line or the title above it."""
    for _each in range(2):
        above = at - 1
        while above >= 0 and not lines[above].text:
            above -= 1
        if above < 0 or not (
            RULE.match(lines[above].text) or lines[above].text.lower().strip("*_ :#") in DISCLAIMER_TITLES
        ):
            break
        at = above
    return at


def banner_in(lines: list[Line]) -> tuple[int, int] | None:
    """The lines a gateway put above the words, and no line of theirs."""
    for at, line in enumerate(lines[:12]):
        if line.is_words and _begins_banner(line.text):
            end = at + 1
            while end < len(lines) and lines[end].text and _goes_on(lines[end - 1].text, lines[end].text):
                end += 1
            is_told = is_personal(_joined(lines[at:end]))
            return None if is_told else (at, end)
    return None


def _begins_banner(text: str) -> bool:
    return len(text) < 400 and text.lower().lstrip("*_[(<#!⚠️ ").startswith(BANNERS)


def _goes_on(above: str, text: str) -> bool:
    """Whether a line of a banner goes on in the next one, or the next says more of the same."""
    if not SENTENCE_END.search(above.rstrip("])*_")) and len(above) > 40 and not above.endswith(("]", ")")):
        return True
    return has_any(text.lower(), IN_BANNERS) and not is_personal(text)
