"""Boards as mail lists: following and leaving them, how to live in mail alone, and new addresses to reply to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.actions import mail_lists
from community.converters import parse_id
from community.errors import Refused
from community.incoming.addresses import takes_mail
from community.incoming.commands import ACCEPT, LEAVE, WORDS
from community.models import User, Watch
from community.reading.found.heads import Head
from community.reading.mail_lists import lists_of
from community.views.gates import done, member_of, member_post, reader_of


@require_safe
def mail_help(request: HttpRequest) -> HttpResponse:
    """How to ask, answer, accept and leave by mail, and which lists there are for this reader."""
    reader = reader_of(request)
    told = _("How to ask, answer, accept and leave by mail alone.")
    context = {
        "head": Head(path=request.path, title=_("By e-mail"), description=told, indexed=takes_mail()),
        "takes_mail": takes_mail(),
        "lists": lists_of(reader),
        "accepting": [word for words in WORDS[ACCEPT].values() for word in words],
        "leaving": [word for words in WORDS[LEAVE].values() for word in words],
        "followed": set(_followed(reader)) if isinstance(reader, User) else set(),
    }
    return render(request, "community/mail_help.html", context)


def _followed(reader: User) -> list[int]:
    return [pk for pk in Watch.objects.filter(person=reader, is_list=True).values_list("board_id", flat=True) if pk]


@member_post
def change_list(request: HttpRequest) -> HttpResponse:
    """`do` is follow or leave, `board` the one it is about; back to `next`."""
    person, do = member_of(request), request.POST.get("do", "")
    board_id = parse_id(request.POST.get("board", ""))
    if do == "follow":
        mail_lists.follow_list(actor=person, board_id=board_id)
        told = _("Done: every question and answer here comes to you by mail. Reply to one, and it is an answer.")
        if not person.email:
            told = _("Done. You have no e-mail address here yet: give one in your settings, and the mails come.")
    elif do == "leave":
        mail_lists.leave_list(actor=person, board_id=board_id)
        told = _("Done: no mails of this board come to you any more.")
    else:
        raise Refused(_("The form did not arrive whole."))
    return done(request, reverse("mail_help"), told)


@member_post
def renew_reply_addresses(request: HttpRequest) -> HttpResponse:
    """From now on mails have other addresses to reply to; those of `generation` are no longer taken."""
    over = request.POST.get("generation", "")
    if not over:
        raise Refused(_("The form did not arrive whole."))
    mail_lists.renew_reply_addresses(actor=member_of(request), over=parse_id(over))
    told = _(
        "Done: mails from now on have new addresses. Replies to older mails wait until somebody has looked at them."
    )
    return done(request, reverse("notice_settings"), told)
