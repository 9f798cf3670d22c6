"""The notice that a weekly report is there, and its mail: the report itself, to be read in two minutes."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.mails.letters import Heading, Item, Items, Part, Words
from community.models import Notification, User
from community.notices.notifiables import Shown
from community.notices.saying import Said, absolute, read_on
from community.notices.wording import Writer
from support.actions.weekly import KIND
from support.models import WeeklyReport
from support.reading.weekly_told import Told, report_address, tell, title_of

BECAUSE: Mapping[str, tuple[Promise, Promise]] = {
    "administers": (
        gettext_lazy("Because you administer this site"),
        gettext_lazy("You get this on Mondays because you administer this site."),
    )
}


def show_reports(ids: Iterable[int], reader: User) -> dict[int, Shown]:
    """Report id -> what to show, to administrators alone. One query."""
    return {report.pk: show_report(report) for report in WeeklyReport.objects.visible_to(reader).filter(pk__in=ids)}


def show_report(report: WeeklyReport) -> Shown:
    """What the inbox says of a report."""
    title = title_of(report.week)
    return Shown(
        sentence=_("What the company hears"),
        title=title,
        url=report_address(report),
        happened_at=report.made_at,
        kind=KIND,
        about=f"week-{report.week.isoformat()}",
        because=BECAUSE,
        subject=_("What the company hears: %(week)s") % {"week": title},
    )


def write_report(row: Notification, shown: Shown, reader: User) -> Said:
    """The mail. Eight queries."""
    report = WeeklyReport.objects.visible_to(reader).get(pk=row.event_id)
    return say_report(shown, tell(report, reader))


def say_report(shown: Shown, told: Told) -> Said:
    """The same from what is known: each line leads to what it is about."""
    parts: list[Part] = [Heading(told.title), Words(told.first)]
    if told.is_made_up:
        parts.append(Words(_("People of a demo are among those heard here: what they say is made up.")))
    for section in told.sections:
        if section.lines:
            lines = (Item(each.title, absolute(each.url), each.told, language=each.language) for each in section.lines)
            parts.append(Items(section.title, tuple(lines)))
        else:
            parts.append(Words(_("%(title)s: %(empty)s") % {"title": section.title, "empty": section.empty}))
    parts.append(read_on(shown, _("Open the report")))
    rises = [line.title for section in told.sections if section.name == "trends" for line in section.lines]
    return Said(tuple(parts), " · ".join([*rises, told.first]))


NOTIFIABLES: dict[str, Callable[[Iterable[int], User], dict[int, Shown]]] = {KIND: show_reports}
#: By `Shown.kind`.
WRITERS: dict[str, Writer] = {KIND: write_report}
