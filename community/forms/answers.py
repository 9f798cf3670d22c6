"""The form for answering, with the draft and the quote already in it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.actions.drafts import find_draft, place_of_answer
from community.content.markdown import MAX_BODY, quote
from community.forms.fields import PostForm, TextField
from community.models import Answer, Draft, Thread, User
from community.permissions import Anyone, is_staff


class AnswerForm(PostForm):
    """One answer. `draft` is what it was filled from, if anything."""

    body = TextField(
        most=MAX_BODY,
        label=_("Your answer"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Please write something first.")},
    )
    is_official = forms.BooleanField(
        required=False,
        label=_("Official answer"),
        help_text=_("It speaks for the company. On some boards a colleague reads it before it shows."),
    )
    draft: Draft | None = None
    #: Where its draft is kept.
    place = ""

    def __init__(self, *args: Any, user: Anyone, for_staff: bool | None = None, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        if not (is_staff(user) if for_staff is None else for_staff):
            del self.fields["is_official"]


def answer_form_for(user: Anyone, thread: Thread, quote_id: int | None = None, *, visitor_key: str = "") -> AnswerForm:
    """The form under a thread: with the draft this person left here, and an answer quoted where one is named.

    One query for the draft, one more for the quote. The quote goes below what was written already.
    """
    draft = find_draft(
        actor=user if isinstance(user, User) else None, visitor_key=visitor_key, place=place_of_answer(thread.pk)
    )
    body = draft.body if draft else ""
    if quote_id is not None:
        quoted = Answer.objects.visible_to(user).select_related("author").filter(pk=quote_id, thread=thread).first()
        if quoted is not None:
            text = quote(str(quoted.author), quoted.get_absolute_url(), quoted.body)
            body = body if text.strip() in body else f"{body}\n\n{text}".lstrip("\n")
    ids = [part for part in draft.choices.get("attachments", "").split(",") if part] if draft else []
    form = AnswerForm(initial={"body": body, "attachments": ids}, user=user, auto_id="answer_%s")
    form.draft, form.place = draft, place_of_answer(thread.pk)
    return form
