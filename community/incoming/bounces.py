"""What a mail host reports of a mail of ours that did not arrive (RFC 3464). Pure."""

import re

from community.incoming.records import Bounce

#: A report is about one mail, and says it in a few lines.
MOST = 100_000
_LINE = re.compile(r"^(action|status)[ \t]*:[ \t]*([^\r\n]{1,100})", re.MULTILINE | re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
#: "tried again", "has arrived": nothing came back for good
_NOT_FINAL = ("delayed", "delivered", "relayed", "expanded")


def bounce_of(report: str) -> Bounce | None:
    """What the part message/delivery-status says; None where it says nothing of a recipient.

    Of several recipients the one counts that is given up: a mail of ours has one.
    """
    told = [(name.lower(), value.strip()) for name, value in _LINE.findall(report[:MOST])]
    actions = [value.lower().split()[0] for name, value in told if name == "action" and value]
    statuses = [found[1] for name, value in told if name == "status" and (found := _STATUS.search(value))]
    if not actions and not statuses:
        return None
    if actions:
        is_final = any(action not in _NOT_FINAL for action in actions)
    else:
        is_final = any(status.startswith("5") for status in statuses)
    wanted = "5" if is_final else "4"
    return Bounce(next((s for s in statuses if s.startswith(wanted)), statuses[0] if statuses else ""), is_final)


def bounce_in_words(text: str) -> Bounce:
    """The same from hosts that only say it in words (qmail, old Exim): it came back, perhaps with a status."""
    found = _STATUS.search(text[:MOST])
    status = found[1] if found else ""
    return Bounce(status, not status.startswith(("2", "4")))
