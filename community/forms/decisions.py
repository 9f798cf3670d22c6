"""Saying no to a decision, saying why one was taken, and reporting what is against the law."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from community.actions.appeals import MOST_WORDS as MOST_APPEAL
from community.actions.decisions import MOST_WORDS
from community.forms.fields import PlainWords, TextField
from community.models import Ground, IllegalReport

Category = IllegalReport.Category
_MOST_PLACE = 500


class AppealForm(forms.Form):
    """Why somebody thinks that a decision is wrong."""

    words = TextField(
        most=MOST_APPEAL,
        label=_("Why do you think it is wrong?"),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Please say why you think it is wrong.")},
    )


class ExplainForm(forms.Form):
    """The ground and the words of a decision, for its author."""

    ground = forms.ChoiceField(
        choices=[("", _("Please choose")), *Ground.choices],
        label=_("Why"),
        error_messages={
            "required": _("Please choose one of the grounds offered."),
            "invalid_choice": _("Please choose one of the grounds offered."),
        },
    )
    words = TextField(
        most=MOST_WORDS,
        required=False,
        label=_("In your own words"),
        help_text=_("What exactly, and what would have been fine. The author reads this."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReportForm(PlainWords):
    """A report of illegal content. `hosts` are the names under which this site is reached."""

    place = TextField(
        most=_MOST_PLACE,
        label=_("Address of the page"),
        help_text=_(
            "The address of the question or answer, as it stands in your browser. You need not be able to open it."
        ),
        error_messages={"required": _("Please give the address of the page it is about.")},
    )
    category = forms.ChoiceField(
        choices=Category.choices,
        label=_("What is it?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose what it is."),
            "invalid_choice": _("Please choose what it is."),
        },
    )
    explanation = TextField(
        most=4000,
        label=_("Why is it against the law?"),
        help_text=_("What exactly, where in the text, and which law or right you think it breaks, if you know."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please explain why you think it is against the law.")},
    )
    name = TextField(
        most=120,
        required=False,
        label=_("Your name"),
        help_text=_("Whoever wrote it is never told your name."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    address = forms.EmailField(
        required=False,
        max_length=254,
        label=_("Your e-mail address"),
        help_text=_("We write to you there what was decided."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("This is no e-mail address.")},
    )
    in_good_faith = forms.BooleanField(
        label=_("I believe in good faith that what I say here is correct and complete."),
        error_messages={"required": _("Please confirm that you believe this to be true.")},
    )
    #: people do not see it; programs fill it in
    website = forms.CharField(required=False, max_length=200, label=_("Leave this empty"))

    def __init__(self, *args: Any, hosts: frozenset[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.hosts = hosts

    def clean_place(self) -> str:
        """A whole address of this site. Whether anything stands there is not asked."""
        place = self.cleaned_data["place"].strip()
        not_ours = forms.ValidationError(_("This is not an address of this site. Please copy it from your browser."))
        try:
            parts = urlsplit(place if "//" in place[:9] or place.startswith("/") else f"//{place}")
            host = (parts.hostname or "").lower()
        except ValueError as error:
            raise not_ours from error
        if any(letter.isspace() for letter in place) or parts.scheme not in {"", "http", "https"}:
            raise not_ours
        if host not in self.hosts and not (host == "" and place.startswith("/") and not place.startswith("//")):
            raise not_ours
        return place

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Please leave this field empty: it is there to recognise programs."))
        return ""

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if fields.get("category") and fields["category"] != Category.CHILDREN:
            if not fields.get("name"):
                self.add_error("name", _("Please give your name. It may stay empty only for abuse of children."))
            if not fields.get("address") and "address" not in self.errors:
                self.add_error("address", _("Please give your address. It may stay empty only for abuse of children."))
        fields.pop("website", None)
        return fields


def own_hosts(host: str) -> frozenset[str]:
    """The names under which this site is reached: the one that was asked (maybe with a port), and SITE_URL's."""
    named = {urlsplit(f"//{host}").hostname or "", urlsplit(settings.SITE_URL).hostname or ""}
    return frozenset(name.lower() for name in named if name)
