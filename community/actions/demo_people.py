"""The five people of the demo: one for every role, and a helper whom the others trust."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.db import transaction

from community.models import User
from community.roles import STAFF, Role

PASSWORD = "look around"  # noqa: S105 - the demo's, printed on the sign-in page; production refuses to start with it
#: The authenticator secret of the demo's staff, so that anybody can put it into an app and see how that works.
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - as above

#: name for signing in: (name shown, roles)
PEOPLE: dict[str, tuple[str, tuple[Role, ...]]] = {
    "customer": ("Clara Customer", ()),
    "helper": ("Henry Helper", ()),
    "moderator": ("Mona Moderator", (Role.MODERATOR,)),
    "agent": ("Ari Agent", (Role.AGENT,)),
    "admin": ("Ada Admin", (Role.ADMIN,)),
}


@transaction.atomic
def make_demo_people() -> dict[str, User]:
    """The five by their names for signing in, made where they are missing; running it again changes nothing.

    They differ from other people by `is_demo` alone. Staff have a second factor, so that their roles are in force;
    the helper becomes trusted by what the demo's stories let him solve.
    """
    return {name: _make(name, shown, roles) for name, (shown, roles) in PEOPLE.items()}


def _make(name: str, shown: str, roles: tuple[Role, ...]) -> User:
    person = User.objects.filter(username_key=name, is_demo=True).first()
    if person is None:
        address = f"{name}@example.com"
        person = User.objects.create_user(name, address, PASSWORD, display_name=shown, is_demo=True)
        EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    for role in roles:
        person.groups.add(Group.objects.get_or_create(name=role)[0])
    if STAFF & set(roles) and not Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(person, TOTP_SECRET)
    return User.objects.with_standing().get(pk=person.pk)


@transaction.atomic
def remove_demo_logins() -> list[str]:
    """Let nobody sign in as a demo person any more; their posts stay. Returns their names for signing in."""
    people = list(User.objects.select_for_update().filter(is_demo=True, is_active=True).order_by("pk"))
    for person in people:
        person.is_active = False
        person.set_unusable_password()
        person.save(update_fields=["is_active", "password"])
        person.groups.clear()
    Authenticator.objects.filter(user__in=people).delete()
    return [person.username or "" for person in people]
