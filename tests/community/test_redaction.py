"""What moderators take out of a question is gone from everything made of it, and nothing else changes."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from community.actions.answers import edit_answer
from community.actions.attachments import add_attachment
from community.actions.redaction import redact
from community.actions.threads import edit_thread
from community.errors import EditConflict, NotAllowed, NotThere, Refused
from community.integrity import violations
from community.models import (
    Answer,
    Attachment,
    AuditEntry,
    Decision,
    Draft,
    PrivateNote,
    Revision,
    Tag,
    Thread,
    ThreadEvent,
)
from community.search.folder import Current, Folder
from tests.community.dumping import traces_left
from tests.community.planted import PLACES, plant, word
from tests.factories import moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.OUTBOX_DIR = tmp_path / "data" / "outbox"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.MEDIA_ROOT.mkdir(parents=True)


@pytest.mark.parametrize("in_question", [True, False])
def test_none_of_the_planted_traces_is_left_in_a_dump_the_media_or_the_logs(client: Client, in_question: bool) -> None:
    planted = plant(in_question=in_question)
    assert traces_left(planted.traces) == list(PLACES)
    mona, target = moderator("rita"), planted.target
    asked = redact(
        actor=mona,
        thread_id=planted.thread.pk,
        answer_id=target.pk if target else None,
        pieces=list(planted.traces.values()),
        words=f"Somebody's number ({word('body')}).",
    )
    assert traces_left(planted.traces) == []
    assert list(violations()) == []
    post = asked if target is None else Answer.objects.get(pk=target.pk)
    assert "[removed] is the number." in post.body
    decision = Decision.objects.get(outcome="redacted")
    assert (decision.person, decision.decided_by, decision.said.text) == (
        planted.author,
        mona,
        "Somebody's number ([removed]).",
    )
    assert AuditEntry.objects.get(verb="redacted").note.text == "Somebody's number ([removed])."
    assert ThreadEvent.objects.filter(kind="redacted", thread=asked).count() == 1
    assert PrivateNote.objects.get().text == "Kept for staff."
    assert "Kept" not in client.get(asked.get_absolute_url()).content.decode()
    file = Attachment.objects.get()
    address = file.get_absolute_url()
    assert address in post.body
    page = client.get(asked.get_absolute_url()).content.decode()
    assert address in page
    assert "trace77" not in page
    assert b"x [removed] y" in b"".join(client.get(address).streaming_content)  # type: ignore[attr-defined]
    for where in ("/threads/feed/", f"/search/?q={word('body')}", f"{asked.get_absolute_url()}?sort=oldest"):
        assert f"{word('body')} is" not in client.get(where).content.decode()
    client.force_login(mona)
    history = f"/answers/{target.pk}/history/" if target else f"/threads/{asked.pk}/history/"
    assert "trace77" not in client.get(history).content.decode()


def test_a_title_a_version_and_a_tag_may_hold_it_too() -> None:
    asked = thread(title="NW-2041-XK77 blinks", product_version="nw-2041-xk77 a", tags=["NW-2041-XK77", "wifi"])
    redact(actor=moderator(), thread_id=asked.pk, pieces=["NW-2041-XK77"])
    asked.refresh_from_db()
    assert (asked.title, asked.product_version) == ("[removed] blinks", "[removed] a")
    assert list(Tag.objects.values_list("name", flat=True)) == ["wifi"]
    assert not Revision.objects.filter(title__icontains="2041").exists()
    assert list(violations()) == []


def test_whoever_edits_the_old_words_is_told_and_cannot_store_them_unseen() -> None:
    anna = person("anna")
    asked = thread(anna, body="Write to anna (at) home.")
    redact(actor=moderator(), thread_id=asked.pk, pieces=["anna (at) home"])
    with pytest.raises(EditConflict):
        edit_thread(actor=anna, thread_id=asked.pk, version=1, title=asked.title, body="Write to anna (at) home. Now!")


def test_white_space_and_case_hide_nothing_and_marks_in_between_are_told() -> None:
    asked = thread(body="It is Nw 2041\nxk, and **NW** 2041 XK.")
    with pytest.raises(Refused, match="marks in between"):
        redact(actor=moderator(), thread_id=asked.pk, pieces=["NW 2041 XK"])
    asked.refresh_from_db()
    assert "2041" in asked.body
    redact(actor=moderator(), thread_id=asked.pk, pieces=["NW 2041 XK", "**NW** 2041 XK"])
    asked.refresh_from_db()
    assert asked.body == "It is [removed], and [removed]."


def test_a_file_that_is_chosen_goes_with_its_row_its_bytes_and_its_place_in_the_text(settings: Any) -> None:
    anna = person("anna")
    file = add_attachment(actor=anna, upload=SimpleUploadedFile("log.txt", b"private"))
    stored = settings.MEDIA_ROOT / str(file.file.name)
    asked = thread(anna, body=f"See [the log]({file.get_absolute_url()}) here.")
    assert stored.exists()
    redact(actor=moderator(), thread_id=asked.pk, attachment_ids=[file.pk])
    asked.refresh_from_db()
    assert asked.body == "See [removed] here."
    assert not Attachment.objects.exists()
    assert not stored.exists()
    other = add_attachment(actor=anna, upload=SimpleUploadedFile("log.txt", b"hers"))
    with pytest.raises(Refused):
        redact(actor=moderator(), thread_id=asked.pk, attachment_ids=[other.pk])  # of no post here


@pytest.mark.parametrize("pieces", [[], ["  "], ["ab"], ["x" * 1001], ["abc\x00"], [f"piece {n}" for n in range(51)]])
def test_what_means_nothing_or_everything_is_refused(pieces: list[str]) -> None:
    asked = thread()
    with pytest.raises(Refused):
        redact(actor=moderator(), thread_id=asked.pk, pieces=pieces)
    assert Thread.objects.get().version == 1


def test_only_moderators_take_words_out() -> None:
    asked, other = thread(), reply(thread())
    for who in (asked.asker, person(), person("half", "moderator", second_factor=False)):
        with pytest.raises(NotAllowed):
            redact(actor=who, thread_id=asked.pk, pieces=["red light"])
    for wrong in (0, 2**63, other.pk):
        with pytest.raises(NotThere):
            redact(actor=moderator(), thread_id=asked.pk, answer_id=wrong, pieces=["red light"])


def test_the_files_of_the_search_index_are_made_anew_where_there_is_one(settings: Any, tmp_path: Path) -> None:
    settings.SEARCH_DIR = tmp_path / "index"
    folder, asked = Folder.of_settings(), thread(body="It says NW-2041, twice NW-2041.")
    redact(actor=moderator(), thread_id=asked.pk, pieces=["NW-2041, twice"])
    assert folder.read("wanted") is None
    folder.root.mkdir(parents=True, exist_ok=True)
    folder.write("current", Current("one", 1, "1", "this")._asdict())
    redact(actor=moderator(), thread_id=asked.pk, pieces=["NW-2041"])
    assert folder.read("wanted") is not None


def test_other_questions_keep_their_words_and_drafts() -> None:
    anna, asked, other = person("anna"), thread(body="The red lamp."), thread(body="The red lamp.")
    given = reply(asked, anna, "Which red lamp?")
    edit_answer(actor=anna, answer_id=given.pk, version=1, body="A red lamp?")
    Draft.objects.create(person=anna, place=f"answer:{other.pk}", body="My red lamp")
    Draft.objects.create(person=anna, place=f"answer:{asked.pk}", body="My red lamp")
    redact(actor=moderator(), thread_id=asked.pk, pieces=["red lamp"])
    assert Thread.objects.get(pk=other.pk).body == "The red lamp."
    assert sorted(Draft.objects.values_list("body", flat=True)) == ["My [removed]", "My red lamp"]
    assert not Revision.objects.filter(body__contains="red lamp").exists()
