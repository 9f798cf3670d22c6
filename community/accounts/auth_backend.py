"""Who is signed in: one query brings the person with roles, groups and second factor."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

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


class StandingBackend(ModelBackend):
    """Django's own backend, with the person's standing read in the same query."""

    def get_user(self, user_id: Any) -> User | None:
        row = next(iter(_person.rows(NOBODY, user_id)), None)
        if row is None:
            return None
        user: User = _USER.make(row[: len(_USER.names)])
        user.standing_groups, user.standing_second_factor = row[-2:]  # type: ignore[attr-defined]
        return user if self.user_can_authenticate(user) else None
