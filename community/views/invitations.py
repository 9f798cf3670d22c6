"""The page behind an invitation's link."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.actions.invitations import accept, accept_as_new, find_invitation
from community.actions.people import owner_of
from community.errors import Refused
from community.forms.people import AcceptForm
from community.models import User
from community.roles import STAFF, Role


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept with the account one is signed in with, or with a new one for the invited address."""
    invitation = find_invitation(token)
    there = "mfa_index" if invitation.role in STAFF else "home"
    data = request.POST if request.method == "POST" else None
    if isinstance(request.user, User) and request.user.is_authenticated:
        if data is not None:
            accept(actor=request.user, token=token)
            messages.success(request, _("Welcome. The invitation is accepted."))
            return redirect(there)
        form = None
    else:
        form = AcceptForm(data)
        if data is not None and (person := _accepted(form, token)) is not None:
            return perform_login(request, person, email=person.email, redirect_url=redirect(there).url)
    context = {
        "invitation": invitation,
        "role": Role(invitation.role).label if invitation.role in STAFF else "",
        "has_account": form is not None and owner_of(invitation.address) is not None,
        "form": form,
    }
    return render(request, "community/accept_invitation.html", context, status=400 if form and form.errors else 200)


def _accepted(form: AcceptForm, token: str) -> User | None:
    """The new member; None where the form says what is wrong with the name."""
    if not form.is_valid():
        return None
    try:
        return accept_as_new(token=token, display_name=form.cleaned_data["display_name"])
    except Refused as refused:
        if refused.status != Refused.status:
            raise  # it is not the name
        form.add_error(field="display_name", error=str(refused.message))
        return None
