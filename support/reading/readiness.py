"""What is missing before the figures of a period can be defended: what it is, who can supply it, when it will suffice.

Every need is a sentence about what is there, never a verdict on what the figures say. The same order each time: first
what hides money, then what makes an estimate better, then the machinery.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from django.db.models import Count, Max, Min, TextChoices
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy
from procrastinate.contrib.django.models import ProcrastinateWorker

from community import clock
from community.accounts.health import SILENT
from community.models import Brand, Consent
from support.avoided import LEAST_SURVEYS, MOST_UNLINKABLE
from support.models import ChannelCoverage, ContactChannel, CostInput, ProgrammeCost
from support.reading.figure_facts import today
from support.reading.figures import Figures, Why
from support.reading.roi_words import place as place_of
from support.reading.trial import Invalid, Trial

#: The ledger goes on every ten minutes; what is older has stopped.
LATE = timedelta(hours=1)
#: Of a list of days in words, so many.
MOST_GAPS = 3
DAY = timedelta(days=1)
#: Of an experiment that may still prove something.
_COMING = {Invalid.RUNNING, Invalid.NOT_MATURED, Invalid.COMPUTING}
Days = tuple[date, date]


class State(TextChoices):
    READY = "ready", pgettext_lazy("state of what figures need", "There")
    WAITS = "waits", pgettext_lazy("state of what figures need", "On its way")
    MISSING = "missing", pgettext_lazy("state of what figures need", "Missing")


@dataclass(frozen=True)
class Need:
    """One thing that figures need. `told`: what is there; `who` can supply what is missing; `when` it will suffice.

    `name` is its word in addresses and tests; `place` an address of the admin ("app_model_changelist"), "" for none;
    `hides_money`: without it no sum is shown at all.
    """

    name: str
    title: str
    state: State
    told: str
    who: str = ""
    when: str = ""
    place: str = ""
    hides_money: bool = False

    @property
    def is_ready(self) -> bool:
        return self.state == State.READY

    @property
    def url(self) -> str:
        return place_of(self.place) if self.place else ""


@dataclass(frozen=True)
class Readiness:
    """All needs of a period, in order."""

    needs: Sequence[Need]

    @property
    def missing(self) -> int:
        return sum(1 for need in self.needs if need.state == State.MISSING)

    @property
    def is_ready(self) -> bool:
        """Nothing is missing, and nothing on its way."""
        return all(need.is_ready for need in self.needs)

    @property
    def hides_money(self) -> bool:
        return any(need.hides_money and not need.is_ready for need in self.needs)

    def need(self, name: str) -> Need:
        return next(each for each in self.needs if each.name == name)


def readiness(told: Figures, trials: Sequence[Trial]) -> Readiness:
    """What the figures `told` lack; `trials` are all experiments (support/reading/trial.py). Six queries."""
    days = told.wanted.from_day, max(told.wanted.from_day, min(told.wanted.until_day, today(clock.now())))
    covered = list(ChannelCoverage.objects.filter(withdrawn_at__isnull=True))
    return Readiness(
        [
            _definition(told),
            _costs(told, days, covered),
            _coverage(covered, days),
            _identity(told),
            _programme(days),
            _survey(told, days),
            _experiment(trials),
            _consent(),
            _worker(),
            _ledger(told),
        ]
    )


# What hides money -----------------------------------------------------------------------------------------------------
def _definition(told: Figures) -> Need:
    open_ones = [each.name for each in told.definitions if each.approved_at is None]
    approved = [
        _("%(name)s, approved by %(person)s on %(day)s.")
        % {"name": each.name, "person": each.approved_by, "day": _day(localtime(each.approved_at).date())}
        for each in told.definitions
        if each.approved_at is not None
    ]
    if told.definitions and not open_ones:
        return Need("definition", _("The definition is approved"), State.READY, " ".join(approved))
    return Need(
        "definition",
        _("The definition is approved"),
        State.MISSING,
        _("Nobody has put their name to what is counted and how."),
        _("An administrator, by name: whoever will defend the figures."),
        _("At once."),
        "support_definition_changelist",
        hides_money=True,
    )


def _costs(told: Figures, days: Days, covered: Sequence[ChannelCoverage]) -> Need:
    """Whether each channel there is has a cost on the first of the days."""
    there = uncovered([row for row in covered if row.is_absent], days)
    rows = CostInput.objects.values_list("channel", "currency").annotate(first=Min("valid_from"))
    since, currencies = dict[str, date](), set[str]()
    for channel, currency, first in rows:
        since[channel] = min(first, since.get(channel, first))
        currencies.add(currency)
    late = [each for each in ContactChannel if each.value not in since or since[each.value] > days[0]]
    lacks = [each.label for each in late if each.value in there]
    hides = bool({Why.NO_COST, Why.CURRENCIES} & set(told.money.hidden))
    title, place = _("What a contact costs"), "support_costinput_changelist"
    who = _("Finance, or whoever leads support; an administrator enters it with its source.")
    if lacks:
        words = _("Not entered for every day: %(channels)s.") % {"channels": _listed(lacks)}
        return Need("costs", title, State.MISSING, words, who, _("At once, for days that are past too."), place, hides)
    if len(currencies) > 1:
        words = _("The costs are in several currencies: %(currencies)s.") % {"currencies": _listed(sorted(currencies))}
        return Need("costs", title, State.MISSING, words, who, _("Once the days asked for have one."), place, hides)
    return Need("costs", title, State.READY, _("Entered for every channel."), place=place)


def _coverage(covered: Sequence[ChannelCoverage], days: Days) -> Need:
    gaps = uncovered(covered, days)
    title, place = _("Every way to reach support is covered"), "support_channelcoverage_changelist"
    if not gaps:
        return Need("coverage", title, State.READY, _("Declared for every channel and day."), place=place)
    words = [
        _("%(channel)s: %(days)s.") % {"channel": ContactChannel(channel).label, "days": _spans(found)}
        for channel, found in gaps.items()
    ]
    return Need(
        "coverage",
        title,
        State.MISSING,
        _("Not declared: %(gaps)s") % {"gaps": " ".join(words)},
        _("Whoever leads support: they know whether calls, mails and chats of these days were read in."),
        _("Once contacts are read in (manage.py import_contacts), or somebody says that there is no such channel."),
        place,
        hides_money=True,
    )


def uncovered(rows: Iterable[ChannelCoverage], days: Days) -> dict[str, list[Days]]:
    """By channel: the stretches of these days (both ends included) that nobody declared. Covered channels are left
    out."""
    by_channel: dict[str, list[Days]] = {channel: [] for channel in ContactChannel.values}
    for row in rows:
        by_channel[row.channel].append((row.from_day, row.until_day))
    found = {channel: gaps_in(spans, days) for channel, spans in by_channel.items()}
    return {channel: gaps for channel, gaps in found.items() if gaps}


def gaps_in(spans: Iterable[Days], days: Days) -> list[Days]:
    """The stretches of `days` that lie in none of the spans."""
    gaps, day = list[Days](), days[0]
    for first, last in sorted(spans):
        if last < day or first > days[1]:
            continue
        if first > day:
            gaps.append((day, first - DAY))
        day = last + DAY
        if day > days[1]:
            return gaps
    return [*gaps, (day, days[1])]


def _identity(told: Figures) -> Need:
    title, found = _("Contacts belong to somebody we know"), told.identity
    if found.share is None:
        words = _("There were no contacts in this period.")
        return Need("identity", title, State.READY, words)
    share = _percent(found.unlinkable, found.contacts)
    words = _("%(share)s of %(contacts)d contacts can be linked to nobody; cases are counted down for them.") % {
        "share": share,
        "contacts": found.contacts,
    }
    if found.unlinkable <= MOST_UNLINKABLE * found.contacts:
        return Need("identity", title, State.READY, words)
    return Need(
        "identity",
        title,
        State.MISSING,
        words + " " + _("Above 40 % no money is shown."),
        _("Whoever keeps the telephone system or the CRM: contacts need the caller’s address, or its hash."),
        _("For the contacts that are read in from then on."),
        "support_contactimport_changelist",
        hides_money=True,
    )


# What net, intervals and proof need -----------------------------------------------------------------------------------
def _programme(days: Days) -> Need:
    rows = ProgrammeCost.objects.filter(withdrawn_at__isnull=True).values_list("from_day", "until_day")
    gaps = gaps_in(list(rows), days)
    title, place = _("What the community itself costs"), "support_programmecost_changelist"
    if not gaps:
        return Need("programme", title, State.READY, _("Entered for every day."), place=place)
    return Need(
        "programme",
        title,
        State.MISSING,
        _("Not entered: %(days)s. Without it there is no net and no ROI.") % {"days": _spans(gaps)},
        _("Finance and whoever leads the community: platform, hours, rewards."),
        _("At once, for days that are past too."),
        place,
    )


def _survey(told: Figures, days: Days) -> Need:
    answered, shown = told.readers.answered, told.readers.shown
    words = ngettext(
        "%(count)d reader has answered of %(shown)d who were asked.",
        "%(count)d readers have answered of %(shown)d who were asked.",
        answered,
    ) % {"count": answered, "shown": shown}
    title = _("Readers have answered")
    if answered >= LEAST_SURVEYS:
        return Need("survey", title, State.READY, words)
    return Need(
        "survey",
        title,
        State.WAITS if shown else State.MISSING,
        words + " " + _("With fewer than 30 there is no central estimate for readers."),
        _("The readers of solved questions: one in ten is asked, by chance."),
        _pace(answered, (days[1] - days[0]).days + 1),
    )


def _pace(answered: int, days: int) -> str:
    """When there will be enough, if it goes on as in these days."""
    if not answered:
        return _("Nobody can say yet.")
    more = ceil((LEAST_SURVEYS - answered) * days / answered)
    words = ngettext("At this pace in %(count)d day.", "At this pace in %(count)d days.", more)
    return words % {"count": more}


def _experiment(trials: Sequence[Trial]) -> Need:
    """The latest that is valid, else the one that runs. What it showed stands on its own page."""
    title, place = _("A valid experiment"), "community_experiment_changelist"
    valid = next((each for each in trials if each.is_valid), None)
    if valid is not None:
        words = _("“%(name)s” ran until the day that was fixed beforehand, and is valid.")
        return Need("experiment", title, State.READY, words % {"name": valid.experiment.name}, place=place)
    latest = trials[0] if trials else None
    if latest is not None and set(latest.invalid) & _COMING and latest.experiment.stops_at is not None:
        words = _("“%(name)s” is under way.") % {"name": latest.experiment.name}
        when = _("When it has ended on %(day)s, and the days after it in which people may still write to support.")
        when %= {"day": _day(localtime(latest.experiment.stops_at).date())}
        return Need("experiment", title, State.WAITS, words, "", when, place)
    words = _("None has run to its end: the figures rest on what people say of themselves.")
    if latest is not None:
        words = _("“%(name)s” proves nothing: %(reasons)s") % {
            "name": latest.experiment.name,
            "reasons": " ".join(str(each.label) for each in latest.invalid),
        }
    return Need(
        "experiment",
        title,
        State.MISSING,
        words,
        _("An administrator: the page of the experiment says how many people and days it needs."),
        _("After its end, which is fixed before it begins."),
        place,
    )


def _consent() -> Need:
    title, place = _("People may be counted"), "community_brand_changelist"
    mode = Brand.objects.values_list("counting", flat=True).first() or Brand.Counting.OFF
    if mode == Brand.Counting.OFF:
        return Need(
            "consent",
            title,
            State.MISSING,
            _("The site counts nobody: no views, no surveys, no forms."),
            _("An administrator, with whoever is responsible for data protection."),
            _("From that day on; what was not counted stays so."),
            place,
        )
    counted = Consent.objects.values_list("is_given").annotate(many=Count("pk")).order_by()
    said = {True: 0, False: 0} | dict(counted)
    words = _("The site asks first.") if mode == Brand.Counting.ASK else _("The site counts and people may say no.")
    told = _("Of members who said so: %(yes)d yes, %(no)d no. Visitors who say no leave no trace, not even a number.")
    return Need("consent", title, State.READY, words + " " + told % {"yes": said[True], "no": said[False]}, place=place)


# The machinery --------------------------------------------------------------------------------------------------------
def _worker() -> Need:
    title, seen = _("The worker runs"), ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))["at"]
    if seen is not None and clock.wall() - seen < SILENT:
        return Need("worker", title, State.READY, _("It does."))
    words = _("It does not: nothing new is counted.")
    return Need("worker", title, State.MISSING, words, _("Whoever runs the server: manage.py worker."), _("At once."))


def _ledger(told: Figures) -> Need:
    title, until = _("The ledger is complete"), told.complete_until
    if until is None:
        words = _("It has not been made yet.")
        return Need("ledger", title, State.MISSING, words, "", _("Ten minutes after the worker began."))
    words = _("All that was known on %(moment)s is in it.") % {
        "moment": date_format(localtime(until), "DATETIME_FORMAT")
    }
    if clock.now() - until > LATE:
        who = _("Whoever runs the server: its log says why it stopped.")
        return Need("ledger", title, State.MISSING, words, who, _("Minutes after the worker runs again."))
    if told.is_growing:
        words += " " + _("The last cases of this period are still pending.")
        return Need("ledger", title, State.WAITS, words, "", _matures(told))
    return Need("ledger", title, State.READY, words)


def _matures(told: Figures) -> str:
    longest = max((each.no_ticket_days for each in told.definitions), default=0)
    last = told.wanted.until_day + timedelta(days=1 + longest)
    return _("On %(day)s.") % {"day": _day(last)}


# In words -------------------------------------------------------------------------------------------------------------
def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _spans(spans: Sequence[Days]) -> str:
    """Days and stretches of days; of many the first few."""
    said = [_day(first) if first == last else f"{_day(first)} – {_day(last)}" for first, last in spans[:MOST_GAPS]]
    return _listed([*said, "…"] if len(spans) > MOST_GAPS else said)


def _listed(words: Iterable[object]) -> str:
    return ", ".join(str(each) for each in words)


def _percent(part: int, whole: int) -> str:
    return _("%(share).1f %%") % {"share": 100 * part / whole}
