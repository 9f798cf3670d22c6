"""Asking: write first, sign in after."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.actions import drafts, threads
from community.forms.ask import AskForm, initial_from_address, initial_from_draft
from community.forms.fields import attempt
from community.models import Draft, Hiding, Thread
from community.reading.known_issues import current_issues
from community.views.gates import SeeOther, pace, reader_of, with_wait
from community.views.held import held
from community.views.suggesting import Step, open_counted, step_between
from community.views.writing import member_or_none, said_of, sheet_of, take_files, writer_of

#: What suggestions call this form.
SURFACE = "ask"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form; what a member sends is posted, what a visitor sends is kept until they have signed in."""
    if request.method == "POST":
        return _posted(request)
    draft = drafts.find_draft(**writer_of(request), place=drafts.ASK)
    wanted = initial_from_address(request.GET, request.user)
    initial = initial_from_draft(draft) if draft and "part" not in request.GET else wanted
    form = AskForm(initial=initial, user=request.user)
    if not draft:
        form.fields["title"].widget.attrs["autofocus"] = True
    if request.GET.get("part") == "board":
        return render(request, "community/ask_board_part.html", {"form": form})
    # Whoever comes with a new question finds the old draft, and may set it aside: neither is lost.
    is_other = draft is not None and bool(wanted) and wanted.get("title", draft.title) != draft.title
    return _page(request, form, draft=draft, other_waits=is_other or (draft is not None and "linked_from" in wanted))


def _posted(request: HttpRequest) -> HttpResponse:
    data, wrong_files = take_files(request)
    form = AskForm(data, user=request.user)
    for message in wrong_files:
        form.add_error("uploads", message)
    if form.is_valid() and (between := step_between(request, _step(request, form, data))) is not None:
        return between
    if member_or_none(request) is None:
        return _kept_for_later(request, form)
    thread, status = attempt(form, lambda: _post(request, form))
    if thread is None:
        return _page(request, form, status=status)
    if thread.hidden_for == Hiding.HELD:
        return held(request)
    messages.success(request, _("Your question is posted. You will be told when somebody answers."))
    return SeeOther(thread.get_absolute_url())


def _step(request: HttpRequest, form: AskForm, data: QueryDict) -> Step:
    """What the step in between needs to know of this form."""
    fields = form.cleaned_data
    return Step(
        surface=SURFACE,
        title=fields["title"],
        body=fields["body"],
        board_id=fields["board"].pk,
        words=data,
        action=reverse("ask"),
        keep=lambda: _keep(request, form),
        keep_url=reverse("save_draft"),
    )


def _post(request: HttpRequest, form: AskForm) -> Thread:
    fields = form.cleaned_data
    actor = member_or_none(request)
    assert actor is not None
    by = open_counted(request, SURFACE, board_id=fields["board"].pk)
    return threads.ask(
        actor=actor,
        board_id=fields["board"].pk,
        **{name: fields[name] for name in ("kind", "title", "body", "tags", "product_version", "linked_from")},
        attachment_ids=fields["attachments"],
        post_key=form.one_time_key(),
        sheet=sheet_of(request),
        person_key=by.person_key,
        form_token=by.token,
        private=said_of(request),
        entry=form.entry(),
    )


def _keep(request: HttpRequest, form: AskForm) -> Draft | None:
    """Keep the form as a draft, beside what another window keeps there."""
    pace(request, "draft")
    return drafts.save_draft(
        **writer_of(request, make_key=True),
        place=drafts.ASK,
        title=form.cleaned_data["title"],
        body=form.cleaned_data["body"],
        choices=form.choices_for_draft(),
        sheet=sheet_of(request),
        beside=True,
    )


def _kept_for_later(request: HttpRequest, form: AskForm) -> HttpResponse:
    """A visitor's question: kept as a draft; the next page asks for their address."""
    draft, status = attempt(form, lambda: _keep(request, form))
    return redirect("finish_asking") if draft else _page(request, form, status=status)


def _page(
    request: HttpRequest,
    form: AskForm,
    *,
    draft: Draft | None = None,
    other_waits: bool = False,
    status: int = 200,
) -> HttpResponse:
    aside = drafts.find_draft(**writer_of(request), place=drafts.ASK + drafts.EARLIER)
    context: dict[str, Any] = {"form": form, "draft": draft, "other_waits": other_waits, "aside": aside}
    context["issues"] = current_issues(reader_of(request), form.chosen, knows_joined=True)
    return with_wait(render(request, "community/ask.html", context, status=status), form)
