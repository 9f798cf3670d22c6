"""Everything that is kept about somebody, in one archive, for that person alone."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community import clock
from community.actions import answers, measuring, solutions, thanks, threads
from community.actions.attachments import add_attachment
from community.actions.data_exports import TooSoon, ask_for_export, folder, sweep_exports
from community.actions.drafts import save_draft
from community.actions.erasure import erase
from community.actions.record import record_audit
from community.content.markdown import quote
from community.models import DataExport, Thread, User
from community.notices.fanout import fan_out_all
from community.personal.archive import parts_of
from community.personal.exporting import make_exports
from community.personal.kinds import beyond, exceptions, words
from community.personal.schema import label, links_to_people, our_models
from tests.community.accounts import PASSWORD, member, sign_in
from tests.factories import admin, person, reply, thread

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "media"


@pytest.fixture
def anna() -> User:
    return member("anna", display_name="Anna A.")


def lived(anna: User) -> User:
    """Something of every kind, beside somebody whose name and words must not be in the archive."""
    ben = person("bensecretname", display_name="Ben Secretname", email="ben@secret.example")
    with clock.at(clock.now() - timedelta(hours=2)):
        mine = thread(anna, title="Anna's red light", body="annasquestion")
        threads.edit_thread(actor=anna, thread_id=mine.pk, version=1, title=mine.title, body="annaschangedquestion")
        theirs = thread(ben, title="bensthread", body="bensquestion")
        helped = reply(theirs, anna, quote("Ben Secretname", "/t/1/", "quotedbyanna") + "annasanswer")
        solutions.accept(actor=ben, answer_id=helped.pk)
        thanks.vote(actor=anna, answer_id=reply(mine, ben, "bensanswer").pk)
        answers.edit_answer(actor=anna, answer_id=helped.pk, version=1, body=helped.body + " more")
    save_draft(actor=anna, place="ask", title="annasdraft", body="")
    file = add_attachment(actor=anna, upload=SimpleUploadedFile("log.txt", b"annasfile"))
    answers.answer(actor=anna, thread_id=theirs.pk, body=f"[log]({file.get_absolute_url()})")
    measuring.say_consent(actor=anna, is_given=True)
    token = measuring.new_token()
    measuring.open_form(person_key=f"u:{anna.pk}", token=token, surface="ask")
    record_audit("looked_at", actor=admin("boss"), target=anna, note="staffwordsaboutanna")
    fan_out_all()
    return ben


def archive_of(who: User) -> tuple[zipfile.ZipFile, str]:
    """Asked for, made and opened: the archive, and everything in it as one text."""
    ask_for_export(actor=who)
    assert make_exports() == 1
    file = folder() / DataExport.objects.latest("pk").file_name
    opened = zipfile.ZipFile(io.BytesIO(file.read_bytes()))
    return opened, "\n".join(opened.read(name).decode() for name in opened.namelist())


def come(browser: Client) -> None:
    """Anna signs in, and has just said that it is still her."""
    sign_in(browser, "anna")
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})


# What is in it --------------------------------------------------------------------------------------------------------
def test_every_table_that_refers_to_people_is_in_the_archive_or_has_a_reason_not_to_be(anna: User) -> None:
    exported = {part.model for part in parts_of(anna)}
    missing = {
        label(link.model, link.field)
        for link in links_to_people()
        if link.model not in exported and label(link.model, link.field) not in exceptions()
    }
    assert not missing
    known = {label(link.model, link.field) for link in links_to_people()}
    assert set(exceptions()) <= known, "an exception for what is gone"
    assert all(exceptions().values())


def test_of_every_table_with_words_somebody_has_decided_whose_they_are(anna: User) -> None:
    def has_words(model: type[models.Model]) -> bool:
        text = models.CharField | models.TextField | models.JSONField
        columns = [field for field in model._meta.concrete_fields if isinstance(field, text)]
        return any(not field.choices and not field.is_relation for field in columns)

    undecided = {label(part.model) for part in parts_of(anna) if has_words(part.model)} - set(words())
    assert not undecided, f"{sorted(undecided)}: say in community/personal/kinds.py whose words these are"
    assert set(words()) <= {label(model) for model in our_models()}


def test_a_row_of_every_table_that_names_a_person_is_found_by_its_foreign_key(anna: User) -> None:
    """By the schema, and not by a list: whatever foreign key there is, is asked."""
    asked = {part.model: str(part.rows.query) for part in parts_of(anna)}
    for link in links_to_people():
        if label(link.model, link.field) not in exceptions():
            assert f'"{link.field.column}"' in asked[link.model]
    assert {each.model for each in beyond()} <= set(asked)


def test_what_the_person_wrote_and_did_is_in_it_and_other_people_are_nobody(anna: User) -> None:
    lived(anna)
    opened, text = archive_of(anna)
    for own in ("annasquestion", "annaschangedquestion", "annasanswer", "annasdraft", "annasfile", "anna@example.com"):
        assert own in text, own
    assert "quotedbyanna" in text, "what she quoted is hers"
    for foreign in ("bensthread", "bensquestion", "bensanswer", "ben@secret.example", "staffwordsaboutanna"):
        assert foreign not in text, foreign
    assert "bensecretname" not in text
    votes = json.loads(opened.read("vote/vote.json"))
    assert [vote["person"] for vote in votes] == ["you"]
    (question,) = json.loads(opened.read("thread/thread.json"))
    assert (question["asker"], question["body"]) == ("you", "annaschangedquestion")
    assert [row["accepted_by"] for row in json.loads(opened.read("solution/solution.json"))] == ["somebody"]
    assert json.loads(opened.read("formsession/formsession.json"))
    assert json.loads(opened.read("auditentry/auditentry.json"))[-1]["actor"] == "somebody"
    index = opened.read("index.html").decode()
    assert "Your questions" in index and 'href="thread/thread.json"' in index
    assert "<script" not in index


def test_it_holds_nothing_that_lets_somebody_in(anna: User, client: Client) -> None:
    sign_in(client, "anna")
    _opened, text = archive_of(anna)
    assert User.objects.get(pk=anna.pk).password not in text
    assert client.session.session_key not in text
    assert "(kept secret)" in text


def test_a_person_who_did_nothing_gets_an_archive_too(anna: User) -> None:
    opened, _text = archive_of(anna)
    assert {"index.html", "user/user.json", "emailaddress/emailaddress.json"} <= set(opened.namelist())
    assert "thread/thread.json" not in opened.namelist()


# Asking, being told, fetching -----------------------------------------------------------------------------------------
def test_one_asks_is_told_by_mail_and_fetches_it(anna: User, client: Client) -> None:
    come(client)
    assert "Make an archive" in client.get("/settings/data/").content.decode()
    assert client.post("/settings/data/")["Location"] == "/settings/data/"
    assert "about to be made" in client.get("/settings/data/").content.decode()
    make_exports()
    assert mail.outbox[-1].to == ["anna@example.com"] and "/settings/data/" in str(mail.outbox[-1].body)
    page = client.get("/settings/data/").content.decode()
    assert "Your archive is ready" in page and "Make an archive" not in page
    export = DataExport.objects.get()
    answer = client.get(f"/settings/data/{export.pk}/archive.zip")
    assert answer["Content-Type"] == "application/zip" and "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer))).testzip() is None


def test_nobody_else_fetches_it_not_even_an_administrator(anna: User) -> None:
    archive_of(anna)
    there = f"/settings/data/{DataExport.objects.get().pk}/archive.zip"
    assert Client().get(there)["Location"].startswith("/accounts/login/")
    for other in (member("ben"), admin("boss")):
        browser = Client()
        browser.force_login(other)
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert browser.get(there).status_code == 404


def test_a_browser_left_open_neither_asks_nor_fetches(anna: User, client: Client) -> None:
    archive_of(anna)
    client.force_login(anna)
    there = f"/settings/data/{DataExport.objects.get().pk}/archive.zip"
    for response in (client.post("/settings/data/"), client.get(there), client.post("/settings/data/close/")):
        assert response.status_code == 302 and "/reauthenticate/" in response["Location"]
    assert DataExport.objects.count() == 1
    assert User.objects.get(pk=anna.pk).anonymised_at is None


def test_who_has_no_password_signs_in_anew_with_a_code(client: Client) -> None:
    nora = member("nora")
    nora.set_unusable_password()
    nora.save(update_fields=["password"])
    client.force_login(User.objects.get(pk=nora.pk))
    response = client.post("/settings/data/")
    assert response["Location"].startswith("/accounts/login/code/?next=")
    assert not DataExport.objects.exists()


def test_one_a_day_and_one_at_a_time(anna: User) -> None:
    first = ask_for_export(actor=anna)
    assert ask_for_export(actor=anna) == first, "pressing twice asks once"
    make_exports()
    with pytest.raises(TooSoon):
        ask_for_export(actor=anna)
    with clock.at(clock.now() + timedelta(hours=25)):
        assert ask_for_export(actor=anna) != first


def test_after_seven_days_it_is_gone(anna: User, client: Client, django_capture_on_commit_callbacks: Any) -> None:
    archive_of(anna)
    come(client)
    export = DataExport.objects.get()
    file = folder() / export.file_name
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        assert client.get(f"/settings/data/{export.pk}/archive.zip").status_code == 404, "before it is swept, too"
    DataExport.objects.update(ready_at=clock.now() - timedelta(days=7, minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_exports() == 1
    assert not file.exists()
    assert not DataExport.objects.exclude(file_name="").exists()


def test_one_that_cannot_be_made_is_told_and_does_not_count(anna: User, settings: Any) -> None:
    ask_for_export(actor=anna)
    settings.DATA_DIR.mkdir(parents=True)
    (settings.DATA_DIR / "exports").write_text("in the way")
    assert make_exports() == 0
    assert "ask" in mail.outbox[-1].subject
    (settings.DATA_DIR / "exports").unlink()
    ask_for_export(actor=anna)
    assert make_exports() == 1


def test_a_killed_worker_leaves_nothing_that_stays(anna: User) -> None:
    ask_for_export(actor=anna)
    DataExport.objects.update(started_at=clock.now())
    assert make_exports() == 0, "somebody else is at it"
    with clock.at(clock.now() + timedelta(hours=2)):
        assert make_exports() == 1


def test_closing_the_account_takes_archives_along_also_one_that_is_being_made(
    anna: User, django_capture_on_commit_callbacks: Any
) -> None:
    archive_of(anna)
    file = folder() / DataExport.objects.get().file_name
    with django_capture_on_commit_callbacks(execute=True):
        erase(actor=anna, person_id=anna.pk)
    assert not file.exists()
    assert make_exports() == 0


# Closing at the door --------------------------------------------------------------------------------------------------
def test_one_closes_the_account_with_one_tick_and_is_out(anna: User, client: Client) -> None:
    come(client)
    page = client.get("/settings/data/close/").content.decode()
    assert "What goes" in page and "What stays" in page
    assert client.post("/settings/data/close/").status_code == 422
    assert User.objects.get(pk=anna.pk).anonymised_at is None
    response = client.post("/settings/data/close/", {"is_meant": "on"})
    assert (response.status_code, response["Location"]) == (303, "/")
    assert User.objects.get(pk=anna.pk).anonymised_at is not None
    assert client.get("/settings/")["Location"].startswith("/accounts/login/")
    assert Thread.objects.count() == 0


def test_the_pages_ask_the_database_the_same_whatever_there_is(anna: User, client: Client) -> None:
    sign_in(client, "anna")
    client.get("/settings/data/")
    with CaptureQueriesContext(connection) as few:
        client.get("/settings/data/")
    DataExport.objects.bulk_create(DataExport(person=anna, failed_at=clock.now()) for _n in range(300))
    with CaptureQueriesContext(connection) as many:
        client.get("/settings/data/")
    assert len(few) == len(many) <= 12
