"""A customer's own matters: questions and tickets in one list, and a ticket as its customer sees it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community import clock
from community.actions import drafts
from community.content.text import BadText, clean_text, key
from community.converters import parse_id
from community.errors import NotThere, Refused
from community.forms.ask import initial_from_draft
from community.forms.fields import attempt
from community.models import Thread, User
from community.views.attachments import serve_file, take_upload
from community.views.gates import SeeOther, done, member_of, member_post, with_wait
from community.views.writing import sheet_of, take_files
from support.actions import contacting, files, moves, sorting
from support.actions.ratings import can_change
from support.forms.cases import MessageForm, RatingForm
from support.models import DeskState, Status, Switch, Ticket, TicketAttachment, TicketCc, TicketRating
from support.places import place_of
from support.reading.cases import SHOWN, badge_of, cases_of, next_of, promised_to, talk_of


@never_cache
@login_required
@require_safe
def my_cases(request: HttpRequest) -> HttpResponse:
    """One's own questions and tickets, latest activity first. `?show=` questions or tickets, `?after=` a cursor."""
    show, after = request.GET.get("show", ""), request.GET.get("after", "")
    if show not in SHOWN:
        raise Refused(_("There is no such list."))
    page = cases_of(member_of(request), show=show, after=after)
    here = reverse("my_cases")
    first = f"{here}?show={show}" if show else here
    older = f"{first}{'&' if show else '?'}after={page.older}" if page.older else ""
    tabs = [("", _("All")), ("questions", _("Questions")), ("tickets", _("Tickets"))]
    context = {
        "cases": page.cases,
        "show": show,
        "older_url": older,
        "newer_url": first if after else "",
        "tabs": [
            {"label": label, "url": f"{here}?show={word}" if word else here, "current": word == show}
            for word, label in tabs
        ],
    }
    return render(request, "support/my_cases.html", context)


@never_cache
@login_required
@require_safe
def ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """A ticket as its customer sees it. `?before=` a position: the messages before it. Agents are led to their own."""
    person = member_of(request)
    found = _own(person).filter(pk=ticket_id).first()
    if found is None:
        if Ticket.objects.worked_by(person).filter(pk=ticket_id).exists():
            return redirect("desk_ticket", ticket_id)
        raise NotThere(_("There is no such ticket."))
    draft = drafts.find_draft(actor=person, place=place_of(found.pk))
    form = MessageForm(initial=initial_from_draft(draft) if draft else {}, user=person)
    return _page(request, found, form, draft=draft)


def _own(person: User) -> Any:
    tickets = Ticket.objects.of_customer(person)
    return tickets.select_related("queue", "board", "thread__board", "requester", "merged_into")


def _page(
    request: HttpRequest, found: Ticket, form: MessageForm, *, draft: Any = None, status: int = 200
) -> HttpResponse:
    person = member_of(request)
    is_requester = found.requester_id == person.pk
    rating = TicketRating.objects.filter(ticket=found).first() if is_requester else None
    thread = found.thread
    if thread is not None and not Thread.objects.visible_to(person).filter(pk=thread.pk).exists():
        thread = None
    context: dict[str, Any] = {
        "ticket": found,
        "badge": badge_of(found.status),
        "next": next_of(found, promised_at=promised_to(found), now=clock.now()),
        "talk": talk_of(found, person, before=_before(request)),
        "thread": thread,
        "values": found.values.select_related("field").order_by("field__position", "field_id") if is_requester else [],
        "copies": TicketCc.objects.filter(ticket=found).select_related("person").order_by("pk")[:50],
        "is_requester": is_requester,
        "can_copy": is_requester and found.is_undone and _desk_has(Switch.COPIES),
        "can_solve": is_requester and found.is_undone and found.status != Status.NEW,
        "rating": rating,
        "rating_form": RatingForm(initial=_said(rating)) if rating and can_change(rating) else None,
        "form": form,
        "draft": draft,
        "place": place_of(found.pk),
    }
    return with_wait(render(request, "support/ticket.html", context, status=status), form)


def _desk_has(switch: Switch) -> bool:
    desk = DeskState.objects.filter(pk=1).first()
    return desk is not None and desk.has(switch)


def _before(request: HttpRequest) -> int:
    word = request.GET.get("before", "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else 0


def _said(rating: TicketRating) -> dict[str, Any]:
    return {"score": rating.score, "words": rating.words}


# What its customer does -----------------------------------------------------------------------------------------------
@member_post
def write_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The next words: they open what rested or was solved, or begin a ticket that goes on from a closed one."""
    person = member_of(request)
    found = _own(person).filter(pk=ticket_id).first()
    if found is None:
        raise NotThere(_("There is no such ticket."))
    data, wrong_files = take_files(request, files.add)
    form = MessageForm(data, user=person)
    for message in wrong_files:
        form.add_error("uploads", message)
    made, status = attempt(form, lambda: _write(request, form, ticket_id))
    if made is None:
        return _page(request, found, form, status=status)
    if made.ticket_id != found.pk:
        messages.success(request, _("This goes on in another ticket: your message stands here."))
    else:
        messages.success(request, _("Your message is sent."))
    return SeeOther(f"{reverse('ticket', args=[made.ticket_id])}#m{made.position}")


def _write(request: HttpRequest, form: MessageForm, ticket_id: int) -> Any:
    return contacting.write_on(
        actor=member_of(request),
        ticket_id=ticket_id,
        body=form.cleaned_data["body"],
        files=form.cleaned_data["attachments"],
        key=form.one_time_key(),
        sheet=sheet_of(request),
    )


@member_post
def solve_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The requester says that it is solved."""
    if not Ticket.objects.of_customer(member_of(request)).filter(pk=ticket_id).exists():
        raise NotThere(_("There is no such ticket."))
    solved = moves.resolve(actor=member_of(request), ticket_id=ticket_id)
    return done(request, solved.get_absolute_url(), _("Good to hear! If it comes back, write here."))


@member_post
def change_copy(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Who reads along: the requester adds somebody by the name they have here (`name`), or takes out a `person`, as
    whoever is in copy does with themselves."""
    actor = member_of(request)
    if not Ticket.objects.of_customer(actor).filter(pk=ticket_id).exists():
        raise NotThere(_("There is no such ticket."))
    here = reverse("ticket", args=[ticket_id])
    if "person" in request.POST:
        other = get_object_or_404(User, pk=parse_id(request.POST["person"]))
        sorting.remove_copy(actor=actor, ticket_id=ticket_id, person=other)
        is_self = other.pk == actor.pk
        told = _("You are no longer in copy.") if is_self else _("They no longer read along.")
        return done(request, reverse("my_cases") if is_self else here, told)
    sorting.add_copy(actor=actor, ticket_id=ticket_id, person=_named(request.POST.get("name", "")))
    return done(request, here, _("They read along from now on, and may write here."))


def _named(word: str) -> User:
    """Somebody by the name they have here; Refused for nobody's, with nothing said of accounts."""
    try:
        known = key(clean_text(word[:200]).strip().removeprefix("@"))
    except BadText:
        known = ""
    person = User.objects.with_standing().filter(username_key=known, is_active=True).first() if known else None
    if person is None:
        raise Refused(_("Nobody has this name here. Ask them for the name on their profile."))
    return person


# Files ----------------------------------------------------------------------------------------------------------------
@member_post
def add_ticket_file(request: HttpRequest) -> HttpResponse:
    """Store one private file (field "file"); it stands beside the words it is sent with."""
    return take_upload(request, files.add, lambda _made: "", reverse("my_cases"))


@never_cache
@require_safe
def ticket_file(request: HttpRequest, file_id: int, name: str) -> FileResponse:
    """A private file, asked again each time who may have it; kept nowhere on its way."""
    found = TicketAttachment.objects.visible_to(request.user).filter(pk=file_id, name=name).first()
    if found is None:
        raise Http404
    return serve_file(found, is_public=False)
