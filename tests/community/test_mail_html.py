"""What somebody wrote, as a mail brings it: tags that every program knows, and text that reads without any."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.content.mail_html import WIDTH, ForMail, Names, for_mail, wrap
from community.content.markdown import render
from tests.community.test_mails import Soundness

SITE = "https://help.nordwave.example"
NAMES = Names(picture="Picture", file="File")
#: What a mail may hold of what people write.
ALLOWED = {"p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "a", "ul", "ol", "li", "h4"}
ALLOWED |= {"table", "tr", "th", "td", "wbr"}


def made(source: str, most: int = 3000, *, shows_files: bool = True) -> ForMail:
    known = {"ben": "/people/ben/"}
    return for_mail(
        render(source, known_names=known).html, site_address=SITE, names=NAMES, most=most, shows_files=shows_files
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**Hold** it.\n\nThen *wait*.", "Hold it.\n\nThen wait."),
        ("# Title\n\nWords", "Title\n\nWords"),
        ("- one\n- two\n  1. a\n  2. b\n\nend", "- one\n- two\n  1. a\n  2. b\n\nend"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("> said\n>\n> > before\n\nmine", "> said\n>\n> > before\n\nmine"),
        ("```\nif a < b:\n    go()\n```", "    if a < b:\n        go()"),
        ("See [the page](/t/1/) and @ben.", f"See the page <{SITE}/t/1/> and @ben."),
        ("https://example.com/a_b?c=1&d=2", "https://example.com/a_b?c=1&d=2"),
        ("one\ntwo", "one\ntwo"),
        ("a\n\n---\n\nb", "a\n\n* * *\n\nb"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
        ("![red](/attachments/7/a.png)", f"[Picture: red] <{SITE}/attachments/7/a.png>"),
        ("[![red](/attachments/7/a.png)](https://a.example/)", "[Picture: red] <https://a.example/>"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("שלום **עולם**", "שלום עולם"),
    ],
)
def test_a_text_reads_as_its_author_would_have_typed_it(source: str, text: str) -> None:
    assert made(source).text == text


def test_whole_addresses_stand_in_lines_that_no_program_breaks() -> None:
    address = "https://example.com/" + "long/" * 30
    lines = made(f"Please look at {address} and tell me what it says there, when you have the time for it.").text
    assert address in lines.split("\n")
    assert all(len(line) <= WIDTH for line in lines.split("\n") if "http" not in line)


@pytest.mark.parametrize("most", [0, 1, 40, 150, 400])
def test_wherever_a_text_is_cut_both_forms_are_whole(most: int) -> None:
    source = (
        "Hold **the *small* button** `now` [here](https://a.example/) and\n\n> - one\n> - two\n\n```\ncode\n```\n\n" * 9
    )
    cut = made(source, most)
    assert cut.is_cut and Soundness(cut.html).wrong == []
    assert len(re.sub("<[^>]*>", "", cut.html)) <= most + 20


def test_a_text_that_fits_is_not_cut() -> None:
    assert not made("Hold the button.").is_cut


def test_code_is_cut_like_everything_else_and_a_huge_body_costs_what_is_shown() -> None:
    cut = made("```\n" + "x = 1\n" * 4000 + "```", 300)
    assert cut.is_cut and len(cut.text) < 700 and Soundness(cut.html).wrong == []


def test_of_a_closed_board_not_even_the_names_of_files_are_told() -> None:
    cut = made("![plan](/attachments/7/plan.png) [budget.xlsx](/attachments/8/b.xlsx) [ok](/t/1/)", shows_files=False)
    for form in (cut.html, cut.text):
        assert "[Picture]" in form and "[File]" in form and "plan" not in form and "budget" not in form
        assert "attachments" not in form and f"{SITE}/t/1/" in form


@given(st.text(max_size=300), st.integers(0, 200))
def test_whatever_is_written_becomes_sound_html_of_known_tags(source: str, most: int) -> None:
    source = re.sub("[\x00\ud800-\udfff]", "", source)
    found = made(source, most)
    assert Soundness(found.html).wrong == []
    assert set(re.findall(r"<([a-z0-9]+)", found.html)) <= ALLOWED
    assert not re.search(r"<[^>]*\b(?:style|class=\"(?!cells)|on\w+|src)=", found.html)


_MARKS = st.sampled_from(
    ["> ", "- ", "1. ", "\n", "\n\n", "*", "**", "`", "```\n", "| a | b |\n|---|---|\n", "[x](/a)", " "]
)


@given(st.lists(_MARKS | st.text("abc ", max_size=8), max_size=40), st.integers(1, 80))
def test_nested_markup_cut_anywhere_stays_sound(pieces: list[str], most: int) -> None:
    found = made("".join(pieces), most)
    assert Soundness(found.html).wrong == [] and "\x00" not in found.text


@given(st.text(max_size=400), st.integers(10, 80))
def test_wrapping_loses_no_word(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert " ".join(lines).split() == text.split()
    assert all(len(line) <= width or " " not in line for line in lines)
