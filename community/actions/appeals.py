"""Appeals: somebody's no to a decision, once, and another person's answer to it.

Whoever the decision was about appeals, or whoever reported a post that was left as it is. What was taken is given back
with all its effects when the appeal was right; when not, the reasons are told.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.bans import unban
from community.actions.decisions import clean_words, decide, may_appeal, may_reporter_appeal
from community.actions.hiding import bring_back, put_away
from community.actions.holding import release
from community.actions.record import record_audit, record_event
from community.actions.report_mails import tell_reporter
from community.actions.reviews import Case, open_review
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import (
    Answer,
    Appeal,
    Decision,
    DecisionWords,
    Ground,
    Hiding,
    IllegalReport,
    Review,
    Thread,
    ThreadEvent,
    User,
)
from community.models.hiding import NEVER_SHOWN

Outcome = Decision.Outcome
#: An appeal waits for a person, and somebody waits for it: before most flags, after the reports that cannot wait.
WEIGHT = 80
#: What somebody may say against a decision.
MOST_WORDS = 4000


@transaction.atomic
def appeal(*, actor: User | None, decision_id: int, words: str, report: IllegalReport | None = None) -> Appeal:
    """Say no to a decision: one's own (`actor`), or one about what one reported (`report`, proved by its token).

    Opens a review that somebody else settles. Appealing twice is once. NotThere for a decision that is neither,
    NotAllowed when it is too late or nothing was taken, Refused without words.
    """
    decision = Decision.objects.select_for_update(of=("self",)).filter(pk=decision_id).first()
    is_theirs = decision is not None and (
        report.decision_id == decision.pk
        if report is not None
        else actor is not None and decision.person_id == actor.pk
    )
    if decision is None or not is_theirs:
        raise NotThere(_("There is no such decision."))
    whose: dict[str, Any] = {"report": report} if report is not None else {"person": actor}
    earlier = Appeal.objects.filter(decision=decision, **whose).first()
    if earlier is not None:
        return earlier
    if not (may_appeal(decision) if report is None else may_reporter_appeal(report)):
        raise NotAllowed(_("This decision cannot be appealed against any more."))
    words = _words(words)
    review = open_review(
        kind=Review.Kind.APPEAL,
        thread=decision.thread,
        answer=decision.answer,
        person=decision.person,
        reasons=[word for word in (decision.outcome, decision.ground) if word],
        weight=WEIGHT,
    )
    try:
        with transaction.atomic():
            return Appeal.objects.create(
                decision=decision, words=words, appealed_at=clock.now(), review=review, **whose
            )
    except IntegrityError as error:
        raise Refused(_("You have appealed against this already.")) from error


def _words(words: str) -> str:
    try:
        words = clean_text(words).strip()
    except BadText as error:
        raise Refused(str(error)) from error
    if not words:
        raise Refused(_("Please say why you think it is wrong."))
    if len(words) > MOST_WORDS:
        raise Refused(_("This is too long: at most %(most)d characters.") % {"most": MOST_WORDS})
    return words


# What settling a review of the kind `appeal` does ---------------------------------------------------------------------
def uphold(case: Case) -> None:
    """The appeal is right: what was decided is taken back, with all its effects.

    Of a reporter's appeal: the post they reported goes out of sight after all (against the law, without a ground).
    """
    actor, review, ground, words = case.actor, case.review, case.ground, case.words
    found = _to_answer(actor, review)
    about = found.decision
    thread, answer = case.thread, case.answer
    if found.report is not None:
        answered = _hide_after_all(actor, found, thread, answer, ground, words)
    else:
        answered = _give_back(actor, about, thread, answer, words, review)
    _answered(found, answered, words)


def reject(case: Case) -> None:
    """The decision stands; whoever appealed is told why."""
    actor, review, ground, words = case.actor, case.review, case.ground, case.words
    found = _to_answer(actor, review)
    about = found.decision
    answered = decide(
        actor=actor,
        outcome=Outcome.KEPT,
        ground=ground or about.ground,
        thread=about.thread,
        answer=about.answer,
        person=about.person,
        words=words,
        review=review,
    )
    record_audit("appeal_rejected", actor=actor, target=about, note=words)
    _answered(found, answered, words)


_RETURNS = {
    Outcome.HIDDEN: Outcome.RESTORED,
    Outcome.REFUSED: Outcome.RELEASED,
    Outcome.BANNED: Outcome.UNBANNED,
    Outcome.REDACTED: Outcome.RESTORED,
    Outcome.PURGED: Outcome.RESTORED,
    Outcome.LOCKED: Outcome.RESTORED,
}


def _to_answer(actor: User, review: Review) -> Appeal:
    """The appeal of this review; NotAllowed for whoever it is about, or who took the decision."""
    found = (
        Appeal.objects.select_related("decision__person", "decision__thread", "decision__answer", "report")
        .filter(review=review, answered_by__isnull=True)
        .first()
    )
    if found is None:
        raise NotThere(_("There is no such appeal."))
    reporter = found.report.reporter_id if found.report is not None else None
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))
    if actor.pk in {found.decision.decided_by_id, found.decision.person_id, found.person_id, reporter}:
        raise NotAllowed(_("Somebody else answers this appeal: you had a part in it."))
    return found


def _give_back(
    actor: User, about: Decision, thread: Thread | None, answer: Answer | None, words: str, review: Review
) -> Decision:
    """Undo the act itself, and tell it. What stands again already is left as it is; what is destroyed stays so."""
    if thread is None:
        unban(actor=actor, person_id=about.person_id, words=words)
    elif about.outcome == Outcome.LOCKED:
        if thread.locked_at is not None:
            thread.locked_at = None
            thread.save(update_fields=["locked_at"])
            record_event(ThreadEvent.Kind.UNLOCKED, actor=actor, thread=thread)
            record_audit("unlocked", actor=actor, target=thread, note=words)
    elif about.outcome == Outcome.REFUSED:
        _publish(actor, thread, answer, words)
    else:
        post = answer or thread
        if post.hidden_at is not None and post.hidden_for not in (Hiding.PURGED, Hiding.MOVED, *NEVER_SHOWN):
            bring_back(actor=actor, thread=thread, answer=answer)
            record_audit("restored", actor=actor, target=post, note=words)
    return _said_once(actor, about, thread, answer, words, review)


def _said_once(
    actor: User, about: Decision, thread: Thread | None, answer: Answer | None, words: str, review: Review
) -> Decision:
    """What the act decided by itself becomes the answer to the appeal; else the answer is a decision of its own."""
    outcome = _RETURNS[Outcome(about.outcome)]
    made = Decision.objects.filter(person=about.person, thread=thread, answer=answer, outcome=outcome, decided_by=actor)
    if (answered := made.filter(pk__gt=about.pk, undoes=about).order_by("-pk").first()) is not None:
        answered.review = review
        answered.save(update_fields=["review"])
        if told := clean_words(words):
            DecisionWords.objects.get_or_create(decision=answered, defaults={"text": told})
        return answered
    return decide(
        actor=actor,
        outcome=outcome,
        ground=about.ground,
        thread=thread,
        answer=answer,
        person=about.person,
        words=words,
        review=review,
        takes_back=frozenset({about.outcome}),
    )


def _publish(actor: User, thread: Thread, answer: Answer | None, words: str) -> None:
    """Show what was held and refused, as if it were posted now."""
    post = answer or thread
    if post.hidden_at is None:
        return
    post.hidden_for = Hiding.HELD  # it waits again, for as long as this transaction lasts
    post.save(update_fields=["hidden_for"])
    release(actor=actor, thread=thread, answer=answer, words=words)


def _hide_after_all(
    actor: User, found: Appeal, thread: Thread | None, answer: Answer | None, ground: str, words: str
) -> Decision:
    assert thread is not None and found.report is not None  # a report that was decided is about a post
    if put_away(actor=actor, thread=thread, answer=answer):
        record_audit("hidden", actor=actor, target=answer or thread)
    return decide(
        actor=actor,
        outcome=Outcome.HIDDEN,
        ground=ground or Ground.ILLEGAL,
        thread=thread,
        answer=answer,
        person=found.decision.person,
        words=words,
        review=found.review,
    )


def _answered(found: Appeal, answered: Decision, words: str) -> None:
    Appeal.objects.filter(pk=found.pk).update(answered_by=answered)
    if found.report is not None:
        tell_reporter(found.report, "again", words=clean_words(words))
