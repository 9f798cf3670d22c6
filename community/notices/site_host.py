"""The site's name as it stands in headers."""

from urllib.parse import urlsplit

from community.mails.sending import site_address


def site_host() -> str:
    """The site's host, in ASCII; "localhost" where it has none that may stand in a header."""
    host = urlsplit(site_address()).hostname or "localhost"
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        return "localhost"
    return "localhost" if ":" in host else host
