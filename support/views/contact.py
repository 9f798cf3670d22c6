"""Talking to staff: the form, the other ways there are, and what may help at once while somebody writes."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community import permissions
from community.actions import drafts
from community.context_processors import find_brand
from community.forms.ask import initial_from_draft
from community.forms.fields import attempt
from community.models import Draft, Thread, User
from community.reading.known_issues import current_issues
from community.reading.ways import ways_to_staff
from community.views.gates import SeeOther, pace, reader_of, with_wait
from community.views.suggesting import Step, open_counted, step_between
from community.views.writing import member_or_none, sheet_of, take_files, writer_of
from support.actions import contacting, files
from support.forms.contact import ContactForm, initial_from_address, initial_from_question, question_of
from support.models import Ticket
from support.reading.calling import call_of
from support.surfaces import CONTACT


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """The form and the other ways. `?board=` names whose, `?own=1` says that somebody came from the form for asking
    with a matter of their own, `?thread=` from a question with the same problem. What was written comes along.

    What a member sends becomes a ticket, what a visitor sends is kept until they have signed in.
    """
    if request.method == "POST":
        return _posted(request)
    question = question_of(request.GET.get("thread"), reader_of(request))
    if question is not None and _can_call(reader_of(request), question):
        # One's own question goes to staff as it is: nothing is asked twice.
        return redirect("ask_staff", question.pk)
    kept = _kept(request)
    draft, begun = kept.get(drafts.CONTACT), kept.get(drafts.ASK)
    if draft is not None and "part" not in request.GET:
        initial = initial_from_draft(draft)
    else:
        initial = initial_from_address(request.GET, question)
        if begun is not None and question is None and "own" in request.GET:
            initial |= initial_from_question(begun)
    form = ContactForm(initial=initial, user=request.user)
    if request.GET.get("part") == "board":
        return render(request, "support/contact_board_part.html", {"form": form})
    is_other = draft is not None and question is not None and str(initial.get("thread", "")) != str(question.pk)
    return _page(request, form, kept, other_waits=is_other)


def _can_call(user: permissions.Anyone, question: Thread) -> bool:
    call = call_of(user, question) if isinstance(user, User) else None
    return call is not None and call.is_open


def _kept(request: HttpRequest) -> dict[str, Draft]:
    """What this person has written and not sent: here, set aside, and for the community."""
    places = [drafts.CONTACT, drafts.CONTACT + drafts.EARLIER, drafts.ASK]
    return drafts.find_drafts(**writer_of(request), places=places)


def _posted(request: HttpRequest) -> HttpResponse:
    data, wrong_files = take_files(request, files.add)
    form = ContactForm(data, user=request.user)
    for message in wrong_files:
        form.add_error("uploads", message)
    if form.is_valid() and (between := step_between(request, _step(request, form, data))) is not None:
        return between
    if member_or_none(request) is None:
        draft, status = attempt(form, lambda: _keep(request, form))
        return redirect("finish_contact") if draft else _page(request, form, status=status)
    made, status = attempt(form, lambda: _send(request, form))
    if made is None:
        return _page(request, form, status=status)
    ticket, is_new = made
    if is_new:
        messages.success(request, _("We have it. You will be told when we answer."))
    else:
        messages.success(request, _("You had written to us about this already. Your words stand there now, too."))
    return SeeOther(ticket.get_absolute_url())


def _step(request: HttpRequest, form: ContactForm, data: QueryDict) -> Step:
    """What the step in between needs to know of this form."""
    fields = form.cleaned_data
    return Step(
        surface=CONTACT,
        title=fields["title"],
        body=fields["body"],
        board_id=fields["board"].pk if fields["board"] else None,
        words=data,
        action=reverse("contact"),
        keep=lambda: _keep(request, form),
        keep_url=reverse("save_draft"),
        go_on=_("None of these, write to our staff"),
    )


def _send(request: HttpRequest, form: ContactForm) -> tuple[Ticket, bool]:
    fields, actor = form.cleaned_data, member_or_none(request)
    assert actor is not None
    by = open_counted(request, CONTACT, board_id=fields["board"].pk if fields["board"] else None)
    return contacting.write_to_staff(
        actor=actor,
        subject=fields["title"],
        body=fields["body"],
        board=fields["board"],
        thread=fields["thread"],
        product_version=fields["product_version"],
        language=get_language() or "",
        values=form.values(),
        files=fields["attachments"],
        key=form.one_time_key(),
        sheet=sheet_of(request),
        person_key=by.person_key,
        form_token=by.token,
    )


def _keep(request: HttpRequest, form: ContactForm) -> Draft | None:
    """Keep the form as a draft, beside what another window keeps there."""
    pace(request, "draft")
    return drafts.save_draft(
        **writer_of(request, make_key=True),
        place=drafts.CONTACT,
        title=form.cleaned_data["title"],
        body=form.cleaned_data["body"],
        choices=form.choices_for_draft(),
        sheet=sheet_of(request),
        beside=True,
    )


def _page(
    request: HttpRequest,
    form: ContactForm,
    kept: Mapping[str, Draft] | None = None,
    *,
    other_waits: bool = False,
    status: int = 200,
) -> HttpResponse:
    user = reader_of(request)
    question = question_of(form["thread"].value(), user)
    board = question.board if question else form.chosen
    kept = _kept(request) if kept is None else kept
    draft = None if form.is_bound else kept.get(drafts.CONTACT)
    begun = None if draft or question else kept.get(drafts.ASK)
    context: dict[str, Any] = {
        "form": form,
        "draft": draft,
        "other_waits": other_waits,
        "aside": kept.get(drafts.CONTACT + drafts.EARLIER),
        "begun": begun,
        "is_own": "own" in request.GET,
        "board": board,
        "question": question,
        "issues": [] if question else current_issues(user, form.chosen, knows_joined=True),
        "ways": ways_to_staff(find_brand(), board, _told(request, question) if question else begun),
    }
    return with_wait(render(request, "support/contact.html", context, status=status), form)


def _told(request: HttpRequest, question: Thread) -> Draft:
    """The question as the beginning of a mail: its address first, so that staff find what was tried."""
    address = request.build_absolute_uri(question.get_absolute_url())
    return Draft(title=question.title, body=f"{address}\n\n{question.body}")
