"""The settings of notices: what also comes by mail, and when."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.actions import choices
from community.errors import Refused
from community.forms.fields import attempt
from community.forms.notices import ChoicesForm, PauseForm
from community.incoming.addresses import takes_mail
from community.models import Board, NoticeChoice, Rhythm, StoppedNotice, User
from community.notices import mornings
from community.notices.stops import ALL
from community.notices.topics import is_paused
from community.views.gates import done, member_of, member_post


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Each topic with when it comes; `part=pause` is the small form beside it. What was chosen wrong stays."""
    person = member_of(request)
    is_pause = request.POST.get("part") == "pause"
    data = request.POST if request.method == "POST" else None
    form = ChoicesForm(None if is_pause else data, person=person)
    pausing = PauseForm(data if is_pause else None)
    status = 200
    if data is not None:
        told, status = _pause(person, pausing) if is_pause else _save(person, form)
        if told:
            messages.success(request, told)
            return redirect("notice_settings")
    return render(request, "community/notice_settings.html", _context(person, form, pausing), status=status)


def _save(person: User, form: ChoicesForm) -> tuple[str, int]:
    """What to say when it is done ("" when not), and the status of the page that shows the form again."""

    def save() -> str:
        choices.choose_all(actor=person, rhythms=form.cleaned_data)
        return _("Your choices are saved.")

    told, status = attempt(form, save)
    return told or "", status


def _pause(person: User, form: PauseForm) -> tuple[str, int]:
    until, status = attempt(form, lambda: choices.pause(actor=person, until=form.cleaned_data["until"]))
    if until is None:
        return "", status
    told = _("Done: no notice comes by mail before %(day)s. They wait in your inbox.")
    return told % {"day": date_format(until, "DATE_FORMAT")}, status


def _context(person: User, form: ChoicesForm, pausing: PauseForm) -> dict[str, Any]:
    return {
        "form": form,
        "pausing": pausing,
        "paused_until": person.mail_paused_until if is_paused(person) else None,
        "digest_hour": mornings.HOUR,
        "zone": person.time_zone or settings.TIME_ZONE,
        "all_off": set(form.initial.values()) == {Rhythm.OFF},
        "can_undo": StoppedNotice.objects.filter(person=person, key=ALL.key).exists(),
        "takes_mail": takes_mail(),
        "lists": Board.objects.visible_to(person)
        .filter(watches__person=person, watches__is_list=True)
        .order_by("name"),
        "is_usual": not NoticeChoice.objects.filter(person=person).exists(),
    }


@member_post
def switch_notices(request: HttpRequest) -> HttpResponse:
    """All at once: `do` is off, back (as before the switching off), usual, or resume (ends a pause)."""
    person = member_of(request)
    do = request.POST.get("do", "")
    if do == "off":
        choices.stop_all(actor=person)
        told = _("Done: no notice comes by mail any more. All of them are in your inbox.")
    elif do == "back":
        choices.undo(person=person, stop=ALL)
        told = _("Done: mails come as before.")
    elif do == "usual":
        choices.choose_usual(actor=person)
        told = _("Done: everything comes as it usually does.")
    elif do == "resume":
        choices.end_pause(actor=person)
        told = _("Done: mails come again.")
    else:
        raise Refused(_("The form did not arrive whole."))
    return done(request, reverse("notice_settings"), told)
