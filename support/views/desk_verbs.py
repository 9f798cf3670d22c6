"""What agents do to a ticket. Each leads back to where they were; who loses a race is told who won."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.converters import parse_id
from community.errors import EditConflict, NotThere, Refused
from community.forms.fields import demand, read_ids
from community.models import User
from community.views.gates import done, is_htmx, lead_to, member_of, pace, way_back
from support.actions import assigning, drafts, files, macros, moves, notes, presence, replies
from support.forms.desk import HoldForm, NoteForm, ReasonForm, ReplyForm
from support.models import Status, TicketDraft
from support.views.gates import desk_post


def page_of(ticket_id: int) -> str:
    return reverse("desk_ticket", args=[ticket_id])


def _reason(request: HttpRequest) -> str:
    return str(demand(ReasonForm(request.POST))["reason"])


# Words ----------------------------------------------------------------------------------------------------------------
@desk_post
def reply(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Send words to the customer; they leave some seconds later. What is refused stays a draft, so no word is lost."""
    fields, user = demand(ReplyForm(request.POST)), member_of(request)
    try:
        replies.send(
            actor=user,
            ticket_id=ticket_id,
            body=fields["body"],
            then_status=Status(fields["then"] or Status.WAITING),
            held_until=fields["held_until"],
            files=_files(request, user),
        )
        macros.do_also(actor=user, ticket_id=ticket_id, macro_id=fields["macro"] or 0)
    except NotThere:
        raise
    except Refused as refused:
        return _kept(request, ticket_id, TicketDraft.Kind.REPLY, fields["body"], refused)
    return lead_to(request, way_back(request, page_of(ticket_id)))


def _kept(request: HttpRequest, ticket_id: int, kind: TicketDraft.Kind, body: str, refused: Refused) -> HttpResponse:
    """Keep what was refused as a draft, and say on its page why."""
    drafts.save(actor=member_of(request), ticket_id=ticket_id, kind=kind, body=body)
    messages.error(request, str(refused.message))
    return lead_to(request, f"{page_of(ticket_id)}#{kind}")


def _files(request: HttpRequest, user: User) -> list[int]:
    """The files that came along, stored; and those stored before."""
    ids = read_ids(request.POST.getlist("files"))
    return ids + [files.add(actor=user, upload=upload).pk for upload in request.FILES.getlist("uploads")]


@desk_post
def take_back_reply(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Undo: one's own reply that has not left; its words stand in the box again."""
    replies.take_back(actor=member_of(request), ticket_id=ticket_id)
    messages.success(request, _("Nothing was sent. Your words are here again."))
    return lead_to(request, f"{page_of(ticket_id)}#reply")


@desk_post
def note_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Leave a note for colleagues."""
    fields, user = demand(NoteForm(request.POST)), member_of(request)
    try:
        notes.note(actor=user, ticket_id=ticket_id, body=fields["body"], files=_files(request, user))
    except NotThere:
        raise
    except Refused as refused:
        return _kept(request, ticket_id, TicketDraft.Kind.NOTE, fields["body"], refused)
    return done(request, page_of(ticket_id), _("Noted. Only colleagues see it."))


@desk_post
def save_ticket_draft(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Keep what is being written, as the script sends it every few seconds; each kind by itself."""
    pace(request, "draft")
    kind = request.POST.get("kind", "")
    if kind not in TicketDraft.Kind.values:
        raise Refused(_("There is no such draft."))
    body = request.POST.get("body", "")
    draft = drafts.save(actor=member_of(request), ticket_id=ticket_id, kind=TicketDraft.Kind(kind), body=body)
    if is_htmx(request):
        return render(request, "community/draft_saved.html", {"draft": draft})
    return done(request, f"{page_of(ticket_id)}#{kind}", _("Your draft is saved."))


@desk_post
def look_at_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """One's own sign of looking (or writing); who else does, the page's news say."""
    pace(request, "news")
    presence.look(actor=member_of(request), ticket_id=ticket_id, types=request.POST.get("types") == "1")
    return HttpResponse(status=204)


# Whose it is ----------------------------------------------------------------------------------------------------------
@desk_post
def claim_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Take it; whoever comes second is told who has it."""
    try:
        assigning.claim(actor=member_of(request), ticket_id=ticket_id)
    except EditConflict as late:
        messages.warning(request, str(late.message))
        return lead_to(request, way_back(request, page_of(ticket_id)))
    return done(request, page_of(ticket_id), _("It is yours."))


@desk_post
def assign_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Give it to a colleague, or to nobody."""
    user, to = member_of(request), request.POST.get("to", "")
    if not to:
        assigning.release(actor=user, ticket_id=ticket_id, reason=_reason(request))
        return done(request, page_of(ticket_id), _("It waits in its queue."))
    person = User.objects.with_standing().filter(pk=parse_id(to)).first()
    if person is None:
        raise NotThere(_("There is no such person."))
    assigning.assign(actor=user, ticket_id=ticket_id, to=person, reason=_reason(request))
    return done(request, page_of(ticket_id), _("%(name)s has it now.") % {"name": person})


# Where it stands ------------------------------------------------------------------------------------------------------
MOVES: dict[str, Callable[..., Any]] = {
    "resolve": moves.resolve,
    "close": moves.close,
    "reopen": moves.reopen,
    "no_reply": moves.no_reply_needed,
}


@desk_post
def move_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Bring it into another status: `to` is one of MOVES, a status, or "hold" with its date."""
    user, to, reason = member_of(request), request.POST.get("to", ""), _reason(request)
    if to in MOVES:
        MOVES[to](actor=user, ticket_id=ticket_id, reason=reason)
    elif to == "hold":
        until = demand(HoldForm(request.POST))["held_until"]
        moves.hold(actor=user, ticket_id=ticket_id, until=_aware(until), reason=reason)
    elif to in (Status.OPEN, Status.WAITING):
        moves.move(actor=user, ticket_id=ticket_id, to=Status(to), reason=reason)
    else:
        raise Refused(_("There is no such status."))
    return lead_to(request, way_back(request, page_of(ticket_id)))


def _aware(moment: datetime) -> datetime:
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
