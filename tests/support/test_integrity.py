"""`verify_integrity` finds every broken invariant of the desk."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from community import clock
from community.integrity import violations
from support.actions import assigning, escalating, files, messages, moves, regrouping, sorting
from support.actions.contact_imports import enter_baseline, import_contacts
from support.contact_files import Contact
from support.integrity import INVARIANTS
from support.models import Escalation, Priority, Status, Ticket
from tests.factories import agent, moderator, person, thread
from tests.support.desk import at_status, reply, ticket, write

pytestmark = [pytest.mark.django_db, pytest.mark.server]


@pytest.fixture
def busy(settings, tmp_path) -> Ticket:
    """A desk with something of everything: taken, given, merged, split, escalated, resting, done, with a file."""
    settings.MEDIA_ROOT = tmp_path
    staff, other, who = agent(), agent(), person()
    made = ticket(who)
    assigning.claim(actor=staff, ticket_id=made.pk)
    log = files.add(actor=who, upload=SimpleUploadedFile("log.txt", b"all is well"))
    messages.write(actor=who, ticket_id=made.pk, body="Here is the log.", files=[log.pk])
    reply(made, staff)
    write(made, "It helps, and there is one more thing.")
    sorting.retag(actor=staff, ticket_id=made.pk, tags=["recall"])
    sorting.set_priority(actor=staff, ticket_id=made.pk, priority=Priority.HIGH)
    regrouping.merge(actor=staff, ticket_id=ticket(who).pk, into_id=made.pk)
    taken_back = regrouping.merge(actor=staff, ticket_id=ticket(who).pk, into_id=made.pk)
    regrouping.undo(actor=staff, regrouping_id=taken_back.pk)
    regrouping.split(actor=staff, ticket_id=made.pk, message_ids=[made.messages.get(position=2).pk])
    assigning.assign(actor=staff, ticket_id=made.pk, to=other)
    at_status(Status.ON_HOLD, staff)
    thanked = at_status(Status.RESOLVED, staff)
    write(thanked, "Thanks!")
    moves.no_reply_needed(actor=staff, ticket_id=thanked.pk)
    at_status(Status.CLOSED, staff)
    asked = thread()
    escalating.escalate_thread(
        actor=moderator(), thread_id=asked.pk, way=Escalation.Way.STAFF, reason="defect", words="Smoke."
    )
    ticket(thread=asked)
    call = Contact(1, clock.now() - timedelta(days=1), "phone", "a call")
    import_contacts(actor=None, source="telephone", contacts=[call])
    last_month = (clock.now() - timedelta(days=40)).date()
    for contacts in (300, 310):
        enter_baseline(actor=None, month=last_month, contacts=contacts, customers=12_000, source="CRM")
    return made


def broken() -> set[str]:
    return {found.sentence for found in violations(INVARIANTS)}


#: sentence -> a statement that breaks just that, as a bug or a hand in the database might
BREAKAGES = {
    "An open escalation is of a ticket that is not done": ""
    "UPDATE support_ticket SET status = 'resolved', resolved_at = opened_at, customer_waits_since = NULL"
    " WHERE id IN (SELECT ticket_id FROM support_escalation)",
    "A question knows whether it is escalated": "UPDATE community_thread SET escalated_at = NULL",
    "A ticket is due when the first of its running promises is": "UPDATE support_ticket SET due_at = opened_at",
    "Promises end with the ticket, and rest while we wait for the customer": ""
    "UPDATE support_slaclock SET met_at = NULL WHERE met_at IS NOT NULL AND kind = 'solution'",
    "Messages are numbered densely, and the ticket knows the last number": ""
    "UPDATE support_ticketmessage SET position = position + 1 WHERE position = (SELECT max(position)"
    " FROM support_ticketmessage)",
    "Every ticket was opened once": "ALTER TABLE support_ticketevent DISABLE TRIGGER append_only;"
    "DELETE FROM support_ticketevent WHERE kind = 'opened'",
    "Tickets are counted as they are": "UPDATE support_tickettally SET count = count + 1",
    "What was said since staff last spoke is what a customer waits for": ""
    "UPDATE support_ticket SET customer_waits_since = opened_at WHERE status = 'closed'",
    "A merged ticket has no messages, and what it was merged into is the same customer's": ""
    "UPDATE support_ticket SET merged_into_id = (SELECT id FROM support_ticket WHERE status = 'on_hold')"
    " WHERE status = 'closed' AND merged_into_id IS NULL",
    "A file stands in the ticket of its message or note": ""
    "UPDATE support_ticketattachment SET ticket_id = (SELECT id FROM support_ticket WHERE status = 'on_hold')",
    "Whoever has a ticket took it or was given it": ""
    "UPDATE support_ticket SET assignee_id = requester_id, assigned_at = opened_at",
    "Every import of contacts knows how many it brought": "UPDATE support_contactimport SET new = new + 1",
    "A month has one baseline of each channel, and the last row is the one in force": ""
    "UPDATE support_baseline SET replaced_at = now() WHERE replaced_at IS NULL",
    "Every change of a ticket by staff is in the audit log": ""
    "ALTER TABLE community_auditentry DISABLE TRIGGER append_only; DELETE FROM community_auditnote;"
    "DELETE FROM community_auditentry WHERE object_kind = 'ticket'",
}
#: what a unique index refuses before anybody could find it broken
REFUSED_BY_THE_DATABASE = {
    "At most one escalation of a question is open",
    "At most one ticket per question and requester is open",
}


def test_a_desk_that_only_used_actions_breaks_nothing(busy: Ticket) -> None:
    assert broken() == set()


@pytest.mark.parametrize("sentence", BREAKAGES)
def test_a_broken_invariant_is_found(busy: Ticket, sentence: str) -> None:
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(BREAKAGES[sentence])
    assert sentence in broken()


def test_every_invariant_is_broken_once_in_these_tests() -> None:
    assert set(INVARIANTS) == set(BREAKAGES) | REFUSED_BY_THE_DATABASE
