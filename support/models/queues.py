"""Queues: where tickets wait, whose they are, and what happens to them there."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Board, User
from community.roles import Role
from support.models.desk import Team, TeamMember
from support.models.time import Priority, SlaPolicy


def _is_for(user: User | AnonymousUser) -> Q:
    """Everybody's at the desk, one's teams', one's own: of what has an owner and a team."""
    if not isinstance(user, User) or not user.is_active or not {Role.AGENT, Role.ADMIN} & user.effective_roles:
        return Q(pk__in=[])
    if Role.ADMIN in user.effective_roles:
        return Q(owner__isnull=True) | Q(owner=user)
    teams = TeamMember.objects.filter(person=user).values("team")
    return Q(owner=user) | Q(owner__isnull=True) & (Q(team__isnull=True) | Q(team__in=teams))


class QueueQuerySet(models.QuerySet["Queue"]):
    def worked_by(self, user: User | AnonymousUser) -> "QueueQuerySet":
        """Those whose tickets this person works on: their teams', and everybody's; administrators all."""
        if not isinstance(user, User) or not user.is_active or not {Role.AGENT, Role.ADMIN} & user.effective_roles:
            return self.none()
        if Role.ADMIN in user.effective_roles:
            return self
        return self.filter(Q(team__isnull=True) | Q(team__in=TeamMember.objects.filter(person=user).values("team")))

    def living(self) -> "QueueQuerySet":
        return self.filter(archived_at__isnull=True)


class MacroQuerySet(models.QuerySet["Macro"]):
    def visible_to(self, user: User | AnonymousUser) -> "MacroQuerySet":
        """Those that are in use, of everybody, of one's teams, and one's own."""
        return self.filter(_is_for(user), archived_at__isnull=True)


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User | AnonymousUser) -> "SavedViewQuerySet":
        """Those of everybody, of one's teams, and one's own."""
        return self.filter(_is_for(user))


class Queue(models.Model):
    """A line of tickets. One of them is where tickets go that nobody sent elsewhere."""

    class Handing(models.TextChoices):
        BY_HAND = "by_hand", _("Agents take them")
        IN_TURN = "in_turn", _("Handed out in turn")

    name = models.CharField(_("name"), max_length=60, unique=True)
    #: whose it is; null: every agent's
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="queues")
    sla = models.ForeignKey(SlaPolicy, on_delete=models.PROTECT, null=True, blank=True, related_name="queues")
    is_default = models.BooleanField(_("where tickets go that nobody sent elsewhere"), default=False)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    handing = models.CharField(_("how tickets find an agent"), max_length=8, choices=Handing, default=Handing.BY_HAND)
    #: minutes of business time an agent may leave a customer waiting before the ticket goes back to the queue
    returns_after = models.PositiveIntegerField(_("unanswered tickets go back after (minutes)"), null=True, blank=True)
    #: days after which a resolved ticket closes; a customer's word reopens it until then
    closes_after = models.PositiveSmallIntegerField(_("resolved tickets close after (days)"), default=7)
    #: whether a customer's word within that time reopens it, or begins a new ticket
    reopens = models.BooleanField(_("a customer's reply reopens a resolved ticket"), default=True)
    asks_rating = models.BooleanField(_("customers are asked once how it went"), default=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = QueueQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_queue"),
            models.CheckConstraint(
                name="default_queue_is_open", condition=Q(is_default=False) | Q(archived_at__isnull=True, team=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BoardDesk(models.Model):
    """Where a board's tickets go; without a row to the default queue."""

    board = models.OneToOneField(Board, on_delete=models.CASCADE, primary_key=True, related_name="desk")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="boards")
    #: hours after which the asker of an unsolved question may ask staff to look; 0 at once
    asker_waits = models.PositiveSmallIntegerField(_("askers may call staff after (hours)"), default=24)

    class Meta:
        verbose_name = _("where a board's tickets go")
        verbose_name_plural = _("where boards' tickets go")

    def __str__(self) -> str:
        return f"{self.board_id} to {self.queue_id}"


class PrivateField(models.Model):
    """A private detail asked for with a ticket of one board (null: of every board), and kept on the ticket alone."""

    class Kind(models.TextChoices):
        TEXT = "text", _("A few words")
        PHONE = "phone", _("A phone number")
        SERIAL = "serial", _("A serial number")
        ACCOUNT = "account", _("An account")
        ORDER = "order", _("An order number")

    board = models.ForeignKey(Board, on_delete=models.CASCADE, null=True, blank=True, related_name="private_fields")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.TEXT)
    label = models.CharField(_("what is asked"), max_length=60)
    hint = models.CharField(_("where it is found"), max_length=200, blank=True)
    is_required = models.BooleanField(_("must be given"), default=False)
    position = models.PositiveSmallIntegerField(_("place in the form"), default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("private detail")
        verbose_name_plural = _("private details")

    def __str__(self) -> str:
        return self.label


class Macro(models.Model):
    """Words and moves that are needed again and again. Variables are looked up, never run (support/macros.py)."""

    name = models.CharField(_("name"), max_length=60)
    text = models.TextField(_("words"), max_length=8000, blank=True)
    #: null: everybody's
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="macros")
    #: null: not one person's own
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="macros")
    sets_priority = models.CharField(_("sets the priority"), max_length=8, choices=Priority, blank=True)
    sets_status = models.CharField(_("sets the status"), max_length=10, blank=True)
    sets_queue = models.ForeignKey(Queue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    adds_tags = models.JSONField(_("adds tags"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = MacroQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("macro")
        verbose_name_plural = _("macros")

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A list of tickets that somebody looks at again and again: filters (reading/views.py knows them) and an order."""

    name = models.CharField(_("name"), max_length=60)
    #: null: everybody's
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="saved_views")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="saved_views")
    filters = models.JSONField(default=dict)
    sort = models.CharField(max_length=12, default="due")
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")

    def __str__(self) -> str:
        return self.name
