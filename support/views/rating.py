"""How it went: said on the ticket's page, or with a press out of the mail, without signing in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.accounts.preferences import speaking_to
from community.forms.fields import attempt, demand
from community.models import User
from community.permissions import is_member
from community.views.gates import SeeOther, done, member_of, member_post, reader_of
from support.actions import ratings
from support.forms.cases import RatingForm
from support.models import TicketRating
from support.notices.rating import BadToken, Meant, read_token


@member_post
def rate_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The requester says how it went, on the page."""
    said = demand(RatingForm(request.POST))
    ratings.rate(actor=member_of(request), ticket_id=ticket_id, score=said["score"], words=said["words"])
    return done(request, reverse("ticket", args=[ticket_id]), _("Thank you for telling us."))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rating(request: HttpRequest, token: str) -> HttpResponse:
    """Out of the mail: a GET shows what will be said (`?score=` is chosen already), a POST says it."""
    try:
        meant = read_token(token)
    except BadToken:
        return _told(request, "old", 404)
    reader = reader_of(request)
    if isinstance(reader, User) and reader.pk != meant.person.pk:
        return _told(request, "somebody_else", 403)
    asked = TicketRating.objects.filter(ticket_id=meant.ticket_id, asked_at__isnull=False).select_related("ticket")
    found = asked.filter(ticket__requester=meant.person).first()
    if found is None or not is_member(meant.person):
        return _told(request, "old", 404)
    with speaking_to(meant.person):
        return _open(request, meant, found)


def _open(request: HttpRequest, meant: Meant, found: TicketRating) -> HttpResponse:
    if request.method == "POST":
        form = RatingForm(request.POST)
        said, status = attempt(form, lambda: _say(meant, form))
        if said is not None:
            return SeeOther(f"{request.path}?said=1")
    else:
        chosen = request.GET.get("score", "")
        score = chosen if chosen in {str(each) for each in TicketRating.Score.values} else found.score
        form, status = RatingForm(initial={"score": score, "words": found.words}), 200
    context: dict[str, Any] = {
        "form": form,
        "rating": found,
        "person": meant.person,
        "is_said": "said" in request.GET and found.rated_at is not None,
        "can_change": ratings.can_change(found),
        # without signing in nothing of the ticket is told but what its mail said
        "is_own": isinstance(reader_of(request), User),
    }
    return render(request, "support/rating.html", context, status=status)


def _say(meant: Meant, form: RatingForm) -> TicketRating:
    fields = form.cleaned_data
    return ratings.rate(actor=meant.person, ticket_id=meant.ticket_id, score=fields["score"], words=fields["words"])


def _told(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "support/rating_told.html", {"why": why}, status=status)
