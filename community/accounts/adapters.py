"""Where allauth asks us: names, new people, mails, and what happens when somebody is signed in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from community.accounts.auth_backend import STANDING
from community.accounts.client_address import client_ip
from community.accounts.names import BadName, check_name
from community.accounts.renewal import remember_code
from community.accounts.visitors import recognise
from community.actions.decisions import token_of
from community.actions.drafts import ASK, adopt_drafts, find_draft
from community.actions.imitations import refuse_imitation
from community.actions.incoming_deciding import address_confirmed
from community.actions.limits import give_back, spend
from community.care.read_only import refuse_for_now
from community.care.standing import is_read_only
from community.content.text import BadText, clean_text, key
from community.errors import Refused
from community.mails.kinds import CODES, WARNINGS, write_mail
from community.mails.sending import from_address, leave_now, send_now
from community.models import Brand, Decision, User
from community.roles import Role

#: Where a visitor's session keeps the key of what they typed before they signed in.
DRAFT_KEY = "draft_key"


def brand_name() -> str:
    return Brand.objects.values_list("name", flat=True).filter(pk=1).first() or "Community"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("This address and password do not belong together."),
        "username_password_mismatch": gettext_lazy("This name and password do not belong together."),
        "username_taken": gettext_lazy("This name is taken. Please choose another one."),
        "email_taken": gettext_lazy("This address cannot be used for this account."),
        "incorrect_code": gettext_lazy("This code is not the one we sent. Please look again."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "too_many_login_attempts": gettext_lazy("That was too often. Please wait a few minutes and try again."),
        "rate_limited": gettext_lazy("That was too quick. Please wait a moment and try again."),
    }

    # Names and new people ---------------------------------------------------------------------------------------------
    def clean_username(self, username: str, shallow: bool = False) -> str:
        """The name as it is stored. `shallow` leaves out whether somebody has it."""
        try:
            name = check_name(username, brand=brand_name())
        except BadName as error:
            raise ValidationError(str(error), code="bad_name") from error
        try:
            refuse_imitation(name)
        except Refused as refused:
            raise ValidationError(str(refused.message), code="bad_name") from refused
        if not shallow and User.objects.filter(username_key=key(name)).exists():
            raise self.validation_error("username_taken")
        return name

    def clean_email(self, email: str) -> str:
        """One address has one spelling: what folds to something else would be a second account with the same mail."""
        try:
            cleaned = clean_text(email)
        except BadText as error:
            raise ValidationError(str(error), code="bad_text") from error
        # (A dotless i passes for an i in a case-blind pattern, and a domain swallows invisible letters.)
        if key(cleaned) != cleaned.lower() or not cleaned.rpartition("@")[0].isascii():
            raise ValidationError(gettext("Please type this address with plain letters."), code="bad_address")
        return cleaned

    def save_user(self, request: HttpRequest, user: Any, form: Form, commit: bool = True) -> User:
        person: User = super().save_user(request, user, form, commit=False)
        person.prepare()
        if commit:
            try:
                with transaction.atomic():
                    person.save()
            except IntegrityError as error:
                raise Refused(gettext("Somebody took this name a moment ago. Please choose another one.")) from error
        return person

    # Signing in -------------------------------------------------------------------------------------------------------
    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """As allauth does, with every wrong guess counted for the name that was typed, whoever has it; TooOften.

        What proves to be right is given back, so that nobody is kept out by signing in often.
        """
        typed = key(str(credentials.get("email") or credentials.get("username") or ""))
        spend(what="password", address=typed)
        person = super().authenticate(request, **credentials)
        if person is not None:
            give_back(what="password", address=typed)
        return person

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, and hand over what this visitor typed before: whichever way they came, nothing is lost."""
        user.backend = STANDING
        # Confirming the address or choosing a password, a moment ago, may have counted: the session is of now.
        user.refresh_from_db(fields=["password", "renewals"])
        super().login(request, user)
        recognise(request, user)
        # Signing in with a mailed code, or choosing a new password with one, has confirmed the address too.
        address_confirmed(person=user, address=user.email)
        if draft_key := request.session.pop(DRAFT_KEY, ""):
            adopt_drafts(actor=user, visitor_key=str(draft_key))
            request.brought_question = find_draft(actor=user, place=ASK) is not None  # type: ignore[attr-defined]

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """While the site is read-only, only those who can end that come in."""
        if is_read_only() and Role.ADMIN not in user.roles:
            return refuse_for_now(request)
        return super().pre_login(request, user, **kwargs)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Back to the question somebody came with, else where everybody goes."""
        if getattr(request, "brought_question", False):
            return reverse("ask")
        return super().get_login_redirect_url(request)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def is_safe_url(self, url: str) -> bool:
        # Also for addresses no browser sends: a broken one is simply not ours.
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose address it is, in the sessions' list, in warnings and wherever allauth counts: as everywhere."""
        return client_ip(request) or "0.0.0.0"  # noqa: S104 - no socket is bound: nobody's address

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Who was banned reads why and where to appeal: they proved who they are. Everybody else reads one sentence."""
        if getattr(user, "banned_at", None) is None:
            return super().respond_user_inactive(request, user)
        banned = Decision.objects.filter(person=user, outcome=Decision.Outcome.BANNED, undone_by=None).last()
        address = reverse("decision_by_token", args=[token_of(banned)]) if banned else ""
        return render(request, "account/account_inactive.html", {"is_banned": True, "decision_url": address})

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """The address is this person's: what came from it by mail before is posted now."""
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            address_confirmed(person=email_address.user, address=email_address.email)
        return confirmed

    # Mails ------------------------------------------------------------------------------------------------------------
    def get_from_email(self) -> str:
        return from_address()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send now: the person waits for this code. MailNotSent when the mail server does not take it.

        A warning that does not arrive says nothing to whoever changed their account: what they did is done.
        """
        if template_prefix in CODES:
            remember_code(self.request.session, email)
        address = settings.SITE_URL or self.request.build_absolute_uri("/").rstrip("/")
        message = write_mail(template_prefix, to=email, site_address=address, context=context)
        if template_prefix in WARNINGS:
            leave_now(message, is_limited=False)
        else:
            send_now(message)


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code is not right. Codes of an app change every half minute."),
        "unverified_email": gettext_lazy("Please confirm your e-mail address first."),
    }

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a new key is called unless its owner says otherwise."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Key %(number)d") % {"number": number}

    def build_totp_svg(self, url: str) -> str:
        """The picture to scan, as an element of the page: no page needs images in addresses ("data:") then."""
        return super().build_totp_svg(url).partition("?>")[2].strip()

    def _get_site_name(self) -> str:
        """What the person's authenticator app shows above the code."""
        return brand_name()
