"""Write first: somebody typed a question before signing in, and gets it back once they have shown an address."""

from urllib.parse import urlencode

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.utils import filter_users_by_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.actions.people import create_person
from community.forms.entrance import FinishAskingForm
from community.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def finish_asking(request: HttpRequest) -> HttpResponse:
    """Ask for an address, mail a code to it, and come back to the question when it was typed.

    A new address becomes a new account, and the same code confirms it: known or not, the pages are the same.
    """
    if request.user.is_authenticated:
        return redirect("ask")
    form = FinishAskingForm(request.POST if request.method == "POST" else None)
    if not (request.method == "POST" and form.is_valid()):
        return render(request, "community/finish_asking.html", {"form": form}, status=400 if form.errors else 200)
    address = form.cleaned_data["email"]
    LoginCodeVerificationProcess.initiate(request=request, user=_person_at(form, address), email=address)
    return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': reverse('ask')})}")


def _person_at(form: FinishAskingForm, address: str) -> User | None:
    """Whose address it is: somebody's, or from now on that of a new person. None for an account that was closed."""
    if form._user is not None or filter_users_by_email(address):
        return form._user
    return create_person(address=address, display_name=form.cleaned_data["name"])
