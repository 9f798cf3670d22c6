"""Lives through what happened at a demo brand's desk: every act by its action, with the clock moved."""

from collections.abc import Callable
from datetime import datetime, timedelta

from community import clock
from community.actions import measuring
from community.demo.build import Builder
from community.demo.by_mail import reply_by_mail
from community.incoming.addresses import takes_mail
from community.models import Thread, User
from support.actions import (
    assigning,
    drafts,
    escalating,
    messages,
    moves,
    notes,
    outcomes,
    peers,
    promises,
    ratings,
    regrouping,
    replies,
    sorting,
)
from support.actions.tickets import open_ticket
from support.demo.setting import set_up_the_desk
from support.demo.story import Act, Case, read_desk
from support.models import (
    Channel,
    Escalation,
    PendingReply,
    PrivateField,
    Queue,
    SlaClock,
    Status,
    Ticket,
    TicketDraft,
)
from support.surfaces import CONTACT

_SEEN = timedelta(seconds=30)
_THEN = {"waiting": Status.WAITING, "open": Status.OPEN, "resolved": Status.RESOLVED, "hold": Status.ON_HOLD}


def live_at_the_desk(builder: Builder) -> None:
    """The tickets of the builder's brand, after its community has lived: all of it in the builder's transaction."""
    with clock.at(builder.now - timedelta(days=90)):
        staff = set_up_the_desk(builder.people, builder.boards, language=builder.scene.language)
    _Desk(builder, staff).live(read_desk(builder.scene.name))


class _Desk:
    def __init__(self, builder: Builder, staff: dict[str, User]) -> None:
        self.builder, self.now = builder, builder.now
        self.people = builder.people | staff
        self.lived: dict[str, Ticket] = {}

    def live(self, cases: list[Case]) -> None:
        """Every act of every ticket in the order of time; what comes due between them happens when it is due."""
        acts: list[tuple[datetime, int, Case, Act | None]] = []
        for case in cases:
            moment = case.begins(self.now)
            acts.append((moment, len(acts), case, None))
            for act in case.acts:
                moment = min(moment + act.after + _SEEN, self.now)
                acts.append((moment, len(acts), case, act))
        for at, _order, case, done in sorted(acts, key=lambda each: each[:2]):
            self._wait_until(at)
            with clock.at(at):
                if done is None:
                    self.lived[case.title] = self._open(case)
                else:
                    self._do(case, done)
        self._wait_until(self.now)

    def _wait_until(self, moment: datetime) -> None:
        """Replies leave, promises are warned of and broken, what rests wakes, what is solved closes."""
        came = datetime.min.replace(tzinfo=moment.tzinfo)
        while (due := _next_due()) is not None and came < due <= moment:
            came = due
            with clock.at(due):
                promises.tell_due()
                replies.let_leave()
                moves.wake_due()
                moves.close_due()
                assigning.give_back_unanswered()

    def _open(self, case: Case) -> Ticket:
        if case.door == "form":
            return self._write_in(case)
        thread = self.builder.lived[case.title]
        if case.door == "staff":
            ticket, _is_new = escalating.escalate_thread(
                actor=self.people[case.who],
                thread_id=thread.pk,
                way=Escalation.Way.STAFF,
                reason=case.where,
                words=case.text,
                simulated=True,
            )
            return ticket
        asker = self.people[case.who]
        ticket, _is_new = escalating.ask_staff(
            actor=asker,
            thread_id=thread.pk,
            reason=case.where,
            words=case.text,
            values=_values(case.private, thread),
            shares=True,
        )
        return ticket

    def _write_in(self, case: Case) -> Ticket:
        """By the contact form: what was looked at beside it is counted as everywhere."""
        writer, board = self.people[case.who], self.builder.boards.get(case.where)
        person_key, token = f"u:{writer.pk}", measuring.new_token()
        board_id = board.pk if board else None
        measuring.open_form(person_key=person_key, token=token, surface=CONTACT, board_id=board_id, simulated=True)
        ticket, _is_new = open_ticket(
            actor=writer,
            requester=writer,
            subject=case.title,
            body=case.text,
            channel=Channel.FORM,
            board=board,
            language=(writer.languages or [""])[0],
            values=_values(case.private),
            form_session=measuring.record_sent(person_key=person_key, token=token),
            simulated=True,
        )
        return ticket

    def _do(self, case: Case, act: Act) -> None:
        actor, ticket = self.people[act.who], self.lived[case.title]
        if act.verb == "merge":
            into = self.lived[" ".join(act.words)]
            regrouping.merge(actor=actor, ticket_id=ticket.pk, into_id=into.pk)
        elif act.verb in _WORK:
            _WORK[act.verb](actor, ticket.pk, act)
        elif act.verb in ("assign", "copy"):
            do: Callable[..., object] = assigning.assign if act.verb == "assign" else sorting.add_copy
            name = "to" if act.verb == "assign" else "person"
            do(actor=actor, ticket_id=ticket.pk, **{name: self.people[act.words[0]]})
        else:
            raise ValueError(f"What is {act.verb!r} in “{case.title}”?")


def _values(private: str, thread: Thread | None = None) -> dict[int, str]:
    """What was said in the field for serial numbers."""
    field = PrivateField.objects.filter(kind=PrivateField.Kind.SERIAL, archived_at=None).first()
    return {field.pk: private} if field is not None and private else {}


def _next_due() -> datetime | None:
    """When something happens by itself next."""
    running = SlaClock.objects.filter(met_at=None, dropped_at=None)
    found = [
        running.filter(breached_at=None).order_by("due_at").values_list("due_at", flat=True).exclude(due_at=None),
        running.filter(warned_at=None).order_by("warns_at").values_list("warns_at", flat=True).exclude(warns_at=None),
        PendingReply.objects.order_by("leaves_at").values_list("leaves_at", flat=True),
        *(
            Ticket.objects.exclude(**{name: None}).order_by(name).values_list(name, flat=True)
            for name in ("held_until", "closes_at", "returns_at")
        ),
    ]
    moments = [moment for each in found if (moment := each.first()) is not None]
    return min(moments, default=None)


# What is done by one person to one ticket -----------------------------------------------------------------------------
def _reply(actor: User, ticket_id: int, act: Act) -> None:
    then = _THEN[act.words[0] if act.words else "waiting"]
    until = clock.now() + timedelta(days=int(act.words[1])) if then == Status.ON_HOLD else None
    replies.send(actor=actor, ticket_id=ticket_id, body=act.text, then_status=then, held_until=until)


def _solved_by_peers(actor: User, ticket_id: int, act: Act) -> None:
    peers.close_as_solved(actor=actor, ticket_id=ticket_id, body=act.text)


def _rate(actor: User, ticket_id: int, act: Act) -> None:
    ratings.rate(actor=actor, ticket_id=ticket_id, score=int(act.words[0]), words=act.text)


def _write_by_mail(actor: User, ticket_id: int, act: Act) -> None:
    """Where the site takes no mail in, it is written on the ticket's page."""
    if not takes_mail():
        messages.write(actor=actor, ticket_id=ticket_id, body=act.text)
        return
    ticket = Ticket.objects.get(pk=ticket_id)
    said = ticket.messages.order_by("-position").first()
    quoted = said.body if said is not None else ticket.subject
    reply_by_mail(actor, "k", ticket_id, title=ticket.subject, body=act.text, quoted=quoted)


def _queue(actor: User, ticket_id: int, act: Act) -> None:
    sorting.set_queue(actor=actor, ticket_id=ticket_id, queue_id=Queue.objects.get(name=" ".join(act.words)).pk)


_WORK: dict[str, Callable[[User, int, Act], object]] = {
    "claim": lambda actor, pk, act: assigning.claim(actor=actor, ticket_id=pk),
    "queue": _queue,
    "priority": lambda actor, pk, act: sorting.set_priority(
        actor=actor, ticket_id=pk, priority=Ticket.Priority(act.words[0])
    ),
    "tags": lambda actor, pk, act: sorting.retag(actor=actor, ticket_id=pk, add=act.words),
    "reply": _reply,
    "write": lambda actor, pk, act: messages.write(actor=actor, ticket_id=pk, body=act.text),
    "mail": _write_by_mail,
    "note": lambda actor, pk, act: notes.note(actor=actor, ticket_id=pk, body=act.text),
    "hold": lambda actor, pk, act: moves.hold(
        actor=actor, ticket_id=pk, until=clock.now() + timedelta(days=int(act.words[0]))
    ),
    "draft": lambda actor, pk, act: drafts.save(actor=actor, ticket_id=pk, kind=TicketDraft.Kind.REPLY, body=act.text),
    "resolve": lambda actor, pk, act: moves.resolve(actor=actor, ticket_id=pk),
    "solved": lambda actor, pk, act: moves.resolve(actor=actor, ticket_id=pk),
    "close": lambda actor, pk, act: moves.close(actor=actor, ticket_id=pk),
    "quiet": lambda actor, pk, act: moves.no_reply_needed(actor=actor, ticket_id=pk),
    "publish": lambda actor, pk, act: outcomes.publish(actor=actor, ticket_id=pk, body=act.text),
    "withhold": lambda actor, pk, act: outcomes.withhold(actor=actor, ticket_id=pk, why=act.words[0]),
    "peers": _solved_by_peers,
    "back": lambda actor, pk, act: escalating.give_back(actor=actor, ticket_id=pk),
    "rate": _rate,
}
#: Every act of a story.
ACTS = frozenset({*_WORK, "merge", "assign", "copy"})
