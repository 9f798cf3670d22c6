"""What staff do about known issues: make one from what rises, link questions by preview, tell the news, take back."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from community.actions import known_issues as acts
from community.errors import EditConflict, Refused
from community.forms.fields import attempt, demand, read_ids
from community.forms.known_issues import EditIssueForm, IssueForm, LinkForm, TellForm, UnlinkForm
from community.models import KnownIssue, Thread
from community.reading.known_issues import issue_of, linked_threads, reached
from community.reading.rising import OVER, alike
from community.reading.rising import rising as read_rising
from community.views.gates import SeeOther, done, member_of, reader_of, staff_page, staff_post
from community.views.solutions import reason_of


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def rising(request: HttpRequest) -> HttpResponse:
    """The questions that rise; one press on one of them makes a known issue of it and of those ticked below it."""
    if request.method == "POST":
        return _made_of(request)
    return render(request, "community/known_issues/rising.html", {"rows": read_rising(request.user), "days": OVER.days})


def _made_of(request: HttpRequest) -> HttpResponse:
    """The issue is called as the question is; staff change its words where it stands."""
    number = next(iter(read_ids([request.POST.get("of", "")])), 0)
    found = Thread.objects.visible_to(reader_of(request)).listed().filter(pk=number).first()
    if found is None:
        raise Refused(_("There is no such question."))
    issue = acts.open_issue(
        actor=member_of(request),
        title=found.title,
        body=_("We know about this and are working on it. The news follow here."),
        board_id=found.board_id,
        thread_ids=[found.pk, *read_ids(request.POST.getlist("thread"))],
    )
    messages.success(request, _("It is a known issue now. Say in your own words what is known."))
    return SeeOther(reverse("edit_known_issue", args=[issue.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def new_known_issue(request: HttpRequest) -> HttpResponse:
    """A new one; `?thread=` begins it with a question, and those like it are offered beside it."""
    source = _source(request)
    if request.method != "POST":
        initial = {"title": source.title, "board": source.board} if source else {}
        return _new_page(request, IssueForm(initial=initial, user=request.user), source)
    form = IssueForm(request.POST, user=request.user)

    def make() -> KnownIssue:
        fields, board = form.cleaned_data, form.cleaned_data["board"]
        return acts.open_issue(
            actor=member_of(request),
            title=fields["title"],
            body=fields["body"],
            board_id=board.pk if board else None,
            thread_ids=list(map(int, fields["thread"])),
        )

    issue, status = attempt(form, make)
    if issue is None:
        return _new_page(request, form, source, status=status)
    messages.success(request, _("It stands where people look, and whoever asked about it is told."))
    return SeeOther(issue.get_absolute_url())


def _source(request: HttpRequest) -> Thread | None:
    number = next(iter(read_ids([request.GET.get("thread", "")])), 0)
    seen = Thread.objects.visible_to(reader_of(request)).listed().select_related("board")
    return seen.filter(pk=number).first() if number else None


def _new_page(request: HttpRequest, form: IssueForm, source: Thread | None, *, status: int = 200) -> HttpResponse:
    offered: list[Thread] = []
    if source:
        others = alike(request.user, title=source.title, body=source.body, board=source.board, without={source.pk})
        offered = [source, *others]
    ticked = set(form["thread"].value() or [str(source.pk)] if source else [])
    context = {"form": form, "source": source, "offered": offered, "ticked": ticked, "people": _reach(offered)}
    return render(request, "community/known_issues/new.html", context, status=status)


def _reach(threads: Iterable[Thread]) -> int:
    ids = [thread.pk for thread in threads]
    return reached(ids) if ids else 0


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def edit_known_issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """Other words for it; nobody is told."""
    issue = issue_of(reader_of(request), issue_id)
    if request.method != "POST":
        form = EditIssueForm(initial={"title": issue.title, "body": issue.body, "version": issue.version})
        return render(request, "community/known_issues/edit.html", {"form": form, "issue": issue})
    form = EditIssueForm(request.POST)
    try:
        made, status = attempt(
            form, lambda: acts.edit_issue(actor=member_of(request), issue_id=issue_id, **form.cleaned_data)
        )
    except EditConflict as conflict:
        form.add_error(None, _("Somebody else changed it meanwhile. Their words stand below: put yours into them."))
        context = {"form": form, "issue": issue, "theirs": conflict.current}
        return render(request, "community/known_issues/edit.html", context, status=conflict.status)
    if made is None:
        return render(request, "community/known_issues/edit.html", {"form": form, "issue": issue}, status=status)
    messages.success(request, _("Changed. Nobody is told of it."))
    return SeeOther(made.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def link_known_issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """Questions like it, to be looked over and ticked, and others by name: first a preview, then one press."""
    issue = issue_of(reader_of(request), issue_id)
    if request.method != "POST":
        return _link_page(request, issue, LinkForm())
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _link_page(request, issue, form, status=422)
    if "look" in request.POST:
        return _link_page(request, issue, form, chosen=form.thread_ids)
    many = acts.link_threads(actor=member_of(request), issue_id=issue_id, thread_ids=form.thread_ids)
    told = ngettext("%(count)d question is linked.", "%(count)d questions are linked.", many) % {"count": many}
    return done(request, issue.get_absolute_url(), told)


def _link_page(
    request: HttpRequest, issue: KnownIssue, form: LinkForm, *, chosen: Iterable[int] = (), status: int = 200
) -> HttpResponse:
    """Those named stand first and ticked; the others are what is like the issue and is not linked yet."""
    user = reader_of(request)
    linked = set(linked_threads(user, issue).values_list("pk", flat=True))
    wanted = acts.linkable(member_of(request), list(chosen)) - linked
    named = list(Thread.objects.visible_to(user).select_related("board").filter(pk__in=wanted).order_by("-pk"))
    others = alike(user, title=issue.title, body=issue.body, board=issue.board, without=linked | wanted)
    context = {
        "issue": issue,
        "form": form,
        "named": named,
        "others": others,
        "people": _reach([*named, *others]),
        "is_preview": bool(wanted),
    }
    return render(request, "community/known_issues/link.html", context, status=status)


@staff_post
def unlink_known_issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """A question is about something else."""
    fields = demand(UnlinkForm(request.POST))
    actor = member_of(request)
    issue = acts.unlink_thread(actor=actor, issue_id=issue_id, thread_id=fields["thread"], reason=fields["reason"])
    return done(request, issue.get_absolute_url(), _("The question is no longer part of it."))


@staff_post
def tell_known_issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """News for everybody who has it: how it goes on, that it is fixed, or that it is back."""
    issue_of(reader_of(request), issue_id)
    fields = demand(TellForm(request.POST))
    act = {"news": acts.update, "fixed": acts.fix, "back": acts.reopen}[fields["do"]]
    said = act(actor=member_of(request), issue_id=issue_id, body=fields["body"])
    return done(request, said.issue.get_absolute_url(), _("Said. Everybody who has it is told."))


@staff_post
def withdraw_known_issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """It was a mistake."""
    issue = acts.withdraw(actor=member_of(request), issue_id=issue_id, reason=reason_of(request))
    return done(request, issue.get_absolute_url(), _("Taken back. Only staff see it, and nobody is told."))
