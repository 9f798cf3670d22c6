"""What a word that stands in no thread may have meant: the likeliest word one slip away.

A slip is a letter too many, missing, wrong or in the other order (Damerau, 1964: four of five misspellings are one).
Every word one slip away is made and looked up, which needs no list of words beside the index; for long words also
two slips, among those that begin alike.
"""

from collections.abc import Iterator

import tantivy

from community.search.analysis import WRITTEN, is_unspaced, written

#: Shorter words have too many neighbours, and longer ones are none.
LEAST_LETTERS, MOST_LETTERS = 3, 24
_TWO_SLIPS_FROM = 7
_BEGINNING = 3
_MOST_LOOKED_AT = 4_000
_LATIN = "abcdefghijklmnopqrstuvwxyz"
#: A word that is known means another one too that is in so many times as many threads.
FAR_COMMONER = 50


def likelier(searcher: tantivy.Searcher, word: str) -> tuple[str, int]:
    """The commonest word one slip away (else two, for long words) and in how many threads it is; ("", 0) for none."""
    word = written(word)
    if not LEAST_LETTERS <= len(word) <= MOST_LETTERS or not word.isalpha() or any(map(is_unspaced, word)):
        return "", 0
    own = searcher.doc_freq(WRITTEN, word)
    counts = {other: count for other in set(_one_slip(word)) if (count := searcher.doc_freq(WRITTEN, other))}
    if not counts and not own and len(word) >= _TWO_SLIPS_FROM:
        counts = dict(_alike(searcher, word))
    counts.pop(word, None)
    return max(counts.items(), key=lambda known: (known[1], known[0]), default=("", 0))


def _one_slip(word: str) -> Iterator[str]:
    letters = _LATIN if word.isascii() else _alphabet(word)
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in letters:
            if after:
                yield before + letter + after[1:]
            yield before + letter + after


def _alphabet(word: str) -> list[str]:
    """The letters of the word's own script: in Unicode an alphabet stands together."""
    low, high = min(map(ord, word)) & ~63, max(map(ord, word)) | 63
    near = range(low, high + 1) if high - low < 256 else map(ord, set(word))
    return [chr(code) for code in near if chr(code).isalpha()]


def _alike(searcher: tantivy.Searcher, word: str) -> Iterator[tuple[str, int]]:
    """Words that begin like this one and are at most two slips away."""
    for other, count in searcher.terms_with_prefix(WRITTEN, word[:_BEGINNING], limit=_MOST_LOOKED_AT):
        if abs(len(other) - len(word)) <= 2 and slips(word, other, 2) <= 2:
            yield other, count


def slips(one: str, other: str, most: int) -> int:
    """How many slips lead from one word to the other (optimal string alignment), `most` + 1 when there are more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        last, before, row = before, row, [at]
        for place, target in enumerate(other, start=1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != target))
            if last and place > 1 and letter == other[place - 2] and one[at - 2] == target:
                cost = min(cost, last[place - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
