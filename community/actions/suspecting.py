"""Whether a post shows at once or waits for a look: its words, its author's level, what was posted lately, the brake.

One statement beside what the post writes anyway; for staff none. What is suspicious is said in content/suspicion.py,
what each level may in trust.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from community import clock
from community.actions.brake import allowed_rate, start_by_rate
from community.actions.compose import Composed
from community.actions.together import Writes
from community.content.suspicion import (
    UNKNOWN_ENTRY,
    Entry,
    Reason,
    Verdict,
    foreign_hosts,
    host_of,
    marks_of,
    needed,
    suspect,
)
from community.models import Attachment, PostPrint, User
from community.reading.prepared import NEXT, run
from community.reading.trust import ask_level, level_of
from community.roles import STAFF
from community.trust import HELD_FROM, Level, Unlock, unlocks

#: The same text counts as the same for so long; the prints are swept then.
KEEP_PRINTS = timedelta(days=14)
#: New members' posts are counted over so long a time.
RATE = timedelta(minutes=10)
#: More copies of a text say nothing more.
_MOST_COPIES = 10

_LOOK = """
    SELECT
        EXISTS (SELECT 1 FROM community_brake WHERE ends_at > %(now)s AND started_at <= %(now)s AND lifted_at IS NULL),
        (SELECT count(*) FROM community_postprint WHERE by_new AND posted_at > %(lately)s AND posted_at <= %(now)s),
        (SELECT array_agg(author_id) FROM (
            SELECT author_id FROM community_postprint p
            WHERE p.marks && %(marks)s::bigint[] AND p.posted_at > %(since)s
              AND NOT (p.thread_id = %(thread)s AND p.answer_id IS NOT DISTINCT FROM %(answer)s)
              AND (SELECT count(*) FROM unnest(p.marks) mark WHERE mark = ANY (%(marks)s)) >= %(needed)s
            LIMIT %(most)s) copies),
        (SELECT array_agg(url) FROM community_brandlink),
        (SELECT array[support_url, 'https://' || split_part(support_address, '@', 2)] FROM community_brand)
"""


@dataclass(frozen=True)
class Weighed:
    """What came of it: whose level, which reasons, and whether the post waits for somebody to look at it."""

    level: Level
    verdict: Verdict
    marks: list[int]
    by_new: bool

    @property
    def is_held(self) -> bool:
        if not settings.HOLD_POSTS or not self.verdict.reasons:
            return False
        return self.verdict.weight >= HELD_FROM[self.level]


_UNTOUCHED = Weighed(Level.TRUSTED, Verdict(), [], by_new=False)


def weigh(
    *,
    actor: User,
    composed: Composed,
    title: str = "",
    files: Sequence[int] = (),
    own_question: bool = False,
    entry: Entry = UNKNOWN_ENTRY,
    itself: tuple[int, int | None] | None = None,
) -> Weighed:
    """Look at what somebody is about to post. `own_question`: it is a question, where a picture belongs from the first.

    `files` are the ids of what comes along beside the text; `itself` is the post (thread, answer) that is written anew.
    """
    if actor.effective_roles & STAFF:
        return _UNTOUCHED
    text = f"{title}\n{composed.body}"
    marks = marks_of(text, settings.SECRET_KEY.encode())
    rows, (braked, rate, copies, *ours) = _ask(actor, marks, itself or (0, None))
    level, welcome = level_of(actor, rows), welcome_hosts(*ours)
    verdict = suspect(text, composed.links, welcome=welcome, entry=entry).and_also(*_again(actor, copies or []))
    if level == Level.NEW:
        ids = [*files, *composed.attachment_ids]
        has_files = bool(ids) and Attachment.objects.filter(pk__in=ids, kind=Attachment.Kind.IMAGE).exists()
        verdict = verdict.and_also(
            *_of_somebody_new(level, verdict, has_links=bool(foreign_hosts(composed.links, welcome)),
                              has_files=has_files, own_question=own_question)
        )  # fmt: skip
        if not braked and itself is None and rate + 1 > allowed_rate(rate):
            braked = start_by_rate() is not None
        if braked:
            verdict = verdict.and_also(Reason.BRAKE)
    return Weighed(level, verdict, marks, by_new=level == Level.NEW)


def _again(actor: User, copies: Sequence[int]) -> list[Reason]:
    """What the same text in other posts says: `copies` are their authors."""
    own = sum(author == actor.pk for author in copies)
    reasons = [Reason.COPIED] if own < len(copies) else []
    if own:
        reasons.append(Reason.REPEATED)
    if own > 1:
        reasons.append(Reason.FLOOD)
    return reasons


def _of_somebody_new(
    level: Level, verdict: Verdict, *, has_links: bool, has_files: bool, own_question: bool
) -> list[Reason]:
    """What needs a look only because nobody knows its author yet.

    A screenshot belongs to a first question: there it waits only where something else stands out.
    """
    reasons = [] if unlocks(level, Unlock.LINKS) or not has_links else [Reason.NEW_LINKS]
    is_risky = not own_question or bool(verdict.reasons)
    if has_files and is_risky and not unlocks(level, Unlock.PICTURES):
        reasons.append(Reason.NEW_PICTURES)
    return reasons


def keep_print(weighed: Weighed, *, writes: Writes, thread_id: int, answer_id: int | None, author: User) -> None:
    """Keep the post's marks beside it, in the same message."""
    if weighed.marks or weighed.by_new:
        row = PostPrint(
            thread_id=thread_id,
            answer_id=answer_id,
            author_id=author.pk,
            marks=weighed.marks,
            by_new=weighed.by_new,
            posted_at=clock.now(),
        )
        writes.add(row, unless_there=True)


def renew_print(weighed: Weighed, *, thread_id: int, answer_id: int | None) -> None:
    """The post has other words now."""
    PostPrint.objects.filter(thread=thread_id, answer=answer_id).update(marks=weighed.marks)


def welcome_hosts(links: Sequence[str] | None, support: Sequence[str] | None) -> frozenset[str]:
    """Hosts that are never foreign: this site's, those of the brand's own links, and settings.WELCOME_HOSTS."""
    addresses = [*(links or ()), *(support or ()), settings.SITE_URL]
    hosts = {host_of(address).removeprefix("www.") for address in addresses if address}
    return frozenset(host for host in (*hosts, *settings.WELCOME_HOSTS) if host and "." in host)


def _ask(actor: User, marks: list[int], itself: tuple[int, int | None]) -> tuple[list[Any], tuple[Any, ...]]:
    """The level's rows and what was posted lately, in one message."""
    now = clock.now()
    values: dict[str, datetime | list[int] | int | None] = {
        "thread": itself[0],
        "answer": itself[1],
        "now": now,
        "lately": now - RATE,
        "since": now - KEEP_PRINTS,
        "marks": marks,
        "needed": needed(marks),
        "most": _MOST_COPIES,
    }
    level = ask_level(actor)
    with connection.cursor() as cursor:
        if connection.settings_dict["OPTIONS"].get("server_side_binding"):
            cursor.execute(_LOOK, values)
            return run(level), cursor.fetchone()
        cursor.execute(level.ready.filled(level.values, cursor).replace("%", "%%") + NEXT + _LOOK, values)
        rows = level.ready.converted(cursor.fetchall())
        cursor.nextset()
        return rows, cursor.fetchone()
