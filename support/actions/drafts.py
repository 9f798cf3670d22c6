"""What agents are writing is kept, a reply, a note and an outcome each by itself: a reload loses nothing."""

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock
from community.content.markdown import MAX_BODY
from community.content.text import BadText, clean_text
from community.errors import NotThere, Refused
from community.models import User
from support.models import Ticket, TicketDraft


@transaction.atomic
def save(*, actor: User, ticket_id: int, kind: TicketDraft.Kind, body: str) -> TicketDraft | None:
    """Keep these words in place of those before; none: nothing is kept, and None.

    NotThere for a ticket the actor does not work on, Refused for text that is too long or no text.
    """
    _ask_whether_may(actor, ticket_id)
    if kind not in TicketDraft.Kind.values:
        raise Refused(_("There is no such draft."))
    try:
        words = clean_text(body)
    except BadText as error:
        raise Refused(str(error)) from error
    if len(words) > MAX_BODY:
        raise Refused(_("This is too long to be kept as a draft."))
    if not words.strip():
        drop(author=actor, ticket_id=ticket_id, kind=kind)
        return None
    draft, _made = TicketDraft.objects.update_or_create(
        ticket_id=ticket_id, author=actor, kind=kind, defaults={"body": words, "saved_at": clock.now()}
    )
    return draft


@transaction.atomic
def discard(*, actor: User, ticket_id: int, kind: TicketDraft.Kind) -> None:
    """Throw one's own draft away."""
    _ask_whether_may(actor, ticket_id)
    drop(author=actor, ticket_id=ticket_id, kind=kind)


def drop(*, author: User, ticket_id: int, kind: TicketDraft.Kind) -> None:
    """The draft has become what it was to become."""
    TicketDraft.objects.filter(ticket=ticket_id, author=author, kind=kind).delete()


def _ask_whether_may(actor: User, ticket_id: int) -> None:
    if not Ticket.objects.worked_by(actor).filter(pk=ticket_id).exists():
        raise NotThere(_("There is no such ticket."))
