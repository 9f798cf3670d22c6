"""Thanks and company: helpful votes, "I have this problem too", "this solved it for me". One per person and object."""

from django.db import models

from community import clock
from community.models.answers import Answer
from community.models.threads import Thread
from community.models.users import User


class Vote(models.Model):
    """A helpful vote for an answer."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="votes")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    voted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "person"], name="one_vote_per_person")]

    def __str__(self) -> str:
        return f"{self.answer_id} by {self.person_id}"


class MeToo(models.Model):
    """ "I have this problem too"."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="me_toos")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "person"], name="one_me_too_per_person")]

    def __str__(self) -> str:
        return f"{self.thread_id} by {self.person_id}"


class Helped(models.Model):
    """ "This solved it for me"."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="helped")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    helped_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "person"], name="one_helped_per_person")]

    def __str__(self) -> str:
        return f"{self.answer_id} by {self.person_id}"
