"""Write first: somebody typed a question, or words to staff, before signing in, and gets them back afterwards."""

from urllib.parse import urlencode

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.utils import filter_users_by_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.actions.people import create_person, rehearse_person
from community.forms.entrance import FinishAskingForm
from community.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def finish_asking(request: HttpRequest, form_name: str = "ask") -> HttpResponse:
    """Ask for an address, mail a code to it, and come back to the form (by its address's name) when it was typed.

    A new address becomes a new account, and the same code confirms it: known or not, the pages are the same.
    """
    if request.user.is_authenticated:
        return redirect(form_name)
    form = FinishAskingForm(request.POST if request.method == "POST" else None)
    if not (request.method == "POST" and form.is_valid()):
        context = {"form": form, "back_url": reverse(form_name), "is_question": form_name == "ask"}
        return render(request, "community/finish_asking.html", context, status=400 if form.errors else 200)
    address = form.cleaned_data["email"]
    LoginCodeVerificationProcess.initiate(request=request, user=_person_at(form, address), email=address)
    return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': reverse(form_name)})}")


def _person_at(form: FinishAskingForm, address: str) -> User | None:
    """Whose address it is: somebody's, or from now on that of a new person. None for an account that was closed."""
    name = form.cleaned_data["name"]
    if form._user is not None or filter_users_by_email(address):
        rehearse_person(address=address, display_name=name)
        return form._user
    return create_person(address=address, display_name=name)
