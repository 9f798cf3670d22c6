"""The four roles, as plain words. Staff is everybody who is not only a customer."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A role as it is snapshotted on posts; each is also a Django group of that name."""

    CUSTOMER = "customer", _("Customer")
    MODERATOR = "moderator", _("Moderator")
    AGENT = "agent", _("Support agent")
    ADMIN = "admin", _("Administrator")


#: From the highest to the lowest; a post carries the highest one its author held.
PRECEDENCE = (Role.ADMIN, Role.AGENT, Role.MODERATOR, Role.CUSTOMER)
STAFF = frozenset({Role.ADMIN, Role.AGENT, Role.MODERATOR})


def highest(roles: frozenset[str]) -> Role:
    """The highest of `roles`; a person without any is a customer."""
    return next((role for role in PRECEDENCE if role in roles), Role.CUSTOMER)
