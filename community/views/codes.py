"""Where a mailed code is typed: allauth's pages, which here send every address its mail when a new one is asked for."""

from typing import Any

from allauth.account import views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.signup import send_unknown_account_mail
from django.http import HttpResponse


class ConfirmLoginCode(views.ConfirmLoginCodeView):
    """The code to sign in. Who has no account is told so again, as at the first time: one mail for each press."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if self._action == "resend" and self._process.user is None:
            send_unknown_account_mail(self.request, self._process.state["email"])
        return response


class ConfirmEmailCode(views.ConfirmEmailVerificationCodeView):
    """The code of a new address. Whoever has the account that somebody tries to make again is told so again."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if self._action == "resend" and self._process.user is None:
            get_adapter().send_account_already_exists_mail(self._process.state["email"])
        return response
