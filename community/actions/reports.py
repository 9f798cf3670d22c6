"""Reports of illegal content (DSA, article 16): from anybody, with or without an account, about any place of ours.

Whether there is anything at the place is never told to whoever asks; a person looks, always. Automatic decisions about
a report do not exist.
"""

from datetime import timedelta
from urllib.parse import unquote, urlsplit

from django.db import connection, transaction
from django.urls import Resolver404, resolve
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.decisions import clean_words, decide
from community.actions.hiding import put_away
from community.actions.limits import spend
from community.actions.record import record_audit
from community.actions.report_mails import DECIDED, RECEIVED, hash_of, tell_reporter, token_of
from community.actions.reviews import Case, open_review
from community.errors import NotAllowed, NotThere, Refused
from community.models import Answer, Attachment, Decision, Ground, IllegalReport, Review, Thread, User

Category = IllegalReport.Category
Outcome = Decision.Outcome
#: Before all else in the queue; what cannot wait stands above the rest.
WEIGHTS = {Category.CHILDREN: 900, Category.DANGEROUS: 600, Category.HATE: 400}
WEIGHT = 300
#: The same words twice within so long are one report: a double click, a page sent again.
_ONCE = timedelta(hours=1)


@transaction.atomic
def report_illegal(
    *,
    actor: User | None,
    place: str,
    category: str,
    explanation: str,
    name: str = "",
    address: str = "",
    in_good_faith: bool,
    sent_from: str = "",
) -> tuple[IllegalReport, str]:
    """Take a report and put it before the moderators; the report and the token of its receipt.

    `place` is an address of this site (forms/decisions.py checks whose it is). The reporter need not see what is
    there, and learns nothing about it here. `sent_from` is the network address that is counted. Refused without good
    faith, or without a name and an address where the law asks for them.
    """
    if not in_good_faith:
        raise Refused(_("Please confirm that you believe this to be true."))
    if category not in Category.values:
        raise Refused(_("Please choose what it is."))
    if category != Category.CHILDREN and not (name and address):
        raise Refused(_("Please give your name and your address. For abuse of children both may stay empty."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"report {place} {explanation}"])
    since = clock.now() - _ONCE
    same = {"place": place, "category": category, "explanation": explanation, "address": address}
    earlier = IllegalReport.objects.filter(reported_at__gt=since, reporter=actor, **same).first()
    if earlier is not None:
        return earlier, token_of(earlier)
    thread, answer, person = find_place(place)
    spend(what="report", actor=actor, address=sent_from)
    review = open_review(
        kind=Review.Kind.REPORTED,
        thread=thread,
        answer=answer,
        person=person,
        reasons=[category],
        weight=WEIGHTS.get(Category(category), WEIGHT),
    )
    report = IllegalReport.objects.create(
        **same,
        thread=thread,
        answer=answer,
        name=name,
        language=get_language() or "",
        reporter=actor,
        in_good_faith=True,
        token_hash=f"review:{review.pk}",
        reported_at=clock.now(),
        review=review,
    )
    token = token_of(report)
    report.token_hash = hash_of(token)
    report.save(update_fields=["token_hash"])
    tell_reporter(report, RECEIVED)
    return report, token


def find_report(token: str) -> IllegalReport:
    """The report of this receipt; NotThere for any other word."""
    found = (
        IllegalReport.objects.select_related("decision__review", "review", "thread", "answer", "reporter")
        .filter(token_hash=hash_of(token))
        .first()
    )
    if found is None:
        raise NotThere(_("There is no such report."))
    return found


def find_place(place: str) -> tuple[Thread | None, Answer | None, User | None]:
    """What stands at this address of ours, whoever may see it, and whose it is. Nothing for what leads nowhere."""
    try:
        found = resolve(unquote(urlsplit(place).path))
    except (Resolver404, ValueError):
        return None, None, None
    names, thread, answer = found.kwargs, None, None
    if "attachment_id" in names:
        file = Attachment.objects.filter(pk=names["attachment_id"]).select_related("thread", "answer__thread").first()
        thread, answer = (file.thread, file.answer) if file is not None else (None, None)
        thread = answer.thread if answer is not None else thread
    elif "answer_id" in names:
        answer = Answer.objects.filter(pk=names["answer_id"]).select_related("thread").first()
        thread = answer.thread if answer is not None else None
    elif "thread_id" in names:
        thread = Thread.objects.filter(pk=names["thread_id"]).first()
        if thread is not None and "position" in names:
            answer = Answer.objects.filter(thread=thread, position=names["position"]).first()
    elif found.url_name == "person":
        slug = str(names["slug"])
        people = User.objects.filter(anonymised_at__isnull=True)
        by_number = slug.startswith("~") and slug[1:].isascii() and slug[1:].isdigit() and len(slug) < 19
        return None, None, (people.filter(pk=slug[1:]) if by_number else people.filter(username_key=slug)).first()
    if answer is not None and answer.moved_to is not None:  # its tombstone: what is reported stands elsewhere by now
        answer = answer.moved_to
        thread = answer.thread
    person = answer.author if answer is not None else thread.asker if thread is not None else None
    return thread, answer, person


# What settling a review of the kind `reported` does -------------------------------------------------------------------
def hide_reported(case: Case) -> None:
    """Out of sight (against the law, without a ground). Author and reporter are told, the author with reasons.

    What is hidden already stays so, by this decision from now on.
    """
    actor, review, ground, words = case.actor, case.review, case.ground, case.words
    report, thread, answer = _to_decide(actor, review), case.thread, case.answer
    if thread is None:
        raise Refused(_("There is no post at this place that could be hidden."))
    if put_away(actor=actor, thread=thread, answer=answer):
        record_audit("hidden", actor=actor, target=answer or thread, note=words)
    decision = decide(
        actor=actor,
        outcome=Outcome.HIDDEN,
        ground=ground or Ground.ILLEGAL,
        thread=thread,
        answer=answer,
        person=_author(thread, answer),
        words=words,
        review=review,
    )
    _tell(report, decision, "")


def leave_reported(case: Case) -> None:
    """It stays as it is; the reporter is told why, and may appeal where there is a post at the place."""
    actor, review, words = case.actor, case.review, case.words
    report, thread, answer = _to_decide(actor, review), case.thread, case.answer
    decision = None
    if thread is not None:
        decision = decide(
            actor=actor,
            outcome=Outcome.KEPT,
            thread=thread,
            answer=answer,
            person=_author(thread, answer),
            words=words,
            review=review,
        )
    record_audit("report_left", actor=actor, target=answer or thread or report, note=words)
    _tell(report, decision, words)


def _to_decide(actor: User, review: Review) -> IllegalReport:
    """The report of this review; NotAllowed for its author, its reporter, and no moderator."""
    report = IllegalReport.objects.filter(review=review).first()
    if report is None:
        raise NotThere(_("There is no such report."))
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))
    if actor.pk in {review.person_id, report.reporter_id}:
        raise NotAllowed(_("This is your own case: somebody else decides it."))
    return report


def _author(thread: Thread, answer: Answer | None) -> User:
    return answer.author if answer is not None else thread.asker


def _tell(report: IllegalReport, decision: Decision | None, words: str) -> None:
    """Keep the decision with the report, and tell the reporter. The words for the author are not the reporter's."""
    IllegalReport.objects.filter(pk=report.pk).update(decision=decision)
    tell_reporter(report, DECIDED, words=clean_words(words))
