"""What a mail of the queue says, written at the moment it leaves: from what its reader may see and wants by then."""

from collections.abc import Sequence

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import timezone

from community.accounts.preferences import speaking_to, zone_of
from community.mails.letters import compose
from community.mails.outbox import KIND_HEADER
from community.mails.sending import site_address
from community.mails.suspending import is_suspended
from community.models import Mail, Notification, Rhythm, TaggedThread, Thread, Topic, User, Watch
from community.notices.digests import write_digest
from community.notices.headers import headers_of
from community.notices.letters import Written, write_bundle, write_notice
from community.notices.notifiables import Shown, show
from community.notices.reminders import is_answered
from community.notices.topics import is_paused, rhythms_of

Found = list[tuple[Notification, Shown]]
#: Reasons of which the person hears because they watch the question, and no longer when they stop.
_WATCHING = frozenset({Watch.Reason.CHOSEN, Watch.Reason.ME_TOO})
#: Reasons that do not come at the time a person chose for the question itself.
_APART = frozenset({"mentioned", "tag", "board"})


def write(mail: Mail) -> EmailMessage | Mail.Outcome:
    """The message, in its reader's language and time zone; or why there is none."""
    reader = User.objects.with_standing().get(pk=mail.recipient_id)
    address = EmailAddress.objects.filter(user=reader, primary=True, verified=True).first()
    if not reader.is_active or reader.anonymised_at or reader.is_imported or address is None:
        return Mail.Outcome.GONE
    if is_suspended(reader):
        return Mail.Outcome.SUSPENDED
    if is_paused(reader):
        return Mail.Outcome.STOPPED
    with speaking_to(reader, settings.LANGUAGE_CODE), timezone.override(zone_of(reader.time_zone)):
        written = _written(mail, reader)
        if written is None:
            return Mail.Outcome.EMPTY
        headers = headers_of(written, mail_id=mail.pk, reader=reader) | {KIND_HEADER: mail.kind}
        return compose(
            written.letter, to=address.email, site_address=site_address(), headers=headers, sender=written.sender
        )


def _written(mail: Mail, reader: User) -> Written | None:
    rows = Notification.objects.filter(mail=mail, read_at__isnull=True).order_by("pk")
    found = wanted(show(rows, reader), reader)
    if mail.kind == Mail.Kind.DIGEST:
        return write_digest(found, reader, mail)
    if not found:
        return None
    return write_notice(*found[0], reader) if len(found) == 1 else write_bundle(found, reader)


def wanted(found: Sequence[tuple[Notification, Shown]], reader: User) -> Found:
    """Those that their reader still wants by mail: not muted, not switched off, the board or tag still watched.

    A reminder that has been answered is not. At most five queries, however many there are.
    """
    if not found:
        return []
    wishes = _Wishes([shown.thread for _row, shown in found if shown.thread], reader)
    return [(row, shown) for row, shown in found if wishes.has(row, shown.thread) and not is_answered(shown)]


class _Wishes:
    """What one reader wants by mail of some threads."""

    def __init__(self, threads: Sequence[Thread], reader: User) -> None:
        self._rhythms = rhythms_of(reader)
        ids, boards = {thread.pk for thread in threads}, {thread.board_id for thread in threads}
        tags: dict[int, list[int]] = {}
        for thread_id, tag_id in TaggedThread.objects.filter(content_object__in=ids).values_list(
            "content_object_id", "tag_id"
        ):
            tags.setdefault(tag_id, []).append(thread_id)
        named = Q(thread__in=ids) | Q(board__in=boards) | Q(tag__in=tags)
        self._of_thread: dict[int, Watch] = {}
        self._of_board: dict[int, Watch] = {}
        self._of_tags: dict[int, list[Watch]] = {}
        for watch in Watch.objects.filter(named, person=reader):
            if watch.thread_id:
                self._of_thread[watch.thread_id] = watch
            elif watch.board_id:
                self._of_board[watch.board_id] = watch
            for thread_id in tags.get(watch.tag_id or 0, []):
                self._of_tags.setdefault(thread_id, []).append(watch)

    def has(self, row: Notification, thread: Thread | None) -> bool:
        """Whether this notice is still wanted."""
        rhythm = self._rhythms[Topic(row.topic or Topic.WATCHED)]
        if thread is None:
            return rhythm != Rhythm.OFF
        own = self._of_thread.get(thread.pk)
        if own is not None and own.muted_at is not None:
            return False
        if own is not None and own.rhythm and row.reason not in _APART:
            return own.rhythm != Rhythm.OFF
        brought = self._brought(row.reason, thread)
        if brought is None:
            return rhythm != Rhythm.OFF
        return any((watch.rhythm or rhythm) != Rhythm.OFF for watch in brought)

    def _brought(self, reason: str, thread: Thread) -> list[Watch] | None:
        """The watches without which this reader would not hear of it; None where it needs none."""
        if reason == "tag":
            return self._of_tags.get(thread.pk, [])
        if reason == "board":
            return [self._of_board[thread.board_id]] if thread.board_id in self._of_board else []
        if reason in _WATCHING:
            return [self._of_thread[thread.pk]] if thread.pk in self._of_thread else []
        return None
