"""Being built."""

from django.http import HttpRequest, HttpResponse


def unbuilt(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("not yet", status=501)
