"""The form for asking."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community.actions.compose import MAX_TITLE
from community.content.markdown import MAX_BODY, quote
from community.content.text import excerpt, key
from community.forms.fields import HiddenNumber, PostForm, TextField, WordsChoice, WordsField
from community.models import Board, Draft, Tag, Thread
from community.permissions import Anyone

#: So many boards stand as radio buttons; more are a list to open.
MOST_RADIOS = 6
QUOTED = 400
PREFILLED = ("title", "board", "kind", "tags", "product_version", "linked_from")


class AskForm(PostForm):
    """Title first, then the words, then what it is about."""

    title = TextField(
        most=MAX_TITLE,
        label=_("Your question in one line"),
        help_text=_("What would you tell a friend who knows the product?"),
    )
    body = TextField(
        most=MAX_BODY,
        label=_("The details"),
        help_text=_("What you did, what happened, and what you expected."),
        widget=forms.Textarea(attrs={"rows": 10}),
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
        error_messages={"invalid_choice": _("Please choose what kind of post this is.")},
    )
    product_version = TextField(most=60, required=False, label=_("Product version"))
    tags = WordsField(required=False, label=_("Tags"), help_text=_("Up to five words, with commas between them."))
    linked_from = HiddenNumber(required=False)

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
        self._suit(self._chosen_board(boards))

    def _chosen_board(self, boards: Any) -> Board | None:
        slug = self.data.get("board") if self.is_bound else self.initial.get("board")
        return boards.filter(slug=slug).first() if isinstance(slug, str) and len(slug) <= 60 else None

    def _suit(self, board: Board | None) -> None:
        """Offer the board's versions and, where its vocabulary is closed, its tags to tick."""
        self.versions = [str(version) for version in board.versions[:200]] if board else []
        self.fields["product_version"].widget.attrs["list"] = "product-versions"
        if board is None or not board.closed_vocabulary:
            return
        names = list(Tag.objects.filter(board_tags__board=board).order_by("name").values_list("name", flat=True))
        ticks = WordsChoice(choices=[(name, name) for name in names])
        field = self.fields["tags"]
        field.widget, field.help_text = ticks, _("Up to five.")
        if isinstance(words := self.initial.get("tags"), str):
            self.initial["tags"] = ticks.tick([word.strip() for word in words.split(",")])

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
        names = ("board", "kind", "product_version", "linked_from")
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
