"""What staff write about known issues, and which questions they name."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community.actions.compose import MAX_TITLE
from community.actions.known_issues import MOST_LINKED
from community.content.markdown import MAX_BODY
from community.forms.fields import HiddenNumber, TextField
from community.forms.moderation import ChosenField, ReasonForm, named_thread
from community.models import Board
from community.permissions import Anyone


class IssueWords(forms.Form):
    """What is wrong, and what helps meanwhile."""

    title = TextField(
        most=MAX_TITLE,
        label=_("What is wrong, in one line"),
        help_text=_("In the words of those who have it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please say in one line what is wrong.")},
    )
    body = TextField(
        most=MAX_BODY,
        label=_("What is known, and what helps meanwhile"),
        help_text=_("Everybody who sees the board can read it."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please write what is known.")},
    )


class IssueForm(IssueWords):
    """A new one: on which board, and which questions it is about."""

    board = forms.ModelChoiceField(
        queryset=Board.objects.none(),
        to_field_name="slug",
        required=False,
        label=_("Where it stands"),
        empty_label=_("On the whole site"),
        error_messages={"invalid_choice": _("There is no such board.")},
    )
    thread = ChosenField(most=MOST_LINKED, required=False, label=_("Questions about it"))

    def __init__(self, *args: Any, user: Anyone, **options: Any) -> None:
        super().__init__(*args, **options)
        board = self.fields["board"]
        assert isinstance(board, forms.ModelChoiceField)
        board.queryset = Board.objects.visible_to(user)


class EditIssueForm(IssueWords):
    """Other words, for the version that was read."""

    version = HiddenNumber(most=2**31 - 1)


class LinkForm(forms.Form):
    """Questions that were ticked, and questions that were named by number or address, a line each."""

    thread = ChosenField(most=MOST_LINKED, required=False)
    named = TextField(
        most=20_000,
        required=False,
        label=_("Or name questions"),
        help_text=_("Their addresses or numbers, one in a line."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_named(self) -> list[int]:
        lines = self.cleaned_data["named"].split()
        if len(lines) > MOST_LINKED:
            raise ValidationError(_("That is too much at once."))
        return [named_thread(line) for line in lines]

    @property
    def thread_ids(self) -> list[int]:
        return [*map(int, self.cleaned_data["thread"]), *self.cleaned_data["named"]]


class TellForm(forms.Form):
    """News, and whether they say that it is fixed, or back."""

    body = TextField(most=MAX_BODY, label=_("News"), error_messages={"required": _("Please write the news.")})
    do = forms.ChoiceField(
        choices=[("news", ""), ("fixed", ""), ("back", "")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("This form is broken. Please load the page again.")
        ),
    )


class UnlinkForm(ReasonForm):
    """Which question is about something else."""

    thread = HiddenNumber(error_messages={"required": _("There is no such question.")})
