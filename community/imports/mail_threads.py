"""Which mail belongs to which conversation: by what it answers, and by its subject where that is not in the archive.

Plain values in, plain values out. A mail names what it answers (In-Reply-To), and the way to it (References). The
nearest of them that is known is its parent, wherever it stands in the file. A reply whose parent is nowhere goes to the
conversation of the same subject that somebody wrote in lately; else it begins one. Circles are cut at their earliest
mail, and nothing here is recursive: conversations may be as deep as they like.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from community.imports.subjects import is_generic

#: A reply without its parent joins what was said under its subject within these.
WINDOW = timedelta(days=30)
GENERIC_WINDOW = timedelta(days=2)
#: so many mails of one subject are looked through for one reply
_LOOKED_AT = 20


class By(StrEnum):
    """Why a mail is where it is."""

    REFERENCE = "reference"
    SUBJECT = "subject"
    #: a reply that begins a conversation, because what it answers is not there
    ORPHAN = "orphan"
    NEW = "new"


@dataclass(slots=True, eq=False)
class Node:
    """One mail. `links` are what it says it answers, the nearest first."""

    own: str
    links: tuple[str, ...]
    at: datetime
    subject: str = ""
    says_reply: bool = False
    #: it becomes no post, but what answers it stays together
    is_left_out: bool = False
    parent: "Node | None" = None
    by: By = By.NEW
    #: the question its conversation is, where that was imported before
    known_root: str = ""

    @property
    def is_reply(self) -> bool:
        return self.says_reply or bool(self.links)


@dataclass(slots=True)
class Conversations:
    """`root` is the id of the question each mail is part of; that mail is the question itself where it is its own."""

    root: dict[str, str] = field(default_factory=dict)
    began_at: dict[str, datetime] = field(default_factory=dict)
    by: Counter[By] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A conversation that was imported before."""

    root: str
    subject: str
    last_at: datetime


def arrange(nodes: Sequence[Node], known: Mapping[str, str], earlier: Sequence[Earlier] = ()) -> Conversations:
    """Give every mail its conversation. `known` leads from ids imported before to the question they are part of."""
    by_id = {node.own: node for node in nodes}
    for node in nodes:
        node.known_root = known.get(node.own, "")
        _link(node, by_id, known)
    _cut_circles(nodes)
    _join_by_subject(nodes, earlier)
    return _gathered(nodes, known)


def _link(node: Node, by_id: Mapping[str, Node], known: Mapping[str, str]) -> None:
    for link in node.links:
        parent = by_id.get(link)
        if parent is node:
            continue
        if parent is not None:
            node.parent, node.by = parent, By.REFERENCE
            return
        if link in known:
            node.known_root, node.by = node.known_root or known[link], By.REFERENCE
            return


def _cut_circles(nodes: Sequence[Node]) -> None:
    done: set[int] = set()
    for start in nodes:
        way: dict[int, Node] = {}
        node: Node | None = start
        while node is not None and id(node) not in done and id(node) not in way:
            way[id(node)] = node
            node = node.parent
        if node is not None and id(node) in way:
            circle = list(way.values())[list(way).index(id(node)) :]
            first = min(circle, key=lambda each: each.at)
            first.parent, first.by = None, By.NEW
        done.update(way)


def _join_by_subject(nodes: Sequence[Node], earlier: Sequence[Earlier]) -> None:
    said = _Said(nodes, earlier)
    for node in sorted(nodes, key=lambda each: each.at):
        if node.parent is not None or node.known_root or not node.is_reply:
            continue
        node.by = By.SUBJECT if said.joins(node) else By.ORPHAN


class _Said:
    """What was said under which subject, and when; and who answers the same mail that is not there."""

    def __init__(self, nodes: Sequence[Node], earlier: Sequence[Earlier]) -> None:
        told: dict[str, list[tuple[datetime, Node | str]]] = defaultdict(list)
        for node in nodes:
            told[node.subject].append((node.at, node))
        for conversation in earlier:
            told[conversation.subject].append((conversation.last_at, conversation.root))
        self.told = {subject: sorted(rows, key=lambda row: row[0]) for subject, rows in told.items() if subject}
        self.at = {subject: [row[0] for row in rows] for subject, rows in self.told.items()}
        self.missing: dict[tuple[str, str], Node] = {}

    def joins(self, node: Node) -> bool:
        if not node.subject:
            return False
        found = self._with_the_same_parent(node) or self._lately(node)
        for link in node.links:
            self.missing.setdefault((link, node.subject), node)
        if isinstance(found, Node):
            node.parent = found
        elif found:
            node.known_root = found
        return found is not None

    def _with_the_same_parent(self, node: Node) -> Node | None:
        for link in node.links:
            other = self.missing.get((link, node.subject))
            if other is not None and _top(other) is not node:
                return other
        return None

    def _lately(self, node: Node) -> Node | str | None:
        rows = self.told[node.subject]
        window = GENERIC_WINDOW if is_generic(node.subject) else WINDOW
        last = bisect_right(self.at[node.subject], node.at)
        for at, what in reversed(rows[max(0, last - _LOOKED_AT) : last]):
            if node.at - at > window:
                return None
            if isinstance(what, str) or (what is not node and _top(what) is not node):
                return what
        return None


def _top(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


def _gathered(nodes: Sequence[Node], known: Mapping[str, str]) -> Conversations:
    """Follow every mail to its top; where that one becomes no post, the earliest that does is the question."""
    tops: dict[int, Node] = {}
    members: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        way, top = [], node
        while id(top) not in tops and top.parent is not None and not top.known_root:
            way.append(top)
            top = top.parent
        top = tops.get(id(top), top)
        for each in (*way, node):
            tops[id(each)] = top
        members[id(top)].append(node)
    found = Conversations()
    for group in members.values():
        top = tops[id(group[0])]
        posts = [node for node in group if not node.is_left_out]
        if not posts:
            continue
        first = top if not top.is_left_out else min(posts, key=lambda each: each.at)
        root = top.known_root or first.own
        if root == first.own:
            found.began_at[root] = first.at
        for node in posts:
            found.root[node.own] = node.known_root or root
            if node is first and node.by == By.REFERENCE and not node.known_root:
                node.by = By.ORPHAN
            if node.own not in known:
                found.by[node.by] += 1
    return found
