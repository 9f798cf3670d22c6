"""What every site has from its first migration on: the role groups and the brand row. Idempotent."""

from typing import Any

from django.contrib.auth.models import Group

from community.models import Brand
from community.roles import Role


def make_defaults(**_kwargs: Any) -> None:
    """Called after migrate (the one signal there is); running it again changes nothing."""
    for role in Role:
        Group.objects.get_or_create(name=role.value)
    Brand.objects.get_or_create(pk=1)
