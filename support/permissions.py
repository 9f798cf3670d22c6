"""Who may do what with tickets. Moderators see none; agents those `Ticket.worked_by` gives them; customers their own.

Every function answers for one person and one thing; unknown or missing means no. Actions ask again.
"""

from community.models import Thread, User
from community.permissions import Anyone, can_join, has_role, is_member, is_open, is_staff
from community.roles import Role
from support.models import Ticket
from support.reading.calling import call_of


def can_work_at_desk(user: Anyone) -> bool:
    """Agents and administrators."""
    return is_member(user) and has_role(user, Role.AGENT, Role.ADMIN)


def can_work_on(user: Anyone, ticket: Ticket) -> bool:
    """Those whose queue it is, whoever it is assigned to, administrators. One query."""
    return can_work_at_desk(user) and Ticket.objects.worked_by(user).filter(pk=ticket.pk).exists()


def can_escalate(user: Anyone, thread: Thread) -> bool:
    """Staff, of a question or problem that is not hidden, locked away or merged."""
    return is_staff(user) and thread.is_solvable and is_open(thread)


def can_call_staff(user: Anyone, thread: Thread) -> bool:
    """The asker, of a question that waits for a solution: after "not solved", or after the board's hours. One query."""
    call = call_of(user, thread) if isinstance(user, User) else None
    return call is not None and call.is_open


def can_ask_along(user: Anyone, thread: Thread) -> bool:
    """Members other than the asker who have the same problem: they write a ticket of their own that names it."""
    return can_join(user, thread) and not is_staff(user)


def is_requester(user: Anyone, ticket: Ticket) -> bool:
    return isinstance(user, User) and is_member(user) and ticket.requester_id == user.pk


def can_write(user: Anyone, ticket: Ticket) -> bool:
    """Write as its customer: who asked, and who is in copy."""
    if is_requester(user, ticket):
        return True
    return isinstance(user, User) and is_member(user) and ticket.ccs.filter(person=user).exists()


def can_set_policies(user: Anyone) -> bool:
    """Say when questions come to staff by themselves, try that out, and let it happen at once: administrators."""
    return is_member(user) and has_role(user, Role.ADMIN)
