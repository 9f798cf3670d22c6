"""Lives a made-up community through the actions, every act at its moment: what a site does, only quicker."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from allauth.account.models import EmailAddress

from community import clock
from community.actions import duplicates, known_issues, measuring, moderation, solutions, thanks, threads
from community.actions.answers import answer
from community.models import Board, User
from support.actions import contact_imports, escalating, inputs, intents, moves, readers, relating
from support.actions.tickets import open_ticket
from support.contact_files import Contact
from support.deflection import facts as f
from support.models import Channel, Escalation
from support.simulation.numbering import title_of
from support.simulation.world import MODERATOR, World
from support.simulation.writing import DOORS
from tests import factories

SECOND = timedelta(seconds=1)


class Acts:
    """One world. `live` does everything; afterwards the names of things here are known by their numbers there."""

    def __init__(self, world: World) -> None:
        self.world, self.facts = world, world.facts
        self.people: dict[str, User] = {}
        self.boards: list[Board] = []
        self.threads: dict[int, int] = {}
        self.answers: dict[int, int] = {}
        self.surveys: dict[int, Any] = {}
        self.tickets: dict[int, int] = {}
        self.tokens = {each.id: measuring.new_token() for each in self.facts.forms}

    def live(self, now_and_then: Callable[[], Any] = lambda: None) -> None:
        """Everything in its order; `now_and_then` is called about once a week, the clock being where it is then."""
        self._people()
        acts = sorted((at, place, act) for place, (at, act) in enumerate(self._acts()))
        called = self.world.start
        for at, _place, act in acts:
            with clock.at(at):
                if at - called > timedelta(days=7):
                    now_and_then()
                    called = at
                act()

    def _people(self) -> None:
        joined = self.world.start - timedelta(days=30)
        for key, role in self.world.roles.items():
            number = key[2:]
            roles = [] if role == "customer" else [role]
            person = factories.person(f"made-up-{number}", *roles, date_joined=joined)
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
            self.people[key] = person
        with clock.at(joined):
            self.boards = [factories.board(f"Made up {number + 1}") for number in range(self.world.boards)]
        with clock.at(self.world.start):
            for each in sorted({view.person for view in self.facts.viewed if view.person.startswith("a:")}):
                measuring.welcome_visitor(key=each, agreed=True)

    def key(self, person: str) -> str:
        return f"u:{self.people[person].pk}" if person.startswith("u:") else person

    def _staff(self, role: str) -> User:
        return next(self.people[key] for key, has in self.world.roles.items() if has == role)

    # The acts --------------------------------------------------------------------------------------------------------
    def _acts(self) -> Iterator[tuple[datetime, Callable[[], Any]]]:
        for each in self.facts.standings:
            yield each.recorded_at, partial(self._stand, each)
        for alias in self.facts.aliases:
            yield alias.recorded_at, partial(self._sign_in, alias)
        yield from self._about_forms()
        yield from self._about_threads()
        yield from self._about_readers()
        yield from self._about_contacts()

    def _stand(self, each: f.Standing) -> None:
        inputs.say_standing(actor=None, person_id=self.people[each.person].pk, kind=each.kind, from_at=each.from_at)

    def _sign_in(self, each: f.Aliased) -> None:
        assert measuring.recognise_visitor(actor=self.people[each.person], key=each.visitor)

    # Threads ---------------------------------------------------------------------------------------------------------
    def _about_threads(self) -> Iterator[tuple[datetime, Callable[[], Any]]]:
        for each in self.facts.asked:
            yield each.at, partial(self._ask, each)
        for posted in self.world.answers:
            yield posted.at, partial(self._answer, posted.id, posted.thread, posted.author)
        for a in self.facts.acceptances:
            if a.chain == a.id:
                yield a.at, partial(self._accept, a)
            if a.withdrawal == "taken_back" and a.withdrawn_at is not None:
                yield a.withdrawn_at, partial(self._withdraw, a)
        for n in self.facts.said_no:
            yield n.recorded_at, partial(self._say_no, n)
        for j in self.facts.joined:
            yield j.at, partial(self._join, j)
        for h in self.facts.helped:
            yield h.at, partial(self._say_helped, h)
        for i in self.facts.intended:
            yield i.recorded_at - 10 * SECOND, partial(self._offer, i)
            yield i.recorded_at, partial(self._intend, i)
        yield from self._about_moderators()

    def _ask(self, each: f.Asked) -> None:
        form = next((form for form, thread in self.world.form_threads.items() if thread == each.thread), None)
        first = next((m.from_board for m in self.facts.moved if m.thread == each.thread), each.board)
        self.threads[each.thread] = threads.ask(
            actor=self.people[each.asker],
            board_id=self.boards[first - 1].pk,
            kind=each.kind,
            title=title_of(each.thread),
            body=f"The light has been {sha256(bytes([each.thread % 256])).hexdigest()} since update {each.thread}.",
            person_key=self.key(each.asker) if form else "",
            form_token=self.tokens[form] if form else "",
        ).pk

    def _answer(self, number: int, thread: int, author: str) -> None:
        words = sha256(bytes([number % 256])).hexdigest()
        made = answer(actor=self.people[author], thread_id=self.threads[thread], body=f"Press {words} for {number} s.")
        self.answers[number] = made.pk

    def _accept(self, each: f.Acceptance) -> None:
        made = solutions.accept(actor=self.people[each.by], answer_id=self.answers[each.answer])
        assert made.resolution_class == each.resolution_class, (made.resolution_class, each)

    def _withdraw(self, each: f.Acceptance) -> None:
        solutions.withdraw(actor=self.people[each.by], thread_id=self.threads[each.thread])

    def _say_no(self, each: f.SaidNo) -> None:
        solutions.say_not_solved(actor=self.people[each.by], answer_id=self.answers[each.answer])

    def _join(self, each: f.JoinedIn) -> None:
        thanks.join(actor=self.people[each.person], thread_id=self.threads[each.thread])

    def _say_helped(self, each: f.WasHelped) -> None:
        thanks.say_helped(actor=self.people[each.person], answer_id=self.answers[each.answer])

    def _offer(self, each: f.Intended) -> None:
        is_asker = any(a.thread == each.thread and a.asker == each.person for a in self.facts.asked)
        offered = intents.offer_intent(
            person_key=self.key(each.person),
            thread_id=self.threads[each.thread],
            moment="asked" if is_asker else "helped",
            simulated=True,
        )
        assert offered is not None, each

    def _intend(self, each: f.Intended) -> None:
        thread = self.threads[each.thread]
        assert intents.answer_intent(person_key=self.key(each.person), thread_id=thread, instead=each.instead)

    def _about_moderators(self) -> Iterator[tuple[datetime, Callable[[], Any]]]:
        keeper = self._staff(MODERATOR)
        for h in self.facts.hidden:
            yield h.recorded_at, partial(self._hide, keeper, h)
        for m in self.facts.merged:
            yield m.recorded_at, partial(self._merge, keeper, m)
            if m.until is not None:
                yield m.until, partial(self._unmerge, keeper, m)
        for moved in self.facts.moved:
            yield moved.recorded_at, partial(self._move, keeper, moved)
        for known in self.facts.known_issues:
            yield known.from_at, partial(self._know, known)
        for e in self.facts.escalated:
            yield e.at, partial(self._escalate, e)

    def _hide(self, keeper: User, each: f.Hidden) -> None:
        if each.answer is None:
            do = moderation.restore_thread if each.is_back else moderation.hide_thread
            do(actor=keeper, thread_id=self.threads[each.thread], reason="As reported")
        else:
            also = moderation.restore_answer if each.is_back else moderation.hide_answer
            also(actor=keeper, answer_id=self.answers[each.answer], reason="As reported")

    def _merge(self, keeper: User, each: f.Merged) -> None:
        thread, original = self.threads[each.thread], self.threads[each.original]
        duplicates.mark_duplicate(actor=keeper, thread_id=thread, original_id=original)

    def _unmerge(self, keeper: User, each: f.Merged) -> None:
        duplicates.unmark_duplicate(actor=keeper, thread_id=self.threads[each.thread])

    def _move(self, keeper: User, each: f.Moved) -> None:
        board = next(a.board for a in self.facts.asked if a.thread == each.thread)
        moderation.move(actor=keeper, thread_id=self.threads[each.thread], board_id=self.boards[board - 1].pk)

    def _know(self, each: f.KnownIssueOf) -> None:
        known_issues.open_issue(
            actor=self._staff("agent"),
            title=title_of(each.thread),
            body="We know.",
            thread_ids=[self.threads[each.thread]],
        )

    def _escalate(self, each: f.Escalated) -> None:
        escalating.escalate_thread(
            actor=self.people[each.by],
            thread_id=self.threads[each.thread],
            way=Escalation.Way.STAFF,
            reason="unsolved",
            simulated=True,
        )

    # Forms -----------------------------------------------------------------------------------------------------------
    def _about_forms(self) -> Iterator[tuple[datetime, Callable[[], Any]]]:
        people = {each.id: each.person for each in self.facts.forms}
        for form in self.facts.forms:
            yield form.at, partial(self._open, form)
            if form.sent_at is None:
                yield form.at + timedelta(minutes=10), partial(self._leave, form)
        for each in self.facts.suggested:
            yield each.at, partial(self._suggest, each, people[each.form])

    def _open(self, form: f.FormOpened) -> None:
        token, person = self.tokens[form.id], self.key(form.person)
        measuring.open_form(person_key=person, token=token, surface=form.surface, simulated=True)

    def _leave(self, form: f.FormOpened) -> None:
        measuring.record_left(person_key=self.key(form.person), token=self.tokens[form.id])

    def _suggest(self, each: f.Suggested, person: str) -> None:
        who, token, thread = self.key(person), self.tokens[each.form], self.threads[each.thread]
        if each.kind == "shown":
            measuring.record_shown(person_key=who, token=token, thread_ids=[thread])
        elif each.kind == "opened":
            measuring.record_opened(person_key=who, token=token, thread_id=thread)
        else:
            solved = each.kind == "solved"
            measuring.record_answer(person_key=who, token=token, thread_id=thread, solved=solved, stops=each.stops)

    # Readers ---------------------------------------------------------------------------------------------------------
    def _about_readers(self) -> Iterator[tuple[datetime, Callable[[], Any]]]:
        for v in self.facts.viewed:
            yield v.recorded_at, partial(self._view, v)
        for s in self.facts.surveyed:
            yield s.at, partial(self._invite, s)
            if s.shown_at is not None:
                yield s.shown_at, partial(self._show, s)
            if s.answered_at is not None:
                yield s.answered_at, partial(self._reply, s)

    def _view(self, each: f.Viewed) -> None:
        seen = readers.Seen(self.key(each.person), self.threads[each.thread], each.role, each.at, is_simulated=True)
        assert readers.record_views([seen]) == 1

    def _invite(self, each: f.Surveyed) -> None:
        thread = self.threads[each.thread]
        survey = readers.invite_reader(person_key=self.key(each.person), thread_id=thread, simulated=True)
        assert survey is not None, each
        self.surveys[each.id] = survey.token

    def _show(self, each: f.Surveyed) -> None:
        readers.show_survey(person_key=self.key(each.person), token=self.surveys[each.id])

    def _reply(self, each: f.Surveyed) -> None:
        assert each.is_solved is not None
        token = self.surveys[each.id]
        readers.answer_survey(
            person_key=self.key(each.person), token=token, solved=each.is_solved, instead=each.instead
        )

    # Contacts --------------------------------------------------------------------------------------------------------
    def _about_contacts(self) -> Iterator[tuple[datetime, Callable[[], Any]]]:
        agent = self._staff("agent")
        for t in self.facts.tickets:
            if t.channel == "thread":
                continue
            yield t.at, partial(self._write_in, t)
            for at, _is_unrelated in t.unrelated:
                yield at, partial(self._mark_unrelated, agent, t)
            if t.done_at is not None:
                yield t.done_at, partial(self._resolve, agent, t)
        for place, c in enumerate(self.facts.contacted):
            yield c.recorded_at, partial(self._bring, place, c)

    def _write_in(self, each: f.TicketOpened) -> None:
        form = next((form for form, ticket in self.world.form_tickets.items() if ticket == each.id), None)
        who = self.people[each.person]
        session = None
        if form is not None:
            session = measuring.record_sent(person_key=self.key(each.person), token=self.tokens[form])
        ticket, _is_new = open_ticket(
            actor=who,
            requester=who,
            subject="It does not work",
            body=f"See {each.id}.",
            channel=Channel(DOORS[each.channel]),
            form_session=session,
            simulated=True,
        )
        self.tickets[each.id] = ticket.pk

    def _mark_unrelated(self, agent: User, each: f.TicketOpened) -> None:
        relating.mark_unrelated(actor=agent, ticket_id=self.tickets[each.id], reason="About another order")

    def _resolve(self, agent: User, each: f.TicketOpened) -> None:
        moves.resolve(actor=agent, ticket_id=self.tickets[each.id])

    def _bring(self, place: int, each: f.Contacted) -> None:
        address = self.people[each.person].email if each.person else f"{place}@example.net"
        digest = sha256(address.encode()).hexdigest() if each.is_linkable else ""
        line = Contact(1, each.at, each.channel, str(place), digest)
        brought = contact_imports.import_contacts(actor=None, source="made up", contacts=[line], simulated=True)
        assert brought.new == 1
