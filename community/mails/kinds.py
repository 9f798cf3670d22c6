"""Every kind of mail the site sends: what it says, and what it says it about in the sample that administrators see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.accounts.preferences import speaking_to
from community.actions.people import owner_of
from community.context_processors import find_brand
from community.mails.letters import Button, Code, Heading, Letter, Part, Words, compose

Context = Mapping[str, Any]


class Kind(NamedTuple):
    """What administrators call it, and how it is written from a context."""

    title: str | Promise
    write: Callable[[Context], Letter]


def write_mail(kind: str, *, to: str, site_address: str, context: Context) -> EmailMultiAlternatives:
    """The mail of this kind, in the language of whoever reads it. KeyError for a kind there is none of."""
    with speaking_to(owner_of(to)):
        return compose(KINDS[kind].write({**context, **_place(site_address)}), to=to, site_address=site_address)


def sample(kind: str, *, site_address: str) -> Letter:
    """The letter with made-up facts, in the language that is active."""
    return KINDS[kind].write({**_SAMPLE, **_place(site_address)})


def _place(site_address: str) -> dict[str, str]:
    return {"site_name": find_brand().name, "site_address": site_address}


# Codes ----------------------------------------------------------------------------------------------------------------
def _code(context: Context, subject: str, ask: str) -> Letter:
    told = _(
        "It is good for 15 minutes and for one use. Nobody from %(site_name)s will ever ask you for it. If you did not "
        "want it, there is nothing to do."
    )
    return Letter(subject % context, (Words(ask), Code(str(context["code"])), Words(told % context)))


def _login_code(context: Context) -> Letter:
    ask = _("Type this code where you asked for it, and you are signed in:")
    return _code(context, _("Your code for %(site_name)s"), ask)


def _confirmation_code(context: Context) -> Letter:
    ask = _("Type this code where you gave your address, to show that it is yours:")
    return _code(context, _("Your code for %(site_name)s"), ask)


def _password_code(context: Context) -> Letter:
    ask = _("Type this code where you asked for it, and choose a new password:")
    return _code(context, _("Your code for a new password at %(site_name)s"), ask)


# To addresses that somebody typed -------------------------------------------------------------------------------------
def _has_account(context: Context) -> Letter:
    return Letter(
        _("You already have an account at %(site_name)s") % context,
        (
            Words(_("Somebody, probably you, wanted to create an account with this address. There is one already.")),
            Words(_("If you forgot its password, choose a new one:")),
            Button(_("Choose a new password"), context["password_reset_url"], shows_address=True),
            Words(_("If it was not you, there is nothing to do.")),
        ),
    )


def _no_account(context: Context) -> Letter:
    return Letter(
        _("No account at %(site_name)s with this address") % context,
        (
            Words(_("Somebody, probably you, wanted to sign in with this address. There is no account with it.")),
            Words(_("Perhaps you used another address; or create an account:")),
            Button(_("Create an account"), context["signup_url"], shows_address=True),
            Words(_("If it was not you, there is nothing to do.")),
        ),
    )


def _invitation(context: Context) -> Letter:
    if context.get("invited_by"):
        first = _("%(invited_by)s invites you to %(site_name)s.") % context
    else:
        first = _("You are invited to %(site_name)s.") % context
    parts: list[Part] = [Words(first)]
    if context.get("role"):
        told = _("You will be there as: %(role)s. Staff need a second factor (an app or a key); you will be led there.")
        parts.append(Words(told % context))
    until = _("It works once, for %(days)s days. If you do not know what this is about, there is nothing to do.")
    parts += [Button(_("Accept the invitation"), context["url"], shows_address=True), Words(until % context)]
    return Letter(_("You are invited to %(site_name)s") % context, tuple(parts))


def _test(context: Context) -> Letter:
    told = _("If you read this, sign-in codes and news from %(brand)s arrive too.")
    named = {"brand": context["site_name"]}
    return Letter(_("%(brand)s can send mail") % named, (Words(told % named),))


# One's own data -------------------------------------------------------------------------------------------------------
def _data_ready(context: Context) -> Letter:
    told = _("The archive with everything %(site_name)s keeps about you is made. You can fetch it for %(days)d days.")
    fetch = Button(_("Fetch your data"), context["url"], shows_address=True)
    whose = _(
        "You need to be signed in, so that nobody else can fetch it. If you did not ask for it, change your password."
    )
    return Letter(_("Your data from %(site_name)s") % context, (Words(told % context), fetch, Words(whose)))


def _data_failed(context: Context) -> Letter:
    told = _("The archive you asked for at %(site_name)s could not be made. Please ask for it again.")
    again = Button(_("Your data"), context["url"], shows_address=True)
    return Letter(_("Your data from %(site_name)s: please ask again") % context, (Words(told % context), again))


def _account_recovered(context: Context) -> Letter:
    told = _("An administrator of %(site_name)s took the second factor of your account away and ended its sessions.")
    more = _("Sign in and set up a new one. If you did not ask for it, answer this mail.")
    return Letter(_("Your second factor at %(site_name)s") % context, (Words(told % context), Words(more)))


def _account_closed(context: Context) -> Letter:
    told = _("Your account at %(site_name)s is closed, and nobody can sign in to it any more.")
    gone = _(
        "Your name, your addresses and everything that was kept for you alone are gone. What you asked and answered "
        "stays for the others, without your name; where others wrote it, it is removed within the hour."
    )
    last = _("This is the last mail from us. Your address is not kept.")
    parts = tuple(Words(each % context) for each in (told, gone, last))
    return Letter(_("Your account at %(site_name)s is closed") % context, parts)


# Decisions, and reports of illegal content ----------------------------------------------------------------------------
def _decision(context: Context) -> Letter:
    """A statement of reasons (reading/decisions.py has its sentences). Nothing of the post's own words stands in it."""
    ground, words, appeal = context.get("ground"), context.get("words"), context.get("until")
    parts: list[Part] = [Heading(str(context["headline"])), Words(str(context["what"]))]
    if ground:
        parts.append(Words(_("Why: %(ground)s. %(rule)s") % context))
    if words:
        parts += [Words(_("What the moderator says:")), Words(str(words))]
    parts += [Words(str(each)) for each in (context.get("by"), context.get("follows")) if each]
    if appeal:
        told = _("If you think this is wrong, you can appeal until %(until)s. Somebody else looks at it then.")
        parts.append(Words(told % context))
    label = _("Read the decision, or appeal") if appeal else _("Read the decision")
    parts.append(Button(label, str(context["url"]), shows_address=True))
    return Letter(_("%(site_name)s: %(headline)s") % context, tuple(parts), str(ground or context["what"]))


def _report_received(context: Context) -> Letter:
    told = _("Your report about %(place)s has arrived. A person looks at it; you are told what was decided.")
    kept = _("Whoever wrote what you reported is never told your name. Behind this link you see how it stands:")
    parts = (Words(told % context), Words(kept), Button(_("Your report"), str(context["url"]), shows_address=True))
    return Letter(_("Your report to %(site_name)s has arrived") % context, parts)


def _report_told(context: Context) -> Letter:
    parts: list[Part] = [Words(_("You reported %(place)s.") % context), Words(str(context["told"]))]
    if context.get("words"):
        parts += [Words(_("What the moderator says:")), Words(str(context["words"]))]
    if context.get("until"):
        told = _("If you think this is wrong, you can appeal until %(until)s. Somebody else looks at it then.")
        parts.append(Words(told % context))
    parts.append(Button(_("Your report"), str(context["url"]), shows_address=True))
    return Letter(_("What became of your report to %(site_name)s") % context, tuple(parts))


# To administrators ----------------------------------------------------------------------------------------------------
def _watchdog(context: Context, subject: str, told: str) -> Letter:
    look = Button(_("See how the site is"), context["site_address"] + "/admin/")
    return Letter(subject % context, (Words(told % context), look))


def _missed(context: Context) -> Letter:
    told = _("This should have run by now and did not, or failed: %(names)s. The start page says what to do.")
    return _watchdog(context, _("%(site_name)s: something does not run"), told)


def _well_again(context: Context) -> Letter:
    return _watchdog(context, _("%(site_name)s: it runs again"), _("This runs again as it should: %(names)s."))


# What was changed in an account ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Changed:
    """Told to the owner after every change that matters for the safety of an account."""

    subject: str | Promise
    told: str | Promise

    def __call__(self, context: Context) -> Letter:
        warning = _(
            "If that was you, there is nothing to do. If not, change your password now and look at where you are "
            "signed in."
        )
        return Letter(
            str(self.subject) % context,
            (
                Words(str(self.told) % context),
                Words(warning),
                Button(
                    _("Where you are signed in"),
                    context["site_address"] + reverse("usersessions_list"),
                    shows_address=True,
                ),
                Words(_("It was done from %(ip)s with %(user_agent)s.") % context),
            ),
        )


#: What administrators call it, the subject, the news.
_CHANGES = {
    "account/email/email_changed": (
        gettext_lazy("Main address changed"),
        gettext_lazy("Your main address at %(site_name)s was changed"),
        gettext_lazy("Your main address was changed from %(from_email)s to %(to_email)s."),
    ),
    "account/email/email_confirm": (
        gettext_lazy("Address confirmed"),
        gettext_lazy("Your address at %(site_name)s is confirmed"),
        gettext_lazy("Your address is confirmed."),
    ),
    "account/email/email_deleted": (
        gettext_lazy("Address removed"),
        gettext_lazy("An address was removed at %(site_name)s"),
        gettext_lazy("The address %(deleted_email)s was removed from your account."),
    ),
    "account/email/password_changed": (
        gettext_lazy("Password changed"),
        gettext_lazy("Your password at %(site_name)s was changed"),
        gettext_lazy("Your password was changed."),
    ),
    "account/email/password_reset": (
        gettext_lazy("Password changed by a code"),
        gettext_lazy("Your password at %(site_name)s was changed"),
        gettext_lazy("Your password was changed with a mailed code."),
    ),
    "account/email/password_set": (
        gettext_lazy("First password"),
        gettext_lazy("Your account at %(site_name)s has a password now"),
        gettext_lazy("Your account has a password now."),
    ),
    "mfa/email/totp_activated": (
        gettext_lazy("Authenticator app added"),
        gettext_lazy("An authenticator app was added at %(site_name)s"),
        gettext_lazy("An authenticator app was added to your account."),
    ),
    "mfa/email/totp_deactivated": (
        gettext_lazy("Authenticator app removed"),
        gettext_lazy("The authenticator app was removed at %(site_name)s"),
        gettext_lazy("The authenticator app was removed from your account."),
    ),
    "mfa/email/webauthn_added": (
        gettext_lazy("Key added"),
        gettext_lazy("A key was added at %(site_name)s"),
        gettext_lazy("A passkey or security key was added to your account."),
    ),
    "mfa/email/webauthn_removed": (
        gettext_lazy("Key removed"),
        gettext_lazy("A key was removed at %(site_name)s"),
        gettext_lazy("A passkey or security key was removed from your account."),
    ),
    "mfa/email/recovery_codes_generated": (
        gettext_lazy("New recovery codes"),
        gettext_lazy("New recovery codes at %(site_name)s"),
        gettext_lazy("New recovery codes were made for your account. The earlier ones do not work any more."),
    ),
}

#: They are told whatever else happens: nobody waits for them, and nobody can keep them away (mails/sending.py).
WARNINGS = frozenset(_CHANGES)

#: Codes that let somebody in: they end when the account's password, address or second factor changes.
CODES = frozenset({"account/email/login_code", "account/email/password_reset_code"})

#: By the names that allauth gives its mails, and some of our own.
KINDS: dict[str, Kind] = {
    "account/email/login_code": Kind(gettext_lazy("Code for signing in"), _login_code),
    "account/email/email_confirmation": Kind(gettext_lazy("Code for a new address"), _confirmation_code),
    "account/email/email_confirmation_signup": Kind(gettext_lazy("Code for a new account"), _confirmation_code),
    "account/email/password_reset_code": Kind(gettext_lazy("Code for a new password"), _password_code),
    "account/email/account_already_exists": Kind(gettext_lazy("There is an account already"), _has_account),
    "account/email/unknown_account": Kind(gettext_lazy("There is no such account"), _no_account),
    "invitation": Kind(gettext_lazy("Invitation"), _invitation),
    "test": Kind(gettext_lazy("Test mail"), _test),
    "watchdog_missed": Kind(gettext_lazy("Something does not run"), _missed),
    "watchdog_well": Kind(gettext_lazy("It runs again"), _well_again),
    "data_ready": Kind(gettext_lazy("Archive of one's data"), _data_ready),
    "data_failed": Kind(gettext_lazy("Archive of one's data failed"), _data_failed),
    "account_recovered": Kind(gettext_lazy("Second factor taken away"), _account_recovered),
    "account_closed": Kind(gettext_lazy("Account closed"), _account_closed),
    "decision": Kind(gettext_lazy("A decision about one's post"), _decision),
    "report-received": Kind(gettext_lazy("Report of illegal content: receipt"), _report_received),
    "report-told": Kind(gettext_lazy("Report of illegal content: decision"), _report_told),
    **{name: Kind(title, _Changed(subject, told)) for name, (title, subject, told) in _CHANGES.items()},
}

_SAMPLE: dict[str, Any] = {
    "headline": gettext_lazy("Your answer was hidden"),
    "what": gettext_lazy("Your answer of May 3, 2026"),
    "ground": gettext_lazy("Advertising or spam"),
    "rule": gettext_lazy(
        "Posts here help somebody with a question. Advertising, repeated links and made-up support numbers do not."
    ),
    "words": gettext_lazy("The same shop is linked in five of your answers. Say what you know; leave the links away."),
    "by": gettext_lazy("A person from our team decided this."),
    "follows": gettext_lazy(
        "Only moderators see it now. Nothing else changes: you can go on asking and answering as before."
    ),
    "until": "November 3, 2026",
    "place": "https://help.example.com/threads/12/answers/3/",
    "told": gettext_lazy("We have looked at it, and it is no longer visible."),
    "code": "K7TQ-2M9R",
    "password_reset_url": "https://help.example.com/accounts/password/reset/",
    "signup_url": "https://help.example.com/accounts/signup/",
    "invited_by": "Ada",
    "role": gettext_lazy("Moderator"),
    "days": 14,
    "names": "community.sweep",
    "url": "https://help.example.com/invitations/WzEsMTc5NTMxMjAwMF0/",
    "from_email": "ada@example.com",
    "to_email": "ada.lovelace@example.com",
    "deleted_email": "ada@example.com",
    "ip": "192.0.2.17",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
}
