"""The outbox pages of demo and development. Their addresses exist in no other mode (config/urls.py)."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community.accounts.loopback import from_this_machine
from community.mails.outbox import NAME, PAGE, list_mails, read_mail
from community.views.mail_frame import framed


@require_safe
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    """Every mail, newest first, page by page."""
    after = request.GET.get("after", "")
    if not from_this_machine(request) or (after and not NAME.fullmatch(after)):
        raise Http404
    mails = list_mails(PAGE + 1, after=after)
    older = f"?after={mails[PAGE - 1].name}" if len(mails) > PAGE else ""
    context = {"mails": mails[:PAGE], "older_url": older, "newer_url": reverse("outbox") if after else ""}
    return render(request, "site/outbox.html", context)


@require_safe
@never_cache
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def outbox_mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as its reader sees it."""
    mail = read_mail(name) if from_this_machine(request) else None
    if mail is None:
        raise Http404
    return render(request, "site/outbox_mail.html", {"mail": mail})


@require_safe
@never_cache
def outbox_mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML of one mail, for the frame in its page."""
    mail = read_mail(name) if from_this_machine(request) else None
    if mail is None or not mail.html:
        raise Http404
    return framed(mail.html)
