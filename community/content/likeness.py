"""How nearly two posts say the same: for finding the many copies of one advertisement, changed a little each time.

A text is the set of its runs of three words, letters folded and digits all alike, so that another number, another
capital or a look-alike letter makes no other text. Two texts are as alike as the share of runs they have in common.
"""

import re
import unicodedata

#: From here on, in hundredths, two posts are near-identical. (Two different people's words about one problem share
#: hardly any run of three words: seldom above 10.)
LEAST = 50
RUN = 3
#: No more of a text is compared, in characters.
MOST_TEXT = 5_000

_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"[\W_]*\d[\d\W_]*")


def runs_of(text: str) -> frozenset[str]:
    """The runs of three words of a text; a shorter text is one run."""
    folded = unicodedata.normalize("NFKD", text[:MOST_TEXT]).casefold()
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    words = _WORD.findall(_DIGITS.sub(" 0 ", plain))
    if len(words) <= RUN:
        return frozenset([" ".join(words)] if words else ())
    return frozenset(" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> int:
    """How alike two texts are, from 0 to 100."""
    common = len(one & other)
    return round(100 * common / (len(one) + len(other) - common)) if common else 0
