"""The pages that say what went wrong and what to do next.

In the brand's look and the reader's language wherever the database answers; where it does not, a bare page that needs
nothing. What an action refuses is told by community/middleware.py, as is a request that cannot be read.
"""

import logging
import sys
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from community import clock
from community.care.read_only import refuse_for_now, takes_no_writes
from config.database_errors import explain_database_error

logger = logging.getLogger(__name__)

#: Seconds after which to try again. The limits that answer with a page count by the minute, and a database that
#: restarts is back within one.
RETRY_AFTER = 60
#: What the pages extend where the site's own frame can be made.
FRAME = "base.html"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what came could not be read; perhaps the very cookie that says who this is."""
    return HttpResponse(render_to_string("400.html", {"status": 400}), status=400)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429: allauth's limits on signing in, signing up and mailing codes."""
    context = {"again_at": clock.now() + timedelta(seconds=RETRY_AFTER)}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is older than the session it was made for."""
    return _framed(request, "403_csrf.html", 403)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database is away."""
    error = sys.exc_info()[1]
    if error is not None and takes_no_writes(error):
        return refuse_for_now(request)
    if error is not None and explain_database_error(error):
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    return _framed(request, "500.html", 500)


def _framed(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """The page in the site's frame, or bare where the frame is what broke."""
    context: dict[str, Any] = {"frame": FRAME}
    try:
        return render(request, template, context, status=status)
    except Exception:
        logger.exception("The page %s could not be made in the site's frame", template)
        return HttpResponse(render_to_string(template), status=status)
