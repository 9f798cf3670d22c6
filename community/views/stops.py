"""The page behind the stop in every mail: `/stop/<token>/`.

A GET changes nothing, because scanners follow links. A POST ends exactly what the token says, without a cookie, a CSRF
token or a sign-in: mail programs send it by themselves (RFC 8058). The token is the key: signed, for one person and one
thing, for ever.
"""

from contextlib import ExitStack
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from community.accounts.preferences import speaking_to, zone_of
from community.actions import choices
from community.models import User
from community.notices.stop_page import read_stop
from community.notices.stops import Stop, read_token
from community.views.gates import done, lead_to, reader_of, way_back

_AS_BEFORE = gettext_lazy("It is as it was before.")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """What it would end, and why it comes; POST ends it (`do=undo` takes that back) and tells what else there is."""
    said = read_token(token)
    person = User.objects.with_standing().filter(pk=said[0]).first() if said else None
    if said is None or person is None:
        return render(request, "community/stop_broken.html", status=404)
    did = ""
    if request.method == "POST":
        did = _press(person, said[1], is_undo=request.POST.get("do") == "undo")
    if did and request.user.pk == person.pk and (back := way_back(request, "")):
        stopped = f"{'&' if '?' in back else '?'}stopped={said[1].key}"
        return lead_to(request, back + stopped) if did == "stopped" else done(request, back, str(_AS_BEFORE))
    return _page(request, person, said[1], did)


def _press(person: User, stop: Stop, *, is_undo: bool) -> str:
    if is_undo:
        return "undone" if choices.undo(person=person, stop=stop) else ""
    choices.stop(person=person, stop=stop)
    return "stopped"


def _page(request: HttpRequest, person: User, stop: Stop, did: str) -> HttpResponse:
    """In the language and time zone of whoever reads it: who is not signed in reads their own mail."""
    with ExitStack() as reading:
        if not request.user.is_authenticated:
            reading.enter_context(speaking_to(person))
            if (zone := zone_of(person.time_zone)) is not None:
                reading.enter_context(timezone.override(zone))
        page = read_stop(person, stop, reader_of(request))
        context: dict[str, Any] = {
            "stop": page,
            "did": did,
            "is_other": request.user.is_authenticated and request.user.pk != person.pk,
        }
        return render(request, "community/stop.html", context)
