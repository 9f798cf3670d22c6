"""Whether what a program marks as announcing a quote does: people write into these elements as well.

Only so much is looked at ahead, however long the mail is.
"""

from collections.abc import Sequence
from itertools import islice

from community.incoming.html_parts import Tag, is_announcement, signature_or_quote
from community.incoming.records import CutKind

MAX_AHEAD = 40  # tags and texts
MAX_WORDS = 500  # characters of an announcement
_INLINE = frozenset({"a", "b", "i", "em", "strong", "span", "font", "u", "o:p", "wbr", "cite"})
_COLONS = (":", "：")


def announces_around(parts: Sequence[Tag | str], at: int) -> bool:
    """Whether the wrapping that opens at `at` has a quote soon, and before it nothing but who is quoted."""
    words: list[str] = []
    depth = 1
    for here in range(at + 1, min(len(parts), at + 1 + MAX_AHEAD)):
        part = parts[here]
        if isinstance(part, str):
            words.append(part)
        elif part.name == "div" and part.closes:
            depth -= 1
            if depth == 0:
                return False
        elif not part.closes:
            if is_announcement(part):
                return not _joined(words) and announces_itself(parts, here)
            if part.name == "blockquote" or signature_or_quote(part) is CutKind.QUOTE:
                text = _joined(words)
                return not text or names_who(text) or text.endswith(_COLONS)
            depth += part.name == "div"
    return False


def announces_itself(parts: Sequence[Tag | str], at: int) -> bool:
    """Whether the element that opens at `at` says who is quoted, and no more."""
    name, words, depth = parts[at].name, [], 1  # type: ignore[union-attr]
    for here in range(at + 1, min(len(parts), at + 1 + MAX_AHEAD)):
        part = parts[here]
        if isinstance(part, str):
            words.append(part)
        elif part.name == name:
            depth += -1 if part.closes else 1
            if depth == 0:
                text = _joined(words)
                return names_who(text) or (text.endswith(_COLONS) and _is_quote_next(parts, here + 1))
    # What is longer tells by its beginning: a forward's header.
    return names_who(_joined(words)[:MAX_WORDS])


def announces_header(parts: Sequence[Tag | str], at: int) -> bool:
    """Whether a header ("From: ...") or a line with "Original Message" comes next."""
    words: list[str] = []
    for part in islice(parts, at + 1, at + 1 + MAX_AHEAD):
        if isinstance(part, str):
            words.append(part)
        elif part.name not in _INLINE and _joined(words):
            break
    text = _joined(words)[:60]
    return text.startswith(("-", "_")) or any(colon in text for colon in _COLONS)


def names_who(text: str) -> bool:
    """Whether this reads like "On 5 May Anna <a@x.example> wrote:", whatever the language."""
    if not text or len(text) > MAX_WORDS:
        return False
    has_digit = any(c.isdigit() for c in text)
    return (has_digit and ("@" in text or text.endswith(_COLONS))) or text.startswith(("---", "___"))


def _is_quote_next(parts: Sequence[Tag | str], at: int) -> bool:
    for part in islice(parts, at, at + MAX_AHEAD):
        if isinstance(part, str):
            if part.strip():
                return False
        elif not part.closes and part.name not in ("br", "div", "p", "span"):
            return part.name == "blockquote"
    return False


def _joined(words: list[str]) -> str:
    return " ".join("".join(words).split())
