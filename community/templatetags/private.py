"""How a piece of private data is named to whoever wrote it."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from community.actions.private_data import Noticed
from community.content.private_data import WORDS

register = template.Library()


@register.simple_tag
def noticed_words(noticed: Noticed) -> SafeString:
    """ "an e-mail address: ab••••om", and whether it stands in the title."""
    where = _("%(what)s in the title") if noticed.where == "title" else "%(what)s"
    what = where % {"what": WORDS[noticed.piece.kind]}
    return format_html("{}: <bdi><code>{}</code></bdi>", what, noticed.piece.masked)
