"""The site's addresses, and those that other modes have: the design page."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls as site
from config.design import design


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [*site.urlpatterns, path("design/", design, name="design"), path("broken/", broken)]
handler400, handler429, handler500 = site.handler400, site.handler429, site.handler500
