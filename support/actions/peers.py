"""Peers go on while staff look. What they solve is noticed here, and ends the ticket with one press.

The community knows nothing of tickets: its events are followed, exactly once each (community/notices/followers.py).
"""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from community.errors import Refused
from community.models import Thread, ThreadEvent, User
from community.notices.followers import follow
from support.actions import replies
from support.actions.ending import is_solved_by_peers, open_escalation
from support.actions.record import lock_question, lock_work, record_ticket_event
from support.models import UNDONE, Escalation, PendingReply, Status, Ticket, TicketEvent

#: The name under which it is remembered how far we have read.
FOLLOWER = "solved by peers"
AT_ONCE = 500


def follow_solutions() -> int:
    """Tell the tickets of questions that the community solved; returns how many events were read. For the worker."""
    return follow(FOLLOWER, "community_threadevent", "kind, thread_id", _tell, batch=AT_ONCE)


def _tell(rows: list[tuple[Any, ...]]) -> None:
    """Questions first, all of them, then their tickets: each in the order of their ids."""
    solved = {thread_id for kind, thread_id in rows if kind == ThreadEvent.Kind.ACCEPTED}
    if not solved:
        return
    named = Q(thread__in=solved) | Q(thread__merged_into__in=solved)
    open_ones = Escalation.objects.filter(named, ended_at__isnull=True).order_by()
    # Where the question was merged into another one, it is that one's solution which counts.
    waiting = dict(open_ones.values_list("ticket", Coalesce("thread__merged_into", "thread")))
    if not waiting:
        return
    threads = Thread.objects.filter(pk__in=waiting.values()).order_by("pk").select_for_update(no_key=True)
    by_peers = {thread.pk for thread in threads if is_solved_by_peers(thread)}
    tickets = Ticket.objects.filter(pk__in=waiting, status__in=UNDONE).order_by("pk")
    for ticket in tickets.select_for_update(no_key=True):
        if waiting[ticket.pk] in by_peers and open_escalation(ticket=ticket) is not None:
            record_ticket_event(TicketEvent.Kind.SOLVED_BY_PEERS, actor=None, ticket=ticket)


@transaction.atomic
def close_as_solved(*, actor: User, ticket_id: int, body: str) -> PendingReply:
    """Send the customer these last words, and resolve the ticket with them: the community solved it.

    Refused where its question is not solved there (any more). NotThere for whoever does not work on it.
    """
    lock_question(ticket_id=ticket_id)
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    escalation = open_escalation(ticket=ticket)
    if escalation is None or not is_solved_by_peers(escalation.thread.merged_into or escalation.thread):
        raise Refused(_("The community has not solved it, or not any more."))
    return replies.send(actor=actor, ticket_id=ticket_id, body=body, then_status=Status.RESOLVED)
