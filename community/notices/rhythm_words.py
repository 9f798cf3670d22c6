"""What notices are about and when they come, in whole sentences: the same on every page where somebody chooses."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community.models import Rhythm, Topic

#: What reaches whom, for each topic.
SENTENCES: Mapping[Topic, Promise] = {
    Topic.ANSWERS: _("Somebody answers what you asked, staff look at it, or it was asked before."),
    Topic.MENTIONS: _("Somebody writes your name with an @ before it, because they want you to read it."),
    Topic.THANKS: _("Your answer is accepted as the solution, or it solved the problem for others."),
    Topic.SHARED: _("You said “I have this problem too”, and now there is a solution."),
    Topic.WATCHED: _("Answers to questions that you watch or answered yourself."),
    Topic.QUESTIONS: _("Somebody asks on a board or with a tag that you watch."),
    Topic.REMINDERS: _("You got an answer and did not say whether it helped: we ask once, after three days."),
    Topic.DIGEST: _("Questions you may know the answer to, what was solved lately, and the thanks you got."),
}
# A reminder is one mail, and what a digest gathers is nowhere else.
_OTHER_WORDS: Mapping[tuple[Topic, str], Promise] = {
    (Topic.REMINDERS, Rhythm.NOW): pgettext_lazy("a reminder", "By mail, once"),
    (Topic.DIGEST, Rhythm.OFF): pgettext_lazy("a digest", "Never"),
}


def when(topic: Topic, rhythm: str) -> str:
    """When this topic comes, in words."""
    return str(_OTHER_WORDS.get((topic, rhythm)) or Rhythm(rhythm).label)


def masked(address: str) -> str:
    """An address that its owner knows again and nobody else learns: a***@example.com."""
    name, at, host = address.rpartition("@")
    return f"{name[:1]}***@{host}" if at else ""
