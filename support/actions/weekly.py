"""The weekly report: made once for each week that is over, and told to the administrators."""

from datetime import date, time, timedelta

from django.db import transaction

from community import clock
from community.models import Notification, Thread, Topic, User
from community.notices.topics import waiting
from community.roles import Role
from support import trends
from support.models import WeeklyReport
from support.reading import weekly

#: The kind of the notices that a report is there. Their number is the report's.
KIND = "weekly_report"
#: On Mondays from this hour on, in the site's zone: what happened on Sunday evening is in it.
HOUR = time(6)
#: Weeks that no worker lived to see are made later, so many at most.
BACK = 4


def make_due() -> int:
    """Make the reports of the weeks that are over and have none; returns how many were made.

    Only the newest is told of: what is older is there for whoever looks. A week before the first question has none.
    """
    newest = _newest()
    weeks = {newest - back * trends.WEEK for back in range(BACK)}
    weeks -= set(WeeklyReport.objects.filter(week__in=weeks).values_list("week", flat=True))
    first = Thread.objects.order_by("asked_at").values_list("asked_at", flat=True).first() if weeks else None
    if first is None:
        return 0
    oldest = trends.monday(weekly.day_of(first))
    return sum(make(each, tells=each == newest) is not None for each in sorted(weeks) if each >= oldest)


def _newest() -> date:
    """The Monday of the last week that is over, and whose report may be made."""
    now = clock.now()
    this = trends.monday(weekly.day_of(now))
    begins = weekly.span_of(this).start + timedelta(hours=HOUR.hour)
    return this - trends.WEEK if now >= begins else this - 2 * trends.WEEK


def make(week: date, *, tells: bool = False) -> WeeklyReport | None:
    """The report of the week that begins on this Monday; None where there is one already.

    With `tells` the administrators hear of it: in the inbox, and by mail where they want it. Two at once make it once.
    """
    if WeeklyReport.objects.filter(week=week).exists():
        return None
    findings = weekly.find(week)
    with transaction.atomic():
        report, is_new = WeeklyReport.objects.get_or_create(
            week=week, defaults={"made_at": clock.now(), "findings": findings}
        )
        if is_new and tells:
            _tell(report)
    return report if is_new else None


def _tell(report: WeeklyReport) -> None:
    """One notice for every administrator whose role is in force."""
    people = User.objects.with_standing().filter(groups__name=Role.ADMIN, is_active=True, anonymised_at__isnull=True)
    rows = [
        Notification(
            event_kind=KIND,
            event_id=report.pk,
            recipient=person,
            reason="administers",
            created_at=report.made_at,
            **waiting(person, Topic.HEARD),
        )
        for person in people
        if Role.ADMIN in person.effective_roles
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.rhythm for row in rows):
        report.mailed_at = report.made_at
        report.save(update_fields=["mailed_at"])
