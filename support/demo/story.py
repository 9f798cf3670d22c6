"""Reads what happened at a demo brand's desk (nordwave.md says how it is written): plain text in, dataclasses out."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = Path(__file__).parent
#: By which door: written to staff, a question that staff took over, one whose asker called them.
DOORS = ("form", "staff", "asker")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_AFTER = re.compile(r"\+(\d+)([mhd])$")
_AGO = re.compile(r"(?:(\d+)d)?\s*(?:(\d\d?):(\d\d))?(?:(\d+)h)?$")


@dataclass(frozen=True)
class Act:
    """One thing that is done to a ticket: who does what, with which words beside it and below it."""

    who: str
    verb: str
    after: timedelta
    words: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Case:
    """One ticket. `title` is its subject, or of a question the question's title; `where` a board, or for what reason.

    `ago` says how long before the present it began; `clock` (hour, minute) at which time of that day.
    """

    title: str
    door: str
    who: str
    where: str
    ago: timedelta
    clock: tuple[int, int] | None
    private: str
    text: str
    acts: list[Act] = field(default_factory=list)

    def begins(self, now: datetime) -> datetime:
        moment = now - self.ago
        if self.clock is not None:
            moment = moment.astimezone(UTC).replace(hour=self.clock[0], minute=self.clock[1], second=0, microsecond=0)
        return min(moment, now - timedelta(minutes=5))


def read_desk(brand: str) -> list[Case]:
    """Every ticket of the brand's desk; ValueError names what cannot be read."""
    text = (FOLDER / f"{brand}.md").read_text(encoding="utf-8")
    return [_case(chapter) for chapter in re.split(r"^## ", text, flags=re.MULTILINE)[1:]]


def _case(chapter: str) -> Case:
    title, facts, rest = chapter.split("\n", 2)
    door, who, where, when, private = (part.strip() for part in facts.split("|"))
    ago = _AGO.match(when)
    if ago is None or door not in DOORS:
        raise ValueError(f"When or by which door is “{title}”?")
    days, hour, minute, hours = ago.groups()
    text, *acts = re.split(r"^@@ ", rest, flags=re.MULTILINE)
    return Case(
        title=title.strip(),
        door=door,
        who=who,
        where=where,
        ago=timedelta(days=int(days or 0), hours=int(hours or 0)),
        clock=(int(hour), int(minute)) if hour else None,
        private=private,
        text=text.strip(),
        acts=[_act(act) for act in acts],
    )


def _act(act: str) -> Act:
    head, _newline, text = act.partition("\n")
    words = head.split()
    found = _AFTER.match(words[-1])
    if found is None or len(words) < 3:
        raise ValueError(f"Who does what and when in {head!r}?")
    after = timedelta(**{_UNITS[found[2]]: int(found[1])})
    return Act(words[0], words[1], after, tuple(words[2:-1]), text.strip())
