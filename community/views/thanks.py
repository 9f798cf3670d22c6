"""Helpful votes, "I have this problem too", "this solved it for me"."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from community.actions import thanks
from community.models import Answer, Thread
from community.views.gates import done, is_htmx, member_of, member_post

FRAGMENT = "ui/vote.html"


def _said(response: HttpResponse, words: str) -> HttpResponse:
    """A fragment has no page to carry a message: it goes along as an event."""
    return trigger_client_event(response, "said", {"text": words})


def _vote_button(request: HttpRequest, answer_id: int, *, pressed: bool) -> HttpResponse:
    answer = Answer.objects.get(pk=answer_id)
    if not is_htmx(request):
        return done(request, answer.get_absolute_url())
    action = reverse("unvote_answer" if pressed else "vote_answer", args=[answer_id])
    context = {"label": _("Helpful"), "count": answer.helpful_count, "pressed": pressed, "action": action}
    return render(request, FRAGMENT, context)


@member_post
def vote(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Say that an answer is helpful."""
    thanks.vote(actor=member_of(request), answer_id=answer_id)
    return _vote_button(request, answer_id, pressed=True)


@member_post
def unvote(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Take a helpful vote back."""
    thanks.unvote(actor=member_of(request), answer_id=answer_id)
    return _vote_button(request, answer_id, pressed=False)


@member_post
def say_helped(request: HttpRequest, answer_id: int) -> HttpResponse:
    """ "This solved it for me"."""
    thanks.say_helped(actor=member_of(request), answer_id=answer_id)
    answer, words = Answer.objects.get(pk=answer_id), _("Thank you. Others will see that this helped.")
    if not is_htmx(request):
        return done(request, answer.get_absolute_url(), words)
    action = reverse("say_helped", args=[answer_id])
    context = {"label": _("Solved it for me"), "icon": "check", "count": answer.helped_count, "pressed": True}
    return _said(render(request, FRAGMENT, context | {"action": action}), words)


def _me_too_button(request: HttpRequest, thread: Thread, *, pressed: bool) -> HttpResponse:
    action = reverse("leave_thread" if pressed else "join_thread", args=[thread.pk])
    context = {"label": _("I have this problem too"), "icon": "me-too", "count": thread.me_too_count}
    return render(request, FRAGMENT, context | {"pressed": pressed, "action": action})


@member_post
def join(request: HttpRequest, thread_id: int) -> HttpResponse:
    """ "I have this problem too". On a question solved long ago a new, linked question is offered beside it."""
    thread = thanks.join(actor=member_of(request), thread_id=thread_id)
    words = _("Counted. You will be told when something happens here.")
    if is_htmx(request):
        return _said(_me_too_button(request, thread, pressed=True), words)
    return done(request, thread.get_absolute_url(), words)


@member_post
def leave(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Take "I have this problem too" back."""
    thread = thanks.leave(actor=member_of(request), thread_id=thread_id)
    if is_htmx(request):
        return _me_too_button(request, thread, pressed=False)
    return done(request, thread.get_absolute_url())
