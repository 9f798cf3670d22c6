"""How the site as a whole stands: read-only, closed after a restore; and when each periodic job last ran."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SiteState(models.Model):
    """One row, written when something changes; no row means that everything is open."""

    #: since when nobody may write, and the words that say why
    read_only_at = models.DateTimeField(null=True, blank=True)
    read_only_words = models.CharField(max_length=300, blank=True)
    #: after a restore: no mail, no webhook and no periodic job leaves before `go_live`
    closed_at = models.DateTimeField(null=True, blank=True)
    #: the moment of the backup that was restored
    restored_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("site")
        constraints = [models.CheckConstraint(name="one_site_state", condition=Q(pk=1))]

    def __str__(self) -> str:
        return "closed" if self.closed_at else "read only" if self.read_only_at else "open"


class JobRun(models.Model):
    """The last run of one periodic job or loop. By the real clock: they are no part of the community's time."""

    name = models.CharField(max_length=60, unique=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    #: since when the watchdog has told of it; null while it is well
    told_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
