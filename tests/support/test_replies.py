"""A reply waits ten seconds in its agent's hand; then it leaves, once, whatever is killed."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from community import clock
from community.errors import NotThere, Refused
from support.actions import files, replies
from support.models import PendingReply, Status, TicketDraft, TicketMessage
from tests.factories import agent
from tests.support.desk import NOON, at_status, fresh, reply, story, ticket, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


def test_nothing_has_happened_until_it_leaves():
    staff, made = agent(), ticket()
    before = fresh(made)
    pending = replies.send(actor=staff, ticket_id=made.pk, body="Hold it for ten seconds.")
    assert pending.leaves_at == NOON + timedelta(seconds=10)
    assert (fresh(made).version, made.messages.count()) == (before.version, 1)
    with clock.at(NOON + timedelta(seconds=9)):
        assert replies.let_leave() == 0
    with clock.at(NOON + timedelta(seconds=10)):
        assert replies.let_leave() == 1
        assert replies.let_leave() == 0
    made = fresh(made)
    said = made.messages.get(position=2)
    assert (said.is_staff, said.author, made.status) == (True, staff, "waiting")
    assert (made.customer_waits_since, made.first_replied_at, made.assignee) == (None, said.sent_at, staff)
    assert story(made) == ["opened", "replied"]


def test_taken_back_it_is_a_draft_again_and_its_files_are_loose(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    staff, made = agent(), ticket()
    log = files.add(actor=staff, upload=SimpleUploadedFile("log.txt", b"all is well"))
    replies.send(actor=staff, ticket_id=made.pk, body="Wrong customer!", files=[log.pk])
    assert replies.take_back(actor=staff, ticket_id=made.pk) == "Wrong customer!"
    log.refresh_from_db()
    assert (log.ticket, log.pending) == (None, None)
    assert TicketDraft.objects.get(ticket=made, author=staff).body == "Wrong customer!"
    with clock.at(NOON + timedelta(minutes=1)):
        assert replies.let_leave() == 0
    assert made.messages.count() == 1
    with pytest.raises(NotThere):
        replies.take_back(actor=staff, ticket_id=made.pk)


def test_files_go_with_the_reply(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    staff, made = agent(), ticket()
    log = files.add(actor=staff, upload=SimpleUploadedFile("log.txt", b"all is well"))
    reply(made, staff, files=[log.pk])
    log.refresh_from_db()
    assert log.message == made.messages.get(position=2)


def test_a_double_click_is_one_reply_and_a_second_one_lets_the_first_leave():
    staff, made = agent(), ticket()
    one = replies.send(actor=staff, ticket_id=made.pk, body="Try this.")
    assert replies.send(actor=staff, ticket_id=made.pk, body="Try this.") == one
    replies.send(actor=staff, ticket_id=made.pk, body="And this.")
    assert [each.body for each in made.messages.filter(is_staff=True)] == ["Try this."]
    assert PendingReply.objects.get().body == "And this."


def test_a_customer_who_writes_meanwhile_still_waits():
    staff, made = agent(), ticket()
    replies.send(actor=staff, ticket_id=made.pk, body="Solved, I think.", then_status=Status.RESOLVED)
    with clock.at(NOON + timedelta(seconds=5)):
        write(made, "Wait, one more thing.")
    with clock.at(NOON + timedelta(seconds=10)):
        replies.let_leave()
    made = fresh(made)
    assert (made.status, made.customer_waits_since) == ("open", NOON + timedelta(seconds=5))


def test_a_killed_worker_sends_it_once(monkeypatch):
    staff, made = agent(), ticket()
    replies.send(actor=staff, ticket_id=made.pk, body="Only once.")
    with clock.at(NOON + timedelta(seconds=10)):
        with monkeypatch.context() as patched, pytest.raises(SystemExit):
            patched.setattr("support.actions.replies.settle", _die)
            replies.let_leave()
        assert (TicketMessage.objects.filter(is_staff=True).count(), PendingReply.objects.count()) == (0, 1)
        assert replies.let_leave() == 1
        assert replies.let_leave() == 0
    assert TicketMessage.objects.filter(is_staff=True).count() == 1


def _die(ticket):
    raise SystemExit


def test_it_resolves_holds_or_reopens_as_its_author_says():
    staff = agent()
    made = at_status(Status.RESOLVED, staff)
    assert reply(made, staff, "One more thought.", then_status=Status.RESOLVED).status == "resolved"
    made = reply(made, staff, "Could you send the log?", then_status=Status.WAITING)
    assert (made.status, made.reopened_count) == ("waiting", 1)
    until = NOON + timedelta(days=1)
    made = reply(made, staff, "The part comes tomorrow.", then_status=Status.ON_HOLD, held_until=until)
    assert (made.status, made.held_until) == ("on_hold", until)


def test_a_closed_ticket_takes_no_reply():
    staff = agent()
    made = at_status(Status.CLOSED, staff)
    with pytest.raises(Refused):
        replies.send(actor=staff, ticket_id=made.pk, body="Late.")


def test_only_those_who_work_on_it_reply():
    made = ticket()
    with pytest.raises(NotThere):
        replies.send(actor=made.requester, ticket_id=made.pk, body="I am my own agent.")


def test_where_a_site_wants_no_undo_it_leaves_at_once(settings):
    settings.UNDO_SECONDS = 0
    staff, made = agent(), ticket()
    replies.send(actor=staff, ticket_id=made.pk, body="Gone.")
    assert fresh(made).status == "waiting"
    assert not PendingReply.objects.exists()
