"""Who is signed in: one query brings the person with roles, groups and second factor."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from community.models import User

#: The path sessions name, whichever way somebody signed in.
STANDING = "community.auth_backend.StandingBackend"


class StandingBackend(ModelBackend):
    """Django's own backend, with the person's standing read in the same query."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.load_with_standing(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
