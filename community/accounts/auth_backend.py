"""Who is signed in: one query brings the person with roles, groups and second factor."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from community.models import User
from community.reading.prepared import NOBODY, Prepared, Shape, number

_USER = Shape(User, {field.attname for field in User._meta.concrete_fields})
_person = Prepared(
    lambda _reader: (
        User.objects.with_standing()
        .filter(pk=number(0))
        .values_list(*_USER.columns, "standing_groups", "standing_second_factor")
    ),
    places=1,
)

#: The path sessions name, whichever way somebody signed in.
STANDING = "community.accounts.auth_backend.StandingBackend"


class StandingBackend(AuthenticationBackend):
    """allauth's backend, with the person's standing read in the same query, and one password worked on at each try.

    It is the only one: a second backend would work on the password again, as often as the first found somebody, and
    the time it takes would tell who has an account.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        """The person with this name or address and password. An address is no name here: names hold no @."""
        if credentials.get("email"):
            credentials.pop("username", None)
        return super().authenticate(request, **credentials)

    def get_user(self, user_id: Any) -> User | None:
        row = next(iter(_person.rows(NOBODY, user_id)), None)
        if row is None:
            return None
        user: User = _USER.make(row[: len(_USER.names)])
        user.standing_groups, user.standing_second_factor = row[-2:]  # type: ignore[attr-defined]
        return user if self.user_can_authenticate(user) else None
