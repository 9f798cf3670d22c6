"""What of a reply its author wrote just now: quotes, signatures, disclaimers, client headers and list feet are cut.

A body is looked at line by line, each line a bounded number of times. First what a program wrote is found from the top
(lines that announce a quote, headers, marks); the stretches between are the author's. Then the end of each stretch is
looked at: signatures, "Sent from my iPhone", disclaimers, feet of lists.
"""

import re

from community.incoming.attributions import BEGINS_WITH_ADDRESS, NAMES_SOMEBODY, Sure, attribution_at, begins_with_date
from community.incoming.disclaimers import Like, banner_in, disclaimers_in, likeness
from community.incoming.feet import foot_from, list_foot_from
from community.incoming.header_blocks import block_at, divider_at, first_field_of, form_at, is_rule, title_of_block_at
from community.incoming.lines import Line, lines_of
from community.incoming.marks import SENTENCE_END, cut_wrapped, keep_what_quotes_nothing, mark_initials
from community.incoming.records import Cut, CutKind, Piece
from community.incoming.shown import show_again
from community.incoming.signatures import card_from, named_from, ruled_card_from, signature_from
from community.incoming.signs import names_app


def cut(text: str) -> Cut:
    """Cut a plain text body. Linear in its length; never raises."""
    return cut_lines(lines_of(text), [])


def cut_lines(lines: list[Line], taken: list[Piece]) -> Cut:
    """Cut lines that were taken apart; `taken` are the pieces that some of them stand for."""
    keep_what_quotes_nothing(lines)
    for line in lines:
        if line.piece is not None:
            line.kind = taken[line.piece].kind
        elif line.depth and not line.is_code:
            line.kind = CutKind.QUOTE
    cut_wrapped(lines)
    show_again(lines, _cut_announcements(lines))
    for start, end in _stretches(lines):
        _cut_feet(lines[start:end])
    _give_back(lines)
    return Cut(_kept(lines), _pieces(lines, taken))


# ----------------------------------------------------------------------------------------------- announcements


def _cut_announcements(lines: list[Line]) -> int | None:
    """Cut what says that a quote follows, and all that follows it where no marks say where the quote ends.

    The first such line is returned.
    """
    at = 0
    first = None
    has_words = False
    while at < len(lines):
        line = lines[at]
        if not line.is_words:
            at += 1
            continue
        count, kind, has_end = _announcement_at(lines, at, has_words)
        if not count:
            has_words = True
            at += 1
            continue
        first = at if first is None else first
        for cut_line in lines[at : at + count]:
            cut_line.kind = kind
        at += count
        if not has_end:
            for cut_line in lines[at:]:
                cut_line.kind = cut_line.kind or CutKind.QUOTE
            break
    return first


def _announcement_at(lines: list[Line], at: int, has_words: bool) -> tuple[int, CutKind, bool]:
    """How many lines from `at` on announce a quote, what they are, and whether marks say where the quote ends."""
    start = at
    if is_rule(lines[at]):
        # A line above a header or an attribution belongs to it.
        at = _next_words(lines, at + 1)
        if at >= len(lines) or at - start > 3:
            return 0, CutKind.QUOTE, False
    if divider_at(lines, at) or title_of_block_at(lines, at):
        end = at + 1
        after = _next_words(lines, end)
        inner = block_at(lines, after, least=2) if after < len(lines) else 0
        if inner:
            end = after + inner
        elif after < len(lines) and after - end < 3:
            end = after + attribution_at(lines, after)[0] if attribution_at(lines, after)[0] else end
        return end - start, CutKind.HEADER, _is_quoted_next(lines, end)
    if first_field_of(lines, at):
        inner = block_at(lines, at, least=2 if start != at else 3)
        if inner:
            return at + inner - start, CutKind.HEADER, _is_quoted_next(lines, at + inner)
    form = form_at(lines, at)
    if form:
        return at + form - start, CutKind.HEADER, _is_quoted_next(lines, at + form)
    count, sure = _attribution(lines, at)
    if not count or (start != at and sure is not Sure.ALWAYS):
        return 0, CutKind.QUOTE, False
    mark_initials(lines, _next_words(lines, at + count))
    quoted = _is_quoted_next(lines, at + count)
    again = _next_words(lines, at + count)
    if not quoted and sure is Sure.ALWAYS and again - at - count < 3 and again < len(lines):
        # Some programs say it twice, each in a language of its own.
        second = attribution_at(lines, again)[0]
        if second and _is_quoted_next(lines, again + second):
            count, quoted = again + second - at, True
    if quoted or sure is Sure.ALWAYS:
        return at + count - start, CutKind.QUOTE, quoted
    return 0, CutKind.QUOTE, False


def _attribution(lines: list[Line], at: int) -> tuple[int, Sure]:
    """The attribution that begins here, unless a later line begins the same one better."""
    count, sure = attribution_at(lines, at)
    if sure is Sure.IF_QUOTED and not _is_quoted_next(lines, at + count):
        return 0, Sure.NOT
    for later in range(at + 1, at + count):
        again, as_sure = attribution_at(lines, later)
        if again and later + again == at + count and as_sure >= sure and not _goes_on_here(lines, at, later):
            return 0, Sure.NOT
    return count, sure


def _goes_on_here(lines: list[Line], at: int, later: int) -> bool:
    """Whether an attribution that begins at `at` was wrapped before `later`, as far as what is above tells."""
    above = lines[later - 1].text
    if SENTENCE_END.search(above) and not re.search(r"\b\w{1,5}\.$", above):
        return False
    if BEGINS_WITH_ADDRESS.match(lines[later].text):
        return True
    head = " ".join(line.text for line in lines[at:later])
    if begins_with_date(head):
        return True
    if begins_with_date(lines[later].text) and not NAMES_SOMEBODY.search(head):
        # "Hi," and then an attribution that begins as they do.
        return False
    return any(c.isdigit() for c in above) or len(above) > 55 or above.endswith((",", "<"))


def _next_words(lines: list[Line], at: int) -> int:
    """The next line that is not empty."""
    while at < len(lines) and not lines[at].text and lines[at].piece is None and not lines[at].depth:
        at += 1
    return at


def _is_quoted_next(lines: list[Line], at: int) -> bool:
    after = at
    while (
        after < len(lines)
        and after - at < 4
        and not lines[after].text
        and not lines[after].depth
        and lines[after].piece is None
    ):
        after += 1
    return after < len(lines) and (lines[after].depth > 0 or lines[after].kind is CutKind.QUOTE)


# -------------------------------------------------------------------------------------------- the author's own


def _stretches(lines: list[Line]) -> list[tuple[int, int]]:
    """Where lines in a row are the author's."""
    found = []
    start = None
    for at, line in enumerate(lines):
        if line.kind is None and start is None:
            start = at
        elif line.kind is not None and start is not None:
            found.append((start, at))
            start = None
    if start is not None:
        found.append((start, len(lines)))
    return found


def _cut_feet(lines: list[Line]) -> None:
    """Cut what stands under the words of one stretch, and what a gateway put above them."""
    end = len(lines)
    found = list_foot_from(lines)
    if found is not None:
        end = _cut_from(lines, found, end, CutKind.FOOT)
    for at, under in reversed(disclaimers_in(lines[:end])):
        _mark(lines[at:under], CutKind.DISCLAIMER)
        end = at if under == end else end
    for under_line in (signature_from, ruled_card_from):
        found = under_line(lines[:end])
        if found is not None:
            end = _cut_from(lines, found, end, CutKind.SIGNATURE)
    while (foot := foot_from(lines, end)) is not None:
        end = _cut_from(lines, foot[0], end, foot[1])
    for under_words in (card_from, named_from):
        found = under_words(lines[:end])
        if found is not None:
            end = _cut_from(lines, found, end, CutKind.SIGNATURE)
    banner = banner_in(lines[:end])
    if banner is not None:
        _mark(lines[banner[0] : banner[1]], CutKind.DISCLAIMER)


def _cut_from(lines: list[Line], at: int, end: int, kind: CutKind) -> int:
    """Cut what is below `at`, which is the new end."""
    _mark(lines[at:end], kind)
    return at


def _give_back(lines: list[Line]) -> None:
    """Where nothing is left, what only looks like a foot is what its author wrote."""
    if any(line.kind is None and (line.text or line.piece is not None) for line in lines):
        return
    start = None
    for at, line in enumerate([*lines, None]):
        is_foot = line is not None and line.piece is None and _may_be_answer(line)
        if is_foot and start is None:
            start = at
        elif not is_foot and start is not None:
            if likeness(lines[start:at]) is not Like.SURE:
                _unmark(lines[start:at])
            start = None


def _may_be_answer(line: Line) -> bool:
    """Whether a line that was cut as a foot may be all its author said: "Yahoo Mail", to who asks for his program."""
    return line.kind in (CutKind.DISCLAIMER, CutKind.FOOT) or (line.kind is CutKind.SIGNATURE and names_app(line.text))


def _unmark(lines: list[Line]) -> None:
    for line in lines:
        line.kind = None


def _mark(lines: list[Line], kind: CutKind) -> None:
    for line in lines:
        line.kind = kind


def _kept(lines: list[Line]) -> str:
    parts = []
    for start, end in _stretches(lines):
        while start < end and not lines[start].text:
            start += 1
        while end > start and not lines[end - 1].text:
            end -= 1
        if start < end:
            parts.append("\n".join(line.raw for line in lines[start:end]))
    return "\n\n".join(parts).rstrip()


def _pieces(lines: list[Line], taken: list[Piece]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    now: list[str] = []
    kind: CutKind | None = None
    for line in [*lines, None]:
        if line is not None and line.kind is None and not line.text and not line.raw.strip():
            continue
        of = line.kind if line is not None else None
        if of is not kind or (line is not None and line.piece is not None):
            if kind is not None and any(raw.strip() for raw in now):
                pieces.append(Piece(kind, "\n".join(now).strip("\n")))
            now, kind = [], of
        if line is not None and of is not None:
            if line.piece is not None:
                pieces.append(taken[line.piece])
            else:
                now.append(line.raw)
    return tuple(pieces)
