"""Revisions: earlier texts of questions and answers, for staff to compare."""

from django.db import models

from community import clock
from community.models.answers import Answer
from community.models.threads import Thread
from community.models.users import User


class Revision(models.Model):
    """The text as it stood at `version`, before `editor` changed it. Without an answer it is the question's."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="revisions")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="revisions")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    editor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "version"], condition=models.Q(answer=None), name="one_revision_per_question_version"
            ),
            models.UniqueConstraint(fields=["answer", "version"], name="one_revision_per_answer_version"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id}/{self.answer_id} v{self.version}"
