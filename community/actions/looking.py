"""Who has something that waits before their eyes, so that two people do not do the same work."""

from datetime import timedelta

from django.db.models import Q

from community import clock, permissions
from community.errors import NotAllowed
from community.models import Review, User

#: so long after the last sign of it somebody counts as looking
LOOKING_FOR = timedelta(seconds=60)


def look_at(*, actor: User, review_id: int) -> bool:
    """Say that one is looking; False where somebody else is already, or there is no such thing for this person."""
    if not permissions.can_open_queue(actor):
        raise NotAllowed("")
    now = clock.now()
    free = Q(looking_by__isnull=True) | Q(looking_by=actor) | Q(looking_at__lt=now - LOOKING_FOR)
    rows = Review.objects.visible_to(actor).waiting().filter(free, pk=review_id)
    return bool(rows.update(looking_by=actor, looking_at=now))
