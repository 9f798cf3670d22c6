"""How sure are we? One plain sentence first, then what it rests on: experiments, what people said, coverage."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import clock
from community.surfaces import surfaces
from support import charts
from support.models.contacts import ChannelCoverage, ContactChannel
from support.models.ledger import CaseKind
from support.reading.figures import Figures, Wanted
from support.reading.roi_words import (
    NOTHING,
    Cell,
    Part,
    Table,
    between,
    count,
    day,
    percent,
    place,
    rows_of,
    shares_between,
    span_words,
    tenth,
    whole,
)
from support.reading.trial import Trial

#: So many experiments stand side by side, the latest.
MOST_TRIALS = 4


def sure(told: Figures, trials: Sequence[Trial]) -> Part:
    """The sentence, the experiments, what people said, and which channels we see. One query."""
    tables = [*_trial_tables(trials), _said(told), _coverage(told.wanted)]
    analysed = [each for each in trials if each.effect is not None and each.interval is not None]
    drawings = []
    if analysed:
        words = _("Fewer who opened a ticket, in points of a hundred, with the 95 % interval")
        drawings = [(words, charts.intervals([_ranged(each) for each in analysed]))]
    return Part(
        "sure",
        _("How sure are we?"),
        plain_sentence(told, trials),
        tables,
        drawings,
        notes=[_definition(told)],
        empty="" if trials else _("No experiment has begun yet."),
    )


def plain_sentence(told: Figures, trials: Sequence[Trial]) -> str:
    """What a reader may believe, in one sentence."""
    valid = next((each for each in trials if each.is_valid and each.interval is not None), None)
    if valid is not None and valid.effect is not None and valid.interval is not None:
        return _of_experiment(valid)
    running = next((each for each in trials if each.experiment.stopped_at is None), None)
    if running is not None and running.experiment.stops_at is not None:
        return _(
            "Not proven yet: the floor rests on what people said and did, and the experiment that would prove it ends "
            "on %(day)s."
        ) % {"day": day(running.experiment.stops_at.date())}
    if told.resolved == 0:
        return _("There is nothing to be sure of yet: no case of this period has been credited.")
    return _(
        "Not proven by an experiment: the floor rests on what people said and did, with silence counted as “no”, and "
        "the central estimate supposes that the silent are like those who answered."
    )


def _of_experiment(trial: Trial) -> str:
    assert trial.effect is not None and trial.interval is not None
    people = trial.control.people + trial.treatment.people
    words = {
        "people": whole(people),
        "effect": tenth(100 * trial.effect),
        "low": tenth(100 * trial.interval.low),
        "high": tenth(100 * trial.interval.high),
    }
    if trial.interval.low > 0:
        return (
            _(
                "Sure that it works, less sure by how much: in a randomised experiment with %(people)s people, "
                "%(effect)s fewer in a hundred opened a ticket where suggestions were shown (95 %% interval: %(low)s "
                "to %(high)s)."
            )
            % words
        )
    return (
        _(
            "Not proven: in a randomised experiment with %(people)s people, %(effect)s fewer in a hundred opened a "
            "ticket where suggestions were shown, which chance alone can explain (95 %% interval: %(low)s to %(high)s)."
        )
        % words
    )


def _ranged(trial: Trial) -> charts.Ranged:
    assert trial.effect is not None and trial.interval is not None
    low, high = (100 * each for each in trial.interval)
    words = _("%(effect)s (%(low)s to %(high)s)") % {
        "effect": tenth(100 * trial.effect),
        "low": tenth(low),
        "high": tenth(high),
    }
    return charts.Ranged(trial.experiment.name, words, size=100 * trial.effect, low=low, high=high)


def _trial_tables(trials: Sequence[Trial]) -> list[Table]:
    """A column for each of the latest experiments."""
    if not trials:
        return []
    shown = trials[:MOST_TRIALS]
    names = [
        *(_("Verdict"), _("Form"), _("Ran"), _("People without suggestions"), _("of them opened a ticket")),
        *(_("People with suggestions"), _("of them opened a ticket"), _("Fewer, in points of a hundred")),
        *(_("95 % interval"), _("Tickets avoided"), _("95 % interval"), _("Cases that people confirmed")),
        *(_("Floor: the fewest avoided, at most what was confirmed"), _("Kappa: avoided for each confirmed case")),
        _("Left out: staff, tests, and people in both arms"),
    ]
    columns = [_trial_cells(each) for each in shown]
    rows = [[Cell(name), *(column[place] for column in columns)] for place, name in enumerate(names)]
    return [Table("experiments", _("Experiments"), ["", *(each.experiment.name for each in shown)], rows)]


def _trial_cells(trial: Trial) -> list[Cell]:
    experiment, forms = trial.experiment, surfaces()
    verdict = " ".join(str(each.label) for each in trial.invalid) if trial.invalid else _("Valid.")
    ran = Wanted(_day(experiment.starts_at), _day(experiment.stopped_at or experiment.stops_at))
    arms = [rows_of(ran, "people", experiment=str(experiment.pk), arm=arm) for arm in ("control", "treatment")]
    return [
        Cell(verdict, place("community_experiment_change", experiment.pk)),
        Cell(str(forms.get(experiment.surface, experiment.surface))),
        Cell(span_words(day(ran.from_day), day(ran.until_day))),
        count(trial.control.people, arms[0]),
        count(trial.control.tickets),
        count(trial.treatment.people, arms[1]),
        count(trial.treatment.tickets),
        Cell(NOTHING if trial.effect is None else tenth(100 * trial.effect), value=trial.effect),
        Cell(shares_between(trial.interval)),
        Cell(NOTHING if trial.avoided is None else tenth(trial.avoided), value=trial.avoided),
        Cell(between(trial.avoided_interval)),
        count(trial.confirmed),
        count(trial.floor),
        Cell(NOTHING if trial.kappa is None else f"{trial.kappa:.2f}", value=trial.kappa),
        count(trial.dropped + trial.staff),
    ]


def _day(moment: datetime | None) -> date:
    """In the site's time zone; what has no end yet ends today."""
    return timezone.localtime(moment or clock.now(), timezone.get_default_timezone()).date()


def _said(told: Figures) -> Table:
    """How many told what they would have done, and how many of them meant support."""
    rows = [
        [
            Cell(str(CaseKind(each.kind).label)),
            count(each.answered),
            count(each.yes),
            Cell(_of(each.yes, each.answered), said=str(each.hidden.label) if each.hidden else ""),
        ]
        for each in told.kinds
        if each.kind in {CaseKind.D, CaseKind.M}
    ]
    readers, asked = told.readers, rows_of(told.wanted, "surveys")
    share = Cell(_of(readers.yes, readers.answered))
    rows.append([Cell(str(CaseKind.V.label)), count(readers.answered, asked), count(readers.yes), share])
    head = [_("Evidence"), _("Said what they would have done"), _("Support"), _("Share")]
    return Table("intent", _("What people would have done instead"), head, rows)


def _of(part: int, whole_number: int) -> str:
    return percent(part / whole_number if whole_number else None)


def _coverage(wanted: Wanted) -> Table:
    """For each channel, whether somebody declared that all its contacts are here. One query."""
    stands = ChannelCoverage.objects.filter(
        withdrawn_at__isnull=True, from_day__lte=wanted.until_day, until_day__gte=wanted.from_day
    ).select_related("declared_by")
    found: dict[str, list[ChannelCoverage]] = {}
    for each in stands.order_by("from_day", "pk"):
        found.setdefault(each.channel, []).append(each)
    rows = [_covered(channel, found.get(channel, []), wanted) for channel in ContactChannel]
    head = [_("Channel"), _("Covered"), _("Declared by")]
    return Table("coverage", _("Which channels we see"), head, rows, words=3)


def _covered(channel: ContactChannel, declared: Sequence[ChannelCoverage], wanted: Wanted) -> list[Cell]:
    missing = days_missing(declared, wanted)
    names = ", ".join(dict.fromkeys(each.declared_by.display_name for each in declared))
    if missing == 0:
        told = _("no such channel") if all(each.is_absent for each in declared) else _("yes, every day")
    elif missing == wanted.days:
        told = _("no")
    else:
        words = ngettext("all but %(count)s day", "all but %(count)s days", missing)
        told = words % {"count": whole(missing)}
    where = place("support_channelcoverage_changelist")
    return [Cell(str(channel.label)), Cell(told, where), Cell(names or NOTHING)]


def days_missing(declared: Sequence[ChannelCoverage], wanted: Wanted) -> int:
    """How many days of the period nobody declared, given the declarations in the order of their first day."""
    missing, next_day = 0, wanted.from_day
    for each in declared:
        first, last = max(each.from_day, wanted.from_day), min(each.until_day, wanted.until_day)
        missing += max(0, (first - next_day).days)
        next_day = max(next_day, last + timedelta(days=1))
    return missing + max(0, (wanted.until_day - next_day).days + 1)


def _definition(told: Figures) -> str:
    used = told.definitions[-1] if told.definitions else None
    if used is None:
        return _("No definition was in force.")
    if used.approved_at is None:
        return _("Definition %(name)s is in force, and nobody has approved it yet.") % {"name": used.name}
    words = {"name": used.name, "person": used.approved_by, "day": day(used.approved_at.date())}
    return _("Definition %(name)s, approved by %(person)s on %(day)s.") % words
