"""The statement of reasons: what was decided about somebody's post or account, kept, and told to them.

Whoever hides, refuses, bans, redacts or purges writes one here, in the same transaction. The notice goes into the
inbox and leaves as a mail of its own: like a warning about the account it waits for no rhythm and cannot be switched
off, and it reaches people who may no longer sign in (notices/decisions.py writes it).
"""

from collections.abc import Mapping
from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.record import record_audit
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import (
    Answer,
    Decision,
    DecisionWords,
    Ground,
    IllegalReport,
    Mail,
    Notification,
    Review,
    Thread,
    User,
)

#: The kind of these notifications; their number is the decision's.
KIND = "decision"
#: So long a decision can be appealed against (DSA, article 20: at least six months).
APPEAL_FOR = timedelta(days=183)
#: So long the mail of a decision without a ground waits: for whoever pressed to say why, or to take it back.
GRACE = timedelta(minutes=5)
#: What a moderator may say about one decision.
MOST_WORDS = 2000
#: So long the link in a mail shows a decision to whoever cannot sign in.
LINK_FOR = timedelta(days=366)

Outcome = Decision.Outcome
#: What a decision takes back: an earlier one about the same post or account.
TAKES_BACK: Mapping[str, frozenset[str]] = {
    Outcome.RESTORED: frozenset({Outcome.HIDDEN, Outcome.REFUSED}),
    Outcome.RELEASED: frozenset({Outcome.HIDDEN, Outcome.REFUSED, Outcome.SENT_BACK}),
    Outcome.UNBANNED: frozenset({Outcome.BANNED}),
}
#: What its author can appeal against: everything that took something from them.
APPEALABLE = frozenset(
    {Outcome.HIDDEN, Outcome.REFUSED, Outcome.BANNED, Outcome.REDACTED, Outcome.PURGED, Outcome.LOCKED}
)
#: What moderators say why of, when they have pressed already.
EXPLAINED = frozenset({Outcome.HIDDEN, Outcome.LOCKED, Outcome.BANNED})
_SIGNER = Signer(salt="community.decisions", sep=".")


def decide(
    *,
    actor: User | None,
    outcome: str,
    ground: str = "",
    thread: Thread | None = None,
    answer: Answer | None = None,
    person: User,
    words: str = "",
    review: Review | None = None,
    takes_back: frozenset[str] | None = None,
) -> Decision:
    """Keep what was decided about a post (`thread`, `answer`) or an account of `person`, and tell them.

    `actor` None is a rule that decided by itself; `words` are the moderator's own, for the author to read. The caller
    holds the thread's lock, has asked whether the actor may, and did the act itself. Nobody is told of what they did
    to their own post. Decisions with outcomes of `takes_back` (without it TAKES_BACK's) are undone by this one.
    Refused for an unknown ground, or words that are too long or no text.
    """
    if answer is not None and thread is None:
        thread = answer.thread
    decision = Decision.objects.create(
        outcome=Outcome(outcome),
        ground=_known(ground),
        thread=thread,
        answer=answer,
        person=person,
        decided_by=actor,
        decided_at=clock.now(),
        review=review,
    )
    if told := clean_words(words):
        DecisionWords.objects.create(decision=decision, text=told)
    undone = TAKES_BACK.get(decision.outcome, frozenset()) if takes_back is None else takes_back
    if undone:
        about = Q(thread=thread, answer=answer) if thread is not None else Q(thread__isnull=True)
        earlier = Decision.objects.filter(about, person=person, outcome__in=undone, undone_by__isnull=True)
        earlier.exclude(pk=decision.pk).update(undone_by=decision)
    if is_told(decision):
        _tell(decision, has_words=bool(told))
    return decision


def is_told(decision: Decision) -> bool:
    """Whether the person hears of it: not of what they did themselves, nor of a look that changed nothing for them.

    (That a post is left as it is matters to whoever reported it, and to an author who appealed.)
    """
    if decision.decided_by_id == decision.person_id:
        return False
    if decision.outcome == Outcome.KEPT:
        return decision.review is not None and decision.review.appeals.filter(person=decision.person).exists()
    return not decision.person.is_imported and decision.person.anonymised_at is None


def clean_words(words: str) -> str:
    """Words as they are kept; Refused when they are no text or too many."""
    try:
        words = clean_text(words).strip()
    except BadText as error:
        raise Refused(str(error)) from error
    if len(words) > MOST_WORDS:
        raise Refused(_("This is too long: at most %(most)d characters.") % {"most": MOST_WORDS})
    return words


def _known(ground: str) -> str:
    if ground and ground not in Ground.values:
        raise Refused(_("Please choose one of the grounds offered."))
    return ground


def _tell(decision: Decision, *, has_words: bool) -> None:
    """A line in the inbox, and a mail: no rhythm, no limit and no choice keeps it away. A move needs no mail."""
    now, mail = clock.now(), None
    if decision.person.email and decision.outcome != Outcome.MOVED:
        is_bare = decision.decided_by_id is not None and not (decision.ground or has_words)
        mail = Mail.objects.create(
            kind=Mail.Kind.DECISION,
            recipient=decision.person,
            key=f"{KIND}:{decision.pk}",
            created_at=now,
            due_at=now + GRACE if is_bare and decision.outcome in EXPLAINED else now,
        )
    Notification.objects.create(
        event_kind=KIND, event_id=decision.pk, recipient=decision.person, reason="decided", created_at=now, mail=mail
    )


def may_appeal(decision: Decision) -> bool:
    """Whether its author can still say no to it: it took something, stands, and is not too long ago."""
    is_open = decision.outcome in APPEALABLE and decision.undone_by_id is None
    return is_open and not is_about_an_appeal(decision) and clock.now() < decision.decided_at + APPEAL_FOR


def may_reporter_appeal(report: IllegalReport) -> bool:
    """Whether a reporter can still say no: the post was left as it is, by the first who looked, not too long ago."""
    decision = report.decision
    if decision is None or decision.outcome != Outcome.KEPT or is_about_an_appeal(decision):
        return False
    return clock.now() < decision.decided_at + APPEAL_FOR


def is_about_an_appeal(decision: Decision) -> bool:
    """Whether another person's decision on an appeal is what this is."""
    return decision.review is not None and decision.review.kind == Review.Kind.APPEAL


# Saying why afterwards ------------------------------------------------------------------------------------------------
def may_explain(user: permissions.Anyone, decision: Decision) -> bool:
    """Whether this moderator can still add the ground and the words: none were given, and it stands."""
    if not permissions.can_moderate(user) or decision.ground or decision.outcome not in EXPLAINED:
        return False
    return decision.decided_by_id is not None and decision.undone_by_id is None and decision.person_id != user.pk


@transaction.atomic
def explain(*, actor: User, decision_id: int, ground: str, words: str = "") -> Decision:
    """Say why, once, after the act: its author reads it, and the mail that waited for it leaves."""
    decision = Decision.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=decision_id).first()
    if decision is None:
        raise NotThere(_("There is no such decision."))
    if not may_explain(actor, decision):
        raise NotAllowed(_("The reason stands already, or it is not yours to give."))
    if not ground:
        raise Refused(_("Please choose one of the grounds offered."))
    decision.ground, words = _known(ground), clean_words(words)
    decision.save(update_fields=["ground"])
    if words:
        DecisionWords.objects.update_or_create(decision=decision, defaults={"text": words})
    record_audit("explained", actor=actor, target=decision, note=words)
    waiting = Mail.objects.filter(key=f"{KIND}:{decision.pk}", settled_at__isnull=True)
    waiting.update(due_at=clock.now())
    return decision


# The link for those who cannot sign in --------------------------------------------------------------------------------
def token_of(decision: Decision) -> str:
    """What stands in the mailed link: it shows this one decision, and nothing else, for a year."""
    return _SIGNER.sign(str(decision.pk))


def find_by_token(token: str) -> Decision:
    """The decision of this link; NotThere when it was made up, is too old, or the account is closed."""
    gone = NotThere(_("This link is not good any more."))
    try:
        number = _SIGNER.unsign(token[:100])
    except (BadSignature, UnicodeError) as error:
        raise gone from error
    decision = with_post().filter(pk=int(number), person__anonymised_at__isnull=True).first()
    if decision is None or clock.now() - decision.decided_at > LINK_FOR:
        raise gone
    return decision


def with_post() -> QuerySet[Decision]:
    """Decisions with all that is told of them: the post, its question, the words, the review."""
    beside = ("said", "person", "thread", "answer__thread", "review", "undone_by")
    return Decision.objects.select_related(*beside).prefetch_related("undoes", "review__appeals")
