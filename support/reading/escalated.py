"""How a question came to staff and where it stands in the community, for those who work on its ticket."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Left
from django.utils.translation import gettext as _

from community.accounts.preferences import speaking_to
from community.content.text import excerpt
from community.models import Answer, PrivateNote, Solution, Thread, User
from community.reading import addresses
from community.roles import STAFF
from support.models import Escalation, Outcome, Ticket

#: So many of each are shown.
SHOWN = 20
#: Characters of an answer's beginning.
BEGINNING = 240


@dataclass(frozen=True)
class Escalated:
    """The last escalation of a ticket, and what became of its question since."""

    escalation: Escalation
    #: where an outcome would stand: the question itself, or the one it was merged into
    thread: Thread
    words: str
    tried: list[dict[str, Any]]
    answers_since: int
    notes: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]
    #: the solution in force: author, url, at, is_staff
    solution: dict[str, Any] | None

    @property
    def is_open(self) -> bool:
        return self.escalation.ended_at is None

    @property
    def is_merged(self) -> bool:
        return self.thread.pk != self.escalation.thread_id

    @property
    def is_solved_by_peers(self) -> bool:
        return self.solution is not None and not self.solution["is_staff"]

    @property
    def may_close(self) -> bool:
        """Whether the ticket can end because peers solved it."""
        return self.is_open and self.is_solved_by_peers

    @property
    def is_decided(self) -> bool:
        """Whether the community was told, since it was escalated, how it ended, or somebody said why not."""
        return any(each["at"] >= self.escalation.escalated_at for each in self.outcomes)

    @property
    def waits(self) -> bool:
        """Whether the ticket cannot end before the community was told something, or somebody said why not."""
        return self.is_open and self.solution is None and self.thread.hidden_at is None and not self.is_decided


def escalated_of(user: User, ticket: Ticket) -> Escalated | None:
    """Everything about how this ticket came from a question, for those who work on it; None for one that did not.

    One statement.
    """
    asked = (
        Escalation.objects.visible_to(user)
        .filter(ticket=ticket)
        .select_related("thread__merged_into", "escalated_by", "said")
        .defer("thread__body", "thread__body_html", "thread__merged_into__body", "thread__merged_into__body_html")
        .annotate(
            tried=_json(
                _answers().filter(answered_at__lte=OuterRef("escalated_at")),
                thread="thread_id",
                position="position",
                author="author__display_name",
                words=Left("body", BEGINNING),
            ),
            since=Subquery(
                _answers()
                .filter(answered_at__gt=OuterRef("escalated_at"))
                .order_by()
                .values("thread")
                .annotate(many=Count("pk"))
                .values("many")
            ),
            notes=_json(_notes(ticket), text="text", at="written_at"),
            outcomes=_json(
                Outcome.objects.filter(ticket=ticket).order_by("-pk")[:SHOWN],
                at="decided_at",
                by="decided_by__display_name",
                why="withheld_for",
                thread="answer__thread_id",
                position="answer__position",
                hidden="answer__hidden_for",
            ),
            solved=_json(
                _solutions(),
                thread="answer__thread_id",
                position="answer__position",
                author="answer__author__display_name",
                role="answer_author_role",
                at="accepted_at",
            ),
        )
    )
    for row in asked.order_by("-pk")[:1]:
        return _made(row)
    return None


def _json(rows: QuerySet[Any], **names: Any) -> ArraySubquery:
    return ArraySubquery(rows.values(row=JSONObject(**names)))


def _answers() -> QuerySet[Answer]:
    """What others than the asker answered, as far as everybody sees it."""
    by_others = Answer.objects.filter(thread=OuterRef("thread"), hidden_at__isnull=True)
    return by_others.exclude(author=OuterRef("thread__asker")).order_by("position")


def _notes(ticket: Ticket) -> QuerySet[PrivateNote]:
    """What the ticket's customer told staff alone beside the question: read where it stands, so that it is taken back
    here too when they take it back there."""
    notes = PrivateNote.objects.filter(thread=OuterRef("thread"), author=ticket.requester_id)
    return notes.order_by("pk")[:SHOWN]


def _solutions() -> QuerySet[Solution]:
    """The solution in force: of the question, or of the one it was merged into."""
    of_root = Q(thread=OuterRef("thread__merged_into")) & Q(thread__isnull=False)
    return Solution.objects.filter(Q(thread=OuterRef("thread")) | of_root, withdrawn_at__isnull=True)[:1]


def _made(row: Any) -> Escalated:
    thread = row.thread.merged_into or row.thread
    solution = next(iter(_placed(row.solved)), None)
    if solution is not None:
        solution["is_staff"] = solution["role"] in STAFF
    reasons = dict(Outcome.Withheld.choices)
    return Escalated(
        escalation=row,
        thread=thread,
        words=row.said.text if hasattr(row, "said") else "",
        tried=[each | {"words": excerpt(each["words"], BEGINNING // 2)} for each in _placed(row.tried[-SHOWN:])],
        answers_since=row.since or 0,
        notes=[each | {"at": datetime.fromisoformat(each["at"])} for each in row.notes],
        outcomes=[each | {"why": reasons.get(each["why"], "")} for each in _placed(row.outcomes)],
        solution=solution,
    )


def _placed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With times as times, and the address of the answer each is about."""
    placed = []
    for row in rows:
        at = {"at": datetime.fromisoformat(row["at"])} if row.get("at") else {}
        url = addresses.of_id("answer", row["thread"], row["position"]) if row["thread"] else ""
        placed.append(row | at | {"url": url})
    return placed


def drafted_closing(ticket: Ticket, escalated: Escalated, site: str) -> str:
    """What the customer is told when the community solved it, ready to be sent; in their language. `site` is the
    address of the site without a slash at its end."""
    if escalated.solution is None:
        return ""
    values = {
        "name": ticket.requester.display_name,
        "author": escalated.solution["author"],
        "address": site + escalated.solution["url"],
    }
    with speaking_to(ticket.requester):
        return (
            _(
                "Hello %(name)s,\n\n%(author)s solved your question in the community: %(address)s\n\n"
                "So we close this here. If it does not work for you after all, just answer, and we go on."
            )
            % values
        )
