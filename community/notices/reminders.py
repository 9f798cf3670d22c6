"""The one reminder of a question: three days after the last answer, when the asker has not said a word since.

Found in SQL, decided one by one under the question's lock and the asking budget (actions/asking_budget.py). What was
decided is a Prompt, asked or skipped, and final for that question: two workers, or a killed one, remind once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.asking_budget import Candidate, invite
from community.mails.suspending import is_suspended
from community.models import Answer, Notification, Prompt, Thread, Topic, User
from community.models.prompts import Instrument
from community.models.threads import SOLVABLE, State
from community.notices.notifiables import Shown
from community.notices.topics import waiting

#: The kind of these notifications. Their number is the Prompt's.
KIND = "reminder"
AFTER = timedelta(days=3)
#: What was answered longer ago is left in peace.
NOT_AFTER = timedelta(days=14)
BATCH = 500

# A question in state "responded" has answers of others, the asker did not write last, and it waits for nothing else;
# its last activity is then its last visible answer. (The index thread_state leads to them.)
_DUE = f"""
    SELECT t.id FROM community_thread t JOIN community_user u ON u.id = t.asker_id
    WHERE t.state = '{State.RESPONDED}' AND t.last_activity_at <= %(until)s AND t.last_activity_at > %(since)s
      AND t.kind IN ('{SOLVABLE[0]}', '{SOLVABLE[1]}')
      AND t.hidden_at IS NULL AND t.locked_at IS NULL AND t.merged_into_id IS NULL AND NOT t.is_imported
      AND u.is_active AND NOT u.is_imported AND u.anonymised_at IS NULL AND u.email <> ''
      AND coalesce(u.mail_paused_until, '-infinity') <= %(now)s
      AND EXISTS (SELECT 1 FROM account_emailaddress x WHERE x.user_id = u.id AND x.verified AND x.primary)
      AND NOT EXISTS (SELECT 1 FROM community_prompt p WHERE p.thread_id = t.id
                      AND p.instrument = '{Instrument.REMINDER}')
      AND NOT EXISTS (SELECT 1 FROM community_answer a WHERE a.thread_id = t.id AND a.is_imported)
      AND NOT EXISTS (SELECT 1 FROM community_threadevent e WHERE e.thread_id = t.id AND e.actor_id = t.asker_id
                      AND e.occurred_at > t.last_activity_at)
      AND NOT EXISTS (SELECT 1 FROM community_watch w WHERE w.thread_id = t.id AND w.person_id = t.asker_id
                      AND w.muted_at IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM community_noticechoice c WHERE c.person_id = t.asker_id
                      AND c.topic = '{Topic.REMINDERS}' AND c.rhythm = 'off')
      AND community_may_see_thread(t.id, t.asker_id)
      AND {{which}}
    ORDER BY t.id LIMIT %(batch)s
"""  # noqa: S608 - put together from our own constants


def remind(*, simulated: bool = False) -> int:
    """Decide about every question whose asker may be reminded now; returns how many were reminded.

    Raises nothing for a question that changes meanwhile: it is asked about again under its lock.
    """
    reminded, last = 0, 0
    while found := _due("t.id > %(id)s", last):
        reminded += sum(_decide(thread_id, simulated=simulated) for thread_id in found)
        last = found[-1]
    return reminded


def _due(which: str, number: int) -> list[int]:
    """The ids of questions that are due, in order, at most a batch."""
    now = clock.now()
    values: dict[str, datetime | int] = {
        "now": now,
        "until": now - AFTER,
        "since": now - NOT_AFTER,
        "id": number,
        "batch": BATCH,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE.format(which=which), values)
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def _decide(thread_id: int, *, simulated: bool) -> bool:
    """Remind the asker of this question, or record that something else was asked not long ago; whether reminded."""
    locked = Thread.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk=thread_id)
    thread = locked.only("id", "asker_id").first()
    # Whoever else holds it is writing in it, or decides just now; if need be, the next hour finds it again.
    if thread is None or not _due("t.id = %(id)s", thread_id):
        return False
    asker = User.objects.get(pk=thread.asker_id)
    if is_suspended(asker):
        return False
    candidate = Candidate(Instrument.REMINDER, thread_id)
    prompt = invite(person_key=f"u:{asker.pk}", candidates=[candidate], simulated=simulated)[0]
    if prompt.outcome != Prompt.Outcome.ASKED:
        return False
    Notification.objects.create(
        event_kind=KIND,
        event_id=prompt.pk,
        recipient=asker,
        reason="asked",
        created_at=clock.now(),
        **waiting(asker, Topic.REMINDERS),
    )
    return True


def show_reminders(numbers: Iterable[int], reader: User) -> dict[int, Shown]:
    """What to show of reminders: the newest answer by somebody else that the reader may see now. Two queries."""
    newest = Answer.objects.filter(thread=OuterRef("thread"), hidden_at__isnull=True).exclude(author=reader)
    prompts = Prompt.objects.filter(
        pk__in=list(numbers),
        instrument=Instrument.REMINDER,
        outcome=Prompt.Outcome.ASKED,
        thread__asker=reader,
        thread__in=Thread.objects.visible_to(reader),
    ).annotate(newest=Subquery(newest.order_by("-position").values("pk")[:1]))
    told = {prompt.pk: prompt for prompt in prompts if prompt.newest}
    answers = (
        Answer.objects.visible_to(reader)
        .select_related("author", "thread__board", "thread__asker")
        .in_bulk([prompt.newest for prompt in told.values()])
    )
    return {
        pk: Shown(
            sentence=sentence(),
            title=answers[prompt.newest].thread.title,
            url=answers[prompt.newest].get_absolute_url(),
            happened_at=prompt.occurred_at,
            actor=answers[prompt.newest].author.display_name,
            kind=KIND,
            thread=answers[prompt.newest].thread,
            answer=answers[prompt.newest],
            actor_id=answers[prompt.newest].author_id,
        )
        for pk, prompt in told.items()
        if prompt.newest in answers
    }


def sentence() -> str:
    """What a reminder asks."""
    return _("Did an answer solve your question?")


def is_answered(shown: Shown) -> bool:
    """Whether a reminder has nothing to ask any more: solved, closed, or the asker has said something meanwhile."""
    thread = shown.thread
    if shown.kind != KIND or thread is None:
        return False
    return thread.state != State.RESPONDED or not permissions.is_open(thread)


NOTIFIABLES = {KIND: show_reminders}
