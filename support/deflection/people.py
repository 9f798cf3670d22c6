"""All facts of one person, whatever their keys, and what was known of them at a moment.

Two keys are one person from the moment on at which their alias was recorded; before it each is somebody of their own.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from support.deflection import facts
from support.deflection.facts import Facts

#: More views than this within FLOOD_TIME are no reader's.
FLOOD = 30
FLOOD_TIME = timedelta(minutes=5)


class Person:
    """Everything that was recorded with one of the keys of this person."""

    def __init__(self, account: str, rows: Iterable[tuple]) -> None:
        self.account = account
        #: when a visitor's key turned out to be the account's
        self.aliases: dict[str, datetime] = {}
        self.chains: dict[int, dict[int, facts.Acceptance]] = {}
        self.helped: dict[int, facts.WasHelped] = {}
        self.stopped: dict[int, facts.Suggested] = {}
        self.surveyed: dict[int, facts.Surveyed] = {}
        self.viewed: dict[int, facts.Viewed] = {}
        self.forms: dict[int, facts.FormOpened] = {}
        #: what they said of suggestions, by form and thread
        self.opened: dict[tuple[int, int], list[facts.Suggested]] = {}
        self.not_solved: dict[tuple[int, int], list[facts.Suggested]] = {}
        self.tickets: dict[int, facts.TicketOpened] = {}
        self.contacted: list[facts.Contacted] = []
        self.escalated: list[facts.Escalated] = []
        self.intended: list[facts.Intended] = []
        self.joined: list[facts.JoinedIn] = []
        self.said_no: list[facts.SaidNo] = []
        self.answered: list[facts.Answered] = []
        self.standings: list[facts.Standing] = []
        for each in rows:
            _TAKE[type(each)](self, each)
        self._settle()

    @property
    def has_evidence(self) -> bool:
        return bool(self.chains or self.helped or self.stopped or self.surveyed)

    def _take_alias(self, each: facts.Aliased) -> None:
        self.aliases[each.visitor] = min(each.recorded_at, self.aliases.get(each.visitor, each.recorded_at))

    def _take_suggested(self, each: facts.Suggested) -> None:
        if each.kind == "opened":
            self.opened.setdefault((each.form, each.thread), []).append(each)
        elif each.kind == "not_solved":
            self.not_solved.setdefault((each.form, each.thread), []).append(each)
        else:
            self.stopped[each.id] = each

    def _settle(self) -> None:
        self.contacted.sort(key=lambda each: each.at)
        self.joined.sort(key=lambda each: (each.at, each.recorded_at, each.is_back))
        self.intended.sort(key=lambda each: (each.recorded_at, each))
        self._floods: dict[tuple[str, datetime], list[tuple[datetime, datetime]]] = {}
        self._views = sorted(self.viewed.values(), key=lambda each: (each.at, each.id))
        self._viewed_at = [each.at for each in self._views]
        self._contacted_at = [each.at for each in self.contacted]
        self.ticket_forms = sorted(
            (each for each in self.forms.values() if each.surface == "ticket"), key=lambda each: (each.at, each.id)
        )
        self._formed_at = [each.at for each in self.ticket_forms]

    def who(self, key: str, now: datetime) -> str:
        """Whoever is behind the key, as far as it is known."""
        known = self.aliases.get(key)
        return self.account if known is not None and known <= now else key

    def stands(self, kind: str, person: str, at: datetime, now: datetime) -> bool:
        """Whether the person is a service's, a test's, a made-up account at that moment."""
        return bool(self.standings) and any(
            each.kind == kind
            and each.recorded_at <= now
            and each.from_at <= at
            and (each.until_at is None or each.until_at > at)
            and self.who(each.person, now) == person
            for each in self.standings
        )

    def contacts_between(self, after: datetime, until: datetime) -> list[facts.Contacted]:
        """Contacts outside, after the one moment and up to the other."""
        return self.contacted[bisect_right(self._contacted_at, after) : bisect_right(self._contacted_at, until)]

    def ticket_forms_between(self, since: datetime, until: datetime) -> list[facts.FormOpened]:
        return self.ticket_forms[bisect_left(self._formed_at, since) : bisect_right(self._formed_at, until)]

    # Floods -----------------------------------------------------------------------------------------------------------
    def is_flood(self, person: str, at: datetime, now: datetime) -> bool:
        """Whether the person looked at more threads then than a reader does, as far as it is known."""
        if not self._may_be_flood(at):
            return False
        spans = self._floods.get((person, now))
        if spans is None:
            spans = self._floods[person, now] = self._find_floods(person, now)
        before = bisect_right(spans, at, key=lambda span: span[0])
        return before > 0 and at <= spans[before - 1][1]

    def flood_known(self, key: str, at: datetime) -> Iterator[datetime]:
        """Since when it is known that whoever is behind the key flooded then; nothing where they never did.

        Views and aliases that come to be known only add to a flood.
        """
        if not self._may_be_flood(at):
            return
        moments = sorted({*(each.recorded_at for each in self._views), *self.aliases.values()})
        first = bisect_left(moments, True, key=lambda now: self.is_flood(self.who(key, now), at, now))
        yield from moments[first : first + 1]

    def _may_be_flood(self, at: datetime) -> bool:
        if len(self._views) <= FLOOD:
            return False
        since, until = bisect_left(self._viewed_at, at - FLOOD_TIME), bisect_right(self._viewed_at, at + FLOOD_TIME)
        return until - since > FLOOD

    def _find_floods(self, person: str, now: datetime) -> list[tuple[datetime, datetime]]:
        """From when until when, in order, none touching another."""
        theirs = [each.at for each in self._views if each.recorded_at <= now and self.who(each.person, now) == person]
        spans: list[tuple[datetime, datetime]] = []
        for first, last in zip(theirs, theirs[FLOOD:], strict=False):
            if last - first > FLOOD_TIME:
                continue
            if spans and first <= spans[-1][1]:
                spans[-1] = spans[-1][0], last
            else:
                spans.append((first, last))
        return spans


_TAKE: dict[type, Callable[[Person, Any], object]] = {
    facts.Aliased: Person._take_alias,
    facts.Acceptance: lambda person, each: person.chains.setdefault(each.chain, {}).update({each.id: each}),
    facts.WasHelped: lambda person, each: person.helped.update({each.id: each}),
    facts.Suggested: Person._take_suggested,
    facts.Surveyed: lambda person, each: person.surveyed.update({each.id: each}),
    facts.Viewed: lambda person, each: person.viewed.update({each.id: each}),
    facts.FormOpened: lambda person, each: person.forms.update({each.id: each}),
    facts.TicketOpened: lambda person, each: person.tickets.update({each.id: each}),
    facts.Contacted: lambda person, each: person.contacted.append(each),
    facts.Escalated: lambda person, each: person.escalated.append(each),
    facts.Intended: lambda person, each: person.intended.append(each),
    facts.JoinedIn: lambda person, each: person.joined.append(each),
    facts.SaidNo: lambda person, each: person.said_no.append(each),
    facts.Answered: lambda person, each: person.answered.append(each),
    facts.Standing: lambda person, each: person.standings.append(each),
}


def people(all_facts: Facts, until: datetime) -> Iterator[Person]:
    """Everybody of whom there are facts, one after the other. What was recorded after `until` is not there."""
    accounts: dict[str, str] = {}
    for alias in sorted(all_facts.aliases, key=lambda each: each.recorded_at):
        if alias.recorded_at <= until:
            accounts.setdefault(alias.visitor, alias.person)
    found: dict[str, list[tuple]] = defaultdict(list)
    for key, fact in _keyed(all_facts, until):
        found[accounts.get(key, key)].append(fact)
    for account, rows in found.items():
        yield Person(account, rows)


def _keyed(all_facts: Facts, until: datetime) -> Iterator[tuple[str, Any]]:
    """Each fact with the key it was recorded with."""
    for alias in all_facts.aliases:
        if alias.recorded_at <= until:
            yield alias.person, alias
    yield from _accepted(all_facts, until)
    forms = {}
    for form in all_facts.forms:
        if form.recorded_at <= until:
            forms[form.id] = form.person
            yield form.person, form
    for each in all_facts.suggested:
        is_stop = each.kind == "solved" and each.stops and each.stops_at is not None and each.stops_at <= until
        if each.form in forms and each.recorded_at <= until and (is_stop or each.kind in ("opened", "not_solved")):
            yield forms[each.form], each
    for rows in (
        all_facts.helped,
        all_facts.surveyed,
        all_facts.viewed,
        all_facts.tickets,
        all_facts.contacted,
        all_facts.intended,
        all_facts.joined,
        all_facts.standings,
    ):
        for row in rows:
            if row.recorded_at <= until and row.person:
                yield row.person, row
    for no in all_facts.said_no:
        if no.recorded_at <= until:
            yield no.by, no
    for answered in all_facts.answered:
        if answered.recorded_at <= until and answered.author:
            yield answered.author, answered
    for escalated in all_facts.escalated:
        if escalated.recorded_at <= until:
            for key in {escalated.requester, escalated.by} - {""}:
                yield key, escalated


def _accepted(all_facts: Facts, until: datetime) -> Iterator[tuple[str, facts.Acceptance]]:
    """Acceptances that begin a case, with those that continue them."""
    imported = {each.thread for each in all_facts.asked if each.is_imported}
    firsts = {each.id: each for each in all_facts.acceptances if each.id == each.chain and each.recorded_at <= until}
    for each in all_facts.acceptances:
        if each.recorded_at > until or (first := firsts.get(each.chain)) is None or first.thread in imported:
            continue
        if first.by_asker and first.resolution_class == "peer" and first.by:
            yield first.by, each
