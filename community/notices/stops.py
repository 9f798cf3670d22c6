"""What one press ends, why somebody is told at all, and the signed address of that press in every mail.

The inbox, each mail and the page behind `/stop/<token>/` all ask here, so that they cannot disagree.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.mails.sending import site_address
from community.models import Notification, Tag, TaggedThread, Thread, Topic, User, Watch
from community.notices.notifiables import REASONS, Shown
from community.reading.prepared import NOBODY, Prepared, number


@dataclass(frozen=True)
class Stop:
    """One press that ends what brought a notice here.

    `do`, `what`: ("mute", "thread"), ("unwatch", "tag" or "board") with the thing's id and name; ("off", "topic") with
    the topic as its name; ("off", "hourly"), everything that comes bundled; ("off", "digests"), the daily and weekly
    mails with all that is in them; ("off", "all"), every notice by mail. `id` is 0 where no thing is meant.
    """

    do: str
    what: str
    id: int = 0
    name: str = ""

    @property
    def key(self) -> str:
        """What it ends, in one short word: the same for the same thing, whatever that is called by now."""
        return f"{_LETTERS[self.do, self.what]}{self.name if self.what == 'topic' else self.id}"


_LETTERS = {
    ("mute", "thread"): "m",
    ("unwatch", "tag"): "t",
    ("unwatch", "board"): "b",
    ("off", "topic"): "o",
    ("off", "hourly"): "h",
    ("off", "digests"): "d",
    ("off", "all"): "a",
}
_BY_LETTER = {letter: act for act, letter in _LETTERS.items()}
_KEY = re.compile(r"([mtb])([1-9][0-9]{0,17})|(o)([a-z]{1,10})|([hda])0", re.ASCII)
_TOKEN = re.compile(r"([1-9][0-9]{0,17})([a-z][a-z0-9]{1,18})", re.ASCII)
#: Signed for ever: a mail of three years ago still stops what it says it stops.
_SIGNER = Signer(salt="community.notices.stops", sep=".")


def topic_stop(topic: str) -> Stop:
    """The stop of one topic by mail."""
    return Stop("off", "topic", 0, topic)


#: Everything that comes bundled; the daily and weekly mails; every notice by mail.
BUNDLED, DIGESTS, ALL = Stop("off", "hourly"), Stop("off", "digests"), Stop("off", "all")


def read_key(key: str) -> Stop | None:
    """The stop of this key, without the thing's name; None for what is no key."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    letter, number, topic = found[1] or found[3] or found[5], found[2], found[4]
    if topic and topic not in Topic.values:
        return None
    return Stop(*_BY_LETTER[letter], int(number or 0), topic or "")


def token_of(person: User, stop: Stop) -> str:
    """The signed token of this person's stop."""
    return _SIGNER.sign(f"{person.pk}{stop.key}")


def read_token(token: str) -> tuple[int, Stop] | None:
    """(person's id, stop without a name) of a token that we signed; None for any other."""
    try:
        found = _TOKEN.fullmatch(_SIGNER.unsign(token[:200]))
    except (BadSignature, UnicodeError):
        return None
    stop = read_key(found[2]) if found else None
    return (int(found[1]), stop) if found and stop else None


def stop_path(person: User, stop: Stop) -> str:
    """The page that ends it, without the site's address."""
    return reverse("stop", args=[token_of(person, stop)])


def stop_address(reader: User, stop: Stop) -> str:
    """The address that ends it: a POST is enough (RFC 8058), without signing in and for ever; a GET only shows."""
    return site_address() + stop_path(reader, stop)


def choices_address() -> str:
    """Where people choose when notices come."""
    return site_address() + reverse("notice_settings")


_WATCHED = ("thread_id", "board_id", "muted_at", "watched_at", "reason")
#: For one question, as in most mails.
_watched = Prepared(
    lambda _reader: Watch.objects.filter(
        Q(thread_id=number(1)) | Q(board_id=number(2)), person_id=number(0)
    ).values_list(*_WATCHED),
    places=3,
)


class Reasons:
    """Why somebody is told, and what would end it: a query for a page of notifications, two where tags are watched.

    `since` is when the reader began to watch each ("thread", "board" or "tag", its id).
    """

    def __init__(self, shown: Iterable[Shown], reader: User) -> None:
        self.reader = reader
        self.threads = {each.thread.pk: each.thread for each in shown if each.thread}
        self.muted, self.boards, self.since = set[int](), set[int](), dict[tuple[str, int], datetime]()
        self._watched_because = dict[int, str]()
        for thread_id, board_id, muted_at, watched_at, reason in self._watches():
            if board_id:
                self.boards.add(board_id)
                self.since["board", board_id] = watched_at
            else:
                self.since["thread", thread_id] = watched_at
                self._watched_because[thread_id] = reason
                if muted_at:
                    self.muted.add(thread_id)

    def _watches(self) -> Iterable[tuple[Any, ...]]:
        threads = list(self.threads.values())
        if len(threads) == 1:
            return _watched.rows(NOBODY, self.reader.pk, threads[0].pk, threads[0].board_id)
        boards = {thread.board_id for thread in threads}
        watches = Watch.objects.filter(Q(thread__in=self.threads) | Q(board__in=boards), person=self.reader)
        return watches.values_list(*_WATCHED)

    @cached_property
    def tags(self) -> dict[int, Tag]:
        """Thread id -> the tag that the reader watches, the first by name."""
        watched = Watch.objects.filter(person=self.reader, tag__isnull=False)
        carried = TaggedThread.objects.filter(content_object__in=self.threads, tag__watches__in=watched)
        found = {}
        for tagged in carried.select_related("tag").annotate(at=F("tag__watches__watched_at")).order_by("-tag__name"):
            found[tagged.content_object_id] = tagged.tag
            self.since["tag", tagged.tag_id] = tagged.at
        return found

    def of(self, row: Notification, shown: Shown) -> tuple[str, Stop | None]:
        """The reason in words, and how to stop it (None where it is stopped already)."""
        thread, why = shown.thread, str(REASONS.get(row.reason, ""))
        if thread is None:
            return why, None
        if row.reason == "tag":
            tag = self.tags.get(thread.pk)
            if tag is None:
                return why, None
            said = {"tag": tag.name, "day": day_of(self.since["tag", tag.pk])}
            stop = Stop("unwatch", "tag", tag.pk, tag.name)
            return _("Because you watch the tag %(tag)s since %(day)s") % said, stop
        if row.reason == "board":
            board = thread.board
            if board.pk not in self.boards:
                return _("Because you watch the board %(board)s") % {"board": board.name}, None
            said = {"board": board.name, "day": day_of(self.since["board", board.pk])}
            stop = Stop("unwatch", "board", board.pk, board.name)
            return _("Because you watch the board %(board)s since %(day)s") % said, stop
        return self._dated(row, thread) or why, None if thread.pk in self.muted else question_stop(thread)

    def _dated(self, row: Notification, thread: Thread) -> str:
        """Since when, where it is known: what one did oneself to be told. "" where it is not."""
        if row.reason == "asked":
            return _("Because you asked on %(day)s") % {"day": day_of(thread.asked_at)}
        if row.reason not in _SINCE or self._watched_because.get(thread.pk) != row.reason:
            return ""
        return str(_SINCE[row.reason]) % {"day": day_of(self.since["thread", thread.pk])}


_SINCE = {
    "answered": gettext_lazy("Because you answered on %(day)s"),
    "me_too": gettext_lazy("Because you said on %(day)s that you have this problem too"),
    "chosen": gettext_lazy("Because you watch this question since %(day)s"),
}


def day_of(moment: datetime) -> str:
    """The day, in the language and time zone in force."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def question_stop(thread: Thread) -> Stop:
    """The stop of everything about one question."""
    return Stop("mute", "thread", thread.pk, thread.title)


def reason_and_stop(row: Notification, shown: Shown, reader: User, reasons: Reasons | None = None) -> tuple[str, Stop]:
    """Why this notice reaches the reader, in words, and what ends it. A mail always names something.

    A query or two, or none with the `reasons` of several notices.
    """
    why, stop = (reasons or Reasons([shown], reader)).of(row, shown)
    if row.topic in {Topic.REMINDERS, Topic.DIGEST}:  # muting one question would leave all the others
        stop = None
    return why, stop or topic_stop(row.topic or Topic.WATCHED)


def stop_of(row: Notification, shown: Shown, reader: User, reasons: Reasons | None = None) -> Stop:
    """What ends it: the same rule as the inbox's; where that is stopped already, the topic. Queries as above."""
    return reason_and_stop(row, shown, reader, reasons)[1]
