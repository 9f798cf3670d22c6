"""The forms for taking words out of a post, and for destroying one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.actions.redaction import LONGEST, MOST_PIECES
from community.forms.fields import IdsField, PlainWords, TextField
from community.models import Ground


class GroundForm(PlainWords):
    """Why; the author reads the ground and the words."""

    ground = forms.ChoiceField(
        choices=Ground.choices,
        initial=Ground.PRIVATE,
        label=_("Ground"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Please choose one of the grounds offered.")),
    )
    words = TextField(
        most=2000,
        required=False,
        label=_("What its author is told"),
        help_text=_("In your own words; never the data itself."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PurgeForm(GroundForm):
    words = TextField(
        most=2000,
        required=False,
        label=_("Why, for the person who confirms it"),
        help_text=_("It is destroyed with the post."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RedactForm(GroundForm):
    """What to take out: pieces that were found, others by hand, and files."""

    found = forms.MultipleChoiceField(
        required=False, label=_("What looks private"), widget=forms.CheckboxSelectMultiple
    )
    others = TextField(
        most=LONGEST * 10,
        required=False,
        label=_("Other words"),
        help_text=_("One piece a line, exactly as it stands in the text."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    gone = IdsField(required=False)
    field_order = ["found", "others", "gone", "ground", "words"]

    def pieces(self) -> list[str]:
        """Everything chosen and written, each once."""
        lines = [line.strip() for line in self.cleaned_data["others"].split("\n")]
        return list(dict.fromkeys([*self.cleaned_data["found"], *(line for line in lines if line)]))

    def __init__(self, *args: Any, detected: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["found"]
        assert isinstance(field, forms.MultipleChoiceField)
        # What was found a moment ago may be gone: what is sent is taken as it is.
        data: Any = self.data
        sent = data.getlist("found")[:MOST_PIECES] if self.is_bound else []
        field.choices = [(text, text) for text in dict.fromkeys([*detected, *sent])]
