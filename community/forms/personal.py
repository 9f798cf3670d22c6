"""The one question before an account is closed for good."""

from django import forms
from django.utils.translation import gettext_lazy as _

from community.forms.fields import PlainWords


class CloseAccountForm(PlainWords):
    is_meant = forms.BooleanField(
        label=_("Close my account. I know that this cannot be taken back."),
        error_messages={"required": _("Please tick this if you mean it.")},
    )
