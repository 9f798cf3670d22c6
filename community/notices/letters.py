"""The letters of notices, in the language and time zone that are active: the caller activates their reader's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import permissions
from community.content.text import excerpt
from community.incoming.commands import ACCEPT, LEAVE, word_for
from community.mails.letters import Button, Heading, Item, Items, Letter, Part, Why, Words, isolated
from community.models import Notification, ThreadEvent, Topic, User
from community.notices import known_issues, milestones
from community.notices.notifiables import Shown
from community.notices.saying import absolute, day_of, first_words
from community.notices.stops import BUNDLED, Reasons, Stop, choices_address, stop_address, stop_of
from community.notices.wording import may_confirm, write_said

#: A subject of this many characters is cut nowhere that matters.
SUBJECT = 120
#: One mail tells at most so many news; the inbox has all of them.
MOST_IN_A_BUNDLE = 40

_KIND = ThreadEvent.Kind


@dataclass(frozen=True)
class Written:
    """A letter, and what its headers are made of.

    `stop` is what one click ends; `thread_id` the question it is about, where it is about one, else `about` a word for
    what it is about; `sender` the name of whoever wrote or did it, "" for the site itself. `answered_to` is what a
    reply to it is about, as in reply addresses (incoming/addresses.py): a letter and a number; None for nothing. A post
    of a mail list has `headers` of its own.
    """

    letter: Letter
    stop: Stop | None
    thread_id: int | None
    sender: str
    about: str = ""
    answered_to: tuple[str, int] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def write_notice(row: Notification, shown: Shown, reader: User, reasons: Reasons | None = None) -> Written:
    """The mail about one notice. `reasons` where somebody has them already. A query where it is about thanks."""
    reasons = reasons or Reasons([shown], reader)
    stop = stop_of(row, shown, reader, reasons)
    held = reasons.watching.boards.get(shown.thread.board_id) if shown.thread else None
    is_list = held is not None and held.is_list
    return put_letter(row, shown, reader, stop, reasons.since(row, shown), is_list=is_list)


def put_letter(
    row: Notification,
    shown: Shown,
    reader: User,
    stop: Stop,
    watched_at: datetime | None,
    *,
    is_list: bool = False,
) -> Written:
    """The mail from what is known; `watched_at` is since when the reader watches what brought it.

    `is_list`: they follow its board as a mail list.
    """
    said = write_said(row, shown, reader)
    answered_to = said.answered_to or answered_to_of(shown, reader)
    is_ours = answered_to and not said.answered_to
    by_word = words_told(shown, reader, is_list=is_list) if is_ours else said.by_word
    why = why_of(reason_of(row, shown, reader, stop, watched_at), stop, reader, by_word)
    letter = Letter(subject_of(shown), said.parts, said.first_words, why)
    return Written(letter, stop, shown.thread.pk if shown.thread else None, said.sender, shown.about, answered_to)


def answered_to_of(shown: Shown, reader: User) -> tuple[str, int] | None:
    """What a reply answers: the answer that the mail is about, else the question. None where there is nothing to say.

    So it is where the reader may not answer, and where the mail tells of numbers only.
    """
    if shown.thread is None or shown.kind == milestones.KIND or not permissions.can_answer(reader, shown.thread):
        return None
    return ("a", shown.answer.pk) if shown.answer is not None else ("t", shown.thread.pk)


def words_told(shown: Shown, reader: User, *, is_list: bool) -> tuple[str, ...]:
    """Which words alone do something in a reply to this mail, and what (actions/mail_lists.py, incoming/targets.py)."""
    told = []
    if shown.thread is not None and shown.answer is not None and may_confirm(reader, shown.thread):
        said = _("Reply with the one word “%(word)s” if this answer solves it.")
        told.append(said % {"word": word_for(ACCEPT)})
    said = _("Reply with the one word “%(word)s” to get no more mails about this question.")
    if is_list:
        said = _("Reply with the one word “%(word)s” to leave this board's mail list.")
    return (*told, said % {"word": word_for(LEAVE)})


def subject_of(shown: Shown) -> str:
    """The question's title: all mails about one question have one subject, all but the first as replies to it."""
    title = excerpt(shown.subject or shown.title, SUBJECT)
    is_own = bool(shown.subject) or shown.kind in (_KIND.ASKED, known_issues.KNOWN)
    return title if is_own else f"Re: {title}"


def why_of(reason: str, stop: Stop, reader: User, by_word: tuple[str, ...] = ()) -> Why:
    """The foot of a letter."""
    return Why(reason, _label_of(stop), stop_address(reader, stop), choices_address(), by_word)


def _label_of(stop: Stop) -> str:
    """What pressing it does, named."""
    labels = {
        ("mute", "thread"): _("Tell me no more about this question"),
        ("unwatch", "tag"): _("Stop watching the tag %(name)s"),
        ("unwatch", "board"): _("Stop watching the board %(name)s"),
        ("off", "topic"): _("No more mails about: %(name)s"),
        ("off", "hourly"): _("Send me no more mails of this kind"),
        ("off", "digests"): _("No more daily or weekly mails"),
    }
    name = str(Topic(stop.name).label) if stop.what == "topic" else isolated(stop.name)
    return labels[stop.do, stop.what] % {"name": name}


# Why --------------------------------------------------------------------------------------------------------------
def reason_of(row: Notification, shown: Shown, reader: User, stop: Stop, watched_at: datetime | None) -> str:
    """Why the reader gets it: what they did themselves, and when."""
    thread, answer = shown.thread, shown.answer
    if row.reason in shown.because:
        return str(shown.because[row.reason][1])
    if shown.kind == _KIND.MERGED:
        return _("You get this because you asked a question that was asked before.")
    if row.reason == "asked" and thread is not None:
        return _("You get this because you asked this question on %(day)s.") % {"day": day_of(thread.asked_at)}
    if row.reason == "answered" and answer is not None and answer.author_id == reader.pk:
        return _("You get this because you wrote this answer on %(day)s.") % {"day": day_of(answer.answered_at)}
    if row.reason == "mentioned" and shown.kind == _KIND.MENTIONED:
        named = {"actor": isolated(shown.actor) or _("Somebody"), "day": day_of(shown.happened_at)}
        return _("You get this because %(actor)s mentioned you on %(day)s.") % named
    named = {"name": isolated(stop.name), "day": day_of(watched_at) if watched_at else ""}
    return (_DATED if watched_at else _UNDATED)[row.reason]() % named


_DATED = {
    "answered": lambda: _("You get this because you answered this question on %(day)s."),
    "me_too": lambda: _("You get this because you said on %(day)s that you have this problem too."),
    "chosen": lambda: _("You get this because you chose on %(day)s to watch this question."),
    "mentioned": lambda: _("You get this because you were mentioned in this question on %(day)s."),
    "asked": lambda: _("You get this because you asked this question."),
    "tag": lambda: _("You get this because you have watched the tag %(name)s since %(day)s."),
    "board": lambda: _("You get this because you have watched the board %(name)s since %(day)s."),
    "list": lambda: _("You get this because you have followed the board %(name)s as a mail list since %(day)s."),
}
#: Where the watch is gone by now.
_UNDATED = {
    "answered": lambda: _("You get this because you answered this question."),
    "me_too": lambda: _("You get this because you said that you have this problem too."),
    "chosen": lambda: _("You get this because you watched this question."),
    "mentioned": lambda: _("You get this because you were mentioned in this question."),
    "asked": lambda: _("You get this because you asked this question."),
    "tag": lambda: _("You get this because you watched one of its tags."),
    "board": lambda: _("You get this because you watched its board."),
    "list": lambda: _("You get this because you followed its board as a mail list."),
    "issue_joined": lambda: _("You get this because you said that you have this too."),
    "issue_asked": lambda: _("You get this because you asked a question that is about it."),
    "issue_shared": lambda: _("You get this because you share a question that is about it."),
}


# Several ----------------------------------------------------------------------------------------------------------
def write_bundle(found: Sequence[tuple[Notification, Shown]], reader: User, reasons: Reasons | None = None) -> Written:
    """One mail about several notices, by question, newest last; each question with its own way to stop.

    Two queries however many they are. ValueError without any.
    """
    if not found:
        raise ValueError("A mail about nothing.")
    reasons = reasons or Reasons([shown for _row, shown in found], reader)
    in_order = sorted(found, key=lambda each: (each[1].happened_at, each[0].pk))
    told = in_order[-MOST_IN_A_BUNDLE:]
    groups: dict[object, list[tuple[Notification, Shown]]] = {}
    for row, shown in told:
        groups.setdefault(_matter(row, shown), []).append((row, shown))
    in_questions = len(groups) if all(shown.thread for _row, shown in told) else 0
    parts: list[Part] = [Heading(_heading(len(found), in_questions))]
    parts += [_group(each, reader, reasons) for each in groups.values()]
    if left := len(found) - len(told):
        more = ngettext("%(count)d more is in your inbox.", "%(count)d more are in your inbox.", left)
        parts.append(Words(more % {"count": left}))
    parts.append(Button(_("Open your inbox"), absolute(reverse("inbox"))))
    return _bundle(in_order, groups, tuple(parts), reader, reasons)


def _bundle(
    in_order: Sequence[tuple[Notification, Shown]],
    groups: dict[object, list[tuple[Notification, Shown]]],
    parts: tuple[Part, ...],
    reader: User,
    reasons: Reasons,
) -> Written:
    """The letter around the parts. News of one question alone stay in that question's thread of mails."""
    shown = _foremost(in_order)[1]
    first = f"{in_order[-1][1].sentence}: {_note(in_order[-1][1]) or in_order[-1][1].title}"
    stops = {stop_of(row, shown, reader, reasons) for row, shown in in_order[-MOST_IN_A_BUNDLE:]}
    stop = stops.pop() if len(stops) == 1 else BUNDLED
    in_questions = all(shown.thread for _row, shown in in_order)
    if len(groups) == 1:
        if in_questions:
            reason = _("You get this because several things happened in a question you follow.")
        else:
            reason = _("You get this because several things happened that concern you.")
        why, thread_id = why_of(reason, stop, reader), shown.thread.pk if shown.thread else None
        can_reply = shown.thread is not None and permissions.can_answer(reader, shown.thread)
        answered_to = ("t", thread_id) if thread_id is not None and can_reply else None
        return Written(Letter(subject_of(shown), parts, first, why), stop, thread_id, "", shown.about, answered_to)
    more = len(groups) - 1
    subject = ngettext(
        "%(count)d updates: %(title)s and %(more)d more", "%(count)d updates: %(title)s and %(more)d more", more
    ) % {"count": len(in_order), "title": isolated(excerpt(shown.title, SUBJECT // 2)), "more": more}
    if in_questions:
        reason = _("You get these together because several things happened in questions, boards or tags you follow.")
    else:
        reason = _("You get these together because several things happened that concern you.")
    return Written(Letter(subject, parts, first, why_of(reason, stop, reader)), stop, None, "")


def _matter(row: Notification, shown: Shown) -> object:
    """What it is about: the same for all that stands together."""
    return shown.thread.pk if shown.thread else shown.about or (shown.kind, row.event_id)


def _heading(news: int, questions: int) -> str:
    """`questions` is 0 where not all of them are in questions."""
    if questions == 0:
        return ngettext("%(count)d update", "%(count)d updates", news) % {"count": news}
    if questions == 1:
        return ngettext("%(count)d update in one question", "%(count)d updates in one question", news) % {"count": news}
    told = ngettext("%(count)d update in %(questions)d questions", "%(count)d updates in %(questions)d questions", news)
    return told % {"count": news, "questions": questions}


def _foremost(found: Iterable[tuple[Notification, Shown]]) -> tuple[Notification, Shown]:
    """What matters most to its reader: answers to their own questions before others, the newest of those."""
    ranks = {topic: rank for rank, topic in enumerate(Topic.values)}
    return min(reversed(list(found)), key=lambda each: ranks.get(each[0].topic, len(ranks)))


def _group(found: Sequence[tuple[Notification, Shown]], reader: User, reasons: Reasons) -> Items:
    """What happened in one question. The way to stop stands once, below the last of those it stops."""
    stops = [stop_of(row, shown, reader, reasons) for row, shown in found]
    items = []
    for place, (_row, shown) in enumerate(found):
        stop_url = "" if stops[place] in stops[place + 1 :] else stop_address(reader, stops[place])
        items.append(Item(shown.sentence, absolute(shown.url), _note(shown), stop_url))
    shown = found[-1][1]
    return Items(shown.title, tuple(items), shown.thread.language if shown.thread else "")


def _note(shown: Shown) -> str:
    """The first words of what was written, where something was."""
    if shown.thread is None:
        return shown.note
    if shown.answer is not None and shown.kind in (_KIND.ANSWERED, _KIND.ACCEPTED, _KIND.MENTIONED):
        return first_words(shown.answer.body_html, shown.thread)
    if shown.kind in (_KIND.ASKED, _KIND.MENTIONED):
        return first_words(shown.thread.body_html, shown.thread)
    return ""
