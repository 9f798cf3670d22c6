"""How it went, asked once of the asker of a solved thread: within the asking budget, never in the way."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock
from community.actions.asking_budget import may_ask
from community.actions.together import insert_once
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import Solution, Thread, User
from community.models.prompts import Instrument
from community.permissions import is_member
from community.roles import STAFF
from support.models import SolvedRating

MOST_WORDS = 2000
#: What was said can be put right for so long; then it is what reports count.
CHANGES_FOR = timedelta(days=1)
#: It is asked while the solution is fresh.
ASKED_FOR = timedelta(days=30)


@transaction.atomic
def offer_rating(*, actor: User, thread_id: int, simulated: bool = False) -> SolvedRating | None:
    """Ask the asker of a solved thread how it went: the row to show, None where there is nothing to ask (any more).

    Silent, and safe to repeat. Whoever was asked something else lately is left out, and that is recorded too, so that
    the share of those who answered can be told. Staff are not asked.
    """
    solution = _solution_of(actor, thread_id)
    if solution is None:
        return None
    row = SolvedRating(
        thread_id=thread_id,
        person=actor,
        resolution_class=solution.resolution_class,
        offered_at=clock.now(),
        is_simulated=simulated,
    )
    if insert_once(row) and may_ask(
        person_key=f"u:{actor.pk}", instrument=Instrument.CSAT, thread_id=thread_id, simulated=simulated
    ):
        SolvedRating.objects.filter(thread_id=thread_id).update(asked_at=clock.now())
    return SolvedRating.objects.filter(
        thread_id=thread_id, person=actor, asked_at__isnull=False, rated_at__isnull=True
    ).first()


def _solution_of(actor: User, thread_id: int) -> Solution | None:
    """The fresh solution in force of a thread that this customer asked and can see."""
    if not is_member(actor) or actor.effective_roles & STAFF:
        return None
    own = Thread.objects.visible_to(actor).filter(pk=thread_id, asker=actor, hidden_at=None, merged_into=None)
    fresh = Solution.objects.filter(withdrawn_at=None, accepted_at__gt=clock.now() - ASKED_FOR)
    return fresh.filter(thread__in=own.order_by().values("pk")).first()


@transaction.atomic
def rate_solved(*, actor: User, thread_id: int, score: int, words: str = "") -> SolvedRating:
    """The asker says how it went (`score` 1 to 5), with some words or none; "" leaves the words said before.

    The same again changes nothing. Refused for what is no score, and once what was said a day ago counts; NotThere
    where nothing was asked.
    """
    if score not in SolvedRating.Score.values:
        raise Refused(_("Please choose how it went."))
    try:
        words = clean_text(words).strip()
    except BadText as error:
        raise Refused(str(error)) from error
    if len(words) > MOST_WORDS:
        raise Refused(_("Please say it in at most %(most)d characters.") % {"most": MOST_WORDS})
    rating = (
        SolvedRating.objects.select_for_update(no_key=True, of=("self",))
        .filter(thread_id=thread_id, asked_at__isnull=False)
        .first()
    )
    if rating is None or not Thread.objects.visible_to(actor).filter(pk=thread_id).exists():
        raise NotThere(_("There is nothing to rate here."))
    if rating.person_id != actor.pk or not is_member(actor):
        raise NotAllowed(_("Only whoever asked the question says how it went."))
    if rating.rated_at is not None and (rating.score, rating.words) == (score, words or rating.words):
        return rating
    if not can_change(rating):
        raise Refused(_("You said this a while ago, and it is counted. Write to us if there is more to say."))
    rating.score, rating.words, rating.rated_at = score, words or rating.words, rating.rated_at or clock.now()
    rating.save(update_fields=["score", "words", "rated_at"])
    return rating


def can_change(rating: SolvedRating) -> bool:
    """Whether something may (still) be said: it was asked, and not answered more than a day ago."""
    return rating.asked_at is not None and (rating.rated_at is None or clock.now() < rating.rated_at + CHANGES_FOR)
