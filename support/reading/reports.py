"""The desk's reports: each figure as a drawing with its table beside it, and in a sentence what it counts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from support import charts
from support.lengths import length_words
from support.models import Channel, DeskState, Escalation, EscalationReason, SlaClock, TicketRating
from support.reading import report_facts as facts
from support.reading.report_facts import Cohort, Kept, Period, Rated

#: What stands where nothing was counted.
NOTHING = "–"
Score = TicketRating.Score


@dataclass(frozen=True)
class Key:
    """The keys of a drawing of two tones: what the first and the second mean."""

    first: str
    second: str


@dataclass(frozen=True)
class Figure:
    """One report: its title, what it counts, drawings with their captions, and the same as a table."""

    name: str
    title: str
    told: str
    drawings: Sequence[tuple[str, charts.Drawing]]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    key: Key | None = None
    note: str = ""


@dataclass(frozen=True)
class Reports:
    """All of one period; `figures` are the few numbers at the top: value, and what it is."""

    period: Period
    figures: Sequence[tuple[str, str]]
    reports: Sequence[Figure]


@facts.at_one_moment()
def reports(days: int) -> Reports:
    """The reports of the last so many days. The same number of queries whatever there is."""
    period = facts.last_days(days)
    smallest = DeskState.objects.get(pk=1).smallest_group
    cohorts, kept = facts.cohorts(period), facts.promises_kept(period)
    rated, asked_for = facts.ratings(period)
    asked = facts.asked(period)
    everything = next(each for each in cohorts if each.channel is None and each.step is None)
    by_time = [each for each in cohorts if each.step is not None]
    by_channel = {each.channel: each for each in cohorts if each.channel is not None}
    return Reports(
        period,
        _foremost(everything, kept, rated, asked),
        [
            _channels(by_channel, kept, rated, smallest),
            _times(by_time, period),
            _promises(kept, smallest),
            _backlog(period),
            _escalations(asked, period),
            _reasons(period),
            _satisfaction(rated, asked_for),
        ],
    )


def _foremost(
    everything: Cohort, kept: Sequence[Kept], rated: Sequence[Rated], asked: Sequence[facts.Asked]
) -> list[tuple[str, str]]:
    decided = [each for each in kept if each.of == "all"]
    threads, escalated = sum(each.threads for each in asked), sum(each.escalated for each in asked)
    return [
        (localize(everything.tickets), _("tickets opened")),
        (_length(everything.reply_median), _("to the first reply, half of them sooner")),
        (_length(everything.solution_median), _("to the solution, half of them sooner")),
        (_percent(sum(each.kept for each in decided), sum(each.decided for each in decided)), _("promises kept")),
        (_percent(everything.reopened, everything.ever_solved), _("reopened")),
        (_percent(_content(rated), _people(rated)), _("said good or great")),
        (_percent(escalated, threads), _("of questions came to staff")),
    ]


def _channels(cohorts: Mapping[str, Cohort], kept: Sequence[Kept], rated: Sequence[Rated], smallest: int) -> Figure:
    counts = {channel.value: cohorts[channel].tickets for channel in Channel if channel in cohorts}
    hidden = facts.left_out(counts.items(), smallest)
    shown = [channel for channel in Channel if channel in counts and channel not in hidden]
    measures = _measures(cohorts, kept, rated, smallest)
    drawings = [
        (title, charts.rows([charts.Value(str(each.label), *measure(each)) for each in shown], most))
        for title, measure, most in measures
    ]
    rows = [
        [
            str(each.label),
            localize(counts[each]),
            localize(counts[each] - cohorts[each].replied) if each != Channel.STAFF else NOTHING,
            *(measure(each)[1] for _title, measure, _most in measures),
        ]
        for each in shown
    ]
    return Figure(
        "channels",
        _("By channel, side by side"),
        _("A customer who only asks in public should be served as well as one who writes to you."),
        drawings,
        [_("Channel"), _("Tickets"), _("Not answered yet"), *(title for title, _measure, _most in measures)],
        rows,
        note=_left_out(len(hidden)),
    )


def _measures(
    cohorts: Mapping[str, Cohort], kept: Sequence[Kept], rated: Sequence[Rated], smallest: int
) -> list[tuple[str, Callable[[Channel], tuple[float | None, str]], float | None]]:
    """What channels are compared by: its name, the measure of a channel, and what the longest bar means."""

    def enough(part: int, whole: int) -> tuple[float | None, str]:
        return (None, _("too few to tell")) if 0 < whole < smallest else _share(part, whole)

    def promises(channel: Channel) -> tuple[float | None, str]:
        own = [each for each in kept if each.of == "channel" and each.channel == channel]
        return enough(sum(each.kept for each in own), _decided(own))

    def content(channel: Channel) -> tuple[float | None, str]:
        own = [each for each in rated if each.channel == channel]
        return enough(_content(own), _people(own))

    return [
        (_("To the first reply"), lambda each: _seconds(cohorts[each].reply_median), None),
        (_("To the solution"), lambda each: _seconds(cohorts[each].solution_median), None),
        (_("Promises kept"), promises, 1),
        (_("Reopened"), lambda each: enough(cohorts[each].reopened, cohorts[each].ever_solved), 1),
        (_("Said good or great"), content, 1),
    ]


def _times(cohorts: Sequence[Cohort], period: Period) -> Figure:
    names = [_step(each.step, period) for each in cohorts]
    reply = [charts.Value(n, *_seconds(each.reply_median)) for n, each in zip(names, cohorts, strict=True)]
    solved = [charts.Value(n, *_seconds(each.solution_median)) for n, each in zip(names, cohorts, strict=True)]
    return Figure(
        "times",
        _("How long customers wait"),
        _(
            "Business hours from their first word to the first reply and to the solution, by when tickets were opened. "
            "Half of them took less; what is not answered yet is counted beside."
        ),
        [(_("To the first reply"), charts.columns(reply)), (_("To the solution"), charts.columns(solved))],
        [
            *(_("Opened"), _("Tickets"), _("First reply: half within"), _("First reply: nine of ten within")),
            *(_("Not answered yet"), _("Solution: half within"), _("Solution: nine of ten within"), _("Reopened")),
        ],
        [[name, *_of_step(each)] for name, each in zip(names, cohorts, strict=True)],
    )


def _of_step(each: Cohort) -> list[str]:
    return [
        localize(each.tickets),
        _length(each.reply_median),
        _length(each.reply_slowest),
        localize(each.tickets - each.replied),
        _length(each.solution_median),
        _length(each.solution_slowest),
        _percent(each.reopened, each.ever_solved),
    ]


def _promises(kept: Sequence[Kept], smallest: int) -> Figure:
    queues, teams = facts.names_of_queues()
    by_queue = _groups([each for each in kept if each.of == "queue"], lambda each: each.queue)
    by_team = _groups([each for each in kept if each.of == "team"], lambda each: each.team)
    drawings, rows, hidden = list[tuple[str, charts.Drawing]](), list[list[str]](), 0
    for title, groups, names in (
        (_("By queue"), by_queue, queues),
        (_("By team"), by_team, {team: name or _("Every agent's") for team, name in teams.items()}),
    ):
        small = facts.left_out([(key, _decided(group)) for key, group in groups.items()], smallest)
        hidden += len(small)
        shown = {names.get(key, ""): group for key, group in groups.items() if key not in small}
        values = [
            charts.Value(name, *_share(sum(each.kept for each in group), _decided(group)))
            for name, group in sorted(shown.items())
        ]
        if values:
            drawings.append((title, charts.rows(values, 1)))
        rows += [[title, name, *_by_kind(group, smallest)] for name, group in sorted(shown.items())]
    return Figure(
        "promises",
        _("Promises kept"),
        _("Of promises that began in this time and are decided: met in time, or broken. What still runs is left out."),
        drawings,
        ["", _("Queue or team"), *(str(kind.label) for kind in SlaClock.Kind)],
        rows,
        note=_left_out(hidden),
    )


def _by_kind(group: Sequence[Kept], smallest: int) -> list[str]:
    """Of each kind the share and of how many; all of them left out where one alone is too small."""
    of = {each.kind: each for each in group}
    if any(each.decided < smallest for each in group):
        return [_("too few to tell") if kind in of else NOTHING for kind in SlaClock.Kind.values]
    told = _("%(share)s of %(count)s")
    return [
        told % {"share": _percent(of[kind].kept, of[kind].decided), "count": localize(of[kind].decided)}
        if kind in of
        else NOTHING
        for kind in SlaClock.Kind.values
    ]


def _backlog(period: Period) -> Figure:
    ages = facts.backlog(period)
    names = [_age(each.days) for each in ages]
    values = [
        charts.Value(name, each.ours, localize(each.ours + each.rests), each.rests)
        for name, each in zip(names, ages, strict=True)
    ]
    return Figure(
        "backlog",
        _("What is not done, by age"),
        _("As it is now: since when each ticket has been open."),
        [("", charts.rows(values))],
        [_("Age"), _("Ours to do"), _("Waiting or on hold")],
        [[name, localize(each.ours), localize(each.rests)] for name, each in zip(names, ages, strict=True)],
        key=Key(_("Ours to do"), _("Waiting or on hold")),
    )


def _escalations(asked: Sequence[facts.Asked], period: Period) -> Figure:
    names = [_step(each.step, period) for each in asked]
    values = [charts.Value(n, *_share(each.escalated, each.threads)) for n, each in zip(names, asked, strict=True)]
    return Figure(
        "escalations",
        _("Questions that came to staff"),
        _("Of the questions and problems posted in each stretch of time, however they came to staff."),
        [("", charts.columns(values))],
        [_("Asked"), _("Questions"), _("Came to staff"), _("Share")],
        [
            [n, localize(each.threads), localize(each.escalated), _percent(each.escalated, each.threads)]
            for n, each in zip(names, asked, strict=True)
        ],
    )


def _reasons(period: Period) -> Figure:
    found = facts.reasons(period)
    labels = dict(EscalationReason.choices)
    totals = {reason: sum(ways.values()) for reason, ways in found.items()}
    values = [charts.Value(str(labels[reason]), count, localize(count)) for reason, count in totals.items() if count]
    return Figure(
        "reasons",
        _("Why they came"),
        _("Escalations of this time by the reason that was given."),
        [("", charts.rows(values))] if values else [],
        [_("Reason"), *(str(way.label) for way in Escalation.Way), _("Together")],
        [
            [
                str(labels[reason]),
                *(localize(ways.get(way, 0)) for way in Escalation.Way.values),
                localize(totals[reason]),
            ]
            for reason, ways in found.items()
            if totals[reason]
        ],
    )


def _satisfaction(rated: Sequence[Rated], asked_for: int) -> Figure:
    counts = {score: sum(each.people for each in rated if each.score == score) for score in reversed(Score)}
    whole = sum(counts.values())
    values = [charts.Value(str(score.label), count, localize(count)) for score, count in counts.items()]
    words = ngettext(
        "%(count)s customer was asked, %(answered)s answered.",
        "%(count)s customers were asked, %(answered)s answered.",
        asked_for,
    )
    return Figure(
        "ratings",
        _("How it went, as customers say"),
        words % {"count": localize(asked_for), "answered": localize(whole)},
        [("", charts.rows(values))] if whole else [],
        [_("Answer"), _("Customers"), _("Share")],
        [[str(score.label), localize(count), _percent(count, whole)] for score, count in counts.items()]
        if whole
        else [],
    )


def _groups(rows: Iterable[Kept], by: Callable[[Kept], Any]) -> dict[Any, list[Kept]]:
    found: dict[Any, list[Kept]] = {}
    for each in rows:
        found.setdefault(by(each), []).append(each)
    return found


def _decided(group: Iterable[Kept]) -> int:
    return sum(each.decided for each in group)


def _people(rated: Iterable[Rated]) -> int:
    return sum(each.people for each in rated)


def _content(rated: Iterable[Rated]) -> int:
    return sum(each.people for each in rated if each.score >= Score.GOOD)


def _left_out(groups: int) -> str:
    words = ngettext("%(count)d group is too small to be shown.", "%(count)d groups are too small to be shown.", groups)
    return words % {"count": groups} if groups else ""


def _share(part: int, whole: int) -> tuple[float | None, str]:
    return (part / whole if whole else None), _percent(part, whole)


def _percent(part: int, whole: int) -> str:
    return _("%(number)s %%") % {"number": localize(round(100 * part / whole))} if whole else NOTHING


def _seconds(seconds: float | None) -> tuple[float | None, str]:
    return seconds, _length(seconds)


def _length(seconds: float | None) -> str:
    return NOTHING if seconds is None else length_words(round(seconds / 60))


def _step(step: date | None, period: Period) -> str:
    """The day, the week's Monday or the month that a stretch of time begins with."""
    if step is None:
        return ""
    if period.step == "month":
        return date_format(step, "YEAR_MONTH_FORMAT")
    first = max(step, timezone.localtime(period.starts_at).date())
    return date_format(first, "MONTH_DAY_FORMAT")


def _age(days: int | None) -> str:
    if days is None:
        return _("older")
    return ngettext("up to %(count)d day", "up to %(count)d days", days) % {"count": days}
