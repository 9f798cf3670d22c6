"""One's own official answers that wait for a colleague, or came back with a word."""

from dataclasses import dataclass

from community.models import Answer, Decision, Hiding, Review, User

#: More of one person's wait only where nobody reads them.
MOST = 50


@dataclass(frozen=True)
class Waiting:
    """One answer: whether a colleague has it before them, and what was said when it was sent back ("" for nothing)."""

    answer: Answer
    is_open: bool
    words: str


def own_waiting(person: User) -> list[Waiting]:
    """This person's answers that wait for approval or were sent back, the newest first. Three queries."""
    rows = Answer.objects.filter(author=person, hidden_for=Hiding.APPROVAL).select_related("thread__board")
    answers = list(rows.order_by("-pk")[:MOST])
    ids = [answer.pk for answer in answers]
    waiting = Review.objects.waiting().filter(kind=Review.Kind.OFFICIAL, answer__in=ids)
    waits = set(waiting.values_list("answer_id", flat=True))
    said = Decision.objects.filter(answer__in=ids, outcome=Decision.Outcome.SENT_BACK).order_by("pk")
    words = dict(said.values_list("answer_id", "said__text"))
    return [Waiting(answer, answer.pk in waits, words.get(answer.pk) or "") for answer in answers]
