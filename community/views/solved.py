"""Where the two buttons of an answer mail lead: a GET shows what will be said, a POST says it. Nobody needs to sign in.

Programs that look at mails follow every link in them, so nothing happens before somebody presses a button of ours.
"""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.accounts.preferences import speaking_to
from community.actions import solutions
from community.content.excerpts import plain_of
from community.content.text import excerpt
from community.forms.answers import answer_form_for
from community.models import Thread, User
from community.notices.solved import GOOD_FOR, BadToken, OldToken, read_token
from community.permissions import Anyone
from community.reading.solved_or_not import CLOSED_DOORS, SOLVED, Door, Standing, open_door
from community.views.gates import SeeOther, done, member_of, member_post, reader_of
from community.views.writing import writer_of

#: Of an answer that somebody has just read in the mail.
EXCERPT = 400


class Way(NamedTuple):
    """A next step."""

    label: str
    url: str


class Told(NamedTuple):
    """Why nothing can be said here, and what to do instead; the first way is the likely one."""

    status: int
    title: str
    text: str
    ways: tuple[Way, ...]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def solved(request: HttpRequest, token: str) -> HttpResponse:
    """ "Yes, solved": accepts the answer as the person who got the mail; then thanks, and who is told."""
    door = _open(request, token)
    if isinstance(door, Told):
        return _tell(request, door)
    with speaking_to(door.person):
        if door.standing in CLOSED_DOORS or door.standing == Standing.MERGED or door.answer is None:
            return _tell(request, _no_way(request, door))
        if request.method == "POST":
            solutions.accept(actor=door.person, answer_id=door.answer.pk)
            return SeeOther(request.path)
        template = "site/solved_thanks.html" if door.standing == Standing.DONE else "community/solved/yes.html"
        return render(request, template, _about(request, door, token))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def not_yet(request: HttpRequest, token: str) -> HttpResponse:
    """ "Not yet": says so as the person who got the mail; then what is still missing, or the way to staff."""
    door = _open(request, token)
    if isinstance(door, Told):
        return _tell(request, door)
    with speaking_to(door.person):
        may_say = door.standing in {Standing.OPEN, Standing.TAKEN_BACK}
        if door.answer is None or not (may_say or door.standing == Standing.NOT_YET):
            return _tell(request, _no_way(request, door))
        if request.method == "POST":
            solutions.say_not_solved(actor=door.person, answer_id=door.answer.pk)
            return SeeOther(request.path)
        context = _about(request, door, token)
        if may_say:
            return render(request, "community/solved/not_yet.html", context)
        return render(request, "community/solved/missing.html", context | _box(request, door))


@member_post
def say_not_solved(request: HttpRequest, answer_id: int) -> HttpResponse:
    """The same word, on the question's own page; what is still missing can be written below."""
    answer = solutions.say_not_solved(actor=member_of(request), answer_id=answer_id)
    message = _("The helpers see that it is not solved yet. What did you try, and what happened? Write it below.")
    return done(request, f"{answer.thread.get_absolute_url()}#your-answer", message)


def _open(request: HttpRequest, token: str) -> Door | Told:
    """What the token means, or why it means nothing any more."""
    reader = reader_of(request)
    mine = Way(_("Your questions"), f"{reverse('threads')}?list=mine")
    try:
        return open_door(reader, read_token(token))
    except OldToken as old:
        thread = Thread.objects.filter(answers=old.answer_id).only("id", "title").first()
        text = _("The buttons of our mails work for %(days)d days. You can still say it on the page of your question.")
        ways = (_to_question(reader, thread), mine) if thread else (mine,)
        return Told(410, _("This link is too old"), text % {"days": GOOD_FOR.days}, ways)
    except BadToken:
        text = _(
            "Perhaps it was cut short on its way, or you have changed your password since. You can still say it on the"
            " page of your question."
        )
        return Told(404, _("This link does not work any more"), text, (mine, Way(_("To the start page"), "/")))


def _to_question(reader: Anyone, thread: Thread) -> Way:
    """To the question; who cannot see it now signs in on the way."""
    short = reverse("thread_short", args=[thread.pk])
    if Thread.objects.visible_to(reader).filter(pk=thread.pk).exists():
        return Way(_("Open the question"), thread.get_absolute_url())
    if isinstance(reader, User):
        return Way(_("Your questions"), f"{reverse('threads')}?list=mine")
    return Way(_("Sign in and open the question"), f"{reverse('account_login')}?{urlencode({'next': short})}")


def _no_way(request: HttpRequest, door: Door) -> Told:
    """Why it cannot be said (any more), with the next step. Nothing of a question that is out of sight is told."""
    mine, home = Way(_("Your questions"), f"{reverse('threads')}?list=mine"), Way(_("To the start page"), "/")
    if door.standing == Standing.SOMEBODY_ELSE:
        leave = f"{reverse('account_logout')}?{urlencode({'next': request.path})}"
        text = _("This link was mailed to another person. If that is you too, sign out here, and it works.")
        title = _("You are signed in as %(name)s") % {"name": reader_of(request)}
        return Told(403, title, text, (Way(_("Sign out"), leave), home))
    if door.standing == Standing.NO_ACCOUNT:
        text = _("Its account was closed, or may not be used at the moment.")
        return Told(410, _("Nothing can be said with this link"), text, (home,))
    thread = door.thread
    if thread is None:
        text = _("The question or the answer was hidden, or moved to where you cannot see it. Nothing was changed.")
        return Told(404, _("You cannot see this any more"), text, (mine, Way(_("Ask a new question"), reverse("ask"))))
    return _ended(reader_of(request), door, thread)


def _ended(reader: Anyone, door: Door, thread: Thread) -> Told:
    """Of a question that came to an end."""
    there, staff = _to_question(reader, thread), Way(_("Talk to our staff"), _staff_url(thread))
    if door.standing == Standing.MERGED:
        text = _("It was asked before, and answers are gathered in the earlier question.")
        original = (_to_question(reader, door.original),) if door.original else ()
        return Told(409, _("Your question goes on elsewhere"), text, (*original, staff))
    if door.standing == Standing.LOCKED:
        text = _("It takes no more answers. If it is not solved for you, our staff can look at it.")
        return Told(409, _("This question is locked"), text, (staff, there))
    if door.standing == Standing.CLOSED:
        text = _("If it is not solved for you, open it again on its page, and helpers see it.")
        return Told(409, _("This question is closed"), text, (there, staff))
    text = _("If it is not solved for you, take the solution back on its page, and helpers see it again.")
    title = _("You said that it is solved") if door.standing == Standing.DONE else _("This question is solved")
    return Told(409, title, text, (there, staff))


def _tell(request: HttpRequest, told: Told) -> HttpResponse:
    """A page that only reads tells where a question stands; what cannot be done is refused."""
    status = 200 if told.status == 409 and request.method != "POST" else told.status
    return render(request, "community/solved/told.html", {"told": told}, status=status)


def _about(request: HttpRequest, door: Door, token: str) -> dict[str, Any]:
    """What all pages of one answer show."""
    answer, thread = door.answer, door.thread
    assert answer is not None
    assert thread is not None
    return {
        "door": door,
        "answer": answer,
        "thread": thread,
        "shortly": excerpt(plain_of(answer.body_html), EXCERPT),
        "there": _to_question(reader_of(request), thread),
        "staff_url": _staff_url(thread),
        "solved_url": reverse("solved", args=[token]),
        "not_yet_url": reverse("not_yet", args=[token]),
        "standing": door.standing.value,
        "is_solved": door.standing in SOLVED,
    }


def _staff_url(thread: Thread) -> str:
    return f"{reverse('contact')}?{urlencode({'board': thread.board.slug, 'thread': thread.pk})}"


def _box(request: HttpRequest, door: Door) -> dict[str, Any]:
    """The form for what is still missing: the one for answers, which keeps a visitor's words until they sign in."""
    thread = door.thread
    if thread is None or not door.is_shown:
        return {}
    form = answer_form_for(reader_of(request), thread, visitor_key=writer_of(request)["visitor_key"])
    form.fields["body"].label = _("What did you try, and what happened?")
    return {"answer_form": form}
