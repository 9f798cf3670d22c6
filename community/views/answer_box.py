"""The form under a thread. Empty, it is the same for everybody but for four words, so it is rendered once per language.

Rendering a form costs as much as rendering twenty answers, and on most pages nobody has begun to write.
"""

from functools import lru_cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from community import permissions
from community.actions.drafts import ask_draft, place_of_answer
from community.forms.answers import AnswerForm, answer_form_for
from community.forms.fields import new_post_key
from community.models import Thread, User
from community.permissions import Anyone
from community.reading.prepared import Ask

TEMPLATE = "community/answer_form.html"
# What is put in when the form is shown: each stands for itself and is found in no template.
_THREAD, _TOKEN, _KEY = 987_654_321_012, "token-of-nobody", "key-of-no-post"


@lru_cache(maxsize=32)
def _blank(_language: str, for_staff: bool) -> str:
    """The empty form for a member nobody is: nothing personal can be in it."""
    member = User()
    initial = {"body": "", "attachments": [], "post_key": _KEY}
    form = AnswerForm(initial=initial, user=member, for_staff=for_staff, auto_id="answer_%s")
    form.fields["post_key"].initial = _KEY
    form.place = place_of_answer(_THREAD)
    context = {"answer_form": form, "thread": Thread(pk=_THREAD), "user": member, "csrf_token": _TOKEN}
    return render_to_string(TEMPLATE, context)


def ask_draft_of_answer(user: Anyone, thread_id: int) -> list[Ask]:
    """What tells whether somebody signed in has begun to answer, for the page to ask together with its own."""
    return [ask_draft(user, place_of_answer(thread_id))] if isinstance(user, User) else []


def answer_box(request: HttpRequest, user: User, thread: Thread, *, token: str, has_draft: bool) -> SafeString:
    """The form for answering this thread, with the draft this person left here; `token` is the page's form token."""
    if has_draft:
        context = {"answer_form": answer_form_for(user, thread), "thread": thread}
        return mark_safe(render_to_string(TEMPLATE, context, request))  # noqa: S308 - a template's own output
    filled = (
        _blank(get_language() or "", permissions.is_staff(user)).replace(_TOKEN, token).replace(_KEY, new_post_key())
    )
    return mark_safe(filled.replace(str(_THREAD), str(thread.pk)))  # noqa: S308 - a template's output, a number, random words
