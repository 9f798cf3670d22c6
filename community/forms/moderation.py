"""The small forms of the verbs: a reason, another board, other tags, the version somebody uses."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.forms.fields import TextField, WordsField
from community.models import Board
from community.permissions import Anyone

#: "123", "#123", "/t/123/slug/", "https://site/threads/123/answers/4/"
_NAMED = re.compile(r"(?:^#?|/t/|/threads/)([0-9]{1,18})(?![0-9])", re.ASCII)


class ReasonForm(forms.Form):
    """Why it was done, for the other moderators; it stands in the audit log."""

    reason = TextField(most=500, required=False, label=_("Reason"))


class MoveForm(ReasonForm):
    """Where a question belongs."""

    board = forms.ModelChoiceField(
        queryset=Board.objects.none(),
        to_field_name="slug",
        label=_("Board"),
        error_messages={
            "invalid_choice": _("There is no such board."),
            "required": _("Please choose what it is about."),
        },
    )

    def __init__(self, *args: Any, user: Anyone, **options: Any) -> None:
        super().__init__(*args, **options)
        board = self.fields["board"]
        assert isinstance(board, forms.ModelChoiceField)
        board.queryset = Board.objects.visible_to(user)


class DuplicateForm(ReasonForm):
    """The question that was asked before, by its number or any address of it."""

    original = TextField(
        most=1000, label=_("Asked before as"), error_messages={"required": _("Please name the earlier question.")}
    )

    def clean_original(self) -> int:
        found = _NAMED.search(self.cleaned_data["original"])
        if found is None:
            raise forms.ValidationError(_("Please give the number or the address of a question."))
        return int(found[1])

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if "original" in fields:
            fields["original_id"] = fields.pop("original")
        return fields


class RetagForm(ReasonForm):
    tags = WordsField(required=False, label=_("Tags"))


class OutdatedForm(forms.Form):
    """ "No longer works", with the version the person uses."""

    product_version = TextField(most=60, required=False, label=_("Product version"))
