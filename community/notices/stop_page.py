"""What the page behind a mail's stop tells: what it would end, why it came at all, and what else there is.

It speaks of what the mail's owner may see now. A name is told only where whoever opens the page may see it as well: a
mail may have been passed on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from community.models import Board, NoticeChoice, Rhythm, StoppedNotice, Tag, Thread, Topic, User, Watch
from community.notices.rhythm_words import SENTENCES, masked, when
from community.notices.stops import Stop, day_of, read_key, stop_path, topic_stop
from community.notices.topics import rhythms_of
from community.permissions import Anyone


@dataclass(frozen=True)
class Other:
    """Another topic that comes by mail, and the address that ends it."""

    label: str
    when: str
    path: str


@dataclass(frozen=True)
class Thing:
    """What a stop is about, as far as the mail's owner may see it now; `reasons` say why mails came, and since when."""

    name: str = ""
    language: str = ""
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class StopPage:
    """One stop and where it stands. `asks`: before the press, `label`: the button, `told`: what the press has ended."""

    path: str
    asks: str
    label: str
    told: str
    thing: Thing
    address: str
    is_closed: bool
    is_stopped: bool
    can_undo: bool
    others: Sequence[Other]


def read_stop(person: User, stop: Stop, reader: Anyone) -> StopPage:
    """The page of this person's stop, as `reader` opens it. At most nine queries."""
    asks, label, told = _words(stop)
    rhythms = rhythms_of(person)
    return StopPage(
        path=stop_path(person, stop),
        asks=asks,
        label=label,
        told=told,
        thing=_thing(person, stop, reader),
        address=masked(person.email),
        is_closed=person.anonymised_at is not None,
        is_stopped=_is_stopped(person, stop, rhythms),
        can_undo=StoppedNotice.objects.filter(person=person, key=stop.key).exists(),
        others=[
            Other(str(topic.label), when(topic, rhythm), stop_path(person, topic_stop(topic)))
            for topic, rhythm in rhythms.items()
            if rhythm != Rhythm.OFF and not (stop.what == "topic" and stop.name == topic)
        ],
    )


@dataclass(frozen=True)
class JustStopped:
    """What a press on a page ended, and the address that takes it back."""

    told: str
    name: str
    path: str


def just_stopped(person: User, key: str) -> JustStopped | None:
    """What the person's press on this stop's button ended; None for what is no key, or not stopped. Three queries."""
    stop = read_key(key)
    if stop is None or not StoppedNotice.objects.filter(person=person, key=stop.key).exists():
        return None
    return JustStopped(_words(stop)[2], _thing(person, stop, person).name, stop_path(person, stop))


def _words(stop: Stop) -> tuple[str, str, str]:
    words = {
        "thread": (
            _("No more news of this question?"),
            _("Stop news of this question"),
            _("You hear nothing more of this question, even if somebody mentions you there."),
        ),
        "tag": (
            _("No more news of this tag?"),
            _("Stop watching this tag"),
            _("You do not watch this tag any more."),
        ),
        "board": (
            _("No more news of this board?"),
            _("Stop watching this board"),
            _("You do not watch this board any more."),
        ),
        "topic": (
            _("No more mails of this kind?"),
            _("Stop these mails"),
            _("These do not come by mail any more."),
        ),
        "hourly": (
            _("No more mails with several notices?"),
            _("Stop these mails"),
            _("What came together in one mail does not come by mail any more."),
        ),
        "digests": (
            _("No more daily and weekly mails?"),
            _("Stop these mails"),
            _("No daily or weekly mail comes any more."),
        ),
        "all": (
            _("No more mails about what happens here?"),
            _("Stop all these mails"),
            _("No notice comes by mail any more. Only mails about your account do, such as codes for signing in."),
        ),
    }
    return words[stop.what]


def _is_stopped(person: User, stop: Stop, rhythms: dict[Topic, Rhythm]) -> bool:
    mine = Watch.objects.filter(person=person)
    if stop.what == "thread":
        return mine.filter(thread_id=stop.id, muted_at__isnull=False).exists()
    if stop.what in {"tag", "board"}:
        return not mine.filter(**{f"{stop.what}_id": stop.id}).exists()
    if stop.what == "topic":
        return rhythms.get(Topic(stop.name), Rhythm.OFF) == Rhythm.OFF
    coming = {
        "hourly": {Rhythm.HOURLY},
        "digests": {Rhythm.DAILY, Rhythm.WEEKLY},
        "all": set(Rhythm) - {Rhythm.OFF},
    }[stop.what]
    return not coming & set(rhythms.values()) and not mine.filter(rhythm__in=coming).exists()


def _thing(person: User, stop: Stop, reader: Anyone) -> Thing:
    if stop.what == "thread":
        return _question(person, stop.id, reader)
    if stop.what in {"tag", "board"}:
        return _place(person, stop, reader)
    if stop.what == "topic":
        topic = Topic(stop.name)
        chosen = NoticeChoice.objects.filter(person=person, topic=topic).exists()
        since = _("You chose when they come.") if chosen else _since_joining(person)
        return Thing(str(topic.label), reasons=(str(SENTENCES[topic]), since))
    together = {
        "hourly": _("Where much happens, notices come together in one mail, at most once an hour."),
        "digests": _("What can wait comes together in one mail, once a day or once a week."),
        "all": _("We write when something happens that concerns you: answers, mentions, thanks, what you watch."),
    }[stop.what]
    return Thing(reasons=(together, _since_joining(person)))


def _since_joining(person: User) -> str:
    return _("It has been so since you joined on %(day)s.") % {"day": day_of(person.date_joined)}


def _question(person: User, thread_id: int, reader: Anyone) -> Thing:
    thread = Thread.objects.visible_to(person).filter(pk=thread_id).first()
    if thread is None:
        return Thing(reasons=(_("It is not there any more, or not open to you any more."),))
    watch = Watch.objects.filter(person=person, thread=thread).first()
    if watch is None:
        why = _("Somebody mentioned you there, or it touches what you watch.")
    else:
        why = {
            Watch.Reason.ASKED: _("You asked it on %(day)s."),
            Watch.Reason.ANSWERED: _("You answered it on %(day)s."),
            Watch.Reason.ME_TOO: _("You said on %(day)s that you have this problem too."),
            Watch.Reason.MENTIONED: _("You were mentioned there on %(day)s."),
            Watch.Reason.CHOSEN: _("You chose on %(day)s to watch it."),
        }[Watch.Reason(watch.reason)] % {"day": day_of(watch.watched_at)}
    if not Thread.objects.visible_to(reader).filter(pk=thread_id).exists():
        return Thing(reasons=(why, _("Its title is only for those who may read it: sign in to see it.")))
    return Thing(thread.title, thread.language, (why,))


def _place(person: User, stop: Stop, reader: Anyone) -> Thing:
    """A tag or a board."""
    if (place := _seen(person, stop)) is None:
        return Thing(reasons=(_("It is not there any more, or not open to you any more."),))
    watch = Watch.objects.filter(Q(**{f"{stop.what}_id": stop.id}), person=person).first()
    since = _("You chose on %(day)s to watch it: you hear of every new question there.")
    reasons = (since % {"day": day_of(watch.watched_at)},) if watch else ()
    if _seen(reader, stop) is None:
        return Thing(reasons=(*reasons, _("Its name is only for those who may see it: sign in to see it.")))
    return Thing(place.name, reasons=reasons)


def _seen(who: Anyone, stop: Stop) -> Tag | Board | None:
    if stop.what == "tag":
        return Tag.objects.visible_to(who).filter(pk=stop.id).first()
    return Board.objects.visible_to(who).filter(pk=stop.id).first()
