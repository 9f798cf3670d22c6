"""Where a ticket belongs and who reads along; two tickets that are one, and one that is two."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from community.content.text import key
from community.converters import DIGITS
from community.errors import Refused
from community.forms.fields import demand, read_ids, split_words
from community.models import User
from community.views.gates import done, lead_to, member_of, way_back
from support.actions import regrouping, relating, sorting
from support.forms.desk import CopyForm, MergeForm, ReasonForm, RelateForm, SortForm, SplitForm
from support.models import Priority, Ticket, TicketMessage
from support.reading import desk_ticket
from support.views.desk_verbs import page_of
from support.views.gates import desk_page, desk_post


@desk_post
def sort_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Another queue, priority or other tags: whichever of them the form names."""
    user, fields = member_of(request), demand(SortForm(request.POST))
    who: dict[str, Any] = {"actor": user, "ticket_id": ticket_id, "reason": fields["reason"]}
    if "priority" in request.POST:
        sorting.set_priority(**who, priority=Priority(fields["priority"] or Priority.NORMAL))
    if "tags" in request.POST:
        sorting.retag(**who, tags=split_words(fields["tags"]))
    if "queue" in request.POST:
        sorting.set_queue(**who, queue_id=fields["queue"] or 0)
        if not Ticket.objects.worked_by(user).filter(pk=ticket_id).exists():
            return done(request, reverse("desk"), _("It is with another team now."))
    return lead_to(request, way_back(request, page_of(ticket_id)))


@desk_post
def relate_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """It is about something else than what peers solved for this customer (`do`: unrelated), or is not after all."""
    user, fields = member_of(request), demand(RelateForm(request.POST))
    if fields["do"] == "unrelated":
        relating.mark_unrelated(actor=user, ticket_id=ticket_id, reason=fields["reason"])
        return done(request, page_of(ticket_id), _("Noted: it is about something else."))
    relating.mark_related(actor=user, ticket_id=ticket_id, reason=fields["reason"])
    return done(request, page_of(ticket_id), _("Noted: it counts as a contact again."))


@desk_post
def copy_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Put somebody in copy by name or address (`person`), or take them out (`out`)."""
    user, fields = member_of(request), demand(CopyForm(request.POST))
    if fields["out"]:
        leaving = User.objects.filter(pk=fields["out"]).first()
        if leaving is not None:
            sorting.remove_copy(actor=user, ticket_id=ticket_id, person=leaving)
        return done(request, page_of(ticket_id), _("They get no copies any more."))
    sorting.add_copy(actor=user, ticket_id=ticket_id, person=_named(fields["person"]))
    return done(request, page_of(ticket_id), _("They are in copy and read what you and the customer write."))


def _named(words: str) -> User:
    """The person of this name or verified address; Refused for nobody."""
    name = words.strip().removeprefix("@")
    people = User.objects.with_standing().filter(is_active=True, anonymised_at__isnull=True)
    if "@" in name:
        found = people.filter(emailaddress__email__iexact=name, emailaddress__verified=True).first()
    else:
        found = people.filter(username_key=key(name)).first() if key(name) else None
    if found is None:
        raise Refused(_("Nobody here has this name or address."))
    return found


# Two that are one -----------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def merge_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Into which other ticket of the same customer; with `?into=` what will be moved, before it is."""
    user = member_of(request)
    ticket: Any = desk_ticket.find(user, ticket_id)
    if request.method == "POST":
        fields = demand(MergeForm(request.POST))
        act = regrouping.merge(actor=user, ticket_id=ticket_id, into_id=fields["into"], reason=fields["reason"])
        return done(request, page_of(act.target_id), _("They are one ticket now. Undo stands beside it."))
    mine = Ticket.objects.worked_by(user).filter(requester=ticket.requester_id).undone().exclude(pk=ticket.pk)
    word = request.GET.get("into", "")
    number = int(word) if word.isascii() and word.isdigit() and len(word) <= DIGITS else 0
    context = {
        "ticket": ticket,
        "others": mine.order_by("-last_activity_at", "-pk")[:30],
        "into": mine.filter(pk=number).first() if number else None,
        "is_wrong": bool(word) and not mine.filter(pk=number).exists(),
        "count": ticket.last_position,
    }
    return render(request, "support/desk_merge.html", context)


# One that is two ------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def split_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Choose the messages that are about something else; they become a ticket of their own."""
    user = member_of(request)
    ticket: Any = desk_ticket.find(user, ticket_id)
    if request.method == "POST":
        fields = demand(SplitForm(request.POST))
        ids = read_ids(request.POST.getlist("message"))
        act = regrouping.split(
            actor=user, ticket_id=ticket_id, message_ids=ids, subject=fields["subject"], reason=fields["reason"]
        )
        return done(request, page_of(act.target_id), _("These messages are a ticket of their own now."))
    said = TicketMessage.objects.filter(ticket=ticket).select_related("author").order_by("-position")
    context = {"ticket": ticket, "messages_of": list(said[: desk_ticket.SHOWN])[::-1], "form": SplitForm()}
    return render(request, "support/desk_split.html", context)


@desk_post
def undo_ticket_move(request: HttpRequest, regrouping_id: int) -> HttpResponse:
    """Everything stands where it stood before that merge or split."""
    act = regrouping.undo(actor=member_of(request), regrouping_id=regrouping_id, **demand(ReasonForm(request.POST)))
    count = act.moved.count()
    told = ngettext("%(count)d message stands where it stood.", "%(count)d messages stand where they stood.", count)
    return done(request, page_of(act.ticket_id), told % {"count": count})
