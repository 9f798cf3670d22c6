"""Bytes of a message as text, whatever it says they are: mail programs say it wrongly, or not at all."""

import codecs
import re

from community.content.text import clean_text

#: What mail programs write, and the wider set in which it is read: the narrow one is hardly ever meant.
_WIDER = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "big5": "big5hkscs",
}
#: Text encodings as Python names them. The others are no charsets of mail; UTF-7 and its like hide markup, and some
#: take quadratic time.
_TAKEN = re.compile(
    r"ascii|utf-8|utf-8-sig|utf-16(?:-[lb]e)?|utf-32(?:-[lb]e)?|iso8859-\d{1,2}|cp\d{3,4}|koi8-[rut]|gb2312|gbk|gb18030"
    r"|big5(?:hkscs)?|hz|shift_jis(?:_2004|x0213)?|euc_(?:jp|jis_2004|jisx0213|kr)|iso2022_(?:jp(?:_[123]|_2004|_ext)?|kr)"
    r"|johab|mac-[a-z]{2,10}|tis-620|kz1048|ptcp154|hp-roman8"
)
_ALIASES = {
    "x-sjis": "cp932",
    "ansi_x3.4-1968": "ascii",
    "x-gbk": "gbk",
    "x-mac-roman": "mac-roman",
    "iso-8859-8-i": "iso8859-8",
}
_WRONG = re.compile("[\x00\ud800-\udfff]")


def decode(data: bytes, charset: str) -> str:
    """The text, never failing: as it says, else as UTF-8, else as Windows Latin."""
    told = codec_of(charset)
    for name in (told, None if told and told.startswith(("iso2022", "hz")) else "utf-8"):
        if name is not None:
            try:
                return data.decode(name)
            except (UnicodeError, ValueError):
                continue
    # Mostly right is better than another alphabet: a broken byte in twenty is no reason to guess.
    read = data.decode(told or "utf-8", "replace")
    return read if read.count("\ufffd") * 20 <= len(read) else data.decode("cp1252", "replace")


def codec_of(charset: str) -> str | None:
    """The codec for a charset; None for one that is unknown or not taken."""
    told = charset.strip().strip("\"'").lower()
    if not told or len(told) > 40 or not told.isascii() or "\x00" in told:
        return None
    try:
        name = codecs.lookup(_ALIASES.get(told, told)).name
    except (LookupError, ValueError):
        return None
    return _WIDER.get(name, name) if _TAKEN.fullmatch(name) else None


def clean(text: str) -> str:
    """As we store text (content/text.py), where what cannot be stored is left out: the sender cannot be asked."""
    return clean_text(_WRONG.sub(lambda match: "" if match[0] == "\x00" else "\ufffd", text))


def one_line(text: str, most: int) -> str:
    """The same on one line of bounded length: no header, log line or page can be broken with it."""
    return " ".join(clean(text[: most * 8]).split())[:most].rstrip()
