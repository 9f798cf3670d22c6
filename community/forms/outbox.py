"""What the outbox of demo and development asks."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReplyForm(forms.Form):
    """What a mail program would ask of whoever answers a mail."""

    words = forms.CharField(
        label=_("Your reply"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("It leaves as a mail program would send it: with this mail quoted below, and a signature."),
    )
