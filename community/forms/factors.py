"""allauth's forms for the second factor, in our words."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext_lazy as _

from community.actions.limits import give_back, spend
from community.forms.fields import PlainWords
from community.models import User


class AppCodeMixin(PlainWords):
    """The field for a code of the authenticator app (or a recovery code): digits, without a keyboard of letters."""

    label: Any = _("Code from the app, or a recovery code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = self.label
        self.fields["code"].widget.attrs |= {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "20"}


class CountedCodeMixin(AppCodeMixin):
    """Wrong codes are counted for the person whose they should be; TooOften beyond the limit."""

    user: User

    def clean_code(self) -> str:
        whose = f"u:{self.user.pk}"
        spend(what="factor", address=whose)
        code: str = super().clean_code()  # type: ignore[misc]
        give_back(what="factor", address=whose)
        return code


class SecondStepForm(CountedCodeMixin, AuthenticateForm):
    pass


class AskAgainForm(CountedCodeMixin, ReauthenticateForm):
    pass


class SetUpAppForm(AppCodeMixin, ActivateTOTPForm):
    label = _("Code from the app")


class AddKeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What do you call it?")
        self.fields["name"].max_length = 80
        self.fields["passwordless"].label = _("It is a passkey: sign in with it alone")
        self.fields["passwordless"].help_text = _("The device then asks for your fingerprint, face or PIN.")
