"""What a thread's page tells of its reader, and the short questions that come with the answer.

`POST reading/seen/`: the solution stood on the screen. Fields: `thread`, `stood` (seconds), `earlier` (views that could
not be told when they happened: "12.40" is thread 12, 40 seconds ago). Pages that are kept for all hold no token, so the
browser's word that one of our pages sent it stands in for one. The answer is 204, or a fragment to show under the
solution: the survey for the few who are drawn, or the question whether they may be counted at all. The header `Dwell`
says how many seconds it takes to count; told too early, nothing is recorded, and the page tells again then.

`POST reading/survey/`: what became of a survey (`did`: shown, answer, words), by its `token`.

`POST threads/<id>/came-for/`: with `moment` the question what somebody came for, where it may be asked (else 204); with
`instead` the one tap that answers it. `POST threads/<id>/went/`: the same for how it went, with `score` and `words`.

Nobody learns from any of them whether they are counted.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from community import clock
from community.accounts.visitors import person_key_of, should_ask
from community.content.text import BadText
from community.errors import NotAllowed, NotThere, Refused
from community.forms.fields import demand
from community.models import Thread, User
from community.permissions import Anyone
from community.reading.prepared import Prepared, number, together
from community.roles import STAFF
from community.views.gates import (
    done,
    from_our_own_page,
    is_htmx,
    member_of,
    member_post,
    reader_of,
    slow_down,
)
from support.actions import intents, readers, solved_ratings
from support.actions.readers import Seen
from support.forms.cases import RatingForm
from support.forms.readers import CameForForm, SeenForm, SurveyForm
from support.gathering import GATHERED
from support.models import Instead
from support.reading.definition import ask_of_readers, found

#: Programs that read pages and run their scripts, by what they call themselves. Nothing of it is kept.
_MACHINES = re.compile(
    r"bot\b|bot[/-]|crawl|spider|slurp|archiver|facebookexternalhit|mediapartners|lighthouse|pagespeed|ptst|pingdom"
    r"|preview|monitor|scan|curl|wget|python|java/|go-http|okhttp|libwww|phantomjs",
    re.IGNORECASE,
)


def is_machine(request: HttpRequest) -> bool:
    """Whether this is no person's browser, or one that only fetches ahead."""
    name = request.headers.get("User-Agent", "")
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return not name or _MACHINES.search(name) is not None or "prefetch" in ahead or "prerender" in ahead


@csrf_exempt
@never_cache
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """A solution stood on somebody's screen."""
    if not from_our_own_page(request):
        raise NotAllowed(_("Only our own pages tell this."))
    told = _whole(SeenForm(request.POST))
    if (late := slow_down(request, "beacon")) is not None:
        return late
    reader, now, fragment = reader_of(request), clock.now(), None
    rows, solved = together(ask_of_readers(now), _solved.ask(reader, told["thread"]))
    rules = found(rows)
    is_long = told["stood"] >= rules.dwell_seconds
    if not is_machine(request) and not (isinstance(reader, User) and reader.effective_roles & STAFF):
        if key := person_key_of(request):
            _keep(
                reader, key, now, [*_seen_earlier(reader, told["earlier"]), *((pk, 0) for (pk,) in solved if is_long)]
            )
            if solved and is_long and readers.is_drawn(key, told["thread"], rules.survey_rate):
                fragment = _survey_of(request, key, told["thread"])
        elif is_long and should_ask(request):
            fragment = render(request, "support/readers/consent.html")
    response = fragment or HttpResponse(status=204)
    response["Dwell"] = str(rules.dwell_seconds)
    return response


def _solved_threads(reader: Anyone) -> QuerySet[Thread]:
    return (
        Thread.objects.visible_to(reader).filter(solved_at__isnull=False, hidden_at=None, merged_into=None).order_by()
    )


#: The thread at the place, where this reader may see it and it is solved.
_solved = Prepared(lambda reader: _solved_threads(reader).filter(pk=number(0)).values_list("pk"), places=1)


def _seen_earlier(reader: Anyone, earlier: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of what could not be told before: what they may see and is solved."""
    if not earlier:
        return []
    wanted = [thread for thread, _ago in earlier]
    there = set(_solved_threads(reader).filter(pk__in=wanted).values_list("pk", flat=True))
    return [(thread, ago) for thread, ago in earlier if thread in there]


def _keep(reader: Anyone, key: str, now: datetime, views: list[tuple[int, int]]) -> None:
    role = readers.role_of(reader)
    GATHERED.add([Seen(key, thread, role, now - timedelta(seconds=ago)) for thread, ago in views])


def _survey_of(request: HttpRequest, key: str, thread_id: int) -> HttpResponse | None:
    """The survey, for somebody whom chance has drawn and the rules let."""
    survey = readers.invite_reader(person_key=key, thread_id=thread_id)
    if survey is None:
        return None
    return render(request, "support/readers/survey.html", {"survey": survey, "choices": Instead.choices})


@never_cache
@require_POST
def survey(request: HttpRequest) -> HttpResponse:
    """What became of a survey. Silent for whoever has none."""
    told = _whole(SurveyForm(request.POST))
    if (late := slow_down(request, "beacon")) is not None:
        return late
    key, token = person_key_of(request), told["token"]
    if told["did"] == "shown":
        readers.show_survey(person_key=key, token=token)
        return HttpResponse(status=204)
    if told["did"] == "answer":
        readers.answer_survey(person_key=key, token=token, solved=told["solved"] == "yes", instead=told["instead"])
        return render(request, "support/readers/survey_words.html", {"token": token, "most": readers.MOST_WORDS})
    try:
        readers.say_in_words(person_key=key, token=token, text=told["words"], may_be_shown=told["may_be_shown"])
    except BadText as error:
        raise Refused(str(error)) from error
    return render(request, "support/readers/thanks.html")


@never_cache
@member_post
def came_for(request: HttpRequest, thread_id: int) -> HttpResponse:
    """What somebody came for: asked, where it may be, or answered."""
    thread, told = _thread_of(request, thread_id), _whole(CameForForm(request.POST))
    if (late := slow_down(request, "beacon")) is not None:
        return late
    key = person_key_of(request)
    if told["moment"]:
        if intents.offer_intent(person_key=key, thread_id=thread_id, moment=told["moment"]) is None:
            return HttpResponse(status=204)
        about = {"thread": thread, "moment": told["moment"], "choices": Instead.choices}
        return render(request, "support/readers/came_for.html", about)
    intents.answer_intent(person_key=key, thread_id=thread_id, instead=told["instead"])
    if is_htmx(request):
        return render(request, "support/readers/thanks.html")
    return done(request, thread.get_absolute_url(), _("Thank you."))


@never_cache
@member_post
def went(request: HttpRequest, thread_id: int) -> HttpResponse:
    """How it went: asked of the asker, where it may be, or said."""
    thread, actor = _thread_of(request, thread_id), member_of(request)
    if "offer" in request.POST:
        if solved_ratings.offer_rating(actor=actor, thread_id=thread_id) is None:
            return HttpResponse(status=204)
        form = RatingForm(auto_id="went-%s")
        return render(request, "support/readers/went.html", {"thread": thread, "form": form})
    said = demand(RatingForm(request.POST))
    solved_ratings.rate_solved(actor=actor, thread_id=thread_id, score=said["score"], words=said["words"])
    if is_htmx(request):
        return render(request, "support/readers/thanks.html")
    return done(request, thread.get_absolute_url(), _("Thank you for telling us."))


def _thread_of(request: HttpRequest, thread_id: int) -> Thread:
    thread = Thread.objects.visible_to(member_of(request)).filter(pk=thread_id).first()
    if thread is None:
        raise NotThere(_("There is no such question."))
    return thread


def _whole(form: SeenForm | SurveyForm | CameForForm) -> dict[str, Any]:
    if not form.is_valid():
        raise Refused(_("The form did not arrive whole."))
    return form.cleaned_data
