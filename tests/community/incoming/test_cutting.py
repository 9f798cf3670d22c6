"""Of a reply in plain text only what its author wrote just now is kept, whatever program and language it comes from."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.incoming.cutting import cut
from community.incoming.lines import looked_at, split
from community.incoming.records import CutKind

SAMPLES = Path(__file__).parent / "samples"


def samples() -> list[object]:
    """Each sample: "@@@ name", the body, a line "===", what is kept. All are made up."""
    found = []
    for path in sorted(SAMPLES.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("@@@ ")[1:]:
            name, rest = block.split("\n", 1)
            body, _line, kept = rest.rpartition("\n===\n")
            found.append(pytest.param(body, kept.strip("\n"), id=f"{path.stem}: {name}"))
    return found


@pytest.mark.parametrize(("body", "kept"), samples())
def test_what_the_author_wrote_is_kept_and_nothing_else(body, kept):
    assert cut(body).kept == kept


@pytest.mark.parametrize(("body", "kept"), samples())
def test_a_reply_with_the_line_ends_of_another_system_is_cut_alike(body, kept):
    assert cut(body.replace("\n", "\r\n")).kept == kept


@pytest.mark.parametrize(("body", "kept"), samples())
def test_what_was_kept_would_be_kept_again(body, kept):
    assert cut(kept).kept == kept


@pytest.mark.parametrize(("body", "kept"), samples())
def test_nothing_gets_lost(body, kept):
    all_lines_are_somewhere(body)


def all_lines_are_somewhere(body: str) -> None:
    done = cut(body)
    left = split(done.kept) + [line for piece in done.pieces for line in split(piece.text)]
    assert sorted(filter(None, map(shown, left))) == sorted(filter(None, map(shown, split(body))))


def shown(line: str) -> str:
    """A line of nothing that shows is an empty one."""
    return line.strip() if looked_at(line).strip() else ""


def test_what_was_cut_says_what_it_is():
    done = cut(
        "Yes.\n\n-- \nAnna\n\nOn Thu, May 16, 2024 at 8:41 AM Bo <bo@example.net> wrote:\n> well?\n"
        "_______________\ndisks mailing list\n"
    )
    assert [piece.kind for piece in done.pieces] == [CutKind.SIGNATURE, CutKind.QUOTE, CutKind.FOOT]
    assert done.text.startswith("-- \nAnna")


ANNOUNCED = "\n\nOn Thu, May 16, 2024 at 8:41 AM Bo <bo@example.net> wrote:\n\n> Which pipes hum?\n> Since when?\n"


@pytest.mark.parametrize(
    "words",
    [
        "The display says\n\n> WIND LOW\n> CALL HOLM\n\nwhen it is cold.",
        "Open\n> Registers\n> Pedal\nand tell us what is lit.",
        "$ print pipes\n> hum\nno such pipe",
        "## Steps\n\n**Note:** do this\n\n---\n\n> a tip inside? yes",
    ],
)
def test_marked_lines_above_what_announces_the_quote_are_the_authors(words):
    assert cut(words + ANNOUNCED).kept == words


def test_marked_lines_that_are_in_the_quote_below_as_well_are_quoted():
    done = cut(f"> Which pipes hum?\n\nThe third one.\n\n> Since when?\n\nSince May.{ANNOUNCED}")
    assert done.kept == "The third one.\n\nSince May."


def test_where_nothing_would_be_left_an_unlikely_disclaimer_is_kept():
    words = "This email has been checked for viruses by Avast, at last."
    assert cut(words + ANNOUNCED).kept == words


@pytest.mark.parametrize("words", ["Yahoo Mail", "Outlook for Android"])
def test_the_name_of_a_program_alone_is_an_answer(words):
    assert cut(words + ANNOUNCED).kept == words
    assert cut(f"It hums.\n\n{words}{ANNOUNCED}").kept == "It hums."


def test_a_disclaimer_alone_is_nothing():
    text = (
        "This message is confidential and intended solely for the addressee. If you received this in error, notify "
        "the sender and delete it."
    )
    assert cut(text + ANNOUNCED).kept == ""


# ---------------------------------------------------------------------------------------- whatever comes


PIECES = st.sampled_from(
    [
        "> quoted",
        ">> deeper",
        "",
        "-- ",
        "words",
        "On Thu, May 16, 2024 at 8:41 AM Bo <bo@example.net> wrote:",
        "```",
        "~~~",
        "From: Bo <bo@example.net>",
        "Sent: 16 May 2024",
        "To: me",
        "Subject: Re: x",
        "____________________",
        "***",
        "Sent from my iPhone",
        "-----Original Message-----",
        "\x00",
        "�",
        "\u200f> x",
        "\xa0> y",
        "Regards",
        "---",
        "+49 30 1234567",
        "www.example.net",
        ">>> import x",
        "> 5",
        "Disclaimer: secret",
        "\u2028",
        "wrote:",
        "*From:* x",
        "To unsubscribe",
        "&gt; z",
        "AB> x",
        "On Thu, May 16, 2024 at 8:41 AM Bo wrote",
        "Disclaimer",
        "Bo Berg",
        "__",
        "--",
        "> Settings",
        "Checked by AVG",
        "CAUTION: external mail",
        "Which one?",
    ]
)
BODIES = st.lists(st.one_of(PIECES, st.text(max_size=30))).map("\n".join)


@settings(deadline=None)
@given(BODIES)
def test_whatever_comes_in_lines_are_kept_in_their_order_or_cut_and_none_twice(body):
    all_lines_are_somewhere(body)
    lines = iter(split(body))
    for line in split(cut(body).kept):
        assert not shown(line) or any(line.rstrip() == other.rstrip() for other in lines)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec=None), max_size=300))
def test_no_text_raises(body):
    cut(body)


HOSTILE: dict[str, Callable[[int], str]] = {
    "lines": lambda n: "words and more words\n" * n,
    "deep quotes": lambda n: ("> " * 100 + "x\n") * n,
    "attributions": lambda n: "On Thu, May 16, 2024 at 8:41 AM\n" * n,
    "attributions that end": lambda n: "On Thu the server wrote:\n" * n,
    "attributions above marks": lambda n: "On Thu, May 16, 2024 at 8:41 AM Bo wrote\n> a\n" * (n // 2),
    "attributions above initials": lambda n: "On Thu, May 16, 2024, 8:41 AM, you wrote:\nA> B> C> x\n" * (n // 2),
    "lines between quoted ones": lambda n: f"> {'a ' * 36}\nwrapped\n" * (n // 2),
    "names under lines": lambda n: "Bo\n---\n" * (n // 2),
    "fields in one line": lambda n: "From: Bo <bo@example.net> Sent: 1 May To: me Subject: x\n" * n,
    "fields": lambda n: "From: Bo <bo@example.net>\n" * n,
    "fields and blanks": lambda n: "From: Bo\n\nTo: me\n\n" * (n // 4),
    "rules": lambda n: "____________________\n" * n,
    "rules and blanks": lambda n: "____________________\n" * (n // 2) + "\n" * (n // 2),
    "delimiters": lambda n: "-- \n" * n,
    "feet": lambda n: "Sent from my iPhone\n" * n,
    "feet and blanks": lambda n: "Sent from my iPhone\n\n" * (n // 2),
    "fences": lambda n: "```\n" * n,
    "open fences": lambda n: "".join(f"```{i}\n" for i in range(n)),
    "blanks": lambda n: "\n" * n,
    "disclaimers": lambda n: "This e-mail is nice\n\n" * (n // 2),
    "goodbyes": lambda n: "Regards\n" * n,
    "own and quoted in turn": lambda n: "> a\nb\n" * (n // 2),
    "dividers": lambda n: "original message\n" * n,
    "prompts": lambda n: ">>> x\ny\n" * (n // 2),
    "marked lines above the words that announce them": lambda n: "> a\nb\n" * (n // 2) + ANNOUNCED,
    "a disclaimer in one paragraph": lambda n: "This e-mail is confidential, addressee\n" * n,
    "disclaimers and words": lambda n: "This e-mail is confidential, addressee\n\nwords\n\n" * (n // 4),
    "two dashes": lambda n: "--\nwords\n" * (n // 2),
    "short rules": lambda n: "---\n" * n,
    "short rules and blanks": lambda n: "---\n\n" * (n // 2) + "Sent from my iPhone\n",
    "scanners": lambda n: "---\nchecked for viruses by AVG\n\n" * (n // 3),
    "titles above fields": lambda n: "--- a ---\nFrom: Bo\n" * (n // 2),
    "senders and dates": lambda n: "bo@example.net\n1.5.2024 10:00\n" * (n // 2),
    "feet of lists above a question": lambda n: "To unsubscribe\n" * n + "Why?\n",
    "feet of lists that are told of": lambda n: "To unsubscribe I tried\n" * n,
}


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE.keys())
def test_twice_the_lines_cost_twice_the_work(made):
    assert calls(made(2_000)) < calls(made(1_000)) * 2.4 + 500


def calls(body: str) -> int:
    """How many functions are called, of ours and of Python's, to cut it."""
    count = 0

    def counted(_frame: object, _event: str, _of: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(counted)
    try:
        cut(body)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "line", ["x" * 1_000_000, "> " * 500_000, "On " * 300_000 + "wrote:", "-" * 1_000_000, "@" * 1_000_000]
)
def test_a_line_without_end_is_looked_at_in_its_beginning_only(line):
    done = cut(f"before\n{line}\nafter")
    assert done.kept.startswith("before")
    assert calls(line) < 5_000
