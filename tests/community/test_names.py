"""A person's name is found where it names them, and left alone where it is somebody else's word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.content.markdown import quote
from community.content.names import Names

ADA = Names(7, "Former member", "ada", ("Ada Lovelace",), ("ada@example.com",), ("ada",))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("@ada knows", "Former member knows"),
        ("Ask @Ada.", "Ask Former member."),
        ("_@ada_ knows", "_Former member_ knows"),
        ("Write to ADA@example.com, please", "Write to Former member, please"),
        ("[her](mailto:ada@example.com)", "[her](Former member)"),
        ("Ada Lovelace's router", "Former member's router"),
        ("ada lovelace was here", "Former member was here"),
        ("Ada wrote: hold it", "Former member wrote: hold it"),
        ("Thanks, Ada!", "Thanks, Former member!"),
        ("See /people/ada/ there", "See /people/~7/ there"),
        ("> Ada:\n> hold it", "> Former member:\n> hold it"),
    ],
)
def test_where_only_the_person_can_be_meant_a_neutral_word_stands(said: str, left: str) -> None:
    assert ADA.rewrite(said) == left
    assert ADA.is_in(said)


@pytest.mark.parametrize(
    "said",
    [
        "@adam and @ada.lovelace2 and x@ada.example know it",
        "The ada compiler of Canada",
        "xada@example.com, ada@example.com.au",
        "/people/adam/ and /people/ada-2/",
        "Adaptec's list",
        "",
    ],
)
def test_other_peoples_names_and_words_are_left_alone(said: str) -> None:
    assert ADA.rewrite(said) == said
    assert not ADA.is_in(said)


def test_in_what_the_person_wrote_and_where_they_took_part_the_bare_name_goes_too() -> None:
    assert ADA.rewrite("Yours, ada", is_own=True) == "Yours, Former member"
    red = Names(7, "Former member", "redmond", ("Red",), (), ("Red",))
    assert red.rewrite("As Red told us, the red light", took_part=True) == "As Former member told us, the red light"
    assert red.rewrite("The Red button") == "The Red button"
    lee = Names(7, "Former member", "lee77", ("李小龍",), ())
    assert lee.rewrite("謝謝李小龍的回答") == "謝謝Former member的回答"


@pytest.mark.parametrize("shown", ["A*d_a", "Zoë [the] Great", "O'Brien", "李小龍", "a|b"])
def test_a_quotes_head_is_found_whatever_is_in_the_name(shown: str) -> None:
    names = Names(7, "Former member", "somebody1", (shown,), (), (shown,))
    assert names.rewrite(quote(shown, "/t/1/", "Hold it.")) == quote("Former member", "/t/1/", "Hold it.")


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_stands_around_it_an_address_never_stays(before: str, after: str) -> None:
    left = ADA.rewrite(f"{before} ada@example.com {after}", is_own=True)
    assert " ada@example.com " not in left
    assert ADA.rewrite(left, is_own=True) == left, "doing it twice changes nothing more"
