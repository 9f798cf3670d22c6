"""allauth's forms in our words. What they check stays allauth's; only labels, help and autocomplete are ours."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.accounts.renewal import code_is_over
from community.actions.people import clean_display_name
from community.errors import Refused
from community.forms.fields import TRAP, PlainWords

PASSWORD_HELP = _("At least 10 characters. A few words in a row are easy to remember and hard to guess.")
CODE_LENGTH = 40


class LoginForm(PlainWords, allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("E-mail address or name"),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        )
        self.fields["password"].help_text = ""
        self.order_fields(["login", "password"])


class SignupForm(PlainWords, allauth_forms.SignupForm):
    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].help_text = _("We send a code to it. Nobody else sees it.")
        self.fields["username"].label = _("Name")
        self.fields["username"].help_text = _("For signing in, and for others to mention you. Letters, digits, . _ -")
        self.fields["username"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}
        self.fields["password1"].help_text = PASSWORD_HELP

    def clean(self) -> dict[str, Any]:
        if self.data.get(TRAP):
            raise forms.ValidationError(_("A field that nobody sees was filled in. Please load the page again."))
        return dict(super().clean() or {})

    def try_save(self, request: HttpRequest) -> Any:
        """As allauth does; for an address that has an account with the work of a new one, of which nothing stays."""
        is_known: bool = self.account_already_exists
        if is_known:
            self.account_already_exists = False
            with transaction.atomic():
                self.save(request)
                transaction.set_rollback(True)
            self.account_already_exists = is_known
        return super().try_save(request)


class RequestLoginCodeForm(PlainWords, allauth_forms.RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")

    def clean_email(self) -> str:
        self.cleaned_data["email"] = get_adapter().clean_email(self.cleaned_data["email"])
        return str(super().clean_email())


class ResetPasswordForm(PlainWords, allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class AddEmailForm(PlainWords, allauth_forms.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].help_text = _("We send a code to it.")


class NewPasswordMixin(PlainWords):
    """The two fields for a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = PASSWORD_HELP
        self.fields["password2"].label = _("The same again")


class ResetPasswordKeyForm(NewPasswordMixin, allauth_forms.ResetPasswordKeyForm):
    def clean(self) -> Any:
        if code_is_over():
            raise forms.ValidationError(_("The account was changed meanwhile. Please ask for a new code."))
        return super().clean()


class SetPasswordForm(NewPasswordMixin, allauth_forms.SetPasswordForm):
    pass


class ChangePasswordForm(NewPasswordMixin, allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.order_fields(["oldpassword", "password1", "password2"])


class CodeMixin(PlainWords):
    """The field for a mailed code: whatever the keyboard makes of it (spaces, small letters) is accepted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from the mail")
        self.fields["code"].widget.attrs |= {
            "autocomplete": "one-time-code",
            "autocapitalize": "characters",
            "autocorrect": "off",
            "spellcheck": "false",
            "maxlength": str(CODE_LENGTH),
        }


class LivingCodeMixin(CodeMixin):
    """A code that lets somebody in is good for the account as it was when the code was made."""

    def clean_code(self) -> str:
        if code_is_over():
            raise get_adapter().validation_error("incorrect_code")
        return str(super().clean_code())  # type: ignore[misc]


class ConfirmLoginCodeForm(LivingCodeMixin, allauth_forms.ConfirmLoginCodeForm):
    pass


class ConfirmEmailVerificationCodeForm(CodeMixin, allauth_forms.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmPasswordResetCodeForm(LivingCodeMixin, allauth_forms.ConfirmPasswordResetCodeForm):
    pass


class FinishAskingForm(RequestLoginCodeForm):
    """Where the code goes for somebody who typed a question first; the name is only used for a new account."""

    name = forms.CharField(
        label=_("Your name here"),
        required=False,
        max_length=80,
        help_text=_("Shown beside what you write. Leave it out if you have been here before."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("The code goes there, and news of answers. Nobody else sees it.")

    def clean_name(self) -> str:
        """Told here whether or not the address has an account: nobody learns from it which it is."""
        try:
            return clean_display_name(self.cleaned_data["name"])
        except Refused as refused:
            raise forms.ValidationError(str(refused.message)) from refused
