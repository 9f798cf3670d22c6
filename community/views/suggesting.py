"""Suggestions beside a form: what is there already while somebody writes, and what they say of it.

Which form it is, the caller says: a `surface` is a word that travels with the form, and nothing here knows what it
means. With a script the list opens beside the form (`suggestions`, `suggestion`); without one the
form's own view asks `step_between` before it does what it was sent for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from community import permissions
from community.accounts.visitors import person_key_of
from community.actions import measuring, thanks
from community.content.markdown import MAX_BODY
from community.content.queries import MAX_LENGTH
from community.errors import NotAllowed, NotThere, Refused
from community.models import User
from community.models.measuring import Arm
from community.reading.known_issues import Issue, fitting
from community.reading.lists import board_of
from community.reading.suggested import Suggested, suggested_of
from community.reading.suggestions import Suggestion, suggest
from community.views.gates import reader_of, sign_in_first, slow_down

MOST = 5
#: What somebody can say of a suggestion, as the buttons name it.
SAYINGS = ("solution", "solved", "not_solved", "me_too")
#: Fields of the step in between; all others are the form's own and travel on.
STEP_FIELDS = frozenset({*SAYINGS, "stops", "looked", "scriptless", "csrfmiddlewaretoken"})


@dataclass(frozen=True)
class Counted:
    """Who is counted, and in which form of which surface."""

    person_key: str
    token: str
    surface: str


def counted_of(request: HttpRequest, surface: str = "") -> Counted:
    """The form this request tells of."""
    return Counted(
        person_key_of(request), request.POST.get("form_token", ""), surface or request.POST.get("surface", "")
    )


def open_counted(request: HttpRequest, surface: str, *, board_id: int | None = None) -> Counted:
    """The form that is about to be posted, opened now where nothing was shown beside it before; for `threads.ask`."""
    by = counted_of(request, surface)
    _open(request, by, board_id=board_id, is_scriptless="scriptless" in request.POST)
    return by


def _open(request: HttpRequest, by: Counted, *, board_id: int | None, is_scriptless: bool = False) -> str:
    """The form stands before this person; the arm of an experiment they are in."""
    return measuring.open_form(
        person_key=by.person_key,
        token=by.token,
        surface=by.surface,
        board_id=board_id,
        from_thread_id=_id(request.POST.get("linked_from", "")) or None,
        is_scriptless=is_scriptless,
    )


# With a script --------------------------------------------------------------------------------------------------------
@never_cache
@require_POST
def suggestions(request: HttpRequest) -> HttpResponse:
    """What may already answer the question that is being written; what is shown is recorded with it.

    204 where there is nothing, and for somebody in the half of an experiment that sees no suggestions.
    """
    if (late := slow_down(request, "suggest")) is not None:
        return late
    by, board_id = counted_of(request), _board_id(request)
    if _open(request, by, board_id=board_id) == Arm.CONTROL:
        return HttpResponse(status=204)
    found = _suggest(request, board_id)
    title, body = request.POST.get("title", "")[: MAX_LENGTH * 2], request.POST.get("body", "")[:MAX_BODY]
    issues = _issues(request, title, body, board_id, found)
    if not found and not issues:
        return HttpResponse(status=204)
    measuring.record_shown(person_key=by.person_key, token=by.token, thread_ids=[each.id for each in found])
    return render(request, "community/suggesting/list.html", {"suggestions": found, "issues": issues})


def _suggest(request: HttpRequest, board_id: int | None) -> list[Suggestion]:
    words, most = request.POST, request.POST.get("most", "")
    return suggest(
        viewer=reader_of(request),
        title=words.get("title", "")[: MAX_LENGTH * 2],
        body=words.get("body", "")[:MAX_BODY],
        board_id=board_id,
        limit=int(most) if most in ("1", "2", "3", "4") else MOST,
    )


def _issues(
    request: HttpRequest, title: str, body: str, board_id: int | None, found: Sequence[Suggestion]
) -> list[Issue]:
    """The known issues it may be about: their words stand in it, or questions like it are part of one."""
    ids = [each.id for each in found]
    return fitting(viewer=reader_of(request), title=title, body=body, board_id=board_id, thread_ids=ids)


def _board_id(request: HttpRequest) -> int | None:
    """The board chosen so far; one that is not there (any more) is no choice."""
    try:
        return board_of(reader_of(request), slug).pk if (slug := request.POST.get("board", "")) else None
    except NotThere:
        return None


@never_cache
@require_POST
def suggestion(request: HttpRequest, thread_id: int) -> HttpResponse:
    """What somebody says of one suggestion (`did`): done, recorded, and a fragment to show.

    What only has to be recorded (it was opened, the form was left) goes to `form_event`.
    """
    suggested, by = suggested_of(reader_of(request), thread_id), counted_of(request)
    did = request.POST.get("did", "")
    if did == "me_too" and not permissions.is_member(request.user):
        return _join_first(request, by, suggested)
    if did not in SAYINGS:
        raise Refused(_("This form is broken. Please load the page again."))
    told = _say(request, by, suggested, did)
    return render(request, f"community/suggesting/{did}.html", told)


# What is said of a suggestion -----------------------------------------------------------------------------------------
def _say(request: HttpRequest, by: Counted, suggested: Suggested, did: str) -> dict[str, Any]:
    """Record it, do what it stands for, and return what there is to tell."""
    thread, told = suggested.thread, {"suggested": suggested, "thread": suggested.thread, "answer": suggested.answer}
    if did == "solution":
        measuring.record_opened(person_key=by.person_key, token=by.token, thread_id=thread.pk)
    elif did == "not_solved":
        measuring.record_answer(person_key=by.person_key, token=by.token, thread_id=thread.pk, solved=False)
    elif did == "me_too":
        assert isinstance(request.user, User)
        told["thread"] = thanks.join(actor=request.user, thread_id=thread.pk)
        measuring.record_me_too(person_key=by.person_key, token=by.token, thread_id=thread.pk)
    else:
        stops = {"yes": True, "no": False}.get(request.POST.get("stops", ""))
        measuring.record_answer(person_key=by.person_key, token=by.token, thread_id=thread.pk, solved=True, stops=stops)
        told |= {"stops": stops, "is_thanked": _thank(request, suggested)}
    return told


def _thank(request: HttpRequest, suggested: Suggested) -> bool:
    """ "This solved it" of a member is told to whoever wrote the solution. Twice is once."""
    answer, user = suggested.answer, request.user
    if answer is None or not isinstance(user, User) or not permissions.can_say_helped(user, answer):
        return False
    thanks.say_helped(actor=user, answer_id=answer.pk)
    return True


def _join_first(request: HttpRequest, by: Counted, suggested: Suggested) -> HttpResponse:
    """A visitor has this problem too: they sign in first, and land on the question."""
    measuring.record_me_too(person_key=by.person_key, token=by.token, thread_id=suggested.thread.pk)
    return sign_in_first(request, suggested.thread.get_absolute_url())


# Without a script -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Step:
    """The form that was sent without a script, for the one step in between.

    `words` are all its fields, `action` is where it is sent; `keep` keeps them as a draft, `keep_url` throws it away.
    """

    surface: str
    title: str
    body: str
    board_id: int | None
    words: QueryDict
    action: str
    keep: Callable[[], Any]
    keep_url: str = ""
    #: what "None of these" says; the form's own words
    go_on: str = ""


def step_between(request: HttpRequest, step: Step) -> HttpResponse | None:
    """The page between writing and sending: what is there already. None where the form goes on as it was sent.

    It goes on when a script runs (suggestions stood beside the form), when somebody has looked already, and when
    nothing is alike. What they press on the page comes back here with all they wrote.
    """
    said = next((name for name in SAYINGS if name in request.POST), "")
    if "scriptless" not in request.POST or request.POST.get("looked"):
        return None
    by = counted_of(request, step.surface)
    _open(request, by, board_id=step.board_id, is_scriptless=True)
    context: dict[str, Any] = {"step": step, "carried": _carried(step.words)}
    if said:
        suggested = suggested_of(reader_of(request), _id(request.POST[said]))
        if said == "me_too" and not permissions.is_member(request.user):
            return _join_first(request, by, suggested)
        try:
            told = _say(request, by, suggested, said)
        except NotAllowed as refused:
            told = {"refused": refused.message}
        if said == "solved":
            return None if told["stops"] is False else render(request, "community/suggesting/done.html", context | told)
        context |= {"said": said, "told": told, "about": suggested.thread.pk}
    found = suggest(viewer=reader_of(request), title=step.title, body=step.body, board_id=step.board_id, limit=MOST)
    issues = _issues(request, step.title, step.body, step.board_id, found)
    if not found and not issues and not said:
        return None
    measuring.record_shown(person_key=by.person_key, token=by.token, thread_ids=[each.id for each in found])
    step.keep()
    return render(request, "community/suggesting/step.html", context | {"suggestions": found, "issues": issues})


def _id(word: str) -> int:
    """The id as it was sent; 0, which nothing has, for what is none."""
    return int(word) if word.isascii() and word.isdigit() and len(word) < 19 else 0


def _carried(words: QueryDict) -> list[tuple[str, str]]:
    """All that was written, chosen and attached, for the page in between to send on."""
    return [(name, value) for name, values in words.lists() if name not in STEP_FIELDS for value in values]
