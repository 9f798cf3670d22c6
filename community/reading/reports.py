"""How a report of illegal content stands, as its reporter reads it. Nothing of what is at the place is told."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from community.actions.decisions import APPEAL_FOR, may_reporter_appeal
from community.models import Appeal, Decision, IllegalReport


@dataclass(frozen=True)
class Followed:
    """One report: what was said of it, and what its reporter can still do.

    `stage` is that of an appeal: "" (cannot be made), "open" (may be made until `until`), "waits", "settled".
    """

    report: IllegalReport
    is_decided: bool
    told: str
    stage: str
    until: datetime | None
    appeal: Appeal | None


def follow(report: IllegalReport) -> Followed:
    """How it stands. Load it with find_report; one query more."""
    appeal = Appeal.objects.filter(report=report).select_related("answered_by").first()
    stage = "open" if may_reporter_appeal(report) else ""
    if appeal is not None:
        stage = "settled" if appeal.answered_by_id else "waits"
    until = report.decision.decided_at + APPEAL_FOR if report.decision else None
    return Followed(report, is_decided(report), told_of(report), stage, until, appeal)


def is_decided(report: IllegalReport) -> bool:
    """Whether a person has looked at it."""
    return report.decision_id is not None or (report.review is not None and report.review.settled_at is not None)


def told_of(report: IllegalReport) -> str:
    """What was decided, in one sentence."""
    if not is_decided(report):
        return _("It waits for a person to look at it.")
    appeal = Appeal.objects.filter(report=report, answered_by__isnull=False).select_related("answered_by").first()
    outcome = appeal.answered_by.outcome if appeal and appeal.answered_by else ""
    if outcome == Decision.Outcome.KEPT:
        return _("A second person has looked at it. It stays as it is.")
    if outcome:
        return _("A second person has looked at it, and it is no longer visible.")
    if report.decision is None:
        return _("We have looked at it, and found nothing there that we could decide about.")
    if report.decision.outcome == Decision.Outcome.KEPT:
        return _("We have looked at it, and it stays as it is.")
    return _("We have looked at it, and it is no longer visible.")
