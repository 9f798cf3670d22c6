"""Many tickets at once: chosen in a list, looked at before anything changes, then changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.errors import Refused
from community.forms.fields import demand, read_ids
from community.views.gates import lead_to, member_of, way_back
from support.actions import bulk
from support.forms.desk import BulkForm
from support.reading import desk_list
from support.views.gates import desk_post


@desk_post
def bulk_tickets(request: HttpRequest) -> HttpResponse:
    """What would change, and what cannot and why; with `do=apply` it is done."""
    user = member_of(request)
    ids = read_ids(request.POST.getlist("ticket"))
    if not ids:
        raise Refused(_("Please tick some tickets first."))
    form = BulkForm(request.POST, desk_list.around(user))
    demand(form)
    change = form.change(user)
    if request.POST.get("do") == "apply":
        return _applied(request, bulk.apply(actor=user, ticket_ids=ids, change=change))
    result = bulk.preview(actor=user, ticket_ids=ids, change=change)
    context: dict[str, Any] = {
        "form": form,
        "chosen": form.chosen(),
        "result": result,
        "ids": [ticket.pk for ticket in result.changed],
        "back": way_back(request, reverse("desk")),
    }
    return render(request, "support/desk_bulk.html", context)


def _applied(request: HttpRequest, result: bulk.Result) -> HttpResponse:
    count = len(result.changed)
    if count:
        told = ngettext("%(count)d ticket is changed.", "%(count)d tickets are changed.", count) % {"count": count}
        messages.success(request, told)
    for ticket, why in result.refused[:5]:
        messages.warning(request, _("%(subject)s: %(why)s") % {"subject": ticket.subject, "why": why})
    return lead_to(request, way_back(request, reverse("desk")))
