"""What cutting makes of a bare reply, as JSON: for trying it out. Needs no Django, no settings and no database."""

import json

from community.incoming.cutting import cut
from community.incoming.records import MAX_MESSAGE


def told_of_text(given: bytes) -> str:
    """One JSON object with the keys of `receive_mail --dry-run`; nobody is known by a text alone."""
    kept, rest, reason = "", "", "too_large"
    if len(given) <= MAX_MESSAGE:
        found = cut(given.decode("utf-8-sig", "replace").replace("\0", ""))
        kept, rest, reason = found.kept, found.text, "posted" if found.kept.strip() else "empty"
    told: dict[str, object] = {
        "identity": None,
        "thread": None,
        "kept": kept,
        "cut": rest,
        "end": "accepted" if reason == "posted" else "rejected",
        "reason": reason,
        "told": "",
        "files": [],
        "left_out": [],
    }
    return json.dumps(told)
