"""What somebody typed into a search field, taken apart: words, "phrases" and -without. Plain values only."""

import re
from dataclasses import dataclass

MAX_LENGTH = 300
MAX_PARTS = 24

_PART = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)(?:"|$)|(?P<word>\S+)')

_PLAIN = re.compile(r"[^\W_]+")

# Words that every question is full of: they say nothing about which one is meant. Short lists of the languages people
# write here most; a word that means something in another of them is not in it.
_SILENT = frozenset(
    """
    a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my of
    on or our so some than that the their them then there these they this to was we were what when where which why
    will with would you your after am any anyone because being just more not no only since t s m ve re ll don doesn
    isn won help please hello hi thanks
    der die das den dem des ein eine einen einem einer und oder ist sind im ich mein meine meinen meiner mit nicht von
    zu zum zur wie wenn wird auf aus bei fur hat habe es sie wir kann man sich auch noch nach bitte hallo
    el la los las un una unos unas y o de del que en es mi mis por para con se lo su al como cuando porque hola
    le les une des et ou du je mon ma mes est dans sur pas ne ce cette pour avec qui comment quand au aux bonjour
    """.split()  # noqa: SIM905 - read as prose
)


@dataclass(frozen=True)
class Typed:
    """The parts of a query in their order. Phrases and excluded parts are texts, still as they were typed."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    #: whether the last word may go on: nothing was typed behind it
    is_open: bool = False


def take_apart(text: str) -> Typed:
    """The words, phrases and excluded parts of a query; more than MAX_LENGTH characters are not read."""
    line = " ".join(text.split())[:MAX_LENGTH]
    words: list[str] = []
    phrases: list[str] = []
    without: list[str] = []
    found = list(_PART.finditer(line))[:MAX_PARTS]
    for part in found:
        word, phrase = part["word"], part["phrase"]
        if phrase is not None:
            (without if part["minus"] else phrases).append(phrase)
        elif len(word) > 1 and word[0] == "-" and word[1] != "-":
            without.append(word[1:])
        else:
            words.append(word)
    is_open = bool(words) and bool(found) and found[-1]["word"] == words[-1]
    return Typed(tuple(words), tuple(phrases), tuple(without), is_open)


def is_silent(word: str) -> bool:
    """Whether this (folded) word says nothing about what is meant."""
    return word in _SILENT


def says_nothing(text: str) -> bool:
    """Whether these (folded) words are all silent ones: they stand in almost every question."""
    typed = take_apart(text)
    words = [word for part in typed.words for word in _PLAIN.findall(part)]
    return bool(words) and not typed.phrases and all(is_silent(word) for word in words)


def stem_of(word: str) -> str:
    """The beginning that a word's other forms share ("blinking", "blinks": "blink"), "" where it is no longer."""
    if len(word) >= 5 and word.isascii() and word.isalpha():
        for ending in ("ings", "ing", "ers", "ed", "es", "s", "e"):
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                return word[: -len(ending)]
    return ""
