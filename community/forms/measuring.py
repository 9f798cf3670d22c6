"""What a page's script tells of a form and the suggestions beside it. No person reads these errors."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from community.actions.measuring import read_token
from community.forms.fields import HiddenNumber
from community.models import SuggestionEvent

LEFT = "left"
KINDS = (SuggestionEvent.Kind.OPENED, SuggestionEvent.Kind.SOLVED, SuggestionEvent.Kind.NOT_SOLVED)
STOPS = {"": None, "yes": True, "no": False}


class TokenField(forms.Field):
    """The form's own name: a UUID as the server writes it."""

    def to_python(self, value: Any) -> UUID:
        if (token := read_token(value)) is None:
            raise ValidationError("token")
        return token


class OpenForm(forms.Form):
    """A form stands before somebody: which one, on which board (if one is chosen), and from which thread they came."""

    token = TokenField()
    surface = forms.CharField(max_length=30, validators=[RegexValidator(r"^[a-z][a-z_]*\Z")])
    board = forms.CharField(max_length=120, required=False)
    linked_from = HiddenNumber(required=False)


class EventForm(forms.Form):
    """One thing that happened in a form; what is about a suggestion names its thread."""

    token = TokenField()
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in (*KINDS, SuggestionEvent.Kind.ME_TOO, LEFT)])
    thread = HiddenNumber(required=False)
    stops = forms.ChoiceField(choices=[(word, word) for word in STOPS], required=False)

    def clean(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().clean() or {}
        if fields.get("kind") not in (None, LEFT) and not fields.get("thread"):
            raise ValidationError("thread")
        return fields
