"""The end of an escalation: nobody resolves a ticket without a word to the community, and the question is free again.

Locks: the question first (`record.lock_question`), then the ticket. Whoever ends one holds both.
"""

from django.utils.translation import gettext as _

from community import clock
from community.actions import escalating
from community.errors import Refused
from community.models import Solution, Thread, User
from community.roles import STAFF
from support.models import Escalation, Outcome, Ticket


def open_escalation(*, ticket: Ticket) -> Escalation | None:
    """The escalation this ticket is the open end of."""
    return Escalation.objects.filter(ticket=ticket, ended_at__isnull=True).select_related("thread__merged_into").first()


def before_resolving(*, ticket: Ticket) -> None:
    """Refused while the community has not been told how its question ended, nor why it is not.

    What is solved there already, or out of everybody's sight, needs no word of ours.
    """
    escalation = open_escalation(ticket=ticket)
    if escalation is None or not waits_for_a_word(escalation):
        return
    raise Refused(
        _(
            "The community still waits for this question. Publish how it ended or choose why not, "
            "or give the question back: then the ticket can end."
        )
    )


def waits_for_a_word(escalation: Escalation) -> bool:
    """Whether the community is still to be told how it ended, or somebody is to say why it is not."""
    thread = escalation.thread
    root = thread.merged_into or thread
    if thread.solved_at is not None or root.solved_at is not None or root.hidden_at is not None:
        return False
    return not is_decided(escalation)


def is_decided(escalation: Escalation) -> bool:
    """Whether somebody said, since it was escalated, what the community is told."""
    outcomes = Outcome.objects.filter(ticket=escalation.ticket_id)
    return outcomes.filter(decided_at__gte=escalation.escalated_at).exists()


def is_solved_by_peers(thread: Thread) -> bool:
    """Whether the solution in force is by somebody who was no staff when they wrote it."""
    solutions = Solution.objects.filter(thread=thread, withdrawn_at__isnull=True)
    return solutions.exclude(answer_author_role__in=STAFF).exists()


def end(*, actor: User | None, ticket: Ticket, how: Escalation.End) -> bool:
    """Staff no longer look at the question of this ticket; whether there was one they looked at.

    Where the community solved it and staff published nothing, that is how it ended, whatever the ticket did then. The
    caller holds the locks of both.
    """
    escalation = open_escalation(ticket=ticket)
    if escalation is None:
        return False
    thread = escalation.thread
    if is_solved_by_peers(thread.merged_into or thread) and not _is_published(escalation):
        how = Escalation.End.PEERS
    escalation.ended_at, escalation.ended_how = clock.now(), how
    escalation.save(update_fields=["ended_at", "ended_how"])
    escalating.mark_returned(actor=actor, thread=thread)
    return True


def _is_published(escalation: Escalation) -> bool:
    outcomes = Outcome.objects.filter(ticket=escalation.ticket_id, answer__isnull=False)
    return outcomes.filter(decided_at__gte=escalation.escalated_at).exists()
