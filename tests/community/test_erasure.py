"""Closing an account for good: whoever looks afterwards finds everything they built on, and nobody's name."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from community import clock
from community.accounts.sessions import SessionStore
from community.actions import answers, erasure, invitations, solutions, thanks, threads
from community.actions.attachments import add_attachment
from community.actions.drafts import save_draft
from community.actions.erasure import erase
from community.actions.record import record_audit
from community.care.forgotten import entries
from community.content.markdown import quote
from community.errors import NotAllowed, NotThere, Refused
from community.integrity import violations
from community.mails.outbox import store
from community.models import (
    Answer,
    Attachment,
    AuditEntry,
    ChangeRow,
    Draft,
    Erasure,
    ErasureWords,
    ImportedIdentity,
    Invitation,
    Mail,
    Notification,
    OldAddress,
    Revision,
    Solution,
    Thread,
    ThreadEvent,
    User,
    Vote,
    Watch,
)
from community.notices.fanout import fan_out_all
from community.notices.gathering import gather_all
from community.personal.erasing import PORTION, erase_again, finish_erasures
from community.roles import Role
from tests.community.accounts import member, sign_in, signed_in_as
from tests.community.dumping import rows, traces_left
from tests.factories import admin, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)

NAME, LOGIN, ADDRESS = "Zsofia Quintanilla", "zsofiaq77", "zsofia.q@private-mail.example"


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.OUTBOX_DIR = tmp_path / "data" / "outbox"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.MEDIA_ROOT.mkdir(parents=True)


@pytest.fixture
def zsofia() -> User:
    return member(LOGIN, email=ADDRESS, display_name=NAME, about=f"I am {NAME} of Miskolc-Ujvaros.")


def gone(who: User) -> None:
    """Closed by themselves, to the end."""
    erase(actor=who, person_id=who.pk)
    finish_erasures()


def a_life(who: User, ben: User) -> dict[str, str]:
    """Twelve traces and more: what each is, and the words that must not be left."""
    boss = admin("boss")
    with clock.at(clock.now() - timedelta(hours=3)):
        asked = thread(who, title="The light is red", body=f"Call me: {ADDRESS}. Yours, {NAME}\n\nsecondrevision77")
        threads.edit_thread(
            actor=who,
            thread_id=asked.pk,
            version=1,
            title=asked.title,
            body=asked.body.replace("secondrevision77", "x"),
        )
        other = thread(ben, title="My own light is blue", body=f"As @{LOGIN} says. Thanks to {NAME}!")
        told = reply(other, who, "Hold the button.")
        solutions.accept(actor=ben, answer_id=told.pk)
        thanks.vote(actor=who, answer_id=reply(asked, ben, f"See [her](/people/{LOGIN}/).").pk)
        quoted = quote(NAME, f"/threads/{other.pk}/answers/1/", "Hold the button.")
        second = reply(other, ben, f"{quoted}That works. Ask {ADDRESS.upper()} for more.")
        answers.edit_answer(actor=ben, answer_id=second.pk, version=1, body=f"{second.body} Bye!")
    save_draft(actor=who, place="ask", title="planteddraft77", body="nobody reads this")
    save_draft(actor=ben, place="ask", title="A question", body=f"@{LOGIN} knows it")
    record_audit("looked_at", actor=boss, target=who, note="plantednote77 behaves oddly")
    record_audit("locked", actor=boss, target=asked, note=f"{NAME} wished it")
    identity = ImportedIdentity.objects.create(
        source="old",
        external_id=f"old-{LOGIN}",
        name="Zsofia plantedidentity77",
        address_key="zq@oldsite.example",
        user=who,
    )
    OldAddress.objects.create(path=f"/users/12/{LOGIN}", person=who)
    assert identity.pk
    invited = invitations.invite(actor=boss, address="plantedinvitation77@example.org")
    Invitation.objects.filter(pk=invited.pk).update(accepted_by=who, accepted_at=clock.now())
    loose = add_attachment(actor=who, upload=SimpleUploadedFile("plantedfile77.txt", b"plantedcontents77"))
    assert loose.pk
    file = add_attachment(actor=who, upload=SimpleUploadedFile(f"{LOGIN}-log.txt", f"user={LOGIN}".encode()))
    reply(other, who, f"My log: [file]({file.get_absolute_url()})")
    fan_out_all()
    gather_all()
    browser = Client(headers={"user-agent": "plantedbrowser77"})
    sign_in(browser, LOGIN)
    half = SessionStore()
    half["account_login"] = {"email": ADDRESS}
    half.create()
    store(f"To: {ADDRESS}\nSubject: hello\n\nplantedmail77\n".encode())
    (Path(settings.DATA_DIR) / "site.log").write_text(
        f"GET /search/?q=red+{LOGIN}\nGET /search/?q=plain\n{ADDRESS} in\n"
    )
    return {
        "name": NAME,
        "login name": LOGIN,
        "address": ADDRESS,
        "about": "Miskolc-Ujvaros",
        "earlier wording": "secondrevision77",
        "draft": "planteddraft77",
        "note of staff": "plantednote77",
        "imported name": "plantedidentity77",
        "address of the old site": "zq@oldsite.example",
        "invitation": "plantedinvitation77",
        "file of no post": "plantedfile77",
        "its contents": "plantedcontents77",
        "browser": "plantedbrowser77",
        "mail": "plantedmail77",
    }


def test_no_trace_is_left_in_a_dump_the_files_or_the_logs(zsofia: User) -> None:
    ben = person("ben")
    traces = a_life(zsofia, ben)
    assert sorted(traces_left(traces)) == sorted(traces), "each of them was there"
    gone(zsofia)
    assert traces_left(traces) == []
    assert list(violations()) == []
    assert not ErasureWords.objects.exists()
    assert [(one.kind, one.id) for one in entries()] == [("person", zsofia.pk)], "for backups that are restored later"


def test_what_others_built_on_stays(zsofia: User) -> None:
    ben = person("ben")
    a_life(zsofia, ben)
    before = (
        Thread.objects.count(),
        Answer.objects.count(),
        Solution.objects.filter(withdrawn_at=None).count(),
        Vote.objects.count(),
        ThreadEvent.objects.count(),
        AuditEntry.objects.exclude(verb="erased").count(),
        list(Thread.objects.order_by("pk").values_list("answer_count", "me_too_count", "state")),
    )
    gone(zsofia)
    after = (
        Thread.objects.count(),
        Answer.objects.count(),
        Solution.objects.filter(withdrawn_at=None).count(),
        Vote.objects.count(),
        ThreadEvent.objects.count(),
        AuditEntry.objects.exclude(verb="erased").count(),
        list(Thread.objects.order_by("pk").values_list("answer_count", "me_too_count", "state")),
    )
    assert before == after
    helped = Thread.objects.get(title="My own light is blue")
    assert "As Former member says. Thanks to Former member!" in helped.body
    assert LOGIN not in helped.body_html and 'class="mention"' not in helped.body_html
    answer = Answer.objects.get(thread=helped, position=2)
    assert answer.body.startswith("> [**Former member**](")
    page = Client().get(helped.get_absolute_url()).content.decode()
    assert "Former member" in page and "Hold the button." in page


def test_nobody_signs_in_and_nobody_is_found_any_more(zsofia: User) -> None:
    browser = Client()
    sign_in(browser, LOGIN)
    erase(actor=zsofia, person_id=zsofia.pk)
    assert signed_in_as(browser) is None, "at once, before the job"
    again = Client()
    sign_in(again, LOGIN)
    assert signed_in_as(again) is None
    assert Client().get(f"/people/{LOGIN}/").status_code == 404
    assert not EmailAddress.objects.exists() and not UserSession.objects.exists()
    sent = mail.outbox[-1]
    assert sent.to == [ADDRESS] and "is closed" in sent.subject
    assert not Mail.objects.filter(recipient=zsofia).exists()


def test_the_name_is_free_for_somebody_else_and_the_address_too(zsofia: User) -> None:
    gone(zsofia)
    new = member(LOGIN, email=ADDRESS)
    assert new.pk != zsofia.pk
    assert not Thread.objects.filter(asker=new).exists()


def test_waiting_notices_and_their_mails_go(zsofia: User) -> None:
    asked = thread(zsofia)
    reply(asked, person("ben"))
    fan_out_all()
    gather_all()
    assert Mail.objects.filter(recipient=zsofia, settled_at=None).exists()
    erase(actor=zsofia, person_id=zsofia.pk)
    assert not Mail.objects.filter(recipient=zsofia).exists()
    assert not Notification.objects.filter(recipient=zsofia).exists()
    assert not Watch.objects.filter(person=zsofia).exists()
    assert not Draft.objects.filter(person=zsofia).exists()
    reply(asked, person("cleo"))
    fan_out_all()
    gather_all()
    assert not Mail.objects.filter(recipient=zsofia).exists(), "and no new ones are made"


@pytest.mark.parametrize("who", ["other", "moderator"])
def test_only_the_person_and_administrators_close_an_account(zsofia: User, who: str) -> None:
    actor = moderator() if who == "moderator" else person()
    with pytest.raises(NotAllowed):
        erase(actor=actor, person_id=zsofia.pk)
    assert User.objects.get(pk=zsofia.pk).email == ADDRESS


def test_an_administrator_closes_an_account_on_request_with_a_reason(zsofia: User) -> None:
    boss = admin()
    done = erase(actor=boss, person_id=zsofia.pk, words="Asked by letter.")
    assert done.asked_by == boss
    entry = AuditEntry.objects.get(verb="erased")
    assert (entry.actor, entry.object_id, entry.note.text) == (boss, zsofia.pk, "Asked by letter.")
    with pytest.raises(NotThere):
        erase(actor=boss, person_id=2**40)


def test_the_last_administrator_stays_and_one_of_two_may_go() -> None:
    boss = admin()
    with pytest.raises(Refused):
        erase(actor=boss, person_id=boss.pk)
    second = admin()
    erase(actor=second, person_id=second.pk)
    with pytest.raises(Refused):
        erase(actor=boss, person_id=boss.pk)
    assert Role.ADMIN not in User.objects.with_standing().get(pk=second.pk).roles


def test_closing_twice_is_closing_once(zsofia: User) -> None:
    boss = admin()
    gone(zsofia)
    before = rows()
    assert erase(actor=boss, person_id=zsofia.pk).finished_at is not None
    assert finish_erasures() == 0
    assert erase_again(zsofia.pk) is False
    assert rows() == before
    assert Erasure.objects.count() == 1


def test_after_a_restore_the_person_is_erased_again_to_the_end(zsofia: User) -> None:
    ben = person("ben")
    thread(ben, body=f"@{LOGIN} knows")
    gone(zsofia)
    # the backup knew them still
    Erasure.objects.all().delete()
    User.objects.filter(pk=zsofia.pk).update(
        username=LOGIN, username_key=LOGIN, display_name=NAME, email=ADDRESS, is_active=True, anonymised_at=None
    )
    Thread.objects.update(body=f"@{LOGIN} knows")
    mails = len(mail.outbox)
    assert erase_again(zsofia.pk) is True
    assert traces_left({"name": NAME, "login": LOGIN, "address": ADDRESS}) == []
    assert len(mail.outbox) == mails, "and nobody is written to"
    assert erase_again(2**40) is False


def test_a_common_word_as_a_name_leaves_other_peoples_sentences_alone() -> None:
    red = person("red", display_name="Red")
    ben = person("ben")
    for _number in range(5):
        thread(ben, title="A red light", body="The Red button glows red.")
    with_red = thread(
        ben, title="A red light again", body="Thanks, Red! The red light. @red said so. Red wrote: hold it."
    )
    reply(with_red, red)
    gone(red)
    assert Thread.objects.filter(body="The Red button glows red.").count() == 5
    with_red.refresh_from_db()
    assert with_red.title == "A red light again"
    assert with_red.body == (
        "Thanks, Former member! The red light. Former member said so. Former member wrote: hold it."
    )


def test_rewritten_words_are_told_to_caches_and_to_whoever_is_editing_them(zsofia: User) -> None:
    ben = person("ben")
    other = thread(ben, body=f"@{LOGIN} knows")
    ChangeRow.objects.all().delete()
    gone(zsofia)
    assert ChangeRow.objects.filter(thread_id=other.pk).exists()
    assert ChangeRow.objects.filter(thread_id=None, board_id=None).exists(), "the name stood on many pages"
    assert Thread.objects.get(pk=other.pk).version == 2, "an old form is refused with 409"
    assert not Revision.objects.filter(body__contains=LOGIN).exists()


def test_a_large_account_is_worked_through_in_portions_and_a_killed_worker_goes_on(
    zsofia: User, monkeypatch: Any
) -> None:
    ben, place = person("ben"), board()
    many = [
        Thread(board=place, asker=ben, title=f"Thread {n}", body=f"@{LOGIN} {n}", body_html="", kind="question")
        for n in range(PORTION * 2 + 5)
    ]
    Thread.objects.bulk_create(many)
    erase(actor=zsofia, person_id=zsofia.pk)
    portions: list[str] = []
    save = Erasure.save

    def killed(self: Erasure, **more: Any) -> None:
        save(self, **more)
        portions.append(self.place)
        if len([each for each in portions if each.startswith("words:community.thread|")]) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(Erasure, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        finish_erasures()
    monkeypatch.undo()
    assert Erasure.objects.get().finished_at is None
    assert finish_erasures() == 1
    assert not Thread.objects.filter(body__contains=LOGIN).exists()
    assert Erasure.objects.get().changed >= PORTION * 2 + 5


def test_an_imported_person_who_never_signed_in_is_erased_too() -> None:
    boss = admin()
    placeholder = User.objects.create(username=None, display_name=NAME, is_imported=True, is_active=False, password="!")
    ImportedIdentity.objects.create(source="old", external_id="17", name=NAME, user=placeholder)
    erase(actor=boss, person_id=placeholder.pk)
    finish_erasures()
    identity = ImportedIdentity.objects.get()
    assert (identity.name, identity.external_id) == ("", "17"), (
        "a later import finds nobody there, and makes nobody new"
    )
    assert traces_left({"name": NAME}) == []


def test_sessions_that_only_hold_a_typed_address_go_too(zsofia: User) -> None:
    half, other = SessionStore(), SessionStore()
    half["account_login"] = {"email": ADDRESS}
    other["account_login"] = {"email": "x" + ADDRESS}
    half.create()
    other.create()
    gone(zsofia)
    assert list(Session.objects.values_list("session_key", flat=True)) == [other.session_key]


def test_of_every_column_of_an_account_it_is_said_what_becomes_of_it() -> None:
    decided = [*erasure.BLANK, *erasure.NOTHING, *erasure.NO, *erasure.WRITTEN, *erasure.KEPT]
    assert sorted(decided) == sorted(field.name for field in User._meta.concrete_fields)


def test_jobs_hold_no_name(zsofia: User) -> None:
    erase(actor=zsofia, person_id=zsofia.pk)
    assert Attachment.objects.count() == 0
    words = Erasure.objects.get().words.names
    assert json.dumps(words).count(LOGIN) == 1, "what is looked for is kept while it is looked for, and only there"
