"""Reads a demo brand's story (nordwave.md says how it is written): plain text in, dataclasses out."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

#: Somebody reports a post: "flag-spam 2: a b +1h", what they write below it.
FLAG = "flag-"
#: What happens between two threads, the other one named by its title.
BY_TITLE = ("duplicate-of", "merge-into", "read-first")
#: What somebody writes by mail: an answer; one from an address nobody confirmed; what a program answers meanwhile.
BY_MAIL = ("mail", "mail-elsewhere", "mail-away")
#: How a question's asker is written who asked by mail.
_ASKED_BY_MAIL = " by mail"
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_AFTER = re.compile(r"\+(\d+)([mhd])$")
_AGO = re.compile(r"(?:(\d+)d)?\s*(?:(\d\d?):(\d\d))?(?:(\d+)h)?$")


@dataclass(frozen=True)
class Step:
    """Something that happens in a thread: an answer (verb "answer", with text) or one of the other verbs."""

    verb: str
    after: timedelta
    number: int = 0
    people: tuple[str, ...] = ()
    text: str = ""
    #: the title of another thread
    other: str = ""
    #: the answers that a new question is made of, whose title `text` is
    split: tuple[int, ...] = ()


@dataclass(frozen=True)
class Plot:
    """One thread of the story. `days_ago` and `clock` (hour, minute) say when; `hours_ago` for today's."""

    title: str
    board: str
    kind: str
    asker: str
    days_ago: int
    clock: tuple[int, int] | None
    hours_ago: int
    version: str
    tags: tuple[str, ...]
    body: str
    by_mail: bool = False
    steps: list[Step] = field(default_factory=list)


def read_story(text: str) -> list[Plot]:
    """Every thread of the story; ValueError names the line that cannot be read."""
    chapters = re.split(r"^## ", text, flags=re.MULTILINE)
    return [_plot(chapter) for chapter in chapters[1:]]


def _plot(chapter: str) -> Plot:
    title, facts, rest = chapter.split("\n", 2)
    board, kind, asker, when, version, tags = (part.strip() for part in facts.split("|"))
    ago = _AGO.match(when)
    if ago is None:
        raise ValueError(f"When is {when!r} in “{title}”?")
    days, hour, minute, hours = ago.groups()
    body, *acts = re.split(r"^@@ ", rest, flags=re.MULTILINE)
    return Plot(
        title=title.strip(),
        board=board,
        kind=kind,
        asker=asker.removesuffix(_ASKED_BY_MAIL),
        days_ago=int(days or 0),
        clock=(int(hour), int(minute)) if hour else None,
        hours_ago=int(hours or 0),
        version=version,
        tags=tuple(tag.strip() for tag in tags.split(",") if tag.strip()),
        body=body.strip(),
        by_mail=asker.endswith(_ASKED_BY_MAIL),
        steps=[_step(act) for act in acts],
    )


def _step(act: str) -> Step:
    head, _newline, text = act.partition("\n")
    words = head.split()
    after = timedelta()
    if found := _AFTER.match(words[-1]):
        after = timedelta(**{_UNITS[found[2]]: int(found[1])})
        words = words[:-1]
    verb, *rest = words
    if verb in BY_TITLE:
        return Step(verb, after, other=" ".join(rest))
    if verb == "split":
        return Step(verb, after, text=" ".join(rest[1:]), split=tuple(int(number) for number in rest[0].split(",")))
    if verb in BY_MAIL:
        return Step(verb, after, people=tuple(rest), text=text.strip())
    if text.strip() and not verb.startswith(FLAG):
        return Step("answer", after, people=(verb,), text=text.strip())
    number = 0
    if rest and rest[0].rstrip(":").isdigit():
        number = int(rest.pop(0).rstrip(":"))
    return Step(verb.rstrip(":"), after, number=number, people=tuple(rest), text=text.strip())
