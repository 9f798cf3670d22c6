"""What a page's script tells of a form, and what people say about being counted.

`POST forms/open/`: the form stands before somebody. Fields: `token` (the form's hidden `form_token`), `surface`
("ask"), `board` (the chosen board's slug, or empty), `linked_from` (the thread somebody came from, or empty).

`POST forms/event/`: something happened in it. Fields: `token`; `kind`: opened, solved, not_solved, me_too or left;
`thread`: the suggestion it is about (not for left); `stops`: yes, no or empty ("solved": nothing more is needed).

Both take what forms send (FormData, so that `navigator.sendBeacon` may carry them), with the page's CSRF token. The
answer is 204 whoever asks and whatever became of it: nobody learns whether a token exists, is theirs, or was counted.
400 is for what none of our pages sends, 429 for a script that lost its patience.

A form opens before its suggestions are asked for. In whatever order they arrive: the view that serves suggestions calls
`open_form` itself, which is harmless twice, serves nothing to the arm "control", and records what it shows.
"""

from typing import TypedDict
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts import visitors
from community.accounts.visitors import person_key_of
from community.actions import measuring
from community.errors import Refused
from community.forms.measuring import LEFT, STOPS, EventForm, OpenForm
from community.models import Board, Brand, SuggestionEvent
from community.views.gates import is_htmx, lead_to, own_address, reader_of, slow_down, way_back

Kind = SuggestionEvent.Kind


class About(TypedDict):
    """What every event about a suggestion says."""

    person_key: str
    token: UUID
    thread_id: int


@require_POST
def open_form(request: HttpRequest) -> HttpResponse:
    """The form stands before somebody."""
    form = _read(OpenForm(request.POST))
    if (late := slow_down(request, "beacon")) is not None:
        return late
    fields = form.cleaned_data
    boards = Board.objects.visible_to(reader_of(request)).filter(slug=fields["board"]).values_list("pk", flat=True)
    if key := person_key_of(request):
        measuring.open_form(
            person_key=key,
            token=fields["token"],
            surface=fields["surface"],
            board_id=boards.first() if fields["board"] else None,
            from_thread_id=fields["linked_from"],
        )
    return HttpResponse(status=204)


@require_POST
def form_event(request: HttpRequest) -> HttpResponse:
    """Something happened in a form."""
    form = _read(EventForm(request.POST))
    if (late := slow_down(request, "beacon")) is not None:
        return late
    if key := person_key_of(request):
        _record(key, **form.cleaned_data)
    return HttpResponse(status=204)


def _record(person_key: str, *, token: UUID, kind: str, thread: int | None, stops: str) -> None:
    if kind == LEFT:
        measuring.record_left(person_key=person_key, token=token)
        return
    assert thread is not None
    about = About(person_key=person_key, token=token, thread_id=thread)
    if kind == Kind.OPENED:
        measuring.record_opened(**about)
    elif kind == Kind.ME_TOO:
        measuring.record_me_too(**about)
    else:
        measuring.record_answer(**about, solved=kind == Kind.SOLVED, stops=STOPS[stops])


def _read(form: OpenForm | EventForm) -> OpenForm | EventForm:
    if not form.is_valid():
        raise Refused(_("The form did not arrive whole."))
    return form


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """What is counted here, and one's own yes or no; a no is as near as a yes, and both can be changed."""
    if request.method != "POST":
        wanted = request.GET.get("next", "")
        context = {
            "said": visitors.said_so_far(request),
            "is_counted": bool(person_key_of(request)),
            "is_private": visitors.wants_no_tracking(request),
            "is_off": visitors.mode_of_site(request) == Brand.Counting.OFF,
            "asks": visitors.mode_of_site(request) == Brand.Counting.ASK,
            "next": wanted if own_address(request, wanted) else "",
        }
        return render(request, "community/counting.html", context)
    answer = request.POST.get("counting", "")
    if answer not in ("yes", "no"):
        raise Refused(_("The form did not arrive whole."))
    (visitors.agree if answer == "yes" else visitors.decline)(request)
    if is_htmx(request):
        return HttpResponse(status=204)
    messages.success(request, _("Thank you. We keep to that."))
    return lead_to(request, way_back(request, reverse("consent")))
