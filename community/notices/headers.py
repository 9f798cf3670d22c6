"""The headers of a notice: one question is one thread in every mail program, and one click stops it (RFC 8058)."""

from django.utils.crypto import salted_hmac

from community.models import User
from community.notices.letters import Written
from community.notices.site_host import site_host
from community.notices.stops import stop_address

_SALT = "community.notices.headers"


def headers_of(written: Written, *, mail_id: int, reader: User) -> dict[str, str]:
    """Beside those every letter has (mails/letters.py): Message-ID, References, List-Id, List-Unsubscribe and more.

    The Message-ID is the same however often the mail is made: what is sent again after a crash is shown once.
    """
    host = site_host()
    headers = {
        "Message-ID": message_id(mail_id, host),
        "List-Id": f"<notices.{host}>",
        "Precedence": "list",
    }
    if written.headers:
        return {**headers, **written.headers}
    if written.thread_id is not None or written.about:
        headers |= hung_below(f"thread-{written.thread_id}" if written.thread_id is not None else written.about)
    if written.stop is not None:
        headers |= {
            "List-Unsubscribe": f"<{stop_address(reader, written.stop)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return headers


def hung_below(about: str) -> dict[str, str]:
    """Nobody ever got the mail these name: mail programs hang all mails about the same thing below it."""
    root = f"<{about}@{site_host()}>"
    return {"In-Reply-To": root, "References": root}


def message_id(mail_id: int, host: str = "") -> str:
    """Of a Mail row; nobody can name one without the site's key."""
    mark = salted_hmac(_SALT, str(mail_id), algorithm="sha256").hexdigest()[:24]
    return f"<{mail_id}.{mark}@{host or site_host()}>"
