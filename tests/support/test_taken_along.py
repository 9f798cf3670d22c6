"""The desk goes along: to another site as files, and into a backup, and nobody is told anything twice."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from community.care import positions, tables
from community.integrity import violations
from community.models import Follower, Notification
from community.snapshots import count_new
from support.actions import files, notes
from support.actions.escalating import escalate_thread
from support.models import Queue, Ticket, TicketAttachment
from support.notices.fanout import FOLLOWER, tell_all
from tests.community.test_transfer import empty_site, read, written
from tests.factories import agent, person, thread
from tests.support.desk import queue, reply, ticket, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "media"
    settings.UNDO_SECONDS = 0


def a_desk() -> None:
    """Tickets with all there is to them, of which everybody was told."""
    ada, zoe = agent("ada"), person("zoe")
    file = files.add(actor=zoe, upload=SimpleUploadedFile("log.txt", "Grüße\n".encode()))
    made = ticket(zoe, queue=queue(name="Repairs"), files=[file.pk])
    reply(made, ada)
    notes.note(actor=ada, ticket_id=made.pk, body="He is right.")
    write(made)
    escalate_thread(actor=ada, thread_id=thread(zoe).pk, way="staff", reason="other", words="Please.")
    tell_all()


def test_tickets_go_along_to_another_site_and_are_the_same_there(settings: Any, tmp_path: Path) -> None:
    a_desk()
    told = Notification.objects.count()
    before = written(tmp_path / "one")
    empty_site(settings, tmp_path / "media two")
    assert not Ticket.objects.exists() and Queue.objects.get().name == "Support"
    read(tmp_path / "one")
    assert written(tmp_path / "two") == before
    assert list(violations()) == []
    with TicketAttachment.objects.get().file.open() as stored:
        assert stored.read() == "Grüße\n".encode()
    tell_all()
    assert Notification.objects.count() == told, "nobody is told again"
    write(Ticket.objects.order_by("pk")[0])
    tell_all()
    assert Notification.objects.count() > told, "of what happens there they are"


def test_a_restored_desk_tells_what_nobody_heard_of_and_nothing_twice() -> None:
    a_desk()
    write(Ticket.objects.order_by("pk")[0], "Nobody has heard of this.")
    assert {"community_threadevent", "support_ticketevent"} <= tables.followed()
    unheard = count_new(tables.position_of(Follower.objects.get(name=FOLLOWER)), "support_ticketevent", most=100)
    assert unheard == 1
    # What a backup says of each row, and what a restore makes of it on another server.
    columns = {table.name: table for table in tables.tables()}
    lines = b"".join(bytes(row) for row in tables.rows_of(columns["support_ticketevent"])).decode().splitlines()
    place = columns["support_ticketevent"].columns.index("xid")
    mine = 2 ** [each.name for each in tables.followers()].index(FOLLOWER)
    unseen = [line for line in lines if (int(line.split("\t")[place]) - 1) & mine]
    assert len(lines) > len(unseen) == 1
    assert positions.followed() == tables.followed()
