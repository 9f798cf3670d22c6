"""What a customer writes on their ticket, and how it went."""

from django import forms
from django.utils.translation import gettext_lazy as _

from community.content.markdown import MAX_BODY
from community.forms.fields import PlainWords, PostForm, TextField
from support.actions.ratings import MOST_WORDS
from support.forms.contact import TicketFiles
from support.models import TicketRating


class MessageForm(TicketFiles, PostForm):
    """The customer's next words, with files."""

    body = TextField(
        most=MAX_BODY,
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Please write something first.")},
    )


class RatingForm(PlainWords):
    """One of five, and some words for whoever wants to say more."""

    score = forms.TypedChoiceField(
        coerce=int,
        choices=TicketRating.Score.choices,
        label=_("How did it go?"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Please choose how it went.")),
    )
    words = TextField(
        most=MOST_WORDS,
        required=False,
        label=_("What could we do better?"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
