"""What an action's refusal looks like, in one place: a page (for htmx a fragment) with the sentence and the status."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from community.errors import Refused


class RefusalMiddleware:
    """Turns `Refused` raised by an action into its status and a page that says why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        template = "ui/refused_fragment.html" if getattr(request, "htmx", False) else "community/refused.html"
        return render(request, template, {"message": exception.message}, status=exception.status)
