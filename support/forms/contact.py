"""The form for writing to staff."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.actions.compose import MAX_TITLE
from community.actions.measuring import new_token
from community.content.markdown import MAX_BODY
from community.forms.fields import MISSING, HiddenNumber, PostForm, TextField, read_ids
from community.models import Board, Draft, Thread, User
from community.permissions import Anyone, is_member
from support.forms.private_values import add_fields, fields_for, name_of, values_of
from support.models import TicketAttachment

#: What the address of the page may say already.
PREFILLED = ("title", "board", "product_version")
#: What of an unsent question goes into the form.
CARRIED = ("board", "product_version")


class TicketFiles(forms.Form):
    """What forms share whose files are private: those that were added and stand in no message yet."""

    user: Anyone

    def kept_files(self) -> list[dict[str, Any]]:
        """The files that came before, as the composer's template shows them."""
        ids = read_ids(self["attachments"].value() or [])
        if not ids or not isinstance(self.user, User):
            return []
        loose = TicketAttachment.objects.visible_to(self.user).filter(pk__in=ids, uploader=self.user, ticket=None)
        return [
            {"name": file.name, "url": file.get_absolute_url(), "remove_name": "remove", "remove_value": file.pk}
            for file in loose.order_by("pk")
        ]


class ContactForm(TicketFiles, PostForm):
    """What it is about, the words, which product, and the private details staff need for that.

    Private details are asked of members only: they stand on the ticket and nowhere else, not even in a draft.
    """

    missing = MISSING | {"title": _("Please say in one line what it is about.")}
    title = TextField(
        most=MAX_TITLE,
        label=_("What is it about?"),
        help_text=_("In one line."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    body = TextField(
        most=MAX_BODY,
        label=_("What happened?"),
        help_text=_("What you did, what you saw, and what you tried already."),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Please write what happened.")},
    )
    board = forms.ModelChoiceField(
        queryset=Board.objects.none(),
        to_field_name="slug",
        required=False,
        label=_("Which product is it about?"),
        empty_label=_("None, or I am not sure"),
        error_messages={"invalid_choice": _("There is no such board.")},
    )
    product_version = TextField(
        most=60,
        required=False,
        label=_("Product version"),
        help_text=_("Often found in the settings under “About”, or on the label."),
    )
    thread = HiddenNumber(required=False)
    form_token = forms.CharField(required=False, initial=new_token, widget=forms.HiddenInput)
    looked = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Anyone, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        board_field = self.fields["board"]
        assert isinstance(board_field, forms.ModelChoiceField)
        boards = Board.objects.visible_to(user).filter(archived_at__isnull=True)
        board_field.queryset = boards
        #: the product as far as it is chosen
        self.chosen = self._chosen(boards)
        self.versions = [str(version) for version in self.chosen.versions[:200]] if self.chosen else []
        self.fields["product_version"].widget.attrs["list"] = "product-versions"
        #: what is asked beside, here or once they have signed in
        self.asked = fields_for(self.chosen)
        if is_member(user):
            add_fields(self, self.asked)

    def _chosen(self, boards: Any) -> Board | None:
        slug = self.data.get("board") if self.is_bound else self.initial.get("board")
        return boards.filter(slug=slug).first() if isinstance(slug, str) and 0 < len(slug) <= 60 else None

    def private(self) -> list[Any]:
        """The controls of the private details."""
        return [self[name_of(each)] for each in self.asked if name_of(each) in self.fields]

    def values(self) -> dict[int, str]:
        return values_of(self, self.asked)

    def clean_thread(self) -> Thread | None:
        """The question with the same problem; out of sight it is left out."""
        return question_of(self.cleaned_data.get("thread"), self.user)

    def choices_for_draft(self) -> dict[str, str]:
        """The other fields as they were sent, for the draft; private details are not among them."""
        data: Any = self.data
        kept = {name: str(data.get(name) or "") for name in (*CARRIED, "thread", "form_token", "looked")}
        return kept | {"attachments": ",".join(data.getlist("attachments"))}


def question_of(number: object, user: Anyone) -> Thread | None:
    """The question a form or an address names by its number, as far as this person may see it."""
    for found in read_ids([number] if number else []):
        return Thread.objects.visible_to(user).select_related("board").filter(pk=found).first()
    return None


def initial_from_address(params: Any, question: Thread | None) -> dict[str, Any]:
    """The form's first values from `?title= &board= &product_version=`, and the question somebody comes from."""
    initial: dict[str, Any] = {name: params[name][:400] for name in PREFILLED if params.get(name)}
    if question is not None:
        initial |= {"thread": question.pk, "board": question.board.slug}
        initial.setdefault("title", question.title)
    return initial


def initial_from_question(draft: Draft) -> dict[str, Any]:
    """The form's first values from a question that was begun and not posted: it need not be written twice."""
    return {"title": draft.title, "body": draft.body} | {
        name: draft.choices[name] for name in CARRIED if draft.choices.get(name)
    }
