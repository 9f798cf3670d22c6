"""Whether to ask somebody if they may be counted."""

from typing import Any

from django import template

from community.accounts.visitors import should_ask

register = template.Library()


@register.simple_tag(takes_context=True)
def asks_to_count(context: Any) -> bool:
    """Only where the page is made for this person alone: never on one that is kept for all."""
    request, brand = context.get("request"), context.get("brand")
    return request is not None and should_ask(request, getattr(brand, "counting", ""))
