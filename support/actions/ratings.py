"""How it went: asked once after solving, never in the way, and said with one press."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock
from community.actions.asking_budget import may_ask
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import User
from community.models.prompts import Instrument
from community.permissions import is_member
from support import permissions
from support.actions.record import lock_ticket, record_ticket_event
from support.models import DeskState, Switch, Ticket, TicketEvent, TicketRating

MOST_WORDS = 2000
#: What was said can be put right for so long; then it is what reports count.
CHANGES_FOR = timedelta(days=1)


@transaction.atomic
def invite(*, ticket: Ticket) -> None:
    """Ask the requester once how it went, where the desk and the ticket's queue ask at all. Silent, and safe to repeat.

    The caller holds the ticket's lock. Whoever was asked something else lately is left out, and that is recorded too,
    so that the share of those who answered can be told.
    """
    desk = DeskState.objects.filter(pk=1).first()
    if desk is None or not desk.has(Switch.RATINGS) or not ticket.queue.asks_rating:
        return
    if not is_member(ticket.requester) or TicketRating.objects.filter(ticket=ticket).exists():
        return
    is_asked = may_ask(
        person_key=f"u:{ticket.requester_id}",
        instrument=Instrument.CSAT,
        thread_id=ticket.thread_id,
        simulated=ticket.is_simulated,
    )
    TicketRating.objects.create(ticket=ticket, asked_at=clock.now() if is_asked else None)


@transaction.atomic
def rate(*, actor: User, ticket_id: int, score: int, words: str = "") -> TicketRating:
    """The requester says how it went (`score` 1 to 5), with some words or none; "" leaves the words said before.

    The same again changes nothing. Refused for what is no score, and once what was said a day ago counts.
    """
    if score not in TicketRating.Score.values:
        raise Refused(_("Please choose how it went."))
    try:
        words = clean_text(words).strip()
    except BadText as error:
        raise Refused(str(error)) from error
    if len(words) > MOST_WORDS:
        raise Refused(_("Please say it in at most %(most)d characters.") % {"most": MOST_WORDS})
    ticket = lock_ticket(actor=actor, ticket_id=ticket_id)
    if not permissions.is_requester(actor, ticket):
        raise NotAllowed(_("Only whoever wrote to us says how it went."))
    rating = TicketRating.objects.filter(ticket=ticket, asked_at__isnull=False).first()
    if rating is None:
        raise NotThere(_("There is nothing to rate here."))
    return _say(actor, ticket, rating, score, words)


def _say(actor: User, ticket: Ticket, rating: TicketRating, score: int, words: str) -> TicketRating:
    now, is_first = clock.now(), rating.rated_at is None
    if not is_first and (rating.score, rating.words) == (score, words or rating.words):
        return rating
    if not can_change(rating):
        raise Refused(_("You said this a while ago, and it is counted. Write to us if there is more to say."))
    rating.score, rating.words, rating.rated_at = score, words or rating.words, rating.rated_at or now
    rating.save(update_fields=["score", "words", "rated_at"])
    if is_first:
        record_ticket_event(TicketEvent.Kind.RATED, actor=actor, ticket=ticket)
    return rating


def can_change(rating: TicketRating) -> bool:
    """Whether something may (still) be said: it was asked, and not answered more than a day ago."""
    return rating.asked_at is not None and (rating.rated_at is None or clock.now() < rating.rated_at + CHANGES_FOR)
