"""What a page tells of its reader, and the few taps of a survey. No person reads the errors of the former."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from community.actions.measuring import MAX_ID
from community.forms.fields import HiddenNumber
from community.forms.measuring import TokenField
from support.models import Instead, Intent

DAY = 24 * 3600
#: Pages whose views could not be told when they happened.
MOST_EARLIER = 20
_EARLIER = re.compile(r"([1-9][0-9]{0,18})\.([0-9]{1,5})", re.ASCII)


class EarlierField(forms.CharField):
    """Thread and seconds ago, as in "12.40 7.3": a list of pairs."""

    def to_python(self, value: Any) -> Any:
        pairs = [_EARLIER.fullmatch(word) for word in (super().to_python(value) or "").split(" ") if word]
        if len(pairs) > MOST_EARLIER or any(pair is None for pair in pairs):
            raise ValidationError("earlier")
        found = [(int(pair[1]), int(pair[2])) for pair in pairs if pair is not None]
        return [(thread, ago) for thread, ago in found if thread <= MAX_ID and ago <= DAY]


class SeenForm(forms.Form):
    """A solution stood on the screen for so many seconds (`stood`); others did before and could not be told then."""

    thread = HiddenNumber()
    stood = forms.IntegerField(min_value=0, max_value=DAY)
    earlier = EarlierField(max_length=600, required=False, empty_value="")


class SurveyForm(forms.Form):
    """What became of a survey: it was shown, answered by two taps, or something was said in words."""

    token = TokenField()
    did = forms.ChoiceField(choices=[(word, word) for word in ("shown", "answer", "words")])
    solved = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], required=False)
    instead = forms.ChoiceField(choices=Instead.choices, required=False)
    words = forms.CharField(max_length=2000, required=False)
    may_be_shown = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().clean() or {}
        if fields.get("did") == "answer" and not (fields.get("solved") and fields.get("instead")):
            raise ValidationError("answer")
        return fields


class CameForForm(forms.Form):
    """What somebody came for: offered after a moment, or answered by one tap."""

    moment = forms.ChoiceField(choices=Intent.Moment.choices, required=False)
    instead = forms.ChoiceField(choices=Instead.choices, required=False)

    def clean(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().clean() or {}
        if bool(fields.get("moment")) == bool(fields.get("instead")):
            raise ValidationError("moment")
        return fields
