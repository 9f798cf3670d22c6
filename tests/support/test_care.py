"""What the desk keeps of people: shown to them, kept for a while, taken along, and forgotten when it must be."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from community import clock
from community.accounts.health import signs
from community.actions import purges
from community.actions.data_exports import ask_for_export, folder
from community.actions.erasure import erase
from community.actions.redaction import redact
from community.care.kept import kinds
from community.care.retention import sweep
from community.integrity import violations
from community.models import DataExport, Mail, Notification, User
from community.personal.erasing import finish_erasures
from community.personal.exporting import make_exports
from support.actions import drafts, files, notes
from support.actions.escalating import escalate_thread
from support.actions.tickets import open_ticket
from support.models import Channel, Escalation, PendingReply, PrivateField, Status, Ticket, TicketEvent, TicketValue
from support.notices.fanout import tell_all
from tests.community.dumping import traces_left
from tests.factories import agent, moderator, person, thread
from tests.support.desk import reply, ticket, write

pytestmark = pytest.mark.django_db
#: What is planted in a customer's ticket, by what it is; found nowhere else.
TRACES = {
    name: f"zq{name.replace(' ', '')}77"
    for name in ("subject", "message", "reply", "note", "value", "file", "file name", "draft", "own reply")
}


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "media"
    settings.UNDO_SECONDS = 0


@pytest.fixture
def ada() -> User:
    return agent("ada", display_name="Ada Lovett")


@pytest.fixture
def zoe() -> User:
    return person("zoe", display_name="Zoe Zander")


def planted(zoe: User, ada: User) -> Ticket:
    """A ticket of Zoe's with something in every place where words can stand."""
    field = PrivateField.objects.create(label="Serial number", kind="serial")
    upload = SimpleUploadedFile(f"{TRACES['file name']}.txt", TRACES["file"].encode())
    file = files.add(actor=zoe, upload=upload)
    made, _is_new = open_ticket(
        actor=zoe,
        requester=zoe,
        subject=TRACES["subject"],
        body=TRACES["message"],
        channel=Channel.FORM,
        values={field.pk: TRACES["value"]},
        files=[file.pk],
    )
    reply(made, ada, TRACES["reply"])
    notes.note(actor=ada, ticket_id=made.pk, body=TRACES["note"])
    write(made, TRACES["own reply"])
    drafts.save(actor=ada, ticket_id=made.pk, kind="reply", body=TRACES["draft"])
    return Ticket.objects.get(pk=made.pk)


def archive_of(who: User) -> str:
    """Asked for, made and opened: everything in it as one text."""
    ask_for_export(actor=who)
    assert make_exports() == 1
    file = folder() / DataExport.objects.latest("pk").file_name
    opened = zipfile.ZipFile(io.BytesIO(file.read_bytes()))
    return "\n".join([*opened.namelist(), *(opened.read(name).decode() for name in opened.namelist())])


# Shown to them --------------------------------------------------------------------------------------------------------
def test_a_customers_archive_has_both_sides_of_their_tickets_and_no_word_among_staff(zoe: User, ada: User) -> None:
    planted(zoe, ada)
    ticket(body="zqsomebodyelse77")
    said = archive_of(zoe)
    missing = [name for name, words in TRACES.items() if words not in said]
    assert missing == ["note", "draft"]
    assert "zqsomebodyelse77" not in said and "Ada Lovett" not in said


def test_an_agents_archive_has_nothing_of_their_customers(zoe: User, ada: User) -> None:
    planted(zoe, ada)
    said = archive_of(ada)
    assert [name for name, words in TRACES.items() if words in said] == []


# Forgotten ------------------------------------------------------------------------------------------------------------
def test_when_a_customer_leaves_their_tickets_end_and_say_nothing_any_more(
    zoe: User, ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    question = thread(zoe, body="zqbody77")
    escalate_thread(actor=ada, thread_id=question.pk, way="staff", reason="other", words="Zoe Zander is in a hurry")
    first = planted(zoe, ada)
    events = TicketEvent.objects.count()
    assert set(traces_left(TRACES)) == set(TRACES)
    with django_capture_on_commit_callbacks(execute=True):
        erase(actor=zoe, person_id=zoe.pk)
    finish_erasures()
    assert traces_left(TRACES | {"name": "Zoe Zander"}) == []
    for left in Ticket.objects.filter(requester=zoe):
        assert left.status == Status.CLOSED and left.messages.count() in (0, 3)
    assert TicketEvent.objects.count() == events + 2, "that there were tickets, and when, stays"
    question.refresh_from_db()
    assert question.escalated_at is None and Escalation.objects.get().ended_how == "closed"
    assert first.pk and list(violations()) == []
    tell_all()
    assert not Mail.objects.filter(recipient=zoe).exists() and not Notification.objects.filter(recipient=zoe).exists()


def test_what_others_in_copy_wrote_stays_and_what_one_wrote_as_a_copy_too(zoe: User, ada: User) -> None:
    ben = person("ben", display_name="Ben Bold")
    of_zoe, of_ben = ticket(zoe), ticket(ben)
    of_zoe.ccs.create(person=ben, added_by=ada)
    of_ben.ccs.create(person=zoe, added_by=ada)
    write(of_zoe, "zqofben77", ben)
    write(of_ben, "zqofzoe77 says Zoe Zander", zoe)
    erase(actor=zoe, person_id=zoe.pk)
    finish_erasures()
    assert traces_left({"ben": "zqofben77", "zoe": "zqofzoe77", "name": "Zoe Zander"}) == ["ben", "zoe"]
    assert not of_ben.ccs.exists() and Ticket.objects.get(pk=of_ben.pk).is_undone


def test_when_an_agent_leaves_their_tickets_are_free_and_their_name_is_nowhere(zoe: User, ada: User) -> None:
    made = planted(zoe, ada)
    Ticket.objects.filter(pk=made.pk).update(assignee=ada, assigned_at=clock.now())
    write(made, "Thank you, Ada Lovett!")
    erase(actor=ada, person_id=ada.pk)
    finish_erasures()
    made.refresh_from_db()
    assert made.assignee_id is None and made.is_undone and made.subject == TRACES["subject"]
    assert traces_left({"name": "Ada Lovett", "draft": TRACES["draft"], "note": TRACES["note"]}) == ["note"]
    assert list(violations()) == []


def test_what_is_taken_out_of_a_question_goes_from_what_its_ticket_took_along(zoe: User, ada: User) -> None:
    question = thread(zoe, title="Call me at zqphone77", body="My number is zqphone77.")
    made, _is_new = escalate_thread(actor=ada, thread_id=question.pk, way="staff", reason="other", words="zqphone77")
    write(made, "The serial number is zqserial77.")
    redact(actor=moderator(), thread_id=question.pk, pieces=["zqphone77", "zqserial77"])
    assert traces_left({"phone": "zqphone77", "serial": "zqserial77"}) == ["serial"], "what is private stays private"
    made.refresh_from_db()
    assert made.subject == "Call me at [removed]" and made.carried.body == "My number is [removed]."


def test_a_question_that_is_destroyed_leaves_nothing_in_its_ticket(zoe: User, ada: User) -> None:
    question = thread(zoe, title="zqtitle77", body="zqbody77", tags=["zqtag77"])
    escalate_thread(actor=ada, thread_id=question.pk, way="staff", reason="other", words="zqwords77")
    purge = purges.ask(actor=moderator(), thread_id=question.pk, ground="illegal")
    purges.confirm(actor=moderator(), purge_id=purge.pk)
    assert traces_left({name: f"zq{name}77" for name in ("title", "body", "tag", "words")}) == []
    assert list(violations()) == []


# For a while ----------------------------------------------------------------------------------------------------------
def test_a_closed_ticket_loses_private_details_first_and_its_words_later_and_an_open_one_nothing(
    zoe: User, ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    with clock.at(clock.now() - timedelta(days=400)):
        closed, open_one = planted(zoe, ada), ticket(zoe, body="zqopen77")
        Ticket.objects.filter(pk=closed.pk).update(
            status=Status.CLOSED, resolved_at=clock.now(), closed_at=clock.now(), customer_waits_since=None
        )
    values, said = kinds()["ticket_values"], kinds()["ticket_words"]
    assert sweep(values, values.days) == 1 and not TicketValue.objects.exists()
    assert sweep(said, said.days) == 0
    with clock.at(clock.now() + timedelta(days=said.days)), django_capture_on_commit_callbacks(execute=True):
        assert sweep(said, said.days) == 1 and sweep(said, said.days) == 0
    assert traces_left(TRACES | {"open": "zqopen77"}) == ["open"]
    assert Ticket.objects.get(pk=open_one.pk).subject != "[removed]"


def test_the_start_page_says_when_replies_are_stuck(zoe: User, ada: User) -> None:
    made = ticket(zoe)
    assert [sign.is_well for sign in signs() if sign.name == "Desk"] == [True]
    then = clock.now() - timedelta(minutes=11)
    PendingReply.objects.create(
        ticket=made, author=ada, body="x", then_status=Status.WAITING, sent_at=then, leaves_at=then
    )
    assert [sign.is_well for sign in signs() if sign.name == "Desk"] == [False]
