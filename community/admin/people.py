"""People: who they are can be read; their roles and groups are given and taken here."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag as TaggitTag

from community.actions.erasure import erase
from community.actions.groups import name_group, set_groups
from community.actions.people import set_roles
from community.actions.recovery import recover_account
from community.admin.base import ActionAdmin, ReadOnlyAdmin
from community.models import User
from community.roles import STAFF, Role

# Their own admin pages would change accounts without a word in the audit log.
for _model in (Group, EmailAddress, Authenticator, UserSession, TaggitTag):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class RolesForm(forms.ModelForm):
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=[(role.value, role.label) for role in Role if role in STAFF],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are in force once this person has a second factor."),
    )
    in_groups = forms.ModelMultipleChoiceField(
        label=_("Groups"),
        required=False,
        queryset=Group.objects.exclude(name__in=Role.values).order_by("name"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Boards may be for named groups only."),
    )

    lost_factor = forms.BooleanField(
        label=_("They lost their second factor: take it away, and end every session"),
        required=False,
        help_text=_("Make sure first that it is really them. They are told by mail."),
    )
    close_for_good = forms.CharField(
        label=_("Close this account for good"),
        required=False,
        max_length=80,
        help_text=_(
            "On the person's request: type their name as it is shown. Name, addresses and everything kept for them "
            "alone goes at once; what they posted stays without the name. It cannot be taken back."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        help_text=_("For the audit log, with the two above: who asked, and how you made sure."),
    )

    class Meta:
        model = User
        fields = ()

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        name = (said.get("close_for_good") or "").strip()
        if name and name != self.instance.display_name:
            self.add_error("close_for_good", _("This is not the name that is shown."))
        if (name or said.get("lost_factor")) and not (said.get("reason") or "").strip():
            self.add_error("reason", _("Please say why."))
        return said

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["roles"] = sorted(self.instance.roles)
        self.initial["in_groups"] = sorted(self.instance.group_ids)

    def _post_clean(self) -> None:
        """The actions check and store."""


@admin.register(User)
class PersonAdmin(ActionAdmin):
    form = RolesForm
    asks_again = True
    list_display = ("display_name", "username", "email", "role_names", "has_second_factor", "is_active", "date_joined")
    list_filter = ("groups", "is_active", "imitates", "is_imported", "is_demo")
    search_fields = ("display_name", "username", "email")
    ordering = ("-id",)
    fields = (
        "display_name",
        "username",
        "email",
        "roles",
        "in_groups",
        "has_second_factor",
        "is_active",
        "is_imported",
        "is_demo",
        "date_joined",
        "last_login",
        "lost_factor",
        "close_for_good",
        "reason",
    )
    _written = frozenset({"roles", "in_groups", "lost_factor", "close_for_good", "reason"})
    readonly_fields = tuple(set(fields) - _written)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return User.objects.with_standing()

    @admin.display(description=_("roles"))
    def role_names(self, person: User) -> str:
        return ", ".join(str(Role(role).label) for role in sorted(person.roles))

    @admin.display(description=_("second factor"), boolean=True)
    def has_second_factor(self, person: User) -> bool:
        return person.has_second_factor

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        if form.cleaned_data["close_for_good"]:
            erase(actor=request.user, person_id=obj.pk, words=form.cleaned_data["reason"])
            return
        if form.cleaned_data["lost_factor"]:
            recover_account(actor=request.user, person_id=obj.pk, words=form.cleaned_data["reason"])
        set_roles(actor=request.user, person_id=obj.pk, roles=form.cleaned_data["roles"])
        groups = [group.pk for group in form.cleaned_data["in_groups"]]
        set_groups(actor=request.user, person_id=obj.pk, group_ids=groups)


class GroupForm(forms.ModelForm):
    class Meta:
        model = Group
        fields = ("name",)

    def _post_clean(self) -> None:
        """The action checks and stores."""


@admin.register(Group)
class GroupAdmin(ActionAdmin):
    form = GroupForm
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).exclude(name__in=Role.values)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def save_model(self, request: HttpRequest, obj: Group, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        stored = name_group(actor=request.user, name=form.cleaned_data["name"], group_id=obj.pk)
        obj.__dict__.update(stored.__dict__)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    list_display = ("email", "user", "verified", "primary")
    list_select_related = ("user",)
    search_fields = ("email",)
    ordering = ("-id",)
