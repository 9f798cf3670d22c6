"""Events: what happened to a thread, append-only, ids and enums and times only."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models.answers import Answer
from community.models.boards import Board
from community.models.changes import CurrentTransaction
from community.models.threads import Thread
from community.models.users import User
from community.roles import Role


class ThreadEvent(models.Model):
    """One thing that happened. A trigger (migration 0002) refuses UPDATE and DELETE.

    `occurred_at` is when it happened, `recorded_at` when we learned of it (they differ for imports).
    """

    class Kind(models.TextChoices):
        ASKED = "asked", _("asked")
        ANSWERED = "answered", _("answered")
        EDITED = "edited", _("edited")
        ACCEPTED = "accepted", _("accepted a solution")
        WITHDRAWN = "withdrawn", _("withdrew the solution")
        MARKED = "marked", _("marked an answer as the solution")
        OUTDATED = "outdated", _("said the solution no longer works")
        VOTED = "voted", _("voted")
        UNVOTED = "unvoted", _("took a vote back")
        ME_TOO = "me_too", _("has this problem too")
        ME_TOO_WITHDRAWN = "me_too_withdrawn", _("no longer has this problem")
        HELPED = "helped", _("was helped")
        MENTIONED = "mentioned", _("mentioned somebody")
        INFO_REQUESTED = "info_requested", _("asked for more information")
        INFO_GIVEN = "info_given", _("gave more information")
        HIDDEN = "hidden", _("hid")
        RESTORED = "restored", _("restored")
        LOCKED = "locked", _("locked")
        UNLOCKED = "unlocked", _("unlocked")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        MOVED = "moved", _("moved")
        RETAGGED = "retagged", _("changed the tags of")
        ESCALATED = "escalated", _("asked staff to look")
        MERGED = "merged", _("marked as a duplicate")
        UNMERGED = "unmerged", _("no longer a duplicate")
        NOT_SOLVED = "not_solved", _("said it is not solved yet")
        FLAGGED = "flagged", _("reported")
        SPLIT = "split", _("moved answers to another question")
        UNSPLIT = "unsplit", _("moved answers back")
        REDACTED = "redacted", _("removed private data")
        PURGED = "purged", _("destroyed")
        OFFICIAL = "official", _("marked as official")
        RETURNED = "returned", _("gave it back to the community")
        KNOWN_ISSUE = "known_issue", _("said it is a known issue")

    xid = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="events")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    actor_role = models.CharField(max_length=10, choices=Role)
    #: whom it is about, where that is neither the actor nor the author: the person mentioned
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: moved: the board it came from
    from_board = models.ForeignKey(
        Board, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    #: history brought along by an import: nobody is told of it
    is_imported = models.BooleanField(default=False)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            # read by: the fan-out, in order
            models.Index(fields=["xid", "id"], name="event_order"),
            # read by: a thread's history line, the ledger's fold
            models.Index(fields=["thread", "id"], name="event_thread"),
        ]
        constraints = [
            # "Not yet" is said once of an answer. read by: whether it was
            models.UniqueConstraint(
                fields=["answer"], condition=models.Q(kind="not_solved"), name="one_not_solved_per_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thread_id}"
