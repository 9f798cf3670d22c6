"""The small forms of the verbs: a reason, another board, other tags, the version somebody uses."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.forms.fields import TextField, WordsField
from community.models import Board, Ground
from community.permissions import Anyone

#: "123", "#123", "/t/123/slug/", "https://site/threads/123/answers/4/"
_NAMED = re.compile(r"(?:^#?|/t/|/threads/)([0-9]{1,18})(?![0-9])", re.ASCII)


def named_thread(given: str) -> int:
    """The number of the question that somebody named by number or address; ValidationError for other words."""
    found = _NAMED.search(given)
    if found is None:
        raise forms.ValidationError(_("Please give the number or the address of a question."))
    return int(found[1])


class ReasonForm(forms.Form):
    """Why it was done, for the other moderators; it stands in the audit log."""

    reason = TextField(most=500, required=False, label=_("Reason"))


class HideForm(ReasonForm):
    """On which ground something is hidden, and the words its author reads."""

    ground = forms.ChoiceField(
        choices=[("", ""), *Ground.choices],
        required=False,
        label=_("What is wrong"),
        error_messages={"invalid_choice": _("There is no such reason.")},
    )


class SettleForm(forms.Form):
    """What was decided, on which ground, in which words."""

    choice = TextField(most=20, label=_("Decision"), error_messages={"required": _("There is no such choice.")})
    ground = TextField(most=15, required=False, label=_("What is wrong"))
    words = TextField(most=2000, required=False, label=_("What its author reads"))
    #: of the post as it was read
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class FlagForm(forms.Form):
    """What is wrong with a post."""

    ground = forms.ChoiceField(
        choices=Ground,
        widget=forms.RadioSelect,
        label=_("What is wrong?"),
        error_messages={
            "required": _("Please choose what is wrong."),
            "invalid_choice": _("Please choose what is wrong."),
        },
    )
    words = TextField(
        most=1000,
        required=False,
        label=_("What should the moderators know?"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


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
        return named_thread(self.cleaned_data["original"])

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if "original" in fields:
            fields["original_id"] = fields.pop("original")
        return fields


class MergeForm(DuplicateForm):
    """The question that another one becomes one with."""


class GroundForm(ReasonForm):
    """What is wrong, from the one list of grounds, and what the person is told beside it."""

    ground = forms.ChoiceField(
        choices=[("", _("Please choose")), *Ground.choices],
        label=_("What is wrong"),
        error_messages={"required": _("Please say what is wrong."), "invalid_choice": _("Please say what is wrong.")},
    )
    words = TextField(
        most=2000,
        required=False,
        label=_("What you tell them"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They read it beside the ground, with how to appeal."),
    )
    reason = None  # type: ignore[assignment]


class BanForm(GroundForm):
    """Why somebody is banned, and whether their posts go with them."""

    hide_posts = forms.BooleanField(required=False, initial=True, label=_("Hide everything they posted"))


class ChosenField(forms.Field):
    """Ids of what was ticked; more than `most` are told, and nothing is left out silently."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, most: int, letters: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.most, self.shape = most, re.compile(rf"[{letters}][0-9]{{1,18}}" if letters else r"[0-9]{1,18}", re.ASCII)

    def to_python(self, value: Any) -> list[str]:
        texts = list(dict.fromkeys(str(each) for each in value or []))
        if len(texts) > self.most:
            raise forms.ValidationError(_("That is too much at once."))
        if not all(self.shape.fullmatch(text) for text in texts):
            raise forms.ValidationError(_("This form is broken. Please load the page again."))
        return texts


class SplitForm(ReasonForm):
    """Which answers move, and where: to a new question with a title on a board, or to one there is."""

    answer = ChosenField(most=500, required=False, label=_("Answers"))
    title = TextField(most=200, required=False, label=_("Title of the new question"))
    board = forms.ModelChoiceField(
        queryset=Board.objects.none(),
        to_field_name="slug",
        required=False,
        label=_("Board"),
        error_messages={"invalid_choice": _("There is no such board.")},
    )
    original = TextField(
        most=1000,
        required=False,
        label=_("Or a question there is"),
        help_text=_("Its address or number. Leave it empty for a new question."),
    )

    def __init__(self, *args: Any, user: Anyone, **options: Any) -> None:
        super().__init__(*args, **options)
        board = self.fields["board"]
        assert isinstance(board, forms.ModelChoiceField)
        board.queryset = Board.objects.visible_to(user)
        board.empty_label = None

    def clean_original(self) -> int | None:
        given = self.cleaned_data["original"]
        return named_thread(given) if given else None

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if not self.errors and not fields["answer"]:
            self.add_error("answer", _("Please choose the answers to move."))
        if not self.errors and not fields["title"] and fields["original"] is None:
            self.add_error("title", _("Please give the new question a title."))
        return fields


class BulkForm(GroundForm):
    """Which posts are hidden in one press: those ticked, or all of the list as it stood at `until`."""

    post = ChosenField(most=5000, letters="ta", required=False)
    everything = forms.BooleanField(required=False)
    until = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    ban = forms.BooleanField(required=False, label=_("Ban their authors too"))


class RetagForm(ReasonForm):
    tags = WordsField(required=False, label=_("Tags"))


class BrakeForm(ReasonForm):
    """For how many minutes new members' posts wait."""

    minutes = forms.TypedChoiceField(
        choices=[(minutes, minutes) for minutes in (30, 60, 180, 720, 1440)],
        coerce=int,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Please choose a time between a minute and a day.")
        ),
    )


class OutdatedForm(forms.Form):
    """ "No longer works", with the version the person uses."""

    product_version = TextField(most=60, required=False, label=_("Product version"))
