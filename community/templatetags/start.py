"""The admin's start page."""

from django import template

from community.accounts import health
from community.accounts.start import Step, steps_for
from community.models import User

register = template.Library()


@register.simple_tag
def start_steps(user: User) -> list[Step]:
    """What is left to do before the site lives."""
    return steps_for(user)


@register.filter
def undone(steps: list[Step]) -> int:
    """How many steps are left."""
    return sum(not step.done for step in steps)


@register.simple_tag
def start_signs() -> list[health.Sign]:
    """Whether the site is well."""
    return health.signs()


@register.simple_tag
def start_figures() -> list[tuple[int, str]]:
    """What happened lately, as (number, what it counts)."""
    return health.figures()
