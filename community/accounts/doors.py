"""How often somebody may knock: every form of signing in and of one's own account, counted before it is looked at.

allauth limits these too, in its cache (count_cache.py), and nothing of that is switched off. Counted here it holds for
all of them alike, is told with the moment from which on it goes again, and stands in the one table (limits.py).
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from community import permissions
from community.accounts.client_address import client_address
from community.actions.limits import spend
from community.errors import TooOften
from community.middleware import refusal_page
from community.models import User

#: The name of the address -> what a POST to it is, counted for everybody who comes from the same place.
ENTRANCES = {
    "account_login": "sign_in",
    "mfa_login_webauthn": "sign_in",
    "account_signup": "sign_up",
    "accept_invitation": "sign_up",
    "account_reset_password": "reset",
    "account_request_login_code": "code",
    "finish_asking": "code",
    "finish_contact": "code",
    "account_confirm_login_code": "type_code",
    "account_email_verification_sent": "type_code",
    "account_confirm_password_reset_code": "type_code",
    "account_complete_password_reset": "type_code",
    "mfa_authenticate": "second_factor",
}
#: What is done to one's own account, counted for the person.
_OWN = """
    account_reauthenticate account_email account_change_password account_set_password
    mfa_reauthenticate mfa_reauthenticate_webauthn mfa_activate_totp mfa_deactivate_totp mfa_generate_recovery_codes
    mfa_add_webauthn mfa_remove_webauthn mfa_edit_webauthn
"""
OWN = frozenset(_OWN.split())


class DoorMiddleware:
    """429 with the reason and the moment for whoever knocks too often; nobody is asked who they are before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.method == "POST" and request.resolver_match else None
        if name not in ENTRANCES and name not in OWN:
            return None
        try:
            _knock(request, str(name))
        except TooOften as refused:
            return refusal_page(request, refused)
        return None


def _knock(request: HttpRequest, name: str) -> None:
    user = request.user
    if name in ENTRANCES:
        spend(what=ENTRANCES[name], address=client_address(request))
    elif isinstance(user, User) and permissions.is_member(user):
        spend(what="account", actor=user)
