"""Macros fill in what is known, say what is not, and run nothing."""

from hypothesis import given
from hypothesis import strategies as st

from support.macros import fill, left_in, pieces

KNOWN = {"customer": "Ada", "number": "12", "board": ""}


def test_known_variables_are_filled_in_however_they_are_spaced_and_written() -> None:
    filled = fill("Hello {{customer}}, {{ Customer }}: ticket {{number}}.", KNOWN)
    assert filled.text == "Hello Ada, Ada: ticket 12."
    assert filled.unknown == ()


def test_what_nobody_knows_stays_as_it_was_typed_and_is_told_once() -> None:
    filled = fill("{{nickname}} and {{nickname}}, {{board}}", KNOWN)
    assert filled.text == "{{nickname}} and {{nickname}}, {{board}}"
    assert filled.unknown == ("{{nickname}}", "{{board}}")


def test_template_code_in_a_macro_or_in_a_name_is_text() -> None:
    code = "{% load static %}{{ customer.password }}{{ customer|safe }}{{ 7|add:1 }}"
    assert fill(code, KNOWN).text == code
    assert fill("Hello {{customer}}", {"customer": "{{number}}", "number": "12"}).text == "Hello {{number}}"


def test_a_name_reads_as_it_is_and_never_as_a_link() -> None:
    assert fill("Hello {{customer}}", {"customer": "[you](http://evil)"}).text == r"Hello \[you\](http://evil)"
    assert fill("{{question}}", {"question": "https://example.com/t/1_2/"}).text == "https://example.com/t/1_2/"


def test_what_is_left_open_is_marked_before_it_is_sent() -> None:
    text = "Hello {{nickname}}, see {{ x }}."
    assert [piece.text for piece in pieces(text) if piece.is_unknown] == ["{{nickname}}", "{{ x }}"]
    assert left_in(text) == ("{{nickname}}", "{{ x }}")


@given(st.text(alphabet="ab{}% \n", max_size=400))
def test_nothing_of_a_text_is_lost_in_its_pieces(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text)) == text
    assert fill(text, {}).text == text
