"""What the pages for signing in and for one's account need of allauth's forms."""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django import forms, template
from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy

from community.actions.demo_people import PASSWORD, TOTP_SECRET
from community.views.gates import own_address

register = template.Library()

# (word in the browser's own description, name), the more special first: most pretend to be others as well.
_BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")]
_SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
]


#: Pages that need no account, and what the link back to each says.
_BACK = {
    "thread": gettext_lazy("Back to the question"),
    "thread_short": gettext_lazy("Back to the question"),
    "answer": gettext_lazy("Back to the question"),
    "ask": gettext_lazy("Back to your question"),
    "board": gettext_lazy("Back to the board"),
    "tag": gettext_lazy("Back to the tag"),
    "person": gettext_lazy("Back to the profile"),
}


@register.simple_tag
def plain(form: forms.BaseForm) -> forms.BaseForm:
    """The form without placeholders: they repeat the label, vanish while typing and are hard to read."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form


@register.simple_tag
def demo_password() -> str:
    """The password of the demo's people; "" everywhere else."""
    return PASSWORD if settings.DEMO else ""


@register.simple_tag
def demo_code() -> str:
    """What an authenticator app would show now for the demo's staff; "" everywhere else."""
    if not settings.DEMO:
        return ""
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(TOTP_SECRET, counters[len(counters) // 2]))


class WayBack(NamedTuple):
    """A link back to what somebody was doing before they were asked to sign in."""

    url: str
    label: str


@register.simple_tag(takes_context=True)
def way_back(context: Any) -> WayBack | None:
    """Where `next` leads, if that is a page anybody may read: None for one's own pages and for foreign addresses."""
    request = context.get("request")
    wanted = request.GET.get("next") or request.POST.get("next") if request else None
    if not wanted or not own_address(request, wanted):
        return None
    try:
        name = resolve(urlsplit(wanted).path).url_name or ""
    except (Resolver404, ValueError):
        return None
    return WayBack(wanted, str(_BACK[name])) if name in _BACK else None


@register.filter
def device(user_agent: str) -> str:
    """A browser's description of itself in few words: "Firefox, Windows". Unknown ones as they are, shortened."""
    found = [next((name for word, name in words if word in user_agent), "") for words in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name) or user_agent[:80]
