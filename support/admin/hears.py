"""What the company hears, for administrators: the weekly reports, each with its evidence, and the customers' voice."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community.admin.base import ReadOnlyAdmin
from community.models import User
from support.models import SolvedRating, WeeklyReport
from support.reading import voice, weekly_told

#: More digits no week has.
_MOST_DIGITS = 12


@admin.register(WeeklyReport)
class WeeklyReportAdmin(ReadOnlyAdmin):
    """The weeks, the newest first; each is a page of its own, and so is what one of its lines is about."""

    list_display = ("title", "asked", "rising", "made_at")
    ordering = ("-week",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return WeeklyReport.objects.visible_to(request.user)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.evidence_view)
        return [
            path("<int:pk>/lines/<slug:line>/", view, name="support_weeklyreport_evidence"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("week"), ordering="-week")
    def title(self, report: WeeklyReport) -> str:
        return weekly_told.title_of(report.week)

    @admin.display(description=gettext_lazy("people who asked"))
    def asked(self, report: WeeklyReport) -> int:
        return int(report.findings["asked"])

    @admin.display(description=gettext_lazy("what rises"))
    def rising(self, report: WeeklyReport) -> int | str:
        trends = report.findings["trends"]
        return "–" if trends is None else len(trends)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("What the company hears")} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The report, to be read."""
        if not (object_id.isascii() and object_id.isdigit() and len(object_id) <= _MOST_DIGITS):
            raise Http404
        report, reader = self._read(request, int(object_id))
        reports = WeeklyReport.objects.visible_to(reader)
        context = self.admin_site.each_context(request) | {
            "told": weekly_told.tell(report, reader),
            "earlier": reports.filter(week__lt=report.week).order_by("-week").only("pk", "week").first(),
            "later": reports.filter(week__gt=report.week).order_by("week").only("pk", "week").first(),
        }
        context["title"] = context["told"].title
        return render(request, "admin/weekly_report.html", context)

    def evidence_view(self, request: HttpRequest, pk: int, line: str) -> HttpResponse:
        """All that one line of a report is about."""
        report, reader = self._read(request, pk)
        found = weekly_told.evidence(report, line, reader)
        if found is None:
            raise Http404
        told, evidence = found
        context = self.admin_site.each_context(request) | {
            "title": told.title,
            "line": told,
            "week": weekly_told.title_of(report.week),
            "report_url": weekly_told.report_address(report),
            "evidence": evidence,
        }
        return render(request, "admin/weekly_evidence.html", context)

    def _read(self, request: HttpRequest, pk: int) -> tuple[WeeklyReport, User]:
        if pk >= 10**_MOST_DIGITS:
            raise Http404
        report = get_object_or_404(WeeklyReport.objects.visible_to(request.user), pk=pk)
        assert isinstance(request.user, User)
        return report, request.user


@admin.register(SolvedRating)
class VoiceAdmin(ReadOnlyAdmin):
    """How it went, as customers say: of threads and of tickets, side by side."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_view_permission(request, obj)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One of the periods there are (?days=); anything else means the usual one."""
        word = request.GET.get("days", "")
        days = int(word) if word in {str(each) for each in voice.PERIODS} else voice.USUAL
        periods = [
            (each, ngettext("Last %(count)d day", "Last %(count)d days", each) % {"count": each})
            for each in voice.PERIODS
        ]
        context = self.admin_site.each_context(request) | {
            "title": _("The customers’ voice"),
            "told": voice.voice(days, request.user),
            "periods": periods,
        }
        return render(request, "admin/customer_voice.html", context)
