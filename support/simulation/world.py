"""What a made-up community consists of: the facts that the ledger sees, and beside them what nobody sees."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import NamedTuple

from support.deflection.facts import Facts

CUSTOMER, MODERATOR, AGENT = "customer", "moderator", "agent"


class Answered(NamedTuple):
    """An answer, without which there is no acceptance."""

    id: int
    thread: int
    author: str
    role: str
    at: datetime


class Contact(NamedTuple):
    """Somebody reached support because the community had not helped: whether or not anybody could link it to them."""

    person: str
    at: datetime


@dataclass(slots=True)
class World:
    """`facts` refers to numbers from 1 on: accounts `u:<n>` with a role in `roles`, boards, threads, answers."""

    seed: int
    start: datetime
    #: nothing happens from then on
    end: datetime
    boards: int
    #: accounts are numbered from the next number on
    members_from: int = 0
    facts: Facts = field(default_factory=Facts)
    answers: list[Answered] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    #: form -> the thread or the ticket it became
    form_threads: dict[int, int] = field(default_factory=dict)
    form_tickets: dict[int, int] = field(default_factory=dict)
    experiment: "Trial | None" = None
    #: (person, thread): it solved it, and they would have contacted support otherwise
    avoidable: set[tuple[str, int]] = field(default_factory=set)
    #: forms that would have been sent, had there been no suggestions beside them
    would_send: set[int] = field(default_factory=set)
    #: who was helped, would have contacted support, and never said a word of it
    silent: set[tuple[str, int]] = field(default_factory=set)
    contacts: list[Contact] = field(default_factory=list)

    def count(self) -> int:
        """How many facts there are: every answer once."""
        named = (each.name for each in fields(self.facts) if each.name != "answered")
        return sum(len(getattr(self.facts, name)) for name in named) + len(self.answers)

    def horizon(self) -> datetime:
        """When everything has matured, and whatever is learned late was learned."""
        return self.end + timedelta(days=45)

    def members(self) -> Iterator[str]:
        return iter(self.roles)


class Trial(NamedTuple):
    """The experiment of the ticket form."""

    id: int
    salt: str
    holdout: float
    starts_at: datetime
    stops_at: datetime


class Truth:
    """What really happened, asked of a world: who avoided a contact, under whatever key they went."""

    def __init__(self, world: World, window: timedelta) -> None:
        self._window = window
        self._accounts = {each.visitor: each.person for each in world.facts.aliases}
        self._roots = {each.thread: each.original for each in world.facts.merged if each.until is None}
        self._avoidable = {(self.person(who), self.thread(where)) for who, where in world.avoidable}
        self._contacts: dict[str, list[datetime]] = defaultdict(list)
        for contact in world.contacts:
            self._contacts[self.person(contact.person)].append(contact.at)

    def person(self, key: str) -> str:
        return self._accounts.get(key, key)

    def thread(self, number: int) -> int:
        while number in self._roots:
            number = self._roots[number]
        return number

    def came_back(self, person: str, at: datetime) -> bool:
        """Whether they contacted support in the window after a moment, linked or not."""
        return any(at < each <= at + self._window for each in self._contacts.get(self.person(person), ()))

    def avoided(self, person: str, thread: int, at: datetime) -> bool:
        """Whether this case was one contact less."""
        key = (self.person(person), self.thread(thread))
        return key in self._avoidable and not self.came_back(person, at)
