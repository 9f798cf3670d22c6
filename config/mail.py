"""What EMAIL_URL means: a mail server of one's own, or one of the services that django-anymail speaks to."""

import re
from importlib.util import find_spec
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

#: How long a server may be silent, in seconds, before it counts as away.
TIMEOUT = 20
#: Where a server speaks without encryption: on these ports, and on this machine to whoever gives no password.
_PLAIN_PORTS = {25, 1025}
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
#: Parts of anymail that are no service: they would swallow every mail.
_NO_SERVICE = {"base", "base_requests", "console", "test"}
#: It may take its key from the machine it runs on.
_WITHOUT_KEY = {"amazon_ses"}


def mail_settings(url: str) -> dict[str, Any]:
    """Django's mail settings for this EMAIL_URL; ImproperlyConfigured with one sentence when it makes no sense."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(
            "EMAIL_URL has a port that is no number, or a host in brackets that is none."
        ) from None
    if parts.scheme == "anymail":
        return _service(parts)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ImproperlyConfigured("EMAIL_URL must begin with smtp://, smtps:// or anymail://.")
    host = parts.hostname or "localhost"
    is_plain = port in _PLAIN_PORTS or (host in _THIS_MACHINE and not parts.username)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": host,
        "EMAIL_PORT": port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and not is_plain,
        "EMAIL_TIMEOUT": TIMEOUT,
    }


def _service(parts: SplitResult) -> dict[str, Any]:
    """anymail://<service>?<SETTING>=<value>&...: the settings are those of anymail's own documentation."""
    if find_spec("anymail") is None:  # an extra, not in the lock
        raise ImproperlyConfigured(
            "EMAIL_URL begins with anymail://, and it is not installed: pip install django-anymail."
        )
    service = parts.hostname or ""
    known = re.fullmatch(r"[a-z][a-z_]*", service) and service not in _NO_SERVICE
    if not known or find_spec(f"anymail.backends.{service}") is None:
        raise ImproperlyConfigured(f"EMAIL_URL names {service[:40]!r}, which is no service that anymail knows.")
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in given.items():
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name) or not value:
            raise ImproperlyConfigured(f"EMAIL_URL: {name[:60]!r} is no setting of anymail, or is empty.")
    prefix = f"{service.upper()}_"
    if service not in _WITHOUT_KEY and not any(name.startswith(prefix) for name in given):
        raise ImproperlyConfigured(f"EMAIL_URL gives no {prefix}… setting, e.g. anymail://{service}?{prefix}API_KEY=….")
    return {
        "EMAIL_BACKEND": f"anymail.backends.{service}.EmailBackend",
        "ANYMAIL": {"REQUESTS_TIMEOUT": TIMEOUT, **given},
    }
