"""Which words make a post wait: made-up support numbers however they are written, and hardly ever a real question."""

import re

import pytest

from community.content.suspicion import Entry, Reason, as_read, foreign_hosts, marks_of, needed, suspect
from tests.community.scams import LINKS, LURES, NUMBERS, SCAMS

#: Made-up posts with everything that real ones are full of: versions, serials, dates, logs, addresses, prices.
REAL = [
    "Since the update to 102.15.1 the router shows a red light. Model NW-2200, serial 4711-0815-2342-99.",
    "The log says 2026-11-22 10:15:33.120 wan0: 192.168.178.1 -> 203.0.113.77 timeout, then error 0x80004005.",
    "Is there a number I could call? The support page only shows a form.",
    "I called customer support yesterday and they told me to ask here. Ticket 20261122-0042.",
    "Which phone works with the app? Mine is a Fairphone 5 with Android 14, build 2024.08.01.1230.",
    "IMAP port 993, SMTP 587, password 1234567890 does not help (I changed it, of course).",
    "The part number is 8005550143-A according to the label.",
    "It costs 1.299,00 EUR here and 1 200 000 IDR there, why?",
    "My IBAN ends in 3000, the order number is 100 200 300.",
    "I hold the button for ten seconds, then it blinks one, two, three times and goes dark.",
    "See [the guide](https://docs.nordwave.example/reset) and [page 2](https://docs.nordwave.example/reset?p=2).",
    "Call me old-fashioned, but I want a manual. 350 pages, ISBN 978-3-16-148410-0.",
    "Wer kann helfen? Der Roller bremst seit Version 4.2.0 von selbst, Rahmennummer VX2024-118-3390.",
    "¿Alguien sabe el teléfono del soporte? No lo encuentro.",
    "Backup took 00:45:12, 1234567890 bytes in 8 files, 10.0.0.255 answered.",
    "MAC 00:1B:44:11:3A:B7, firmware 7.2.3.1000, uptime 80055501 seconds.",
]


def weight(text: str, **how: object) -> int:
    return suspect(text, re.findall(r"https?://[^\s)]+", text), **how).weight  # type: ignore[arg-type]


@pytest.mark.parametrize("text", SCAMS)
def test_each_scam_is_held_for_somebody_new(text: str) -> None:
    assert weight(text) >= 50


@pytest.mark.parametrize("text", NUMBERS)
def test_a_made_up_support_number_is_held_for_members_too(text: str) -> None:
    assert weight(text) >= 70


def test_there_are_sixty_and_no_two_alike() -> None:
    assert len(set(SCAMS)) == len(NUMBERS) + len(LURES) + len(LINKS) == 60


@pytest.mark.parametrize("text", REAL)
def test_real_posts_show_at_once(text: str) -> None:
    assert weight(text, welcome={"nordwave.example"}) < 50


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("１－８００", "1-800"),
        ("1️⃣8️⃣0️⃣0️⃣", "1800"),
        ("➊➑⓪", "180"),
        ("1\u200b8\u200d0\u00ad0", "1800"),
        ("one eight zero oh", "1 8 0 0"),
        ("eins acht null null", "1 8 0 0"),
        ("one more time", "one more time"),
    ],
)
def test_digits_are_read_as_an_eye_reads_them(written: str, read: str) -> None:
    assert as_read(written).strip() == read


def test_the_brands_own_hosts_and_what_is_below_them_are_no_foreign_links() -> None:
    text = "[nordwave.example](https://eu.nordwave.example/x)"
    assert suspect(text, ["https://eu.nordwave.example/x"], welcome={"nordwave.example"}).reasons == ()
    other = suspect("See", ["https://notnordwave.example/", "https://bit.ly/x"], welcome={"nordwave.example"})
    assert other.reasons == (Reason.ODD_LINKS,)


def test_a_field_nobody_sees_and_inhuman_speed() -> None:
    long = "It has been red since the update and nothing that I tried has helped so far, not even a new cable."
    assert suspect(long, [], entry=Entry(trapped=True)).weight >= 100
    assert suspect(long, [], entry=Entry(seconds=0.4)).reasons == (Reason.QUICK,)
    assert suspect(long, [], entry=Entry(seconds=0.4)).weight < 50
    assert suspect("Yes", [], entry=Entry(seconds=0.4)).reasons == ()


POST = (
    "Our team repairs every router in one day, at your home or by post, with a guarantee of three years on all parts "
    "and a discount for everybody who comes from this forum."
)


def shared(one: str, other: str) -> bool:
    mine, theirs = marks_of(one, b"key"), marks_of(other, b"key")
    return len(set(mine) & set(theirs)) >= needed(mine)


def test_the_same_text_is_found_again_though_a_word_or_the_letters_changed() -> None:
    assert shared(POST, POST.replace("discount", "rebate"))
    assert shared(POST, POST.upper().replace(" ", "  "))
    assert not shared(POST, "I have had the same red light since the update, on a router of the year before, and a new "
                            "cable did not help me either, so what else could I try before I send it in?")  # fmt: skip


def test_marks_need_the_key_enough_words_and_no_quote() -> None:
    assert not set(marks_of(POST, b"key")) & set(marks_of(POST, b"other"))
    assert marks_of("Thank you, that worked!", b"key") == []
    assert marks_of(f"> {POST}\n\nI agree.", b"key") == []


@pytest.mark.parametrize("text", ["1 " * 15_000, "(" * 30_000, "one " * 7_000, "[a.b](" * 5_000, "+1" * 15_000])
def test_no_text_keeps_the_patterns_busy_for_ever(text: str) -> None:
    assert suspect(text, [text[:200]]).weight < 50
    assert len(marks_of(text, b"key")) <= 8


@pytest.mark.parametrize(
    "link", ["http://192.168.100.1/overview.cgi", "http://fritz.box/", "http://printer.local:631", "http://[fe80::1]/"]
)
def test_the_page_of_ones_own_router_leads_nobody_elsewhere(link: str) -> None:
    assert foreign_hosts([link], ()) == set()
    assert foreign_hosts([link, "http://8.8.8.8/", "https://my-router.example/"], ()) == {
        "8.8.8.8",
        "my-router.example",
    }
