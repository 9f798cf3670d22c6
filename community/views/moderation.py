"""The moderators' page and their verbs."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community import permissions
from community.actions import moderation as acts
from community.actions import threads
from community.actions.decisions import may_explain
from community.errors import NotAllowed, Refused
from community.forms.fields import demand
from community.forms.moderation import HideForm, MoveForm, RetagForm
from community.models import Answer, Decision, Ground, Thread
from community.reading.pairs import last_decision, pairs_page
from community.reading.queues import DUPLICATES, FIRST, QUEUES, count_queues, queue_page
from community.views.gates import done, lead_to, member_of, member_post, moderator_post, way_back
from community.views.reviews import parts_of, waiting
from community.views.solutions import reason_of


@never_cache
@require_safe
def moderation(request: HttpRequest) -> HttpResponse:
    """What waits for a decision; with `list`, what else moderators look at, one list at a time."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not permissions.can_open_queue(request.user):
        raise NotAllowed(_("Only moderators can see this page."))
    if "list" in request.GET and permissions.can_moderate(request.user):
        return _look_around(request)
    return waiting(request)


def _look_around(request: HttpRequest) -> HttpResponse:
    """Lists that wait for nobody; without a wish, the first that is not empty."""
    counts = count_queues(request.user)
    filled = [word for word in QUEUES if counts[word]]
    chosen = request.GET.get("list") or next(iter(filled), FIRST)
    if chosen not in QUEUES:
        raise Refused(_("There is no such list."))
    about, after = _rows_of(request, chosen)
    go_on = next((word for word in filled if word != chosen), "")
    tabs = [
        {"label": queue.label, "url": f"?list={word}", "current": word == chosen, "count": counts[word] or None}
        for word, queue in QUEUES.items()
    ]
    context = {
        "tabs": tabs,
        "parts": parts_of(request, "around"),
        "queue": QUEUES[chosen],
        "grounds": Ground.choices,
        "go_on": {"url": f"?list={go_on}", "label": QUEUES[go_on].label} if go_on else None,
        **about,
        "older_url": f"?list={chosen}&after={after}" if after else "",
        "newer_url": f"?list={chosen}" if request.GET.get("after") else "",
    }
    return render(request, "community/moderation.html", context)


def _rows_of(request: HttpRequest, chosen: str) -> tuple[dict[str, Any], str]:
    """What the page shows of a queue, and the cursor of its next page."""
    after = request.GET.get("after", "")
    if chosen != DUPLICATES:
        rows, cursor = queue_page(request.user, chosen, after=after)
        return {"rows": rows, "pairs": None}, cursor
    found, cursor = pairs_page(request.user, request.GET)
    about = {
        "pairs": found,
        "decided": last_decision(request.user, request.GET),
        "has_focus": any(pair.has_focus for pair in found),
        "here": f"{request.path}?{urlencode({'list': chosen, **({'after': after} if after else {})})}",
    }
    return about, cursor


def _why_of(request: HttpRequest) -> dict[str, str]:
    """Ground and words of hiding: with a ground the words are the author's to read, without one for the log alone."""
    fields = demand(HideForm(request.POST))
    return {**fields, "words": fields["reason"] if fields["ground"] else ""}


def _say_why(request: HttpRequest, thread: Thread, answer: Answer | None) -> HttpResponse | None:
    """To the page where the author is told why, as long as no reason stands; None where nothing is left to say."""
    hidden = Decision.objects.filter(thread=thread, answer=answer, outcome=Decision.Outcome.HIDDEN)
    decision = hidden.select_related("person").order_by("-pk").first()
    if decision is None or not may_explain(request.user, decision):
        return None
    back = way_back(request, (answer or thread).get_absolute_url())
    page = reverse("decision", args=[decision.pk])
    return lead_to(request, f"{page}?{urlencode({'next': back})}")


@moderator_post
def hide_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Take a question out of sight."""
    thread = acts.hide_thread(actor=member_of(request), thread_id=thread_id, **_why_of(request))
    return _say_why(request, thread, None) or done(
        request, thread.get_absolute_url(), _("The question is hidden. Only moderators see it.")
    )


@moderator_post
def restore_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Bring a question back."""
    thread = acts.restore_thread(actor=member_of(request), thread_id=thread_id, reason=reason_of(request))
    return done(request, thread.get_absolute_url(), _("The question is back."))


@moderator_post
def hide_answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Take an answer out of sight."""
    answer = acts.hide_answer(actor=member_of(request), answer_id=answer_id, **_why_of(request))
    return _say_why(request, answer.thread, answer) or done(
        request, answer.get_absolute_url(), _("The answer is hidden. Only moderators see it.")
    )


@moderator_post
def restore_answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Bring an answer back."""
    answer = acts.restore_answer(actor=member_of(request), answer_id=answer_id, reason=reason_of(request))
    return done(request, answer.get_absolute_url(), _("The answer is back."))


@moderator_post
def lock_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """No more answers."""
    thread = acts.lock(actor=member_of(request), thread_id=thread_id, reason=reason_of(request))
    return done(request, thread.get_absolute_url(), _("The question is locked."))


@moderator_post
def unlock_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Answers again."""
    thread = acts.unlock(actor=member_of(request), thread_id=thread_id, reason=reason_of(request))
    return done(request, thread.get_absolute_url(), _("The question takes answers again."))


@moderator_post
def move_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """To the board where it belongs."""
    fields = demand(MoveForm(request.POST, user=request.user))
    actor, board = member_of(request), fields["board"]
    thread = acts.move(actor=actor, thread_id=thread_id, board_id=board.pk, reason=fields["reason"])
    return done(request, thread.get_absolute_url(), _("Moved to %(board)s.") % {"board": board})


@member_post
def retag_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Other tags."""
    fields = demand(RetagForm(request.POST))
    thread = threads.retag(actor=member_of(request), thread_id=thread_id, **fields)
    return done(request, thread.get_absolute_url(), _("The tags are changed."))
