"""Reports of illegal content with their figures, decisions, and how long things are kept."""

import csv
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from community.actions.keeping import keep_for
from community.admin.base import ReadOnlyAdmin
from community.care.retention import look
from community.errors import Refused
from community.models import IllegalReport, Keeping, User
from community.reading.report_figures import Line, figures, heads


@admin.register(IllegalReport)
class IllegalReportAdmin(ReadOnlyAdmin):
    list_display = ("reported_at", "category", "place", "thread", "answer", "told_at")
    list_select_related = ("thread", "answer__thread")
    list_filter = ("category",)
    ordering = ("-id",)
    fields = ("reported_at", "category", "place", "explanation", "name", "address", "reporter", "told_at", "told_words")
    change_list_template = "admin/report_change_list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("figures/", view(self.figures), name="community_illegalreport_figures"),
            path("figures.csv", view(self.figures_csv), name="community_illegalreport_figures_csv"),
        ]
        return [*own, *super().get_urls()]

    def figures(self, request: HttpRequest) -> HttpResponse:
        """Each year's counts by category and outcome, for the report that the law asks for."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reports of illegal content in figures"),
            "heads": heads(),
            "rows": [_cells(line, line.name) for line in figures()],
        }
        return TemplateResponse(request, "admin/report_figures.html", context)

    def figures_csv(self, request: HttpRequest) -> HttpResponse:
        """The same for a spreadsheet, with the categories as they are stored."""
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="reports.csv"'
        writer = csv.writer(response)
        writer.writerow(heads())
        writer.writerows(_cells(line, line.category) for line in figures())
        return response


def _cells(line: Line, category: str) -> list[Any]:
    return [line.year, category, line.reports, line.hidden, line.left, line.waits, line.appeals, line.hours]


@admin.register(Keeping)
class KeepingAdmin(ReadOnlyAdmin):
    """One page in place of a list: every kind with its days, and what the next sweep takes of it."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        if request.method == "POST":
            self._choose(request)
            return HttpResponseRedirect(reverse("admin:community_keeping_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("How long things are kept"),
            "found": list(look()),
        }
        return TemplateResponse(request, "admin/retention.html", context)

    def _choose(self, request: HttpRequest) -> None:
        assert isinstance(request.user, User)
        days = request.POST.get("days", "")
        if not (days.isascii() and days.isdigit() and len(days) <= 6):
            messages.error(request, _("Please give a number of days."))
            return
        try:
            row = keep_for(actor=request.user, kind=request.POST.get("kind", ""), days=int(days))
        except Refused as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(request, _("Kept for %(days)d days from now on.") % {"days": row.days})
