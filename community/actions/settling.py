"""Deciding what waits: for each kind of review the choices there are, what each does, and what takes it back.

`CHOICES` is the one registry: a kind's acts are listed here by direct import. An act is given the Case after the review
was settled, in the same transaction, with the thread locked; it writes its own audit row with the words.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community import clock, permissions
from community.actions import appeals, flags, holding, official, purges, reports
from community.actions.record import lock_thread, record_audit
from community.actions.reviews import AlreadySettled, Case, ChangedSince, mark_settled
from community.errors import NotAllowed, NotThere, Refused
from community.models import Answer, Ground, Review, Thread, User

#: so long whoever decided can take it back in the queue
UNDO_FOR = timedelta(minutes=15)
#: characters of the words beside a decision
MOST_WORDS = 2000


@dataclass(frozen=True)
class Choice:
    """One thing that can be decided: its button, what pressing it will do in a sentence, and the act.

    `key` is its single key in the queue. `needs_reason`: ground and words are asked for; `needs_words`: words alone,
    which begin as `said`. `of_hidden`: offered only while the post is hidden (True) or visible (False). `means`: where
    several are decided at once, "stand" lets the post stand and "away" takes it out of sight. `undo` takes the act
    back; None where nothing can.
    """

    label: str | Promise
    says: str | Promise
    act: Callable[[Case], Any]
    key: str
    icon: str = "check"
    variant: str = ""
    needs_reason: bool = False
    needs_words: bool = False
    said: str | Promise = ""
    of_hidden: bool | None = None
    means: str = ""
    undo: Callable[[Case], None] | None = None

    def fits(self, post: Thread | Answer | None) -> bool:
        """Whether it can be chosen while the post is as it is."""
        return self.of_hidden is None or post is None or self.of_hidden == (post.hidden_at is not None)


_FLAGGED = {
    "keep": Choice(
        gettext_lazy("Leave it"),
        gettext_lazy("It stays as it is."),
        flags.leave,
        "a",
        of_hidden=False,
        means="stand",
        undo=flags.reconsider,
    ),
    "hide": Choice(
        gettext_lazy("Hide"),
        gettext_lazy("Only moderators see it from then on. Its author reads why."),
        flags.hide,
        "h",
        "eye-off",
        "danger",
        needs_reason=True,
        of_hidden=False,
        means="away",
        undo=flags.show_again,
    ),
    "restore": Choice(
        gettext_lazy("Show it again"),
        gettext_lazy("Everybody sees it again, as it was."),
        flags.restore,
        "a",
        "eye",
        of_hidden=True,
        means="stand",
        undo=flags.put_back,
    ),
    "keep_hidden": Choice(
        gettext_lazy("Keep it hidden"),
        gettext_lazy("It stays out of sight. Its author reads why."),
        flags.keep_hidden,
        "h",
        "eye-off",
        "danger",
        needs_reason=True,
        of_hidden=True,
        means="away",
        undo=flags.put_back,
    ),
    "dealt": Choice(
        gettext_lazy("Put right"),
        gettext_lazy("You edited, moved or locked it: it stays."),
        flags.put_right,
        "d",
        "edit",
        of_hidden=False,
        undo=flags.reconsider,
    ),
}

_HELD = {
    "release": Choice(
        gettext_lazy("Publish"),
        gettext_lazy("Everybody sees it, as posted at this moment: people are told, it counts. Its author is told."),
        holding.publish_case,
        "a",
        "eye",
        means="stand",
    ),
    "refuse": Choice(
        gettext_lazy("Do not publish"),
        gettext_lazy("It never shows. Its author is told why, and can appeal."),
        holding.refuse_case,
        "h",
        "ban",
        "danger",
        needs_reason=True,
        means="away",
    ),
}

_REPORTED = {
    "leave": Choice(
        gettext_lazy("Not against the law"),
        gettext_lazy("It stays as it is. Whoever reported it reads your words, and may appeal."),
        reports.leave_reported,
        "a",
        needs_words=True,
        said=gettext_lazy("We looked at it: it breaks neither the law nor the rules of this community."),
    ),
    "hide": Choice(
        gettext_lazy("Hide"),
        gettext_lazy("Only moderators see it from then on. Its author reads your words; the reporter is told."),
        reports.hide_reported,
        "h",
        "eye-off",
        "danger",
        needs_reason=True,
    ),
}

_APPEAL = {
    "reject": Choice(
        gettext_lazy("It stands"),
        gettext_lazy("Nothing changes. Whoever appealed reads your words; it is the last word here."),
        appeals.reject,
        "a",
        needs_words=True,
        said=gettext_lazy("Somebody else looked at it again, and the decision stands."),
    ),
    "uphold": Choice(
        gettext_lazy("It is right"),
        gettext_lazy(
            "What was decided is taken back: what was hidden shows again with votes and solution, an account opens, "
            "what was reported and left goes out of sight. Whoever appealed is told."
        ),
        appeals.uphold,
        "b",
        "refresh",
        needs_words=True,
        said=gettext_lazy("Somebody else looked at it again: you are right, and it is taken back. Thank you."),
    ),
}

_OFFICIAL = {
    "approve": Choice(
        gettext_lazy("Approve"),
        gettext_lazy("It stands as the company's word from now on. What nobody saw yet is posted at this moment."),
        official.approve,
        "a",
        means="stand",
    ),
    "send_back": Choice(
        gettext_lazy("Send it back"),
        gettext_lazy("It is not marked as official. Its author reads your words, and may change and propose it again."),
        official.send_back,
        "b",
        "reply",
        needs_words=True,
    ),
}

_PURGE = {
    purges.LEFT: Choice(
        gettext_lazy("Do not destroy it"),
        gettext_lazy("It stays hidden until a moderator restores it."),
        purges.leave_case,
        "a",
    ),
    purges.DESTROYED: Choice(
        gettext_lazy("Destroy it for good"),
        gettext_lazy(
            "Its words and files are destroyed everywhere: versions, quotes, drafts, reasons and reports. That it was "
            "there, and what was counted, stays. Nobody can take this back. Its author is told."
        ),
        purges.destroy_case,
        "p",
        "shield",
        "danger",
    ),
}

#: kind of review -> the word that is stored -> the choice, in the order of the buttons
CHOICES: Mapping[str, Mapping[str, Choice]] = {
    Review.Kind.FLAGGED: _FLAGGED,
    Review.Kind.HELD: _HELD,
    Review.Kind.REPORTED: _REPORTED,
    Review.Kind.APPEAL: _APPEAL,
    Review.Kind.OFFICIAL: _OFFICIAL,
    Review.Kind.PURGE: _PURGE,
}


def choices_for(review: Review) -> dict[str, Choice]:
    """What can be decided about this review as its post is now."""
    post = review.answer or review.thread
    return {word: choice for word, choice in CHOICES[review.kind].items() if choice.fits(post)}


@transaction.atomic
def settle(
    *, actor: User, review_id: int, choice: str, ground: str = "", words: str = "", version: int | None = None
) -> Review:
    """Decide, and do what the choice says. `version` is the post's that was read when deciding.

    ChangedSince (409) when its author changed it meanwhile: nobody publishes what they have not read.
    NotThere for what this person does not see, NotAllowed in one's own case, AlreadySettled (409) when somebody was
    quicker, Refused for a choice there is not, or where the ground or the words are missing.
    """
    review = _seen(actor, review_id)
    if not permissions.can_settle(actor, review):
        raise NotAllowed(_("This is your own case: somebody else decides it."))
    chosen = CHOICES[review.kind].get(choice)
    if chosen is None:
        raise Refused(_("There is no such choice."))
    words = words.strip()
    _check_reason(chosen, ground, words)
    thread, answer = _lock(actor, review)
    if not mark_settled(review, actor=actor, outcome=choice):
        review.refresh_from_db()
        raise AlreadySettled(told_settled(review), review)
    post = answer or thread
    if not chosen.fits(post) or (version is not None and post is not None and post.version != version):
        raise ChangedSince(_("It changed meanwhile. Look at it again."))
    chosen.act(Case(actor, review, thread, answer, ground, words))
    return review


def settle_several(
    *,
    actor: User,
    ids: Iterable[int],
    choice: str,
    ground: str = "",
    words: str = "",
    versions: Mapping[int, int] = MappingProxyType({}),
) -> tuple[int, list[str]]:
    """Let all of these stand ("stand") or take them away ("away"), each by itself: what its kind and state call so.

    `versions` are those of the posts that were read, by review.
    Returns how many were decided, and for what reasons others were not, each reason once.
    """
    done, reasons = 0, dict[str, None]()
    for review_id in ids:
        try:
            word = _word_for(_seen(actor, review_id), choice)
            read = versions.get(review_id)
            settle(actor=actor, review_id=review_id, choice=word, ground=ground, words=words, version=read)
            done += 1
        except Refused as refused:
            reasons[str(refused.message)] = None
    return done, list(reasons)


def _word_for(review: Review, meant: str) -> str:
    """The choice of this review that lets its post stand, or takes it away."""
    found = (word for word, choice in choices_for(review).items() if choice.means == meant)
    return next(found, "")


@transaction.atomic
def undo(*, actor: User, review_id: int) -> Review:
    """Take one's own last decision back: the post as it was, and the review waits again.

    Refused when it was somebody else's, is too long ago, cannot be taken back, or was changed since.
    """
    review = _seen(actor, review_id)
    chosen = CHOICES[review.kind].get(review.outcome)
    if not can_undo(actor, review) or chosen is None or chosen.undo is None:
        raise Refused(_("This decision cannot be taken back here any more."))
    thread, answer = _lock(actor, review)
    again = Review.objects.waiting().filter(thread=thread, answer=answer, kind=review.kind)
    if again.exists():
        raise Refused(_("The same post waits for a decision again. Decide that."))
    opened = Review.objects.filter(pk=review.pk, settled_at=review.settled_at)
    if not opened.update(settled_at=None, settled_by=None, outcome=""):
        raise Refused(_("It changed meanwhile. Look at it again."))
    chosen.undo(Case(actor, review, thread, answer))
    record_audit("reconsidered", actor=actor, target=answer or thread or review)
    review.refresh_from_db()
    return review


def can_undo(actor: User, review: Review) -> bool:
    """Whether this person decided it, not long ago, and it is of a kind that can be taken back."""
    chosen = CHOICES[review.kind].get(review.outcome)
    if chosen is None or chosen.undo is None or review.settled_at is None or review.settled_by_id != actor.pk:
        return False
    return clock.now() - review.settled_at < UNDO_FOR


def told_settled(review: Review) -> str:
    """Who decided what, for whoever came second."""
    chosen = CHOICES[review.kind].get(review.outcome)
    facts = {"name": review.settled_by or _("Somebody"), "choice": chosen.label if chosen else review.outcome}
    return _("%(name)s was quicker and decided: “%(choice)s”.") % facts


def _seen(actor: User, review_id: int) -> Review:
    review = Review.objects.visible_to(actor).filter(pk=review_id).first()
    if review is None:
        raise NotThere(_("There is no such thing to decide."))
    return review


def _lock(actor: User, review: Review) -> tuple[Thread | None, Answer | None]:
    """The post's rows as they are now, the thread locked."""
    if review.thread_id is None:
        return None, None
    thread = lock_thread(actor=actor, thread_id=review.thread_id)
    answer = Answer.objects.get(pk=review.answer_id) if review.answer_id else None
    if answer is not None:
        answer.thread = thread
    return thread, answer


def _check_reason(chosen: Choice, ground: str, words: str) -> None:
    if ground and ground not in Ground.values:
        raise Refused(_("There is no such reason."))
    if len(words) > MOST_WORDS:
        raise Refused(_("These words are too long."))
    if chosen.needs_reason and not (ground and words):
        raise Refused(_("Please say why: its author reads it."))
    if chosen.needs_words and not words:
        raise Refused(_("Please say why: whoever asked reads it."))
