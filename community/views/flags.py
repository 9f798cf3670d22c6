"""Something is wrong with a post: saying so, and taking that back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community import permissions
from community.actions import flags
from community.errors import NotAllowed
from community.forms.fields import attempt
from community.forms.moderation import FlagForm
from community.models import Answer, Flag, Thread
from community.views.gates import done, is_htmx, member_of, sign_in_first


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def flag_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Report a question."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=thread_id)
    return _flag(request, thread, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def flag_answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Report an answer."""
    seen = Answer.objects.visible_to(request.user).select_related("thread", "author")
    answer = get_object_or_404(seen, pk=answer_id)
    return _flag(request, answer.thread, answer)


def _flag(request: HttpRequest, thread: Thread, answer: Answer | None) -> HttpResponse:
    """The form, what came of it, or for a visitor the two ways there are."""
    post = answer or thread
    context: dict[str, Any] = {"thread": thread, "post": post, "back": post.get_absolute_url()}
    if not permissions.is_member(request.user):
        if request.method == "POST":
            return sign_in_first(request, request.path)
        return _shown(request, context)
    about: dict[str, Any] = {
        "actor": member_of(request),
        "thread_id": thread.pk,
        "answer_id": answer.pk if answer else None,
    }
    own = Flag.objects.filter(thread=thread, answer=answer, person=member_of(request), withdrawn_at__isnull=True)
    context["raised"] = raised = own.select_related("review").first()
    if raised is None and not permissions.can_flag(request.user, post):
        raise NotAllowed(_("You cannot report this post."))
    if request.method == "POST" and "withdraw" in request.POST:
        flags.withdraw(**about)
        return done(request, post.get_absolute_url(), _("Your report is taken back."))
    form = FlagForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        made, context["status"] = attempt(form, lambda: flags.flag(**about, **form.cleaned_data))
        if made is not None:
            thanks = _("Thank you. A moderator looks at it, and your inbox tells you what came of it.")
            return done(request, post.get_absolute_url(), thanks)
    return _shown(request, context | {"form": form})


def _shown(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    template = "community/flag_form.html" if is_htmx(request) else "community/flag.html"
    return render(request, template, context, status=context.get("status", 200))
