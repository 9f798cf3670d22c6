"""What one press ends, why somebody is told at all, and the signed address of that press in every mail.

The inbox, each mail and the page behind `/stop/<token>/` all ask here, so that they cannot disagree.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.mails.sending import site_address
from community.models import Notification, Thread, Topic, User
from community.notices.notifiables import REASONS, Shown
from community.notices.watching import Held, Watching


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


class Reasons:
    """Why somebody is told and since when, and what would end it, from what the reader watches."""

    def __init__(self, shown: Iterable[Shown], reader: User) -> None:
        self.watching = Watching([each.thread for each in shown if each.thread], reader)

    def since(self, row: Notification, shown: Shown) -> datetime | None:
        """Since when the reader watches what brought this notice; None where nothing did, or they no longer do."""
        if shown.thread is None:
            return None
        if row.reason == "tag":
            tags = self.watching.tags.get(shown.thread.pk)
            return tags[0][1].watched_at if tags else None
        held = self.watching.boards.get(shown.thread.board_id)
        if row.reason not in {"board", "list"}:
            held = self.watching.threads.get(shown.thread.pk)
        return held.watched_at if held else None

    def of(self, row: Notification, shown: Shown) -> tuple[str, Stop | None]:
        """The reason in words, and how to stop it (None where it is stopped already)."""
        known = shown.because.get(row.reason)
        thread, why = shown.thread, str(known[0] if known else REASONS.get(row.reason, ""))
        if thread is None:
            return why, None
        if row.reason == "tag":
            if thread.pk not in self.watching.tags:
                return why, None
            tag, held = self.watching.tags[thread.pk][0]
            named = {"tag": tag.name, "day": day_of(held.watched_at)}
            told = _("Because you have watched the tag %(tag)s since %(day)s") % named
            return told, Stop("unwatch", "tag", tag.pk, tag.name)
        if row.reason in {"board", "list"}:
            board, watch = thread.board, self.watching.boards.get(thread.board_id)
            if watch is None:
                return _("Because you watch the board %(board)s") % {"board": board.name}, None
            said = {"board": board.name, "day": day_of(watch.watched_at)}
            told = _("Because you have watched the board %(board)s since %(day)s")
            if row.reason == "list":
                told = _("Because you have followed the board %(board)s as a mail list since %(day)s")
            return told % said, Stop("unwatch", "board", board.pk, board.name)
        watch = self.watching.threads.get(thread.pk)
        is_muted = watch is not None and watch.muted_at is not None
        return self._dated(row, thread, watch) or why, None if is_muted else question_stop(thread)

    def _dated(self, row: Notification, thread: Thread, watch: Held | None) -> str:
        """Since when, where it is known: what one did oneself to be told. "" where it is not."""
        if row.reason == "asked":
            return _("Because you asked on %(day)s") % {"day": day_of(thread.asked_at)}
        if watch is None or watch.reason != row.reason or row.reason not in _SINCE:
            return ""
        return str(_SINCE[row.reason]) % {"day": day_of(watch.watched_at)}


_SINCE = {
    "answered": gettext_lazy("Because you answered on %(day)s"),
    "me_too": gettext_lazy("Because you said on %(day)s that you have this problem too"),
    "chosen": gettext_lazy("Because you have watched this question since %(day)s"),
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
