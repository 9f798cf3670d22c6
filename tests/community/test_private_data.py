"""What looks private in a text is pointed out, and what only looks like numbers is left alone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.content.private_data import (
    BadPattern,
    Kind,
    check_patterns,
    find_private,
    mask,
    passes_luhn,
    passes_mod_97,
    take_out,
)


def kinds(text: str, **options: object) -> list[str]:
    return [each.kind.value for each in find_private(text, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "piece", "kind"),
    [
        ("Write to anna.berg@gmail.com, please.", "anna.berg@gmail.com", "email"),
        ("Mein Konto (h-w.decker@outlook.de)", "h-w.decker@outlook.de", "email"),
        ("[me](mailto:carl@sbcglobal.net)", "carl@sbcglobal.net", "email"),
        ("Call me: +49 89 1234 5670", "+49 89 1234 5670", "phone"),
        ("my number is (775) 747-4666.", "(775) 747-4666", "phone"),
        ("Handy 0171 2345670", "0171 2345670", "phone"),
        ("Tel. 08131-81925.", "08131-81925", "phone"),
        ("card 4012 8888 8888 1881 was charged", "4012 8888 8888 1881", "card"),
        ("378282246310005", "378282246310005", "card"),
        ("5105-1051-0510-5100", "5105-1051-0510-5100", "card"),
        ("to DE89 3704 0044 0532 0130 00 please", "DE89 3704 0044 0532 0130 00", "iban"),
        ("GB82WEST12345698765432", "GB82WEST12345698765432", "iban"),
        ("password: hunter2", "hunter2", "secret"),
        ('"api_key": "f3Kd93kfls93"', "f3Kd93kfls93", "secret"),
        ("Authorization: Bearer abc.def-123456", "abc.def-123456", "secret"),
        ("git clone https://anna:s3cret@host.net/x", "s3cret", "secret"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "secret"),
        ("key VK7JG-NPHTM-C97JM-9MPGT-3V66T works", "VK7JG-NPHTM-C97JM-9MPGT-3V66T", "secret"),
    ],
)
def test_what_is_private_is_found_where_it_stands(text: str, piece: str, kind: str) -> None:
    (found,) = find_private(text)
    assert (found.text, found.kind.value) == (piece, kind)
    assert text[found.start : found.end] == piece


@pytest.mark.parametrize(
    "text",
    [
        "It is version 2.10.4.1187 (build 20240131-1422), since 2024-01-31 14:22:07.123.",
        "Error 0x80070057 at 192.168.178.1:8080, MAC 00:1A:2B:3C:4D:5E",
        "Part no. 12-3456-7890 costs 1,299.00 EUR, order 4711 0815",
        "[  123.456789] usb 1-1: new high-speed device number 4 using xhci_hcd 0000:00:14.0",
        "4111 1111 1111 1112 fails its check",
        "4242424242424242424242 is too long for a card",
        "id 2db7bbba-8033-4666-8451-4562018a191",
        "Call 1-800-555-0199 or 555-0123, says the manual",
        "write to support@, you@example.com, name@domain.com or noreply@brand.net",
        "git@github.com:org/project.git and systemd user@1000.service failed",
        "true  ddg@search.mozilla.org",
        "My password: I forgot it. Password: required. passwd=******* token: null",
        "The secret: patience and coffee.",
        "Ratio 3:2, 100% of 16:9, +5 dB, +10 000 rpm",
        "DE00 3704 0044 0532 0130 00",
        "Between 2019-2020 and 01.02.2024 - 03.04.2024",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert find_private(text) == []


def test_the_brands_own_addresses_are_nobodys_and_are_asked_for_only_where_there_is_one() -> None:
    asked = []

    def own() -> list[str]:
        asked.append(1)
        return ["Care@Nordwave.net"]

    assert kinds("Nothing here", own=own) == []
    assert not asked
    assert kinds("Write to care@nordwave.net or anna@nordwave.net", own=own) == ["email"]


def test_a_boards_patterns_find_its_serial_numbers_and_nothing_in_them_is_an_expression() -> None:
    patterns = "NW-####-@@##\n(.*)+####"
    (found,) = find_private("It says nw-2041-xk77 below.", patterns=patterns)
    assert (found.text, found.kind) == ("nw-2041-xk77", Kind.SERIAL)
    assert kinds("NW-2041-XK778 and XNW-2041-XK77", patterns=patterns) == []
    assert kinds("(.*)+1234", patterns="(.*)+####") == []  # it stands for a letter or digit between dots and brackets
    assert kinds("(.7)+1234", patterns="(.*)+####") == ["serial"]
    assert kinds("anything else", patterns="####\n" * 500) == []


@pytest.mark.parametrize("lines", ["##", "A-#", "*" * 41, "####\n" * 21])
def test_a_pattern_that_would_be_found_everywhere_is_refused(lines: str) -> None:
    with pytest.raises(BadPattern):
        check_patterns(lines)
    assert check_patterns(" NW-####-@@ \n\n") == "NW-####-@@"


def test_two_finds_never_overlap_and_can_be_taken_out() -> None:
    text = "password: anna@gmail.com and +49 89 1234567, anna@gmail.com"
    found = find_private(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert take_out(text, found, "…") == "password: … and …, …"


def test_what_is_shown_of_a_find_is_not_the_find() -> None:
    assert mask("anna.berg@gmail.com") == "an••••••••om"
    assert mask("hunter2") == "h•••••"


@given(st.text(max_size=400))
def test_any_text_is_read_and_every_find_is_a_place_in_it(text: str) -> None:
    for found in find_private(text, patterns="##@@**"):
        assert text[found.start : found.end] == found.text
        assert found.text


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_one_wrong_digit_is_never_a_card(number: int) -> None:
    digits = str(number).zfill(15)
    right = [last for last in "0123456789" if passes_luhn(digits + last)]
    assert len(right) == 1
    assert passes_mod_97("DE89370400440532013000")
    assert not passes_mod_97("DE88370400440532013000")


@pytest.mark.parametrize(
    "piece", ["+" + "1" * 40 + "a ", "a@", "a.a@a.a.", "-eyJ", "password: ", "4111 1111 ", "DE00 ", "tel: 1-", "AAAAA-"]
)
def test_no_text_keeps_the_reader_busy(piece: str) -> None:
    """Each is the worst there is for one of the rules; one that goes back and forth would not end within the limit."""
    text = piece * (30_000 // len(piece))
    assert len(find_private(text, patterns="AB##@@")) <= 200
