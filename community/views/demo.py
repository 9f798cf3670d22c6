"""One click to be somebody else: the demo's, on the loopback only."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from community.accounts.loopback import from_this_machine
from community.actions.demo_people import PEOPLE
from community.models import User
from community.views.gates import from_our_own_page


@csrf_exempt
@require_POST
def look_as(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as the demo's person of this name, at once and without a password."""
    if not (settings.DEMO and from_this_machine(request) and from_our_own_page(request)) or role not in PEOPLE:
        raise Http404
    person = User.objects.filter(username_key=role, is_demo=True, is_active=True).first()
    if person is None:
        raise Http404
    # What this visitor has typed goes along; what belonged to whom they were before does not.
    if request.user.is_authenticated:
        logout(request)
    adapter = get_adapter(request)
    adapter.login(request, person)
    record_authentication(request, person, method="demo", reauthenticated=True)
    UserSession.objects.create_from_request(request)
    there = request.POST.get("next", "")
    return HttpResponseRedirect(there if there and adapter.is_safe_url(there) else "/")
