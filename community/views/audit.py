"""What staff did, and why: the audit log for moderators."""

from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community import permissions
from community.errors import NotAllowed
from community.reading.audit import audit_page, known_verbs, read_wanted
from community.views.reviews import parts_of


@never_cache
@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    """Every act of staff, newest first; of one person or one kind, if wished."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not permissions.can_moderate(request.user):
        raise NotAllowed(_("Only moderators can see this page."))
    wanted = read_wanted(request.GET)
    entries, cursor = audit_page(request.user, wanted)
    chosen = {"person": wanted.person.username if wanted.person else "", "verb": wanted.verb}
    here = urlencode({name: value for name, value in chosen.items() if value})
    context = {
        "parts": parts_of(request, "log"),
        "entries": entries,
        "chosen": chosen,
        "is_narrowed": bool(here),
        "verbs": known_verbs(request.user),
        "older_url": f"?{here}&after={cursor}" if cursor and here else f"?after={cursor}" if cursor else "",
        "newer_url": (f"?{here}" if here else request.path) if wanted.after else "",
    }
    return render(request, "community/audit_log.html", context)
