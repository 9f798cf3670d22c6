"""What people choose in their settings: language, time zone, languages they help in; and what obeys the choice."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from community.models import User

#: As threads are labelled (languages.py), each by its own name.
_CODES = "en de fr es it nl pt pl cs hu sv fi da tr ro el bg uk ru ar he fa hi th ja ko zh vi id"
HELP_LANGUAGES: dict[str, str] = {
    code: LANG_INFO["zh-hans" if code == "zh" else code]["name_local"] for code in _CODES.split()
}
_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def speaking_to(person: object, default: str = "") -> AbstractContextManager[Any]:
    """Whatever is said inside is said in this person's own language; else in `default`, else as it is spoken now."""
    own = getattr(person, "language", "")
    language = own if own in dict(settings.LANGUAGES) else default
    return translation.override(language) if language else nullcontext()


@cache
def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices grouped by region: (region, [(name, city)])."""
    names = sorted(available_timezones())
    return [
        (region, [(name, name.split("/", 1)[1].replace("_", " ")) for name in names if name.startswith(f"{region}/")])
        for region in _REGIONS
    ]


class PreferencesMiddleware:
    """The language and time zone a person chose. Others keep what LocaleMiddleware found: the choice that a visitor
    made at the foot of a page (a cookie), else the browser's languages, else the site's own.

    Asks nothing of the database that the request would not ask anyway: without a session cookie nobody is signed in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.languages = dict(settings.LANGUAGES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        if not isinstance(user, User):
            return self.get_response(request)
        if user.language in self.languages:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        with timezone.override(zone_of(user.time_zone)):
            return self.get_response(request)


def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of this name; None (the site's own) for a name this machine does not know."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, OSError, ValueError):
        return None
