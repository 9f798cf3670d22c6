"""Words that are one customer's are found in whatever spacing somebody writes them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.private_words import Known, find_known


def found(text: str, *words: str) -> list[str]:
    return [hit.text for hit in find_known(text, [Known(word, "a detail") for word in words])]


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("Yours is NW-2041-XK77, isn't it?", "NW-2041-XK77"),
        ("Yours is nw2041xk77.", "nw2041xk77"),
        ("Yours is N W 2 0 4 1 / X K 7 7!", "N W 2 0 4 1 / X K 7 7"),
        ("snNW2041XK77end", "NW2041XK77"),
        ("full width: \uff2e\uff37-2041-xk77", "\uff2e\uff37-2041-xk77"),
    ],
)
def test_a_serial_number_is_found_however_it_is_spaced(text: str, hit: str) -> None:
    assert found(text, "NW 2041 XK77") == [hit]


def test_a_phone_number_is_found_with_other_separators() -> None:
    assert found("Call +49 (0)30 / 1234-567 then", "+490301234567") == ["49 (0)30 / 1234-567"]


def test_a_name_is_no_part_of_another_word() -> None:
    assert found("Anna has a banana and an annex; anna's router", "Anna") == ["Anna", "anna"]


def test_a_short_number_is_no_part_of_a_longer_one() -> None:
    assert found("Version 41234 is not 1234, and A1234 is.", "1234") == ["1234", "1234"]


def test_two_letters_are_in_every_text_and_are_looked_for_in_none() -> None:
    assert found("Li is here", "Li", "") == []


def test_the_longer_of_two_that_overlap_is_told() -> None:
    assert found("Ask Anna Berg about it", "Anna", "Anna Berg", "Berg") == ["Anna Berg"]


def test_of_words_that_overlap_nothing_is_left() -> None:
    assert found("At Berg Street 5b", "Berg Street", "Street 5b") == ["Berg Street 5b"]


def test_a_place_keeps_its_name_as_long_as_it_says_the_same() -> None:
    (one,) = find_known("It is 123456.", [Known("123456", "an account")])
    (same,) = find_known("Or 123456?", [Known("123 456", "an account")])
    (other,) = find_known("It is 123 456.", [Known("123456", "an account")])
    assert one.digest == same.digest != other.digest


@given(st.text(max_size=80), st.lists(st.text(max_size=12), max_size=4), st.integers(0, 80))
def test_whatever_is_written_places_are_in_order_and_hold_their_words(text: str, words: list[str], at: int) -> None:
    text = text[:at] + (words[0] if words else "") + text[at:]
    hits = find_known(text, [Known(word, "a detail") for word in words])
    assert hits == sorted(hits)
    assert all(text[hit.start : hit.end] == hit.text for hit in hits)
    assert all(one.end <= two.start for one, two in itertools.pairwise(hits))
