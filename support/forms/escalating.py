"""The forms by which a question comes to staff, and by which it leaves them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.actions.private_data import Way
from community.content.markdown import MAX_BODY
from community.forms.fields import TextField, new_post_key
from community.models import Board
from support.actions.escalating import LONGEST_WORDS
from support.actions.outcomes import LONGEST_REASON, Hit
from support.forms.private_values import add_fields, fields_for, name_of, values_of
from support.models import EscalationReason, Outcome

_WHY = {
    "required": _("Please say why staff should look at it."),
    "invalid_choice": _("Please say why staff should look at it."),
}


class EscalateForm(forms.Form):
    """Why staff should take a question over, by one of the reasons, and in words for colleagues."""

    reason = forms.ChoiceField(
        choices=[("", _("Please choose")), *EscalationReason.choices],
        label=_("Why should staff look at it?"),
        error_messages=_WHY,
    )
    words = TextField(
        most=LONGEST_WORDS,
        required=False,
        label=_("What should your colleagues know?"),
        help_text=_("Only those who work on it read this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


#: The reasons as an asker says them.
IN_THEIR_WORDS = {
    EscalationReason.UNANSWERED: _("Nobody has answered me"),
    EscalationReason.UNSOLVED: _("The answers did not solve it"),
    EscalationReason.ACCOUNT: _("It is about my own account, order or device"),
    EscalationReason.DEFECT: _("I think that it is a defect"),
    EscalationReason.SAFETY: _("Somebody could come to harm"),
}


class AskStaffForm(forms.Form):
    """Why an asker calls staff, what they want to add, the private details staff need, and that they agree."""

    reason = forms.ChoiceField(
        widget=forms.RadioSelect, label=_("Why do you need our staff?"), error_messages=_WHY, choices=()
    )
    words = TextField(
        most=LONGEST_WORDS,
        required=False,
        label=_("What should they know besides?"),
        help_text=_("Your question goes along with all that was tried. You need not repeat it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    shares = forms.BooleanField(
        label=_("Yes, our staff may see all this"),
        error_messages={"required": _("Without your yes they cannot help you.")},
    )

    def __init__(self, *args: Any, board: Board, has_answers: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        without = EscalationReason.UNANSWERED if has_answers else EscalationReason.UNSOLVED
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)
        reason.choices = [(word, label) for word, label in IN_THEIR_WORDS.items() if word != without]
        reason.initial = reason.choices[0][0]
        self.asked = fields_for(board)
        add_fields(self, self.asked)

    def private(self) -> list[Any]:
        """The controls of the private details."""
        return [self[name_of(each)] for each in self.asked]

    def values(self) -> dict[int, str]:
        return values_of(self, self.asked)


class OutcomeForm(forms.Form):
    """What the community is told. What was decided of the private places in it travels in `way-<digest>`."""

    body = TextField(
        most=MAX_BODY,
        label=_("What the community reads"),
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("Please write what the community should know.")},
    )
    post_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput, initial=new_post_key)

    def decided(self) -> dict[str, Way]:
        """What was said of each place, by its digest."""
        said = {name[4:]: value for name, value in self.data.items() if name.startswith("way-")}
        return {digest: Way(value) for digest, value in said.items() if value in (Way.OUT, Way.PUBLIC)}

    def ways(self, hits: list[Hit]) -> list[dict[str, Any]]:
        """One row for each place that differs: the words around it, and what was said of it so far."""
        said, body = self.decided(), self.cleaned_data["body"]
        rows = {
            hit.digest: {
                "hit": hit,
                "before": body[max(0, hit.start - 40) : hit.start].replace("\n", " "),
                "after": body[hit.end : hit.end + 40].replace("\n", " "),
                "name": f"way-{hit.digest}",
                "said": said.get(hit.digest, ""),
            }
            for hit in reversed(hits)
        }
        return list(reversed(rows.values()))


class WithholdForm(forms.Form):
    """Why the community is told nothing."""

    why = forms.ChoiceField(
        choices=Outcome.Withheld,
        widget=forms.RadioSelect,
        label=_("Why is nothing published?"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Please say why nothing is published.")),
    )
    words = TextField(
        most=LONGEST_REASON,
        required=False,
        label=_("For your colleagues"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class GiveBackForm(forms.Form):
    """Why the community is to go on with it, for colleagues."""

    reason = TextField(
        most=LONGEST_WORDS,
        required=False,
        label=_("Why?"),
        help_text=_("Only those who work on it read this."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ClosingForm(forms.Form):
    """The last words to a customer whose question the community solved."""

    body = TextField(
        most=MAX_BODY,
        label=_("Your last words to the customer"),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please write something first.")},
    )
