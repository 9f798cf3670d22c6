"""How long each kind of what is kept is kept, where somebody chose otherwise than care/retention.py proposes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models.users import User


class Keeping(models.Model):
    """The days of one kind; no row means the kind's own."""

    #: a name of care/retention.py's table
    kind = models.CharField(max_length=40, unique=True)
    days = models.PositiveIntegerField(_("days"))
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("how long it is kept")
        verbose_name_plural = _("how long things are kept")
        constraints = [models.CheckConstraint(name="kept_for_days", condition=Q(days__gte=1))]

    def __str__(self) -> str:
        return f"{self.kind}: {self.days}"
