"""What finding costs among very many threads: building the index, its size, and how long a question takes.

The threads are made of words as languages have them: the n-th commonest is in a share of texts that falls with 1/n
(Zipf, 1935). Common words are what makes a search slow, rare ones what makes an index large.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from random import Random

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from community.bench.finding import Score
from community.models import Board, User
from community.reading.suggestions import likeliest
from community.search.engine import look
from community.search.following import rebuild

VOCABULARY = 200_000
#: Words of a title, of a text, of an answer, and of the text of a long question.
TITLE, BODY, ANSWER, LONG = 8, 50, 40, 120
_PORTION = 20_000
_STRETCHES = 20_000
_LETTERS = "etaoinshrdlucmfwypvbgkjqxz"

_THREADS = """
    INSERT INTO community_thread (
        id, board_id, asker_id, kind, title, body, body_html, renderer_version, language, product_version,
        asker_role, is_imported, version, asked_at, last_activity_at, last_position, answer_count,
        peer_answer_count, asker_spoke_last, me_too_count, imported_me_too, view_count)
    SELECT t.id, %s, %s, 'problem', t.title, t.body, '', 1, 'en', '', 'customer', false, 1,
        now() - t.id * interval '1 minute', now() - t.id * interval '1 minute', (t.id %% 3 = 0)::int,
        (t.id %% 3 = 0)::int, (t.id %% 3 = 0)::int, false, 0, 0, 0
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS t (id, title, body)
"""
_ANSWERS = """
    INSERT INTO community_answer (thread_id, author_id, author_role, position, body, body_html, renderer_version,
        is_imported, version, answered_at, helpful_count, imported_helpful, helped_count)
    SELECT a.thread_id, %s, 'customer', 1, a.body, '', 1, false, 1, now(), 0, 0, 0
    FROM unnest(%s::bigint[], %s::text[]) AS a (thread_id, body)
"""


class Language:
    """Words that are as common as words are."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - nothing secret
        self._words = [_word(number) for number in range(VOCABULARY)]
        self._shares = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
        # Texts are put together from stretches: to draw every word of a million would take half an hour.
        self._stretches = [self.say(10) for _number in range(_STRETCHES)]

    def say(self, words: int) -> str:
        return " ".join(self.random.choices(self._words, cum_weights=self._shares, k=words))

    def write(self, words: int) -> str:
        return " ".join(self.random.choices(self._stretches, k=words // 10))


def _word(number: int) -> str:
    letters, number = "", number + len(_LETTERS)  # two letters at least
    while number:
        number, letter = divmod(number, len(_LETTERS))
        letters += _LETTERS[letter]
    return letters


def fill_with_threads(count: int, tell: Callable[[int], None]) -> None:
    """So many threads, a third of them with an answer, straight into the tables of a database that is thrown away."""
    language = Language(seed=7)
    asker, helper = (User.objects.create_user(name, f"{name}@example.org").pk for name in ("asker", "helper"))
    place = Board.objects.create(slug="everything", name="Everything", name_key="everything").pk
    with connection.cursor() as cursor:
        # The words that the database itself searches would take an hour more, and nobody asks it here.
        cursor.execute("ALTER TABLE community_thread DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE community_answer DISABLE TRIGGER USER")
        for start in range(1, count + 1, _PORTION):
            ids = range(start, min(start + _PORTION, count + 1))
            texts = [[language.say(TITLE) for _pk in ids], [language.write(BODY) for _pk in ids]]
            cursor.execute(_THREADS, [place, asker, list(ids), *texts])
            answered = [pk for pk in ids if pk % 3 == 0]
            cursor.execute(_ANSWERS, [helper, answered, [language.write(ANSWER) for _pk in answered]])
            tell(len(ids))
        cursor.execute("ANALYZE community_thread, community_answer, community_board")


@contextmanager
def search_dir() -> Iterator[Path]:
    """A search index of its own, beside the site's and thrown away afterwards."""
    usual = settings.SEARCH_DIR
    usual.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="search-bench-", dir=usual.parent) as folder:
        settings.SEARCH_DIR = Path(folder)
        try:
            yield settings.SEARCH_DIR
        finally:
            settings.SEARCH_DIR = usual


def build_index(tell: Callable[[int, int], None]) -> float:
    """Build it; returns the seconds that took."""
    begin = time.perf_counter()
    rebuild(threading.Event(), tell, lambda _text: None)
    return time.perf_counter() - begin


def ask_questions(number: int) -> Iterator[tuple[str, Score]]:
    """How long so many questions take of each kind, from the words to ids that a visitor may see."""
    language, viewer = Language(seed=8), AnonymousUser()

    def common() -> tuple[str, str]:
        return " ".join(sorted(language.say(200).split(), key=len)[:TITLE]), ""

    def suggested(text: tuple[str, str]) -> None:
        likeliest(viewer=viewer, title=text[0], body=text[1])

    kinds: dict[str, tuple[Callable[[], tuple[str, str]], Callable[[tuple[str, str]], object]]] = {
        "title": (lambda: (language.say(TITLE), ""), suggested),
        "title and text": (lambda: (language.say(TITLE), language.say(LONG)), suggested),
        "title of common words": (common, suggested),
        "search for three words": (lambda: (language.say(3), ""), lambda text: look(text[0])),
        "search with a slip": (lambda: (f"{language.say(2)}x", ""), lambda text: look(text[0])),
    }
    for name, (make, ask) in kinds.items():
        score = Score()
        ask(make())  # what is read from the disk for the first time is not counted
        for _number in range(number):
            text = make()
            begin = time.perf_counter()
            ask(text)
            score.times.append(time.perf_counter() - begin)
        yield name, score
