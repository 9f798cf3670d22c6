"""When notices come by mail: one choice for each topic, and a day until which none comes."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community import clock
from community.actions.choices import LONGEST_PAUSE, NO_SUCH_DAY
from community.forms.fields import PlainWords
from community.models import Topic, User
from community.notices.rhythm_words import SENTENCES, when
from community.notices.topics import CHOICES, rhythms_of


class ChoicesForm(PlainWords):
    """A field for each topic that concerns this person, named like it."""

    prefix = "topic"

    def __init__(self, data: Any = None, *, person: User) -> None:
        rhythms = rhythms_of(person)
        super().__init__(data, initial={str(topic): rhythm for topic, rhythm in rhythms.items()})
        for topic in filter(rhythms.__contains__, Topic):
            self.fields[topic] = forms.ChoiceField(
                label=topic.label,
                help_text=str(SENTENCES[topic]),
                choices=[(rhythm, when(topic, rhythm)) for rhythm in CHOICES[topic]],
                error_messages={
                    "required": _("Please choose when these come."),
                    "invalid_choice": _("This does not come like that. Please choose one of those offered."),
                },
            )


class PauseForm(PlainWords):
    until = forms.DateField(
        label=_("First day with mails again"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=dict.fromkeys(("required", "invalid"), NO_SUCH_DAY),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        today = timezone.localdate(clock.now())
        self.fields["until"].widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + LONGEST_PAUSE).isoformat(),
        }

    def clean_until(self) -> date:
        """The action asks again; here it stands beside the field."""
        until, today = self.cleaned_data["until"], timezone.localdate(clock.now())
        if not today < until <= today + LONGEST_PAUSE:
            raise forms.ValidationError(NO_SUCH_DAY)
        return until
