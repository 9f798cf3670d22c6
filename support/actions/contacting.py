"""Writing to staff in the form on the site: one ticket, however often it is sent, and the form it was counted as."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from community.actions import drafts, measuring
from community.actions.compose import Sheet, drop_draft
from community.actions.together import Writes
from community.models import Board, Draft, Thread, User
from support.actions import messages, tickets
from support.models import Channel, Ticket, TicketMessage
from support.places import place_of


@transaction.atomic
def write_to_staff(
    *,
    actor: User,
    subject: str,
    body: str,
    board: Board | None = None,
    thread: Thread | None = None,
    product_version: str = "",
    language: str = "",
    values: Mapping[int, str] | None = None,
    files: Sequence[int] = (),
    key: str = "",
    sheet: Sheet | None = None,
    person_key: str = "",
    form_token: str = "",
) -> tuple[Ticket, bool]:
    """Open the actor's ticket; returns it, and whether it is new (else their words stand in the one there was).

    `thread` is a question of somebody else with the same problem. `person_key` and `form_token` say to those who count
    which form became this ticket (actions/measuring.py). Raises what `tickets.open_ticket` does; then nothing happened.
    """
    session = measuring.record_sent(person_key=person_key, token=form_token) if person_key and form_token else None
    made, is_new = tickets.open_ticket(
        actor=actor,
        requester=actor,
        subject=subject,
        body=body,
        channel=Channel.FORM,
        board=board,
        thread=thread,
        product_version=product_version,
        language=language,
        values=values,
        files=files,
        form_session=session,
        key=key,
    )
    writes = Writes()
    drop_draft(actor=actor, place=drafts.CONTACT, writes=writes, sheet=sheet, title=subject, body=body)
    writes.send()
    # The question that was begun with these words has become the ticket.
    Draft.objects.filter(person=actor, place=drafts.ASK, title=subject, body=body).delete()
    return made, is_new


@transaction.atomic
def write_on(
    *, actor: User, ticket_id: int, body: str, files: Sequence[int] = (), key: str = "", sheet: Sheet | None = None
) -> TicketMessage:
    """The customer's next words, which were a draft until now; as `messages.write`."""
    message = messages.write(actor=actor, ticket_id=ticket_id, body=body, files=files, key=key)
    writes = Writes()
    drop_draft(actor=actor, place=place_of(ticket_id), writes=writes, sheet=sheet, body=body)
    writes.send()
    return message
