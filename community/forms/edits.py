"""The forms for changing what was posted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.actions.compose import MAX_TITLE
from community.content.markdown import MAX_BODY
from community.forms.fields import MAX_VERSION, FilesForm, HiddenNumber, TextField, WordsField
from community.models import Answer, Thread


class EditAnswerForm(FilesForm):
    """The words of an answer, and the version the editor started from."""

    body = TextField(
        most=MAX_BODY,
        label=_("Your answer"),
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("Please write something first.")},
    )
    version = HiddenNumber(most=MAX_VERSION)

    def move_to(self, version: int) -> None:
        """After a conflict: what is sent next replaces this version, which its editor has now seen."""
        sent: Any = self.data
        self.data = sent.copy()
        self.data["version"] = str(version)  # type: ignore[index]


class EditThreadForm(EditAnswerForm):
    """The words of a question."""

    title = TextField(most=MAX_TITLE, label=_("Your question in one line"))
    product_version = TextField(most=60, required=False, label=_("Product version"))
    tags = WordsField(required=False, label=_("Tags"), help_text=_("Up to five words, with commas between them."))
    field_order = ["title", "body", "product_version", "tags", "uploads"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["body"].label = _("The details")


def initial_of_answer(answer: Answer) -> dict[str, Any]:
    return {"body": answer.body, "version": answer.version}


def initial_of_thread(thread: Thread) -> dict[str, Any]:
    return {
        "title": thread.title,
        "body": thread.body,
        "version": thread.version,
        "product_version": thread.product_version,
        "tags": ", ".join(sorted(tag.name for tag in thread.tags.all())),
    }
