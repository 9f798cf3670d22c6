"""Those who come to read: what they looked at, and what a few of them are asked. Recorded once, however often sent.

`person_key` is a key as in community/accounts/visitors.py; "" is nobody, of whom nothing is recorded. Every action here
is silent: it never refuses, and tells nobody whether a survey exists. What cannot be counted is left out.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from community import clock
from community.actions.asking_budget import may_ask
from community.actions.experiments import keys_of
from community.actions.measuring import person_of
from community.content.text import clean_text
from community.models import Answer, KnownIssueThread, Prompt, Solution, Thread, User
from community.models.prompts import Instrument
from community.models.solutions import ResolutionClass
from community.roles import STAFF, Role, highest
from support.models import Instead, Survey, SurveyWords
from support.reading.definition import of_readers

#: A reader's own sentence.
MOST_WORDS = 500
#: Shares are decided by this many equal parts.
_PARTS = 10_000


class Seen(NamedTuple):
    """A solved thread's solution stood on somebody's screen for as long as the definition says, until `occurred_at`."""

    person_key: str
    thread_id: int
    role: str
    occurred_at: datetime
    is_simulated: bool = False


_INSERT = """
    INSERT INTO support_view (person_key, thread_id, role, day, is_simulated, occurred_at, recorded_at)
    SELECT DISTINCT ON (person_key, thread_id, day)
           person_key, thread_id, role, day, is_simulated, occurred_at, %s
    FROM (SELECT *, (occurred_at AT TIME ZONE 'UTC')::date AS day
          FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::boolean[], %s::timestamptz[])
               AS s (person_key, thread_id, role, is_simulated, occurred_at)) seen
    WHERE person_key <> ''
    ORDER BY person_key, thread_id, day, occurred_at
    ON CONFLICT DO NOTHING
"""


def record_views(seen: Sequence[Seen]) -> int:
    """All of these in one INSERT; how many were new. Of a person, a thread and a day (in UTC) one is kept, the first.

    The caller has looked whether these persons may see these threads. They count as recorded at this moment, and
    happened no later.
    """
    if not seen:
        return 0
    now = clock.now()
    columns: list[list[Any]] = [
        [each.person_key for each in seen],
        [each.thread_id for each in seen],
        [each.role for each in seen],
        [each.is_simulated for each in seen],
        [min(each.occurred_at, now) for each in seen],
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_INSERT, [now, *columns])
        return cursor.rowcount


# The survey -----------------------------------------------------------------------------------------------------------
def is_drawn(person_key: str, thread_id: int, rate: Decimal) -> bool:
    """Whether chance has this reader asked about this thread: always the same answer for the two.

    `rate` is the definition's `survey_rate`.

    So a page that is loaded again, or a beacon that is sent twice, draws nobody more often than the definition says.
    """
    drawn = salted_hmac("support.survey", f"{person_key} {thread_id}", algorithm="sha256").hexdigest()
    return int(drawn[:8], 16) % _PARTS < rate * _PARTS


def draw_survey(*, person_key: str, thread_id: int, simulated: bool = False) -> Survey | None:
    """A reader was recorded: perhaps they are asked. The survey to show, for the few that chance and the rules let."""
    if not person_key or not is_drawn(person_key, thread_id, of_readers(clock.now()).survey_rate):
        return None
    return invite_reader(person_key=person_key, thread_id=thread_id, simulated=simulated)


@transaction.atomic
def invite_reader(*, person_key: str, thread_id: int, simulated: bool = False) -> Survey | None:
    """As `draw_survey`, for a reader whom chance has drawn already.

    Nobody is asked of a thread that no peer solved or that is part of a known issue, or of one they asked or answered
    themselves; staff never; and nobody twice in the days that the definition says, or within the asking budget.
    """
    if not person_key or not _may_be_asked(person_key, thread_id):
        return None
    now, keys = clock.now(), keys_of(person_key)
    quiet = of_readers(now).survey_days
    if Survey.objects.filter(person_key__in=keys, occurred_at__gt=now - timedelta(days=quiet)).exists():
        return None
    if was_left_out(keys, Instrument.SURVEY, thread_id):
        return None
    if not may_ask(person_key=person_key, instrument=Instrument.SURVEY, thread_id=thread_id, simulated=simulated):
        return None
    return Survey.objects.create(
        token=uuid4(),
        person_key=person_key,
        thread_id=thread_id,
        role=role_of(person_of(person_key)),
        is_simulated=simulated,
        occurred_at=now,
        recorded_at=now,
    )


def _may_be_asked(person_key: str, thread_id: int) -> bool:
    person = person_of(person_key)
    if role_of(person) in STAFF:
        return False
    thread = Thread.objects.visible_to(person).filter(pk=thread_id, hidden_at=None, merged_into=None)
    by_peer = Solution.objects.filter(
        thread__in=thread.order_by().values("pk"), withdrawn_at=None, resolution_class=ResolutionClass.PEER
    )
    if not by_peer.exists() or KnownIssueThread.objects.in_force().filter(thread_id=thread_id).exists():
        return False
    if not isinstance(person, User):
        return True
    wrote = Answer.objects.filter(thread_id=thread_id, author=person).exists()
    return not wrote and not thread.filter(asker=person).exists()


def show_survey(*, person_key: str, token: UUID) -> None:
    """It stands on their screen. The first time counts."""
    held = _held(person_key, token)
    held.filter(shown_at=None).update(shown_at=clock.now())


@transaction.atomic
def answer_survey(*, person_key: str, token: UUID, solved: bool, instead: str) -> bool:
    """Both taps together; whether it is answered now or was before. The first whole answer counts.

    `instead`: one of `Instead`; anything else is no answer. Who answers has seen it, whatever arrived before.
    """
    if instead not in Instead.values:
        return False
    now = clock.now()
    held = _held(person_key, token)
    held.filter(shown_at=None).update(shown_at=now)
    held.filter(answered_at=None).update(is_solved=solved, instead=instead, answered_at=now, answer_recorded_at=now)
    return held.exists()


@transaction.atomic
def say_in_words(*, person_key: str, token: UUID, text: str, may_be_shown: bool = False) -> bool:
    """A sentence of somebody who has answered, once; whether there is one now. Raises BadText (content/text.py).

    It is cut after MOST_WORDS characters. `may_be_shown`: with the figures, without their name.
    """
    text = clean_text(text).strip()[:MOST_WORDS]
    survey = _held(person_key, token).filter(answered_at__isnull=False).select_for_update().first()
    if survey is None:
        return False
    if text and not SurveyWords.objects.filter(survey=survey).exists():
        SurveyWords.objects.create(survey=survey, text=text, may_be_shown=may_be_shown, said_at=clock.now())
    return True


# What all of them share -----------------------------------------------------------------------------------------------
def _held(person_key: str, token: UUID) -> QuerySet[Survey]:
    """This person's own survey, perhaps from before they signed in; none for anybody else."""
    return Survey.objects.filter(token=token, person_key__in=keys_of(person_key) if person_key else [])


def role_of(person: User | AnonymousUser) -> Role:
    """Their highest role, as it is written down with what they did."""
    return highest(person.effective_roles) if isinstance(person, User) else highest(frozenset())


def was_left_out(keys: Sequence[str], instrument: Instrument, thread_id: int) -> bool:
    """Whether this person was to be asked this very thing in the last day and was not: one row tells of that."""
    lately = Prompt.objects.filter(instrument=instrument, occurred_at__gt=clock.now() - timedelta(days=1))
    return lately.filter(person_key__in=keys, thread_id=thread_id, outcome=Prompt.Outcome.SKIPPED).exists()
