"""Calm lines in the inbox: what somebody can do here by now, once for each level; and, to moderators, the brake.

Neither comes by mail. A level that is lost is told by nothing, and told of no second time when it is back.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community import clock
from community.actions.brake import KIND as BRAKE
from community.models import Brake, Notification, PostPrint, ThreadEvent, User
from community.notices.notifiables import Shown
from community.permissions import MODERATING
from community.reading.trust import level_of
from community.trust import STOOD, Level, new_words

#: The kind of these notices. Their number is the person's and the level together.
KIND = "level"
_PLACES = 10
#: So long ago something may have happened that makes a level; the job runs every hour.
_LATELY = timedelta(hours=3)
_MOST = 2000


def tell_levels() -> int:
    """Tell those who may have reached a level lately, and have; returns how many were told."""
    told = 0
    for person in User.objects.with_standing().filter(pk__in=_candidates()).order_by("pk"):
        told += _tell(person)
    return told


def _candidates() -> list[int]:
    """Whose second post has stood for a day, who was thanked or accepted lately."""
    now = clock.now()
    posted = PostPrint.objects.filter(by_new=True, posted_at__gt=now - STOOD - _LATELY, posted_at__lte=now - STOOD)
    thanked = ThreadEvent.objects.filter(
        kind__in=(ThreadEvent.Kind.ACCEPTED, ThreadEvent.Kind.VOTED),
        occurred_at__gt=now - _LATELY,
        answer__isnull=False,
        is_imported=False,
    )
    found = {
        *posted.values_list("author_id", flat=True)[:_MOST],
        *thanked.values_list("answer__author_id", flat=True)[:_MOST],
    }
    return sorted(found)


def _tell(person: User) -> bool:
    level = level_of(person)
    is_there = person.is_active and not person.is_imported and person.anonymised_at is None
    if level == Level.NEW or not is_there or person.effective_roles & MODERATING:
        return False
    numbers = Q(event_id__gte=person.pk * _PLACES + level, event_id__lt=(person.pk + 1) * _PLACES)
    if Notification.objects.filter(numbers, event_kind=KIND, recipient=person).exists():
        return False
    row = Notification(
        event_kind=KIND,
        event_id=person.pk * _PLACES + level,
        recipient=person,
        reason="level",
        created_at=clock.now(),
    )
    return bool(Notification.objects.bulk_create([row], ignore_conflicts=True))


def show_levels(numbers: Iterable[int], reader: User) -> dict[int, Shown]:
    """What to show of levels reached: only to whoever reached them. One query."""
    mine = [number for number in numbers if number // _PLACES == reader.pk and number % _PLACES in set(Level)]
    told = Notification.objects.filter(event_kind=KIND, event_id__in=mine, recipient=reader)
    return {
        number: Shown(
            sentence=_("You are well known here by now. From now on you can:"),
            title="; ".join(new_words(Level(number % _PLACES))),
            url=reader.get_absolute_url(),
            happened_at=told_at,
            actor=reader.display_name,
            kind=KIND,
        )
        for number, told_at in told.values_list("event_id", "created_at")
    }


def show_brakes(numbers: Iterable[int], reader: User) -> dict[int, Shown]:
    """What to show of brakes: only to those who moderate. One query."""
    if not reader.effective_roles & MODERATING:
        return {}
    brakes = Brake.objects.filter(pk__in=list(numbers)).select_related("started_by")
    return {
        brake.pk: Shown(
            sentence=_("The brake is on: what new members post waits for a look."),
            title=_("Until %(time)s, or until somebody takes it off")
            % {"time": date_format(localtime(brake.ends_at), "SHORT_DATETIME_FORMAT")},
            url=reverse("moderation"),
            happened_at=brake.started_at,
            actor=brake.started_by.display_name if brake.started_by else "",
            kind=BRAKE,
        )
        for brake in brakes
    }


NOTIFIABLES = {KIND: show_levels, BRAKE: show_brakes}
