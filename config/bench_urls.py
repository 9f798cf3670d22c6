"""The site's addresses and the bare view all others are compared with. Nothing but `manage.py bench` serves these."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as site

_PAGE = b"<!doctype html><title>bare</title>" + b"x" * 30_000


def bare(request: HttpRequest) -> HttpResponse:
    """30 KB and nothing else: what Django and the web server cost by themselves."""
    return HttpResponse(_PAGE)


urlpatterns = [path("bench/bare/", bare), *site]
