"""What a mail of the queue says, written at the moment it leaves: from what its reader may see and wants by then."""

from collections.abc import Callable, Iterable, Sequence

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from community.accounts.preferences import speaking_to, zone_of
from community.incoming.addresses import reply_address
from community.mails.letters import compose
from community.mails.outbox import KIND_HEADER
from community.mails.sending import site_address
from community.mails.suspending import is_suspended
from community.models import Mail, Notification, Rhythm, Thread, Topic, User, Watch
from community.notices import decisions, incoming_letters, report_letters
from community.notices.digests import write_digest
from community.notices.headers import headers_of
from community.notices.letters import Written, write_bundle, write_notice
from community.notices.list_letters import write_post
from community.notices.notifiables import Shown, show
from community.notices.reminders import is_answered
from community.notices.stops import Reasons
from community.notices.topics import is_paused, rhythms_of
from community.notices.watching import Held, Watching

Found = list[tuple[Notification, Shown]]
#: Reasons of which the person hears because they watch the question, and no longer when they stop.
_WATCHING = frozenset({Watch.Reason.CHOSEN, Watch.Reason.ME_TOO})
#: Reasons that do not come at the time a person chose for the question itself.
_APART = frozenset({"mentioned", "tag", "board", "list"})


#: Mails about decisions and about mails that came in, by how their keys begin: no choice of their reader keeps them
#: away.
OWN_WRITERS: dict[str, Callable[[Mail], EmailMessage | Mail.Outcome]] = {
    decisions.KIND: decisions.write_decision,
    report_letters.KIND: report_letters.write_report,
    incoming_letters.KIND: incoming_letters.write_incoming,
}


def write(mail: Mail) -> EmailMessage | Mail.Outcome:
    """The message, in its reader's language and time zone; or why there is none."""
    if mail.kind in (Mail.Kind.DECISION, Mail.Kind.STAFF):
        return _own_writer(mail.key.partition(":")[0])(mail)
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
        headers = {KIND_HEADER: mail.kind, **headers_of(written, mail_id=mail.pk, reader=reader)}
        return compose(
            written.letter,
            to=address.email,
            site_address=site_address(),
            headers=headers,
            sender=written.sender,
            reply_to=reply_address(reader, *written.answered_to) if written.answered_to else "",
        )


def _own_writer(name: str) -> Callable[[Mail], EmailMessage | Mail.Outcome]:
    """Whoever writes the mails whose keys begin so (settings.MAIL_WRITERS lists the registries)."""
    registries: Iterable[dict[str, Callable[[Mail], EmailMessage | Mail.Outcome]]]
    registries = map(import_string, settings.MAIL_WRITERS)
    return next(registry[name] for registry in registries if name in registry)


def _written(mail: Mail, reader: User) -> Written | None:
    # What was read on the site needs no mail; whoever follows a mail list has all of it in their mails.
    rows = Notification.objects.filter(Q(read_at__isnull=True) | Q(reason="list"), mail=mail).order_by("pk")
    shown = show(rows, reader)
    reasons = Reasons([each for _row, each in shown], reader)
    found = wanted(shown, reader, reasons.watching)
    if mail.kind == Mail.Kind.DIGEST:
        return write_digest(found, reader, mail, reasons)
    if not found:
        return None
    if mail.kind == Mail.Kind.LIST and found[0][1].thread is not None:
        return write_post(*found[0], found[0][1].thread, reader, reasons)
    return write_notice(*found[0], reader, reasons) if len(found) == 1 else write_bundle(found, reader, reasons)


def wanted(found: Sequence[tuple[Notification, Shown]], reader: User, watching: Watching) -> Found:
    """Those that their reader still wants by mail: not muted, not switched off, the board or tag still watched.

    A reminder that has been answered is not, nor what was done meanwhile. At most three queries, however many.
    """
    if not found:
        return []
    rhythms = rhythms_of(reader)
    return [
        (row, shown)
        for row, shown in found
        if _is_wanted(row, shown.thread, rhythms.get(Topic(row.topic or Topic.WATCHED), Rhythm.OFF), watching)
        and not (shown.is_over or is_answered(shown))
    ]


def _is_wanted(row: Notification, thread: Thread | None, rhythm: Rhythm, watching: Watching) -> bool:
    """Whether this notice, whose topic comes at `rhythm`, is still wanted."""
    if thread is None:
        return rhythm != Rhythm.OFF
    own = watching.threads.get(thread.pk)
    if own is not None and own.muted_at is not None:
        return False
    if own is not None and own.rhythm and row.reason not in _APART:
        return own.rhythm != Rhythm.OFF
    if row.reason == "list":
        held = watching.boards.get(thread.board_id)
        return held is not None and held.is_list and rhythm != Rhythm.OFF
    brought = _brought(row.reason, thread, watching)
    if brought is None:
        return rhythm != Rhythm.OFF
    return any((held.rhythm or rhythm) != Rhythm.OFF for held in brought)


def _brought(reason: str, thread: Thread, watching: Watching) -> list[Held] | None:
    """The watches without which this reader would not hear of it; None where it needs none."""
    if reason == "tag":
        return [held for _tag, held in watching.tags.get(thread.pk, [])]
    if reason == "board":
        return [watching.boards[thread.board_id]] if thread.board_id in watching.boards else []
    if reason in _WATCHING:
        return [watching.threads[thread.pk]] if thread.pk in watching.threads else []
    return None
