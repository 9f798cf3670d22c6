"""People: new accounts, profiles, roles."""

from collections.abc import Collection
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from community import permissions
from community.accounts.names import propose_name
from community.accounts.preferences import HELP_LANGUAGES
from community.actions.imitations import refuse_imitation
from community.actions.record import record_audit, record_change
from community.content.text import BadText, clean_text, key
from community.errors import NotAllowed, NotThere, Refused
from community.models import AuditEntry, Brand, User
from community.notices.mornings import plan
from community.roles import Role

MAX_ABOUT = 1000
MAX_DISPLAY_NAME = 80


def clean_display_name(value: str, *, person: User | None = None, is_staff: bool = False) -> str:
    """The name shown beside posts, on one line; Refused when it is no text, longer than 80 characters, or imitates.

    `person` is who shall bear it: staff may speak for the site, and what somebody is called already stays.
    """
    try:
        name = " ".join(clean_text(value).split())
    except BadText as error:
        raise Refused(str(error)) from error
    if len(name) > MAX_DISPLAY_NAME:
        raise Refused(_("This name is too long: at most %(most)d characters.") % {"most": MAX_DISPLAY_NAME})
    if name and not is_staff and (person is None or name != person.display_name):
        refuse_imitation(name, person=person)
    return name


def free_name(wish: str) -> str:
    """A name for signing in that nobody has, made from any text."""
    brand = Brand.objects.values_list("name", flat=True).filter(pk=1).first() or ""
    base = propose_name(wish, brand=brand)
    taken = set(User.objects.filter(username_key__startswith=base).values_list("username_key", flat=True))
    if base not in taken and base != "member":
        return base
    while True:
        name = f"{base}-{get_random_string(5, 'abcdefghjkmnpqrstuvwxyz23456789')}"
        if name not in taken:
            return name


def create_person(
    *,
    address: str,
    display_name: str = "",
    username: str = "",
    password: str | None = None,
    verified: bool = False,
    will_be_staff: bool = False,
) -> User:
    """A new account with one address. Without a name one is made from what is shown, never from the address.

    Refused when the name imitates (`will_be_staff` may), or when the name was taken, or the address confirmed by
    somebody else, at this very moment.
    """
    display_name = clean_display_name(display_name, is_staff=will_be_staff)
    try:
        with transaction.atomic():
            person = User.objects.create_user(
                username or free_name(display_name), address.lower(), password, display_name=display_name
            )
            EmailAddress.objects.create(user=person, email=person.email, verified=verified, primary=True)
    except IntegrityError as error:
        raise Refused(_("Somebody took this name or address a moment ago. Please try again.")) from error
    return person


def rehearse_person(*, address: str, display_name: str = "") -> None:
    """Do the work of `create_person` and take it back: what it takes tells nobody whether there is an account."""
    with transaction.atomic():
        create_person(address=address, display_name=display_name)
        transaction.set_rollback(True)


@transaction.atomic
def update_profile(
    *,
    actor: User,
    display_name: str,
    about: str = "",
    language: str = "",
    languages: Collection[str] = (),
    time_zone: str = "",
) -> User:
    """Change one's own profile. The name shown falls back to the name for signing in."""
    if not permissions.is_member(actor):
        raise NotAllowed(_("Please sign in first."))
    person = User.objects.select_for_update().get(pk=actor.pk)
    try:
        about = clean_text(about).strip()
    except BadText as error:
        raise Refused(str(error)) from error
    if len(about) > MAX_ABOUT:
        raise Refused(_("This is too long: at most %(most)d characters.") % {"most": MAX_ABOUT})
    if language and language not in dict(settings.LANGUAGES):
        raise Refused(_("The site does not speak this language."))
    if time_zone and time_zone not in available_timezones():
        raise Refused(_("There is no such time zone."))
    renamed, moved = person.display_name, person.time_zone
    person.display_name = clean_display_name(display_name, person=person) or person.username or ""
    person.about, person.language, person.time_zone = about, language, time_zone and ZoneInfo(time_zone).key
    person.languages = [code for code in HELP_LANGUAGES if code in set(languages)]
    person.save(update_fields=["display_name", "about", "language", "time_zone", "languages"])
    if person.display_name != renamed:
        record_change()  # the name stands on pages of many threads
    if person.time_zone != moved:
        plan(person)
    return person


@transaction.atomic
def choose_language(*, actor: User, language: str) -> None:
    """One's own language of the site; "" leaves it to the browser."""
    if not permissions.is_member(actor):
        raise NotAllowed(_("Please sign in first."))
    if language and language not in dict(settings.LANGUAGES):
        raise Refused(_("The site does not speak this language."))
    User.objects.filter(pk=actor.pk).update(language=language)


@transaction.atomic
def set_roles(*, actor: User, person_id: int, roles: Collection[str]) -> User:
    """Give the person exactly these staff roles. Each one given or taken leaves an audit row.

    Refused for the last administrator: somebody must be able to give roles.
    """
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators give and take roles."))
    wanted = {role for role in Role if role.value in set(roles)} - {Role.CUSTOMER}
    admins = Group.objects.select_for_update().get(name=Role.ADMIN)
    person = User.objects.select_for_update().filter(pk=person_id, anonymised_at__isnull=True).first()
    if person is None:
        raise NotThere(_("There is no such person."))
    if person.is_imported and wanted:
        raise Refused(_("This person was brought by an import and cannot sign in yet."))
    if Role.ADMIN not in wanted and Role.ADMIN in person.roles:
        others = User.objects.filter(groups=admins, is_active=True).exclude(pk=person.pk)
        if not any(Role.ADMIN in other.effective_roles for other in others.with_standing()):
            raise Refused(_("This is the only administrator. Make somebody else one first."))
    give_roles(actor=actor, person=person, roles=wanted)
    for role in person.roles - wanted - {Role.CUSTOMER}:
        person.groups.remove(Group.objects.get(name=role))
        record_audit(f"took_{role}", actor=actor, target=person)
    return User.objects.with_standing().get(pk=person.pk)


def give_roles(*, actor: User | None, person: User, roles: Collection[str]) -> list[AuditEntry]:
    """Add roles, with their audit rows; the caller has asked whether the actor may (None: the site's own set-up)."""
    fresh = [role for role in Role if role in roles and role not in person.roles and role != Role.CUSTOMER]
    for role in fresh:
        person.groups.add(Group.objects.get_or_create(name=role)[0])
    return [record_audit(f"gave_{role}", actor=actor, target=person) for role in fresh]


def owner_of(address: str) -> User | None:
    """Who has confirmed this address."""
    found: Any = EmailAddress.objects.filter(email=key(address), verified=True).select_related("user").first()
    return found.user if found else None
