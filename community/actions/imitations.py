"""Which names may be taken, and which of those there are have come to imitate the brand or its people."""

from django.db import transaction
from django.utils.translation import gettext as _

from community.accounts.imitating import VERSION, imitates
from community.accounts.skeletons import skeleton
from community.errors import Refused
from community.models import Brand, NamesSeen, User
from community.roles import STAFF

#: People looked at in one statement.
BATCH = 2000


def brand_name() -> str:
    """The site's name; "" before it has one."""
    return Brand.objects.values_list("name", flat=True).filter(pk=1).first() or ""


def refuse_imitation(name: str, *, person: User | None = None) -> None:
    """Refused when the name speaks for the site, or looks like the name of one of its staff. Staff may carry both.

    `person` is whose name it shall be, as far as there is somebody yet.
    """
    if person is not None and person.roles & STAFF:
        return
    if imitates(name, brand=brand_name()):
        raise Refused(_("This name is kept for the people who run the site. Please choose another one."))
    look = skeleton(name)
    if look and look in _looks_of_staff(person):
        raise Refused(_("This name looks like that of somebody who works here. Please choose another one."))


def _looks_of_staff(person: User | None) -> set[str]:
    """What the names of staff look like. Nobody's own name is in their way."""
    staff = User.objects.filter(groups__name__in=STAFF, is_active=True).exclude(pk=person.pk if person else None)
    shown = staff.order_by().values_list("display_name", "username").distinct()
    return {skeleton(name) for names in shown for name in names if name} - {""}


def mark_imitations() -> int:
    """Note whose names imitate as things stand: new people since last time, everybody once the brand has another name.

    They keep their names; moderators find them by `User.objects.imitating()`. Goes on where it was interrupted; safe to
    run twice. Returns how many people it looked at.
    """
    looked, brand = 0, brand_name()
    while True:
        with transaction.atomic():
            NamesSeen.objects.get_or_create(pk=1)
            seen = NamesSeen.objects.select_for_update().get(pk=1)
            if (seen.brand, seen.version) != (brand, VERSION):
                seen.brand, seen.version, seen.last_id = brand, VERSION, 0
            batch = User.objects.filter(pk__gt=seen.last_id).order_by("pk").only("pk", "display_name", "username")
            people = list(batch.prefetch_related("groups")[:BATCH])
            if not people:
                seen.save()
                return looked
            for is_one in (True, False):
                those = [each.pk for each in people if _is_imitation(each, brand) is is_one]
                User.objects.filter(pk__in=those).exclude(imitates=is_one).update(imitates=is_one)
            seen.last_id = people[-1].pk
            seen.save()
        looked += len(people)


def _is_imitation(person: User, brand: str) -> bool:
    if {group.name for group in person.groups.all()} & STAFF:
        return False
    return any(imitates(name, brand=brand) for name in (person.display_name, person.username) if name)
