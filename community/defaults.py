"""What every site has from its first migration on: the role groups and the brand row. Idempotent."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils.module_loading import import_string

from community.models import Brand
from community.roles import Role


def make_all_defaults(**_kwargs: Any) -> None:
    """Called after migrate (the one signal there is): what settings.DEFAULTS names. Again, it changes nothing."""
    for path in settings.DEFAULTS:
        import_string(path)()


def make_defaults() -> None:
    """The role groups and the brand's row."""
    for role in Role:
        Group.objects.get_or_create(name=role.value)
    Brand.objects.get_or_create(pk=1)
