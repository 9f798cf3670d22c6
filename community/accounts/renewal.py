"""When password, address or second factor change: every other session ends, and so do codes that were mailed before.

The database counts such changes (`User.renewals`, migration `people`), and sessions and the addresses in answer mails
are bound to the count: they end whoever makes the change, wherever. Here is what remains: the browser in which the
change was made stays signed in, the rows of the others go, and codes know the count they were made under.

The keys behind "stop" in mails (notices/stops.py) are bound to nothing of this, on purpose: all they can do is to
switch mail off, and a mail must be stoppable for as long as it lies in somebody's mailbox.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.utils import filter_users_by_email
from allauth.core import context
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from community.models import User

#: Where a session keeps whom its codes are for, and the count when they were made.
CODES_KEY = "codes_made"


class RenewalMiddleware:
    """Keeps whoever changed their own password, address or factor signed in, in this browser and in no other.

    The database says which person this very request has changed: a request of another session that runs at the same
    moment finds nothing, and ends.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.path_info.startswith(
            reverse("account_login").rpartition("login")[0]
        ):
            return self.get_response(request)
        before = request.user.pk  # read before the change: afterwards the session would be nobody's
        if before is None:
            return self.get_response(request)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('community.renewed', '', false)")
        response = self.get_response(request)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('community.renewed', true)")
            changed = cursor.fetchone()[0]
        if changed == str(before) and request.user.pk == before:
            _stay(request, before)
        return response


def _is_about_accounts(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("account_login").removesuffix("login/"))


def _stay(request: HttpRequest, person_id: int) -> None:
    """Bind this session to the person as they are now, under a new key; the rows of their other sessions go."""
    person = User.objects.with_standing().get(pk=person_id)
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    end_sessions(person_id)
    UserSession.objects.create_from_request(request)


def end_sessions(person_id: int) -> None:
    """Every session that is known as this person's ends."""
    known = UserSession.objects.filter(user_id=person_id)
    Session.objects.filter(session_key__in=known.values("session_key")).delete()
    known.delete()


# Mailed codes ---------------------------------------------------------------------------------------------------------
def remember_code(session: Any, address: str) -> None:
    """A code for whoever has this address is about to leave: it is theirs as they are now."""
    owner = next(iter(filter_users_by_email(address)), None)
    session[CODES_KEY] = owner and [owner.pk, owner.renewals]


def code_is_over(request: HttpRequest | None = None) -> bool:
    """Whether the code this browser waits for was made before its person changed password, address or factor."""
    session = (request or context.request).session
    made = session.get(CODES_KEY)
    return made is not None and not User.objects.filter(pk=made[0], renewals=made[1]).exists()
