"""What stands in a suggestion once somebody looks closer: the whole solution, and whom to thank for it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from community.errors import NotThere
from community.models import Answer, Solution, Thread
from community.permissions import Anyone


@dataclass(frozen=True)
class Suggested:
    """A thread that was suggested, and its solution in force as far as this reader may see it."""

    thread: Thread
    answer: Answer | None


def suggested_of(viewer: Anyone, thread_id: int) -> Suggested:
    """The thread with its solution; NotThere where there is no such thread for this reader."""
    thread = Thread.objects.visible_to(viewer).select_related("board").filter(pk=thread_id).first()
    if thread is None:
        raise NotThere(_("There is no such question."))
    solution = (
        Solution.objects.filter(thread=thread, withdrawn_at__isnull=True, answer__hidden_at__isnull=True)
        .select_related("answer__author")
        .first()
    )
    if solution is None:
        return Suggested(thread, None)
    solution.answer.thread = thread
    return Suggested(thread, solution.answer)
