"""What the worker does for the desk: one ticket that cannot be done stops none of the others."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from community import clock
from support import worker
from support.actions import assigning, drafts, files, notes, presence, replies, sorting
from support.models import PendingReply, TicketAttachment, TicketDraft, TicketPresence
from tests.factories import agent, person
from tests.support.desk import NOON, fresh, queue, team, ticket, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


def test_a_reply_that_cannot_leave_stops_no_other(monkeypatch):
    staff, bad, good = agent(), ticket(), ticket()
    for each in (bad, good):
        replies.send(actor=staff, ticket_id=each.pk, body="Hello.")
    settle = replies.settle

    def stumble(row):
        if row.pk == bad.pk:
            raise ValueError
        settle(row)

    with clock.at(NOON + timedelta(seconds=10)):
        with monkeypatch.context() as patched:
            patched.setattr(replies, "settle", stumble)
            assert replies.let_leave() == 1
        assert (fresh(good).status, PendingReply.objects.get().ticket) == ("waiting", bad)
        assert replies.let_leave() == 1


def test_a_step_that_fails_stops_none_of_the_others(monkeypatch):
    done = []

    def fail() -> None:
        raise ValueError

    monkeypatch.setattr(worker, "STEPS", (fail, lambda: done.append(1)))
    worker.step()
    assert done == [1]


def test_the_worker_does_everything_that_is_due():
    staff, made = agent(), ticket()
    replies.send(actor=staff, ticket_id=made.pk, body="Hello.")
    with clock.at(NOON + timedelta(seconds=10)):
        worker.step()
    assert fresh(made).status == "waiting"


def test_files_of_no_ticket_go_after_a_day(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    who = person()
    loose = files.add(actor=who, upload=SimpleUploadedFile("log.txt", b"all is well"))
    kept = files.add(actor=who, upload=SimpleUploadedFile("log.txt", b"all is well"))
    ticket(who, files=[kept.pk])
    with clock.at(NOON + timedelta(hours=25)):
        assert files.sweep_loose() == 1
    assert not TicketAttachment.objects.filter(pk=loose.pk).exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / kept.file.name]


def test_others_files_come_into_nobodys_ticket(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    theirs = files.add(actor=person(), upload=SimpleUploadedFile("log.txt", b"all is well"))
    ticket(files=[theirs.pk])
    theirs.refresh_from_db()
    assert theirs.ticket is None


def test_agents_see_who_else_looks_and_who_writes():
    one, two, made = agent(), agent(), ticket()
    assert presence.look(actor=one, ticket_id=made.pk, types=True) == []
    assert presence.look(actor=two, ticket_id=made.pk) == [(one, True)]
    with clock.at(NOON + timedelta(seconds=61)):
        assert presence.look(actor=two, ticket_id=made.pk) == []
    presence.leave(actor=two, ticket_id=made.pk)
    with clock.at(NOON + timedelta(hours=2)):
        presence.sweep()
    assert not TicketPresence.objects.exists()


def test_a_reply_and_a_note_never_share_a_draft():
    staff, made = agent(), ticket()
    drafts.save(actor=staff, ticket_id=made.pk, kind=TicketDraft.Kind.REPLY, body="Dear customer")
    drafts.save(actor=staff, ticket_id=made.pk, kind=TicketDraft.Kind.NOTE, body="He is rude")
    drafts.save(actor=staff, ticket_id=made.pk, kind=TicketDraft.Kind.REPLY, body="Dear customer,")
    assert sorted(TicketDraft.objects.values_list("kind", "body")) == [
        ("note", "He is rude"),
        ("reply", "Dear customer,"),
    ]
    replies.send(actor=staff, ticket_id=made.pk, body="Dear customer,")
    assert list(TicketDraft.objects.values_list("kind", flat=True)) == ["note"]
    drafts.save(actor=staff, ticket_id=made.pk, kind=TicketDraft.Kind.NOTE, body="  ")
    assert not TicketDraft.objects.exists()


def test_nobody_looks_writes_or_keeps_drafts_at_tickets_of_other_teams():
    made, stranger = ticket(queue=queue(team=team(agent()))), agent()
    for act in (
        lambda: presence.look(actor=stranger, ticket_id=made.pk),
        lambda: drafts.save(actor=stranger, ticket_id=made.pk, kind=TicketDraft.Kind.NOTE, body="x"),
        lambda: drafts.discard(actor=made.requester, ticket_id=made.pk, kind=TicketDraft.Kind.NOTE),
    ):
        with pytest.raises(Exception, match="There is no such ticket"):
            act()


def test_no_customer_notices_what_agents_do_among_themselves():
    staff, made = agent(), ticket()
    before = fresh(made)
    with clock.at(NOON + timedelta(hours=1)):
        notes.note(actor=staff, ticket_id=made.pk, body="He has called twice.")
        assigning.claim(actor=staff, ticket_id=made.pk)
        sorting.retag(actor=staff, ticket_id=made.pk, tags=["difficult"])
    assert fresh(made).last_activity_at == before.last_activity_at
    assert fresh(made).version > before.version
    with clock.at(NOON + timedelta(hours=2)):
        write(made)
    assert fresh(made).last_activity_at == NOON + timedelta(hours=2)
