"""How words are compared: what a customer types finds what another one wrote, whatever ending, accent or slip."""

from typing import Any

import pytest
import tantivy

from community.search.analysis import document, schema, stems_in, stems_of, words_of
from community.search.documents import ThreadRow
from community.search.query import ANYTHING, Narrow, any_of, found_by, phrase_query, read_question
from community.search.spelling import likelier, slips

#: language, what somebody wrote, what somebody else types
SAME_WORD = [
    ("en", "resetting passwords", "reset password"),
    ("en", "connections dropping", "connection drops"),
    ("de", "Verbindungen abgebrochen", "Verbindung abgebrochen"),
    ("de", "Überprüfungen der Straße", "überprüfung strasse"),
    ("de", "Geräte koppeln", "gerate koppelt"),
    ("es", "configuraciones guardadas", "configuración guardada"),
    ("es", "las contraseñas", "contrasena"),
    ("fr", "réinitialisations échouées", "réinitialisation échouée"),
    ("fr", "écouteurs", "ecouteur"),
    ("it", "impostazioni cancellate", "impostazione cancellata"),
    ("nl", "verbindingen verbroken", "verbinding verbroken"),
    ("pt", "configurações", "configuração"),
    ("pt", "atualizações", "atualizacoes"),
    ("", "Ελληνικά", "ελληνικα"),
    ("ja", "日本語のパスワードを忘れた", "パスワード"),
    ("zh", "无法连接到蓝牙耳机", "蓝牙耳机"),
    ("ko", "비밀번호를 잊었습니다", "비밀번호"),
    ("th", "ลืมรหัสผ่าน", "รหัสผ่าน"),
    ("hi", "हिन्दी में पासवर्ड", "पासवर्ड"),
]


def row(pk: int, title: str, **facts: Any) -> ThreadRow:
    empty = dict.fromkeys(ThreadRow._fields, "")
    numbers = dict.fromkeys(("board_id", "asker_id", "asked_at", "last_activity_at", "me_too_count", "answer_count"), 0)
    known = {**empty, **numbers, "tag_ids": [], "is_solved": False, "kind": "question", "state": "new"}
    return ThreadRow(**{**known, "id": pk, "title": title, **facts})


def index_of(*rows: ThreadRow) -> tantivy.Searcher:
    index = tantivy.Index(schema())
    writer = index.writer(20_000_000, 1)
    for each in rows:
        writer.add_document(document(each))
    writer.commit()
    index.reload()
    return index.searcher()


def found(searcher: tantivy.Searcher, title: str, body: str = "", narrow: Narrow = ANYTHING) -> list[int]:
    asked = read_question(searcher, title, body)
    query = any_of(asked.units, searcher.num_docs)
    return [match.id for match in found_by(searcher, query, narrow=narrow, limit=10, is_full=False)]


@pytest.mark.parametrize(("language", "wrote", "types"), SAME_WORD)
def test_a_word_is_found_in_its_other_forms(language: str, wrote: str, types: str) -> None:
    """Whoever searches does not say in which language, and need not know how somebody else put it."""
    others = [row(pk, "something else altogether", language="en") for pk in range(2, 6)]
    searcher = index_of(row(1, wrote, language=language), *others)
    assert found(searcher, types) == [1]


def test_a_word_keeps_its_vowel_signs_and_its_digits() -> None:
    assert words_of("हिन्दी don't e-mail 115.3 x_y") == ["हिन्दी", "don", "t", "e", "mail", "115", "3", "x", "y"]


def test_an_endless_word_counts_by_its_beginning() -> None:
    assert stems_in(["x" * 10_000], "en") == "x" * 40
    assert stems_of("x" * 10_000, ("en", "de")) == ("x" * 40,)


def test_what_stands_in_the_title_and_in_the_solution_weighs_more() -> None:
    filler = "The light on the front blinks twice and then nothing happens at all"
    searcher = index_of(
        row(1, "Nothing happens", body=f"{filler} firmware"),
        row(2, "Firmware update", body=filler),
        row(3, "Nothing works", body=filler, solution="A new firmware", answers=""),
        row(4, "Something else", body=filler),
    )
    assert set(found(searcher, "firmware")[:2]) == {2, 3}


def test_among_equals_the_solved_one_stands_first_then_what_many_have() -> None:
    same = "My camera loses its connection"
    searcher = index_of(row(1, same), row(2, same, is_solved=True), row(3, same, me_too_count=9), row(4, same))
    assert found(searcher, same)[:2] == [2, 3]


def test_a_form_of_a_word_that_few_use_does_not_outweigh_the_word() -> None:
    """Threads without a language keep their words unstemmed: such a rare form tells no more than the word does."""
    usual = [row(pk, "Update failed on my camera", language="en") for pk in range(1, 30)]
    searcher = index_of(*usual, row(99, "Updates", body="about many things " * 20), row(98, "Camera bag"))
    assert found(searcher, "camera updates fail")[0] < 30


def test_a_phrase_is_found_as_it_is_written() -> None:
    searcher = index_of(row(1, "cannot send mail"), row(2, "mail cannot be sent, send it again"))
    query = phrase_query("Cannot SEND")
    assert query is not None
    assert [match.id for match in found_by(searcher, query, narrow=ANYTHING, limit=9, is_full=True)] == [1]
    assert phrase_query('"*:*"') is None


def test_a_thread_is_like_itself_and_unlike_what_shares_a_common_word() -> None:
    many = [row(pk, f"My phone shows number {pk}") for pk in range(10, 60)]
    searcher = index_of(row(1, "My phone reboots while charging", body="It reboots over and over"), *many)
    asked = read_question(searcher, "My phone reboots while charging")
    query = any_of(asked.units, searcher.num_docs)
    shares = {
        match.id: match.share
        for match in found_by(searcher, query, narrow=ANYTHING, limit=60, is_full=False, possible=asked.possible)
    }
    assert shares[1] > 0.25
    assert max((other for pk, other in shares.items() if pk != 1), default=0.0) < 0.1


# Slips ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pasword", "password"),
        ("aku", "akku"),
        ("passwrod", "password"),
        ("pssword", "password"),
        ("passworrd", "password"),
        ("pasworrd", "password"),
        ("calender", "calendar"),
        ("verbindug", "verbindung"),
        ("паролъ", "пароль"),
    ],
)
def test_one_slip_is_understood_and_two_in_a_long_word(typed: str, meant: str) -> None:
    searcher = index_of(row(1, "password calendar Verbindung пароль Akku"))
    assert likelier(searcher, typed) == (meant, 1)


@pytest.mark.parametrize("word", ["", "ab", "abc", "12345678", "日本語", "x" * 500, "unrelated"])
def test_what_is_no_slip_is_left_alone(word: str) -> None:
    assert likelier(index_of(row(1, "password 12345679 日本誤")), word) == ("", 0)


def test_slips_are_counted_with_neighbours_exchanged_as_one() -> None:
    assert [slips("password", other, 3) for other in ("password", "passwrod", "pasword", "psswrd", "keyboard")] == [
        *(0, 1, 1, 2),
        4,
    ]
