"""Why something is out of sight. The moment stands in `hidden_at`; with "" it was a moderator's own decision."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Hiding(models.TextChoices):
    DECIDED = "", _("A moderator's decision")
    FLAGS = "flags", _("Enough people reported it")
    HELD = "held", _("Waits for a look before it shows")
    APPROVAL = "approval", _("Waits for approval")
    BAN = "ban", _("Its author is banned")
    BULK = "bulk", _("Hidden together with others")
    MOVED = "moved", _("Moved to another question")
    PURGED = "purged", _("Destroyed")


#: Never shown to anybody yet: no event, no notice and no count tells of it.
NEVER_SHOWN = (Hiding.HELD, Hiding.APPROVAL)
