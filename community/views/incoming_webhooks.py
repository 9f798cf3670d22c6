"""Where mail services call us with mails for the site: /incoming-mail/<service>/inbound/, from django-anymail's views.

These addresses exist only with INCOMING_WEBHOOK_SECRET (config/urls.py). anymail checks who calls (the secret, and the
service's signature where it has one); instead of sending its signal each view hands the mail to the one action, so that
the service hears at once whether it was taken, or is to call again.
"""

import json
from collections.abc import Callable, Iterator
from email.policy import SMTP
from typing import Any, NamedTuple

from anymail.exceptions import AnymailError
from anymail.signals import inbound
from anymail.urls import urlpatterns as their_addresses
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from community.incoming.doors import NotNow, bring
from community.models import IncomingMail

#: Seconds after which a service may call again.
RETRY_AFTER = "300"
#: Headers as they came: a verdict or a broken name is not written anew.
_AS_IT_CAME = SMTP.clone(refold_source="none", max_line_length=None)


class Brought(NamedTuple):
    """A mail as a service hands it over."""

    raw: bytes
    recipients: tuple[str, ...]
    envelope_sender: str | None


class TakenIn:
    """In front of anymail's view of a service."""

    def post(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.run_validators(request)
        try:
            mails = list(_brought(self, request))
        except (AnymailError, AttributeError, KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
            return HttpResponse(f"It cannot be read: {type(error).__name__}", status=400, content_type="text/plain")
        try:
            for mail in mails:
                bring(
                    raw=mail.raw,
                    door=IncomingMail.Door.WEBHOOK,
                    recipients=mail.recipients,
                    envelope_sender=mail.envelope_sender,
                )
        except NotNow as error:
            headers = {"Retry-After": RETRY_AFTER}
            return HttpResponse(str(error), status=503, content_type="text/plain", headers=headers)
        return HttpResponse()


def _brought(view: Any, request: HttpRequest) -> Iterator[Brought]:
    """The message itself where the service sends it: it is read in a process that may be killed. Else as anymail puts
    the service's fields together."""
    own = _WHOLE.get(view.esp_name)
    if own is not None and (found := own(request)) is not None:
        yield found
        return
    for event in view.parse_events(request):
        message = event.message
        yield Brought(message.as_bytes(policy=_AS_IT_CAME), _known(message.envelope_recipient), message.envelope_sender)


def _known(address: object) -> tuple[str, ...]:
    return (address,) if isinstance(address, str) and address else ()


def _postmark(request: HttpRequest) -> Brought | None:
    """With “Include raw email content in JSON payload”."""
    told = json.loads(request.body)
    if not isinstance(told.get("RawEmail"), str):
        return None
    headers = told.get("Headers") or [{}]
    sender = headers[0].get("Value", "").strip("<>") if headers[0].get("Name", "").lower() == "return-path" else None
    return Brought(_bytes(told["RawEmail"]), _known(told.get("OriginalRecipient")), sender)


def _mailgun(request: HttpRequest) -> Brought | None:
    """Of a route that forwards to an address that ends in “inbound_mime/”."""
    if "body-mime" not in request.POST:
        return None
    return Brought(_bytes(request.POST["body-mime"]), _known(request.POST.get("recipient")), request.POST.get("sender"))


def _sendgrid(request: HttpRequest) -> Brought | None:
    """With “POST the raw, full MIME message”."""
    if "email" not in request.POST or "headers" in request.POST:
        return None
    envelope = json.loads(request.POST.get("envelope") or "{}")
    recipients = tuple(address for address in envelope.get("to", []) if isinstance(address, str))
    return Brought(_bytes(request.POST["email"]), recipients, envelope.get("from"))


_WHOLE: dict[str, Callable[[HttpRequest], Brought | None]] = {
    "Postmark": _postmark,
    "Mailgun": _mailgun,
    "SendGrid": _sendgrid,
}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _addresses() -> Iterator[URLPattern]:
    """anymail's own, those for mails that come in alone."""
    for each in their_addresses:
        theirs = getattr(each.callback, "view_class", None)
        if theirs is not None and theirs.signal is inbound:
            ours: Any = type(f"{theirs.__name__}TakenIn", (TakenIn, theirs), {})
            view = ours.as_view()
            yield URLPattern(each.pattern, view, each.default_args, f"incoming_{each.name}")


urlpatterns = list(_addresses())
