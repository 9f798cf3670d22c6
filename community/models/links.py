"""Addresses that administrators write: what a link on a page may lead to."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

#: Web addresses and mail addresses, nothing else.
LINK = RegexValidator(
    r"^(https?://[^\s/?#]+([/?#]\S*)?|mailto:[^\s@?]+@[^\s@?]+)\Z", _("A link begins with https:// or mailto:")
)
