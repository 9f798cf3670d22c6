"""Lives the life of a made-up community, from a seed: the same seed gives the same life."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

from support.deflection.facts import (
    Aliased,
    Contacted,
    Intended,
    Standing,
    Surveyed,
    TicketOpened,
    Viewed,
)
from support.simulation.habits import EVEN, START, WINDOW, Habits
from support.simulation.shelf import Shelf
from support.simulation.world import AGENT, CUSTOMER, MODERATOR, Contact, Trial, World

CHANNELS = ("phone", "email", "chat")
OTHERWISE = ("search", "give_up", "other")
SECOND = timedelta(seconds=1)
#: No reader is asked twice in so long a time.
BETWEEN_SURVEYS = timedelta(days=90)


class Life:
    """What all who come share: chance, time, numbers, and what they do after they were helped or not."""

    def __init__(self, seed: int, habits: Habits, start: datetime, members_from: int = 0) -> None:
        self.random = Random(seed)  # noqa: S311 - chance, no secret
        self.habits, self.start = habits, start
        self.end = start + timedelta(days=habits.days)
        self.world = World(seed, start, self.end, habits.boards, members_from)
        self._members, self._browsers, self._rows = members_from, 0, 0

    # Numbers and chance ----------------------------------------------------------------------------------------------
    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def next_id(self) -> int:
        self._rows += 1
        return self._rows

    def member(self, role: str = CUSTOMER) -> str:
        self._members += 1
        key = f"u:{self._members}"
        self.world.roles[key] = role
        if role == CUSTOMER:
            self.world.facts.standings.append(Standing(key, "simulated", self.start, None, self.start))
        return key

    def browser(self) -> str:
        self._browsers += 1
        return f"a:{sha256(f'{self.world.seed}:{self._browsers}'.encode()).hexdigest()}"

    def between(self, since: datetime, until: datetime) -> datetime:
        """A whole second between two moments."""
        seconds = int((until - since).total_seconds())
        return since + SECOND * self.random.randint(0, max(0, seconds))

    def soon(self, since: datetime, most: timedelta) -> datetime:
        """Some time after, at least a minute."""
        return self.between(since + timedelta(minutes=1), since + most)

    # What follows ----------------------------------------------------------------------------------------------------
    def follow(self, person: str, thread: int, at: datetime, *, is_solved: bool, would: bool, says: bool) -> None:
        """What somebody does in the days after a thread was to help them at this moment."""
        if is_solved and would:
            self.world.avoidable.add((person, thread))
            if not says:
                self.world.silent.add((person, thread))
        comes = self.habits.recontact if is_solved else self.habits.turns_to_support if would else 0.0
        if self.chance(comes):
            self.contact(person, self.soon(at, WINDOW - timedelta(hours=1)))
        elif self.chance(self.habits.unrelated):
            self.ask_about_something_else(person, self.soon(at, WINDOW))

    def contact(self, person: str, at: datetime) -> None:
        """They reach support, by a ticket or outside."""
        self.world.contacts.append(Contact(person, at))
        if person.startswith("u:") and not self.chance(self.habits.outside):
            self.ticket(person, at)
            return
        is_linkable = not self.chance(self.habits.unlinkable)
        # a browser's owner has an address too, but nobody knows that it is theirs
        self.call(person if is_linkable and person.startswith("u:") else "", at, is_linkable=is_linkable)

    def call(self, person: str, at: datetime, *, is_linkable: bool) -> None:
        """A contact outside; it is read in the next morning."""
        morning = at.replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)
        channel = self.random.choice(CHANNELS)
        self.world.facts.contacted.append(Contacted(person, is_linkable, channel, at, morning))

    def ticket(
        self,
        person: str,
        at: datetime,
        *,
        channel: str = "",
        thread: int | None = None,
        board: int | None = None,
        unrelated: Iterable[tuple[datetime, bool]] = (),
        is_done: bool = True,
    ) -> int:
        number = self.next_id()
        channel = channel or ("form" if self.chance(0.5) else "email")
        done = at + timedelta(hours=self.random.randint(5, 60)) if is_done else None
        opened = TicketOpened(
            number, person, thread, board, channel, at, at, done, None, tuple(unrelated), is_simulated=True
        )
        self.world.facts.tickets.append(opened)
        return number

    def ask_about_something_else(self, person: str, at: datetime) -> None:
        """A ticket that has nothing to do with it; of two, an agent marks one so."""
        if person.startswith("u:"):
            said = [(at + timedelta(hours=3), True)] if self.chance(0.5) else []
            self.ticket(person, at, unrelated=said)

    def intent(self, person: str, thread: int, at: datetime, *, would: bool) -> None:
        """One tap, perhaps."""
        if not self.answers(self.habits.answers_intent, would=would):
            return
        self.world.facts.intended.append(Intended(person, thread, self.otherwise(would=would), at + 20 * SECOND))

    def answers(self, share: float, *, would: bool) -> bool:
        return self.chance(min(1.0, share * (self.habits.eagerness if would else 1.0)))

    def otherwise(self, *, would: bool) -> str:
        return self.random.choice(CHANNELS if would else OTHERWISE)

    # Readers ---------------------------------------------------------------------------------------------------------
    def read(self, person: str, shelf: Shelf, since: datetime, visits: int) -> None:
        """Somebody comes now and then, and reads what was solved."""
        surveyed: datetime | None = None
        days: set[tuple[int, datetime]] = set()
        at = since
        account = ""
        for visit in range(visits):
            at = self.between(at, self.end) if not visit else self.soon(at, timedelta(days=14))
            if at >= self.end:
                return
            thread = shelf.pick(self.random, at)
            if thread is None:
                continue
            day = at.replace(hour=0, minute=0, second=0, microsecond=0)
            if (thread, day) in days:
                continue
            days.add((thread, day))
            surveyed = self.look(person, thread, at, surveyed, may_ask=shelf.is_by_peer(thread, at))
            if person.startswith("a:") and not account and self.chance(self.habits.signs_in):
                account, signed_in = self.member(), at + timedelta(minutes=30)
                self.world.facts.aliases.append(Aliased(person, account, signed_in))
                person, at = account, signed_in

    def look(
        self, person: str, thread: int, at: datetime, surveyed: datetime | None, *, may_ask: bool
    ) -> datetime | None:
        """One eligible view: perhaps a survey; and what comes of it. Returns when this person was surveyed last."""
        facts, habits = self.world.facts, self.habits
        facts.viewed.append(Viewed(self.next_id(), person, CUSTOMER, thread, at, at + 30 * SECOND, is_simulated=True))
        is_solved, would = self.chance(habits.viewer_solved), self.chance(habits.viewer_contact)
        if surveyed is not None and at - surveyed < BETWEEN_SURVEYS:
            may_ask = False
        if may_ask and self.chance(habits.survey_rate):
            surveyed = at
            self._survey(person, thread, at, is_solved=is_solved, would=would)
        self.follow(person, thread, at, is_solved=is_solved, would=would, says=True)
        return surveyed

    def _survey(self, person: str, thread: int, at: datetime, *, is_solved: bool, would: bool) -> None:
        shown = at + 2 * SECOND if self.chance(0.95) else None
        answered = None
        if shown is not None and self.answers(self.habits.answers_survey, would=would and is_solved):
            answered = shown + SECOND * self.random.randint(4, 60)
        instead = self.otherwise(would=would) if answered else ""
        said = is_solved if answered else None
        row = Surveyed(
            self.next_id(), person, CUSTOMER, thread, at, at, shown, said, instead, answered, answered,
            is_simulated=True,
        )  # fmt: skip
        self.world.facts.surveyed.append(row)


def begin(seed: int, habits: Habits = EVEN, start: datetime = START, members_from: int = 0) -> Life:
    """An empty community with its staff: a moderator and two agents."""
    life = Life(seed, habits, start, members_from)
    for role in (MODERATOR, AGENT, AGENT):
        life.member(role)
    if habits.is_tried:
        life.world.experiment = Trial(
            1, f"{seed:016x}", habits.holdout, start + timedelta(days=1), life.end - timedelta(days=1)
        )
    return life
