"""Signs of what was posted lately: whether the same text comes again, and how much new members post."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from community import clock
from community.models.answers import Answer
from community.models.threads import Thread
from community.models.users import User


class PostPrint(models.Model):
    """Keyed signs of one post's words (content/suspicion.py); nothing of the text can be read from them.

    Swept after KEEP_PRINTS (tasks.py). Texts of a few words have no marks, and a row only if somebody new wrote them.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+", db_index=False)
    answer = models.ForeignKey(
        Answer, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    marks = ArrayField(models.BigIntegerField(), default=list)
    by_new = models.BooleanField()
    posted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            # also read by: whoever redacts or destroys a post
            models.UniqueConstraint(fields=["thread", "answer"], nulls_distinct=False, name="one_print_per_post"),
        ]
        indexes = [
            # read by: whether the same text was posted lately
            GinIndex(fields=["marks"], name="print_marks"),
            # read by: the brake, how much new members post; and telling people of their level
            models.Index(fields=["posted_at"], name="print_by_new", condition=Q(by_new=True)),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id}/{self.answer_id}"
