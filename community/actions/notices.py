"""Who follows what: watches, mentions. (Turning events into notifications is the worker's work: fanout.py.)"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.limits import spend
from community.actions.record import record_event
from community.actions.together import Writes, insert_once
from community.errors import NotAllowed, NotThere, Refused
from community.models import Answer, Board, Notification, Rhythm, StoppedNotice, Tag, Thread, ThreadEvent, User, Watch
from community.notices.mornings import plan
from community.notices.stops import Stop


def watch_thread(*, person: User, thread: Thread, reason: Watch.Reason, writes: Writes | None = None) -> None:
    """Let the person follow the thread, unless they already do or have muted it. The first reason stays."""
    watching = Watch(person_id=person.pk, thread_id=thread.pk, reason=reason, watched_at=clock.now())
    if writes is None:
        insert_once(watching)
    else:
        writes.add(watching, unless_there=True)


def mention(*, actor: User, people: Iterable[User], thread: Thread, answer: Answer | None = None) -> None:
    """Record who was mentioned, once per person and post; whether they may see it is asked when they are told.

    TooOften beyond how many people one may mention.
    """
    named = {person.pk: person for person in people if person.pk != actor.pk}
    if not named:
        return
    told = ThreadEvent.objects.filter(
        kind=ThreadEvent.Kind.MENTIONED, thread=thread, answer=answer, person_id__in=named
    ).values_list("person_id", flat=True)
    fresh = named.keys() - set(told)
    if fresh:
        spend(what="mention", actor=actor, times=len(fresh))
    for pk in sorted(fresh):
        record_event(ThreadEvent.Kind.MENTIONED, actor=actor, thread=thread, answer=answer, person=named[pk])


def _target(*, actor: User, thread_id: int | None, tag_id: int | None, board_id: int | None) -> dict[str, object]:
    """The one thing named, as a lookup for Watch; NotThere when the actor may not see it."""
    found: dict[str, object] = {}
    if thread_id is not None:
        found["thread"] = Thread.objects.visible_to(actor).filter(pk=thread_id).first()
    elif tag_id is not None:
        found["tag"] = Tag.objects.visible_to(actor).filter(pk=tag_id).first()
    elif board_id is not None:
        found["board"] = Board.objects.visible_to(actor).filter(pk=board_id).first()
    if not found or None in found.values():
        raise NotThere(_("There is no such thing to watch."))
    if not permissions.is_member(actor):
        raise NotAllowed(_("Sign in to watch this."))
    return found


def _stop_of(watch: Watch) -> Stop:
    """The press that ends what this watch brings."""
    if watch.thread_id:
        return Stop("mute", "thread", watch.thread_id)
    return Stop("unwatch", "tag", watch.tag_id) if watch.tag_id else Stop("unwatch", "board", watch.board_id or 0)


@transaction.atomic
def watch(
    *, actor: User, thread_id: int | None = None, tag_id: int | None = None, board_id: int | None = None
) -> Watch:
    """Follow a thread, a tag or a board by choice; a muted one is heard again."""
    target = _target(actor=actor, thread_id=thread_id, tag_id=tag_id, board_id=board_id)
    found, fresh = Watch.objects.get_or_create(person=actor, **target, defaults={"watched_at": clock.now()})
    # What a press in a mail had ended is begun anew, and no slip any more.
    StoppedNotice.objects.filter(person=actor, key=_stop_of(found).key).delete()
    if not fresh and found.muted_at:
        found.muted_at = None
        found.save(update_fields=["muted_at"])
    if thread_id is None:
        plan(actor)
    return found


@transaction.atomic
def mute(*, actor: User, thread_id: int) -> Watch:
    """Hear nothing more of a thread, even if a tag or board of it is watched, or one is mentioned."""
    target = _target(actor=actor, thread_id=thread_id, tag_id=None, board_id=None)
    found, _fresh = Watch.objects.get_or_create(person=actor, **target, defaults={"watched_at": clock.now()})
    if found.muted_at is None:
        found.muted_at = clock.now()
        found.save(update_fields=["muted_at"])
    return found


def unwatch(
    *, actor: User, thread_id: int | None = None, tag_id: int | None = None, board_id: int | None = None
) -> None:
    """Stop following. Doing it twice, or for what is out of sight by now, is fine."""
    target = Q(thread_id=thread_id, tag_id=tag_id, board_id=board_id)
    Watch.objects.filter(target, person=actor).delete()


@transaction.atomic
def set_rhythm(
    *,
    actor: User,
    rhythm: str,
    thread_id: int | None = None,
    tag_id: int | None = None,
    board_id: int | None = None,
) -> None:
    """When the news of one watch come by mail; "" is as the actor chose for all such news. Refused for no rhythm.

    NotThere for what the actor does not watch, or may not see.
    """
    if rhythm and rhythm not in Rhythm.values:
        raise Refused(_("This does not come like that. Please choose one of those offered."))
    target = _target(actor=actor, thread_id=thread_id, tag_id=tag_id, board_id=board_id)
    if not Watch.objects.filter(person=actor, **target).update(rhythm=rhythm):
        raise NotThere(_("There is no such thing to watch."))
    plan(actor)


def unwatch_all(
    *, actor: User, thread_ids: Iterable[int] = (), tag_ids: Iterable[int] = (), board_ids: Iterable[int] = ()
) -> int:
    """Stop following all of these; returns how many were followed."""
    named = Q(thread_id__in=list(thread_ids)) | Q(tag_id__in=list(tag_ids)) | Q(board_id__in=list(board_ids))
    return Watch.objects.filter(named, person=actor).delete()[0]


def mark_read(*, actor: User, ids: Iterable[int] | None = None) -> int:
    """Mark one's own notifications as read: those named, or all. Returns how many were unread."""
    mine = Notification.objects.filter(recipient=actor, read_at__isnull=True)
    if ids is not None:
        mine = mine.filter(pk__in=list(ids))
    return mine.update(read_at=clock.now())
