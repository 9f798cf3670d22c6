"""Closing an account to posting, with everything it posted; and opening it again as if nothing had been.

Moderators ban members. Staff are never banned: an administrator takes the role first, which keeps the last of them.
Votes and me-toos of somebody banned stay counted where they are; trust does not listen to them.
People are locked before threads, both in the order of their ids.
"""

from collections.abc import Collection, Iterable

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.decisions import decide
from community.actions.hiding_many import Post, give_back, put_many_away, remember
from community.actions.record import MAX_ID, record_audit, wait_in_line
from community.errors import NotAllowed, NotThere, Refused
from community.models import Answer, BulkAct, Decision, Ground, Hiding, Thread, User
from community.roles import STAFF


def check_bannable(actor: User, person: User) -> None:
    """Refused where this person cannot be banned by that one; NotAllowed for all but moderators."""
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))
    if person.pk == actor.pk:
        raise Refused(_("Nobody bans themselves."))
    if person.roles & STAFF:
        raise Refused(_("This person is staff. An administrator takes the role from them first."))
    if person.is_imported:
        raise Refused(_("This person was brought by an import and has no account to close. Hide the posts instead."))


@transaction.atomic
def ban(
    *,
    actor: User,
    person_id: int,
    ground: str,
    words: str = "",
    hide_posts: bool = True,
    part_of: BulkAct | None = None,
    posts: Collection[Post] | None = None,
) -> BulkAct:
    """Let nobody sign in to this account any more, and hide all it posted. Twice is once.

    `ground` is one of Ground, `words` what the person is told beside it; `part_of` the act whose press this belongs to,
    with the `posts` of theirs whose threads it has locked.
    """
    if ground not in Ground.values:
        raise Refused(_("Please say what is wrong."))
    wait_in_line()
    person = _person(person_id)
    check_bannable(actor, person)
    if person.banned_at is not None:
        return BulkAct.objects.get(kind=BulkAct.Kind.BAN, person=person, undone_at=None)
    act = BulkAct.objects.create(
        kind=BulkAct.Kind.BAN,
        person=person,
        part_of=part_of,
        hides_posts=hide_posts,
        was_active=person.is_active,
        started_by=actor,
        started_at=clock.now(),
    )
    person.banned_at, person.is_active = act.started_at, False
    person.save(update_fields=["banned_at", "is_active"])
    end_sessions(person)
    if hide_posts:
        near = posts_of(person) if posts is None else posts
        remember(act, put_many_away(actor=actor, posts=near, why=Hiding.BAN, moment=act.started_at))
    record_audit("banned", actor=actor, target=person, note=words)
    decide(actor=actor, outcome=Decision.Outcome.BANNED, ground=ground, person=person, words=words)
    return act


@transaction.atomic
def unban(*, actor: User, person_id: int, words: str = "") -> User:
    """Open the account again, and show what its ban hid. Twice is once."""
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))
    wait_in_line()
    person = _person(person_id)
    if person.banned_at is None:
        return person
    act = BulkAct.objects.get(kind=BulkAct.Kind.BAN, person=person, undone_at=None)
    person.banned_at, person.is_active = None, act.was_active
    person.save(update_fields=["banned_at", "is_active"])
    give_back(actor=actor, act=act, why=Hiding.BAN)
    record_audit("unbanned", actor=actor, target=person, note=words)
    decide(actor=actor, outcome=Decision.Outcome.UNBANNED, person=person, words=words)
    return person


def posts_of(person: User) -> list[Post]:
    """Everything of theirs that is to be seen."""
    asked = Thread.objects.filter(asker=person, hidden_at=None).values_list("pk", flat=True)
    given = Answer.objects.filter(author=person, hidden_at=None).values_list("thread_id", "pk")
    return [*(Post(pk) for pk in asked), *(Post(thread, pk) for thread, pk in given)]


def lock_people(ids: Iterable[int]) -> list[User]:
    """These people, locked in the order of their ids."""
    return list(User.objects.filter(pk__in=set(ids)).order_by("pk").select_for_update(no_key=True))


def end_sessions(person: User) -> None:
    """Whoever is signed in to this account is so no longer, and does not become so again when it opens."""
    sessions = UserSession.objects.filter(user=person)
    Session.objects.filter(session_key__in=list(sessions.values_list("session_key", flat=True))).delete()
    sessions.delete()


def _person(person_id: int) -> User:
    """The person, locked; NotThere for nobody and for closed accounts."""
    people = User.objects.filter(pk=person_id, anonymised_at=None) if 0 < person_id <= MAX_ID else User.objects.none()
    person = people.select_for_update(no_key=True).first()
    if person is None:
        raise NotThere(_("There is no such person."))
    return person
