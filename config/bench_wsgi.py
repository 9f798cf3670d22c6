"""What gunicorn serves for `manage.py bench`: the site, and the bare view as a fresh Django project would serve it."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.bench_settings")
BARE = "/bench/bare/"

# What `django-admin startproject` writes down: the bare view must not carry what is ours, nor less than anybody's.
FRESH = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

_site = get_wsgi_application()
# A handler reads the list once, when it is made.
_all, settings.MIDDLEWARE = settings.MIDDLEWARE, FRESH
_bare = WSGIHandler()
settings.MIDDLEWARE = _all

from community.actions.limits import LIMITS, Limit, Limits  # noqa: E402 - needs Django to be set up
from community.search.following import start_in_background  # noqa: E402

if every := int(getattr(settings, "EVERY_LIMIT", 0)):
    _most = (Limit(every, 3600),)
    LIMITS.update({what: Limits(row.why, new=_most, member=_most, address=_most) for what, row in LIMITS.items()})

start_in_background()  # as on a real site: what it costs belongs to the figures


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    return (_bare if environ["PATH_INFO"] == BARE else _site)(environ, start_response)
