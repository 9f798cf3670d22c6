"""From text to the terms of the index, the same way for threads and for what somebody looks for.

A word is compared without case and accents, and by the stem that its forms share in the language of its thread:
"Verbindungen" and "Verbindung" are one. Nobody says in which language they search, so a searched word stands for its
stems in all of them. Scripts that put no spaces between words are cut into pairs of signs.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache

import tantivy

from community.content.excerpts import fold
from community.search.documents import ThreadRow

#: Of the index's form (fields and terms): another one makes every machine build its index anew.
VERSION = 2

#: Languages whose words have a common stem here, by the beginning of a thread's language.
STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "nl": "dutch",
    "en": "english",
    "fi": "finnish",
    "fr": "french",
    "de": "german",
    "el": "greek",
    "hu": "hungarian",
    "it": "italian",
    "no": "norwegian",
    "nb": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "es": "spanish",
    "sv": "swedish",
    "tr": "turkish",
}
#: What goes on longer is no word: keys, addresses, lines drawn with letters. Only so many letters of it count.
MOST_LETTERS = 40
#: The texts that what somebody asks is held against. `text` is everything together; `title` and `answers` (with the
#: solution twice) weigh their part once more; `words` keeps the words as they are written, with their places.
STEMMED = ("text", "title", "answers")
WRITTEN = "words"

_MOST_REMEMBERED = 200_000
# Kana and Han, Hangul, Thai to Tibetan, Myanmar, Khmer.
_UNSPACED = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_BEGINS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_RUNS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")


def _marks() -> str:
    """Signs that belong to a word though they are no letters (vowels of Indic scripts, accents), as ranges."""

    def is_mark(code: int) -> bool:
        return unicodedata.category(chr(code)).startswith("M")

    codes = [code for code in range(0x300, 0xFE30) if is_mark(code)]
    starts = (code for code in codes if not is_mark(code - 1))
    ends = (code for code in codes if not is_mark(code + 1))
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_marks()}])*")


def words_of(text: str) -> list[str]:
    """The words of a text in their order, in small letters, accents kept."""
    return _WORD.findall(text.lower())


class _Remembered(dict[str, str]):
    """What became of words that were seen before: nearly every word of a text was."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        made = self[word] = self._make(word)
        return made


def _pairs(run: str) -> Iterable[str]:
    return (run[at : at + 2] for at in range(max(1, len(run) - 1)))


def written(word: str) -> str:
    """A word as it is compared where its form matters: terms parted by spaces, several for signs without spaces."""
    if word.isascii():
        return word[:MOST_LETTERS]
    runs = _RUNS.findall(word[:MOST_LETTERS])
    terms = [term for run in runs for term in (_pairs(run) if is_unspaced(run) else [fold(run)])]
    return " ".join(filter(None, terms))


def is_unspaced(word: str) -> bool:
    """Whether the word begins with a sign of a script that puts no spaces between words."""
    return _BEGINS_UNSPACED.match(word) is not None


def _stemmer(name: str) -> Callable[[str], str]:
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).filter(tantivy.Filter.stemmer(name)).build()

    def make(word: str) -> str:
        if not word.isascii() and any(map(is_unspaced, word)):
            return written(word)
        word = word[:MOST_LETTERS]
        if word.isascii():
            return str(analyzer.analyze(word)[0])
        # Endings may carry accents, and people leave accents out: both forms of such a word are found.
        bare = fold(word)
        return " ".join(dict.fromkeys((fold(analyzer.analyze(word)[0]), *analyzer.analyze(bare))))

    return make


_WRITTEN = _Remembered(written)


@cache
def _stems(language: str) -> _Remembered:
    name = STEMMERS.get(language)
    return _Remembered(_stemmer(name)) if name else _WRITTEN


def stems_in(words: Iterable[str], language: str) -> str:
    """The terms of words in a language ("" or one without a stemmer: the words themselves), parted by spaces."""
    return " ".join(map(_stems(language).__getitem__, words))


@lru_cache(maxsize=20_000)
def stems_of(word: str, languages: Sequence[str]) -> tuple[str, ...]:
    """All the terms that a searched word may stand for in these languages; `languages` is a tuple."""
    made = (_stems(language)[word] for language in ("", *languages))
    return tuple(dict.fromkeys(term for terms in made for term in terms.split()))


@cache
def schema() -> tantivy.Schema:
    """The fields of the index. Numbers are never unsigned: Tantivy's writer dies of a Python int in such a field."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    for name in ("board_id", "tag", "asker"):
        builder.add_integer_field(name, indexed=True)
    for name in ("kind", "state", "language"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("asked", "active", "me_too", "solved"):  # moments in seconds since 1970
        builder.add_integer_field(name, fast=True)
    for name in STEMMED:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field(WRITTEN, tokenizer_name="whitespace", index_option="position")
    return builder.build()


def document(row: ThreadRow) -> tantivy.Document:
    """A thread as the index keeps it."""
    language = row.language[:2].lower()
    around = f"{row.tag_words} {row.product_version} {row.board_name}"
    texts = [words_of(text) for text in (row.title, row.body, around, row.solution, row.answers)]
    title, body, named, solution, answers = (stems_in(words, language) for words in texts)
    made = tantivy.Document()
    made.add_integer("id", row.id)
    made.add_integer("board_id", row.board_id)
    made.add_integer("asker", row.asker_id)
    for tag_id in row.tag_ids:
        made.add_integer("tag", tag_id)
    for name, word in (("kind", row.kind), ("state", row.state), ("language", language)):
        made.add_text(name, word)
    made.add_integer("asked", row.asked_at)
    made.add_integer("active", row.last_activity_at)
    made.add_integer("me_too", row.me_too_count)
    made.add_integer("solved", int(row.is_solved))
    made.add_text("text", f"{title} {body} {named} {solution} {answers}")
    made.add_text("title", title)
    made.add_text("answers", f"{solution} {solution} {answers}")
    made.add_text(WRITTEN, " ".join([" ".join(map(_WRITTEN.__getitem__, words)) for words in texts]))
    return made
