"""Who is entitled to staff's help with which product, and until when: one definition, for one person and for a set.

Both kinds of rows are opt-in: a board without support periods is supported, one without entitlements helps everybody.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from community.models import Board, User
from support.models import Entitlement, SupportPeriod


def is_supported(board: Board | None, at: datetime) -> bool:
    """Whether the board's product is supported at this moment; what belongs to no board always is. One query."""
    return board is None or Board.objects.filter(supported("pk", at), pk=board.pk).exists()


def is_entitled(person: User, board: Board | None, at: datetime) -> bool:
    """Whether this person has a right to staff's help with the board's product at this moment. One query.

    Only the person's side: whether the product is supported at all, `is_supported` says.
    """
    if board is None:
        return True
    return User.objects.filter(_named(Entitlement.objects.filter(board=board), at), pk=person.pk).exists()


def supported(board: str, at: datetime) -> Q:
    """Condition: the product of the board that the column `board` names is supported at this moment."""
    periods = SupportPeriod.objects.filter(board=OuterRef(board))
    return ~Q(Exists(periods)) | Q(Exists(periods.filter(_holds(at))))


def entitled(person: str, board: str, at: datetime) -> Q:
    """Condition: the person in the column `person` is entitled on the board in the column `board` at this moment."""
    return _named(Entitlement.objects.filter(board=OuterRef(board)), at, person)


def _named(rows: QuerySet[Entitlement], at: datetime, person: str = "pk") -> Q:
    """Nobody is named among `rows`, or the person in this column is."""
    return ~Q(Exists(rows)) | Q(Exists(rows.filter(_holds(at), person=OuterRef(person))))


def _holds(at: datetime) -> Q:
    """From its first moment on, until just before its last."""
    return Q(starts_at__lte=at) & (Q(ends_at__isnull=True) | Q(ends_at__gt=at))
