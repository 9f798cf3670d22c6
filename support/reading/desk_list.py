"""One page of tickets as the desk lists them, the counts beside it, and which ticket comes next."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from community import clock
from community.models import User
from community.reading import cursors
from community.reading.lists import Along
from support.models import (
    DeskState,
    Macro,
    PendingReply,
    Priority,
    Queue,
    SavedView,
    Status,
    Switch,
    TaggedTicket,
    Team,
    Ticket,
    TicketMessage,
)
from support.reading.views import BUILT_IN, DUE, LATEST, Filters, count, read_filters

PAGE = 30
#: Saved views and queues whose counts stand beside the list, at most.
MOST_VIEWS, MOST_QUEUES, MOST_AGENTS, MOST_MACROS = 30, 50, 200, 100
#: In a due list: stands for the time of what has none.
_NEVER = datetime(9999, 1, 1, tzinfo=cursors.EPOCH.tzinfo)


@dataclass(frozen=True)
class Around:
    """What stands around every page of the desk for one agent: what is switched on, queues, views, what is leaving."""

    switches: frozenset[str]
    queues: list[dict[str, Any]]
    views: list[dict[str, Any]]
    agents: list[dict[str, Any]]
    macros: list[dict[str, Any]]
    teams: list[dict[str, Any]]
    #: one's own replies that can still be taken back: ticket, name, leaves_at
    leaving: list[dict[str, Any]]

    def has(self, switch: Switch) -> bool:
        return switch in self.switches

    @property
    def on(self) -> dict[str, bool]:
        """For templates: `on.tags`."""
        return {switch.value: switch in self.switches for switch in Switch}


def around(user: User) -> Around:
    """All of it, in one statement."""
    pending = PendingReply.objects.filter(author=user, leaves_at__gt=clock.now()).order_by("leaves_at")
    agents = User.objects.filter(groups__name__in=["agent", "admin"], is_active=True).order_by("display_name", "pk")
    rows = DeskState.objects.filter(pk=1).annotate(
        queues=_json(Queue.objects.worked_by(user).living()[:MOST_QUEUES], id="id", name="name"),
        views=_json(
            SavedView.objects.visible_to(user)[:MOST_VIEWS],
            **{name: name for name in ("id", "name", "filters", "sort", "owner_id", "team_id")},
        ),
        agents=_json(agents.distinct()[:MOST_AGENTS], id="id", name="display_name"),
        macros=_json(Macro.objects.visible_to(user)[:MOST_MACROS], id="id", name="name"),
        teams=_json(Team.objects.filter(members__person=user, archived_at__isnull=True), id="id", name="name"),
        leaving=_json(pending, ticket="ticket_id", name="ticket__requester__display_name", leaves_at="leaves_at"),
    )
    names = ("switches", "queues", "views", "agents", "macros", "teams", "leaving")
    found = {name: value or [] for name, value in (rows.values(*names).first() or dict.fromkeys(names)).items()}
    for each in found["leaving"]:
        each["leaves_at"] = datetime.fromisoformat(each["leaves_at"])
    return Around(frozenset(found.pop("switches")), **found)


def _json(rows: QuerySet[Any], **names: str) -> ArraySubquery:
    return ArraySubquery(rows.values(row=JSONObject(**names)))


# The lists ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Named:
    """One list in the column of lists."""

    key: str
    label: str
    icon: str
    filters: Filters
    kind: str
    id: int | None = None
    is_own: bool = False
    count: int = 0
    is_current: bool = False

    @property
    def url(self) -> str:
        return self.filters.query()


@dataclass(frozen=True)
class Lists:
    """The column of lists, and the one that is open."""

    built_in: list[Named]
    queues: list[Named]
    saved: list[Named]
    current: Named | None
    count: int

    def word(self) -> str:
        """Changes with any count."""
        return " ".join(str(each.count) for each in (*self.built_in, *self.queues, *self.saved)) + f" {self.count}"


def lists_for(user: User, desk: Around, filters: Filters) -> Lists:
    """All lists with their exact counts, one statement."""
    named = [Named(key, str(label), icon, made, "built-in") for key, (label, icon, made) in BUILT_IN.items()]
    if desk.has(Switch.QUEUES):
        for queue in desk.queues:
            named.append(Named(f"q{queue['id']}", queue["name"], "list", Filters(queue=queue["id"]), "queue"))
    for view in desk.views:
        made = read_filters({**view["filters"], "sort": view["sort"]})
        own = view["owner_id"] == user.pk
        named.append(Named(f"v{view['id']}", view["name"], "star", made, "saved", view["id"], own))
    counts = count(user, {"": filters, **{each.key: each.filters for each in named}})
    # Two lists may show the same: the first of them is the one that is open.
    open_key = next((each.key for each in named if each.filters.words() == filters.words()), "")
    told = [Named(**{**vars(each), "count": counts[each.key], "is_current": each.key == open_key}) for each in named]
    by_kind = {kind: [each for each in told if each.kind == kind] for kind in ("built-in", "queue", "saved")}
    current = next((each for each in told if each.is_current), None)
    return Lists(by_kind["built-in"], by_kind["queue"], by_kind["saved"], current, counts[""])


@dataclass
class Page:
    """Some tickets, and the cursor of those after them."""

    tickets: list[Ticket]
    after: str = ""
    given: str = field(default="")

    def word(self) -> str:
        """Changes with any ticket on the page."""
        seen = " ".join(f"{ticket.pk}.{ticket.version}" for ticket in self.tickets)
        return hashlib.sha256(seen.encode()).hexdigest()[:20]


def page_of(user: User, filters: Filters, after: str = "") -> Page:
    """One page of a list, by keyset. Refused for a made-up cursor. Two statements, one where the list is empty."""
    found = Ticket.objects.worked_by(user).filter(filters.condition(user))
    order = f"desk-{filters.order}"
    ids = _ids_by_due(found, order, after) if filters.order == DUE else _ids_by_latest(found, filters, order, after)
    tickets = _rows(user, ids[:PAGE])
    last = tickets[-1] if len(ids) > PAGE and tickets else None
    if last is None:
        return Page(tickets, given=after)
    moment = (last.due_at or _NEVER) if filters.order == DUE else last.last_activity_at
    return Page(tickets, cursors.encode_moment(order, moment, last.pk), after)


def _ids_by_due(found: QuerySet[Ticket], order: str, after: str) -> list[int]:
    """What is due first, then what nothing is promised for: each walks its own part of one index."""
    due = found.filter(due_at__isnull=False).order_by("due_at", "pk")
    # by the same two columns although one is empty: so it is read from the index of what is undone
    rest = found.filter(due_at__isnull=True).order_by("due_at", "pk")
    if after:
        moment, row = cursors.decode_moment(order, after)
        if moment >= _NEVER:
            return list(rest.filter(pk__gt=row).values_list("pk", flat=True)[: PAGE + 1])
        due = due.filter(Along(F("due_at"), F("id"), Value(moment), Value(row), sign=">"))
    # asked first and once: a page that is full of what is due looks at nothing else
    rest = rest.filter(~Exists(due.values("pk")[PAGE : PAGE + 1]))
    parts = [rows.annotate(part=Value(at)).values_list("part", "due_at", "pk") for at, rows in enumerate((due, rest))]
    both = parts[0][: PAGE + 1].union(parts[1][: PAGE + 1], all=True).order_by("part", "due_at", "id")
    return [row[-1] for row in both[: PAGE + 1]]


def _ids_by_latest(found: QuerySet[Ticket], filters: Filters, order: str, after: str) -> list[int]:
    """What happened last, from each status's own part of the index."""
    if after:
        moment, row = cursors.decode_moment(order, after)
        found = found.filter(Along(F("last_activity_at"), F("id"), Value(moment), Value(row), sign="<"))
    parts = [
        found.filter(status=status).order_by("-last_activity_at", "-pk").values_list("last_activity_at", "pk")
        for status in filters.statuses
    ]
    if len(parts) == 1:
        return [row[-1] for row in parts[0][: PAGE + 1]]
    first, *others = [part[: PAGE + 1] for part in parts]
    both = first.union(*others, all=True).order_by("-last_activity_at", "-id")
    return [row[-1] for row in both[: PAGE + 1]]


def _rows(user: User, ids: Sequence[int]) -> list[Ticket]:
    """These tickets with all their rows show, in this order."""
    if not ids:
        return []
    tags = TaggedTicket.objects.filter(content_object=OuterRef("pk")).order_by("pk")
    said = TicketMessage.objects.filter(ticket=OuterRef("pk")).order_by("-position")
    rows = (
        Ticket.objects.worked_by(user)
        .filter(pk__in=ids)
        .select_related("requester", "assignee", "queue", "board")
        .annotate(
            tag_names=ArraySubquery(tags.values("tag__name")[:6]),
            last_words=Subquery(said.values("body_html")[:1]),
            last_is_staff=Subquery(said.values("is_staff")[:1]),
        )
    )
    by_id = {row.pk: row for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


# What comes next ------------------------------------------------------------------------------------------------------
def next_ticket(user: User, *, after: int | None = None) -> Ticket | None:
    """What this agent should do now: theirs or nobody's, waiting for us, due first; never `after`, which they just
    left, and nothing whose reply of theirs is about to leave. One statement."""
    leaving = PendingReply.objects.filter(author=user, ticket=OuterRef("pk"))
    found = (
        Ticket.objects.worked_by(user)
        .filter(Q(assignee=user) | Q(assignee__isnull=True), ~Exists(leaving), status__in=(Status.NEW, Status.OPEN))
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )
    return found.exclude(pk=after or 0).first()


# How a row reads ------------------------------------------------------------------------------------------------------
#: Badge of a status: icon and tone; the words are the status's own.
STATUS_LOOK: Mapping[str, tuple[str, str]] = {
    Status.NEW: ("star", "info"),
    Status.OPEN: ("message", "brand"),
    Status.WAITING: ("clock", "neutral"),
    Status.ON_HOLD: ("moon", "neutral"),
    Status.RESOLVED: ("check-circle", "success"),
    Status.CLOSED: ("lock", "neutral"),
}
PRIORITY_LOOK: Mapping[str, tuple[str, str]] = {
    Priority.URGENT: ("warning", "danger"),
    Priority.HIGH: ("arrow-up", "warning"),
    Priority.NORMAL: ("minus", "neutral"),
    Priority.LOW: ("chevron-down", "neutral"),
}
CHANNEL_ICON: Mapping[str, str] = {"thread": "message", "form": "edit", "mail": "mail", "staff": "users"}


def name_of(filters: Filters, lists: Lists) -> str:
    """What the open list is called."""
    return lists.current.label if lists.current else str(_("Found"))


__all__ = ["DUE", "LATEST", "Around", "Filters", "Lists", "Page", "around", "lists_for", "next_ticket", "page_of"]
