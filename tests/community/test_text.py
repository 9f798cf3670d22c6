import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.content.text import MAX_SLUG, BadText, clean_text, excerpt, key, slugify_title

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize("bad", ["a\x00b", "\ud800", "fine and then \udfff", "é\x00"])
def test_a_character_the_database_cannot_hold_is_refused_with_a_sentence(bad):
    with pytest.raises(BadText) as told:
        clean_text(bad)
    assert str(told.value).startswith("The text contains")


def test_newlines_of_every_system_become_one_kind():
    assert clean_text("a\r\nb\rc\x85d\u2028e\nf") == "a\nb\nc\nd\ne\nf"


def test_tabs_and_newlines_stay_and_other_control_characters_go():
    assert clean_text("a\tb\nc\x07d\x1b[31me\x7f\x9f\ufeff") == "a\tb\ncd[31me"


def test_the_same_word_typed_on_two_systems_is_stored_alike():
    assert clean_text("Cafe\u0301") == clean_text("Caf\u00e9") == "Caf\u00e9"


def test_a_direction_override_cannot_disguise_a_file_name():
    assert clean_text("invoice\u202egpj.exe") == "invoicegpj.exe"


def test_an_unclosed_direction_mark_does_not_reach_the_rest_of_the_page():
    assert clean_text("a\u2067b\nc\u2069\u202ad") == "ab\ncd"


def test_closed_direction_marks_in_a_hebrew_sentence_stay():
    sentence = "\u2067\u05e9\u05dc\u05d5\u05dd \u202aabc\u202c\u2069!"
    assert clean_text(sentence) == sentence


def test_a_letter_under_a_tower_of_accents_keeps_thirty_of_them():
    assert len(clean_text("x" + "\u0316\u0301" * 50_000)) <= 32


def test_emoji_families_and_persian_joiners_survive():
    for text in ("👨‍👩‍👧‍👦", "می‌خواهم", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"):
        assert clean_text(text) == text


@settings(deadline=None)
@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_and_the_result_can_be_stored(text):
    try:
        once = clean_text(text)
    except BadText:
        assert "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text)
        return
    assert clean_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\r" not in once and "\x00" not in once
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Lovelace", "  ada \t lovelace "),
        ("STRASSE", "straße"),
        ("ＡＤＡ", "ada"),
        ("bob", "b\u200bo\u2060b\ufe0f"),
        ("Cafe\u0301", "CAFÉ"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_names_that_look_the_same_have_the_same_key(one, other):
    assert key(one) == key(other)


def test_different_names_have_different_keys():
    assert len({key(name) for name in ("ada", "adá", "ada1", "a da", "аda")}) == 5


def test_a_made_up_name_in_an_address_still_gives_a_key_that_can_be_looked_up():
    assert key("a\x00b\ud800c\x1f") == "ab\ufffdc"


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_key_is_its_own_key(text):
    once = key(text)
    assert key(once) == once
    once.encode("utf-8")
    assert "\x00" not in once and once == once.strip()


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("How do I reset it?", "how-do-i-reset-it"),
        ("It doesn't start — why?!", "it-doesnt-start-why"),
        ("Größe ändern für Straßenkarten", "groesse-aendern-fuer-strassenkarten"),
        ("Où est passé l’été ?", "ou-est-passe-lete"),
        ("Привет, мир", "privet-mir"),
        ("Καλημέρα κόσμε", "kalimera-kosme"),
        ("こんにちは", "thread"),
        ("???", "thread"),
        ("", "thread"),
        ("\x00\ud800", "thread"),
    ],
)
def test_a_title_becomes_an_address_that_can_be_read_aloud(title, slug):
    assert slugify_title(title) == slug


def test_a_long_title_is_cut_between_words():
    slug = slugify_title("the printer in the second floor office does not print anything at all since the update")
    assert slug == "the-printer-in-the-second-floor-office-does-not-print"


@settings(deadline=None)
@given(ANY_TEXT)
def test_every_title_gives_a_slug(title):
    slug = slugify_title(title)
    assert 0 < len(slug) <= MAX_SLUG
    assert slug.isascii() and slug.strip("abcdefghijklmnopqrstuvwxyz0123456789-") == ""


def test_an_excerpt_is_one_line_cut_between_words():
    assert excerpt("The  first\nline, and the second", 18) == "The first line…"
    assert excerpt("short", 18) == "short"
    assert excerpt("exactly eighteen!!", 18) == "exactly eighteen!!"


def test_an_excerpt_never_ends_in_half_a_character():
    assert excerpt("aaaaaaa👨‍👩‍👧 and so on for a while", 10) == "aaaaaaa…"


@settings(deadline=None)
@given(ANY_TEXT, st.integers(0, 50))
def test_an_excerpt_is_never_longer_than_asked(text, length):
    assert len(excerpt(text, length)) <= length
