"""Invitations: a signed link, mailed to one address, that makes somebody a member (perhaps with a role) once."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from community import clock, permissions
from community.accounts.preferences import speaking_to
from community.actions.limits import spend
from community.actions.people import create_person, give_roles, owner_of
from community.actions.record import record_audit
from community.content.text import BadText, clean_text, key
from community.errors import NotAllowed, NotThere, Refused
from community.mails.kinds import write_mail
from community.mails.sending import send_now
from community.models import Invitation, User
from community.roles import STAFF, Role

GOOD_FOR = timedelta(days=14)
SALT = "community.invitation"


@transaction.atomic
def invite(*, actor: User, address: str, role: str = Role.CUSTOMER) -> Invitation:
    """Invite somebody; an invitation still open is renewed instead. The mail is sent by `mail_invitation`."""
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators invite people."))
    spend(what="invite", actor=actor)
    return write_invitation(actor=actor, address=address, role=role)


@transaction.atomic
def write_invitation(*, actor: User | None, address: str, role: str = Role.CUSTOMER) -> Invitation:
    """As `invite`, for whoever runs `manage.py setup` (actor None)."""
    try:
        address = clean_text(address).strip()
        validate_email(address)
    except (BadText, ValidationError) as error:
        raise Refused(_("“%(address)s” is not an e-mail address.") % {"address": address[:80]}) from error
    if role not in Role.values:
        raise Refused(_("There is no such role."))
    owner = owner_of(address)
    if owner is not None and (role == Role.CUSTOMER or role in owner.roles):
        raise Refused(_("%(name)s is here already.") % {"name": owner.display_name})
    invitation, _fresh = Invitation.objects.update_or_create(
        address_key=key(address),
        accepted_at=None,
        defaults={"address": address, "role": role, "invited_by": actor, "invited_at": clock.now()},
    )
    record_audit(f"invited_{role}", actor=actor, target=invitation)
    return invitation


def make_token(invitation: Invitation) -> str:
    """What stands in the mailed link. It dies with the invitation, with a renewal, and after two weeks."""
    return signing.dumps([invitation.pk, int(invitation.invited_at.timestamp())], salt=SALT)


def find_invitation(token: str) -> Invitation:
    """The open invitation of this link; NotThere when it was made up, is used, or is too old."""
    gone = NotThere(_("This invitation is not good any more. Please ask for a new one."))
    try:
        pk, stamp = signing.loads(token, salt=SALT)
        invitation = Invitation.objects.select_related("invited_by").get(pk=pk, accepted_at__isnull=True)
    except (signing.BadSignature, ValueError, TypeError, Invitation.DoesNotExist) as error:
        raise gone from error
    if int(invitation.invited_at.timestamp()) != stamp or clock.now() - invitation.invited_at > GOOD_FOR:
        raise gone
    return invitation


def mail_invitation(*, invitation: Invitation, site_address: str = "") -> None:
    """Send the link; MailNotSent when the mail server does not take it (the invitation stands, and can be renewed)."""
    site_address = (settings.SITE_URL or site_address).rstrip("/")
    context: dict[str, Any] = {
        "url": site_address + reverse("accept_invitation", args=[make_token(invitation)]),
        "invited_by": invitation.invited_by,
        "days": GOOD_FOR.days,
    }
    # Of somebody new nothing is known but that they come to this site.
    with speaking_to(owner_of(invitation.address), default=settings.LANGUAGE_CODE):
        context["role"] = Role(invitation.role).label if invitation.role in STAFF else ""
        message = write_mail("invitation", to=invitation.address, site_address=site_address, context=context)
    send_now(message)


@transaction.atomic
def accept(*, actor: User, token: str) -> Invitation:
    """Take up an invitation with one's account. Of two at once, one is told that it is used."""
    invitation = find_invitation(token)
    if not permissions.is_member(actor):
        raise NotAllowed(_("Please sign in first."))
    inviter = invitation.invited_by
    if invitation.role in STAFF and inviter is not None and not permissions.can_open_admin(inviter):
        raise NotAllowed(_("Whoever invited you may not give this role any more. Please ask for a new invitation."))
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).update(
        accepted_by=actor, accepted_at=clock.now()
    )
    if not taken:
        raise NotThere(_("This invitation is not good any more. Please ask for a new one."))
    give_roles(actor=inviter, person=actor, roles=[invitation.role])
    record_audit("accepted", actor=actor, target=invitation)
    return invitation


@transaction.atomic
def accept_as_new(*, token: str, display_name: str) -> User:
    """Make an account for the invited address, which the link in its mail has proved, and accept with it."""
    invitation = find_invitation(token)
    if owner_of(invitation.address) is not None:
        raise NotAllowed(_("There is an account with this address. Please sign in with it first."))
    person = create_person(
        address=invitation.address,
        display_name=display_name,
        verified=True,
        will_be_staff=invitation.role in STAFF,
    )
    accept(actor=person, token=token)
    return User.objects.with_standing().get(pk=person.pk)
