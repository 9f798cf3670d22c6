"""The word of development's mail server: whoever speaks to it from this machine is believed to be who they say.

On a real site a mail host looks at the sender's domain (DMARC) and writes down what it found. Here nobody could: so the
local server writes that all is well, under the name that settings.INCOMING_AUTHSERV says counts. Never in production.
"""

import re
from email.parser import BytesHeaderParser
from email.utils import getaddresses

_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?", re.ASCII)


def vouched(raw: bytes, authserv: str) -> bytes:
    """The message with our own verdict in front, and without what it says itself of verdicts."""
    head, gap, body = _parted(raw)
    domain = _from_domain(head)
    verdict = f"dmarc=pass header.from={domain}" if domain else "dmarc=none"
    return f"Authentication-Results: {authserv}; {verdict}\r\n".encode() + _without_verdicts(head) + gap + body


def _parted(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Headers with the end of their last line, the empty line, and the rest."""
    found = re.search(rb"\r?\n(\r?\n)", raw)
    return (raw[: found.start(1)], found[1], raw[found.end() :]) if found else (raw, b"", b"")


def _without_verdicts(head: bytes) -> bytes:
    kept, is_verdict = [], False
    for line in head.splitlines(keepends=True):
        if line[:1] not in (b" ", b"\t"):
            is_verdict = line.partition(b":")[0].strip().lower() == b"authentication-results"
        if not is_verdict:
            kept.append(line)
    return b"".join(kept)


def _from_domain(head: bytes) -> str:
    """Of the one From there is; "" where there is none or several."""
    fields = BytesHeaderParser().parsebytes(head).get_all("from", [])
    addresses = getaddresses([str(field) for field in fields])
    if len(fields) != 1 or len(addresses) != 1:
        return ""
    own, _at, domain = addresses[0][1].rpartition("@")
    return domain.lower() if own and _DOMAIN.fullmatch(domain) else ""
