"""What was decided about one's own posts and account, and saying no to it."""

from contextlib import ExitStack
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.accounts.preferences import speaking_to, zone_of
from community.actions import appeals
from community.actions.decisions import explain, find_by_token, may_explain, with_post
from community.errors import NotThere, Refused
from community.forms.decisions import AppealForm, ExplainForm
from community.forms.fields import attempt
from community.models import Decision, User
from community.reading import cursors
from community.reading.decisions import headline, told, what_it_is
from community.views.gates import SeeOther, lead_to, member_of, moderator_post, own_address, way_back

ORDER = "decisions"
PER_PAGE = 30


@never_cache
@login_required
@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """One's own, newest first: what happened to which post, without its words."""
    person = member_of(request)
    rows = with_post().filter(person=person, pk__in=Decision.objects.told_to(person).values("pk")).order_by("-pk")
    after = request.GET.get("after", "")
    if after:
        rows = rows.filter(pk__lt=cursors.decode(ORDER, after)[0])
    page = list(rows[: PER_PAGE + 1])
    older = f"?after={cursors.encode(ORDER, page[PER_PAGE - 1].pk, 0)}" if len(page) > PER_PAGE else ""
    found = [{"row": row, "headline": headline(row), "what": what_it_is(row)} for row in page[:PER_PAGE]]
    context = {"found": found, "older_url": older, "newer_url": request.path if after else ""}
    return render(request, "community/decisions.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """One decision as its author reads it; POST is their appeal. Moderators see it too, and may say why."""
    person = member_of(request)
    found = with_post().filter(pk__in=Decision.objects.visible_to(person).values("pk"), pk=decision_id).first()
    if found is None:
        raise NotThere(_("There is no such decision."))
    if request.method == "POST" and found.person_id != person.pk:
        raise NotThere(_("There is no such decision."))
    return _page(request, found, person if found.person_id == person.pk else None, request.path)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decision_by_token(request: HttpRequest, token: str) -> HttpResponse:
    """The same from the link in a mail, for whoever cannot sign in: this one decision and its appeal, nothing else."""
    found = find_by_token(token)
    with ExitStack() as reading:
        reading.enter_context(speaking_to(found.person))
        if (zone := zone_of(found.person.time_zone)) is not None:
            reading.enter_context(timezone.override(zone))
        return _page(request, found, found.person, request.path)


def _page(request: HttpRequest, found: Decision, whose: User | None, here: str) -> HttpResponse:
    """The page; `whose` is the author who reads it, None for a moderator."""
    form, status = AppealForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and whose is not None:
        made, status = attempt(
            form, lambda: appeals.appeal(actor=whose, decision_id=found.pk, words=form.cleaned_data["words"])
        )
        if made is not None:
            messages.success(request, _("Your appeal has arrived. Somebody else looks at it."))
            return SeeOther(here)
    back = request.GET.get("next", "")
    context: dict[str, Any] = {
        "told": told(found),
        "form": form,
        "here": here,
        "is_author": whose is not None,
        "explaining": ExplainForm() if whose is None and may_explain(request.user, found) else None,
        "back": back if back and own_address(request, back) else "",
    }
    return render(request, "community/decision.html", context, status=status)


@moderator_post
def explain_decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """The ground and the words, said after the act."""
    form = ExplainForm(request.POST)
    if not form.is_valid():
        raise Refused(" ".join(str(message) for told in form.errors.values() for message in told))
    row = explain(actor=member_of(request), decision_id=decision_id, **form.cleaned_data)
    messages.success(request, _("Done: the author reads why."))
    post = row.answer or row.thread
    return lead_to(request, way_back(request, post.get_absolute_url() if post else reverse("decision", args=[row.pk])))
