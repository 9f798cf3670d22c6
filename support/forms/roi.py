"""What the figures' pages are asked: which period, board and channel, held against what; and what is supposed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Board
from support import what_if
from support.models.contacts import ContactChannel

#: No community of ours is older, and no period may be longer.
EARLIEST, LATEST = date(1995, 1, 1), date(2199, 12, 31)
MOST_DAYS = 3660
MOST_CONTACTS = 1_000_000_000
MOST_MONEY = Decimal("999999999.99")
AGAINST = [
    ("", gettext_lazy("Nothing")),
    ("before", gettext_lazy("The period before")),
    ("year", gettext_lazy("The same weeks last year")),
]


class DayField(forms.DateField):
    """A day as browsers send it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(input_formats=["%Y-%m-%d"], widget=widget, **options)

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str) and len(value) > 10:
            raise forms.ValidationError(self.error_messages["invalid"])
        day: date | None = super().to_python(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(_("Nothing was counted then."))
        return day


class WantedForm(forms.Form):
    """Sent by GET; `from` is no name in Python, so that both ends are called day."""

    from_day = DayField(label=gettext_lazy("From"))
    until_day = DayField(label=gettext_lazy("Until"))
    board = forms.TypedChoiceField(
        label=gettext_lazy("Board"), required=False, coerce=int, empty_value=None, choices=[]
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    against = forms.ChoiceField(label=gettext_lazy("Compare with"), required=False, choices=AGAINST)

    def __init__(self, data: Any, boards: list[Board]) -> None:
        super().__init__(data)
        every: list[tuple[Any, Any]] = [("", gettext_lazy("Every board"))]
        self.fields["board"].choices = [*every, *((each.pk, each.name) for each in boards)]  # type: ignore[attr-defined]
        ways: list[tuple[Any, Any]] = [("", gettext_lazy("Every channel")), *ContactChannel.choices]
        self.fields["channel"].choices = ways  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().clean() or {}
        first, last = fields.get("from_day"), fields.get("until_day")
        if first and last and last < first:
            raise forms.ValidationError(_("The period ends before it begins."))
        if first and last and last - first >= timedelta(days=MOST_DAYS):
            raise forms.ValidationError(_("At most ten years fit into one report."))
        return fields


class WhatIfForm(forms.Form):
    """What is supposed, not measured."""

    contacts = forms.IntegerField(
        label=gettext_lazy("Contacts avoided in a month"),
        min_value=0,
        max_value=MOST_CONTACTS,
        initial=what_if.PUBLISHED_CONTACTS,
    )
    low = forms.DecimalField(
        label=gettext_lazy("One contact costs at least"),
        min_value=Decimal(0),
        max_value=MOST_MONEY,
        max_digits=11,
        decimal_places=2,
        initial=what_if.PUBLISHED_LOW,
    )
    high = forms.DecimalField(
        label=gettext_lazy("and at most"),
        min_value=Decimal(0),
        max_value=MOST_MONEY,
        max_digits=11,
        decimal_places=2,
        initial=what_if.PUBLISHED_HIGH,
    )
    programme = forms.DecimalField(
        label=gettext_lazy("The community costs in a year"),
        required=False,
        min_value=Decimal(0),
        max_value=MOST_MONEY,
        max_digits=11,
        decimal_places=2,
        help_text=gettext_lazy("Left empty, only what is avoided is reckoned."),
    )

    def clean(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().clean() or {}
        low, high = fields.get("low"), fields.get("high")
        if low is not None and high is not None and high < low:
            raise forms.ValidationError(_("The higher cost is below the lower one."))
        return fields
