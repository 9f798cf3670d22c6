"""Words that do something when a reply consists of nothing else: a person can live in mail alone (docs/mail.md)."""

ACCEPT, LEAVE = "accept", "leave"


def command_of(kept: str) -> str:
    """The command that this reply is, in any of the site's languages; "" for a reply that is to be posted."""
    return ""
