"""What a page tells search engines, feed readers and messengers (see reading/found/heads.py)."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from community.reading.found.heads import Head, head_html, site_root

register = template.Library()

_NAME, _LOGO = template.Variable("brand.name"), template.Variable("brand.logos.0.url")


def _value(context: Any, variable: template.Variable) -> str:
    """What a template would read there, "" where there is nothing."""
    try:
        return str(variable.resolve(context) or "")
    except template.VariableDoesNotExist:
        return ""


@register.simple_tag(takes_context=True)
def page_head(context: Any) -> SafeString:
    """The page's `head`; a page whose view gave none has its address, and is not for search engines."""
    request, user, head = context.get("request"), context.get("user"), context.get("head")
    if request is None:
        return mark_safe('<meta name="robots" content="noindex">')
    if not isinstance(head, Head):
        head = Head(path=request.path)
    return head_html(
        site_root(request),
        head,
        brand=_value(context, _NAME),
        logo=_value(context, _LOGO),
        language=get_language() or "",
        for_everybody=user is None or not user.is_authenticated,
    )
