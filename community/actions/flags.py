"""Members say that something is wrong with a post: flag it, take that back; and what a moderator decides about it.

Enough distinct people together take a post out of sight until a moderator has looked (the brand says how many). Whose
flags were mostly wrong counts for less, and so do people who are new.
"""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions import moderation
from community.actions.decisions import decide
from community.actions.hiding import change_why, put_away
from community.actions.limits import spend
from community.actions.record import MAX_ID, lock_thread, record_audit
from community.actions.reviews import Case, add_weight, flags_of, mark_settled, open_review
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import Answer, Brand, Decision, Flag, Ground, Hiding, Review, Thread, ThreadEvent, User
from community.reading.trust import level_of
from community.roles import STAFF
from community.trust import Level

HIDDEN = Decision.Outcome.HIDDEN
#: how much a flag adds to what its review weighs, by its ground
WEIGHTS = {
    Ground.ILLEGAL: 60,
    Ground.PRIVATE: 40,
    Ground.IMPERSONATION: 40,
    Ground.RUDE: 30,
    Ground.WRONG: 30,
    Ground.SPAM: 20,
}
LIGHTEST = 10
#: what hiding by itself adds: somebody's post is out of sight until a moderator has looked
HIDDEN_WEIGHS = 100
#: so many of one's latest flags that were decided say how much the next counts
REMEMBERED = 20
#: fewer decided flags say nothing about a person
FEWEST = 3
#: outcomes that say a flag was right, and that it was not
RIGHT, NOT_RIGHT = ("hide", "keep_hidden", "dealt"), ("keep", "restore")
#: a post that a moderator left or brought back is never hidden by itself again
_LEFT = ("keep", "restore", "dealt")
_MOST_WORDS = 1000


@transaction.atomic
def flag(*, actor: User, thread_id: int, answer_id: int | None = None, ground: str, words: str = "") -> Flag:
    """Say that something is wrong with a question or an answer; saying it twice is once.

    NotThere when the post is out of sight, NotAllowed for one's own, Refused for a ground there is not.
    """
    ground, words = _checked(ground, words)
    thread, answer, author = _lock_post(actor, thread_id, answer_id)
    if not permissions.can_flag(actor, answer or thread):
        raise NotAllowed(_("You cannot report this post."))
    raised = Flag.objects.filter(thread=thread, answer=answer, person=actor, withdrawn_at__isnull=True).first()
    if raised is not None:
        return raised
    spend(what="flag", actor=actor)
    review = open_review(
        kind=Review.Kind.FLAGGED,
        thread=thread,
        answer=answer,
        person=author,
        reasons=[ground],
        weight=round(WEIGHTS.get(Ground(ground), LIGHTEST) * weight_of([actor])[actor.pk]),
    )
    raised = Flag.objects.create(
        thread=thread, answer=answer, person=actor, ground=ground, words=words, flagged_at=clock.now(), review=review
    )
    _hide_when_enough(review, thread, answer)
    return raised


@transaction.atomic
def withdraw(*, actor: User, thread_id: int, answer_id: int | None = None) -> None:
    """Take one's flag back. The last one takes its review along, unless the post is out of sight by then."""
    thread, answer, _author = _lock_post(actor, thread_id, answer_id)
    own = Flag.objects.filter(thread=thread, answer=answer, person=actor, withdrawn_at__isnull=True)
    raised = own.select_related("review").first()
    if raised is None:
        return
    review = raised.review
    if review is not None and review.settled_at is not None:
        raise Refused(_("It was decided already."))
    own.update(withdrawn_at=clock.now())
    if review is None:
        return
    if not flags_of(review) and (answer or thread).hidden_at is None:
        mark_settled(review, actor=None, outcome="withdrawn")
    else:
        add_weight(review, -WEIGHTS.get(Ground(raised.ground), LIGHTEST))


def weight_of(people: Iterable[User]) -> dict[int, float]:
    """Person -> how much a flag of theirs counts, from 0.1 to 1; a query each, and one for all of them.

    Half for who is new; and as much of that as the share of their decided flags that were right.
    """
    some = {person.pk: person for person in people}
    decided = Flag.objects.filter(person__in=some, review__outcome__in=(*RIGHT, *NOT_RIGHT), withdrawn_at=None)
    counts: dict[int, list[bool]] = {pk: [] for pk in some}
    for pk, outcome in decided.order_by("-pk").values_list("person_id", "review__outcome")[: REMEMBERED * len(some)]:
        if len(counts[pk]) < REMEMBERED:
            counts[pk].append(outcome in RIGHT)
    return {pk: max(0.1, _trust(person) * _share(counts[pk])) for pk, person in some.items()}


def _trust(person: User) -> float:
    return 0.5 if level_of(person) == Level.NEW else 1.0


def _share(right: list[bool]) -> float:
    return sum(right) / len(right) if len(right) >= FEWEST else 1.0


def _checked(ground: str, words: str) -> tuple[str, str]:
    if ground not in Ground.values:
        raise Refused(_("Please say what is wrong."))
    try:
        words = clean_text(words).strip()
    except BadText as error:
        raise Refused(str(error)) from error
    if len(words) > _MOST_WORDS:
        raise Refused(_("These words are too long."))
    return ground, words


def _lock_post(actor: User, thread_id: int, answer_id: int | None) -> tuple[Thread, Answer | None, User]:
    """The post as this person sees it, with its thread locked, and whose it is."""
    thread = lock_thread(actor=actor, thread_id=thread_id)
    if answer_id is None:
        return thread, None, thread.asker
    seen = Answer.objects.of_seen_thread(thread, actor) if 0 < answer_id <= MAX_ID else Answer.objects.none()
    answer = seen.filter(pk=answer_id).select_related("author").first()
    if answer is None:
        raise NotThere(_("There is no such answer."))
    answer.thread = thread
    return thread, answer, answer.author


# Out of sight by itself -----------------------------------------------------------------------------------------------
def _hide_when_enough(review: Review, thread: Thread, answer: Answer | None) -> None:
    """Take the post out of sight once enough distinct people flagged it."""
    needed = Brand.objects.values_list("flags_to_hide", flat=True).first()
    if not needed or not may_hide_by_itself(thread, answer):
        return
    raised = flags_of(review)
    if len(raised) < needed or sum(weight_of(each.person for each in raised).values()) < needed:
        return
    if put_away(actor=None, thread=thread, answer=answer, why=Hiding.FLAGS):
        add_weight(review, HIDDEN_WEIGHS)
        record_audit("hidden", actor=None, target=answer or thread, note=_reported(review))
        _tell_author(review, thread, answer)


def _tell_author(review: Review, thread: Thread, answer: Answer | None) -> None:
    """By rule and not by a person, and how to say no to it: the statement of reasons."""
    author = moderation.author_of(thread, answer)
    ground = main_ground(review)
    decide(actor=None, outcome=HIDDEN, ground=ground, thread=thread, answer=answer, person=author, review=review)


def may_hide_by_itself(thread: Thread, answer: Answer | None) -> bool:
    """Neither what staff wrote, nor what a moderator looked at and left or brought back."""
    if (answer.author_role if answer else thread.asker_role) in STAFF:
        return False
    post = {"thread": thread, "answer": answer}
    left = Review.objects.filter(**post, kind=Review.Kind.FLAGGED, outcome__in=_LEFT)
    restored = ThreadEvent.objects.filter(**post, kind=ThreadEvent.Kind.RESTORED, actor__isnull=False)
    return not left.exists() and not restored.exists()


def main_ground(review: Review) -> str:
    """What most people say is wrong; of equals the graver."""
    counts = Counter(raised.ground for raised in flags_of(review))
    return max(counts, key=lambda word: (counts[word], WEIGHTS.get(Ground(word), LIGHTEST)), default=Ground.OTHER)


# What a moderator decides (settling.py) -------------------------------------------------------------------------------
def leave(case: Case) -> None:
    """Nothing is wrong with it."""
    record_audit("kept", actor=case.actor, target=case.answer or case.thread, note=_why(case))


def put_right(case: Case) -> None:
    """It was edited, moved or locked, and stays."""
    record_audit("put_right", actor=case.actor, target=case.answer or case.thread, note=_why(case))


def hide(case: Case) -> None:
    """Out of sight by the moderator's decision."""
    moderation.hide(
        actor=case.actor,
        thread=_thread_of(case),
        answer=case.answer,
        reason=case.words,
        ground=case.ground,
        words=case.words,
        review=case.review,
    )


def keep_hidden(case: Case) -> None:
    """What enough flags hid stays hidden, now by the moderator's decision."""
    thread = _thread_of(case)
    change_why(thread=thread, answer=case.answer, why=Hiding.DECIDED)
    record_audit("hidden", actor=case.actor, target=case.answer or thread, note=case.words)
    decide(
        actor=case.actor,
        outcome=HIDDEN,
        ground=case.ground,
        thread=thread,
        answer=case.answer,
        person=moderation.author_of(thread, case.answer),
        words=case.words,
        review=case.review,
    )


def restore(case: Case) -> None:
    """What enough flags hid is back, as it was."""
    moderation.restore(
        actor=case.actor,
        thread=_thread_of(case),
        answer=case.answer,
        reason=_why(case),
        words=case.words,
        review=case.review,
    )


def reconsider(case: Case) -> None:
    """The flags wait again; the post is as it was anyway."""


def show_again(case: Case) -> None:
    """Take `hide` back."""
    moderation.restore(
        actor=case.actor, thread=_thread_of(case), answer=case.answer, reason=_why(case), review=case.review
    )


def put_back(case: Case) -> None:
    """Take `restore` or `keep_hidden` back: out of sight by the flags, as it was."""
    thread, post = _thread_of(case), case.answer or case.thread
    if put_away(actor=case.actor, thread=thread, answer=case.answer, why=Hiding.FLAGS):
        record_audit("hidden", actor=case.actor, target=post, note=_why(case))
        _tell_author(case.review, thread, case.answer)
    else:
        change_why(thread=thread, answer=case.answer, why=Hiding.FLAGS)


def _why(case: Case) -> str:
    """The reason as the log keeps it: the moderator's own words, else what was reported."""
    return case.words or _reported(case.review)


def _reported(review: Review) -> str:
    said = ", ".join(str(Ground(word).label) for word in review.reasons if word in Ground.values)
    return _("Reported: %(grounds)s") % {"grounds": said}


def _thread_of(case: Case) -> Thread:
    assert case.thread is not None  # a flag is always about a post
    return case.thread
