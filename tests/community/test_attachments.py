"""Files: taken in only as what they are, served only to those who may see the post, gone when nobody needs them."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zlib import compress, crc32

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from community import clock
from community.actions import attachments, moderation
from community.actions.limits import LIMITS, Limit, Limits
from community.errors import NotAllowed, Refused
from community.models import Answer, Attachment, Board, Thread, User
from tests.factories import agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}
ADD = "/attachments/add/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def anna(client: Client):
    user = person("anna")
    client.force_login(user)
    return user


def png(size: tuple[int, int] = (8, 6)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return out.getvalue()


def upload(name: str = "a.log", data: bytes = b"line 1\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def add(actor: User, name: str = "a.log", data: bytes = b"line 1\n") -> Attachment:
    return attachments.add_attachment(actor=actor, upload=upload(name, data))


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def in_an_answer(author: User, question: Thread, name: str = "a.log", data: bytes = b"line 1\n") -> Attachment:
    made = add(author, name, data)
    reply(question, author, f"See [this]({made.get_absolute_url()}).")
    made.refresh_from_db()
    assert made.answer is not None
    return made


# In -----------------------------------------------------------------------------------------------------------------


def test_a_pasted_picture_is_drawn_anew_and_named_for_the_text(client, anna, media) -> None:
    data = png() + b"secret words behind the picture"
    told = client.post(ADD, {"file": upload("../../My Photo.PNG", data)}, headers=JSON)
    made = Attachment.objects.get()
    assert told.status_code == 201
    assert told.json() == {
        "id": made.pk,
        "name": "my-photo.png",
        "url": f"/attachments/{made.pk}/my-photo.png",
        "markdown": f"![my-photo.png](/attachments/{made.pk}/my-photo.png)",
    }
    assert (made.kind, made.content_type, made.width, made.height, made.uploader) == ("image", "image/png", 8, 6, anna)
    (stored,) = files_in(media)
    assert b"secret" not in stored.read_bytes()
    assert "photo" not in str(stored).lower()
    assert made.size == stored.stat().st_size


def test_a_log_file_is_kept_as_text_and_linked(client, anna) -> None:
    told = client.post(ADD, {"file": upload("router [1].log", "Zeile ä\n".encode("latin-1"))}, headers=JSON).json()
    made = Attachment.objects.get()
    assert (made.kind, made.content_type) == ("text", "text/plain; charset=utf-8")
    assert made.file.read().decode() == "Zeile ä\n"
    assert told["markdown"].startswith("[router")


def test_the_markdown_given_puts_the_file_into_the_post(client, anna) -> None:
    question = thread()
    marks = [
        client.post(ADD, {"file": file}, headers=JSON).json()["markdown"]
        for file in (upload("x.png", png()), upload("größe [2].log"))
    ]
    client.post(f"/threads/{question.pk}/answer/", {"body": "\n".join(marks)})
    made = Answer.objects.get()
    assert Attachment.objects.filter(answer=made, thread=question).count() == 2
    assert "<img" in made.body_html


def test_without_a_script_a_file_comes_with_the_form_and_survives_its_errors(client, anna) -> None:
    routers = board("Routers")
    sent = {"title": "", "body": "See the log.", "board": "routers", "kind": "problem", "uploads": upload()}
    page = client.post("/ask/", sent)
    assert page.status_code == 422
    made = Attachment.objects.get()
    assert f'<input type="hidden" name="attachments" value="{made.pk}"' in page.content.decode()
    assert "a.log" in page.content.decode()
    again = {**sent, "title": "T", "attachments": made.pk}
    del again["uploads"]
    assert client.post("/ask/", again).status_code == 303
    made.refresh_from_db()
    assert made.thread == Thread.objects.get(board=routers)


def test_a_file_ticked_as_removed_does_not_come_along(client, anna) -> None:
    made = add(anna)
    question = thread()
    client.post(f"/threads/{question.pk}/answer/", {"body": "x", "attachments": made.pk, "remove": made.pk})
    made.refresh_from_db()
    assert made.answer is None


def test_a_bad_file_with_the_form_is_told_and_the_words_stay(client, anna) -> None:
    board("Routers")
    sent = {"title": "T", "body": "B", "board": "routers", "kind": "problem", "uploads": upload("a.exe", b"MZ")}
    page = client.post("/ask/", sent)
    assert page.status_code == 422
    assert page.context["form"]["title"].value() == "T"
    assert "a.exe" in page.context["form"].errors["uploads"][0]
    assert not Thread.objects.exists()


def test_a_plain_form_is_led_back_with_the_words_to_put_in(client, anna) -> None:
    told = client.post(ADD, {"file": upload(), "next": "/threads/"}, follow=False)
    assert (told.status_code, told["Location"]) == (303, "/threads/")


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it is 30,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + crc32(kind + data).to_bytes(4)

    head = (30_000).to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", compress(bytes(1_000_000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("a.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("a.html", b"<script>alert(1)</script>"),
        ("a.png", b"<html><script>alert(1)</script></html>"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100),
        ("a.png", png()[:40]),
        ("a.png", b""),
        ("a.log", b""),
        ("a.log", b"MZ\x00\x01"),
        ("a.log", b"x" * (2 * 1024 * 1024 + 1)),
        ("a.exe", b"MZ"),
        ("noname", b"text"),
        ("bomb.png", bomb()),
        ("a.zip", b"PK\x03\x04"),
        ("." * 200, b"x"),
    ],
)
def test_what_is_neither_picture_nor_text_is_told_and_not_kept(client, anna, media, name, data) -> None:
    told = client.post(ADD, {"file": upload(name, data)}, headers=JSON)
    assert told.status_code == 400
    assert told.json()["error"]
    assert not Attachment.objects.exists()
    assert files_in(media) == []


def test_no_file_at_all_is_told(client, anna) -> None:
    assert client.post(ADD, {"file": "text"}, headers=JSON).status_code == 400
    assert client.post(ADD).status_code == 400


def test_script_in_a_text_file_stays_text(client, anna) -> None:
    client.post(ADD, {"file": upload("a.xml", b"<script>alert(1)</script>")}, headers=JSON)
    made = Attachment.objects.get()
    served = client.get(made.get_absolute_url())
    assert served["Content-Type"] == "text/plain; charset=utf-8"
    assert served["Content-Disposition"].startswith("attachment;")


@pytest.mark.usefixtures("usual_limits")
def test_so_many_files_a_day_and_no_more(client, anna, monkeypatch) -> None:
    with clock.at(clock.now() - timedelta(days=1, seconds=1)):
        add(anna)
    monkeypatch.setitem(LIMITS, "upload", Limits(LIMITS["upload"].why, new=(Limit(2, 3600),)))
    with pytest.raises(Refused):
        add(anna, data=b"")  # what is refused for itself is not counted
    add(anna)
    add(anna)
    told = client.post(ADD, {"file": upload()}, headers=JSON)
    assert told.status_code == 429
    assert "many files. Please try again in" in told.json()["error"]
    assert 0 < int(told["Retry-After"]) <= 7200
    add(person())


def test_visitors_and_closed_accounts_add_nothing() -> None:
    assert Client().post(ADD, {"file": upload()}).status_code == 303
    with pytest.raises(NotAllowed):
        add(person(is_active=False))
    assert not Attachment.objects.exists()


# Out ----------------------------------------------------------------------------------------------------------------


def test_a_file_of_a_public_post_is_served_with_every_safeguard(client) -> None:
    made = in_an_answer(person(), thread())
    served = client.get(made.get_absolute_url())
    assert served.status_code == 200
    assert served.getvalue() == b"line 1\n"
    assert served["Content-Disposition"] == "attachment; filename*=UTF-8''a.log"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert served["Cache-Control"] == "private, max-age=600"


def test_a_picture_stands_in_the_page(client) -> None:
    made = in_an_answer(agent(), thread(), "x.png", png())  # of somebody new it would wait for a look
    served = client.get(made.get_absolute_url())
    assert served["Content-Type"] == "image/png"
    assert served["Content-Disposition"].startswith("inline;")
    assert Image.open(BytesIO(served.getvalue())).size == (8, 6)


def test_a_loose_file_is_its_uploaders_alone(client, anna) -> None:
    made = add(anna)
    served = client.get(made.get_absolute_url())
    assert served.status_code == 200
    assert served["Cache-Control"] == "private, no-store"
    for other in (person(), moderator()):
        stranger = Client()
        stranger.force_login(other)
        assert stranger.get(made.get_absolute_url()).status_code == 404
    assert Client().get(made.get_absolute_url()).status_code == 404


def test_files_of_a_closed_board_are_for_its_audience(client, anna) -> None:
    inside = board(audience=Board.Audience.SIGNED_IN)
    made = in_an_answer(anna, thread(anna, on=inside))
    assert client.get(made.get_absolute_url())["Cache-Control"] == "private, no-store"
    assert Client().get(made.get_absolute_url()).status_code == 404


def test_files_of_hidden_posts_vanish_for_all_but_moderators(client, anna) -> None:
    question = thread(anna)
    mine = add(anna)
    moderation_eye = moderator()
    theirs = in_an_answer(person(), question)
    asked = thread(anna, body=f"[log]({mine.get_absolute_url()})")
    moderation.hide_answer(actor=moderation_eye, answer_id=theirs.answer_id)
    moderation.hide_thread(actor=moderation_eye, thread_id=asked.pk)
    watcher = Client()
    watcher.force_login(moderation_eye)
    for made in (mine, theirs):
        assert client.get(made.get_absolute_url()).status_code == 404
        assert Client().get(made.get_absolute_url()).status_code == 404
        assert watcher.get(made.get_absolute_url()).status_code == 200
    moderation.restore_answer(actor=moderation_eye, answer_id=theirs.answer_id)
    assert client.get(theirs.get_absolute_url()).status_code == 200


def test_an_address_with_another_name_or_path_is_not_there(client, anna) -> None:
    made = add(anna)
    for address in (
        f"/attachments/{made.pk}/b.log",
        f"/attachments/{made.pk}/..%2f..%2fsecret_key",
        f"/attachments/{made.pk}/../../secret_key",
        f"/attachments/{10**17}/a.log",
        f"/attachments/{10**30}/a.log",
        f"/attachments/{made.pk}/",
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(made.get_absolute_url()).status_code == 405


def test_a_file_that_is_gone_from_the_disk_is_not_there(client, anna, media) -> None:
    made = add(anna)
    made.file.storage.delete(made.file.name)
    assert client.get(made.get_absolute_url()).status_code == 404


def test_uploads_have_no_address_of_their_own(client, anna) -> None:
    made = add(anna)
    for address in (f"/media/{made.file.name}", f"/{made.file.name}", f"/static/{made.file.name}"):
        assert client.get(address).status_code == 404


# Swept --------------------------------------------------------------------------------------------------------------


def test_loose_files_are_swept_after_a_day_and_posted_ones_stay(media) -> None:
    now = clock.now()
    anna = person()
    with clock.at(now - timedelta(hours=25)):
        old, posted = add(anna), in_an_answer(anna, thread())
    with clock.at(now - timedelta(hours=23)):
        young = add(anna)
    assert attachments.sweep_loose_attachments() == 1
    assert attachments.sweep_loose_attachments() == 0
    assert set(Attachment.objects.values_list("pk", flat=True)) == {posted.pk, young.pk}
    assert len(files_in(media)) == 2
    assert not Path(media, old.file.name).exists()


def test_a_file_is_not_left_behind_when_its_row_cannot_be_written(media, monkeypatch) -> None:
    def refuse(self: Attachment, **options: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(Attachment, "save", refuse)
    with pytest.raises(OSError, match="no room"):
        add(person())
    assert files_in(media) == []


def test_the_action_refuses_what_the_page_refuses() -> None:
    with pytest.raises(Refused):
        add(person(), "a.png", b"<svg/>")
