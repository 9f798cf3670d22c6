"""Forms for boards and tags."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.actions.boards import check_mail_name
from community.errors import Refused
from community.incoming.addresses import board_address, takes_mail
from community.models import Board, Tag
from community.roles import Role


class LinesField(forms.CharField):
    """A list of words, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        return [line for line in (each.strip() for each in (super().to_python(value) or "").splitlines()) if line]


def _mail_words(board: Board) -> str:
    """What a name for its mail list makes of a board, and the address it is or would be."""
    if not takes_mail():
        return gettext(
            "The site takes no mail in yet (INCOMING_ADDRESS), so nobody can follow the list or write to it."
        )
    if board.mail_name:
        told = gettext("Its address is %(address)s: members ask there, and may follow the board as a mail list.")
        return told % {"address": board_address(board)}
    told = gettext(
        "With a name like “routers”, members may follow the board as a mail list and ask by writing to %(address)s. "
        "Left empty, it has none."
    )
    return told % {"address": board_address(Board(mail_name="routers"))}


class BoardForm(forms.ModelForm):
    versions = LinesField(label=_("Product versions"), required=False, help_text=_("One a line, the newest first."))
    tags = LinesField(label=_("The board's own tags"), required=False, help_text=_("One a line."))
    archived = forms.BooleanField(
        label=_("Archived"), required=False, help_text=_("It can be read, but nobody can ask there any more.")
    )

    class Meta:
        model = Board
        fields = (
            "name",
            "slug",
            "description",
            "audience",
            "audience_groups",
            "closed_vocabulary",
            "versions",
            "language",
            "position",
            "has_personal_cases",
            "staff_url",
            "private_patterns",
            "approves_official",
            "mail_name",
            "mail_prefix",
        )
        help_texts = {
            "slug": _("Left empty, it is made from the name. An old address leads to the new one."),
            "audience_groups": _("Only for “Named groups only”."),
            "closed_vocabulary": _("Askers choose among the board's own tags only."),
            "has_personal_cases": _(
                "Who asks is first shown the way to staff for their account, an order or a repair."
            ),
            "staff_url": _("https:// or mailto:. Left empty, the brand's contact page is offered."),
            "private_patterns": _(
                "Serial numbers and the like, noticed while somebody writes. One a line: # is a digit, @ a letter, "
                "* either, everything else itself. SN-####-@@ finds SN-2041-XK."
            ),
            "approves_official": _(
                "What staff mark as the company's own word waits until another of them has read it."
            ),
            "mail_prefix": _("Shown in brackets. Left empty, it is the board's name."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["mail_name"].required = False
        self.fields["mail_name"].help_text = _mail_words(self.instance)
        # Roles are groups as well, but theirs are in force with a second factor only: no audience for a board.
        groups = self.fields["audience_groups"]
        assert isinstance(groups, forms.ModelMultipleChoiceField)
        groups.queryset = Group.objects.exclude(name__in=Role.values).order_by("name")
        if self.instance.pk:
            self.initial["archived"] = self.instance.archived_at is not None
            self.initial["tags"] = list(
                Tag.objects.filter(board_tags__board=self.instance).order_by("name").values_list("name", flat=True)
            )

    def clean_mail_name(self) -> str | None:
        """The action asks again; here it stands beside the field."""
        try:
            return check_mail_name(self.cleaned_data.get("mail_name") or "", board_id=self.instance.pk)
        except Refused as refused:
            raise forms.ValidationError(str(refused.message)) from refused

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        groups = cleaned.get("audience_groups")
        if cleaned.get("audience") == Board.Audience.GROUPS and not groups:
            self.add_error("audience_groups", _("Name at least one group."))
        return cleaned

    def _post_clean(self) -> None:
        """The action builds and checks the board; the form leaves the instance as it was."""
