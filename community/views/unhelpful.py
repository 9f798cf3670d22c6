"""Content that did not help: a list for moderators, beside their queues."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community import permissions
from community.errors import NotAllowed
from community.reading.unhelpful import OVER, unhelpful_page


@never_cache
@require_safe
def unhelpful(request: HttpRequest) -> HttpResponse:
    """Threads that were opened from suggestions before the question was posted anyway."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not permissions.can_moderate(request.user):
        raise NotAllowed(_("Only moderators can see this page."))
    after = request.GET.get("after", "")
    rows, cursor = unhelpful_page(request.user, after=after)
    context = {
        "rows": rows,
        "days": OVER.days,
        "older_url": f"?after={cursor}" if cursor else "",
        "newer_url": request.path if after else "",
    }
    return render(request, "community/unhelpful.html", context)
