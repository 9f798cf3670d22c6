"""What an administrator says of questions that come to staff by themselves."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.models import Board
from support.models import EscalationPolicy
from support.reading.escalatable import MOST_IN_A_RUN

_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?")
_MOST_LANGUAGES = 50
#: No calendar has more business hours than this in the days a question may be old.
_MOST_HOURS = 7 * 24


class CodesField(forms.CharField):
    """Codes of languages, as they stand in a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        codes = (super().to_python(value) or "").lower().replace(",", " ").split()
        if len(codes) > _MOST_LANGUAGES or not all(_CODE.fullmatch(code) for code in codes):
            raise forms.ValidationError(_("Please write codes like en, de, pt-br."))
        return list(dict.fromkeys(codes))


class PolicyForm(forms.ModelForm):
    languages = CodesField(
        label=_("Languages"),
        required=False,
        max_length=400,
        help_text=_(
            "Codes like en, de, pt-br: questions in other languages stay with the community. Empty: every one."
        ),
    )

    class Meta:
        model = EscalationPolicy
        fields = ("board", "unanswered_after", "unsolved_after", "calendar", "oldest", "most", "languages")
        help_texts = {
            "unanswered_after": _("Nobody but the asker wrote anything. Empty: never for this reason."),
            "unsolved_after": _("Somebody answered, and it is still not solved. Empty: never for this reason."),
            "calendar": _("Only its opening hours count."),
            "oldest": _("At most 7: what is older stays with the community."),
            "most": _("At most 50, over all boards together as well. Whoever waits longest comes first."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = {"unanswered_after": _MOST_HOURS, "unsolved_after": _MOST_HOURS, "oldest": 7, "most": MOST_IN_A_RUN}
        for name, most in limits.items():
            old = self.fields[name]
            self.fields[name] = forms.IntegerField(
                label=old.label, help_text=old.help_text, required=old.required, min_value=1, max_value=most
            )
        if "board" in self.fields:
            boards = self.fields["board"]
            assert isinstance(boards, forms.ModelChoiceField)
            boards.queryset = Board.objects.filter(escalation_policy=None, archived_at=None)

    def clean(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().clean() or {}
        if not self.errors and fields.get("unanswered_after") is None and fields.get("unsolved_after") is None:
            self.add_error("unanswered_after", _("Say at least one of the two."))
        return fields

    def _post_clean(self) -> None:
        """The action builds and checks the policy; the form leaves the instance as it was."""
