"""The form for asking."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community.actions.compose import MAX_TITLE
from community.actions.measuring import new_token
from community.content.markdown import MAX_BODY, quote
from community.content.text import excerpt, key
from community.forms.fields import HiddenNumber, PostForm, TextField, WordsChoice, WordsField
from community.models import Board, Draft, Tag, Thread
from community.permissions import Anyone
from community.reading.figures import popular_tags

#: So many boards stand as radio buttons; more are a list to open.
MOST_RADIOS = 6
QUOTED = 400
#: Characters of a board's description on its card.
DESCRIBED = 90
MOST_OFFERED = 100
PREFILLED = ("title", "board", "kind", "tags", "product_version", "linked_from")


KIND_HELP = {
    Thread.Kind.QUESTION: _("You want to know how."),
    Thread.Kind.PROBLEM: _("Something does not work."),
    Thread.Kind.IDEA: _("Something you wish for."),
    Thread.Kind.PRAISE: _("Something you like."),
}


@dataclass(frozen=True)
class Card:
    """One choice with the line that explains it, as choice_cards.html shows it."""

    id: str
    value: str
    label: Any
    help: Any
    checked: bool


class AskForm(PostForm):
    """Title first, then the words, then what it is about."""

    title = TextField(
        most=MAX_TITLE,
        label=_("Your question in one line"),
        help_text=_("What would you tell a friend who knows the product?"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    body = TextField(
        most=MAX_BODY,
        label=_("The details"),
        help_text=_("What you did, what happened, and what you expected."),
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("Please write what happened.")},
    )
    board = forms.ModelChoiceField(
        queryset=Board.objects.none(),
        to_field_name="slug",
        label=_("Which product is it about?"),
        empty_label=_("Please choose"),
        error_messages={
            "invalid_choice": _("There is no such board."),
            "required": _("Please choose what it is about."),
        },
    )
    kind = forms.ChoiceField(
        choices=Thread.Kind.choices,
        initial=Thread.Kind.QUESTION,
        label=_("What kind of post is this?"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Please choose what kind of post this is.")),
    )
    product_version = TextField(
        most=60,
        required=False,
        label=_("Product version"),
        help_text=_("Often found in the settings under “About”, or on the label."),
    )
    tags = WordsField(required=False, label=_("Tags"), help_text=_("Up to five words, with commas between them."))
    linked_from = HiddenNumber(required=False)
    #: Which form it is to those who count (actions/measuring.py): made anew for each, the same when a draft comes back.
    form_token = forms.CharField(required=False, initial=new_token, widget=forms.HiddenInput)
    #: Set once somebody without a script has seen what is there already: they are not led past it a second time.
    looked = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Anyone, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        boards = Board.objects.visible_to(user).filter(archived_at__isnull=True)
        board_field = self.fields["board"]
        assert isinstance(board_field, forms.ModelChoiceField)
        board_field.queryset = boards
        choices = list(boards[: MOST_RADIOS + 1])
        if len(choices) <= MOST_RADIOS:
            board_field.empty_label = None
            board_field.widget = forms.RadioSelect()
            board_field.widget.choices = board_field.choices
        if len(choices) == 1:
            self.initial.setdefault("board", choices[0].slug)
        #: the board that is chosen so far
        self.chosen = chosen = self._chosen_board(boards)
        #: Some matters of this board (of any, as long as none is chosen) are for staff alone: that is said first.
        self.has_personal_cases = any(board.has_personal_cases for board in ([chosen] if chosen else choices))
        self._suit(chosen)

    def _chosen_board(self, boards: Any) -> Board | None:
        slug = self.data.get("board") if self.is_bound else self.initial.get("board")
        return boards.filter(slug=slug).first() if isinstance(slug, str) and len(slug) <= 60 else None

    def _suit(self, board: Board | None) -> None:
        """Offer the board's versions and, where its vocabulary is closed, its tags to tick."""
        self.versions = [str(version) for version in board.versions[:200]] if board else []
        self.fields["product_version"].widget.attrs["list"] = "product-versions"
        if board is None or not board.closed_vocabulary:
            self.known_tags = [tag.name for tag in popular_tags(self.user, board)[:MOST_OFFERED]] if board else []
            return
        self.known_tags = []
        names = list(Tag.objects.filter(board_tags__board=board).order_by("name").values_list("name", flat=True))
        ticks = WordsChoice(choices=[(name, name) for name in names])
        field = self.fields["tags"]
        field.widget, field.help_text = ticks, _("Up to five.")
        if isinstance(words := self.initial.get("tags"), str):
            self.initial["tags"] = ticks.tick([word.strip() for word in words.split(",")])

    def board_cards(self) -> list[Card]:
        """The boards with their descriptions; none where there are too many for cards."""
        if not isinstance(self.fields["board"].widget, forms.RadioSelect):
            return []
        return self._cards("board", lambda value: excerpt(value.instance.description, DESCRIBED))

    def kind_cards(self) -> list[Card]:
        """The kinds of posts, each with what it is for."""
        return self._cards("kind", lambda value: KIND_HELP[Thread.Kind(value)])

    def _cards(self, name: str, explain: Callable[[Any], Any]) -> list[Card]:
        return [
            Card(str(each.id_for_label), str(value), each.choice_label, explain(value), bool(each.data["selected"]))
            for each in self[name].subwidgets
            if (value := each.data["value"])
        ]

    def has_details(self) -> bool:
        """Whether the fields that stand folded away are to be seen: filled, refused, or tags to tick."""
        is_chosen = isinstance(self.fields["tags"].widget, WordsChoice)
        return is_chosen or any(self[name].value() or self[name].errors for name in ("product_version", "tags"))

    def clean_tags(self) -> list[str]:
        words: list[str] = self.cleaned_data["tags"]
        widget = self.fields["tags"].widget
        if isinstance(widget, WordsChoice):
            known = {key(str(value)) for value, _label in widget.choices}
            if foreign := next((word for word in words if key(word) not in known), None):
                raise ValidationError(_("“%(tag)s” is not one of this board's tags."), params={"tag": foreign})
        return words

    def clean_linked_from(self) -> Thread | None:
        """The older question this one is about; out of sight it is left out."""
        found = self.cleaned_data.get("linked_from")
        return Thread.objects.visible_to(self.user).filter(pk=found).first() if found else None

    def choices_for_draft(self) -> dict[str, str]:
        """The other fields as they were sent, for the draft."""
        data: Any = self.data
        names = ("board", "kind", "product_version", "linked_from", "form_token", "looked")
        kept = {name: str(data.get(name) or "") for name in names}
        return kept | {"tags": ", ".join(data.getlist("tags")), "attachments": ",".join(data.getlist("attachments"))}


def initial_from_draft(draft: Draft) -> dict[str, Any]:
    """The form's first values from what was kept."""
    initial = {"title": draft.title, "body": draft.body, **draft.choices}
    initial["attachments"] = [part for part in draft.choices.get("attachments", "").split(",") if part]
    return initial


def initial_from_address(params: Any, user: Anyone) -> dict[str, Any]:
    """The form's first values from `?title= &board= &linked_from=` and so on; what cannot be used is left out."""
    initial: dict[str, Any] = {name: params[name][:400] for name in PREFILLED if params.get(name)}
    if initial.get("kind") not in Thread.Kind.values:
        initial.pop("kind", None)
    number = str(initial.pop("linked_from", ""))
    if number.isascii() and number.isdigit() and len(number) < 19:
        old = Thread.objects.visible_to(user).select_related("board", "asker").filter(pk=int(number)).first()
        if old is not None:
            initial["linked_from"] = old.pk
            initial.setdefault("board", old.board.slug)
            initial.setdefault("kind", old.kind)
            initial["body"] = quote(str(old.asker), old.get_absolute_url(), excerpt(f"{old.title}: {old.body}", QUOTED))
    return initial
