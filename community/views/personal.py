"""One's own data: an archive of everything, and closing the account. Both ask whether it is still you."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    get_reauthentication_flows,
)
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community import clock
from community.actions.data_exports import BETWEEN, KEPT, ask_for_export, file_of, latest_export
from community.actions.erasure import erase
from community.errors import Refused
from community.forms.fields import attempt
from community.forms.personal import CloseAccountForm
from community.models import DataExport
from community.views.gates import member_of

#: Whoever has neither password nor second factor signed in with a mailed code; that is taken for fresh so long.
FRESH_SECONDS = 15 * 60

View = Callable[..., HttpResponseBase]


def still_you(view: View) -> View:
    """What is posted (and the archive itself) needs the password or a code a moment ago."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = member_of(request)
        if get_reauthentication_flows(person):
            if not did_recently_reauthenticate(request):
                raise ReauthenticationRequired
        elif not _came_lately(request):
            logout(request)
            messages.info(request, _("Please sign in with a new code, so that we know it is still you."))
            return redirect(f"{reverse('account_request_login_code')}?{urlencode({'next': reverse('your_data')})}")
        return view(request, *args, **kwargs)

    return guarded


def _came_lately(request: HttpRequest) -> bool:
    records = get_authentication_records(request, member_of(request))
    return bool(records) and time.time() - records[-1]["at"] < FRESH_SECONDS


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def your_data(request: HttpRequest) -> HttpResponseBase:
    """The archive: asked for, being made, ready; and the way to close the account."""
    if request.method == "POST":
        return _ask(request)
    export = latest_export(member_of(request))
    return render(request, "community/personal/your_data.html", _context(export))


@still_you
def _ask(request: HttpRequest) -> HttpResponseBase:
    try:
        ask_for_export(actor=member_of(request))
    except Refused as refused:
        context = _context(latest_export(member_of(request))) | {"refused": refused.message}
        return render(request, "community/personal/your_data.html", context, status=refused.status)
    messages.success(request, _("Your archive is being made. A mail tells you when it is ready."))
    return redirect("your_data")


def _context(export: DataExport | None) -> dict[str, Any]:
    """What the page shows of the last archive: `state` is none, waits, ready, gone or failed."""
    now, state = clock.now(), "none"
    if export is not None:
        until = (export.ready_at or now) + KEPT
        if export.failed_at:
            state = "failed"
        elif export.removed_at or until <= now:
            state = "gone"
        else:
            state = "ready" if export.ready_at else "waits"
    again = export.asked_at + BETWEEN if export is not None and state in {"ready", "gone"} else None
    return {
        "export": export,
        "state": state,
        "until": (export.ready_at + KEPT) if export is not None and export.ready_at else None,
        "again_at": timezone.localtime(again) if again is not None and again > now else None,
        "kept_days": KEPT.days,
    }


@login_required
@never_cache
@require_safe
def fetch_data(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The archive, for its owner alone."""
    return _send(request, export_id)


@still_you
def _send(request: HttpRequest, export_id: int) -> HttpResponseBase:
    path = file_of(actor=member_of(request), export_id=export_id)
    return FileResponse(path.open("rb"), as_attachment=True, filename="your-data.zip", content_type="application/zip")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close_account(request: HttpRequest) -> HttpResponseBase:
    """What stays and what goes, and the one question."""
    if request.method == "POST":
        return _close(request)
    return render(request, "community/personal/close_account.html", {"form": CloseAccountForm()})


@still_you
def _close(request: HttpRequest) -> HttpResponseBase:
    person = member_of(request)
    form = CloseAccountForm(request.POST)
    done, status = attempt(form, lambda: erase(actor=person, person_id=person.pk))
    if done is None:
        return render(request, "community/personal/close_account.html", {"form": form}, status=status)
    logout(request)
    messages.success(request, _("Your account is closed. Thank you for what you shared here."))
    return HttpResponse(status=303, headers={"Location": reverse("home")})
