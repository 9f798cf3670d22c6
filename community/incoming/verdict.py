"""What the own mail host says of the sender: its Authentication-Results field (RFC 8601), and nobody else's.

Pure. Anybody can write such a field into a mail. The own host puts its own on top of what arrives, so of those that
bear its name the topmost is its word; one below may be the sender's and can only do harm to the mail, never good. What
others vouch for (ARC) counts for nothing.
"""

import re
from collections.abc import Iterator, Sequence

from community.incoming.fields import ascii_domain
from community.incoming.records import Verdict

#: Longer ones are nobody's: hosts write a few hundred characters.
_MOST = 20_000
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"|([;=()/])|([^\s";=()/\\]++)|\\.|.', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def verdict_of(results: Sequence[str], *, authserv: str, sender: str) -> Verdict:
    """What `authserv` found about the domain of `sender`. `results` are the message's fields, the topmost first."""
    domain = sender.rpartition("@")[2]
    if not authserv or not domain:
        return Verdict.NONE
    own = [told for each in results if (told := _dmarc(each, authserv)) is not None]
    if not own:
        return Verdict.NONE
    if any(result == "fail" for told in own for result, _ in told) or len({result for result, _ in own[0]}) > 1:
        return Verdict.FAIL
    if not own[0]:
        return Verdict.NONE
    result, named = own[0][0]
    if result != "pass" or not named:
        return Verdict.NONE
    # A pass for another domain is about another From than the one we read.
    return Verdict.PASS if all(ascii_domain(each) == domain for _, each in own[0]) else Verdict.FAIL


def _dmarc(field: str, authserv: str) -> list[tuple[str, str]] | None:
    """The DMARC results of a field with their header.from; None for a field of another host."""
    if len(field) > _MOST:
        return None
    statements = list(_statements(field))
    if not statements or not statements[0] or statements[0][0].lower() != authserv.lower():
        return None
    # Behind the name may stand a version, and nothing else.
    if statements[0][1:] not in ([], ["1"]):
        return None
    found = []
    for words in statements[1:]:
        method = "".join(words[: words.index("=")]).lower() if "=" in words else ""
        if method in {"dmarc", "dmarc/1"}:
            result = words[words.index("=") + 1 :][:1]
            found.append((result[0].lower() if result else "", _property(words, "header.from")))
    return found


def _property(words: list[str], name: str) -> str:
    """The value of a property; "" where it is not there, or twice with different ones."""
    told = {
        words[at + 2].rpartition("@")[2].lower()
        for at in range(2, len(words) - 2)
        if words[at].lower() == name and words[at + 1] == "="
    }
    return told.pop() if len(told) == 1 else ""


def _statements(field: str) -> Iterator[list[str]]:
    """What stands between semicolons, in words; comments left out, quotes taken off."""
    words: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(field):
        quoted, sign, word = match.groups()
        if sign in {"(", ")"}:
            depth = depth + 1 if sign == "(" else max(0, depth - 1)
        elif depth:
            continue
        elif sign == ";":
            yield words
            words = []
        elif quoted is not None:
            words.append(_ESCAPED.sub(r"\1", quoted))
        elif sign or word:
            words.append(sign or word)
    yield words
