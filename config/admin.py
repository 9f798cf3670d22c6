"""The admin site: Django's own, behind the same sign-in (and second factor) as everything else."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from community.models import User
from community.roles import STAFF


class PeerdeskAdminSite(AdminSite):
    site_header = _("Administration")
    site_title = _("Administration")
    index_title = _("Start")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The site's own sign-in. Staff whose rights rest for want of a second factor are led to one."""
        user = request.user
        if isinstance(user, User) and user.roles & STAFF and not user.has_second_factor:
            return render(request, "admin/second_factor.html", status=403)
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The report has addresses of its own: it belongs to no one table."""
        return [path("roi/", include("support.admin.addresses")), *super().get_urls()]
