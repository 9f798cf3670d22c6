"""When notices come by mail: what people choose, what one press ends, and taking that press back.

A press may come from a mail, without a sign-in: the signed token in it (notices/stops.py) says who and what.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community import clock, permissions
from community.errors import NotAllowed, Refused
from community.models import (
    Board,
    Mail,
    NoticeChoice,
    Notification,
    Rhythm,
    StoppedNotice,
    Tag,
    Thread,
    Topic,
    User,
    Watch,
)
from community.notices.mornings import plan
from community.notices.stops import ALL, Stop, topic_stop
from community.notices.topics import CHOICES, rhythms_of

#: A pause is for a holiday, or for a year abroad; who wants none at all stops them.
LONGEST_PAUSE = timedelta(days=366)
NO_SUCH_DAY = gettext_lazy("Please choose a day from tomorrow on, within a year.")
#: The rhythms that each kind of mail is made of.
_COMING: Mapping[str, frozenset[str]] = {
    "hourly": frozenset({Rhythm.HOURLY}),
    "digests": frozenset({Rhythm.DAILY, Rhythm.WEEKLY}),
    "all": frozenset({Rhythm.NOW, Rhythm.HOURLY, Rhythm.DAILY, Rhythm.WEEKLY}),
}
Was = dict[str, Any]


def _member(actor: User) -> None:
    if not permissions.is_member(actor):
        raise NotAllowed(_("Please sign in first."))


def _lock(person: User) -> User:
    """The person as they are now, locked: presses at the same moment come one after the other."""
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


# What people choose ---------------------------------------------------------------------------------------------------
@transaction.atomic
def choose(*, actor: User, topic: str, rhythm: str) -> None:
    """When one topic comes by mail; Refused for a rhythm that this topic has not."""
    choose_all(actor=actor, rhythms={topic: rhythm})


@transaction.atomic
def choose_all(*, actor: User, rhythms: Mapping[str, str]) -> None:
    """When these topics come by mail. What stays as it is leaves no row, so that it follows the site's own defaults."""
    _member(actor)
    now = rhythms_of(_lock(actor))
    for topic, rhythm in rhythms.items():
        if topic not in Topic.values or rhythm not in CHOICES[Topic(topic)]:
            raise Refused(_("This does not come like that. Please choose one of those offered."))
        if now.get(Topic(topic)) == rhythm:
            continue
        NoticeChoice.objects.update_or_create(person=actor, topic=topic, defaults={"rhythm": rhythm})
        StoppedNotice.objects.filter(person=actor, key=topic_stop(topic).key).delete()
    plan(actor)


@transaction.atomic
def choose_usual(*, actor: User) -> None:
    """Everything as it comes to somebody who never chose; a watch that was switched off by mail is heard again."""
    _member(actor)
    _lock(actor)
    NoticeChoice.objects.filter(person=actor).delete()
    Watch.objects.filter(person=actor).exclude(rhythm="").update(rhythm="")
    StoppedNotice.objects.filter(person=actor, key__regex="^[ohda]").delete()
    plan(actor)


@transaction.atomic
def pause(*, actor: User, until: date) -> datetime:
    """No notice by mail before the beginning of that day, in the time zone in force; returns that moment.

    What happens meanwhile is in the inbox, and so is what was still waiting for a mail. Refused for a day that is not
    in the year to come.
    """
    _member(actor)
    today = timezone.localdate(clock.now())
    if not today < until <= today + LONGEST_PAUSE:
        raise Refused(NO_SUCH_DAY)
    person = _lock(actor)
    person.mail_paused_until = timezone.make_aware(datetime.combine(until, time.min))
    person.digest_at = None
    person.save(update_fields=["mail_paused_until", "digest_at"])
    Notification.objects.filter(recipient=person).exclude(rhythm="").update(rhythm="")
    return person.mail_paused_until


@transaction.atomic
def end_pause(*, actor: User) -> None:
    """Mails come again from now on."""
    _member(actor)
    User.objects.filter(pk=actor.pk).update(mail_paused_until=None)
    plan(actor)


# One press --------------------------------------------------------------------------------------------------------
@transaction.atomic
def stop(*, person: User, stop: Stop) -> bool:
    """End what brings these notices, and remember what was; False where that was ended already. Twice is once.

    Nobody need be signed in, and the thing may be out of the person's sight by now: stopping tells nothing of it.
    """
    if _lock(person).anonymised_at is not None:
        return False
    was = _ENDS[stop.what](person, stop)
    if was is None:
        return False
    StoppedNotice.objects.update_or_create(
        person=person, key=stop.key, defaults={"was": was, "stopped_at": clock.now()}
    )
    plan(person)
    return True


@transaction.atomic
def undo(*, person: User, stop: Stop) -> bool:
    """ "That was a slip": everything as it was before the press. False where there is nothing to take back.

    What the person changed since stays as they changed it.
    """
    if _lock(person).anonymised_at is not None:
        return False
    row = StoppedNotice.objects.filter(person=person, key=stop.key).first()
    if row is None:
        return False
    _UNDOES[stop.what](person, stop, row.was)
    row.delete()
    plan(person)
    return True


def _said(watch: Watch | None) -> Was:
    if watch is None:
        return {"watch": None}
    return {
        "watch": {"reason": watch.reason, "rhythm": watch.rhythm, "watched_at": watch.watched_at.isoformat()}
        | ({"is_list": True} if watch.is_list else {}),
        "muted_at": watch.muted_at.isoformat() if watch.muted_at else None,
    }


def _mute(person: User, stop: Stop) -> Was | None:
    watch = Watch.objects.filter(person=person, thread_id=stop.id).first()
    if watch is None:
        if not Thread.objects.filter(pk=stop.id).exists():
            return None
        Watch.objects.create(person=person, thread_id=stop.id, watched_at=clock.now(), muted_at=clock.now())
    elif watch.muted_at is None:
        Watch.objects.filter(pk=watch.pk).update(muted_at=clock.now())
    else:
        return None
    return _said(watch)


def _unmute(person: User, stop: Stop, was: Was) -> None:
    muted = Watch.objects.filter(person=person, thread_id=stop.id, muted_at__isnull=False)
    if was["watch"] is None:
        muted.delete()
    else:
        muted.update(muted_at=None)


def _unwatch(person: User, stop: Stop) -> Was | None:
    watch = Watch.objects.filter(person=person, **{f"{stop.what}_id": stop.id}).first()
    if watch is None:
        return None
    was = _said(watch)
    watch.delete()
    return was


def _watch_again(person: User, stop: Stop, was: Was) -> None:
    things: Any = Tag if stop.what == "tag" else Board
    if things.objects.filter(pk=stop.id).exists():
        before = was["watch"] | {
            name: value and datetime.fromisoformat(value)
            for name, value in (("watched_at", was["watch"]["watched_at"]), ("muted_at", was["muted_at"]))
        }
        Watch.objects.get_or_create(person=person, **{f"{stop.what}_id": stop.id}, defaults=before)


def _switch_off(person: User, topics: Iterable[str], watches: Mapping[int, str]) -> Was | None:
    """These topics, and these watches with a rhythm of their own (id -> rhythm), off by mail."""
    chosen = dict(NoticeChoice.objects.filter(person=person).values_list("topic", "rhythm"))
    was = {topic: chosen.get(topic, "") for topic in topics if chosen.get(topic) != Rhythm.OFF}
    if not was and not watches:
        return None
    for topic in was:
        NoticeChoice.objects.update_or_create(person=person, topic=topic, defaults={"rhythm": Rhythm.OFF})
    Watch.objects.filter(pk__in=watches, person=person).update(rhythm=Rhythm.OFF)
    return {"topics": was, "watches": {str(pk): rhythm for pk, rhythm in watches.items()}}


def _off_topic(person: User, stop: Stop) -> Was | None:
    return _switch_off(person, [stop.name], {})


def _off_coming(person: User, stop: Stop) -> Was | None:
    """Whatever comes at the rhythms that this kind of mail is made of."""
    coming = _COMING[stop.what]
    topics = [topic for topic, rhythm in rhythms_of(person).items() if rhythm in coming]
    watches = Watch.objects.filter(person=person, rhythm__in=coming).values_list("pk", "rhythm")
    if not topics and not watches and stop.what == "hourly":
        topics = _bundled_last(person, stop)
    return _switch_off(person, topics, dict(watches))


def _bundled_last(person: User, stop: Stop) -> list[Topic]:
    """What the last bundle held, for somebody to whom nothing comes bundled but what was too much for an hour."""
    if StoppedNotice.objects.filter(person=person, key=stop.key).exists():
        return []
    last = Mail.objects.filter(recipient=person, kind=Mail.Kind.BUNDLE).order_by("-created_at").first()
    held = Notification.objects.filter(mail=last).exclude(topic="") if last else Notification.objects.none()
    return [Topic(topic) for topic in held.order_by().values_list("topic", flat=True).distinct()]


def _switch_back(person: User, stop: Stop, was: Was) -> None:
    for topic, rhythm in was["topics"].items():
        now = NoticeChoice.objects.filter(person=person, topic=topic, rhythm=Rhythm.OFF)
        if rhythm:
            now.update(rhythm=rhythm)
        else:
            now.delete()
    for pk, rhythm in was["watches"].items():
        Watch.objects.filter(pk=int(pk), person=person, rhythm=Rhythm.OFF).update(rhythm=rhythm)


_ENDS: Mapping[str, Callable[[User, Stop], Was | None]] = {
    "thread": _mute,
    "tag": _unwatch,
    "board": _unwatch,
    "topic": _off_topic,
    **dict.fromkeys(_COMING, _off_coming),
}
_UNDOES: Mapping[str, Callable[[User, Stop, Was], None]] = {
    "thread": _unmute,
    "tag": _watch_again,
    "board": _watch_again,
    "topic": _switch_back,
    **dict.fromkeys(_COMING, _switch_back),
}


def stop_all(*, actor: User) -> bool:
    """No notice by mail at all; False where none came anyway."""
    _member(actor)
    return stop(person=actor, stop=ALL)
