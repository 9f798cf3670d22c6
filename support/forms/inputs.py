"""What an administrator says of costs, coverage, baselines and accounts that do not count."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime
from django.utils.translation import gettext_lazy as _

from community.content.text import key
from community.forms.fields import TextField
from community.models import User
from support.models import Baseline, ChannelCoverage, CostInput, PersonStanding, ProgrammeCost

_CHANGES = _("This changes the currency of all costs")


class InputForm(forms.ModelForm):
    """Its action builds, checks and stores the row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("currency", "note", "source"):
            if name in self.fields:
                old = self.fields[name]
                most = 3 if name == "currency" else 120 if self._meta.model is Baseline else 300
                self.fields[name] = TextField(most=most, label=old.label, help_text=old.help_text)

    def _post_clean(self) -> None:
        """The action builds and checks the row; the form leaves the instance as it was."""


class CostForm(InputForm):
    changes_currency = forms.BooleanField(
        label=_CHANGES, required=False, help_text=_("Only where it is meant: sums in two currencies are never added.")
    )

    class Meta:
        model = CostInput
        fields = ("channel", "low", "typical", "currency", "valid_from", "source", "changes_currency")
        widgets = {"valid_from": AdminDateWidget}
        help_texts = {
            "low": _(
                "What one contact less really saves: the provider’s fee, the overtime. The floor is counted with it."
            ),
            "typical": _("With everything that stands behind a contact: salaries, seats, tools. Never below low."),
            "currency": _("Three letters, like EUR."),
            "valid_from": _(
                "Days before it keep what was entered for them. Of several rows the latest entered counts."
            ),
            "source": _("Where the sum comes from: whoever audits the figures will ask. No customer’s name."),
        }


class ProgrammeCostForm(InputForm):
    changes_currency = forms.BooleanField(
        label=_CHANGES, required=False, help_text=_("Only where it is meant: sums in two currencies are never added.")
    )

    class Meta:
        model = ProgrammeCost
        fields = (
            *("kind", "from_day", "until_day", "amount", "hours", "rate"),
            *("currency", "source", "changes_currency"),
        )
        widgets = {"from_day": AdminDateWidget, "until_day": AdminDateWidget}
        help_texts = {
            "until_day": _("The last day it is paid for. It is spread evenly over the days."),
            "amount": _("A sum, or hours and what an hour costs."),
            "currency": _("Three letters, like EUR."),
            "source": _("Where the sum comes from: whoever audits the figures will ask."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "amount" in self.fields:
            self.fields["amount"].required = False


class CoverageForm(InputForm):
    class Meta:
        model = ChannelCoverage
        fields = ("channel", "from_day", "until_day", "is_absent", "note")
        widgets = {"from_day": AdminDateWidget, "until_day": AdminDateWidget}
        help_texts = {
            "channel": _("Tickets of this desk are here by themselves. Say of each way whether there is another one."),
            "until_day": _("The last day of which you know it: today at the latest."),
            "is_absent": _("Nobody can reach support this way. Then days to come are fine too."),
            "note": _("How you know: compared with the telephone bill, read in from the CRM on a day …"),
        }


class BaselineForm(InputForm):
    class Meta:
        model = Baseline
        fields = ("month", "channel", "contacts", "customers", "source")
        widgets = {"month": AdminDateWidget}
        help_texts = {
            "month": _("Any day of a month that is over."),
            "channel": _("Left empty: all channels together."),
            "customers": _("Customers in that month, as the company counts them."),
            "source": _("Where the numbers come from."),
        }


class StandingForm(InputForm):
    person = TextField(most=254, label=_("Account"), help_text=_("Their name here."))
    from_at = forms.SplitDateTimeField(
        label=_("From"),
        widget=AdminSplitDateTime,
        required=False,
        help_text=_("Left empty: from now on. Earlier is fine, later is not."),
    )
    reason = TextField(most=300, label=_("Why it does not count"))

    class Meta:
        model = PersonStanding
        fields = ("person", "kind", "from_at", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(since := self.fields.get("from_at"), forms.SplitDateTimeField):
            for part, label in zip(since.widget.widgets, (_("From: day"), _("From: time")), strict=True):
                part.attrs["aria-label"] = label

    def clean_person(self) -> int:
        """The account's number."""
        name = key(self.cleaned_data["person"].removeprefix("@"))
        found = User.objects.filter(username_key=name, anonymised_at=None).values_list("pk", flat=True).first()
        if found is None:
            raise forms.ValidationError(_("Nobody here has this name."))
        return found
