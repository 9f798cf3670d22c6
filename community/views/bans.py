"""Closing somebody's account to posting, and opening it again: what will happen is said before anybody presses."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community.actions import bans
from community.errors import Refused
from community.forms.fields import demand
from community.forms.moderation import BanForm, ReasonForm
from community.models import BulkAct
from community.reading.bulk import by_person
from community.views.gates import done, member_of, moderator_page
from community.views.people import find_person


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_page
def ban_person(request: HttpRequest, slug: str) -> HttpResponse:
    """What a ban hides and ends, in figures, and why; for somebody banned, the way back."""
    person, actor = find_person(slug, request.user), member_of(request)
    if request.method == "POST" and request.POST.get("do") == "unban":
        words = str(demand(ReasonForm(request.POST))["reason"])
        bans.unban(actor=actor, person_id=person.pk, words=words)
        return done(request, person.get_absolute_url(), _("The account is open again, and everything shows as before."))
    if request.method == "POST":
        fields = demand(BanForm(request.POST))
        bans.ban(actor=actor, person_id=person.pk, **fields)
        return done(request, person.get_absolute_url(), _("The account is closed. They are told why."))
    refused = ""
    try:
        bans.check_bannable(actor, person)
    except Refused as why:
        refused = str(why.message)
    acts = BulkAct.objects.filter(kind=BulkAct.Kind.BAN, person=person, undone_at=None).select_related("started_by")
    act = acts.first()
    context = {
        "person": person,
        "form": BanForm(),
        "act": act,
        "hidden": act.items.count() if act else 0,
        "figures": by_person(person).figures(),
        "refused": refused,
    }
    return render(request, "community/ban.html", context)
