"""The desk's reports, for administrators."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.permissions import can_open_admin
from support.reading.report_facts import PERIODS, USUAL
from support.reading.reports import reports


def desk_reports(request: HttpRequest) -> HttpResponse:
    """All reports of one of the periods there are (?days=); anything else means the usual one."""
    if not can_open_admin(request.user):
        raise PermissionDenied
    word = request.GET.get("days", "")
    days = int(word) if word in {str(each) for each in PERIODS} else USUAL
    periods = [
        (each, ngettext("Last %(count)d day", "Last %(count)d days", each) % {"count": each}) for each in PERIODS
    ]
    context = admin.site.each_context(request) | {
        "title": _("Reports of the desk"),
        "told": reports(days),
        "periods": periods,
    }
    return render(request, "admin/desk_reports.html", context)
