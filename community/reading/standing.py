"""Where a thread stands, in one plain sentence: what it is, since when, what happens next."""

from django.contrib.auth.models import AnonymousUser
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.models import Solution, Thread, User
from community.models.threads import State
from community.reading.thread_page import Solved
from community.templatetags.ui import moment

Anyone = User | AnonymousUser


def span(minutes: float) -> str:
    """A wait in the largest unit that fits, rounded up."""
    if minutes < 90:
        count = max(1, -int(-minutes // 1))
        return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}
    if minutes < 48 * 60:
        count = -int(-minutes // 60)
        return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}
    count = -int(-minutes // 1440)
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def _told(words: str, **values: str) -> SafeString:
    """A sentence with its names and times put in."""
    return mark_safe(words % {name: conditional_escape(value) for name, value in values.items()})  # noqa: S308 - escaped


def _name(name: str) -> SafeString:
    """A name that does not turn the sentence round, whichever way it runs."""
    return format_html("<bdi>{}</bdi>", name)


def sentence_of(thread: Thread, solved: Solved | None) -> SafeString:
    """The status line; empty where there is nothing to wait for."""
    if thread.merged_into_id is not None:
        return _told(_("Asked before: this question takes no more answers."))
    if thread.closed_at is not None:
        return _told(_("Closed %(when)s. Nothing more is expected here."), when=moment(thread.closed_at))
    if solved is not None:
        return _solved(thread, solved)
    if not thread.is_solvable:
        return SafeString("")
    told = []
    if thread.escalated_at is not None:
        told.append(_told(_("Staff are looking at this, since %(since)s."), since=moment(thread.escalated_at, True)))
    if thread.needs_info_at is not None:
        words = _("Waiting for more information from %(asker)s, since %(since)s.")
        told.append(_told(words, asker=thread.asker.display_name, since=moment(thread.needs_info_at, True)))
    return SafeString(" ".join(told)) if told else _unsolved(thread)


def _unsolved(thread: Thread) -> SafeString:
    asker = _name(thread.asker.display_name)
    if thread.state == State.NEW:
        return _told(_("Asked %(when)s. Waiting for a first answer."), when=moment(thread.asked_at))
    if thread.state == State.NEEDS_ATTENTION:
        return _told(_("Not solved yet: %(asker)s waits for another answer."), asker=asker)
    return _told(_("Answered. %(asker)s has not said yet whether it helped."), asker=asker)


def _solved(thread: Thread, solved: Solved) -> SafeString:
    solution, author = solved.solution, _name(solved.said.author.display_name)
    if thread.outdated_at is not None:
        return _told(_("Solved by %(author)s, but several people say that it no longer works."), author=author)
    wait = span((solved.said.answer.answered_at - thread.asked_at).total_seconds() // 60)
    if solution.resolution_class == Solution.Class.SELF:
        return _told(_("Solved by %(author)s, who asked, after %(wait)s."), author=author, wait=wait)
    return _told(_("Solved by %(author)s after %(wait)s."), author=author, wait=wait)
