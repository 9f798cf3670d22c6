"""Contacts that reached staff outside of the desk, brought in: by telephone, a CRM, another helpdesk; and baselines."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from itertools import islice

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from community import clock
from community.actions.record import record_audit
from community.errors import Refused
from community.models import User
from support.actions.inputs import EARLIEST, need_admin, stored, today, words
from support.contact_files import BadLine, BaselineLine, Contact
from support.models import Baseline, ContactImport, OutsideContact

#: So many lines are held against the database together.
BATCH = 2_000
Told = Callable[[BadLine], None]


@dataclass(frozen=True)
class Brought:
    """What an import did, in lines. `linked` of the new ones are members'; `unlinkable` are nobody's that can be said.

    `made` is None after a dry run, and where nothing was new.
    """

    made: ContactImport | None
    new: int
    known: int
    rejected: int
    linked: int
    unlinkable: int
    #: new ones by channel
    channels: Mapping[str, int]


def stored_hash(address_hash: str) -> str:
    """What is kept of an address: the SHA-256 that came, hashed once more with this site's key.

    So the table tells nobody who called, not even whoever has a list of addresses to try.
    """
    return salted_hmac("support.outside_contact", address_hash, algorithm="sha256").hexdigest()


def import_contacts(
    *,
    actor: User | None,
    source: str,
    contacts: Iterable[Contact | BadLine],
    dry_run: bool = False,
    simulated: bool = False,
    tell: Told = lambda bad: None,
) -> Brought:
    """Bring contacts in; what was brought from this source before is there once. `tell` hears of every bad line.

    All or nothing: one transaction. `actor` None is whoever sits at the server. Refused for a source without a name.
    """
    if actor is not None:
        need_admin(actor)
    with transaction.atomic():
        done = _Import(actor, words(source, _("Say where the contacts come from."))[:60], simulated, tell).run(contacts)
        if dry_run or not done.new:
            transaction.set_rollback(True)
            done = replace(done, made=None)
    return done


class _Import:
    """One import under way."""

    def __init__(self, actor: User | None, source: str, simulated: bool, tell: Told) -> None:
        self.actor, self.source, self.simulated, self.tell = actor, source, simulated, tell
        self.counts: Counter[str] = Counter()
        self.channels: Counter[str] = Counter()
        self.members: dict[str, str] | None = None
        self.now = clock.now()

    def run(self, contacts: Iterable[Contact | BadLine]) -> Brought:
        with connection.cursor() as cursor:
            # Of two imports of one source at once, the second finds what the first brought.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"contacts {self.source}"])
        self.now = clock.now()
        made = ContactImport.objects.create(source=self.source, brought_by=self.actor, brought_at=self.now)
        rows = iter(contacts)
        while batch := list(islice(rows, BATCH)):
            self._bring(made, list(self._good(batch)))
        counts = {name: self.counts[name] for name in ("new", "known", "rejected", "unlinkable")}
        ContactImport.objects.filter(pk=made.pk).update(**counts)
        record_audit("imported_contacts", actor=self.actor, target=made, note=self.source)
        return Brought(made=made, linked=self.counts["linked"], channels=dict(self.channels), **counts)

    def _good(self, batch: Sequence[Contact | BadLine]) -> Iterator[Contact]:
        for each in batch:
            if isinstance(each, BadLine):
                self._reject(each)
            elif each.occurred_at > self.now:
                self._reject(BadLine(each.line, _("It is still to come.")))
            elif each.occurred_at.date() < EARLIEST:
                self._reject(BadLine(each.line, _("That day is too far away.")))
            else:
                yield each

    def _reject(self, bad: BadLine) -> None:
        self.counts["rejected"] += 1
        self.tell(bad)

    def _bring(self, made: ContactImport, batch: Sequence[Contact]) -> None:
        ids = [each.external_id for each in batch]
        there = {row.external_id: row for row in OutsideContact.objects.filter(source=self.source, external_id__in=ids)}
        new: dict[str, OutsideContact] = {}
        for each in batch:
            row = self._row(made, each)
            known = there.get(each.external_id) or new.get(each.external_id)
            if known is None:
                new[each.external_id] = row
            elif _same(known, row):
                self.counts["known"] += 1
            else:
                self._reject(BadLine(each.line, _("It is here already, with another time, channel or person.")))
        OutsideContact.objects.bulk_create(new.values())
        self.counts["new"] += len(new)
        self.counts["linked"] += sum(1 for row in new.values() if row.person_key)
        self.counts["unlinkable"] += sum(1 for row in new.values() if not row.person_hash)
        self.channels.update(row.channel for row in new.values())

    def _row(self, made: ContactImport, contact: Contact) -> OutsideContact:
        return OutsideContact(
            brought=made,
            source=self.source,
            external_id=contact.external_id,
            channel=contact.channel,
            person_hash=stored_hash(contact.address_hash) if contact.address_hash else "",
            person_key=self._member(contact.address_hash),
            is_simulated=self.simulated,
            occurred_at=contact.occurred_at,
            recorded_at=self.now,
        )

    def _member(self, address_hash: str) -> str:
        """The key of the member who has confirmed that address, "" where none has."""
        if not address_hash:
            return ""
        if self.members is None:
            confirmed = EmailAddress.objects.filter(verified=True, user__anonymised_at=None).order_by("pk")
            self.members = {
                sha256(address.lower().encode()).hexdigest(): f"u:{person}"
                for address, person in confirmed.values_list("email", "user_id").iterator()
            }
        return self.members.get(address_hash, "")


def _same(one: OutsideContact, other: OutsideContact) -> bool:
    """Whether both lines say the same. To whom it belongs may have become known since: the first word stands."""
    return (one.occurred_at, one.channel, one.person_hash) == (other.occurred_at, other.channel, other.person_hash)


# The baseline ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def enter_baseline(
    *, actor: User | None, month: date, contacts: int, customers: int, source: str, channel: str = ""
) -> tuple[Baseline, bool]:
    """A month's contacts and customers as the company counts them (`channel` "": all); the row, and whether it is new.

    A later one of the same month and channel takes the place of the earlier, which stays as replaced. Refused for a
    month that is not over, without customers or a source.
    """
    if actor is not None:
        need_admin(actor)
    source = words(source, _("Say where the numbers come from."))[:120]
    month = month.replace(day=1)
    if month < EARLIEST or (month.year, month.month) >= (today().year, today().month):
        raise Refused(_("A baseline is of a month that is over."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('peerdesk baseline', 0))")
    before = Baseline.objects.filter(month=month, channel=channel, replaced_at=None).first()
    if before is not None and (before.contacts, before.customers) == (contacts, customers):
        return before, False
    now = clock.now()
    if before is not None:
        Baseline.objects.filter(pk=before.pk).update(replaced_at=now)
    row = Baseline(
        month=month,
        channel=channel,
        contacts=contacts,
        customers=customers,
        source=source,
        brought_by=actor,
        brought_at=now,
    )
    record_audit("entered_baseline", actor=actor, target=stored(row, empty=["brought_by"]), note=source)
    return row, True


def import_baseline(
    *,
    actor: User | None,
    source: str,
    lines: Iterable[BaselineLine | BadLine],
    dry_run: bool = False,
    tell: Told = lambda bad: None,
) -> Brought:
    """Baselines from a file, line by line as `enter_baseline`; all or nothing but for lines that are bad."""
    counts: Counter[str] = Counter()
    with transaction.atomic():
        for each in lines:
            if isinstance(each, BadLine):
                counts["rejected"] += 1
                tell(each)
                continue
            try:
                _row, is_new = enter_baseline(
                    actor=actor,
                    month=each.month,
                    channel=each.channel,
                    contacts=each.contacts,
                    customers=each.customers,
                    source=source,
                )
            except Refused as refused:
                counts["rejected"] += 1
                tell(BadLine(each.line, str(refused.message)))
            else:
                counts["new" if is_new else "known"] += 1
        if dry_run:
            transaction.set_rollback(True)
    return Brought(
        made=None,
        new=counts["new"],
        known=counts["known"],
        rejected=counts["rejected"],
        linked=0,
        unlinkable=0,
        channels={},
    )
