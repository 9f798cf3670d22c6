"""Watches: what a person follows, and why."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models.boards import Board, Tag
from community.models.threads import Thread
from community.models.users import User


class Watch(models.Model):
    """One person follows one thread, tag or board. Muted, it stays but nothing is sent."""

    class Reason(models.TextChoices):
        ASKED = "asked", _("You asked")
        ANSWERED = "answered", _("You answered")
        ME_TOO = "me_too", _("You have this problem too")
        MENTIONED = "mentioned", _("You were mentioned")
        CHOSEN = "chosen", _("You chose to watch")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="watches")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    board = models.ForeignKey(Board, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    reason = models.CharField(max_length=10, choices=Reason, default=Reason.CHOSEN)
    muted_at = models.DateTimeField(null=True, blank=True)
    #: when its news come by mail (Rhythm); "" is as the person chose for all such news
    rhythm = models.CharField(max_length=10, blank=True)
    #: of a board: every post of it, as on a mail list, and not only new questions
    is_list = models.BooleanField(default=False, db_default=False)
    watched_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        constraints = [
            models.CheckConstraint(
                name="watch_exactly_one_thing",
                condition=Q(thread__isnull=False, tag__isnull=True, board__isnull=True)
                | Q(thread__isnull=True, tag__isnull=False, board__isnull=True)
                | Q(thread__isnull=True, tag__isnull=True, board__isnull=False),
            ),
            models.CheckConstraint(
                name="watch_rhythm_known", condition=Q(rhythm__in=["", "now", "hourly", "daily", "weekly", "off"])
            ),
            models.CheckConstraint(name="watch_list_of_a_board", condition=Q(is_list=False) | Q(board__isnull=False)),
            # also read by: the fan-out (who watches this thread, tag, board)
            models.UniqueConstraint(fields=["thread", "person"], name="one_watch_per_thread"),
            models.UniqueConstraint(fields=["tag", "person"], name="one_watch_per_tag"),
            models.UniqueConstraint(fields=["board", "person"], name="one_watch_per_board"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.thread_id or self.tag_id or self.board_id}"
