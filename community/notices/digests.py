"""Daily and weekly mails: made when somebody's morning has come (rounds.py), written when they are sent.

What waits for the mail comes first; then, where the reader wants it, what else is worth a look (reading/digests.py).
No question stands in it twice. The caller activates the reader's language and time zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.content.text import excerpt
from community.mails.letters import Heading, Item, Items, Letter, isolated
from community.models import Mail, Notification, Rhythm, Topic, User
from community.notices.letters import Written, why_of
from community.notices.mornings import WEEKLY_ON
from community.notices.notifiables import Shown
from community.notices.rounds import make_digests
from community.notices.saying import absolute
from community.notices.stops import DIGESTS, Reasons, Stop, stop_address, topic_stop
from community.notices.topics import is_paused, rhythms_of
from community.reading.digests import (
    AWAY,
    LATELY,
    MOST_COUNTED,
    SHOWN,
    Found,
    Line,
    Stretch,
    Thanked,
    Thanks,
    find_solved,
    find_thanks,
    find_unanswered,
    here_since,
)

__all__ = ["make_digests", "put_digest", "write_digest"]

News = Sequence[tuple[Notification, Shown]]
#: What is about the reader themselves; other news are about what they follow.
OWN = frozenset({Topic.ANSWERS, Topic.MENTIONS, Topic.SHARED, Topic.ISSUES, Topic.REMINDERS, Topic.THANKS})

#: So much of a title stands in a subject.
TITLE = 80


@dataclass(frozen=True)
class Section:
    """One part of a digest: how good its news are (0 is best), the subject and the line in a list of mails it makes."""

    rank: int
    subject: str
    summary: str
    part: Items


class More(NamedTuple):
    """What else is worth the reader's time."""

    thanks: Thanks = Thanks()
    unanswered: Found = Found()
    solved: Found = Found()


def write_digest(found: News, reader: User, mail: Mail, reasons: Reasons | None = None) -> Written | None:
    """The mail of one morning: what waited for it, as the reader may see it now, and what else there is.

    None when there is nothing to tell. The same number of queries however much it is, 18 at most.
    """
    waiting = [(row, shown) for row, shown in found if row.read_at is None]
    more = _find_more(reader, mail, {shown.thread.pk for _row, shown in waiting if shown.thread})
    return put_digest(waiting, more, reader, weekly=is_weekly(mail), reasons=reasons)


def put_digest(
    waiting: News, more: More, reader: User, *, weekly: bool, reasons: Reasons | None = None
) -> Written | None:
    """The mail of these facts; None without any. Two queries where something waited, else none."""
    besides = _besides(more, reader)
    if not (sections := [*_waiting(waiting, reader, reasons), *besides]):
        return None
    stop = _stop(waiting, has_more=bool(besides))
    first = min(sections, key=lambda section: section.rank)
    letter = Letter(
        first.subject,
        (
            Heading(_("Your weekly mail") if weekly else _("Your daily mail")),
            *(section.part for section in sections),
        ),
        preheader=_preheader(first, sections),
        why=why_of(_reason(waiting, has_more=bool(besides), weekly=weekly), stop, reader),
    )
    return Written(letter, stop, None, "")


def is_weekly(mail: Mail) -> bool:
    """Whether it is the mail of a Monday: its key says which morning it is of, however late it was made."""
    return date.fromisoformat(mail.key.rsplit(":", 1)[1]).weekday() == WEEKLY_ON


# What waited ----------------------------------------------------------------------------------------------------------
def _waiting(waiting: News, reader: User, reasons: Reasons | None) -> list[Section]:
    """News about the reader and what they follow, then new questions; each question once, the latest first."""
    if not waiting:
        return []
    reasons = reasons or Reasons([shown for _row, shown in waiting], reader)
    groups: dict[object, list[tuple[Notification, Shown]]] = {}
    for row, shown in sorted(waiting, key=lambda each: (each[1].happened_at, each[0].pk), reverse=True):
        matter = shown.thread.pk if shown.thread else shown.about or (row.pk,)
        groups.setdefault(matter, []).append((row, shown))
    asked = [rows for rows in groups.values() if all(row.topic == Topic.QUESTIONS for row, _shown in rows)]
    others = [rows for rows in groups.values() if rows not in asked]
    sections = []
    if others:
        sections.append(_news(others, reasons, reader))
    if asked:
        sections.append(_asked(asked, reasons, reader))
    return sections


def _news(groups: list[list[tuple[Notification, Shown]]], reasons: Reasons, reader: User) -> Section:
    is_own = [any(row.topic in OWN for row, _shown in rows) for rows in groups]
    groups = [rows for _own, rows in sorted(zip(is_own, groups, strict=True), key=lambda each: not each[0])]
    first, count = _short(groups[0][0][1].title), len(groups)
    if all(shown.thread for rows in groups for _row, shown in rows):
        subject = _title_and_more(first, count)
        summary = ngettext("News in %(count)d question", "News in %(count)d questions", count)
    else:
        subject = first if count == 1 else _title_and_others(first, count - 1)
        summary = ngettext("News about %(count)d thing", "News about %(count)d things", count)
    return Section(
        rank=0 if any(is_own) else 2,
        subject=subject,
        summary=summary % {"count": count},
        part=_items(_("News for you"), [_item(rows, reasons, reader) for rows in groups], reverse("inbox")),
    )


def _asked(groups: list[list[tuple[Notification, Shown]]], reasons: Reasons, reader: User) -> Section:
    first, count = _short(groups[0][0][1].title), len(groups)
    if count == 1:
        subject = _("New question: %(title)s") % {"title": first}
    else:
        words = ngettext(
            "New questions: %(title)s, and %(count)d more", "New questions: %(title)s, and %(count)d more", count - 1
        )
        subject = words % {"title": first, "count": count - 1}
    return Section(
        rank=4,
        subject=subject,
        summary=ngettext("%(count)d new question", "%(count)d new questions", count) % {"count": count},
        part=_items(_("New where you watch"), [_item(rows, reasons, reader) for rows in groups], reverse("inbox")),
    )


def _item(rows: list[tuple[Notification, Shown]], reasons: Reasons, reader: User) -> Item:
    """One question: the latest of its news in words, leading to where reading begins.

    What ends the news of one question stands beside it; of a tag or board it would stand beside many.
    """
    row, shown = rows[0]
    note, older = shown.sentence, len(rows) - 1
    if older:
        words = ngettext("%(news)s, and %(count)d more", "%(news)s, and %(count)d more", older)
        note = words % {"news": note, "count": older}
    _why, stop = reasons.of(row, shown)
    return Item(
        shown.title,
        absolute(rows[-1][1].url),
        note,
        stop_address(reader, stop) if stop and stop.what == "thread" else "",
        shown.thread.language if shown.thread else "",
    )


# What else there is ---------------------------------------------------------------------------------------------------
def _find_more(reader: User, mail: Mail, without: set[int]) -> More:
    """Thanks, questions to answer, what was solved lately; nothing for who does not want it now, or is long gone."""
    rhythm = rhythms_of(reader)[Topic.DIGEST]
    wanted = rhythm == Rhythm.DAILY or (rhythm == Rhythm.WEEKLY and is_weekly(mail))
    if not wanted or is_paused(reader) or not here_since([reader.pk], mail.created_at - AWAY):
        return More()
    stretch = _stretch(reader, mail, rhythm)
    thanks = find_thanks(reader, stretch, without=without)
    without = without | {each.line.thread_id for each in thanks.lines}
    unanswered = find_unanswered(reader, stretch, without=without)
    without = without | {line.thread_id for line in unanswered.lines}
    return More(thanks, unanswered, find_solved(reader, stretch, without=without))


def _besides(more: More, reader: User) -> list[Section]:
    sections = [_thanks(more.thanks, reader)] if more.thanks.lines else []
    if more.unanswered.lines:
        sections.append(_unanswered(more.unanswered))
    return [*sections, _solved(more.solved)] if more.solved.lines else sections


def _stretch(reader: User, mail: Mail, rhythm: Rhythm) -> Stretch:
    """From the last mail that told what else there is to this one. One query."""
    since = mail.created_at - LATELY
    earlier = Mail.objects.filter(recipient=reader, kind=Mail.Kind.DIGEST, outcome__in=["", Mail.Outcome.SENT])
    earlier = earlier.filter(created_at__gt=since, created_at__lt=mail.created_at).order_by("-created_at")
    told = (each for each in earlier.only("key", "created_at") if rhythm == Rhythm.DAILY or is_weekly(each))
    last = next(told, None)
    return Stretch(last.created_at if last else since, mail.created_at)


def _thanks(thanks: Thanks, reader: User) -> Section:
    if thanks.people:
        words = ngettext(
            "Your answer solved it for %(count)d person", "Your answers solved it for %(count)d people", thanks.people
        )
        subject, rank = words % {"count": thanks.people}, 1
    else:
        subject, rank = (
            _("Thanks for what you wrote about: %(title)s") % {"title": _short(thanks.lines[0].line.title)},
            6,
        )
    items = [_item_of(each.line, _thanked(each)) for each in thanks.lines]
    part = _items(_("Thanks for your answers"), items, reader.get_absolute_url(), more=thanks.more)
    return Section(rank, subject, subject if thanks.people else _("Thanks for your answers"), part)


def _thanked(each: Thanked) -> str:
    told = [_("Accepted as the solution")] if each.is_accepted else []
    if each.helped:
        words = ngettext("%(count)d person says it helped them", "%(count)d people say it helped them", each.helped)
        told.append(words % {"count": each.helped})
    if each.votes:
        words = ngettext("%(count)d person found it helpful", "%(count)d people found it helpful", each.votes)
        told.append(words % {"count": each.votes})
    return " · ".join(told)


def _unanswered(found: Found) -> Section:
    first, count = _short(found.lines[0].title), len(found.lines) + found.more
    words = ngettext("%(count)d question you could answer", "%(count)d questions you could answer", count)
    items = [_item_of(line, line.board) for line in found.lines]
    return Section(
        rank=5,
        subject=_("Could you answer this? %(title)s") % {"title": first} if count == 1 else words % {"count": count},
        summary=words % {"count": count},
        part=_items(_("Could you answer these?"), items, reverse("for_you"), more=found.more),
    )


def _solved(found: Found) -> Section:
    first, count = found.lines[0], len(found.lines) + found.more
    items = []
    for line in found.lines:
        words = _("%(person)s solved it; you have this problem too") if line.is_shared else _("%(person)s solved it")
        items.append(_item_of(line, words % {"person": isolated(line.person) or _("Somebody")}))
    return Section(
        rank=3 if first.is_shared else 5,
        subject=_("Solved: %(title)s") % {"title": _short(first.title)},
        summary=ngettext("%(count)d question solved", "%(count)d questions solved", count) % {"count": count},
        part=_items(_("Solved lately"), items, f"{reverse('threads')}?state=solved", more=found.more),
    )


# In words -------------------------------------------------------------------------------------------------------------
def _short(title: str) -> str:
    """A title as it may stand in a subject beside other words."""
    return isolated(excerpt(title, TITLE))


def _title_and_more(title: str, count: int) -> str:
    if count == 1:
        return title
    words = ngettext(
        "%(title)s, and news in %(count)d more question", "%(title)s, and news in %(count)d more questions", count - 1
    )
    return words % {"title": title, "count": count - 1}


def _title_and_others(title: str, others: int) -> str:
    words = ngettext("%(title)s, and news of %(count)d more", "%(title)s, and news of %(count)d more", others)
    return words % {"title": title, "count": others}


def _item_of(line: Line, note: str) -> Item:
    return Item(line.title, absolute(line.path), note, language=line.language)


def _items(title: str, items: list[Item], path: str, *, more: int = 0) -> Items:
    """The first few, and how many more there are, leading to the page that has them all."""
    more += max(0, len(items) - SHOWN)
    items = items[:SHOWN]
    if more:
        words = ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
        told = words if more < MOST_COUNTED - SHOWN else _("and many more")
        items.append(Item(told, absolute(path)))
    return Items(title, tuple(items))


def _preheader(first: Section, sections: list[Section]) -> str:
    """What else is in it; of one part alone its next titles."""
    others = [section.summary for section in sections if section is not first]
    return " · ".join(others or [item.title for item in first.part.items[1:SHOWN]] or [first.part.items[0].note])


def _stop(waiting: News, *, has_more: bool) -> Stop:
    """What one press ends: the one topic it is about; else such mails, with all that is in them."""
    topics = {row.topic for row, _shown in waiting} | ({Topic.DIGEST.value} if has_more else set())
    return topic_stop(topics.pop()) if len(topics) == 1 else DIGESTS


def _reason(waiting: News, *, has_more: bool, weekly: bool) -> str:
    """Why it came: what is on for everybody until they switch it off, or what the reader did or chose."""
    if has_more and weekly:
        return _("You get this on Mondays, like everybody here who did not switch it off.")
    if has_more:
        return _("You get this every morning because you chose to.")
    if all(row.topic == Topic.QUESTIONS for row, _shown in waiting):
        return _("You get this because you watch boards or tags: what is asked there comes together, in the morning.")
    return _("You get this because you chose to have such news together, in the morning.")
