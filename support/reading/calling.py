"""From when on the asker of a question may call staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef

from community import clock
from community.models import Thread, ThreadEvent, User
from community.permissions import is_member, is_open
from support.models import BoardDesk, Escalation

#: What a board waits whose desk nobody has set up: the column's own default.
USUAL_WAIT = int(BoardDesk._meta.get_field("asker_waits").get_default())


@dataclass(frozen=True)
class Call:
    """From when on the asker may call staff, and whether staff look at it already."""

    opens_at: datetime
    is_answered: bool = False

    @property
    def is_open(self) -> bool:
        return self.is_answered or self.opens_at <= clock.now()


def call_of(user: User, thread: Thread) -> Call | None:
    """What the asker of this thread may do; None for everybody else, and where nothing waits for an answer. One query.

    At once where the asker has said of an answer that it did not solve it; else after the hours the board waits.
    """
    if not may_ever_call(user, thread):
        return None
    said = ThreadEvent.objects.filter(thread=OuterRef("pk"), kind=ThreadEvent.Kind.NOT_SOLVED)
    open_ones = Escalation.objects.filter(thread=OuterRef("pk"), ended_at__isnull=True)
    known = Thread.objects.annotate(waits=F("board__desk__asker_waits"), said=Exists(said), has=Exists(open_ones))
    row = known.filter(pk=thread.pk).values_list("waits", "said", "has").first()
    if row is None:
        return None
    waits, was_said, is_escalated = row
    hours = 0 if was_said else USUAL_WAIT if waits is None else waits
    return Call(thread.asked_at + timedelta(hours=hours), is_answered=is_escalated)


def may_ever_call(user: User, thread: Thread) -> bool:
    """Whether it is this person's open question, and none that works solves it."""
    if not is_member(user) or thread.asker_id != user.pk or not thread.is_solvable or thread.closed_at is not None:
        return False
    return is_open(thread) and (thread.solved_at is None or thread.outdated_at is not None)
