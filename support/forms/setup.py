"""Forms by which administrators set up the desk; the actions check and store."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from community.forms.boards import LinesField
from community.models import User
from community.roles import Role
from support.macros import VARIABLES, fill
from support.models import (
    Absence,
    AgentSeat,
    BoardDesk,
    DeskState,
    Entitlement,
    Macro,
    PrivateField,
    Queue,
    Status,
    SupportPeriod,
    Switch,
    Team,
)

#: What each switch brings, for whoever decides.
BRINGS = {
    Switch.PRIORITIES: _("Urgent, high, normal and low, each with promises of its own if you like."),
    Switch.TAGS: _("Words that gather tickets. Customers never see them."),
    Switch.QUEUES: _("More than one line of tickets, and teams who own them."),
    Switch.HOLDING: _("Tickets rest until a day you name, and wake by themselves."),
    Switch.MACROS: _("Words and moves that are needed again and again, at one key."),
    Switch.COPIES: _("Somebody else reads along and may write."),
    Switch.REGROUPING: _("Two tickets become one, or one becomes two; both can be undone."),
    Switch.ROTATION: _("New tickets go to whoever was given one longest ago and has room."),
    Switch.RATINGS: _("Customers are asked once after the solution, and at most every 14 days."),
}


def agents() -> QuerySet[User]:
    """Who can work at the desk."""
    staff = User.objects.with_standing().filter(groups__name__in=[Role.AGENT, Role.ADMIN], is_active=True)
    return staff.distinct().order_by("display_name", "username")


class SetupForm(forms.ModelForm):
    """A form whose action checks and stores; the instance is left as it was."""

    def _post_clean(self) -> None:
        """The action's part."""


class ArchivedForm(SetupForm):
    archived = forms.BooleanField(label=_("Archived"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["archived"] = bool(getattr(self.instance, "archived_at", None))


class DeskForm(SetupForm):
    switches = forms.MultipleChoiceField(
        label=_("Switched on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A new desk has one queue and one service level, and needs none of these."),
    )

    class Meta:
        model = DeskState
        fields = ("switches", "smallest_group")
        help_texts = {
            "smallest_group": _(
                "Figures of a team or queue with fewer cases than this are left out, so that they tell nothing about "
                "one person. 5 is usual, 0 shows everything."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (switch.value, format_html("<strong>{}</strong> {}", switch.label, BRINGS[switch])) for switch in Switch
        ]
        field = self.fields["switches"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices


class TeamForm(ArchivedForm):
    members = forms.ModelMultipleChoiceField(
        label=_("Members"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Support agents. They see the tickets of the team's queues; other agents do not."),
    )

    class Meta:
        model = Team
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "members", agents())
        if self.instance.pk:
            self.initial["members"] = list(self.instance.members.values_list("person_id", flat=True))


class QueueForm(ArchivedForm):
    class Meta:
        model = Queue
        fields = (
            "name",
            "team",
            "sla",
            "is_default",
            "position",
            "handing",
            "returns_after",
            "closes_after",
            "reopens",
            "asks_rating",
        )
        labels = {"sla": _("What is promised")}
        help_texts = {
            "team": _("Left empty, every agent sees it."),
            "sla": _("Left empty, nothing is promised and nothing is due."),
            "handing": _("In turn: to whoever was given one longest ago, is there, and has room."),
            "returns_after": _(
                "Minutes of business time: who leaves a customer waiting for longer gives the ticket back. Left empty, "
                "never."
            ),
            "reopens": _("Otherwise their reply begins a new ticket."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "team", Team.objects.filter(archived_at=None) | Team.objects.filter(pk=self.instance.team_id))


class BoardDeskForm(SetupForm):
    class Meta:
        model = BoardDesk
        fields = ("board", "queue", "asker_waits")
        help_texts = {"asker_waits": _("0 lets them call staff at once, from “not solved”.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "queue", Queue.objects.filter(archived_at=None))


class PrivateFieldForm(ArchivedForm):
    class Meta:
        model = PrivateField
        fields = ("board", "kind", "label", "hint", "is_required", "position")
        help_texts = {
            "board": _("Left empty, it is asked with tickets of every board."),
            "hint": _("For example: under the battery, it begins with SN."),
        }


class MacroForm(ArchivedForm):
    sets_status = forms.ChoiceField(
        label=_("Sets the status"),
        required=False,
        choices=[("", "---------")]
        + [(status.value, status.label) for status in (Status.OPEN, Status.WAITING, Status.RESOLVED)],
    )
    adds_tags = LinesField(label=_("Adds tags"), required=False, help_text=_("One a line."))

    class Meta:
        model = Macro
        fields = ("name", "text", "team", "sets_priority", "sets_status", "sets_queue", "adds_tags", "position")
        help_texts = {"team": _("Left empty, it is everybody's.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "sets_queue", Queue.objects.filter(archived_at=None))
        if "text" in self.fields:
            known = format_html_join(
                "", "<li>{} {}</li>", ((f"{{{{{name}}}}}", told) for name, told in VARIABLES.items())
            )
            self.fields["text"].help_text = format_html("{}<ul>{}</ul>", _("What is put in by itself:"), known)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if unknown := fill(text, dict.fromkeys(VARIABLES, "x")).unknown:
            raise forms.ValidationError(_("Nobody knows %(name)s.") % {"name": ", ".join(unknown)})
        return text


class SeatForm(SetupForm):
    class Meta:
        model = AgentSeat
        fields = ("person", "capacity", "takes_turns", "signature")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "person", agents())


class MomentsForm(SetupForm):
    """From one moment to another, which may be open."""

    starts_at = forms.SplitDateTimeField(label=_("From"), widget=AdminSplitDateTime)
    ends_at = forms.SplitDateTimeField(
        label=_("Until"), widget=AdminSplitDateTime, required=False, help_text=_("Left empty, until further notice.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"starts_at": (_("From: day"), _("From: time")), "ends_at": (_("Until: day"), _("Until: time"))}
        for name, labels in words.items():
            widget = self.fields[name].widget
            assert isinstance(widget, AdminSplitDateTime)
            for part, label in zip(widget.widgets, labels, strict=True):
                part.attrs["aria-label"] = label

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = said.get("starts_at"), said.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", _("It ends before it begins."))
        return said


class AbsenceForm(MomentsForm):
    class Meta:
        model = Absence
        fields = ("person", "starts_at", "ends_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "person", agents())


class SupportPeriodForm(MomentsForm):
    class Meta:
        model = SupportPeriod
        fields = ("board", "starts_at", "ends_at")


class EntitlementForm(MomentsForm):
    class Meta:
        model = Entitlement
        fields = ("person", "board", "starts_at", "ends_at")


def _choose(form: forms.ModelForm, name: str, rows: QuerySet[Any]) -> None:
    """Offer these rows; a field that is only read has nothing to offer."""
    field = form.fields.get(name)
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows
