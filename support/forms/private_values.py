"""Private details of a ticket, as fields of the forms that ask for them (PrivateField says which)."""

from django import forms
from django.db.models import Q

from community.forms.fields import TextField
from community.models import Board
from support.models import PrivateField

#: Characters of one detail.
MOST = 200
#: Nobody is asked for more.
MOST_FIELDS = 12
_TYPES = {PrivateField.Kind.PHONE: ("tel", "tel")}


def fields_for(board: Board | None) -> list[PrivateField]:
    """What is asked with a ticket of this board: its own details, and those of every board."""
    asked = PrivateField.objects.filter(Q(board=None) | Q(board=board), archived_at=None)
    return list(asked.order_by("position", "id")[:MOST_FIELDS])


def name_of(asked: PrivateField) -> str:
    """The control's name in the form."""
    return f"value-{asked.pk}"


def add_fields(form: forms.Form, asked: list[PrivateField]) -> None:
    """Put a control for each into the form."""
    for each in asked:
        kind, complete = _TYPES.get(PrivateField.Kind(each.kind), ("text", "off"))
        form.fields[name_of(each)] = TextField(
            most=MOST,
            required=each.is_required,
            label=each.label,
            help_text=each.hint,
            widget=forms.TextInput(attrs={"type": kind, "autocomplete": complete}),
        )


def values_of(form: forms.Form, asked: list[PrivateField]) -> dict[int, str]:
    """What was given in a valid form, by the number of its field."""
    given = {each.pk: form.cleaned_data.get(name_of(each), "") for each in asked}
    return {number: value for number, value in given.items() if value}
