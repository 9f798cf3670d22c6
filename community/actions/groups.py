"""Named groups of people, for the audience of boards. (Roles are groups too, but people.set_roles gives those.)"""

from collections.abc import Collection

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from community import permissions
from community.actions.record import record_audit
from community.content.text import BadText, clean_text, key
from community.errors import NotAllowed, NotThere, Refused
from community.models import User
from community.roles import Role

MAX_NAME = 80


@transaction.atomic
def name_group(*, actor: User, name: str, group_id: int | None = None) -> Group:
    """Make a group, or give one another name. Refused when the name is a role's or another group's."""
    _need_admin(actor)
    try:
        name = " ".join(clean_text(name).split())
    except BadText as error:
        raise Refused(str(error)) from error
    if not name or len(name) > MAX_NAME:
        raise Refused(_("A group's name has 1 to %(most)d characters.") % {"most": MAX_NAME})
    group = Group() if group_id is None else _find(group_id)
    others = Group.objects.exclude(pk=group.pk).select_for_update()
    if key(name) in {key(other.name) for other in others} | set(Role.values):
        raise Refused(_("There is a group or role of this name."))
    fresh, group.name = group.pk is None, name
    group.save()
    record_audit("created" if fresh else "renamed", actor=actor, target=group)
    return group


@transaction.atomic
def set_groups(*, actor: User, person_id: int, group_ids: Collection[int]) -> User:
    """Let the person be in exactly these groups; roles are left alone."""
    _need_admin(actor)
    person = User.objects.select_for_update().filter(pk=person_id, anonymised_at__isnull=True).first()
    if person is None:
        raise NotThere(_("There is no such person."))
    wanted = {group.pk: group for group in Group.objects.filter(pk__in=group_ids).exclude(name__in=Role.values)}
    present = {group.pk: group for group in person.groups.exclude(name__in=Role.values)}
    for pk in wanted.keys() - present.keys():
        person.groups.add(wanted[pk])
        record_audit("joined_group", actor=actor, target=person, note=wanted[pk].name)
    for pk in present.keys() - wanted.keys():
        person.groups.remove(present[pk])
        record_audit("left_group", actor=actor, target=person, note=present[pk].name)
    return User.objects.with_standing().get(pk=person.pk)


def _need_admin(actor: User) -> None:
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators change groups."))


def _find(group_id: int) -> Group:
    group = Group.objects.select_for_update().filter(pk=group_id).exclude(name__in=Role.values).first()
    if group is None:
        raise NotThere(_("There is no such group."))
    return group
