"""The language of the site, chosen without an account: a page of its own, because cached pages hold no form."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community import permissions
from community.actions.people import choose_language
from community.errors import Refused
from community.views.gates import lead_to, member_of, own_address, way_back

A_YEAR = 365 * 24 * 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """Choose one of the site's languages, or leave it to the browser; then back to where one was."""
    if request.method != "POST":
        wanted = request.GET.get("next", "")
        context = {"choices": settings.LANGUAGES, "next": wanted if own_address(request, wanted) else ""}
        return render(request, "community/language.html", context)
    chosen = request.POST.get("language", "")
    if chosen and chosen not in dict(settings.LANGUAGES):
        raise Refused(_("The site does not speak this language."))
    if permissions.is_member(request.user):
        choose_language(actor=member_of(request), language=chosen)
    response = lead_to(request, way_back(request, reverse("home")))
    if chosen:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=A_YEAR,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return response
