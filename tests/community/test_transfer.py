"""A community taken along: written out, read into an empty site, written out again, and nothing is different."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from community import clock
from community.actions import duplicates, moderation, threads
from community.actions.attachments import add_attachment
from community.actions.erasure import erase
from community.integrity import violations
from community.models import Attachment, Notification, Thread, User
from community.notices.fanout import fan_out_all
from community.personal.erasing import finish_erasures
from community.personal.schema import label
from community.transfer.kinds import fields_of, left_behind, left_out, models_in_order
from tests.community.accounts import member, sign_in, signed_in_as
from tests.community.test_data_export import lived
from tests.factories import moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "media"


def a_community() -> None:
    """People, posts, files, history, counted facts, staff's acts, a duplicate, somebody who left."""
    anna = member("anna", display_name="Anna A. 🙂")
    lived(anna)
    mona, gone = moderator("mona"), person("gone")
    with clock.at(clock.now() - timedelta(minutes=20)):
        first, again = thread(gone, title='A "quoted" \\ title'), thread(anna, title="Twice")
        reply(first, anna)
        duplicates.mark_duplicate(actor=mona, thread_id=again.pk, original_id=first.pk)
        moderation.lock(actor=mona, thread_id=first.pk, reason="Quiet, please.")
        picture = add_attachment(actor=anna, upload=SimpleUploadedFile("notes.txt", "Grüße\n".encode()))
        threads.edit_thread(
            actor=mona, thread_id=first.pk, version=1, title=first.title, body=f"[n]({picture.get_absolute_url()})"
        )
    erase(actor=gone, person_id=gone.pk)
    finish_erasures()


def written(folder: Path, *options: str) -> dict[str, bytes]:
    """What an export holds: the lines of each kind, and the files."""
    call_command("export_community", folder, *options, stdout=StringIO(), stderr=StringIO())
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "manifest.json"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def read(folder: Path) -> None:
    call_command("import_community", folder, stdout=StringIO(), stderr=StringIO())


def empty_site(settings: Any, media: Path) -> None:
    """A new database and a new folder for uploads."""
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models_in_order(True))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    settings.MEDIA_ROOT = media
    call_command("migrate", verbosity=0)  # the defaults every new site has


@pytest.mark.parametrize("options", [(), ("--with-logins",)])
def test_export_import_export_is_equal(settings: Any, tmp_path: Path, options: tuple[str, ...]) -> None:
    a_community()
    before = written(tmp_path / "one", *options)
    empty_site(settings, tmp_path / "media two")
    read(tmp_path / "one")
    assert written(tmp_path / "two", *options) == before
    assert list(violations()) == []
    assert any(name.startswith("media/attachments/") for name in before)
    with Attachment.objects.get(name="notes.txt").file.open() as file:
        assert file.read() == "Grüße\n".encode()


def test_no_secret_leaves_unless_it_is_asked_for(tmp_path: Path) -> None:
    a_community()
    anna = User.objects.get(username="anna")
    Authenticator.objects.create(user=anna, type=Authenticator.Type.TOTP, data={"secret": "plantedsecret"})
    plain = b"".join(written(tmp_path / "one").values())
    assert anna.password.encode() not in plain and b"plantedsecret" not in plain
    whole = b"".join(written(tmp_path / "two", "--with-logins").values())
    assert anna.password.encode() in whole and b"plantedsecret" in whole
    assert (tmp_path / "one").stat().st_mode & 0o077 == 0


def test_people_sign_in_at_the_new_site_only_with_their_logins(settings: Any, tmp_path: Path) -> None:
    member("anna")
    written(tmp_path / "without")
    written(tmp_path / "with", "--with-logins")
    for folder, comes_in in (("without", False), ("with", True)):
        empty_site(settings, tmp_path / f"media {folder}")
        read(tmp_path / folder)
        browser = Client()
        sign_in(browser, "anna")
        assert (signed_in_as(browser) is not None) is comes_in


def test_nobody_is_told_again_and_new_posts_are_numbered_on(settings: Any, tmp_path: Path) -> None:
    a_community()
    highest, told = Thread.objects.latest("pk").pk, Notification.objects.count()
    written(tmp_path / "one")
    empty_site(settings, tmp_path / "media two")
    read(tmp_path / "one")
    fan_out_all()
    assert Notification.objects.count() == told
    asked = thread(User.objects.get(username="anna"), on=Thread.objects.earliest("pk").board)
    assert asked.pk == highest + 1
    reply(asked, User.objects.get(username="mona"))
    fan_out_all()
    assert Notification.objects.count() == told + 1


def test_a_site_that_is_not_empty_takes_none_in(tmp_path: Path) -> None:
    a_community()
    written(tmp_path / "one")
    with pytest.raises(CommandError, match="not empty"):
        read(tmp_path / "one")
    with pytest.raises(CommandError, match="not empty"):
        written(tmp_path / "one")


@pytest.mark.parametrize(
    ("kind", "line", "told"),
    [
        ("community.thread", "{", "community.thread.jsonl, line"),
        ("community.thread", "[1]", "community.thread.jsonl, line"),
        ("community.user", '{"id":99,"wings":2}', "unknown columns: wings"),
        (
            "community.vote",
            '{"id":77,"answer_id":1,"person_id":1,"voted_at":"yesterday"}',
            "community.vote.jsonl, line",
        ),
        ("community.vote", '{"id":77,"answer_id":null,"person_id":1}', "community.vote.jsonl, line"),
        ("community.user", '{"id":1,"username":"anna","display_name":"x"}', "community.user.jsonl, line"),
        ("auth.group", '{"id":88,"name":"\\u0000"}', "auth.group.jsonl, line"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_nothing_is_written(
    settings: Any, tmp_path: Path, kind: str, line: str, told: str
) -> None:
    person("anna")
    written(tmp_path / "one")
    with (tmp_path / "one" / f"{kind}.jsonl").open("a") as file:
        file.write(line + "\n")
    empty_site(settings, tmp_path / "media two")
    with pytest.raises(CommandError, match=told):
        read(tmp_path / "one")
    assert not User.objects.exists()


def test_half_an_export_is_refused(settings: Any, tmp_path: Path) -> None:
    person("anna")
    written(tmp_path / "one")
    empty_site(settings, tmp_path / "media two")
    lines = (tmp_path / "one" / "community.user.jsonl").read_text().splitlines()
    (tmp_path / "one" / "community.user.jsonl").write_text("\n".join(lines[:-1]))
    with pytest.raises(CommandError, match=r"lost rows.*community\.user"):
        read(tmp_path / "one")
    (tmp_path / "one" / "manifest.json").unlink()
    with pytest.raises(CommandError, match="was the export finished"):
        read(tmp_path / "one")


def test_a_file_in_an_export_cannot_be_put_elsewhere(settings: Any, tmp_path: Path) -> None:
    a_community()
    written(tmp_path / "one")
    path = tmp_path / "one" / "community.attachment.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(row | {"file": "../../away"}) + "\n" for row in rows))
    empty_site(settings, tmp_path / "media two")
    with pytest.raises(CommandError, match="cannot be called"):
        read(tmp_path / "one")


def test_whatever_table_there_is_goes_along_or_has_a_reason_to_stay() -> None:
    kinds = models_in_order(True)
    columns = {label(model, field) for model in kinds for field in model._meta.concrete_fields}
    assert set(left_out()) <= columns
    assert all(left_behind().values()) and all(left_out().values())
    order = [label(model) for model in kinds]
    for model in kinds:
        for field in fields_of(model, True):
            if field.is_relation and field.related_model not in (None, model):
                assert order.index(label(field.related_model)) < order.index(label(model)), label(model, field)
