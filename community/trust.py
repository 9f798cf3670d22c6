"""Trust: what somebody has earned here, and what it unlocks. Plain values; reading/trust.py asks the database.

Levels say what needs no look beforehand. Nothing that a person with a problem needs at first is on the list: asking,
answering, a picture in the question, thanking and sharing a problem are everybody's from the first minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

#: For an answer that stands as the solution of somebody else's question; for each person who found one helpful.
SOLUTION_POINTS = 5
VOTE_POINTS = 1
#: A post has stood when it has been in sight for so long.
STOOD = timedelta(days=1)
#: So many posts that stood make a member; or so many points.
MEMBER_POSTS = 2
MEMBER_POINTS = 5
HELPER_POINTS = 10
#: Trusted: so many solutions in force for other people's questions. Votes alone lead to helper, never here.
TRUSTED_SOLUTIONS = 3


class Level(IntEnum):
    """How well somebody is known here. Comparing is meant: each level has what the ones below it have."""

    NEW = 0
    MEMBER = 1
    HELPER = 2
    TRUSTED = 3

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS: Mapping[Level, Any] = {
    Level.NEW: _("New here"),
    Level.MEMBER: _("Member"),
    Level.HELPER: _("Helper"),
    Level.TRUSTED: _("Trusted member"),
}


class Unlock(StrEnum):
    """What a level can unlock."""

    LINKS = "links"
    PICTURES = "pictures"
    TAGS = "tags"
    DUPLICATES = "duplicates"
    MARKS = "marks"
    ASK_BACK = "ask_back"


#: The one table: from which level on.
UNLOCKED_AT: Mapping[Unlock, Level] = {
    Unlock.LINKS: Level.MEMBER,
    Unlock.PICTURES: Level.MEMBER,
    Unlock.TAGS: Level.HELPER,
    Unlock.DUPLICATES: Level.HELPER,
    Unlock.MARKS: Level.TRUSTED,
    Unlock.ASK_BACK: Level.TRUSTED,
}
#: As a person is told that they can.
WORDS: Mapping[Unlock, Any] = {
    Unlock.LINKS: _("put links into posts that show at once"),
    Unlock.PICTURES: _("put pictures into answers that show at once"),
    Unlock.TAGS: _("set the tags of other people's questions"),
    Unlock.DUPLICATES: _("propose that a question was asked before"),
    Unlock.MARKS: _("mark the solution together where the asker fell silent"),
    Unlock.ASK_BACK: _("ask for more information"),
}
#: From so much suspicion on (content/suspicion.py) a post waits for a look.
HELD_FROM: Mapping[Level, int] = {Level.NEW: 50, Level.MEMBER: 70, Level.HELPER: 90, Level.TRUSTED: 100}


@dataclass(frozen=True)
class Earned:
    """What counts: solutions in force, people who found an answer helpful, posts that stood.

    Each is counted no further than decides something.
    """

    solutions: int = 0
    votes: int = 0
    posts: int = 0

    @property
    def points(self) -> int:
        return SOLUTION_POINTS * self.solutions + VOTE_POINTS * self.votes


def level_from(earned: Earned) -> Level:
    """The level these facts make; without one of them again it is lower again."""
    if earned.solutions >= TRUSTED_SOLUTIONS:
        return Level.TRUSTED
    if earned.points >= HELPER_POINTS:
        return Level.HELPER
    if earned.points >= MEMBER_POINTS or earned.posts >= MEMBER_POSTS:
        return Level.MEMBER
    return Level.NEW


def unlocks(level: Level, what: Unlock) -> bool:
    """Whether this level has it."""
    return level >= UNLOCKED_AT[what]


def can_words(level: Level) -> list[str]:
    """What somebody of this level can do beyond what everybody can, in the table's order."""
    return [str(WORDS[what]) for what in Unlock if unlocks(level, what)]


def new_words(level: Level) -> list[str]:
    """What this level alone adds."""
    return [str(WORDS[what]) for what, at in UNLOCKED_AT.items() if at == level]


def next_words(level: Level) -> str:
    """What leads to the next level, in one sentence; "" at the highest."""
    return str(_NEXT.get(level, ""))


_NEXT: Mapping[Level, Any] = {
    Level.NEW: _("After two posts that have stood for a day, or one accepted answer, they show at once."),
    Level.MEMBER: _("Two accepted answers, or ten people who found your answers helpful, lead on."),
    Level.HELPER: _("Three accepted answers to other people's questions lead on."),
}
