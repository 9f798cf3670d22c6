"""The brand, the mail test, and invitations."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.actions.brand import FIELDS, send_test_mail, update_brand
from community.actions.invitations import invite, mail_invitation
from community.admin.base import ActionAdmin
from community.errors import Refused
from community.models import Brand, Invitation, User


class BrandForm(forms.ModelForm):
    support_url = forms.URLField(label=gettext_lazy("Your contact page"), required=False, assume_scheme="https")

    class Meta:
        model = Brand
        fields = FIELDS
        widgets = {"accent": forms.TextInput(attrs={"type": "color"})}


@admin.register(Brand)
class BrandAdmin(ActionAdmin):
    form = BrandForm
    list_display = ("name", "tagline", "set_up_at", "mail_tested_at")

    def get_urls(self) -> list[URLPattern]:
        test = path("test-mail/", self.admin_site.admin_view(self.test_mail), name="community_brand_test_mail")
        return [test, *super().get_urls()]

    def test_mail(self, request: HttpRequest) -> HttpResponse:
        """The start page's button: a real mail to whoever pressed it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        assert isinstance(request.user, User)
        try:
            address = send_test_mail(actor=request.user)
        except Refused as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(request, _("The mail server took a mail to %(address)s.") % {"address": address})
        return HttpResponseRedirect(reverse("admin:index"))

    def save_model(self, request: HttpRequest, obj: Brand, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        update_brand(actor=request.user, **{name: form.cleaned_data[name] for name in FIELDS})


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ("address", "role")

    def _post_clean(self) -> None:
        """The action checks and stores."""


@admin.register(Invitation)
class InvitationAdmin(ActionAdmin):
    form = InvitationForm
    asks_again = True
    list_display = ("address", "role", "invited_by", "invited_at", "accepted_by", "accepted_at")
    list_select_related = ("invited_by", "accepted_by")
    ordering = ("-invited_at",)
    search_fields = ("address",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Invitation, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        stored = invite(actor=request.user, **form.cleaned_data)
        obj.__dict__.update(stored.__dict__)
        transaction.on_commit(partial(self._mail, request, stored))

    def _mail(self, request: HttpRequest, invitation: Invitation) -> None:
        try:
            mail_invitation(invitation=invitation, site_address=request.build_absolute_uri("/"))
        except Refused as refused:
            messages.error(request, str(refused.message))
        else:
            messages.info(request, _("The invitation is on its way to %(address)s.") % {"address": invitation.address})
