"""The ledger in Django's admin: cases with entries and facts, what is counted, how far it is, and locked months."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format, localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.admin.base import ActionAdmin, ReadOnlyAdmin
from community.errors import NotThere, Refused
from community.models import User
from support.actions.definitions import PARAMETERS, approve_definition, drop_definition, plan_definition
from support.models import (
    CurrentEntry,
    Definition,
    DeflectionCase,
    DeflectionEntry,
    LedgerState,
    LockedMonth,
)
from support.reading.case_facts import facts_of, words_of
from support.reading.locked import month_rows


def _moment(moment: datetime | None) -> str:
    """As it is read, in the site's time zone."""
    return date_format(localtime(moment), "DATETIME_FORMAT") if moment is not None else "–"


@admin.register(DeflectionCase)
class CaseAdmin(ReadOnlyAdmin):
    """The newest first; what a case is comes before what it is about. A case has its entries, facts and words."""

    list_display = ("number", "day_alone", "kind_alone", "status_and_reason", "known", "question", "made_up")
    list_select_related = ("thread", "current")
    list_filter = ("kind", "current__status", "current__reason", "current__known", "is_simulated")
    search_fields = ("=person_key", "=thread__id")
    change_list_template = "admin/cases.html"
    ordering = ("-id",)
    fields = readonly_fields = (
        *("kind_in_words", "happened", "learned", "person", "question_link", "status", "reason", "known", "made_up"),
        *("entries", "facts", "words"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeflectionCase]:
        return DeflectionCase.objects.visible_to(request.user).select_related("thread", "current")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> DeflectionCase | None:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            found.reader = request.user
        return found

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Cases")} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        titled = {"title": _("Case %(number)s") % {"number": object_id}, "subtitle": None}
        return super().change_view(request, object_id, form_url, titled | (extra_context or {}))

    @admin.display(description=gettext_lazy("case"), ordering="id")
    def number(self, case: DeflectionCase) -> int:
        return case.pk

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_alone(self, case: DeflectionCase) -> str:
        return case.kind

    @admin.display(description=gettext_lazy("day"))
    def day_alone(self, case: DeflectionCase) -> str:
        return date_format(localtime(case.occurred_at), "SHORT_DATE_FORMAT")

    @admin.display(description=gettext_lazy("kind"))
    def kind_in_words(self, case: DeflectionCase) -> str:
        return case.get_kind_display()

    @admin.display(description=gettext_lazy("when it happened"))
    def happened(self, case: DeflectionCase) -> str:
        return _moment(case.occurred_at)

    @admin.display(description=gettext_lazy("when it was recorded"))
    def learned(self, case: DeflectionCase) -> str:
        return _moment(case.recorded_at)

    @admin.display(description=gettext_lazy("person"))
    def person(self, case: DeflectionCase) -> str:
        return case.person_key

    @admin.display(description=gettext_lazy("question"))
    def question(self, case: DeflectionCase) -> str:
        return case.thread.title

    @admin.display(description=gettext_lazy("question"))
    def question_link(self, case: DeflectionCase) -> SafeString:
        return format_html('<a href="{}" dir="auto">{}</a>', case.thread.get_absolute_url(), case.thread.title)

    @admin.display(description=gettext_lazy("stands"))
    def status(self, case: DeflectionCase) -> str:
        return case.current.get_status_display()

    @admin.display(description=gettext_lazy("stands"))
    def status_and_reason(self, case: DeflectionCase) -> SafeString | str:
        stands = case.current.get_status_display()
        why = case.current.get_reason_display() if case.current.reason else ""
        return format_html("{}<br><small>{}</small>", stands, why) if why else stands

    @admin.display(description=gettext_lazy("why void"))
    def reason(self, case: DeflectionCase) -> str:
        return case.current.get_reason_display() if case.current.reason else "–"

    @admin.display(description=gettext_lazy("otherwise"))
    def known(self, case: DeflectionCase) -> str:
        return case.current.get_known_display()

    @admin.display(description=gettext_lazy("made up"))
    def made_up(self, case: DeflectionCase) -> str:
        return _("Yes") if case.is_simulated else _("No")

    @admin.display(description=gettext_lazy("how it came to stand so"))
    def entries(self, case: Any) -> SafeString:
        rows = DeflectionEntry.objects.visible_to(case.reader).filter(case=case)
        rows = rows.select_related("thread", "board", "definition").order_by("seq")
        return render_to_string("admin/ledger_entries.html", {"entries": rows})

    @admin.display(description=gettext_lazy("facts"))
    def facts(self, case: DeflectionCase) -> SafeString:
        current = CurrentEntry.objects.select_related("definition").get(case=case)
        return render_to_string("admin/ledger_facts.html", {"facts": facts_of(case, current)})

    @admin.display(description=gettext_lazy("words"))
    def words(self, case: Any) -> SafeString:
        return render_to_string("admin/ledger_words.html", {"said": words_of(case, case.reader)})


class DefinitionForm(forms.ModelForm):
    valid_from = forms.SplitDateTimeField(
        label=gettext_lazy("From"),
        widget=AdminSplitDateTime,
        help_text=gettext_lazy("In the future: what has been counted stays as it was counted."),
    )

    class Meta:
        model = Definition
        fields = ("name", "valid_from", *PARAMETERS, "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(since := self.fields.get("valid_from"), forms.SplitDateTimeField):
            for part, label in zip(since.widget.widgets, (_("From: day"), _("From: time")), strict=True):
                part.attrs["aria-label"] = label

    def _post_clean(self) -> None:
        """The action checks and stores."""


@admin.register(Definition)
class DefinitionAdmin(ActionAdmin):
    """Versions of what is counted: planned here, and in force once an administrator put their name under it."""

    form = DefinitionForm
    list_display = ("name", "valid_from", "no_ticket_days", "window_days", "holdout", "approved", "approved_when")
    list_select_related = ("approved_by",)
    ordering = ("-valid_from",)
    change_form_template = "admin/definition_change_form.html"
    settled: ClassVar[tuple[str, ...]] = ("planned", "planned_when", "approved", "approved_when")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Definition]:
        return Definition.objects.visible_to(request.user)

    @admin.display(description=gettext_lazy("planned by"))
    def planned(self, definition: Definition) -> User | str:
        return definition.planned_by or "–"

    @admin.display(description=gettext_lazy("planned on"))
    def planned_when(self, definition: Definition) -> str:
        return _moment(definition.planned_at)

    @admin.display(description=gettext_lazy("approved by"))
    def approved(self, definition: Definition) -> User | str:
        return definition.approved_by or "–"

    @admin.display(description=gettext_lazy("approved on"))
    def approved_when(self, definition: Definition) -> str:
        return _moment(definition.approved_at)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Definitions")} | (extra_context or {}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is in force, or was, can only be read (and the first one approved)."""
        is_open = obj is None or (obj.approved_at is None and obj.pk != _first_id())
        return self.has_view_permission(request) and is_open

    def get_fields(self, request: HttpRequest, obj: Definition | None = None) -> tuple[str, ...]:
        return ("name", "valid_from", *PARAMETERS, "note", *(() if obj is None else self.settled))

    def get_readonly_fields(self, request: HttpRequest, obj: Definition | None = None) -> tuple[str, ...]:
        return () if obj is None else self.settled

    def save_model(self, request: HttpRequest, obj: Definition, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        stored = plan_definition(actor=request.user, pk=obj.pk if change else None, **form.cleaned_data)
        obj.__dict__.update(stored.__dict__)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        context = {"definition": row, "is_first": row is not None and row.pk == _first_id()}
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/approve/", view(self.approve), name="support_definition_approve"),
            path("<int:pk>/drop/", view(self.drop), name="support_definition_drop"),
        ]
        return [*own, *super().get_urls()]

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A button of the page: an administrator's name under this version."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        assert isinstance(request.user, User)
        try:
            approve_definition(actor=request.user, definition_id=pk)
        except Refused as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(request, _("Approved, with your name."))
        return HttpResponseRedirect(reverse("admin:support_definition_change", args=[pk]))

    def drop(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A button of the page: a plan that nobody approved goes."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        assert isinstance(request.user, User)
        try:
            drop_definition(actor=request.user, definition_id=pk, reason=request.POST.get("reason", ""))
        except NotThere:
            messages.info(request, _("It is gone already."))
        except Refused as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(request, _("The plan is gone."))
        return HttpResponseRedirect(reverse("admin:support_definition_changelist"))


def _first_id() -> int | None:
    return Definition.objects.order_by("valid_from").values_list("pk", flat=True).first()


@admin.register(LedgerState)
class LedgerStateAdmin(ReadOnlyAdmin):
    """How far the ledger is, and whether it was what the facts say when that was last looked at."""

    fields = readonly_fields = ("complete", "versions", "checked", "differs", "rebuilt")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is only one."""
        return HttpResponseRedirect(reverse("admin:support_ledgerstate_change", args=[1]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        titled = {"title": _("State of the ledger"), "subtitle": None}
        return super().change_view(request, object_id, form_url, titled | (extra_context or {}))

    @admin.display(description=gettext_lazy("complete up to"))
    def complete(self, state: LedgerState) -> str:
        return _moment(state.complete_until) if state.complete_until else _("It has not been made yet.")

    @admin.display(description=gettext_lazy("times entries were added"))
    def versions(self, state: LedgerState) -> int:
        return state.version

    @admin.display(description=gettext_lazy("last held against the facts"))
    def checked(self, state: LedgerState) -> str:
        return _moment(state.checked_at) if state.checked_at else _("Never")

    @admin.display(description=gettext_lazy("rows that differed then"))
    def differs(self, state: LedgerState) -> str:
        return localize(state.differing) if state.checked_at else "–"

    @admin.display(description=gettext_lazy("last rebuilt"))
    def rebuilt(self, state: LedgerState) -> str:
        return _moment(state.rebuilt_at) if state.rebuilt_at else _("Never")


@admin.register(LockedMonth)
class LockedMonthAdmin(ReadOnlyAdmin):
    list_display = ("title", "locked", "version", "credited")
    list_select_related = ("definition",)
    ordering = ("-month",)
    fields = readonly_fields = ("title", "locked", "version", "counts")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Locked months")} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, {"title": _("Locked month")} | (extra_context or {}))

    @admin.display(description=gettext_lazy("month"), ordering="month")
    def title(self, month: LockedMonth) -> str:
        return date_format(month.month, "YEAR_MONTH_FORMAT")

    @admin.display(description=gettext_lazy("locked on"))
    def locked(self, month: LockedMonth) -> str:
        return _moment(month.locked_at)

    @admin.display(description=gettext_lazy("definition"))
    def version(self, month: LockedMonth) -> Definition:
        return month.definition

    @admin.display(description=gettext_lazy("credited cases"))
    def credited(self, month: LockedMonth) -> int:
        return sum(row["count"] for row in month.figures["rows"] if row["status"] == "credited")

    @admin.display(description=gettext_lazy("as it stood, and what came since"))
    def counts(self, month: LockedMonth) -> SafeString:
        return render_to_string("admin/ledger_month.html", {"rows": month_rows(month)})
