"""Reporting what is against the law, without an account, and following what becomes of it.

Nothing here says whether there is anything at the place that is reported: only moderators look.
"""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community import permissions
from community.actions import appeals, reports
from community.errors import NotThere
from community.forms.decisions import AppealForm, ReportForm, own_hosts
from community.forms.fields import attempt
from community.models import IllegalReport, User
from community.reading.reports import follow
from community.views.gates import SeeOther, own_address


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_illegal(request: HttpRequest) -> HttpResponse:
    """The form; `?place=` fills the address in. Sent, it leads to the receipt."""
    hosts = own_hosts(request.get_host())
    if request.method != "POST":
        form = ReportForm(initial=_known(request), hosts=hosts)
        return render(request, "community/report.html", {"form": form})
    form = ReportForm(request.POST, hosts=hosts)
    made, status = attempt(form, lambda: _report(request, form))
    if made is None:
        return render(request, "community/report.html", {"form": form}, status=status)
    messages.success(request, _("Your report has arrived."))
    return SeeOther(reverse("report_receipt", args=[made[1]]))


def _report(request: HttpRequest, form: ReportForm) -> tuple[IllegalReport, str]:
    actor = request.user if permissions.is_member(request.user) else None
    assert actor is None or isinstance(actor, User)
    address = get_adapter(request).get_client_ip(request)
    return reports.report_illegal(actor=actor, sent_from=address or "", **form.cleaned_data)


def _known(request: HttpRequest) -> dict[str, str]:
    """What need not be typed: the place they come from, and of members their name and address."""
    place = request.GET.get("place", "")
    known = {
        "place": request.build_absolute_uri(place) if place.startswith("/") and own_address(request, place) else ""
    }
    if isinstance(request.user, User):
        known |= {"name": request.user.display_name, "address": request.user.email}
    return known


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """How one's report stands; POST is the appeal against what was decided. The token is the key."""
    report = reports.find_report(token)
    form, status = AppealForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        if report.decision_id is None:
            raise NotThere(_("There is no such decision."))
        decision_id = report.decision_id
        made, status = attempt(
            form,
            lambda: appeals.appeal(
                actor=None, decision_id=decision_id, words=form.cleaned_data["words"], report=report
            ),
        )
        if made is not None:
            messages.success(request, _("Your appeal has arrived. Somebody else looks at it."))
            return SeeOther(request.path)
    context = {"followed": follow(report), "form": form, "here": request.build_absolute_uri(request.path)}
    return render(request, "community/report_receipt.html", context, status=status)
