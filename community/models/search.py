"""What searching reads: the words of each thread, kept in step by the database itself (migration 0003)."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from community.models.threads import Thread


class ThreadWords(models.Model):
    """The words of a thread: its title (A), its text (B), its solution in force (C) and its tags (D).

    Triggers write it, nobody else: whatever changes a title, a text, a tag or a solution changes it in the same
    transaction, imports and hands in the database included. Beside the thread and not in it, because an answer
    changes the thread's row and would otherwise write all its words into the index again.
    """

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, primary_key=True, related_name="words")
    words = SearchVectorField()

    class Meta:
        indexes = [
            # read by: searching and suggesting (reading/search.py)
            GinIndex(fields=["words"], name="thread_words"),
        ]

    def __str__(self) -> str:
        return str(self.thread_id)
