"""A run of the policies as its page shows it: how many of each verdict, and the questions themselves."""

from dataclasses import dataclass, field

from django.utils.functional import Promise

from support.models import Escalation, EscalationRun, EscalationRunItem

Verdict = EscalationRunItem.Verdict
#: So many questions of each verdict are shown.
SHOWN = 100


@dataclass(frozen=True)
class Group:
    """One verdict: its words, how many questions have it, and the first of them."""

    verdict: str
    words: str | Promise
    count: int
    items: list[EscalationRunItem] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.count - len(self.items)


def groups_of(run: EscalationRun) -> list[Group]:
    """What came (or would come) to staff first. One query for each verdict there is, one for the tickets."""
    tickets = dict(Escalation.objects.filter(run=run).values_list("thread", "ticket"))
    found = []
    for verdict in Verdict:
        count = run.counts.get(verdict.value, 0)
        if not count:
            continue
        rows = run.items.filter(verdict=verdict).select_related("thread__board").defer("thread__body")
        items = list(rows.order_by("pk")[:SHOWN])
        for item in items:
            item.ticket_id = tickets.get(item.thread_id)  # type: ignore[attr-defined]
        found.append(Group(verdict.value, verdict.label, count, items))
    return found
