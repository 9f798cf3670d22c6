"""A question comes to staff: handed over by staff, or by its asker, who first reads what is shared."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community import permissions as community_permissions
from community.errors import NotAllowed, NotThere
from community.forms.fields import attempt
from community.models import Thread, User
from community.views.gates import SeeOther, done, member_of, sign_in_first
from support import permissions
from support.actions import escalating
from support.forms.escalating import AskStaffForm, EscalateForm
from support.models import Escalation, Ticket
from support.reading.calling import Call, call_of
from support.reading.shared import shared_of


def _sign_in(request: HttpRequest, thread_id: int) -> HttpResponse | None:
    """To the sign-in page, for whoever is no member; a visitor learns nothing of a question they do not see."""
    if community_permissions.is_member(request.user):
        return None
    if request.method == "POST":
        return sign_in_first(request, f"/t/{thread_id}/")
    return redirect_to_login(request.get_full_path())


def _seen(user: User, thread_id: int) -> Thread:
    thread = Thread.objects.visible_to(user).select_related("board", "asker").filter(pk=thread_id).first()
    if thread is None:
        raise NotThere(_("There is no such question."))
    return thread


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def escalate_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Hand a question over, with a reason. Whoever works on its ticket lands there, a moderator on the question."""
    if (to_sign_in := _sign_in(request, thread_id)) is not None:
        return to_sign_in
    user = member_of(request)
    thread = _seen(user, thread_id)
    if request.method != "POST" and thread.escalated_at is not None and community_permissions.is_staff(user):
        return _where_it_is(request, user, thread)
    if not permissions.can_escalate(user, thread):
        raise NotAllowed(_("This question cannot be handed to staff."))
    form, status = EscalateForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        made, status = attempt(form, lambda: _hand_over(user, thread, form.cleaned_data))
        if made is not None:
            return _landed(request, thread, *made)
    return render(request, "support/escalate.html", {"thread": thread, "form": form}, status=status)


def _where_it_is(request: HttpRequest, user: User, thread: Thread) -> HttpResponse:
    """To its ticket, for those who work on it; else back to the question. Its page links here, and need not ask."""
    worked = Ticket.objects.worked_by(user) if permissions.can_work_at_desk(user) else Ticket.objects.none()
    ticket = worked.filter(escalations__thread=thread, escalations__ended_at__isnull=True).first()
    if ticket is not None:
        return redirect("desk_ticket", ticket.pk)
    messages.info(request, _("Colleagues of yours have it."))
    return redirect(thread.get_absolute_url())


def _hand_over(user: User, thread: Thread, fields: dict[str, Any]) -> tuple[Ticket, bool]:
    return escalating.escalate_thread(actor=user, thread_id=thread.pk, way=Escalation.Way.STAFF, **fields)


def _landed(request: HttpRequest, thread: Thread, ticket: Ticket, is_new: bool) -> HttpResponse:
    told = _("It is with the support team now.") if is_new else _("The support team has it already.")
    if permissions.can_work_on(request.user, ticket):
        messages.success(request, told)
        return SeeOther(reverse("desk_ticket", args=[ticket.pk]))
    return done(request, thread.get_absolute_url(), told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_staff(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The asker calls staff: what they will see, what only they are asked for, and the asker's yes."""
    if (to_sign_in := _sign_in(request, thread_id)) is not None:
        return to_sign_in
    user = member_of(request)
    thread = _seen(user, thread_id)
    call = call_of(user, thread)
    if call is None:
        raise NotAllowed(_("Only whoever asked can do this, while the question waits for a solution."))
    if request.method != "POST" and call.is_answered:
        own = Ticket.objects.visible_to(user).filter(thread=thread, requester=user).undone()
        if (standing := own.first()) is not None:
            return redirect(standing.get_absolute_url())
    if request.method == "POST" and not call.is_open:
        raise NotAllowed(_("You cannot hand this question to staff now."))
    return _asked(request, user, thread, call)


def _asked(request: HttpRequest, user: User, thread: Thread, call: Call) -> HttpResponse:
    shared, status = shared_of(user, thread), 200
    about: dict[str, Any] = {"board": thread.board, "has_answers": bool(shared.tried)}
    form = AskStaffForm(request.POST if request.method == "POST" else None, **about)
    if request.method == "POST":
        made, status = attempt(form, lambda: _call(user, thread, form))
        if made is not None:
            messages.success(request, _("Our staff have it. You will be told when they answer."))
            return SeeOther(made[0].get_absolute_url())
    context = {"thread": thread, "shared": shared, "call": call, "form": form}
    return render(request, "support/ask_staff.html", context, status=status)


def _call(user: User, thread: Thread, form: AskStaffForm) -> tuple[Ticket, bool]:
    return escalating.ask_staff(
        actor=user,
        thread_id=thread.pk,
        reason=form.cleaned_data["reason"],
        words=form.cleaned_data["words"],
        values=form.values(),
        shares=form.cleaned_data["shares"],
    )
