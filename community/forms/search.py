"""The search page's filters: whatever stands wrong in an address is told at its field, and left out."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community.errors import Refused
from community.forms.fields import TextField
from community.models import Board, Thread
from community.permissions import Anyone
from community.reading.lists import board_of
from community.reading.narrowing import FIRST_YEAR, LAST_YEAR, Narrowing, narrowing_of, person_called, tag_called

MOST = 200
#: In the order somebody looks for them: what was solved first.
STATES = ("solved", "responded", "new", "needs_info", "needs_attention", "closed")
NO_DATE = _("“%(typed)s” is no day of the calendar that we can search from. Write it like 2026-01-31.")


class DayField(forms.DateField):
    """A day, as the browser sends it or as one writes it in the reader's language."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def to_python(self, value: Any) -> date | None:
        typed = str(value or "").strip()
        try:
            day = super().to_python(typed) if len(typed) <= 40 else None
        except (ValidationError, ValueError, OverflowError):
            day = None
        if typed and not (day and FIRST_YEAR <= day.year <= LAST_YEAR):
            raise ValidationError(NO_DATE, params={"typed": typed[:40]})
        return day


class SearchForm(forms.Form):
    """What a search is narrowed to. Read with `narrowing()`, which never fails: see `errors` for what was left out."""

    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[("", _("Any state")), *((state, Thread.State(state).label) for state in STATES)],
        error_messages={"invalid_choice": _("There is no such state.")},
    )
    board = TextField(most=MOST, required=False, label=_("Board"), widget=forms.Select)
    kind = forms.ChoiceField(
        required=False,
        label=_("Kind"),
        choices=[("", _("Any kind")), *Thread.Kind.choices],
        error_messages={"invalid_choice": _("There is no such kind of post.")},
    )
    tag = TextField(most=MOST, required=False, label=_("Tag"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    author = TextField(
        most=MOST,
        required=False,
        label=_("Asked by"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    since = DayField(required=False, label=_("Asked from"))
    until = DayField(required=False, label=_("Asked until"))

    def __init__(self, data: Mapping[str, str], *, viewer: Anyone, boards: list[Board]) -> None:
        # The last of each name, as everywhere; what is not a field of ours is not looked at.
        super().__init__({name: data[name] for name in self.base_fields if name in data}, auto_id="search-%s")
        self.viewer = viewer
        self.boards = {board.slug: board for board in boards}
        self._offer("board", [("", _("All boards")), *((board.slug, board.name) for board in boards)])

    def narrowing(self) -> Narrowing:
        """What the search is narrowed to, as far as it could be understood."""
        self.full_clean()
        found = narrowing_of(self.cleaned_data)
        # A day or a person comes back as it stands in the address from now on, whichever way it was written.
        # What is no day cannot stand in a field for days: the error says what was typed.
        no_days = {name for name in ("since", "until") if name in self.errors}
        self.data = {name: word for name, word in {**self.data, **found.words()}.items() if name not in no_days}
        return found

    def tell_counts(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Write behind each choice how many results it leaves; fields that `counts` does not know stay as they are."""
        for name, numbers in counts.items():
            self._offer(name, [_counted(value, label, numbers) for value, label in self._choices(name)])

    def clean_board(self) -> Board | None:
        slug = self.cleaned_data["board"]
        return self.boards.get(slug) or _found(board_of, self.viewer, slug) if slug else None

    def clean_tag(self) -> Any:
        name = self.cleaned_data["tag"]
        return _found(tag_called, name, self.viewer) if name else None

    def clean_author(self) -> Any:
        name = self.cleaned_data["author"]
        return _found(person_called, name, self.viewer) if name else None

    def clean_until(self) -> date | None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data["until"]
        if since and until and until < since:
            raise ValidationError(_("This day is before the first one."))
        return until

    def _choices(self, name: str) -> list[tuple[Any, Any]]:
        widget = self.fields[name].widget
        assert isinstance(widget, forms.Select)
        return [*widget.choices]

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        widget = self.fields[name].widget
        assert isinstance(widget, forms.Select)
        widget.choices = choices


def _found(find: Callable[..., Any], *words: Any) -> Any:
    """What `find` finds; a refusal becomes the field's error."""
    try:
        return find(*words)
    except Refused as refused:
        raise ValidationError(str(refused.message)) from refused


def _counted(value: Any, label: Any, numbers: Mapping[str, int]) -> tuple[Any, Any]:
    if not value:
        return value, label
    return value, _("%(choice)s (%(count)d)") % {"choice": label, "count": numbers.get(value, 0)}
