"""What becomes of a question: accepted, marked, withdrawn, outdated, asked back, closed, reopened."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from community.actions import solutions, threads
from community.forms.fields import demand
from community.forms.moderation import OutdatedForm, ReasonForm
from community.views.gates import done, member_of, member_post


@member_post
def accept(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Accept an answer as the solution."""
    solution = solutions.accept(actor=member_of(request), answer_id=answer_id)
    return done(
        request, solution.thread.get_absolute_url(), _("Marked as the solution. Thank you for telling everybody.")
    )


@member_post
def mark(request: HttpRequest, answer_id: int) -> HttpResponse:
    """A trusted member's mark where the asker fell silent."""
    thread, solution = solutions.mark_solution(actor=member_of(request), answer_id=answer_id)
    message = _("This is the solution now.") if solution else _("Your mark is counted. Three make it the solution.")
    return done(request, thread.get_absolute_url(), message)


@member_post
def withdraw(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Take the solution back."""
    thread = solutions.withdraw(actor=member_of(request), thread_id=thread_id, reason=reason_of(request))
    return done(request, thread.get_absolute_url(), _("The solution is withdrawn. The question is open again."))


@member_post
def report_outdated(request: HttpRequest, thread_id: int) -> HttpResponse:
    """ "No longer works", with the version the person uses."""
    fields = demand(OutdatedForm(request.POST))
    thread = solutions.report_outdated(actor=member_of(request), thread_id=thread_id, **fields)
    return done(request, thread.get_absolute_url(), _("Thank you. When more people say so, helpers look at it again."))


@member_post
def request_info(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Ask the asker for more."""
    thread = threads.request_info(actor=member_of(request), thread_id=thread_id)
    return done(request, thread.get_absolute_url(), _("The asker is told that more information is needed."))


def reason_of(request: HttpRequest) -> str:
    """The reason given with a verb; Refused when it cannot be stored."""
    return str(demand(ReasonForm(request.POST))["reason"])


@member_post
def close(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Take a question out of the helpers' lists."""
    thread = threads.close(actor=member_of(request), thread_id=thread_id, reason=reason_of(request))
    return done(request, thread.get_absolute_url(), _("The question is closed."))


@member_post
def reopen(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Put a closed question back."""
    thread = threads.reopen(actor=member_of(request), thread_id=thread_id, reason=reason_of(request))
    return done(request, thread.get_absolute_url(), _("The question is open again."))
