"""What somebody's trust rests on, asked of the database in one query; what it makes of them is said in trust.py."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from community import clock
from community.models import Answer, Solution, Thread, User, Vote
from community.reading.prepared import NOBODY, Ask, Prepared, moment, number
from community.roles import STAFF
from community.trust import HELPER_POINTS, MEMBER_POSTS, STOOD, TRUSTED_SOLUTIONS, Earned, Level, level_from

Anyone = User | AnonymousUser
#: Votes are looked for at so many of somebody's latest answers: a level needs ten people, not their whole history.
LATEST = 100
#: Somebody who votes must have been here for so long, or have a post that stood: made-up accounts lift nobody.
VOTER_AGE = timedelta(days=7)


def _earned_query(_reader: Any) -> QuerySet[Any, Any]:
    """Rows of (what, id), no more of each kind than decide something: 0 the person, 1 stood before, 2 joined before."""
    person, stood, joined = number(0), moment(1), moment(2)
    solved = Solution.objects.filter(withdrawn_at__isnull=True, answer__author_id=person).exclude(
        thread__asker_id=person
    )
    answered = Answer.objects.filter(author_id=person, hidden_at__isnull=True).order_by("-answered_at", "-pk")
    asked = Thread.objects.filter(asker_id=person, hidden_at__isnull=True, asked_at__lte=stood)
    voter = Q(person__banned_at__isnull=True, person__anonymised_at__isnull=True) & (
        Q(person__date_joined__lte=joined)
        | Exists(Answer.objects.filter(author=OuterRef("person"), hidden_at__isnull=True, answered_at__lte=stood))
        | Exists(Thread.objects.filter(asker=OuterRef("person"), hidden_at__isnull=True, asked_at__lte=stood))
    )
    votes = Vote.objects.filter(voter, answer__in=answered.values("pk")[:LATEST]).exclude(person=person)
    return (
        solved.order_by()
        .values_list(Value("solution"), "pk")[:TRUSTED_SOLUTIONS]
        .union(
            votes.order_by().values_list(Value("vote"), "person_id").distinct()[:HELPER_POINTS],
            answered.filter(answered_at__lte=stood).order_by().values_list(Value("answer"), "pk")[:MEMBER_POSTS],
            asked.order_by().values_list(Value("thread"), "pk")[:MEMBER_POSTS],
            all=True,
        )
    )


_earned = Prepared(_earned_query, places=3)


def ask_level(user: User) -> Ask:
    """What `level_of` asks the database, for those who ask it together with their own."""
    now = clock.now()
    return _earned.ask(NOBODY, user.pk, now - STOOD, now - VOTER_AGE)


def earned_from(rows: Sequence[Any]) -> Earned:
    """What `ask_level` brought, counted."""
    kinds = [kind for kind, _pk in rows]
    return Earned(
        solutions=kinds.count("solution"),
        votes=kinds.count("vote"),
        posts=kinds.count("answer") + kinds.count("thread"),
    )


def level_of(user: Anyone, rows: Sequence[Any] | None = None) -> Level:
    """This person's level; staff are trusted as they are, whoever may not act is new.

    `rows` is what `ask_level` brought; without it the database is asked (not for staff).
    """
    if not isinstance(user, User) or not user.is_active or user.anonymised_at is not None or user.is_imported:
        return Level.NEW
    if user.effective_roles & STAFF:
        return Level.TRUSTED
    if rows is None:
        now = clock.now()
        rows = _earned.rows(NOBODY, user.pk, now - STOOD, now - VOTER_AGE)
    return level_from(earned_from(rows))
