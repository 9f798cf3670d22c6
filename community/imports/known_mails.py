"""What was imported of a mail list before, so that a newer archive goes on with its threads."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from community.models import ImportedItem

_AT_ONCE = 2000


class KnownMails:
    """The mails of one source that are here."""

    def __init__(self, source: str) -> None:
        self.items = ImportedItem.objects.filter(source=source)

    def roots(self, ids: Sequence[str]) -> Mapping[str, str]:
        """For those of these ids that are here: the id of the question they came with."""
        threads: dict[str, int] = {}
        for start in range(0, len(ids), _AT_ONCE):
            rows = self.items.filter(external_id__in=ids[start : start + _AT_ONCE], kind__in=["question", "answer"])
            threads.update((own, pk) for own, pk in rows.values_list("external_id", "thread_id") if pk is not None)
        questions: dict[int, str] = {}
        wanted = sorted(set(threads.values()))
        for start in range(0, len(wanted), _AT_ONCE):
            rows = self.items.filter(kind="question", thread__in=wanted[start : start + _AT_ONCE])
            questions.update((pk, own) for pk, own in rows.values_list("thread_id", "external_id") if pk is not None)
        return {own: questions[pk] for own, pk in threads.items() if pk in questions}

    def conversations(self, since: datetime, until: datetime) -> Sequence[tuple[str, str, datetime]]:
        """(id of the question, its title, its last post) of what was said in this time."""
        rows = self.items.filter(kind="question", thread__last_activity_at__range=(since, until))
        return list(rows.values_list("external_id", "thread__title", "thread__last_activity_at"))
