"""What a made-up community's things are called in the database: numbers after those that are there, and names."""

from random import Random
from typing import Any
from uuid import UUID

from community.models import (
    Answer,
    Board,
    Experiment,
    FormSession,
    KnownIssue,
    Solution,
    SuggestionEvent,
    Thread,
    User,
)
from support.models import (
    Survey,
    Ticket,
)
from support.simulation.copying import highest
from support.simulation.world import AGENT, MODERATOR, World


def title_of(number: int) -> str:
    return f"It stopped working after update {number}"


#: What stands in every question, answer and issue.
BODY, BODY_HTML = "It stopped working after the update.", "<p>It stopped working after the update.</p>"


class Numbers:
    """A world, and where its things stand."""

    def __init__(self, world: World) -> None:
        self.world, self.facts = world, world.facts
        self._random = Random(world.seed)  # noqa: S311 - names of forms that nobody opens
        models = (
            User, Board, Thread, Answer, Solution, FormSession, Survey, Ticket, Experiment, KnownIssue, SuggestionEvent,
        )  # fmt: skip
        self._base = {model: highest(model) for model in models}

    # Numbers ---------------------------------------------------------------------------------------------------------
    def number(self, model: type[Any], number: int) -> int:
        return self._base[model] + number

    def thread(self, number: int) -> int:
        return self._base[Thread] + number

    def person(self, key: str) -> str:
        """The key under which this person stands in the database."""
        return f"u:{self.person_id(key)}" if key.startswith("u:") else key

    def person_id(self, key: str) -> int:
        return self._base[User] + int(key[2:]) - self.world.members_from

    def new_token(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    # What somebody who writes into a community of another kind says otherwise ----------------------------------------
    def name_of(self, number: int) -> tuple[str, str]:
        """A member's name for signing in, which nobody can, and the one that is shown."""
        return f"made-up-{number}", f"Made up {number}"

    def subject_of(self, ticket: int) -> str:
        return "It does not work"

    def agent_id(self) -> int:
        return self._first(AGENT)

    def moderator_id(self) -> int:
        return self._first(MODERATOR)

    def _first(self, wanted: str) -> int:
        return next(self.person_id(each) for each, role in self.world.roles.items() if role == wanted)
