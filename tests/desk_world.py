"""The desk's part of the world: teams, queues and tickets, each with words that not everybody may see."""

from typing import TYPE_CHECKING

from django.core.files.base import ContentFile

from community import clock
from community.actions.record import record_audit
from community.models import User
from support.models import (
    PrivateField,
    Queue,
    Team,
    TeamMember,
    Ticket,
    TicketAttachment,
    TicketCc,
    TicketDraft,
    TicketEvent,
    TicketMessage,
    TicketNote,
    TicketTag,
    TicketValue,
)
from tests.mailed import mail_words

if TYPE_CHECKING:
    from tests.world import World

#: All are the customer's. open: in everybody's queue. team: in the queue of the agent's and the colleague's team,
#: assigned to the agent, the helper in copy. handed: in the other team's queue, and assigned to the agent.
TICKETS = ("t-open", "t-team", "t-handed")
#: What customers see of a ticket, and what only those see who work on it.
PUBLIC_PARTS, INTERNAL_PARTS = ("subject", "message", "file"), ("note", "notefile", "label")

_AT_THE_DESK = {
    "t-open": frozenset({"agent", "colleague", "other-team", "admin"}),
    "t-team": frozenset({"agent", "colleague", "admin"}),
    "t-handed": frozenset({"agent", "other-team", "admin"}),
}


def word(ticket: str, part: str) -> str:
    """A word that stands in this part of this ticket and nowhere else."""
    return f"zq{ticket}{part}".replace("-", "")


def desk_secrets() -> dict[str, frozenset[str]]:
    """Every canary word of the desk -> the roles that may find it somewhere."""
    words: dict[str, frozenset[str]] = {}
    for name, desk in _AT_THE_DESK.items():
        in_copy = {"helper"} if name == "t-team" else set()
        words |= {word(name, part): desk | {"customer"} | in_copy for part in PUBLIC_PARTS}
        words |= {word(name, part): desk for part in INTERNAL_PARTS}
        words[word(name, "value")] = desk | {"customer"}
        words |= dict.fromkeys(mail_words(f"m-{name}"), desk)
    return words | {
        "zqdeskdraft": frozenset({"agent"}),
        "zqdeskreason": _AT_THE_DESK["t-open"],
        "zqloosefile": frozenset({"customer"}),
    }


def make_desk(world: "World") -> None:
    """Two teams, their queues, and the tickets of TICKETS."""
    ours, theirs = Team.objects.create(name="Routers team"), Team.objects.create(name="Billing team")
    for role, team in (("agent", ours), ("colleague", ours), ("other-team", theirs)):
        TeamMember.objects.create(team=team, person=world.people[role])
    queues = {
        "t-open": Queue.objects.get(is_default=True),
        "t-team": Queue.objects.create(name="Routers desk", team=ours, position=1),
        "t-handed": Queue.objects.create(name="Billing desk", team=theirs, position=2),
    }
    field = PrivateField.objects.create(board=world.boards["public"], kind="serial", label="Serial number")
    customer, agent = world.people["customer"], world.people["agent"]
    for name in TICKETS:
        ticket = _ticket(world, name, queues[name], None if name == "t-open" else agent)
        TicketValue.objects.create(ticket=ticket, field=field, value=word(name, "value"))
        said = TicketMessage.objects.create(
            ticket=ticket,
            position=1,
            author=customer,
            is_staff=False,
            body=word(name, "message"),
            body_html=f"<p>{word(name, 'message')}</p>",
        )
        noted = TicketNote.objects.create(
            ticket=ticket, author=agent, body=word(name, "note"), body_html=f"<p>{word(name, 'note')}</p>"
        )
        world.ticket_files[name] = _file(customer, word(name, "file"), ticket=ticket, message=said)
        world.ticket_files[f"{name}-note"] = _file(agent, word(name, "notefile"), ticket=ticket, note=noted)
        ticket.tags.add(TicketTag.objects.create(name=word(name, "label"), slug=word(name, "label")))
        world.tickets[name] = ticket
    world.ticket_files["t-loose"] = _file(customer, "zqloosefile")
    TicketCc.objects.create(ticket=world.tickets["t-team"], person=world.people["helper"], added_by=agent)
    record_audit("gave_back", actor=agent, target=world.tickets["t-open"], note="zqdeskreason")
    for kind in TicketDraft.Kind:
        TicketDraft.objects.create(ticket=world.tickets["t-open"], author=agent, kind=kind, body="zqdeskdraft")


def _ticket(world: "World", name: str, queue: Queue, assignee: User | None) -> Ticket:
    now = clock.now()
    made = Ticket.objects.create(
        subject=word(name, "subject"),
        requester=world.people["customer"],
        queue=queue,
        board=world.boards["public"],
        channel=Ticket.Channel.FORM,
        status="new" if assignee is None else "open",
        assignee=assignee,
        assigned_at=now if assignee else None,
        customer_waits_since=now,
        last_position=1,
    )
    TicketEvent.objects.create(
        kind=TicketEvent.Kind.OPENED,
        ticket=made,
        actor=world.people["customer"],
        actor_role="customer",
        status=made.status,
        priority=made.priority,
        occurred_at=now,
        recorded_at=now,
    )
    return made


def _file(uploader: User, name: str, **place: Ticket | TicketMessage | TicketNote) -> TicketAttachment:
    made = TicketAttachment(uploader=uploader, kind="text", content_type="text/plain", size=5, **place)
    made.name = f"{name}.txt"
    made.file.save(f"{name}.bin", ContentFile(b"12345"), save=False)
    made.save()
    return made
