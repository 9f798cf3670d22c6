"""Messages that nobody sends for a good reason, each built to cost whoever reads it time, memory or a crash."""

import base64
from collections.abc import Callable

TOP = b"From: Anna <anna@example.com>\r\nTo: reply@lists.example\r\nSubject: Hello\r\nMIME-Version: 1.0\r\n"
PLAIN = TOP + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = TOP + b"Content-Type: text/html; charset=utf-8\r\n\r\n"


def multipart(content: bytes, kind: bytes = b"mixed", boundary: bytes = b"b") -> bytes:
    return TOP + b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind, boundary) + content


def _lines() -> bytes:
    return (
        PLAIN
        + b"".join(b"> quoted line %d of a long mail that goes on\r\n" % n for n in range(10_000))
        + (b"an ordinary line of somebody who writes a lot\r\n" * 10_000)
    )


def _carbon_copies() -> bytes:
    told = b",\r\n ".join(b'"Person %d" <person%d@company-%d.example>' % (n, n, n) for n in range(10_000))
    return TOP + b"Cc: " + told + b"\r\n\r\nHello\r\n"


def _nested() -> bytes:
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(1_000))
    return TOP + opened + b"Content-Type: text/plain\r\n\r\nDeep\r\n"


def _nested_messages() -> bytes:
    return TOP + b"Content-Type: message/rfc822\r\n\r\n" * 1_000 + b"Deep\r\n"


def _headers() -> bytes:
    return TOP + b"".join(b"X-Header-%d: value\r\n" % n for n in range(100_000)) + b"\r\nHello\r\n"


def _long_line() -> bytes:
    return PLAIN + b"word " * 2_000_000 + b"\r\n"


def _bomb() -> bytes:
    zeros = base64.encodebytes(bytes(17_000_000))
    return TOP + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + zeros


def _padding() -> bytes:
    return TOP + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"QQ==" * 6_000_000


def _many_parts() -> bytes:
    return multipart(b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 50_000)


def _many_html_parts() -> bytes:
    return multipart(b"--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n" * 50_000)


def _nearly_boundaries() -> bytes:
    return multipart(b"--bb\n" * 4_000_000, boundary=b"b")


def _files() -> bytes:
    part = b'--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename="%d.png"\r\n\r\n%s\r\n'
    return multipart(b"".join(part % (n, b"%d" % n * 1_000_000) for n in range(10, 22)))


def _words() -> bytes:
    return TOP.replace(b"Hello", b"=?utf-8?b?" + b"=?utf-8?q?=41?= " * 55_000) + b"\r\nHello\r\n"


def _many_words() -> bytes:
    return TOP.replace(b"Hello", b"\r\n ".join([b"=?utf-8?q?=F0=9F=98=80?="] * 20_000)) + b"\r\nHello\r\n"


def _pieces() -> bytes:
    told = b"".join(b"; filename*%d*=%%41%%42" % n for n in range(40_000))
    return multipart(b"--b\r\nContent-Disposition: attachment" + told + b"\r\n\r\nx\r\n--b--\r\n")


def _parameters() -> bytes:
    return TOP + b"Content-Type: text/plain; " + b'a="\\"' * 150_000 + b"\r\n\r\nHello\r\n"


def _brackets() -> bytes:
    return TOP.replace(b"Anna <anna@example.com>", b"(" * 400_000 + b"a@b.example") + b"\r\nHello\r\n"


def _quotes() -> bytes:
    return TOP + b"Cc: " + b'"\\' * 200_000 + b"\r\nReply-To: " + b"<" * 200_000 + b"\r\n\r\nHello\r\n"


def _results() -> bytes:
    return TOP + b"Authentication-Results: mx.lists.example; " + b"dmarc=pass (" * 40_000 + b"\r\n\r\nHello\r\n"


def _html_nested() -> bytes:
    return HTML + b"<div>" * 400_000 + b"Hello"


def _html_quotes() -> bytes:
    return HTML + b"<blockquote>" * 50_000 + b"Hello" + b"</blockquote>" * 50_000


def _html_entities() -> bytes:
    return HTML + b"<p>&amp;&lt;b&gt;*_[](" * 60_000


def _html_anchors() -> bytes:
    anchors = b"<a " * 100_000 + (b"<a href=" + b"x" * 2_600) * 200 + (b"<a" + b" href=x" * 200) * 400
    return multipart(
        b"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: text/html\r\n\r\n" + anchors,
        b"alternative",
    )


def _html_large() -> bytes:
    return HTML + b"<p>An <b>ordinary</b> line of <a href='https://example.com/'>words</a>.</p>\r\n" * 300_000


def _marks() -> bytes:
    return PLAIN + b"a" + "̖́".encode() * 1_000_000


def _controls() -> bytes:
    return TOP + b"Content-Type: text/plain; charset=utf-16\r\n\r\n" + bytes(range(256)) * 40_000


def _flowed() -> bytes:
    return TOP + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"> word \r\n" * 200_000


def _uuencoded() -> bytes:
    return PLAIN + b"begin 644 a\n" * 150_000


def _blank() -> bytes:
    return PLAIN + b" \t\r\n" * 500_000


def _bare_returns() -> bytes:
    return TOP + b"X: " + b"\r" * 400_000 + b"\r\n\r\n" + b"\r" * 5_000_000


def _folds() -> bytes:
    return TOP + b"References: " + b"<a@b.example>\r\n " * 50_000 + b"\r\n\r\nHello\r\n"


def _fills() -> bytes:
    """As large as is taken at all, and every part of it is a file."""
    part = b"--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return multipart(b"".join(part + base64.encodebytes(b"pdf%d" % n * 450_000) + b"\r\n" for n in range(10)))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "20,000 lines": _lines,
    "10,000 addresses in Cc": _carbon_copies,
    "1,000 nested parts": _nested,
    "1,000 nested messages": _nested_messages,
    "100,000 header fields": _headers,
    "one line of 10 MB": _long_line,
    "17 MB of zeros in base64": _bomb,
    "24 MB of padding": _padding,
    "50,000 parts": _many_parts,
    "50,000 parts of HTML": _many_html_parts,
    "4,000,000 lines that are nearly a boundary": _nearly_boundaries,
    "12 large files": _files,
    "words in words": _words,
    "20,000 words in a subject": _many_words,
    "a file name in 40,000 pieces": _pieces,
    "150,000 parameters": _parameters,
    "400,000 brackets": _brackets,
    "quotes that never end": _quotes,
    "results that never end": _results,
    "400,000 nested elements": _html_nested,
    "50,000 nested quotes": _html_quotes,
    "1 MB of characters to escape": _html_entities,
    "links that never end": _html_anchors,
    "20 MB of HTML": _html_large,
    "2,000,000 combining marks": _marks,
    "10 MB of controls": _controls,
    "200,000 lines that flow": _flowed,
    "150,000 files that begin": _uuencoded,
    "500,000 blank lines": _blank,
    "5,000,000 carriage returns": _bare_returns,
    "50,000 references": _folds,
    "25 MB of files": _fills,
}
