"""`manage.py import_mbox`: every mail of an archive becomes an answer, a thread, or a reject with its reason."""

from pathlib import Path

import pytest
from django.core import mail as outbox
from django.core.management import CommandError

from community.models import Answer, Attachment, ImportedIdentity, ImportedItem, Thread, User
from tests.community.mail_files import LIST, MailList, mail, mbox

pytestmark = pytest.mark.django_db

BEN = "Ben <ben@example.com>"
LATER = "Tue, 03 Jan 2023 10:00:00 +0000"


@pytest.fixture
def archive(tmp_path: Path) -> MailList:
    return MailList(tmp_path)


def test_a_question_and_its_answer_become_a_thread(archive: MailList) -> None:
    archive.write(
        mail(2, to=1, sender=BEN, at=LATER, subject="Re: A red light", body="Press it.\n\n> It is red."),
        mail(1, subject="[routers] A red light", body="It is red."),
        packed=True,
    )
    archive.load()
    (thread,) = Thread.objects.all()
    (answer,) = thread.answers.all()
    assert (thread.title, thread.body, thread.asker.display_name) == ("[routers] A red light", "It is red.", "Anna")
    assert (answer.body, answer.author.display_name) == ("Press it.", "Ben")
    assert archive.rejected() == []


def test_a_second_run_does_nothing_and_a_newer_archive_goes_on(archive: MailList) -> None:
    archive.write(mail(1))
    archive.load("--source", "mbox:routers")
    archive.load("--source", "mbox:routers")
    archive.write(mail(1), mail(2, to=1, sender=BEN, at=LATER, subject="Re: A red light"))
    archive.load("--source", "mbox:routers")
    assert (Thread.objects.count(), Answer.objects.get().thread_id) == (1, Thread.objects.get().pk)
    archive.write(mail(3, to=2, at=LATER, body="Thanks."))
    archive.load("--source", "mbox:routers")
    assert (Thread.objects.count(), Thread.objects.get().answer_count) == (1, 2)


def test_a_dry_run_writes_nothing(archive: MailList) -> None:
    archive.write(mail(1), mail(2, to=1, sender=BEN))
    assert "dry run" in archive.load("--dry-run")
    assert not Thread.objects.exists()
    assert not ImportedItem.objects.exists()


def test_the_author_is_who_the_list_says_it_was(archive: MailList) -> None:
    rewritten = f"Anna Berg via routers <{LIST}>"
    archive.write(
        mail(1, sender=rewritten, headers=["Reply-To: Anna Berg <anna@example.com>"]),
        mail(2, sender=f"'Ben' via routers <{LIST}>", headers=["X-Original-From: Ben Holm <ben@example.com>"]),
        mail(3, sender=rewritten.replace("Berg", "Ohm"), body="Else."),
    )
    archive.load()
    found = dict(ImportedIdentity.objects.values_list("name", "address_key"))
    assert found == {"Anna Berg": "anna@example.com", "Ben Holm": "ben@example.com", "Anna Ohm": ""}
    assert not User.objects.filter(is_imported=True).exclude(username=None).exists()
    assert outbox.outbox == []


def test_what_becomes_no_post_is_told_with_its_reason(archive: MailList) -> None:
    away = ["Auto-Submitted: auto-replied"]
    archive.write(mail(1), mail(1, body="Again."), mail(2, to=1, headers=away), mail(3, to=1, sender=BEN, body=""))
    archive.load()
    reasons = " ".join(archive.rejected())
    assert "duplicate" in reasons
    assert "automatic" in reasons
    assert "nothing was written" in reasons
    assert Answer.objects.count() == 0


def test_a_mail_without_a_date_is_as_old_as_the_line_before_it(archive: MailList) -> None:
    archive.put(mbox(mail(1, at=""), at="Sun Feb  5 08:00:00 2023"))
    archive.load()
    assert f"{Thread.objects.get().asked_at:%Y-%m-%d %H:%M}" == "2023-02-05 08:00"


def test_text_files_come_along_and_programs_do_not(archive: MailList) -> None:
    parts = (
        "--b\nContent-Type: text/plain\n\nSee the log.\n"
        '--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename="router.log"\n\nline one\n'
        '--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="a.exe"\n\nMZ\n--b--'
    )
    archive.write(mail(1, body=parts, headers=["MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b"]))
    told = archive.load()
    (file,) = Attachment.objects.all()
    assert (file.name, file.thread_id) == ("router.log", Thread.objects.get().pk)
    assert file.get_absolute_url() in Thread.objects.get().body
    assert "1 files left out" in told


def test_a_file_that_is_no_mbox_ends_the_command(archive: MailList) -> None:
    archive.put(b"id,title\n1,2\n")
    with pytest.raises(CommandError, match="is no mbox"):
        archive.load()
