"""The desk: what is switched on there, who works in which team, and how much each agent carries."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models import User


class Switch(models.TextChoices):
    """What a fresh desk does without, until an administrator switches it on."""

    PRIORITIES = "priorities", _("Priorities")
    TAGS = "tags", _("Tags")
    QUEUES = "queues", _("Several queues and teams")
    HOLDING = "holding", _("Putting on hold")
    MACROS = "macros", _("Macros")
    COPIES = "copies", _("Copies to others")
    REGROUPING = "regrouping", _("Merging and splitting")
    ROTATION = "rotation", _("Handing out in turn")
    RATINGS = "ratings", _("Asking how it went")


class DeskState(models.Model):
    """The one row (pk 1) that says what is switched on."""

    switches = models.JSONField(default=list)
    #: groups smaller than this are left out of reports; 0 shows all
    smallest_group = models.PositiveSmallIntegerField(_("smallest group shown in reports"), default=0)

    class Meta:
        verbose_name = _("the desk")
        verbose_name_plural = _("the desk")
        constraints = [models.CheckConstraint(name="one_desk", condition=Q(pk=1))]

    def __str__(self) -> str:
        return str(_("The desk"))

    def has(self, switch: Switch) -> bool:
        return switch in self.switches


class Team(models.Model):
    """Agents who work on the same queues."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="teams")

    class Meta:
        verbose_name = _("member of a team")
        verbose_name_plural = _("members of teams")
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="one_place_per_team")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.team_id}"


class AgentSeat(models.Model):
    """How much one agent carries, and whether tickets are handed to them in turn. Without a row: the defaults."""

    person = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="seat")
    #: open tickets at most, for handing out in turn
    capacity = models.PositiveSmallIntegerField(_("open tickets at most"), default=20)
    takes_turns = models.BooleanField(_("tickets are handed to them in turn"), default=True)
    #: whose turn it is: whoever was given one longest ago
    last_given_at = models.DateTimeField(null=True, blank=True, editable=False)
    signature = models.CharField(_("words under each reply"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("agent's seat")
        verbose_name_plural = _("agents' seats")

    def __str__(self) -> str:
        return str(self.person_id)


class Absence(models.Model):
    """An agent is away: nothing is handed to them, and the return timer gives back what waits for them."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    starts_at = models.DateTimeField(_("from"), default=clock.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                name="absence_ends_later", condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.starts_at:%Y-%m-%d}"
