"""What is logged, and what never is: one JSON object a line in production, a plain line elsewhere.

A request leaves one line: its id, method, path without query, status, milliseconds, and the number of whoever was
signed in. Whatever is logged, by us or by a library, loses on its way what would let a reader of logs act or know
somebody: keys in addresses of mails, passwords, cookies, mail addresses, and the values a database names in its errors.
"""

import json
import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

HIDDEN = "***"
REQUEST_ID = "X-Request-ID"
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
request_id: ContextVar[str] = ContextVar("peerdesk_request_id", default="")
logger = logging.getLogger("peerdesk.request")

#: Addresses whose last part lets whoever has it act (tests/test_logs.py asks the routes themselves).
_KEYED = re.compile(
    r"(/(?:stop|invitations|solved|not-yet|mail|decision|report|rating|reset/key|confirm-email)/)[^/\s\"'?]+"
)
_MASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (_KEYED, rf"\1{HIDDEN}"),
    # user:password@ in addresses of servers
    (re.compile(r"(://)[^/\s:@]*:[^/\s@]*@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(['\"]?\s*[:=]\s*)[^\r\n]*"), rf"\1\2{HIDDEN}"),
    (
        re.compile(
            r"(?i)\b(\w*(?:password|passwd|secret|token|sessionid|csrf\w*|api[_-]?key|secret_key))"
            r"(['\"]?\s*[:=]\s*)(?:'[^']*'|\"[^\"]*\"|[^\s,;&}\])]+)"
        ),
        rf"\1\2{HIDDEN}",
    ),
    # What the database names: "Key (email)=(ada@example.com) already exists."
    (re.compile(r"DETAIL:[^\r\n]*"), f"DETAIL: {HIDDEN}"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), HIDDEN),
    # A query may hold anything.
    (re.compile(r"(/[^\s?\"']*)\?[^\s\"']+"), r"\1"),
)


def _own_secrets() -> list[str]:
    """This site's own: they appear nowhere, whatever the words around them."""
    database = settings.DATABASES["default"]
    found = [settings.SECRET_KEY, database.get("PASSWORD"), settings.EMAIL_HOST_PASSWORD]
    if settings.INCOMING_IMAP is not None:
        found.append(settings.INCOMING_IMAP.password)
    if settings.INCOMING_WEBHOOK_SECRET:
        found.append(settings.INCOMING_WEBHOOK_SECRET.partition(":")[2])
    return [str(each) for each in found if each and len(str(each)) > 3]


def mask(text: str) -> str:
    """The text without what no log may hold."""
    for secret in _own_secrets():
        text = text.replace(secret, HIDDEN)
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


class PlainFormatter(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and what the line is about."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        if known := request_id.get():
            told["request_id"] = known
        about = getattr(record, "about", None)
        if isinstance(about, dict):
            told |= about
        if record.exc_info:
            told["exception"] = mask(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False, default=str)


class RequestLogMiddleware:
    """Stands first: gives each request its id, and logs it when it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.LOG_REQUESTS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A proxy of one's own may have given it an id; anybody else's would be their words in our log.
        given = request.headers.get(REQUEST_ID, "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
        known = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        begun, before = time.perf_counter(), request_id.set(known)
        try:
            response = self.get_response(request)
            response[REQUEST_ID] = known
            self._log(request, response, time.perf_counter() - begun)
        finally:
            request_id.reset(before)
        return response

    def _log(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        person = getattr(request, "_cached_user", None)  # nobody is looked up for the log
        about = {
            "method": request.method if (request.method or "").isalpha() else HIDDEN,
            "path": mask(request.path),
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "user_id": getattr(person, "pk", None),
        }
        logger.info("%s %s", about["method"], about["path"], extra={"about": about})


def logging_settings(*, form: str, level: str, logs_requests: bool) -> dict[str, Any]:
    """Django's LOGGING; `form` is json or plain. Requests are logged whatever the level of the rest."""
    # Where each request has its line, Django's own about those that were not answered well would be the second.
    about_refused = {"django.request": {"level": "ERROR"}} if logs_requests else {}
    formatters = {
        "json": {"()": "config.logs.JsonFormatter"},
        "plain": {"()": "config.logs.PlainFormatter", "format": "%(levelname)s %(name)s: %(message)s"},
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": formatters,
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "peerdesk.request": {"level": "INFO"},
            # Django would log to a console of its own, and mail its tracebacks to ADMINS: neither knows what to hide.
            "django": {"handlers": [], "level": level},
            **about_refused,
            # aiosmtpd warns of itself at every sign-in; it is the outbox's (community/mails/local_server.py).
            "mail.log": {"level": "ERROR"},
        },
    }
