"""Forgetting again: what was erased or purged after a backup was taken, once that backup is restored."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from community.actions.purges import purge_again
from community.care.forgotten import PERSON, entries
from community.personal.erasing import erase_again

#: Clocks of two machines may differ by so much.
MARGIN = timedelta(minutes=10)
#: By kind of thing: forget the one with this id again; False when it is not there or forgotten already. Each may be
#: called twice.
FORGET_AGAIN: dict[str, Callable[[int], bool]] = {
    PERSON: erase_again,
    "thread": lambda pk: purge_again(thread_id=pk),
    "answer": lambda pk: purge_again(answer_id=pk),
}
#: The numbers of which kind of thing; none that was forgotten may be given to another one.
SEQUENCES = {PERSON: "community_user_id_seq", "thread": "community_thread_id_seq", "answer": "community_answer_id_seq"}


def replay(*, since: datetime, file: Path | None = None) -> tuple[int, list[str]]:
    """Forget again what was forgotten after `since`; how many things that were, and what could not be forgotten."""
    done, left, seen = 0, [], set()
    for one in entries(file):
        if one.at < since - MARGIN or (one.kind, one.id) in seen:
            continue
        seen.add((one.kind, one.id))
        act = FORGET_AGAIN.get(one.kind)
        if act is None:
            left.append(f"{one.kind} {one.id}")
        else:
            done += bool(act(one.id))
    return done, left


def highest_numbers(file: Path | None = None) -> dict[str, int]:
    """By sequence: the highest number of a forgotten thing."""
    found: dict[str, int] = {}
    for one in entries(file):
        if (sequence := SEQUENCES.get(one.kind)) is not None:
            found[sequence] = max(found.get(sequence, 0), one.id)
    return found
