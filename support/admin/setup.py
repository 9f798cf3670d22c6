"""How the desk is set up: each form calls its action (support/actions/setup.py, hours.py); nothing is deleted."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin
from community.models import User
from support.actions import hours, setup
from support.admin.reports import desk_reports
from support.forms import setup as forms_of
from support.forms.hours import WEEK, CalendarForm, ServiceLevelForm, promise_name
from support.lengths import length_words
from support.models import (
    UNDONE,
    Absence,
    AgentSeat,
    BoardDesk,
    Calendar,
    DeskState,
    Entitlement,
    Macro,
    Priority,
    PrivateField,
    Queue,
    SlaClock,
    SlaPolicy,
    SupportPeriod,
    Switch,
    Team,
    TicketTally,
)
from support.reading.week import drawn_week


class SetupAdmin(ActionAdmin):
    """Adds and changes through one action, which is told `pk` (None: a new one) and what the form said."""

    action: ClassVar[Callable[..., Model]]
    #: what a row is made for never changes; so it is only read once it is there
    fixed: tuple[str, ...] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(self.fixed if obj else ()))

    def said(self, form: Any, obj: Model, change: bool) -> dict[str, Any]:
        """What the action is told."""
        fixed = {name: getattr(obj, name) for name in self.fixed} if change else {}
        return dict(form.cleaned_data) | fixed

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        assert isinstance(request.user, User)
        stored = type(self).action(actor=request.user, pk=obj.pk if change else None, **self.said(form, obj, change))
        obj.__dict__.update(stored.__dict__)


@admin.register(DeskState)
class DeskAdmin(SetupAdmin):
    form = forms_of.DeskForm
    action = staticmethod(setup.set_desk)
    change_form_template = "admin/desk_change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(desk_reports)
        return [path("reports/", view, name="support_desk_reports"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is only one."""
        return HttpResponseRedirect(reverse("admin:support_deskstate_change", args=[1]))


@admin.register(Team)
class TeamAdmin(SetupAdmin):
    form = forms_of.TeamForm
    action = staticmethod(setup.store_team)
    list_display = ("name", "people", "archived_at")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return super().get_queryset(request).annotate(people=Count("members"))

    @admin.display(description=_("members"))
    def people(self, team: Any) -> int:
        return int(team.people)


@admin.register(Queue)
class QueueAdmin(SetupAdmin):
    form = forms_of.QueueForm
    action = staticmethod(setup.store_queue)
    list_display = ("name", "team", "sla", "is_default", "handing", "waiting", "archived_at")
    list_select_related = ("team", "sla")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Queue]:
        """With what waits there, from the tallies: queues may hold a million tickets."""
        tallies = TicketTally.objects.filter(queue_id=OuterRef("pk"), status__in=UNDONE)
        undone = tallies.order_by().values("queue_id").annotate(whole=Sum("count")).values("whole")
        return super().get_queryset(request).annotate(undone=Coalesce(Subquery(undone), 0))

    @admin.display(description=_("tickets not done"))
    def waiting(self, queue: Any) -> int:
        return int(queue.undone)


@admin.register(BoardDesk)
class BoardDeskAdmin(SetupAdmin):
    form = forms_of.BoardDeskForm
    action = staticmethod(setup.direct_board)
    list_display = ("board", "queue", "asker_waits")
    list_select_related = ("board", "queue")
    fixed = ("board",)


@admin.register(Calendar)
class CalendarAdmin(SetupAdmin):
    form = CalendarForm
    action = staticmethod(hours.store_calendar)
    list_display = ("name", "time_zone", "country", "subdivision")
    search_fields = ("name",)
    readonly_fields = ("drawn",)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        told = _("Several blocks a day are fine: 9:00-12:00, 13:00-17:00. A day left empty is closed.")
        return (
            (None, {"fields": ("name", "time_zone")}),
            (_("Opening hours"), {"fields": (*WEEK, "drawn"), "description": told}),
            (_("Days on which nobody works"), {"fields": ("country", "subdivision", "closed", "opened")}),
        )

    @admin.display(description=_("The week"))
    def drawn(self, calendar: Calendar) -> SafeString | str:
        """The week as it is stored, and the holidays of the twelve months to come."""
        if calendar.pk is None:
            return _("It is drawn once it is saved.")
        return render_to_string("admin/calendar_week.html", {"week": drawn_week(calendar)})

    def said(self, form: Any, obj: Model, change: bool) -> dict[str, Any]:
        said = super().said(form, obj, change)
        return said | {"week": [said.pop(name) for name in WEEK]}


@admin.register(SlaPolicy)
class ServiceLevelAdmin(SetupAdmin):
    form = ServiceLevelForm
    action = staticmethod(hours.store_service_level)
    list_display = ("name", "calendar", "normal", "warns_at")
    list_select_related = ("calendar",)
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SlaPolicy]:
        return super().get_queryset(request).prefetch_related("targets")

    @admin.display(description=_("first reply, further replies, solution"))
    def normal(self, policy: SlaPolicy) -> str:
        targets = [each for each in policy.targets.all() if each.priority == Priority.NORMAL]
        promised = [getattr(each, kind) for each in targets for kind in SlaClock.Kind.values]
        return " · ".join(length_words(minutes) if minutes else "–" for minutes in promised)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Normal tickets first; the other priorities folded away as long as the desk has none."""
        has_them = DeskState.objects.get(pk=1).has(Switch.PRIORITIES)
        parts: list[Any] = [(None, {"fields": ("name", "calendar", "warns_at")})]
        for priority in sorted(Priority, key=lambda each: each != Priority.NORMAL):
            names = tuple(promise_name(priority, kind) for kind in SlaClock.Kind.values)
            is_normal = priority == Priority.NORMAL
            told = _("Hours of the calendar: 4 h, 30 min, 1 h 30 min. Left empty, nothing is promised.")
            other = _("All left empty, they are promised what normal tickets are.")
            options = {"fields": names, "description": told if is_normal else other}
            parts.append((priority.label, options | ({} if is_normal or has_them else {"classes": ("collapse",)})))
        return parts

    def said(self, form: Any, obj: Model, change: bool) -> dict[str, Any]:
        own = {name: form.cleaned_data[name] for name in ("name", "calendar", "warns_at")}
        return own | {"promised": form.promised()}


@admin.register(PrivateField)
class PrivateFieldAdmin(SetupAdmin):
    form = forms_of.PrivateFieldForm
    action = staticmethod(setup.store_private_field)
    list_display = ("label", "kind", "board", "is_required", "position", "archived_at")
    list_select_related = ("board",)


@admin.register(Macro)
class MacroAdmin(SetupAdmin):
    form = forms_of.MacroForm
    action = staticmethod(setup.store_macro)
    list_display = ("name", "team", "sets_status", "position", "archived_at")
    list_select_related = ("team",)
    search_fields = ("name", "text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Macro]:
        """What somebody wrote for themselves alone is theirs."""
        return super().get_queryset(request).filter(owner=None)


@admin.register(AgentSeat)
class SeatAdmin(SetupAdmin):
    form = forms_of.SeatForm
    action = staticmethod(setup.store_seat)
    list_display = ("person", "capacity", "takes_turns", "last_given_at")
    list_select_related = ("person",)
    fixed = ("person",)


@admin.register(Absence)
class AbsenceAdmin(SetupAdmin):
    form = forms_of.AbsenceForm
    action = staticmethod(setup.store_absence)
    list_display = ("person", "starts_at", "ends_at", "said_by")
    list_select_related = ("person", "said_by")
    ordering = ("-starts_at",)
    fixed = ("person",)


@admin.register(SupportPeriod)
class SupportPeriodAdmin(SetupAdmin):
    form = forms_of.SupportPeriodForm
    action = staticmethod(setup.store_support_period)
    list_display = ("board", "starts_at", "ends_at")
    list_select_related = ("board",)
    ordering = ("board__name", "starts_at")
    fixed = ("board",)


@admin.register(Entitlement)
class EntitlementAdmin(SetupAdmin):
    form = forms_of.EntitlementForm
    action = staticmethod(setup.store_entitlement)
    list_display = ("person", "board", "starts_at", "ends_at")
    list_select_related = ("person", "board")
    list_filter = ("board",)
    search_fields = ("person__display_name", "person__username")
    raw_id_fields = ("person",)
    ordering = ("-id",)
    fixed = ("person", "board")
