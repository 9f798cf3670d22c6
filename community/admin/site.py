"""Whether the site is open: shown to administrators, and read-only times begun and ended by them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.actions.site import MOST_WORDS, end_read_only, start_read_only
from community.admin.base import ReadOnlyAdmin
from community.care.standing import standing
from community.errors import Refused
from community.models import SiteState, User


class ReadOnlyForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Why, and for how long"),
        max_length=MOST_WORDS,
        required=False,
        help_text=gettext_lazy("One line that stands on every page meanwhile."),
    )


@admin.register(SiteState)
class SiteStateAdmin(ReadOnlyAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.read_only)
        return [path("read-only/", view, name="community_sitestate_read_only"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        form = ReadOnlyForm()
        context = {**self.admin_site.each_context(request), "title": _("Site"), "now": standing(), "form": form}
        return render(request, "admin/site_state.html", context)

    def read_only(self, request: HttpRequest) -> HttpResponse:
        """POST: `do` is on or off."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        assert isinstance(request.user, User)
        form = ReadOnlyForm(request.POST)
        try:
            if request.POST.get("do") == "off":
                end_read_only(actor=request.user)
                messages.success(request, _("Everybody writes again."))
            elif form.is_valid():
                start_read_only(actor=request.user, words=form.cleaned_data["words"])
                messages.success(request, _("Nobody writes now, but you can end it here."))
            else:
                messages.error(request, _("These words are too long."))
        except Refused as refused:
            messages.error(request, str(refused.message))
        return HttpResponseRedirect(reverse("admin:community_sitestate_changelist"))
