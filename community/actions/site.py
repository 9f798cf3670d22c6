"""Acts on the site as a whole: read-only times, and going live again after a restore."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext as _

from community import clock
from community.actions.record import record_audit, record_change
from community.content.text import clean_text
from community.errors import NotAllowed, Refused
from community.models import Mail, Notification, SiteState, ThreadEvent, User
from community.roles import Role

MOST_WORDS = 300


def _ask(actor: User | None) -> None:
    """Administrators; `None` is whoever can run commands on the machine."""
    if actor is not None and Role.ADMIN not in actor.effective_roles:
        raise NotAllowed(_("Only administrators decide about the whole site."))


@transaction.atomic
def start_read_only(*, actor: User | None, words: str = "") -> SiteState:
    """From now on nobody writes until `end_read_only`; `words` stand on every page. Again: other words."""
    _ask(actor)
    cleaned = clean_text(words)
    if len(cleaned) > MOST_WORDS:
        raise Refused(_("These words are too long."))
    state, _made = SiteState.objects.select_for_update().get_or_create(pk=1)
    state.read_only_at, state.read_only_words = state.read_only_at or clock.now(), cleaned
    state.save(update_fields=["read_only_at", "read_only_words"])
    record_audit("started read-only", actor=actor, target=state, note=cleaned)
    record_change()  # every page says so
    return state


@transaction.atomic
def end_read_only(*, actor: User | None) -> SiteState:
    """Everybody writes again. Doing it twice is doing it once."""
    _ask(actor)
    state, _made = SiteState.objects.select_for_update().get_or_create(pk=1)
    if state.read_only_at is not None:
        state.read_only_at, state.read_only_words = None, ""
        state.save(update_fields=["read_only_at", "read_only_words"])
        record_audit("ended read-only", actor=actor, target=state)
        record_change()
    return state


@dataclass(frozen=True)
class Waiting:
    """What leaves as soon as the site is live: mails, notices that become mails, and the moment of the oldest."""

    mails: int
    notices: int
    oldest: datetime | None

    @property
    def count(self) -> int:
        return self.mails + self.notices


def _waiting(until: datetime | None) -> tuple[QuerySet[Mail], QuerySet[Notification]]:
    """Mails and notices that wait; of things that happened until this moment, or of all."""
    mails = Mail.objects.filter(settled_at__isnull=True)
    notices = Notification.objects.exclude(rhythm="")
    if until is not None:
        events = ThreadEvent.objects.filter(recorded_at__lte=until).values("pk")
        mails = mails.filter(created_at__lte=until)
        notices = notices.filter(Q(created_at__lte=until) | Q(event_kind="thread_event", event_id__in=events))
    return mails, notices


def waiting(*, until: datetime | None = None) -> Waiting:
    """What waits: of things that happened until this moment, or of all. Fan out first (`fan_out_all`)."""
    mails, notices = _waiting(until)
    moments = [rows.aggregate(at=Min("created_at"))["at"] for rows in (mails, notices)]
    return Waiting(mails.count(), notices.count(), min((at for at in moments if at), default=None))


@transaction.atomic
def go_live(*, actor: User | None, drops_old: bool = False) -> int:
    """Open a site that was closed by a restore; returns how many mails and notices were left out.

    `drops_old`: what waited when the backup was taken has probably been mailed since, and is not mailed now. It
    stays in people's inboxes. Refused where the site is not closed.
    """
    _ask(actor)
    state = SiteState.objects.select_for_update().filter(pk=1).first()
    if state is None or state.closed_at is None:
        raise Refused(_("This site is live already."))
    dropped = 0
    if drops_old and state.restored_from is not None:
        mails, notices = _waiting(state.restored_from)
        dropped = mails.update(settled_at=clock.now(), outcome=Mail.Outcome.DROPPED) + notices.update(rhythm="")
    state.closed_at = None
    state.save(update_fields=["closed_at"])
    record_audit("went live", actor=actor, target=state)
    return dropped
