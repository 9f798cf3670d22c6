"""Mail that came in, for those who may look through it: what waits, one message, letting it in or turning it away."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.actions import incoming as acts
from community.errors import NotAllowed, NotThere, Refused
from community.models import IncomingMail
from community.reading.incoming import ALL, count_held, ends_for, look_at, mail_page
from community.views.gates import done, lead_to, member_of, staff_page, staff_post


@require_safe
@staff_page
def incoming(request: HttpRequest) -> HttpResponse:
    """What waits for a look, longest first; `?end=` another list, `?after=` a cursor."""
    user, after = member_of(request), request.GET.get("after", "")
    end = request.GET.get("end") or IncomingMail.End.HELD.value
    rows, cursor = mail_page(user, end, after=after)
    here = reverse("incoming")
    held = count_held(user)
    tabs = [
        {
            "label": label,
            "url": f"{here}?end={word}" if word != IncomingMail.End.HELD else here,
            "current": word == end,
            "count": held or None if word == IncomingMail.End.HELD else None,
        }
        for word, label in ends_for(user).items()
    ]
    context = {
        "tabs": tabs,
        "mails": rows,
        "end": end,
        "shows_end": end == ALL,
        "older_url": f"?end={end}&after={cursor}" if cursor else "",
        "newer_url": f"?end={end}" if after else "",
        "is_queue": end == IncomingMail.End.HELD,
    }
    return render(request, "community/incoming/list.html", context)


@require_safe
@staff_page
def incoming_look(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One message: who sent it to what, what was written and cut, why it waits, and what may be decided."""
    return render(request, "community/incoming/mail.html", {"look": look_at(member_of(request), mail_id)})


@staff_post
def let_in_mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Post it after all."""
    return _decide(request, mail_id, acts.let_in, _("It is let in: it stands where it was written to."))


@staff_post
def turn_away_mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Leave it unposted."""
    return _decide(request, mail_id, acts.turn_away, _("It is turned away. Nobody else will see it."))


def _decide(request: HttpRequest, mail_id: int, act: Callable[..., IncomingMail], told: str) -> HttpResponse:
    """What the action refuses, as the page would refuse its sender's words, is told beside the mail."""
    look_at(member_of(request), mail_id)
    try:
        act(actor=member_of(request), mail_id=mail_id)
    except (NotThere, NotAllowed):
        raise
    except Refused as refused:
        messages.error(request, str(refused.message))
        return lead_to(request, reverse("incoming_look", args=[mail_id]))
    return done(request, reverse("incoming"), told)
