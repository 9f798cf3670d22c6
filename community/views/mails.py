"""What somebody does about mail that does not reach them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from community.actions.mails import resume_mail as resume
from community.views.gates import done, member_of, member_post


@member_post
def resume_mail(request: HttpRequest) -> HttpResponse:
    """ "It works again": the address is written to again, beginning with a test mail."""
    me = member_of(request)
    receipt = resume(actor=me, site_address=request.build_absolute_uri("/"))
    told = {"address": me.email}
    if receipt is None:
        return done(request, reverse("account_email"))
    if receipt.outcome == "sent":
        messages.success(request, _("A test mail is on its way to %(address)s. Please look whether it arrives.") % told)
    elif receipt.outcome == "refused":
        messages.error(request, _("The test mail was refused: %(address)s still takes none.") % told)
    else:
        waits = _("We write to %(address)s again. Only the test mail could not leave just now.")
        messages.info(request, waits % told)
    return done(request, reverse("account_email"))
