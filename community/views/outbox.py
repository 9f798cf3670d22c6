"""The outbox pages of demo and development. Their addresses exist in no other mode (config/urls.py)."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from community.accounts.loopback import from_this_machine
from community.forms.outbox import ReplyForm
from community.incoming.trying_out import NotTaken, reply_address_of, send_reply, write_reply
from community.mails.outbox import NAME, PAGE, Mail, list_mails, read_mail
from community.models import IncomingMail
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
    """One mail as its reader sees it; with `became`, also what became of a reply to it."""
    return _page(request, _mail(request, name), ReplyForm(), became=_became(request.GET.get("became", "")))


@require_POST
@never_cache
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def outbox_reply(request: HttpRequest, name: str) -> HttpResponse:
    """Answer a mail as a mail program would, by SMTP on this machine, and show what became of it."""
    mail = _mail(request, name)
    if not reply_address_of(mail):
        raise Http404
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, mail, form, status=400)
    try:
        row = send_reply(write_reply(mail, form.cleaned_data["words"]))
    except NotTaken as error:
        form.add_error(None, _("The mail server did not take it: %(answer)s") % {"answer": error})
        return _page(request, mail, form, status=503)
    return redirect(f"{reverse('outbox_mail', args=[name])}?became={row.pk}#became")


def _mail(request: HttpRequest, name: str) -> Mail:
    mail = read_mail(name) if from_this_machine(request) else None
    if mail is None:
        raise Http404
    return mail


def _page(
    request: HttpRequest, mail: Mail, form: ReplyForm, *, became: IncomingMail | None = None, status: int = 200
) -> HttpResponse:
    context = {"mail": mail, "form": form, "reply_to": reply_address_of(mail), "became": became}
    return render(request, "site/outbox_mail.html", context, status=status)


def _became(given: str) -> IncomingMail | None:
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        return None
    return IncomingMail.objects.filter(pk=int(given), door=IncomingMail.Door.SMTP).first()


@require_safe
@never_cache
def outbox_mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML of one mail, for the frame in its page."""
    mail = _mail(request, name)
    if not mail.html:
        raise Http404
    return framed(mail.html)
