"""Answers: what people reply, numbered densely within their thread."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models.hiding import Hiding
from community.models.threads import Thread
from community.models.users import User
from community.roles import STAFF, Role


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: User | AnonymousUser) -> "AnswerQuerySet":
        """Answers in threads this person may see; hidden ones for moderators and admins only.

        Nobody sees the tombstone of one that moved: it stands elsewhere (reading/moved.py knows where).
        """
        if isinstance(user, User) and user.effective_roles & {Role.MODERATOR, Role.ADMIN}:
            return self.filter(~Q(hidden_for=Hiding.MOVED))
        threads = Thread.objects.filter(pk=OuterRef("thread_id")).visible_to(user)
        return self.filter(Exists(threads), hidden_at__isnull=True)

    def of_seen_thread(self, thread: Thread, user: User | AnonymousUser) -> "AnswerQuerySet":
        """The visible answers of a thread that itself came through `visible_to(user)`: only hiding is left to ask."""
        if isinstance(user, User) and user.effective_roles & {Role.MODERATOR, Role.ADMIN}:
            return self.filter(~Q(hidden_for=Hiding.MOVED), thread=thread)
        return self.filter(thread=thread, hidden_at__isnull=True)


class Answer(models.Model):
    """One answer. `position` is dense, given under the thread's lock, never reused; hidden ones leave a gap."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="answers")
    position = models.PositiveIntegerField(editable=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="answers")
    author_role = models.CharField(max_length=10, choices=Role, default=Role.CUSTOMER)
    body = models.TextField(_("text"))
    body_html = models.TextField(editable=False)
    renderer_version = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_imported = models.BooleanField(default=False)
    answered_at = models.DateTimeField(_("answered"), default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_for = models.CharField(max_length=10, choices=Hiding, blank=True, default=Hiding.DECIDED, editable=False)
    #: where it stands now, after its question was merged or split; this row is then its tombstone, without a word.
    #: (One that became a question of its own leads there by its MovedAnswer.)
    moved_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="moved_from"
    )
    #: the company's own word, by staff; where the board asks for it, approved by another of them
    official_at = models.DateTimeField(null=True, blank=True)
    official_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    helpful_count = models.PositiveIntegerField(default=0, editable=False)
    imported_helpful = models.PositiveIntegerField(default=0, editable=False)
    helped_count = models.PositiveIntegerField(default=0, editable=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            # also read by: a page of a thread (a range of positions)
            models.UniqueConstraint(fields=["thread", "position"], name="one_answer_per_position"),
            # the target of Solution's composite key: an answer of this very thread
            models.UniqueConstraint(fields=["id", "thread"], name="answer_and_its_thread"),
            models.CheckConstraint(name="positions_start_at_one", condition=Q(position__gte=1)),
            models.CheckConstraint(name="answer_hidden_for", condition=Q(hidden_at__isnull=False) | Q(hidden_for="")),
            models.CheckConstraint(
                name="answer_moved_is_hidden", condition=Q(moved_to__isnull=True) | Q(hidden_for="moved")
            ),
            # There is one text, and it stands where the answer stands.
            models.CheckConstraint(name="tombstone_has_no_words", condition=~Q(hidden_for="moved") | Q(body="")),
        ]
        indexes = [
            # read by: a thread sorted by helpful votes
            models.Index("thread", F("helpful_count").desc(), "position", name="answer_helpful"),
            # read by: a person's answers on the profile
            models.Index("author", F("answered_at").desc(), F("id").desc(), name="answer_author"),
            # read by: where the tombstones of a moved answer lead
            models.Index(fields=["moved_to"], name="answer_moved", condition=Q(moved_to__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id}/{self.position}"

    def get_absolute_url(self) -> str:
        """The permalink; it finds the page this answer stands on."""
        return reverse("answer", args=[self.thread_id, self.position])

    @property
    def by_staff(self) -> bool:
        """Whether the author was staff when posting."""
        return self.author_role in STAFF
