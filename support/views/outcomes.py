"""How an escalation ends: the community is told, or why not; it gets the question back; or it was quicker."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.actions.private_data import Way
from community.errors import NotAllowed, NotThere, Refused
from community.forms.fields import attempt, demand
from community.permissions import is_member
from community.views.gates import SeeOther, done, member_of, member_post, sign_in_first
from support import permissions
from support.actions import escalating, outcomes, peers
from support.actions.outcomes import PrivateWords, Published
from support.forms.escalating import ClosingForm, GiveBackForm, OutcomeForm, WithholdForm
from support.models import Ticket, TicketDraft
from support.reading.escalated import escalated_of


def _desk_address(ticket_id: int) -> str:
    return reverse("desk_ticket", args=[ticket_id])


def _worked(request: HttpRequest, ticket_id: int) -> Ticket:
    """The ticket, for those who work on it. NotAllowed for whoever works on none, NotThere for another team's."""
    if not permissions.can_work_at_desk(request.user):
        raise NotAllowed(_("Only our support team works here."))
    worked = Ticket.objects.worked_by(member_of(request)).select_related("requester", "thread__board", "queue")
    ticket = worked.filter(pk=ticket_id).first()
    if ticket is None:
        raise NotThere(_("There is no such ticket."))
    return ticket


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_outcome(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """What the community is told of how it ended; `do=withhold` says why it is told nothing."""
    if not is_member(request.user):
        if request.method == "POST":
            return sign_in_first(request, _desk_address(ticket_id))
        return redirect_to_login(request.get_full_path())
    ticket = _worked(request, ticket_id)
    if request.method != "POST":
        return _page(request, ticket, OutcomeForm(initial={"body": _draft(request, ticket)}), WithholdForm())
    if request.POST.get("do") == "withhold":
        return _withheld(request, ticket)
    return _published(request, ticket)


def _draft(request: HttpRequest, ticket: Ticket) -> str:
    """What this agent has begun to write."""
    drafts = TicketDraft.objects.filter(ticket=ticket, author=member_of(request), kind=TicketDraft.Kind.OUTCOME)
    return drafts.values_list("body", flat=True).first() or ""


def _published(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return _page(request, ticket, form, WithholdForm(), status=422)
    try:
        made = _publish(request, ticket, form)
    except PrivateWords as found:
        return _page(request, ticket, form, WithholdForm(), found=found, status=found.status)
    except Refused as refused:
        form.add_error(None, str(refused.message))
        return _page(request, ticket, form, WithholdForm(), status=refused.status)
    told = _("The community reads it now.") if made.is_shown else _("It waits until a colleague has read it.")
    messages.success(request, told)
    return SeeOther(_desk_address(ticket.pk))


def _publish(request: HttpRequest, ticket: Ticket, form: OutcomeForm) -> Published:
    """Publish it. "Leave all out" is said of every place in it at once."""
    actor, body, decided = member_of(request), form.cleaned_data["body"], form.decided()
    if request.POST.get("all") == Way.OUT:
        hits = outcomes.check(actor=actor, ticket_id=ticket.pk, body=body)
        decided = {hit.digest: Way.OUT for hit in hits} | decided
    return outcomes.publish(
        actor=actor, ticket_id=ticket.pk, body=body, decided=decided, key=form.cleaned_data["post_key"]
    )


def _withheld(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    form = WithholdForm(request.POST)
    made, status = attempt(
        form, lambda: outcomes.withhold(actor=member_of(request), ticket_id=ticket.pk, **form.cleaned_data)
    )
    if made is None:
        return _page(request, ticket, OutcomeForm(initial={"body": _draft(request, ticket)}), form, status=status)
    messages.success(request, _("Nothing is published. The ticket can end now."))
    return SeeOther(_desk_address(ticket.pk))


def _page(
    request: HttpRequest,
    ticket: Ticket,
    form: OutcomeForm,
    withhold_form: WithholdForm,
    *,
    found: PrivateWords | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "ticket": ticket,
        "escalated": escalated_of(member_of(request), ticket),
        "form": form,
        "withhold_form": withhold_form,
        "found": found,
        "ways": form.ways(list(found.hits)) if found is not None else [],
        "desk_url": _desk_address(ticket.pk),
    }
    return render(request, "support/outcome.html", context, status=status)


@member_post
def give_back(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The community is to go on with it."""
    _worked(request, ticket_id)
    fields = demand(GiveBackForm(request.POST))
    escalating.give_back(actor=member_of(request), ticket_id=ticket_id, **fields)
    return done(request, _desk_address(ticket_id), _("The community has the question again."))


@member_post
def close_solved(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The community solved it: the drafted words go to the customer, and the ticket ends."""
    _worked(request, ticket_id)
    fields = demand(ClosingForm(request.POST))
    peers.close_as_solved(actor=member_of(request), ticket_id=ticket_id, **fields)
    return done(request, _desk_address(ticket_id), _("The customer is told that the community solved it."))
