"""Choosing how long a kind of what is kept is kept: administrators, within what care/retention.py allows."""

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.record import record_audit
from community.care.kept import kinds
from community.errors import NotAllowed, NotThere, Refused
from community.models import Keeping, User


@transaction.atomic
def keep_for(*, actor: User, kind: str, days: int) -> Keeping:
    """Keep this kind for so many days from now on. Refused beyond the least and the most that make sense."""
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators choose how long things are kept."))
    found = kinds().get(kind)
    if found is None:
        raise NotThere(_("There is no such kind."))
    if not found.least <= days <= found.most:
        told = _("Please choose between %(least)d and %(most)d days.")
        raise Refused(told % {"least": found.least, "most": found.most})
    before = Keeping.objects.filter(kind=kind).values_list("days", flat=True).first() or found.days
    row, _made = Keeping.objects.update_or_create(
        kind=kind, defaults={"days": days, "changed_by": actor, "changed_at": clock.now()}
    )
    record_audit("kept_for", actor=actor, target=row, note=f"{kind}: {before} -> {days}")
    return row
