"""Of a reply in HTML what its program wrapped as quoted or signed is cut, and the rest is Markdown."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.incoming.html_replies import cut_html
from community.incoming.records import CutKind

ATTRIBUTION = "On Thu, May 16, 2024 at 8:41 AM Bo &lt;<a href='mailto:bo@example.net'>bo@example.net</a>&gt; wrote:"
PROGRAMS = {
    "gmail": (
        f"<div dir=ltr>Yes.<div><br></div><div>Anna</div></div><div class='gmail_quote'>"
        f"<div class=gmail_attr>{ATTRIBUTION}<br></div><blockquote class=gmail_quote>well?</blockquote></div>",
        "Yes.\n\nAnna",
    ),
    "gmail, answers between": (
        f"<div class=gmail_quote><div class=gmail_attr>{ATTRIBUTION}</div>"
        "<blockquote class=gmail_quote>one?</blockquote><div>first</div>"
        "<blockquote class=gmail_quote>two?</blockquote><div>second</div></div>",
        "first\n\nsecond",
    ),
    "gmail, a forward": (
        "<div>See this.</div><div class=gmail_quote><div class=gmail_attr>---------- Forwarded message ---------<br>"
        "From: Bo</div><br>what he wrote</div>",
        "See this.",
    ),
    "outlook": (
        "<div class=WordSection1><p class=MsoNormal>Hi,<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        "<p class=MsoNormal>yes.<o:p></o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt'>"
        "<p class=MsoNormal><b>Von:</b> Bo</p></div></div><p class=MsoNormal>alt</p></div>",
        "Hi,\n\nyes.",
    ),
    "outlook web": (
        "<div>yes</div><div id=Signature>Anna, ACME</div><hr tabindex=-1><div id=divRplyFwdMsg><b>From:</b> Bo</div>"
        "<div>old</div>",
        "yes",
    ),
    "outlook mobile": (
        "<div>yes</div><div id='ms-outlook-mobile-signature'>Get Outlook</div>"
        "<div id='mail-editor-reference-message-container'><hr><b>From:</b> Bo</div>",
        "yes",
    ),
    "thunderbird": (
        "<p>Ja</p><div class='moz-cite-prefix'>Am 16.05.24 schrieb Bo:<br></div><blockquote type=cite>alt</blockquote>"
        "<p>unten</p><pre class='moz-signature'>-- \nAnna</pre>",
        "Ja\n\nunten",
    ),
    "ios mail": (
        "<div>Oui<br><div dir=ltr>Envoyé de mon iPhone</div><div dir=ltr><br><blockquote type=cite>Le 16 mai 2024 à "
        "08:41, Bo a écrit :</blockquote></div><blockquote type=cite><div>ça va ?</div></blockquote></div>",
        "Oui",
    ),
    "yahoo": (
        "<div>yes</div><div id='ydp1yahoo_quoted_7' class='yahoo_quoted'><div>On Thu, Bo wrote:</div>old</div>",
        "yes",
    ),
    "gmx": ("<div>ja</div><div name=quote style='border-left:2px solid'><div>Von: Bo</div>alt</div>", "ja"),
    "proton": (
        f"<div>yes</div><div class='protonmail_signature_block'>Sent with Proton</div><div class='protonmail_quote'>"
        f"{ATTRIBUTION}<br><blockquote class='protonmail_quote' type=cite>old</blockquote></div>",
        "yes",
    ),
    "zoho": (
        "<div>yes</div><div class='zmail_extra'>---- On Thu, Bo wrote ----<blockquote>old</blockquote></div>",
        "yes",
    ),
    "samsung": (
        "<div>ja</div><div id='composer_signature'>Von meinem Galaxy gesendet</div><div><!-- originalMessage -->"
        "<div>-------- Ursprüngliche Nachricht --------</div>Von: Bo</div>",
        "ja",
    ),
    "mail.ru": (
        "<div>да</div><blockquote style='border-left:1px solid #0857A6'>Четверг от Bo:<br>ну?</blockquote>",
        "да",
    ),
    "qq": ("<div>好</div><includetail><div>------------------ 原始邮件 ------------------</div>旧</includetail>", "好"),
    "plain text in HTML": ("<div>yes</div><div>On 16/05/2024 08:41, Bo wrote:</div><div>&gt; old</div>", "yes"),
    "outlook web, its style is hidden": (
        "<style type='text/css' style='display:none;'>P {margin-top:0}</style><div>yes</div><div id=appendonsend></div>"
        "<hr><div id=divRplyFwdMsg><b>From:</b> Bo</div><div>old</div>",
        "yes",
    ),
    "outlook web, an answer under the marks": (
        "<div id=divRplyFwdMsg>&nbsp;Hello,<br></div><div id=appendonsend></div><div>It works now.</div>",
        "Hello,\nIt works now.",
    ),
    "outlook web, its signature goes around the quote": (
        "<div>yes</div><div id=Signature><div>Anna<div id=divRplyFwdMsg><b>From:</b> Bo</div>old</div></div>older",
        "yes",
    ),
    "gmail, all within its wrapping": (
        f"<div class=gmail_quote><div>I tried it.</div><div class=gmail_quote><div class=gmail_attr>{ATTRIBUTION}</div>"
        "<blockquote class=gmail_quote>well?</blockquote></div></div>",
        "I tried it.",
    ),
    "gmail, an answer where the quote is announced": (
        "<div class=gmail_quote><div class=gmail_attr>Hi Bo,</div><div>it is the cable.</div></div>",
        "Hi Bo,\nit is the cable.",
    ),
    "gmail, an answer in the signature": (
        "<div><div class=gmail_signature><div>Hi Bo,</div><div>which of the antennas do you use, the small or the "
        f"large one?</div></div></div><div class=gmail_quote><div class=gmail_attr>{ATTRIBUTION}</div>"
        "<blockquote class=gmail_quote>well?</blockquote></div>",
        "Hi Bo,\nwhich of the antennas do you use, the small or the large one?",
    ),
    "thunderbird, an answer where the quote is announced": (
        "<div class=moz-cite-prefix>Hello,</div><div class=moz-cite-prefix>it is the cable.</div>"
        "<div class=moz-cite-prefix>Am 16.05.24 um 08:41 schrieb Bo:</div><blockquote type=cite>alt</blockquote>",
        "Hello,\nit is the cable.",
    ),
    "hidden and never closed": ("<p style='display:none'><div>yes</div>", "yes"),
    "an unknown one": (f"<div>yes</div><div>{ATTRIBUTION}</div><blockquote>old</blockquote>", "yes"),
}


@pytest.mark.parametrize(("html", "kept"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_what_the_author_wrote_is_kept_and_nothing_else(html, kept):
    assert cut_html(html).kept == kept


def test_what_was_cut_is_there_to_be_read():
    done = cut_html(PROGRAMS["outlook web"][0])
    assert [(piece.kind, piece.text) for piece in done.pieces] == [
        (CutKind.SIGNATURE, "Anna, ACME"),
        (CutKind.QUOTE, "From: Bo\nold"),
    ]


def test_lists_code_and_a_quote_between_the_authors_own_words_stay():
    html = (
        "<p>The manual says</p><blockquote>press <b>both</b></blockquote><p>so:</p><ul><li>one</li><li>two</li></ul>"
        "<pre>&gt; SELECT 1;\n-- \nx</pre>"
    )
    assert cut_html(html).kept == (
        "The manual says\n\n> press **both**\n\nso:\n\n- one\n- two\n\n```\n> SELECT 1;\n-- \nx\n```"
    )


def test_a_picture_in_the_text_keeps_its_place_and_one_that_spies_goes():
    html = (
        "<p>See <img src='cid:shot@x' alt='my [shot]'> here</p><img src='https://spy.example/x.gif' width=1 height=1>"
    )
    assert cut_html(html).kept == "See ![my shot](cid:shot@x) here"


def test_what_is_hidden_is_not_kept():
    assert cut_html("<div style='display: none'>preview</div><style>p{}</style><p>yes</p>").kept == "yes"


def test_marks_of_ours_cannot_be_written_from_outside():
    assert cut_html("<p>yes \ue0000\ue001 \ue0020\ue003</p>").kept == "yes 0 0"


HOSTILE = {
    "nested": lambda n: "<div>" * n,
    "nested quotes": lambda n: "<blockquote>" * n + "x",
    "wrappings": lambda n: "<div class=gmail_quote>" * n,
    "open tags": lambda n: "<a " * n,
    "angles": lambda n: "<" * n,
    "comments": lambda n: "<!--" * n,
    "quotes that stay open": lambda n: '<a b=">' * n,
    "tables": lambda n: "<table><tr><td>" * n,
    "hidden": lambda n: "<p style='display:none'>" * n,
    "marks": lambda n: "<div class=gmail_signature>x</div>" * n,
}


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE.keys())
def test_twice_the_tags_cost_twice_the_work(made):
    assert calls(made(1_000)) < calls(made(500)) * 2.4 + 1_000


def calls(html: str) -> int:
    count = 0

    def counted(_frame: object, _event: str, _of: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(counted)
    try:
        cut_html(html)
    finally:
        sys.setprofile(None)
    return count


TAGS = st.sampled_from(
    [
        "<div>",
        "</div>",
        "<blockquote>",
        "</blockquote>",
        "<div class=gmail_quote>",
        "<div id=divRplyFwdMsg>",
        "<p>",
        "<br>",
        "<!--",
        "-->",
        "<a href='",
        "<img src=cid:x>",
        "<ul><li>",
        "<pre>",
        "</pre>",
        "<td>",
        "&#xD800;",
        "&#0;",
        "�",
        "words",
        "<style>",
        "&gt; x",
        "<hr>",
        "<div class=gmail_signature>",
        "<span style='font-size:0'>",
        "\ue0009\ue001",
    ]
)


@settings(deadline=None)
@given(st.lists(st.one_of(TAGS, st.text(max_size=10)), max_size=30).map("".join))
def test_no_html_raises(html):
    cut_html(html)
