"""What figures rest on: entered by a form that explains, read from then on, taken back with a reason."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.actions.record import MAX_ID
from community.admin.base import ActionAdmin, ReadOnlyAdmin
from community.errors import Refused
from community.models import AuditEntry, User
from support.actions import inputs
from support.actions.contact_imports import enter_baseline
from support.forms import inputs as forms_of
from support.models import (
    Baseline,
    ChannelCoverage,
    ContactImport,
    CostInput,
    OutsideContact,
    PersonStanding,
    ProgrammeCost,
)
from support.reading import input_parts
from support.reading.roi_words import Part


class InputAdmin(ActionAdmin):
    """Rows are added by `action`, read afterwards, and perhaps taken back; what they mean is drawn above the list."""

    action: ClassVar[Callable[..., Any]]
    #: told `actor`, the row's number by the name `taken_by`, and `reason`; None: a row stays
    take_back: ClassVar[Callable[..., Any] | None] = None
    taken_by = ""
    #: what the button says, and whether a row is in force
    taking_back: ClassVar[str | Promise] = gettext_lazy("Take it back")
    in_force = "withdrawn_at"
    part: ClassVar[Callable[[], Part] | None] = None
    change_list_template = "admin/inputs.html"
    change_form_template = "admin/input.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """The form's; of a row that is there all it holds."""
        if obj is None:
            return super().get_fields(request, obj)
        return [field.name for field in obj._meta.concrete_fields if not field.primary_key]

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        stored = self.store(request.user, dict(form.cleaned_data))
        obj.__dict__.update(stored.__dict__)

    def store(self, actor: User, said: dict[str, Any]) -> Model:
        row: Model = type(self).action(actor=actor, **said)
        return row

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        parts = [type(self).part()] if type(self).part is not None and self.has_view_permission(request) else []  # type: ignore[misc]
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"parts": parts, "title": title, **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        context: dict[str, Any] = {"row": row, "taking_back": ""}
        if row is not None and type(self).take_back is not None and getattr(row, self.in_force) is None:
            context |= {"taking_back": self.taking_back, "taking_back_at": self._address("take_back", row.pk)}
        if row is not None:
            context["log"] = list(self.log_of(row).select_related("actor", "note").order_by("pk")[:20])
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))

    def log_of(self, row: Any) -> QuerySet[AuditEntry]:
        """Who said what of it, and why."""
        return AuditEntry.objects.filter(object_kind=self.opts.model_name, object_id=row.pk)

    # Taken back -------------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        if type(self).take_back is None:
            return super().get_urls()
        view = self.admin_site.admin_view(self.taken_back)
        name = f"{self.opts.app_label}_{self.opts.model_name}_take_back"
        return [path("<int:pk>/take-back/", view, name=name), *super().get_urls()]

    def _address(self, name: str, pk: int) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=[pk])

    def taken_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        act = type(self).take_back
        if act is None or not 0 < pk <= MAX_ID or not self.model._default_manager.filter(pk=pk).exists():
            raise Http404
        try:
            act(actor=request.user, **{self.taken_by: pk}, reason=request.POST.get("reason", ""))
        except Refused as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(request, _("Taken back. It stays to be seen."))
        return HttpResponseRedirect(self._address("change", pk))


@admin.register(CostInput)
class CostAdmin(InputAdmin):
    form = forms_of.CostForm
    action = staticmethod(inputs.enter_cost)
    part = staticmethod(input_parts.costs)
    list_display = ("channel", "low", "typical", "currency", "valid_from", "source", "entered_by", "entered_at")
    list_select_related = ("entered_by",)
    list_filter = ("channel",)
    ordering = ("-id",)


@admin.register(ProgrammeCost)
class ProgrammeCostAdmin(InputAdmin):
    form = forms_of.ProgrammeCostForm
    action = staticmethod(inputs.enter_programme_cost)
    take_back = staticmethod(inputs.withdraw_programme_cost)
    taken_by = "cost_id"
    list_display = ("kind", "from_day", "until_day", "amount", "currency", "source", "entered_by", "withdrawn_at")
    list_select_related = ("entered_by",)
    list_filter = ("kind",)
    ordering = ("-from_day", "-id")


@admin.register(ChannelCoverage)
class CoverageAdmin(InputAdmin):
    form = forms_of.CoverageForm
    action = staticmethod(inputs.declare_coverage)
    take_back = staticmethod(inputs.withdraw_coverage)
    taken_by = "coverage_id"
    part = staticmethod(input_parts.coverage)
    list_display = ("channel", "from_day", "until_day", "is_absent", "note", "declared_by", "withdrawn_at")
    list_select_related = ("declared_by",)
    list_filter = ("channel",)
    ordering = ("-from_day", "-id")


@admin.register(PersonStanding)
class StandingAdmin(InputAdmin):
    form = forms_of.StandingForm
    action = staticmethod(inputs.say_standing)
    take_back = staticmethod(inputs.end_standing)
    taken_by = "standing_id"
    taking_back = gettext_lazy("Count it from now on")
    in_force = "until_at"
    list_display = ("person", "kind", "from_at", "until_at", "said_by")
    list_select_related = ("person", "said_by")
    list_filter = ("kind",)
    search_fields = ("=person__username_key",)
    ordering = ("-id",)

    def store(self, actor: User, said: dict[str, Any]) -> Model:
        return super().store(actor, {"person_id": said.pop("person"), **said})

    def log_of(self, row: Any) -> QuerySet[AuditEntry]:
        """Of the account: what was said of its standing."""
        verbs = [*(f"said_{kind}" for kind in PersonStanding.Kind.values), "ended_standing"]
        return AuditEntry.objects.filter(object_kind="user", object_id=row.person_id, verb__in=verbs)


@admin.register(Baseline)
class BaselineAdmin(InputAdmin):
    form = forms_of.BaselineForm
    part = staticmethod(input_parts.baseline)
    list_display = ("month", "channel", "contacts", "customers", "source", "brought_by", "replaced_at")
    list_select_related = ("brought_by",)
    ordering = ("-month", "-id")

    def store(self, actor: User, said: dict[str, Any]) -> Model:
        row, is_new = enter_baseline(actor=actor, **said)
        if not is_new:
            raise Refused(_("These numbers are here already."))
        return row


@admin.register(ContactImport)
class ContactImportAdmin(ReadOnlyAdmin):
    """Files of contacts, read in by `manage.py import_contacts`."""

    list_display = ("source", "brought_at", "brought_by", "new", "known", "rejected", "unlinkable")
    list_select_related = ("brought_by",)
    ordering = ("-id",)


@admin.register(OutsideContact)
class OutsideContactAdmin(ReadOnlyAdmin):
    """One by one; whose they are as a key, never as an address."""

    list_display = ("occurred_at", "channel", "source", "external_id", "person_key", "is_known")
    list_filter = ("channel", "is_simulated")
    search_fields = ("=external_id", "=person_key")
    ordering = ("-id",)
    exclude = ("person_hash",)

    @admin.display(boolean=True, description=gettext_lazy("linkable"))
    def is_known(self, contact: OutsideContact) -> bool:
        return contact.person_hash != ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutsideContact]:
        return super().get_queryset(request).select_related("brought")
