"""Forms of the desk: what a list shows, and what is done to a ticket."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community.content.markdown import MAX_BODY
from community.errors import Refused
from community.forms.fields import HiddenNumber, TextField, split_words
from community.models import User
from support.actions.bulk import Change
from support.models import Channel, Priority, Status, Switch
from support.reading.desk_list import Around
from support.reading.views import DUES, ME, NOBODY, SORTS, STATES, Filters

ANY = pgettext_lazy("choice of a filter", "Any")
KEEP = pgettext_lazy("choice for many tickets", "As it is")


#: Where a reply may take its ticket, as the page offers it.
AFTER = [
    (Status.WAITING, _("and wait for the customer")),
    (Status.OPEN, _("and keep it open")),
    (Status.RESOLVED, _("and resolve it")),
    (Status.ON_HOLD, _("and put it on hold")),
]


class MomentField(forms.DateTimeField):
    """A day and time as browsers send it; a day alone is its morning."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def __init__(self, **options: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]
        super().__init__(input_formats=formats, **options)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > 40:
            raise forms.ValidationError(self.error_messages["invalid"])
        return super().to_python(value)


class FilterForm(forms.Form):
    """The choices of a list, as far as they are switched on; sent by GET and read by `read_filters`."""

    state = forms.ChoiceField(label=_("State"), choices=[(key, label) for key, (label, _all) in STATES.items()])
    assignee = forms.ChoiceField(label=_("Whose"), required=False)
    queue = forms.ChoiceField(label=_("Queue"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), required=False, choices=[("", ANY), *Priority.choices])
    due = forms.ChoiceField(label=_("Due"), required=False, choices=[("", ANY), *DUES.items()])
    channel = forms.ChoiceField(label=_("How it came"), required=False, choices=[("", ANY), *Channel.choices])
    tag = forms.CharField(label=_("Tag"), required=False, max_length=100)
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=[("", _("The usual one")), *SORTS.items()])

    def __init__(self, filters: Filters, desk: Around) -> None:
        shown = {**vars(filters), "queue": filters.queue or ""}
        super().__init__(initial=shown, auto_id="filter_%s")
        people = [(str(agent["id"]), agent["name"]) for agent in desk.agents]
        self.fields["assignee"].choices = [("", ANY), (ME, _("Yours")), (NOBODY, _("Nobody’s")), *people]  # type: ignore[attr-defined]
        self.fields["queue"].choices = [("", ANY), *((str(each["id"]), each["name"]) for each in desk.queues)]  # type: ignore[attr-defined]
        off = {Switch.PRIORITIES: "priority", Switch.TAGS: "tag", Switch.QUEUES: "queue"}
        for switch, name in off.items():
            if not desk.has(switch):
                del self.fields[name]


class SaveViewForm(forms.Form):
    """The name of a list to keep, and for whom."""

    name = TextField(most=60, label=_("Name of the list"))
    team = HiddenNumber(required=False)


class ReplyForm(forms.Form):
    """Words to the customer, and where the ticket goes with them."""

    body = TextField(
        most=MAX_BODY,
        label=_("Reply"),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please write something first.")},
    )
    then = forms.ChoiceField(label=_("Then"), choices=AFTER, required=False)
    held_until = MomentField(label=_("On hold until"), required=False)
    macro = HiddenNumber(required=False)


class NoteForm(forms.Form):
    """Words to colleagues."""

    body = TextField(
        most=MAX_BODY,
        label=_("Internal note"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Please write something first.")},
    )


class ReasonForm(forms.Form):
    """Why, in a few words, for the log."""

    reason = TextField(most=500, required=False)


class HoldForm(forms.Form):
    """Until when a ticket rests."""

    held_until = MomentField(
        label=_("On hold until"), error_messages={"required": _("Please say until when it rests.")}
    )


class SortForm(ReasonForm):
    """Queue, priority and tags: each form of the page sends one of them."""

    queue = HiddenNumber(required=False)
    priority = forms.ChoiceField(choices=Priority.choices, required=False)
    tags = TextField(most=400, required=False)


class RelateForm(forms.Form):
    """Whether it has to do with what was solved before, and why."""

    do = forms.ChoiceField(choices=[("unrelated", ""), ("related", "")])
    reason = TextField(most=300, label=_("Why"))


class CopyForm(forms.Form):
    """Somebody by name or address, or the id of who goes out of copy."""

    person = TextField(most=254, required=False)
    out = HiddenNumber(required=False)


class MergeForm(ReasonForm):
    """The other ticket."""

    into = HiddenNumber()


class SplitForm(ReasonForm):
    """What the new ticket is called."""

    subject = TextField(most=200, required=False, label=_("Subject of the new ticket"))


class BulkForm(ReasonForm):
    """What becomes of many tickets at once; what is left empty stays."""

    to = forms.ChoiceField(label=_("Whose"), required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", KEEP),
            (Status.OPEN, _("Open")),
            (Status.WAITING, _("Waits for the customer")),
            (Status.RESOLVED, _("Resolved")),
            (Status.CLOSED, _("Closed for good")),
        ],
    )
    priority = forms.ChoiceField(label=_("Priority"), required=False, choices=[("", KEEP), *Priority.choices])
    queue = forms.ChoiceField(label=_("Queue"), required=False)
    adds = TextField(most=400, label=_("Add tags"), required=False)

    def __init__(self, data: Any, desk: Around) -> None:
        super().__init__(data, auto_id="bulk_%s")
        people = [(str(agent["id"]), agent["name"]) for agent in desk.agents]
        self.fields["to"].choices = [("", KEEP), (ME, _("Yours")), (NOBODY, _("Nobody’s")), *people]  # type: ignore[attr-defined]
        self.fields["to"].widget.attrs["data-key"] = "b"
        self.fields["queue"].choices = [("", KEEP), *((str(each["id"]), each["name"]) for each in desk.queues)]  # type: ignore[attr-defined]
        off = {Switch.PRIORITIES: "priority", Switch.TAGS: "adds", Switch.QUEUES: "queue"}
        for switch, name in off.items():
            if not desk.has(switch):
                del self.fields[name]

    @property
    def shown(self) -> list[forms.BoundField]:
        """The choices; why stands on the page that asks once more."""
        return [field for field in self if field.name != "reason"]

    def chosen(self) -> list[tuple[str, str]]:
        """What was chosen, in words."""
        said = []
        for field in self.shown:
            value = self.cleaned_data.get(field.name)
            if value:
                words = dict(getattr(field.field, "choices", ())).get(value, value)
                said.append((str(field.label), str(words)))
        return said

    def change(self, user: User) -> Change:
        """For the action. Refused for a colleague who is not there, and where nothing was chosen."""
        given = self.cleaned_data
        if not any(given.get(field.name) for field in self.shown):
            raise Refused(_("Please choose what is to change."))
        to = given["to"]
        person = user if to == ME else User.objects.with_standing().filter(pk=int(to)).first() if to.isdigit() else None
        return Change(
            assignee=person,
            releases=to == NOBODY,
            queue_id=int(given["queue"]) if given.get("queue") else None,
            priority=Priority(given["priority"]) if given.get("priority") else None,
            adds_tags=tuple(split_words(given.get("adds") or "")),
            status=Status(given["status"]) if given["status"] else None,
            reason=given["reason"],
        )
