"""Drafts and posting keys: nothing typed is lost, nothing sent twice posts twice."""

from django.db import models
from django.db.models import Q

from community import clock
from community.models.users import User


class Draft(models.Model):
    """What somebody is writing, kept while they write. `place` is "ask", "contact", "answer:<thread id>" or another of
    settings.DRAFT_PLACES.

    A visitor's draft carries a random key kept in their session until they sign in.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts")
    visitor_key = models.CharField(max_length=64, blank=True)
    place = models.CharField(max_length=60)
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    #: the form's other fields as they were chosen: board, kind, tags, product_version
    choices = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "place"], name="one_draft_per_person_and_place"),
            models.UniqueConstraint(
                fields=["visitor_key", "place"], condition=~Q(visitor_key=""), name="one_draft_per_visitor_and_place"
            ),
            models.CheckConstraint(
                name="draft_has_one_owner",
                condition=Q(person__isnull=False, visitor_key="") | (Q(person__isnull=True) & ~Q(visitor_key="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} of {self.person_id or self.visitor_key}"


class PostKey(models.Model):
    """A form's one-time key and what it made: a double click posts once."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    thread_id = models.BigIntegerField(null=True)
    answer_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_post_per_key")]

    def __str__(self) -> str:
        return self.key
