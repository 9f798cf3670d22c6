"""A message is taken apart: what it says is read as its sender meant it, and nothing in it is taken for more."""

import base64
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.content.text import clean_text, key
from community.incoming.reading import MAX_MESSAGE, MAX_RECIPIENTS, read
from community.incoming.records import Parsed, Unreadable
from community.incoming.transfer import unflowed
from tests.community.incoming.hostile import HTML, PLAIN, TOP, multipart


def mail(body: bytes | str = b"Hello\r\n", **fields: str | bytes) -> bytes:
    """A message with these header fields (`reply_to` is Reply-To), and the usual ones."""
    told: dict[str, str | bytes] = {"from": "Anna <anna@example.com>", "subject": "Hello", **fields}
    head = b"".join(
        name.replace("_", "-").encode() + b": " + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
        for name, value in told.items()
    )
    return head + b"\r\n" + (body if isinstance(body, bytes) else body.encode())


def kept(raw: bytes) -> str:
    return read(raw).cut.kept


# Who wrote it


@pytest.mark.parametrize(
    ("told", "sender", "name"),
    [
        ("anna@example.com", "anna@example.com", ""),
        ("Anna Berg <Anna@Example.COM>", "anna@example.com", "Anna Berg"),
        ('"Berg, Anna" <anna@example.com>', "anna@example.com", "Berg, Anna"),
        ("anna@example.com (Anna Berg)", "anna@example.com", "Anna Berg"),
        ("=?utf-8?q?J=C3=B6rg?= <j@example.com>", "j@example.com", "Jörg"),
        ("=?iso-8859-1?Q?J=F6rg?= =?iso-8859-1?Q?_M=FCller?= <j@example.com>", "j@example.com", "Jörg Müller"),
        ("Jörg <j@example.com>", "j@example.com", "Jörg"),
        ('"anna.berg"@example.com', "anna.berg@example.com", ""),
        ("Anna <anna@bücher.example>", "anna@xn--bcher-kva.example", "Anna"),
        ('"O\\"Hara" <o@example.com>', "o@example.com", 'O"Hara'),
        ("Anna (on the (big) phone) <anna@example.com>", "anna@example.com", "Anna"),
    ],
)
def test_who_wrote_it(told: str, sender: str, name: str) -> None:
    parsed = read(mail(**{"from": told}))
    assert (parsed.sender, parsed.sender_name) == (sender, name)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "Anna",
        "anna@example.com, boss@example.com",
        "Team: anna@example.com;",
        "Team: anna@example.com, boss@example.com;",
        "<boss@example.com> <anna@example.com>",
        "Anna <anna@example.com> boss@example.com",
        "boss@example.com <anna@example.com> x",
        '"boss@example.com"@evil.example',
        '"boss@example.com,"@evil.example',
        "boss@example.com@evil.example",
        "<@evil.example:boss@example.com>",
        "=?utf-8?q?boss=40example.com?=",
        "=?utf-8?q?boss?=@example.com",
        "=?utf-8?q?Boss_=3Cboss=40example.com=3E?=",
        "boss@example.com\x00.evil.example",
        "bo\x00ss@example.com",
        "boss @example.com",
        "boss@exam ple.com",
        "boss..x@example.com",
        ".boss@example.com",
        "boss@[127.0.0.1]",
        "boss@example..com",
        "boss@-example.com",
        "ｂoss@example.com",
        "bo\u200dss@example.com",
        "bo\u00adss@example.com",
        "boſs@example.com",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 250}.example",
        "(comment that never ends <boss@example.com>",
    ],
)
def test_where_it_is_not_told_without_doubt_who_wrote_it_nobody_did(told: str) -> None:
    assert read(mail(**{"from": told})).sender == ""


def test_of_several_from_fields_none_counts() -> None:
    one, other = b"From: anna@example.com\r\n", b"From : boss@example.com\r\n"
    assert read(one + other + b"\r\nHello").sender == ""
    assert read(other + one + b"\r\nHello").sender == ""
    assert read(one + b"fROM: anna@example.com\r\n\r\nHello").sender == ""


def test_a_name_is_never_another_address() -> None:
    for name in ('"boss@example.com"', "=?utf-8?q?boss=40example.com?=", '"boss ＠ example.com"'):
        parsed = read(mail(**{"from": f"{name} <anna@evil.example>"}))
        assert (parsed.sender, parsed.sender_name) == ("anna@evil.example", "")


def test_letters_of_another_alphabet_remain_another_address() -> None:
    parsed = read(mail(**{"from": "boss@exаmple.com"}))  # a Cyrillic а
    assert parsed.sender.startswith("boss@xn--")


def test_who_gets_it_is_bounded_and_each_named_once() -> None:
    many = ", ".join(f"p{n}@example.com" for n in range(300))
    parsed = read(mail(to="A <a@example.com>, a@example.com, broken", cc=many, delivered_to="Reply+X@lists.example"))
    assert parsed.to[:2] == ("a@example.com", "p0@example.com")
    assert len(parsed.to) == MAX_RECIPIENTS
    assert parsed.delivered_to == ("reply+x@lists.example",)


# Headers


@pytest.mark.parametrize(
    "told",
    [
        "Hello\r\n Bcc: boss@example.com",
        "=?utf-8?q?Hello=0D=0ABcc:_boss@example.com?=",
        "=?utf-8?b?SGVsbG8NCkJjYzogYm9zc0BleGFtcGxlLmNvbQ==?=",
        "Hello\x0b\x0c\x85\u2028Bcc: boss@example.com",
        "Hello\rBcc: boss@example.com",
        "Hello\x00 \x1b[31mBcc: boss@example.com",
    ],
)
def test_no_subject_and_no_name_brings_a_header_of_its_own(told: str) -> None:
    parsed = read(mail(subject=told, **{"from": f"{told.replace('@', ' ')} <anna@example.com>"}))
    for value in (parsed.subject, parsed.sender_name):
        assert value == "".join(value.splitlines())
        assert value.isprintable()
    assert "boss" not in "".join((parsed.sender, *parsed.to, *parsed.delivered_to))


def test_letters_cut_in_two_between_words_are_joined() -> None:
    assert read(mail(subject="=?utf-8?b?w6TD?=\r\n =?utf-8?b?tg==?= x")).subject == "äö x"
    assert read(mail(subject="Re: =?utf-8?q?a?= b =?utf-8?q?c?=")).subject == "Re: a b c"
    assert read(mail(subject="=?utf-8*de?q?gr=C3=BCn?=")).subject == "grün"
    assert read(mail(subject="=?nonsense?q?a?= =?utf-8?x?a?=")).subject == "a =?utf-8?x?a?="


def test_the_names_of_messages() -> None:
    parsed = read(
        mail(
            message_id="<a.b@example.com>",
            in_reply_to="Your message of Monday <one@example.com>",
            references="<r1@x.example> junk <r2@x.example>\r\n <r1@x.example>",
        )
    )
    assert parsed.message_id == "<a.b@example.com>"
    assert parsed.in_reply_to == ("<one@example.com>",)
    assert parsed.references == ("<r1@x.example>", "<r2@x.example>")
    assert read(mail(message_id="a@example.com")).message_id == "<a@example.com>"
    for broken in ("", "<>", "<a b@c>", "<" + "a" * 400 + "@b>", "words", "<a\x00@b>"):
        assert read(mail(message_id=broken)).message_id == ""


def test_of_too_many_references_the_first_and_the_last_are_kept() -> None:
    parsed = read(mail(references=" ".join(f"<{n}@example.com>" for n in range(500))))
    assert len(parsed.references) == 100
    assert (parsed.references[0], parsed.references[-1]) == ("<0@example.com>", "<499@example.com>")


def test_a_date_that_cannot_be_is_none() -> None:
    assert read(mail(date="Mon, 20 Jan 2025 10:00:00 +0100")).sent_at == datetime(2025, 1, 20, 9, tzinfo=UTC)
    assert read(mail(date="Mon, 20 Jan 2025 10:00:00")).sent_at == datetime(2025, 1, 20, 10, tzinfo=UTC)
    ahead = format_datetime(datetime.now(UTC) + timedelta(days=9))
    for broken in (
        "",
        "yesterday",
        ahead,
        "Mon, 1 Jan 0001 00:00:00 +2359",
        "Thu, 1 Jan 1970 00:00:00 +0000",
        "9" * 300,
    ):
        assert read(mail(date=broken)).sent_at is None


def test_what_is_no_mail_is_unreadable() -> None:
    for raw in (b"", b"\r\n\r\n", b"\x00\xff", b"Hello, this is no mail.\r\n"):
        with pytest.raises(Unreadable):
            read(raw)
    with pytest.raises(Unreadable) as refused:
        read(b"From: a@example.com\r\n\r\n".ljust(MAX_MESSAGE + 1, b"x"))
    assert refused.value.reason == "too_large"


# Texts


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-8", "Grüße – 你好".encode()),
        ("iso-8859-1", "Grüße – “so”".encode("cp1252")),
        ("us-ascii", "Grüße".encode()),
        ("us-ascii", "Grüße".encode("cp1252")),
        ("utf-8", "Grüße".encode("cp1252")),
        ("x-unknown", "Grüße".encode()),
        ("gb2312", "你好，镕".encode("gb18030")),
        ("iso-2022-jp", "こんにちは".encode("iso-2022-jp")),
        ("koi8-r", "Привет".encode("koi8-r")),
        ("windows-1251", "Привет".encode("cp1251")),
        ("big5", "你好".encode("big5")),
        ("euc-kr", "안녕".encode("cp949")),
        ("utf-16", "Grüße".encode("utf-16")),
        ("zlib", b"plain"),
        ("unicode_escape", b"\\u0041"),
        ("idna", b"xn--bcher-kva"),
        ("'utf-8", "ä".encode()),
        ("", "ä".encode()),
    ],
)
def test_a_text_is_read_in_its_charset_or_the_one_that_was_meant(charset: str, data: bytes) -> None:
    told = {
        "Grüße – 你好".encode(): "Grüße – 你好",
        b"\\u0041": "\\u0041",
    }.get(data)
    raw = mail(data, content_type=f'text/plain; charset="{charset}"')
    read_as = kept(raw)
    assert "\ufffd" not in read_as
    assert told is None or read_as == told
    wanted = {
        "iso-8859-1": "Grüße – “so”",
        "gb2312": "你好，镕",
        "iso-2022-jp": "こんにちは",
        "koi8-r": "Привет",
        "windows-1251": "Привет",
        "big5": "你好",
        "euc-kr": "안녕",
        "utf-16": "Grüße",
        "us-ascii": "Grüße",
        "x-unknown": "Grüße",
        "": "ä",
        "idna": "xn--bcher-kva",
    }
    assert charset not in wanted or read_as == wanted[charset]


def test_utf_7_is_not_decoded() -> None:
    assert "<script>" not in kept(mail(b"+ADw-script+AD4-", content_type="text/plain; charset=utf-7"))


def test_one_broken_byte_costs_one_letter() -> None:
    text = "Grüße aus dem Süden, wo die Bäume blühen.".encode()
    read_as = kept(mail(text + b"\xff" + text, content_type="text/plain; charset=utf-8"))
    assert read_as.count("\ufffd") == 1
    assert read_as.count("Grüße aus dem Süden") == 2


def test_what_cannot_be_stored_is_left_out() -> None:
    words = "wörds that go on for a while, so that the broken ones are few. " * 2
    raw = PLAIN + b"a\x00b\x1b[1mc\xed\xa0\x80d " + words.encode()
    assert kept(raw) == f"ab[1mc\ufffd\ufffd\ufffdd {words.strip()}"


@pytest.mark.parametrize(
    ("how", "data"),
    [
        ("base64", base64.b64encode(b"Hello there")),
        ("base64", b"SGVs\r\nbG8g!dGhlcmU"),
        ("BASE64 ", b"SGVsbG8gdGhlcmU"),
        ("quoted-printable", b"Hello=20the=\r\nre"),
        ("quoted-printable", b"Hello there=\r\n"),
        ("8bit", b"Hello there"),
        ("nonsense", b"Hello there"),
        ("x-uuencode", b"begin 644 a.txt\n+2&5L;&\\@=&AE<F4 \n`\nend\n"),
    ],
)
def test_what_was_done_for_the_way_is_undone(how: str, data: bytes) -> None:
    assert kept(mail(data, content_transfer_encoding=how)).strip() == "Hello there"


def test_lines_that_were_wrapped_on_the_way_are_whole_again() -> None:
    flowed = b"A long line \r\nthat goes on.\r\n From here\r\n"
    assert kept(mail(flowed, content_type="text/plain; format=flowed")) == "A long line that goes on.\nFrom here"
    assert kept(mail(b"ab \r\ncd", content_type="text/plain; format=flowed; delsp=yes")) == "abcd"
    quoted = "> quoted \n> words\n>> deeper \nown \n-- \nAnna"
    assert unflowed(quoted, deletes_space=False) == "> quoted words\n>> deeper \nown \n-- \nAnna"


# Which part is the body


def _alternative(plain: bytes, formatted: bytes) -> bytes:
    return multipart(
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + plain
        + b"\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        + formatted
        + b"\r\n--b--\r\n",
        b"alternative",
    )


def test_of_text_and_html_the_text_is_taken() -> None:
    assert kept(_alternative(b"Just *words*", b"<p>Just <i>words</i></p>")) == "Just *words*"


@pytest.mark.parametrize(
    ("plain", "formatted", "wanted"),
    [
        (b"", b"<p>Only here</p>", "Only here"),
        (b"Your program does not support HTML.", b"<p>" + b"Only here. " * 30 + b"</p>", "Only here."),
        (b"Do this: one two", b"<p>Do this:</p><ul><li>one</li><li>two</li></ul>", "- one"),
        (b"See the manual", b'<p>See <a href="https://example.com/m">the manual</a></p>', "(https://example.com/m)"),
        (b"Run make", b"<p>Run</p><pre>make\n  all</pre>", "make\n  all"),
    ],
)
def test_the_html_is_taken_where_it_holds_more(plain: bytes, formatted: bytes, wanted: str) -> None:
    assert wanted in kept(_alternative(plain, formatted))


def test_an_address_that_html_made_a_link_of_is_nothing_more() -> None:
    formatted = b'<p>anna@example.com <a href="https://example.com/">https://example.com/</a></p>'
    assert (
        kept(_alternative(b"anna@example.com https://example.com/", formatted))
        == "anna@example.com https://example.com/"
    )


def test_texts_between_pictures_belong_together() -> None:
    raw = multipart(
        b"--b\r\nContent-Type: text/plain\r\n\r\nbefore\r\n"
        b"--b\r\nContent-Type: image/png; name=a.png\r\nContent-Disposition: inline\r\n\r\n" + b"p" * 5_000 + b"\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nafter\r\n--b--\r\n"
    )
    parsed = read(raw)
    assert parsed.cut.kept == "before\nafter"
    assert [file.name for file in parsed.files] == ["a.png"]


def test_html_says_its_charset_itself() -> None:
    raw = TOP + b'Content-Type: text/html\r\n\r\n<meta charset="koi8-r"><p>' + "Привет".encode("koi8-r")
    assert kept(raw) == "Привет"
    assert kept(HTML + b"<p>plain <b>and</b> bold") == "plain **and** bold"


def test_enriched_text_is_its_words() -> None:
    assert kept(mail(b"<bold>Now</bold> I <<see", content_type="text/enriched")) == "Now I <see"


def test_a_boundary_that_is_not_there_makes_it_a_text() -> None:
    assert kept(multipart(b"Hello")) == "Hello"
    assert kept(mail(b"Hello", content_type="multipart/mixed")) == "Hello"
    assert kept(multipart(b"--b\r\n\r\nHello")) == "Hello"


# Signed, encrypted


def test_what_is_signed_is_read() -> None:
    raw = multipart(
        b"--b\r\nContent-Type: text/plain\r\n\r\nSigned words\r\n"
        b"--b\r\nContent-Type: application/pgp-signature; name=s.asc\r\n\r\nxyz\r\n--b--\r\n",
        b"signed",
    )
    assert (read(raw).cut.kept, read(raw).files, read(raw).left_out) == ("Signed words", (), ())
    inline = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n- - Anna\n-----BEGIN PGP SIGNATURE-----\nxyz\n"
    assert kept(mail(inline)) == "Hello\n- Anna"


@pytest.mark.parametrize(
    "raw",
    [
        multipart(b"--b\r\nContent-Type: application/octet-stream\r\n\r\nxyz\r\n--b--\r\n", b"encrypted"),
        mail("-----BEGIN PGP MESSAGE-----\n\nxyz\n-----END PGP MESSAGE-----\n"),
        mail("xyz", content_type="application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"),
    ],
)
def test_what_is_encrypted_is_said_to_be(raw: bytes) -> None:
    parsed = read(raw)
    assert parsed.cut.kept == ""
    assert parsed.left_out == ("an encrypted message, which nobody here can read",)
    assert not parsed.files


# Files


def _with_file(head: bytes, data: bytes = b"x" * 3_000) -> Parsed:
    return read(multipart(b"--b\r\n\r\nwords\r\n--b\r\n" + head + b"\r\n\r\n" + data + b"\r\n--b--\r\n"))


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b'Content-Disposition: attachment; filename="a b.txt"', "a_b.txt"),
        (b"Content-Type: text/plain; name=a.txt", "a.txt"),
        (b"Content-Disposition: attachment; filename*=utf-8''gr%C3%BCn.txt", "grün.txt"),
        (b"Content-Disposition: attachment; filename*0=a; filename*1=b.txt", "ab.txt"),
        (b"Content-Disposition: attachment; filename*0*=utf-8''%C3; filename*1*=%BC.txt", "ü.txt"),
        (b'Content-Disposition: attachment; filename="=?utf-8?q?gr=C3=BCn.txt?="', "grün.txt"),
        (b'Content-Disposition: attachment; filename="../../etc/passwd"', "passwd"),
        (b'Content-Disposition: attachment; filename="C:\\\\a\\\\b.txt"', "b.txt"),
        (b"Content-Disposition: attachment; filename*=utf-8''a%0D%0ABcc%3A%20x.txt", "a_Bcc_x.txt"),
        (b"Content-Disposition: attachment; filename*=utf-8''a%E2%80%AEtxt.exe", "atxt.exe"),
        (b"Content-Type: image/png", "image.png"),
        (b"Content-Type: message/rfc822", "message.eml"),
    ],
)
def test_a_file_has_a_name_that_is_safe(head: bytes, name: str) -> None:
    assert [file.name for file in _with_file(head).files] == [name]


def test_a_file_is_what_was_sent() -> None:
    data = bytes(range(256)) * 20
    head = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <c1@x>"
    (file,) = _with_file(head, base64.encodebytes(data)).files
    assert (file.data, file.content_type, file.content_id) == (data, "application/pdf", "c1@x")


def test_logos_and_marks_that_tell_who_reads_are_left_out() -> None:
    logo = _with_file(b"Content-Type: image/gif\r\nContent-ID: <logo>", b"GIF89a" + b"x" * 500)
    mark = _with_file(b"Content-Type: image/gif\r\nContent-ID: <m>", b"GIF89a\x01\x00\x01\x00" + b"x" * 9_000)
    assert not logo.files
    assert not mark.files
    assert logo.left_out == mark.left_out == ("small pictures, such as a signature has",)
    icon = _with_file(b"Content-Type: image/gif\r\nContent-Disposition: attachment; filename=icon.gif", b"GIF89a")
    assert [file.name for file in icon.files] == ["icon.gif"]


def test_the_same_file_comes_once_and_at_most_ten_come() -> None:
    part = b"--b\r\nContent-Type: application/pdf; name=%d.pdf\r\n\r\n%s\r\n"
    twice = read(multipart(part % (1, b"same") + part % (2, b"same") + b"--b--\r\n"))
    assert [file.name for file in twice.files] == ["1.pdf"]
    assert twice.left_out == ("a file that came twice (2.pdf)",)
    many = read(multipart(b"".join(part % (n, b"%d" % n) for n in range(14))))
    assert len(many.files) == 10
    assert many.left_out == ("more than 10 files",)


def test_a_file_in_a_text_is_a_file() -> None:
    parsed = read(PLAIN + b"See this:\nbegin 644 a.txt\n+2&5L;&\\@=&AE<F4 \n`\nend\nBye\n")
    assert parsed.cut.kept == "See this:\nBye"
    assert [(file.name, file.data.rstrip(b"\0 ")) for file in parsed.files] == [("a.txt", b"Hello there")]
    assert kept(PLAIN + b"begin 644 something new today\nis what we should do\n").startswith("begin 644 something")


def test_what_outlook_hides_is_named() -> None:
    parsed = _with_file(b"Content-Type: application/ms-tnef; name=winmail.dat")
    assert not parsed.files
    assert "winmail.dat" in parsed.left_out[0]


def test_a_message_as_the_standard_library_writes_it_is_read_back() -> None:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Jörg Müller <j@example.com>", "reply@lists.example", "Grüße 😀 " * 8
    made.set_content("Grüße\n" * 50)
    made.add_alternative("<p>Grüße</p>" * 50, subtype="html")
    made.add_attachment(b"\x00\x01" * 5_000, maintype="application", subtype="zip", filename="größe.zip")
    parsed = read(made.as_bytes())
    assert (parsed.sender, parsed.sender_name, parsed.subject) == (
        "j@example.com",
        "Jörg Müller",
        ("Grüße 😀 " * 8).strip(),
    )
    assert parsed.cut.kept == ("Grüße\n" * 50).strip()
    assert [(file.name, file.data) for file in parsed.files] == [("größe.zip", b"\x00\x01" * 5_000)]


# Whatever comes

_NAMES = (
    *("From", "To", "Cc", "Subject", "Date", "Message-ID", "References", "Content-Type", "Content-Transfer-Encoding"),
    *("Content-Disposition", "Reply-To", "Authentication-Results", "List-Id", "Delivered-To", "Content-ID"),
)
_BITS = (
    *('"', "\\", "<", ">", "(", ")", ";", ":", ",", "@", "=", "?", "=?utf-8?q?", "=?", "?=", "\r\n ", "\n\t", "\x00"),
    *("a", "example.com", "utf-8", "boundary=b", "charset=", "multipart/mixed", "multipart/alternative", "text/html"),
    *("base64", "quoted-printable", "filename*0*=", "''", "%41", "format=flowed", "dmarc=pass", "header.from=", "--b"),
    *("ä", "\u202e", "\u200d", "\ud800", "message/rfc822", "message/delivery-status", "multipart/report"),
)
_value = st.lists(st.sampled_from(_BITS) | st.text(max_size=5), max_size=12).map("".join)
_soup = st.lists(st.tuples(st.sampled_from(_NAMES), _value), max_size=12)
_lines = st.lists(
    st.sampled_from(("--b", "--b--", "", "begin 644 a", "end", "<p>x", "> x", "Content-Type: text/html"))
    | st.builds("{}: {}".format, st.sampled_from(_NAMES), _value)
    | st.text(max_size=20),
    max_size=20,
)


def _ends_well(raw: bytes) -> None:
    try:
        parsed = read(raw, authserv="mx.lists.example", own_domains=("lists.example",))
    except Unreadable as told:
        assert str(told)
        return
    for line in (parsed.subject, parsed.sender_name, parsed.reply_to_name, parsed.message_id, parsed.list_id):
        assert line == clean_text(line)
        assert "\n" not in line
    for address in (parsed.sender, parsed.reply_to, *parsed.to, *parsed.delivered_to):
        assert address == key(address)
        assert address.count("@") in {0, 1}
    assert parsed.cut.kept == clean_text(parsed.cut.kept)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_end_well(raw: bytes) -> None:
    _ends_well(raw)
    _ends_well(TOP + raw)


@settings(max_examples=100, deadline=None)
@given(_soup, _lines)
def test_any_soup_of_headers_ends_well(soup: list[tuple[str, str]], lines: list[str]) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in soup)
    _ends_well((head + "\r\n" + "\r\n".join(lines)).encode("utf-8", "surrogatepass"))
