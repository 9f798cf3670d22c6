"""A weekly report as its reader sees it: what is stored are numbers and ids; titles and names are looked up now.

So what was hidden, redacted or erased since stands in no report: a line whose evidence is gone is left out, and a word
is named only as long as a question that may be seen still has it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.models import Answer, KnownIssue, Tag, Thread, User
from community.search.analysis import stems_in, words_of
from support import trends
from support.models import PersonStanding, SlaClock, Ticket, WeeklyReport
from support.reading.weekly import MOST_TEXT

#: Of what a line is about, so many stand on the report itself; so many are read for the words they have.
FEW, READ = 3, 12


@dataclass(frozen=True)
class Evidence:
    """One thing that a line is about: a question, an answer, a ticket. `note` says when, and what became of it."""

    title: str
    url: str
    note: str = ""
    language: str = ""


@dataclass(frozen=True)
class Line:
    """One finding: what it is, and its numbers in words. `url` is where it is looked at: itself, or its evidence."""

    key: str
    title: str
    told: str
    url: str
    language: str = ""
    few: tuple[Evidence, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Section:
    """Lines of one kind; `empty` stands there where there are none."""

    name: str
    title: str
    lines: Sequence[Line]
    empty: str


@dataclass(frozen=True)
class Told:
    """A whole report. `first` is what it says before all else; `is_made_up`: people of a demo are among those heard."""

    report: WeeklyReport
    title: str
    first: str
    sections: Sequence[Section]
    is_made_up: bool = False

    @property
    def url(self) -> str:
        return report_address(self.report)


@dataclass
class _Seen:
    """What the reader may see of all that a report is about, by id."""

    user: User
    threads: Mapping[int, Thread] = field(default_factory=dict)
    texts: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    tags: Mapping[int, Tag] = field(default_factory=dict)
    issues: Mapping[int, KnownIssue] = field(default_factory=dict)
    people: Mapping[int, User] = field(default_factory=dict)


def report_address(report: WeeklyReport) -> str:
    """The report's page, without the site's address."""
    return reverse("admin:support_weeklyreport_change", args=[report.pk])


def title_of(week: date) -> str:
    """How a report is called: by its Monday and Sunday."""
    days = {"monday": _day(week), "sunday": _day(week + timedelta(days=6))}
    return _("The week from %(monday)s to %(sunday)s") % days


def tell(report: WeeklyReport, user: User) -> Told:
    """The report as this person may read it. At most seven queries, whatever it holds."""
    found = report.findings
    seen = _look(found, user)
    sections = [
        Section("trends", _("What rises"), _trends(report, seen), _no_trends(found)),
        Section(
            "issues",
            _("What is not solved"),
            [*_issues(report, seen), *_causes(report, seen), *_again(report, seen)],
            _("No open question had several people, and none was asked again."),
        ),
        Section("wants", _("What people want"), _wants(report, seen), _("No idea came in or found new people.")),
        Section(
            "thanks",
            _("Praise, and whom to thank"),
            [*_praise(report, seen), *_helpers(report, seen)],
            _("Nobody wrote praise, and nobody said that an answer solved it."),
        ),
        Section(
            "promises",
            _("Promises kept and broken"),
            [*_promises(report), *_fixed(report, seen)],
            _("No promise ended in this week."),
        ),
    ]
    is_made_up = PersonStanding.objects.filter(kind=PersonStanding.Kind.SIMULATED).exists()
    return Told(report, title_of(report.week), _first(found), sections, is_made_up)


def _look(found: Mapping[str, Any], user: User) -> _Seen:
    rising = found.get("trends") or []
    read = {pk for each in rising for pk in each["threads"][:READ]}
    single = {each["thread"] for name in ("issues", "again", "wants") for each in found.get(name, [])}
    linked = {pk for name in ("causes", "again") for each in found.get(name, []) for pk in each["threads"][:FEW]}
    threads = _threads(user, {*read, *single, *linked, *found.get("praise", {}).get("threads", [])})
    texts = Thread.objects.filter(pk__in=read & threads.keys()).values_list("pk", "language", Left("body", MOST_TEXT))
    tags = [int(term[2:]) for each in rising for term in _tags_of(each)]
    issues = {each["issue"] for name in ("causes", "fixed") for each in found.get(name, [])}
    people = [each["person"] for each in found.get("helpers", [])]
    return _Seen(
        user,
        threads,
        {pk: (language, f"{threads[pk].title} {body}") for pk, language, body in texts},
        Tag.objects.in_bulk(tags) if tags else {},
        KnownIssue.objects.visible_to(user).in_bulk(issues) if issues else {},
        User.objects.filter(anonymised_at__isnull=True).in_bulk(people) if people else {},
    )


def _threads(user: User, ids: Iterable[int]) -> dict[int, Thread]:
    """Those that stand in sight, with their boards."""
    rows = Thread.objects.visible_to(user).filter(hidden_at__isnull=True).select_related("board")
    return rows.defer("body", "body_html").in_bulk(list(ids))


def _first(found: Mapping[str, Any]) -> str:
    """How much was asked, beside what is usual."""
    people = found["asked"]
    told = [ngettext("%(count)s person asked.", "%(count)s people asked.", people) % {"count": localize(people)}]
    if found["usual"] is not None:
        told.append(_("A usual week of the eight before had %(count)s.") % {"count": _about(found["usual"])})
    if found["last_year"] is not None:
        told.append(_("A year ago, at this season, it was %(count)s.") % {"count": _about(found["last_year"])})
    return " ".join(told)


def _no_trends(found: Mapping[str, Any]) -> str:
    if found["trends"] is None:
        return _("There is too little of a past to compare with: at least four of the eight weeks before.")
    return _("Nothing was asked more than its own past lets one expect.")


# Lines ----------------------------------------------------------------------------------------------------------------
def _trends(report: WeeklyReport, seen: _Seen) -> list[Line]:
    lines = []
    for number, each in enumerate(report.findings["trends"] or []):
        name = _name_of(each, seen)
        if name:
            ids = sorted(each["threads"], key=lambda pk: each["term"] not in _heading(pk, seen))
            lines.append(_gathered(report, seen, f"trends-{number}", name, _trend_told(each, seen), ids))
    return lines


def _heading(pk: int, seen: _Seen) -> set[str]:
    """The terms of a question's title: those that have the word there say best what it is about."""
    thread = seen.threads.get(pk)
    words = stems_in(words_of(thread.title), thread.language).split() if thread else []
    return {trends.WORD + word for word in words}


def _name_of(trend: Mapping[str, Any], seen: _Seen) -> str:
    """What rises, as people write it; "" where nothing in sight has it any more."""
    term = trend["term"]
    if term.startswith(trends.TAG):
        tag = seen.tags.get(int(term[2:]))
        return _("The tag %(tag)s") % {"tag": tag.name} if tag else ""
    spoken = _spoken(trend, seen)
    return _("“%(word)s”") % {"word": spoken[term]} if term in spoken else ""


def _spoken(trend: Mapping[str, Any], seen: _Seen) -> dict[str, str]:
    """The trend's words, each as most questions write it."""
    wanted = {term for term in (trend["term"], *trend["beside"]) if term.startswith(trends.WORD)}
    forms: dict[str, Counter[str]] = {term: Counter() for term in wanted}
    for pk in trend["threads"][:READ]:
        language, text = seen.texts.get(pk, ("", ""))
        for word in set(words_of(text)):
            for stem in stems_in([word], language).split():
                if (term := trends.WORD + stem) in forms:
                    forms[term][word] += 1
    return {term: min(found, key=lambda word: (-found[word], word)) for term, found in forms.items() if found}


def _trend_told(trend: Mapping[str, Any], seen: _Seen) -> str:
    people = trend["people"]
    told = [ngettext("%(count)s person", "%(count)s people", people) % {"count": localize(people)}]
    told.append(_("%(count)s expected") % {"count": _about(trend["expected"])})
    told.append(_("%(count)s at most in the eight weeks before") % {"count": localize(trend["best"])})
    if trend["since"]:
        told.append(_("since %(day)s") % {"day": date_format(date.fromisoformat(trend["since"]), "l")})
    if beside := _beside(trend, seen):
        told.append(_("with %(words)s") % {"words": ", ".join(beside)})
    return " · ".join(told)


def _beside(trend: Mapping[str, Any], seen: _Seen) -> list[str]:
    """The other words and tags of the same people."""
    spoken = _spoken(trend, seen)
    words = [_("“%(word)s”") % {"word": spoken[term]} for term in trend["beside"] if term in spoken]
    tags = [
        seen.tags[int(term[2:])] for term in _tags_of(trend) if term != trend["term"] and int(term[2:]) in seen.tags
    ]
    return [*words, *(_("the tag %(tag)s") % {"tag": tag.name} for tag in tags)]


def _tags_of(trend: Mapping[str, Any]) -> list[str]:
    return [term for term in (trend["term"], *trend["beside"]) if term.startswith(trends.TAG)]


def _issues(report: WeeklyReport, seen: _Seen) -> list[Line]:
    lines = []
    for number, each in enumerate(report.findings["issues"]):
        thread = seen.threads.get(each["thread"])
        if thread is not None:
            lines.append(_line(f"issues-{number}", thread, f"{_lately(each)} · {_state(thread)}"))
    return lines


def _lately(found: Mapping[str, Any]) -> str:
    """How many people in the week, and in all where that is more."""
    lately, people = found["lately"], found["people"]
    told = ngettext("%(count)s person this week", "%(count)s people this week", lately) % {"count": localize(lately)}
    if people > lately:
        told = f"{told} · " + _("%(count)s in all") % {"count": localize(people)}
    return told


def _causes(report: WeeklyReport, seen: _Seen) -> list[Line]:
    lines = []
    for number, each in enumerate(report.findings["causes"]):
        issue = seen.issues.get(each["issue"])
        if issue is None:
            continue
        told = [_("known issue") if issue.fixed_at is None else _("known issue, fixed meanwhile")]
        if count := len(each["threads"]):
            words = ngettext("%(count)s question is about it", "%(count)s questions are about it", count)
            told.append(words % {"count": localize(count)})
        if joined := each["joined"]:
            words = ngettext("%(count)s person has it too", "%(count)s people have it too", joined)
            told.append(words % {"count": localize(joined)})
        lines.append(Line(f"causes-{number}", issue.title, " · ".join(told), issue.get_absolute_url()))
    return lines


def _again(report: WeeklyReport, seen: _Seen) -> list[Line]:
    lines = []
    for number, each in enumerate(report.findings["again"]):
        thread = seen.threads.get(each["thread"])
        if thread is None:
            continue
        people = each["people"]
        words = ngettext(
            "asked again by %(count)s person in eight weeks", "asked again by %(count)s people in eight weeks", people
        )
        told = f"{words % {'count': localize(people)}} · {_state(thread)}"
        ids = [thread.pk, *each["threads"]]
        lines.append(_gathered(report, seen, f"again-{number}", thread.title, told, ids, thread.language))
    return lines


def _wanted(found: Mapping[str, Any]) -> str:
    lately, people = found["lately"], found["people"]
    told = ngettext("%(count)s person wrote this week", "%(count)s people wrote this week", lately)
    told %= {"count": localize(lately)}
    return f"{told} · {_('%(count)s in all') % {'count': localize(people)}}" if people > lately else told


def _wants(report: WeeklyReport, seen: _Seen) -> list[Line]:
    found = enumerate(report.findings["wants"])
    known = ((number, each, seen.threads.get(each["thread"])) for number, each in found)
    return [_line(f"wants-{number}", thread, _wanted(each)) for number, each, thread in known if thread is not None]


def _praise(report: WeeklyReport, seen: _Seen) -> list[Line]:
    threads = [seen.threads[pk] for pk in report.findings["praise"]["threads"] if pk in seen.threads]
    return [
        _line(f"praise-{thread.pk}", thread, _("praise · %(board)s") % {"board": thread.board.name})
        for thread in threads
    ]


def _helpers(report: WeeklyReport, seen: _Seen) -> list[Line]:
    lines = []
    for number, each in enumerate(report.findings["helpers"]):
        person = seen.people.get(each["person"])
        if person is not None and person.display_name:
            words = ngettext("solved it for %(count)s person", "solved it for %(count)s people", each["people"])
            told = words % {"count": localize(each["people"])}
            key = f"helpers-{number}"
            lines.append(Line(key, person.display_name, told, evidence_address(report, key)))
    return lines


def _promises(report: WeeklyReport) -> list[Line]:
    lines = []
    for number, each in enumerate(report.findings["promises"]):
        kept, broken, key = each["kept"], each["broken"], f"promises-{number}"
        told = _("%(kept)s of %(all)s kept") % {"kept": localize(kept), "all": localize(kept + broken)}
        if broken:
            words = ngettext("%(count)s was broken", "%(count)s were broken", broken) % {"count": localize(broken)}
            told = f"{told} · {words}"
        label = str(SlaClock.Kind(each["kind"]).label)
        lines.append(Line(key, label, told, evidence_address(report, key) if broken else report_address(report)))
    return lines


def _fixed(report: WeeklyReport, seen: _Seen) -> list[Line]:
    lines = []
    for number, each in enumerate(report.findings["fixed"]):
        issue = seen.issues.get(each["issue"])
        if issue is not None:
            words = ngettext("fixed after %(count)s day", "fixed after %(count)s days", each["days"])
            told = words % {"count": localize(each["days"])}
            lines.append(Line(f"fixed-{number}", issue.title, told, issue.get_absolute_url()))
    return lines


def _line(key: str, thread: Thread, told: str) -> Line:
    """A finding that is one question."""
    return Line(key, thread.title, told, thread.get_absolute_url(), thread.language)


def _gathered(
    report: WeeklyReport, seen: _Seen, key: str, title: str, told: str, ids: Sequence[int], language: str = ""
) -> Line:
    """A finding that is several questions: the first few of them, and how many more there are."""
    few = [seen.threads[pk] for pk in ids if pk in seen.threads][:FEW]
    evidence = tuple(_question(thread) for thread in few)
    return Line(key, title, told, evidence_address(report, key), language, evidence, max(0, len(ids) - len(few)))


# Evidence -------------------------------------------------------------------------------------------------------------
def evidence_address(report: WeeklyReport, key: str) -> str:
    """The page of all that a line is about."""
    return reverse("admin:support_weeklyreport_evidence", args=[report.pk, key])


def evidence(report: WeeklyReport, key: str, user: User) -> tuple[Line, list[Evidence]] | None:
    """A line, and all that it is about as far as this person may see it; None where there is no such line.

    As many queries as the report and two more.
    """
    told = tell(report, user)
    line = next((line for section in told.sections for line in section.lines if line.key == key), None)
    name, _dash, number = key.partition("-")
    if line is None or name not in _EVIDENCE:
        return None
    return line, _EVIDENCE[name](report.findings[name][int(number)], user)


def _questions(found: Mapping[str, Any], user: User) -> list[Evidence]:
    ids = [*([found["thread"]] if "thread" in found else []), *found["threads"]]
    seen = _threads(user, ids)
    return [_question(seen[pk]) for pk in ids if pk in seen]


def _answers(found: Mapping[str, Any], user: User) -> list[Evidence]:
    rows = Answer.objects.visible_to(user).filter(pk__in=found["answers"], hidden_at__isnull=True)
    rows = rows.select_related("thread").defer("body", "body_html", "thread__body", "thread__body_html").order_by("pk")
    return [
        Evidence(row.thread.title, row.get_absolute_url(), _moment(row.answered_at), row.thread.language)
        for row in rows
    ]


def _tickets(found: Mapping[str, Any], user: User) -> list[Evidence]:
    rows = Ticket.objects.worked_by(user).filter(pk__in=found["tickets"]).order_by("pk")
    return [
        Evidence(
            row.subject, reverse("desk_ticket", args=[row.pk]), f"{_moment(row.opened_at)} · {row.get_status_display()}"
        )
        for row in rows
    ]


_EVIDENCE = {"trends": _questions, "again": _questions, "helpers": _answers, "promises": _tickets}


def _question(thread: Thread) -> Evidence:
    note = f"{_moment(thread.asked_at)} · {thread.board.name} · {_state(thread)}"
    return Evidence(thread.title, thread.get_absolute_url(), note, thread.language)


def _state(thread: Thread) -> str:
    return str(Thread.State(thread.state).label)


# In words -------------------------------------------------------------------------------------------------------------
def _about(count: float) -> str:
    """A number that is an estimate: whole, and "less than 1" below that."""
    return localize(round(count)) if count >= 1 else _("less than 1")


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _moment(at: Any) -> str:
    return _day(timezone.localdate(at))
