"""What the demo shows of the law: an appeal that waits, and a report of illegal content that was decided."""

from datetime import datetime, timedelta

from community import clock
from community.actions.appeals import appeal
from community.actions.reports import report_illegal
from community.actions.settling import settle
from community.models import Answer, Decision, User

#: In the language of the demo's community: an appeal; a report, its reporter, and the answer to it.
_WORDS = {
    "en": (
        "I really have one router too many and wanted to give it away. Where may I offer it?",
        "The answer copies two pages of our handbook without asking us.",
        "Rea Porter, Fjord Handbooks",
        "The answer quotes three sentences and says where they are from. That is allowed.",
    ),
    "de": (
        "Ich wollte nur auf ein Angebot hinweisen, das es wirklich gibt. Wo darf ich das?",
        "Die Antwort übernimmt zwei Seiten aus unserem Handbuch, ohne uns zu fragen.",
        "Rea Pforten, Handbuchverlag Fjord",
        "Die Antwort zitiert drei Sätze und nennt die Quelle. Das ist erlaubt.",
    ),
}


def live_through_the_law(people: dict[str, User], *, language: str, now: datetime) -> None:
    """An appeal against the first decision there is, six hours ago; a report of last week, decided the day after."""
    words, explanation, reporter, why = _WORDS.get(language, _WORDS["en"])
    decision = Decision.objects.filter(outcome=Decision.Outcome.HIDDEN, decided_by__isnull=False).first()
    if decision is not None:
        with clock.at(max(now - timedelta(hours=6), decision.decided_at + timedelta(minutes=1))):
            appeal(actor=decision.person, decision_id=decision.pk, words=words)
    answer = (
        Answer.objects.filter(hidden_at=None, answered_at__lt=now - timedelta(days=9))
        .order_by("-helpful_count")
        .first()
    )
    if answer is None or answer.author == people["moderator"]:
        return
    with clock.at(now - timedelta(days=6)):
        report, _token = report_illegal(
            actor=None,
            place=answer.get_absolute_url(),
            category="rights",
            explanation=explanation,
            name=reporter,
            address="rea@example.com",
            in_good_faith=True,
        )
    with clock.at(now - timedelta(days=5)):
        assert report.review_id is not None
        settle(actor=people["moderator"], review_id=report.review_id, choice="leave", words=why)
