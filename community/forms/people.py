"""Forms about people: one's profile, and an invitation."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.accounts.preferences import HELP_LANGUAGES, time_zones
from community.actions.people import MAX_ABOUT, MAX_DISPLAY_NAME
from community.forms.fields import PlainWords
from community.models import User


class ProfileForm(PlainWords):
    display_name = forms.CharField(
        label=_("Name shown beside what you write"),
        max_length=MAX_DISPLAY_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    about = forms.CharField(
        label=_("About you"),
        required=False,
        max_length=MAX_ABOUT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody can read it. What do you use, what do you know well?"),
    )
    language = forms.ChoiceField(label=_("Language of the site"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages you can help in"),
        required=False,
        choices=list(HELP_LANGUAGES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("“For you” shows questions in these."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, initial={name: getattr(person, name) for name in self.base_fields})
        language, time_zone = self.fields["language"], self.fields["time_zone"]
        assert isinstance(language, forms.ChoiceField) and isinstance(time_zone, forms.ChoiceField)
        language.choices = [("", _("As my browser says")), *settings.LANGUAGES]
        time_zone.choices = [
            ("", gettext("The site's own (%(zone)s)") % {"zone": settings.TIME_ZONE}),
            ("UTC", "UTC"),
            *time_zones(),
        ]


class AcceptForm(PlainWords):
    """What a newly invited person chooses."""

    display_name = forms.CharField(
        label=_("Your name here"),
        max_length=MAX_DISPLAY_NAME,
        help_text=_("Shown beside what you write."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
