"""What notices are about and when they come, in whole sentences: the same on every page where somebody chooses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from community.models import Rhythm, ThreadEvent, Topic, Watch
from community.notices.topics import topic_of

#: What reaches whom, for each topic.
SENTENCES: Mapping[Topic, Promise] = {
    Topic.ANSWERS: gettext_lazy("Somebody answers what you asked, staff look at it, or it was asked before."),
    Topic.MENTIONS: gettext_lazy("Somebody writes your name with an @ before it, because they want you to read it."),
    Topic.THANKS: gettext_lazy("Your answer is accepted as the solution, or it solved the problem for others."),
    Topic.SHARED: gettext_lazy("You said “I have this problem too”, and now there is a solution."),
    Topic.WATCHED: gettext_lazy("Answers to questions that you watch or answered yourself."),
    Topic.QUESTIONS: gettext_lazy("Somebody asks on a board or with a tag that you watch."),
    Topic.LIST: gettext_lazy("Every question and every answer of these boards, each as a mail that you can reply to."),
    Topic.ISSUES: gettext_lazy(
        "Staff know what is wrong with something that you have too: what helps, when it is fixed."
    ),
    Topic.DESK: gettext_lazy("Something new arrives for you or your team, somebody writes again, or a reply is due."),
    Topic.HEARD: gettext_lazy("A report of two minutes: what rises, what people want and praise, which promises held."),
    Topic.REMINDERS: gettext_lazy("You did not say yet whether an answer helped: we ask once, after three days."),
    Topic.DIGEST: gettext_lazy("Questions you may know the answer to, what was solved lately, and the thanks you got."),
}
# A reminder is one mail, a report comes once a week, and what a digest gathers is nowhere else.
_OTHER_WORDS: Mapping[tuple[Topic, str], Promise] = {
    (Topic.REMINDERS, Rhythm.NOW): pgettext_lazy("a reminder", "By mail, once"),
    (Topic.LIST, Rhythm.NOW): pgettext_lazy("posts of a mail list", "Each by mail, at once"),
    (Topic.HEARD, Rhythm.NOW): pgettext_lazy("a weekly report", "By mail, on Mondays"),
    (Topic.DIGEST, Rhythm.OFF): pgettext_lazy("a digest", "Never"),
}


def when(topic: Topic, rhythm: str) -> str:
    """When this topic comes, in words."""
    return str(_OTHER_WORDS.get((topic, rhythm)) or Rhythm(rhythm).label)


class RhythmChoice(NamedTuple):
    """One of the times at which a watch's news may come; "" is as the person chose for all such news."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Watched:
    """A watch as it is listed: with when its news come by mail, in words, and what else can be chosen."""

    watch: Watch
    when: str
    choices: Sequence[RhythmChoice]


def with_choices(watches: Iterable[Watch], usual: Mapping[Topic, Rhythm]) -> list[Watched]:
    """These watches with their choices; `usual` is when each topic comes to their owner (topics.rhythms_of)."""
    return [_with_choices(watch, usual) for watch in watches]


def _with_choices(watch: Watch, usual: Mapping[Topic, Rhythm]) -> Watched:
    topic = topic_of(ThreadEvent.Kind.ANSWERED, watch.reason) if watch.thread_id else Topic.QUESTIONS
    as_usual = str(usual[topic].label)
    first = RhythmChoice("", _("As in your settings: %(when)s") % {"when": as_usual}, not watch.rhythm)
    others = [RhythmChoice(each.value, str(each.label), each == watch.rhythm) for each in Rhythm]
    return Watched(watch, str(Rhythm(watch.rhythm).label) if watch.rhythm else as_usual, [first, *others])


def masked(address: str) -> str:
    """An address that its owner knows again and nobody else learns: a***@example.com."""
    name, at, host = address.rpartition("@")
    return f"{name[:1]}***@{host}" if at else ""
