"""The admin's start page."""

from django import template

from community.models import User
from community.start import Step, steps_for

register = template.Library()


@register.simple_tag
def start_steps(user: User) -> list[Step]:
    """What is left to do before the site lives."""
    return steps_for(user)
