"""Acts about many posts: hide them in one press, and take all of it back in one.

The act remembers what it hid, and nothing else: what was hidden before, or restored by hand since, is no part of it.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import clock, permissions
from community.actions import decisions
from community.actions.bans import ban, check_bannable, lock_people, posts_of, unban
from community.actions.hiding_many import Post, give_back, items_of, lock_threads, put_many_away, remember
from community.actions.record import MAX_ID, record_audit, wait_in_line
from community.actions.reviews import mark_settled
from community.errors import NotAllowed, NotThere, Refused
from community.models import Answer, BulkAct, Decision, Ground, Hiding, Review, Thread, User

Outcome = Decision.Outcome

#: No more posts in one act: what a press does ends in seconds.
MOST = 5_000


@transaction.atomic
def hide_many(
    *,
    actor: User,
    thread_ids: Collection[int] = (),
    answer_ids: Collection[int] = (),
    ground: str,
    words: str = "",
    ban_authors: bool = False,
) -> BulkAct:
    """Hide all of these posts, and ban their authors where that is asked for. What is hidden already is left out.

    Refused for nothing, for too many, and where an author cannot be banned; NotAllowed for all but moderators.
    """
    _check(actor, ground)
    wait_in_line()
    if not thread_ids and not answer_ids:
        raise Refused(_("Please choose the posts to hide."))
    if len(thread_ids) + len(answer_ids) > MOST:
        raise Refused(_("At most %(most)d posts are hidden in one act.") % {"most": MOST})
    posts = _posts(thread_ids, answer_ids)
    authors = _authors_of(posts)
    banned = lock_people(authors) if ban_authors else []
    for person in banned:
        check_bannable(actor, person)
    # All threads at once, in their order: two acts that share some wait for one another.
    theirs = {person.pk: posts_of(person) for person in banned}
    lock_threads([*posts, *(post for rows in theirs.values() for post in rows)])
    moment = clock.now()
    hidden = put_many_away(actor=actor, posts=posts, why=Hiding.BULK, moment=moment)
    if not hidden and not any(person.banned_at is None for person in banned):
        return _hidden_before(actor, posts)
    act = BulkAct.objects.create(
        kind=BulkAct.Kind.HIDE,
        person_id=next(iter(authors)) if len(authors) == 1 else None,
        started_by=actor,
        started_at=moment,
    )
    remember(act, hidden)
    record_audit("hid_many", actor=actor, target=act, note=words)
    _close_reviews(actor, hidden)
    going = {person.pk for person in banned}
    _tell_authors(actor, hidden, outcome=Outcome.HIDDEN, ground=ground, words=words, without=going)
    for person in banned:
        if person.banned_at is None:
            their_posts = theirs[person.pk]
            ban(actor=actor, person_id=person.pk, ground=ground, words=words, part_of=act, posts=their_posts)
    return act


@transaction.atomic
def undo(*, actor: User, act_id: int, words: str = "") -> BulkAct:
    """Take the whole act back: every post it hid shows again, whoever it banned may come back. Twice is once."""
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))
    wait_in_line()
    acts = BulkAct.objects.filter(pk=act_id) if 0 < act_id <= MAX_ID else BulkAct.objects.none()
    act = acts.first()
    if act is None:
        raise NotThere(_("There is no such act."))
    if act.undone_at is not None:
        return act  # the second press of a double click
    if act.kind == BulkAct.Kind.BAN:
        unban(actor=actor, person_id=act.person_id or 0, words=words)
        act.refresh_from_db()
        return act
    parts = list(act.parts.filter(undone_at=None).order_by("person_id"))
    lock_people(part.person_id for part in parts if part.person_id)
    lock_threads(Post(thread) for thread in items_of([act, *parts]))
    for part in parts:
        unban(actor=actor, person_id=part.person_id or 0, words=words)
    act = acts.select_for_update(no_key=True).get()
    if act.undone_at is not None:
        return act
    shown = give_back(actor=actor, act=act, why=Hiding.BULK)
    _tell_authors(actor, shown, outcome=Outcome.RESTORED, words=words, without={part.person_id for part in parts})
    record_audit("restored_many", actor=actor, target=act, note=words)
    return act


def _hidden_before(actor: User, posts: Collection[Post]) -> BulkAct:
    """The act of the first press of a double click; Refused where somebody else was quicker."""
    mine = BulkAct.objects.filter(started_by=actor, undone_at=None, items__thread__in={row.thread_id for row in posts})
    act = mine.filter(kind=BulkAct.Kind.HIDE).order_by("-pk").first()
    if act is None:
        raise Refused(_("None of these posts is to be seen any more."))
    return act


def _tell_authors(
    actor: User, posts: Collection[Post], *, outcome: str, ground: str = "", words: str, without: Collection[int | None]
) -> None:
    """One word to each author, about the first of their posts: a night of five hundred is not five hundred mails.

    Those `without` are told of their account.
    """
    asked = Thread.objects.filter(pk__in=[row.thread_id for row in posts if row.answer_id is None])
    given = Answer.objects.filter(pk__in=[row.answer_id for row in posts if row.answer_id is not None])
    theirs: dict[int, list[Thread | Answer]] = {}
    for post in [*asked.order_by("pk"), *given.select_related("thread").order_by("pk")]:
        theirs.setdefault(post.asker_id if isinstance(post, Thread) else post.author_id, []).append(post)
    for person in User.objects.filter(pk__in=theirs).exclude(pk__in=[pk for pk in without if pk]).order_by("pk"):
        first, *others = theirs[person.pk]
        thread, answer = (first, None) if isinstance(first, Thread) else (first.thread, first)
        with translation.override(person.language or None):
            more = _more(len(others), outcome)
        said = "\n\n".join(part for part in (words, more) if part)
        decisions.decide(
            actor=actor,
            outcome=outcome,
            ground=ground,
            thread=thread,
            answer=answer,
            person=person,
            words=said[: decisions.MOST_WORDS],
        )


def _more(others: int, outcome: str) -> str:
    if not others:
        return ""
    if outcome == Outcome.HIDDEN:
        told = ngettext("The same goes for one more post.", "The same goes for %(count)d more posts.", others)
    else:
        told = ngettext("One more post is back too.", "%(count)d more posts are back too.", others)
    return told % {"count": others}


def _close_reviews(actor: User, hidden: Collection[Post]) -> None:
    """What was reported about these posts is settled with them."""
    asked = [post.thread_id for post in hidden if post.answer_id is None]
    given = [post.answer_id for post in hidden if post.answer_id is not None]
    waiting = Review.objects.waiting().filter(kind=Review.Kind.FLAGGED)
    for review in waiting.filter(Q(thread__in=asked, answer=None) | Q(answer__in=given)):
        if permissions.can_settle(actor, review):
            mark_settled(review, actor=actor, outcome="hide")


def _check(actor: User, ground: str) -> None:
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))
    if ground not in Ground.values:
        raise Refused(_("Please say what is wrong."))


def _posts(thread_ids: Collection[int], answer_ids: Collection[int]) -> list[Post]:
    """The posts there are, of these ids."""
    asked = Thread.objects.filter(pk__in=_possible(thread_ids)).values_list("pk", flat=True)
    given = Answer.objects.filter(pk__in=_possible(answer_ids)).values_list("thread_id", "pk")
    return [*(Post(pk) for pk in asked), *(Post(thread, pk) for thread, pk in given)]


def _possible(ids: Collection[int]) -> list[int]:
    return [pk for pk in set(ids) if 0 < pk <= MAX_ID]


def _authors_of(posts: Collection[Post]) -> set[int]:
    asked = [post.thread_id for post in posts if post.answer_id is None]
    given = [post.answer_id for post in posts if post.answer_id is not None]
    return {
        *Thread.objects.filter(pk__in=asked, hidden_at=None).values_list("asker_id", flat=True),
        *Answer.objects.filter(pk__in=given, hidden_at=None).values_list("author_id", flat=True),
    }
