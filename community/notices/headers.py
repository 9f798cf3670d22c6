"""The headers of a notice: one question is one thread in every mail program, and one click stops it (RFC 8058)."""

from community.models import User
from community.notices.letters import Written


def headers_of(written: Written, *, mail_id: int, reader: User) -> dict[str, str]:
    """Beside those every letter has (mails/letters.py): Message-ID, References, List-Id, List-Unsubscribe and more."""
    return {}
