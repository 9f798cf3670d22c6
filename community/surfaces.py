"""The forms beside which suggestions stand: their names in the facts, and what people call them."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

SURFACES: dict[str, Promise] = {"ask": _("The form for asking")}


def surfaces() -> dict[str, Promise]:
    """Every form of the site, by its name (settings.FORM_SURFACES lists the registries)."""
    return {name: label for path in settings.FORM_SURFACES for name, label in import_string(path).items()}
