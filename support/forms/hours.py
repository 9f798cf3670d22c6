"""Forms for calendars and service levels: hours and lengths of time as people write them."""

import re
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from support import public_holidays
from support.forms.setup import SetupForm
from support.lengths import length_words
from support.models import Calendar, Priority, SlaClock, SlaPolicy
from support.models.time import DAY
from support.sla import Block

MOST_BLOCKS = 12
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_BLOCK = re.compile(rf"{_TIME}\s*[-–—]\s*{_TIME}")
_LENGTH = re.compile(r"(?:(\d{1,6})\s*h)?\s*(?:(\d{1,6})\s*(?:min|m))?", re.IGNORECASE)
WEEK = tuple(f"day{number}" for number in range(7))


class BlocksField(forms.CharField):
    """Hours of one day: 9:00-12:00, 13:00-17:00. A list of (opens, closes) in minutes; nothing is closed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return blocks_words(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        text, blocks = super().to_python(value), list[Block]()
        for part in (each.strip() for each in (text or "").split(",")):
            found = _BLOCK.fullmatch(part)
            if part and found is None:
                raise forms.ValidationError(_("Write hours like 9:00-12:00, 13:00-17:00."))
            if found is not None:
                hours = [int(each or 0) for each in found.groups()]
                blocks.append((_minute(*hours[:2]), _minute(*hours[2:])))
        if len(blocks) > MOST_BLOCKS:
            raise forms.ValidationError(_("These are too many."))
        return _in_order(blocks)


def _minute(hour: int, minute: int) -> int:
    if minute > 59 or hour * 60 + minute > DAY:
        raise forms.ValidationError(_("A day has 24 hours of 60 minutes."))
    return hour * 60 + minute


def _in_order(blocks: list[Block]) -> list[Block]:
    last = -1
    for opens, closes in sorted(blocks):
        if closes <= opens:
            raise forms.ValidationError(_("Hours begin before they end, on the same day."))
        if opens < last:
            raise forms.ValidationError(_("Two of these hours overlap."))
        last = closes
    return sorted(blocks)


def blocks_words(blocks: Any) -> str:
    """Blocks as they are written in the form."""
    return ", ".join(f"{clock_words(opens)}-{clock_words(closes)}" for opens, closes in blocks)


def clock_words(minute: int) -> str:
    """A minute of the day as a clock shows it; the last one is 24:00."""
    return f"{minute // 60}:{minute % 60:02d}"


class LengthField(forms.CharField):
    """A length of business time, 4 h or 1 h 30 min: minutes, or None for none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.TextInput(attrs={"size": 10}), **options)

    def prepare_value(self, value: Any) -> Any:
        return length_words(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").strip()
        if not text:
            return None
        found = _LENGTH.fullmatch(text)
        if found is None or not any(found.groups()):
            raise forms.ValidationError(_("Write hours and minutes like 4 h, 30 min or 1 h 30 min."))
        hours, minutes = (int(each or 0) for each in found.groups())
        if not 0 < hours * 60 + minutes <= 366 * DAY:
            raise forms.ValidationError(_("A promise is for one minute to one year."))
        return hours * 60 + minutes


class DaysField(forms.CharField):
    """Days, one a line, each with a name if it has one: 2026-12-24 Christmas Eve."""

    widget = forms.Textarea(attrs={"rows": 5, "cols": 40})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{day.isoformat()} {name}".strip() for day, name in sorted(value.items()))

    def to_python(self, value: Any) -> Any:
        days = dict[date, str]()
        for line in (super().to_python(value) or "").splitlines():
            if not line.strip():
                continue
            word, _space, name = line.strip().partition(" ")
            try:
                days[date.fromisoformat(word)] = name.strip()[:60]
            except ValueError as error:
                wrong = _("“%(line)s”: a line begins with a day like 2026-12-24.") % {"line": line.strip()[:40]}
                raise forms.ValidationError(wrong) from error
        return days


def _countries() -> list[tuple[str, str]]:
    named = [(code, f"{public_holidays.name_of(code)} ({code})") for code in public_holidays.countries()]
    return [("", str(_("no public holidays"))), *sorted(named, key=lambda each: each[1])]


class CalendarForm(SetupForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=lambda: [(each, each) for each in sorted(available_timezones())]
    )
    country = forms.ChoiceField(label=_("Public holidays of"), required=False, choices=_countries)
    subdivision = forms.CharField(
        label=_("Part of that country"),
        required=False,
        max_length=10,
        help_text=_("Its code, where a part has holidays of its own: BY is Bavaria, CA California."),
    )
    closed = DaysField(
        label=_("Closed days"), required=False, help_text=_("One a line, with its name: 2026-12-24 Christmas Eve")
    )
    opened = DaysField(
        label=_("Open although it is a holiday"), required=False, help_text=_("One a line. The weekday's hours hold.")
    )

    class Meta:
        model = Calendar
        fields = ("name", "time_zone", "country", "subdivision")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not public_holidays.are_known() and "country" in self.fields:
            self.fields["country"].help_text = _("Known once this is installed: pip install holidays")
        if self.instance.pk:
            blocks = list(self.instance.blocks.all())
            for number, name in enumerate(WEEK):
                self.initial[name] = [(each.opens, each.closes) for each in blocks if each.weekday == number]
            days = list(self.instance.closed_days.all())
            self.initial["closed"] = {each.day: each.name for each in days if not each.is_open}
            self.initial["opened"] = {each.day: each.name for each in days if each.is_open}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        country, part = said.get("country", ""), said.get("subdivision", "").upper()
        said["subdivision"] = part
        parts = public_holidays.countries().get(country, ())
        if part and part not in parts:
            known = _("Known parts of this country: %(parts)s.") % {"parts": ", ".join(parts)}
            self.add_error(
                "subdivision", known if parts else _("This country has no parts with holidays of their own.")
            )
        return said


for _number, _name in enumerate(WEEK):
    _field: forms.Field = BlocksField(label=WEEKDAYS[_number])
    CalendarForm.declared_fields[_name] = CalendarForm.base_fields[_name] = _field


def promise_name(priority: str, kind: str) -> str:
    """The field of one promise in the form of a service level."""
    return f"{priority}_{kind}"


class ServiceLevelForm(SetupForm):
    class Meta:
        model = SlaPolicy
        fields = ("name", "calendar", "warns_at")
        help_texts = {"warns_at": _("0 warns nobody.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for target in self.instance.targets.all():
                for kind in SlaClock.Kind.values:
                    self.initial[promise_name(target.priority, kind)] = getattr(target, kind)

    def promised(self) -> dict[Priority, dict[str, int | None]]:
        """What was typed, by priority and kind of promise."""
        kinds = SlaClock.Kind.values
        return {each: {kind: self.cleaned_data[promise_name(each, kind)] for kind in kinds} for each in Priority}


for _priority in Priority:
    for _kind, _label in (
        (SlaClock.Kind.FIRST_REPLY, pgettext_lazy("a promise", "First reply within")),
        (SlaClock.Kind.NEXT_REPLY, pgettext_lazy("a promise", "Each further reply within")),
        (SlaClock.Kind.SOLUTION, pgettext_lazy("a promise", "Solution within")),
    ):
        _name, _field = promise_name(_priority, _kind), LengthField(label=_label)
        ServiceLevelForm.declared_fields[_name] = ServiceLevelForm.base_fields[_name] = _field
