"""The admin's start page."""

from django import template

from community.accounts.start import Step, steps_for
from community.models import User

register = template.Library()


@register.simple_tag
def start_steps(user: User) -> list[Step]:
    """What is left to do before the site lives."""
    return steps_for(user)
