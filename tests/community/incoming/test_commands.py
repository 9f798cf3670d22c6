"""Words that do something when a reply is nothing else: in three languages, however typed, and never by chance."""

import pytest
from django.utils import translation

from community.incoming.commands import ACCEPT, LEAVE, WORDS, command_of, word_for


@pytest.mark.parametrize(
    ("word", "command"), [(word, name) for name, all_ in WORDS.items() for words in all_.values() for word in words]
)
@pytest.mark.parametrize("typed", ["{}", " {}\n", "#{}", "/{}", "{}.", "{}!", "**{}**", "\\#{}", "# {}"])
def test_a_word_alone_is_a_command_however_it_is_typed(word: str, command: str, typed: str) -> None:
    assert command_of(typed.format(word)) == command
    assert command_of(typed.format(word.upper())) == command
    assert command_of(typed.format(word.title())) == command


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "accept?",
        "accept it",
        "I accept",
        "accept\n\nThank you!",
        "Accept, but only with the small button.",
        "> accept",
        "leave the light on",
        "stop stop",
        "https://x.example/accept",
        "unaccept",
        "leave@example.com",
        "ACCEPT" + " " * 200,
        "accept" * 50,
        "\u0000accept",
        "##accept",
        "#" * 1_000_000,
        "a" * 1_000_000,
    ],
)
def test_whatever_else_is_in_a_reply_it_is_a_reply(kept: str) -> None:
    assert command_of(kept) == ""


def test_an_umlaut_of_two_characters_is_the_same_word_and_one_without_is_understood() -> None:
    assert command_of("gelo\u0308st") == command_of("Geloest") == ACCEPT


@pytest.mark.parametrize(("language", "accept", "leave"), [("en", "accept", "leave"), ("de", "annehmen", "abmelden")])
def test_each_reader_is_told_the_word_of_their_language(language: str, accept: str, leave: str) -> None:
    with translation.override(language):
        assert (word_for(ACCEPT), word_for(LEAVE)) == (accept, leave)
    with translation.override("pt-br"):
        assert word_for(ACCEPT) == "accept"
