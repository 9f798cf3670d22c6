"""Where the links in mails about a mail lead: "Did you write this?", and the way on for somebody without an account.

A GET changes nothing, because programs follow links. Whoever has the link has the mailbox it was sent to, so nobody
needs to sign in; the address leads nowhere else, and no other site is told of it.
"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.accounts.client_address import client_address
from community.accounts.preferences import speaking_to
from community.actions import incoming_deciding
from community.actions.incoming_judging import End, Reason
from community.actions.limits import spend
from community.actions.people import owner_of
from community.errors import Refused
from community.incoming.proof import BadLink, Link, read_link
from community.models import IncomingMail, User
from community.views.gates import SeeOther


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim_mail(request: HttpRequest, token: str) -> HttpResponse:
    """What came in and waits; POST says whose it is."""
    spend(what="mail_link", address=client_address(request))
    try:
        link = read_link(token)
    except BadLink:
        response = render(request, "community/incoming/told.html", {"told": "broken"}, status=404)
    else:
        with speaking_to(link.person):
            response = _page(request, link, token)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _page(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    if link.person is None:
        return _way_on(request, link.mail)
    if link.mail.end != End.HELD or link.mail.person_id != link.person.pk:
        return _decided(request, link.mail, link.person)
    refused = ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "mine":
                incoming_deciding.is_mine(person=link.person, mail_id=link.mail.pk)
            else:
                incoming_deciding.is_not_mine(person=link.person, mail_id=link.mail.pk)
            return SeeOther(request.path)
        except Refused as error:
            refused = str(error.message)
            link.mail.refresh_from_db()
            if link.mail.end != End.HELD:
                return _decided(request, link.mail, link.person)
    waiting = incoming_deciding.look_at(person=link.person, mail=link.mail)
    context = {"waiting": waiting, "mail": link.mail, "person": link.person, "token": token, "refused": refused}
    context["is_private"] = link.mail.reason == Reason.PRIVATE
    context["ends_addresses"] = incoming_deciding.was_by_token(link.mail)
    return render(request, "community/incoming/proof.html", context, status=409 if refused else 200)


def _decided(request: HttpRequest, mail: IncomingMail, person: User) -> HttpResponse:
    """What became of it: only its own author is led there."""
    is_posted = mail.end == End.ACCEPTED and mail.person_id == person.pk
    context = {"told": "posted" if is_posted else "decided", "url": mail.place if is_posted else ""}
    return render(request, "community/incoming/told.html", context)


def _way_on(request: HttpRequest, mail: IncomingMail) -> HttpResponse:
    """Somebody without an account: to the form that makes one, with the address they wrote from."""
    if mail.end != End.HELD:
        return render(request, "community/incoming/told.html", {"told": "decided", "url": ""})
    if owner_of(mail.sender) is not None:
        url, label = reverse("account_login"), _("Sign in")
    else:
        url, label = f"{reverse('account_signup')}?{urlencode({'email': mail.sender})}", _("Create an account")
    return render(request, "community/incoming/way_on.html", {"mail": mail, "url": url, "label": label})
