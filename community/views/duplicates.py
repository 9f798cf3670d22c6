"""Asked before: marking duplicates, taking that back, and deciding on pairs that may be one."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from community.actions import duplicates
from community.forms.fields import demand
from community.forms.moderation import DuplicateForm
from community.views.gates import done, member_of, member_post, moderator_post
from community.views.solutions import reason_of

#: The queue says itself what was done, with the way to take it back.
QUEUE = "list=duplicates"


def _words(request: HttpRequest, words: str) -> str:
    return "" if QUEUE in request.POST.get("next", "") else words


@moderator_post
def mark_duplicate(request: HttpRequest, thread_id: int) -> HttpResponse:
    """This question was asked before, as `original`."""
    fields = demand(DuplicateForm(request.POST))
    thread = duplicates.mark_duplicate(actor=member_of(request), thread_id=thread_id, **fields)
    words = _("Marked as a duplicate. Its page leads to the original from now on.")
    return done(request, thread.get_absolute_url(), _words(request, words))


@member_post
def propose_duplicate(request: HttpRequest, thread_id: int) -> HttpResponse:
    """A helper's word for the moderators: this was asked before."""
    wanted = demand(DuplicateForm(request.POST))["original_id"]
    hint = duplicates.propose_duplicate(actor=member_of(request), thread_id=thread_id, original_id=wanted)
    return done(request, hint.thread.get_absolute_url(), _("Thank you. A moderator looks at both questions."))


@moderator_post
def unmark_duplicate(request: HttpRequest, thread_id: int) -> HttpResponse:
    """It is a question of its own."""
    thread = duplicates.unmark_duplicate(actor=member_of(request), thread_id=thread_id, reason=reason_of(request))
    words = _("It is a question of its own again, with everybody who moved along.")
    return done(request, thread.get_absolute_url(), _words(request, words))


@moderator_post
def dismiss_hint(request: HttpRequest, hint_id: int) -> HttpResponse:
    """These two are not the same question."""
    duplicates.dismiss_hint(actor=member_of(request), hint_id=hint_id)
    return done(request, f"{reverse('moderation')}?{QUEUE}")


@moderator_post
def recall_hint(request: HttpRequest, hint_id: int) -> HttpResponse:
    """Ask again about a pair."""
    duplicates.recall_hint(actor=member_of(request), hint_id=hint_id)
    return done(request, f"{reverse('moderation')}?{QUEUE}")
