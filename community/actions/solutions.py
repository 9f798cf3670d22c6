"""Solutions: accept, withdraw, mark together, report as outdated. The thread's lock is held throughout."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.compose import compose_line
from community.actions.limits import spend
from community.actions.record import lock_thread, record_audit, record_event
from community.errors import NotAllowed, NotThere, Refused
from community.models import Answer, OutdatedReport, Solution, SolutionMark, Thread, ThreadEvent, User
from community.models.solutions import Withdrawal
from community.resolution import classify
from community.roles import STAFF, highest

Event = ThreadEvent.Kind

#: So many trusted members mark the same answer, and it is the solution.
MARKS_NEEDED = 3
#: So many distinct people say a solution no longer works, and it is shown as outdated.
OUTDATED_NEEDED = 3


def _lock_thread_of(*, actor: User, answer_id: int) -> tuple[Thread, Answer]:
    """The answer's thread, locked, and the answer, which must be visible and not hidden."""
    found = Answer.objects.visible_to(actor).filter(pk=answer_id).values_list("thread_id", flat=True).first()
    if found is None:
        raise NotThere(_("There is no such answer."))
    thread = lock_thread(actor=actor, thread_id=found)
    answer = Answer.objects.get(pk=answer_id)
    if answer.hidden_at:
        raise Refused(_("A hidden answer cannot be the solution."))
    return thread, answer


def current_solution(thread: Thread) -> Solution | None:
    """The solution in force, if there is one."""
    return Solution.objects.filter(thread=thread, withdrawn_at__isnull=True).select_related("answer").first()


@transaction.atomic
def accept(*, actor: User, answer_id: int) -> Solution:
    """Accept an answer as the solution; another one in force is replaced.

    The asker's own confirmation of what others marked is a new solution with a new class; otherwise
    accepting what is already accepted changes nothing.
    """
    thread, answer = _lock_thread_of(actor=actor, answer_id=answer_id)
    if not permissions.can_accept(actor, thread):
        raise NotAllowed(
            _("Only the asker can accept a solution; moderators once the asker has been silent for a week.")
        )
    current = current_solution(thread)
    confirms = current is not None and not current.accepted_by_asker and thread.asker_id == actor.pk
    if current is not None:
        if current.answer_id == answer.pk and not confirms:
            return current
        _end(current, actor=actor, why=Withdrawal.REPLACED)
    solution = _begin(actor=actor, thread=thread, answer=answer, by_marks=False)
    if actor.pk != thread.asker_id:
        record_audit("accepted", actor=actor, target=solution)
    return solution


def _begin(*, actor: User, thread: Thread, answer: Answer, by_marks: bool) -> Solution:
    """Write the solution with the roles and the class as they are at this moment."""
    by_asker = thread.asker_id == actor.pk and not by_marks
    role = highest(actor.effective_roles)
    staff_before = Answer.objects.filter(thread=thread, hidden_at__isnull=True, author_role__in=STAFF).exclude(
        author_id=thread.asker_id
    )
    solution = Solution.objects.create(
        thread=thread,
        answer=answer,
        accepted_by=actor,
        accepted_by_role=role,
        accepted_by_asker=by_asker,
        answer_author_role=answer.author_role,
        resolution_class=classify(
            answer_author_role=answer.author_role,
            asker_wrote_answer=answer.author_id == thread.asker_id,
            accepted_by_asker=by_asker,
            accepted_by_role=role,
            marked_by_trusted=by_marks,
            staff_answered_before=staff_before.exists(),
        ),
        accepted_at=clock.now(),
    )
    _solved(thread, solution)
    record_event(Event.ACCEPTED, actor=actor, thread=thread, answer=answer)
    return solution


def _solved(thread: Thread, solution: Solution | None) -> None:
    """Keep the thread's own facts in step: solved exactly while a solution is in force."""
    thread.solved_at = solution.accepted_at if solution else None
    thread.outdated_at = None
    thread.needs_info_at = None if solution else thread.needs_info_at
    thread.save(update_fields=["solved_at", "outdated_at", "needs_info_at"])


def _end(solution: Solution, *, actor: User | None, why: Withdrawal) -> None:
    solution.withdrawn_at = clock.now()
    solution.withdrawn_by = actor
    solution.withdrawal = why
    solution.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal"])
    record_event(Event.WITHDRAWN, actor=actor, thread=solution.thread, answer=solution.answer)


@transaction.atomic
def say_not_solved(*, actor: User, answer_id: int) -> Answer:
    """ "Not yet": the asker's word that this answer did not solve it. Once for each answer; then the asker waits again.

    Nothing is taken from the answer, and the asker may still accept it.
    """
    thread, answer = _lock_thread_of(actor=actor, answer_id=answer_id)
    answer.thread = thread
    if not permissions.can_say_not_solved(actor, answer):
        raise NotAllowed(_("Only the asker can say that, while the question is open and not solved."))
    if was_not_solved(answer):
        return answer
    thread.asker_spoke_last = True
    thread.save(update_fields=["asker_spoke_last"])
    record_event(Event.NOT_SOLVED, actor=actor, thread=thread, answer=answer)
    return answer


def was_not_solved(answer: Answer) -> bool:
    """Whether "not yet" was said of this answer."""
    return ThreadEvent.objects.filter(answer=answer, kind=Event.NOT_SOLVED).exists()


@transaction.atomic
def withdraw(*, actor: User, thread_id: int, reason: str = "") -> Thread:
    """Take the solution back: the thread is open again. Without a solution nothing happens."""
    thread = lock_thread(actor=actor, thread_id=thread_id)
    solution = current_solution(thread)
    if solution is None:
        return thread
    if not permissions.can_withdraw(actor, thread, solution):
        raise NotAllowed(_("Only the asker, whoever accepted it and moderators can withdraw a solution."))
    _end(solution, actor=actor, why=Withdrawal.TAKEN_BACK)
    _solved(thread, None)
    if actor.pk != thread.asker_id:
        record_audit("withdrawn", actor=actor, target=solution, note=reason)
    return thread


def withdraw_hidden(*, actor: User | None, thread: Thread, answer: Answer | None = None) -> None:
    """The solution goes out of force with what was hidden: its answer, or the whole thread. Lock held."""
    solution = current_solution(thread)
    if solution is not None and (answer is None or solution.answer_id == answer.pk):
        _end(solution, actor=actor, why=Withdrawal.HIDDEN)
        _solved(thread, None)


def withdraw_merged(*, actor: User, thread: Thread) -> None:
    """The solution goes out of force with its question, which is a duplicate from now on. Lock held."""
    solution = current_solution(thread)
    if solution is not None:
        _end(solution, actor=actor, why=Withdrawal.MERGED)
        _solved(thread, None)


def accept_again(*, actor: User | None, thread: Thread, answer: Answer | None = None) -> None:
    """The solution that was hidden or merged away is accepted again with the same snapshot, unless another one stands.

    Lock held.
    """
    last = Solution.objects.filter(thread=thread).order_by("-pk").select_related("answer").first()
    if last is None or last.withdrawn_at is None or last.withdrawal not in (Withdrawal.HIDDEN, Withdrawal.MERGED):
        return
    if (
        thread.hidden_at
        or thread.merged_into_id
        or last.answer.hidden_at
        or (answer is not None and last.answer_id != answer.pk)
    ):
        return
    accept_as_before(actor=actor, thread=thread, answer=last.answer, before=last)


def accept_as_before(*, actor: User | None, thread: Thread, answer: Answer, before: Solution) -> None:
    """The answer is the solution with the snapshot of an earlier acceptance. Lock held, none in force."""
    again = Solution.objects.create(
        thread=thread,
        answer=answer,
        accepted_by=before.accepted_by,
        accepted_by_role=before.accepted_by_role,
        accepted_by_asker=before.accepted_by_asker,
        answer_author_role=before.answer_author_role,
        resolution_class=before.resolution_class,
        accepted_at=before.accepted_at,
    )
    _solved(thread, again)
    record_event(Event.ACCEPTED, actor=actor, thread=thread, answer=answer)


@transaction.atomic
def mark_solution(*, actor: User, answer_id: int) -> tuple[Thread, Solution | None]:
    """A trusted member's mark where the asker fell silent; the third for one answer makes it the solution.

    A person has one mark per thread; marking another answer moves it. Returns the thread, and the solution once
    there is one.
    """
    thread, answer = _lock_thread_of(actor=actor, answer_id=answer_id)
    if not permissions.can_mark_solution(actor, thread) or answer.author_id == actor.pk:
        raise NotAllowed(
            _("Three trusted members may mark the solution once the asker has been silent for a week, not their own.")
        )
    # Marks made before somebody took a solution back have been heard, and answered.
    marks = SolutionMark.objects.filter(thread=thread, answer=answer)
    withdrawn_at = Solution.objects.filter(thread=thread).aggregate(at=Max("withdrawn_at"))["at"]
    if withdrawn_at is not None:
        marks = marks.filter(marked_at__gt=withdrawn_at)
    if marks.filter(person=actor).exists():
        return thread, None  # the second press of a double click
    spend(what="mark", actor=actor)
    SolutionMark.objects.update_or_create(
        thread=thread, person=actor, defaults={"answer": answer, "marked_at": clock.now()}
    )
    record_event(Event.MARKED, actor=actor, thread=thread, answer=answer)
    if marks.count() < MARKS_NEEDED:
        return thread, None
    return thread, _begin(actor=actor, thread=thread, answer=answer, by_marks=True)


@transaction.atomic
def report_outdated(*, actor: User, thread_id: int, product_version: str = "") -> Thread:
    """ "No longer works": by distinct people; enough of them and the solution is shown as outdated."""
    thread = lock_thread(actor=actor, thread_id=thread_id)
    solution = current_solution(thread)
    if solution is None or not permissions.can_report_outdated(actor, thread):
        raise NotAllowed(_("There is no solution to report."))
    _row, fresh = OutdatedReport.objects.get_or_create(
        solution=solution,
        person=actor,
        defaults={"product_version": compose_line(product_version), "reported_at": clock.now()},
    )
    if fresh:
        record_event(Event.OUTDATED, actor=actor, thread=thread, answer=solution.answer)
        if thread.outdated_at is None and solution.outdated_reports.count() >= OUTDATED_NEEDED:
            thread.outdated_at = clock.now()
            thread.save(update_fields=["outdated_at"])
    return thread
