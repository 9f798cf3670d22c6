"""Lists that an agent keeps: for oneself, for one's team."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from community.actions.record import MAX_ID
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import User
from community.roles import Role
from support import permissions
from support.models import SavedView, TeamMember

#: One person's own, at most.
MOST = 30
LONGEST = 60


@transaction.atomic
def save(*, actor: User, name: str, filters: Mapping[str, Any], team_id: int | None = None) -> SavedView:
    """Keep a list under a name; the same name of the same owner is changed. NotAllowed for another team's.

    `filters` are `reading.views.Filters.words()`: what they mean is said there.
    """
    if not permissions.can_work_at_desk(actor):
        raise NotAllowed(_("Only our support team works here."))
    try:
        words = " ".join(clean_text(name).split())[:LONGEST]
    except BadText as error:
        raise Refused(str(error)) from error
    if not words:
        raise Refused(_("Please give the list a name."))
    kept = dict(filters)
    sort = kept.pop("sort", "") or ""
    whose: dict[str, Any] = {"owner": None if team_id else actor, "team_id": team_id}
    if team_id and not TeamMember.objects.filter(team=team_id, person=actor).exists():
        raise NotAllowed(_("Only members of a team keep lists for it."))
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    mine = SavedView.objects.filter(**whose)
    if not mine.filter(name=words).exists() and mine.count() >= MOST:
        raise Refused(_("You keep as many lists as fit. Please remove one first."))
    changed = {"filters": kept, "sort": sort}
    return SavedView.objects.update_or_create(**whose, name=words, defaults=changed)[0]


@transaction.atomic
def remove(*, actor: User, view_id: int) -> None:
    """Forget a list: one's own, or one of one's team; those of everybody only administrators."""
    visible = SavedView.objects.visible_to(actor).filter(pk=view_id if 0 < view_id <= MAX_ID else 0)
    view = visible.select_for_update().first()
    if view is None:
        raise NotThere(_("There is no such list."))
    if view.owner_id is None and view.team_id is None and Role.ADMIN not in actor.effective_roles:
        raise NotAllowed(_("Only administrators remove a list of everybody."))
    view.delete()
