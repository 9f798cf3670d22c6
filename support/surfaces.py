"""The desk's forms beside which suggestions stand (see community/surfaces.py)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: its name in the facts; "ticket" is what deflection.md calls the form by which staff are written to
CONTACT = "ticket"
SURFACES: dict[str, Promise] = {CONTACT: _("The form for writing to staff")}
