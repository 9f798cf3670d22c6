"""What people are told of what was decided about their posts: on the site, by mail, without an account."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community import clock
from community.actions import bans, choices, decisions, moderation
from community.integrity import violations
from community.models import Decision, Mail, Notification, User
from community.notices.delivering import deliver_all
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_is_broken() -> Any:
    yield
    assert list(violations()) == []


@pytest.fixture
def anna() -> User:
    made = person("anna", email="anna@example.com")
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def mails() -> list[Any]:
    """What left by now, and an empty box again."""
    deliver_all()
    left = list(outbox.outbox)
    outbox.outbox.clear()
    return left


def test_who_wrote_it_reads_what_happened_why_by_whom_and_how_to_appeal(client: Any, anna: User) -> None:
    question = thread(anna, title="Cheap lamps", body="Buy **here**: shop.example")
    moderation.hide_thread(actor=moderator(), thread_id=question.pk, ground="spam", words="Five links to one shop.")
    (mail,) = mails()
    assert mail.subject.endswith("Your question was hidden")
    assert "Advertising or spam" in mail.body and "Five links to one shop." in mail.body
    assert "shop.example" not in mail.body and "Cheap lamps" not in mail.body
    client.force_login(anna)
    inbox = client.get("/inbox/").content.decode()
    assert "Your question was hidden" in inbox and "Cheap lamps" not in inbox
    decision = Decision.objects.get()
    page = client.get(f"/decisions/{decision.pk}/").content.decode()
    for words in (
        "Advertising or spam",
        "Five links to one shop.",
        "A person from our team",
        "Buy <strong>here",
        "Appeal",
    ):
        assert words in page
    assert "Your question was hidden" in client.get("/decisions/").content.decode()


def test_nobody_else_sees_what_was_decided_about_somebody(client: Any, anna: User) -> None:
    question = thread(anna)
    judge = moderator()
    moderation.hide_thread(actor=judge, thread_id=question.pk, ground="spam")
    page = f"/decisions/{Decision.objects.get().pk}/"
    for who, status in ((None, 302), (person(), 404), (anna, 200), (judge, 200)):
        client.logout()
        if who is not None:
            client.force_login(who)
        assert client.get(page).status_code == status


def test_what_is_hidden_by_a_slip_and_restored_at_once_reaches_nobody_by_mail(anna: User) -> None:
    question, judge = thread(anna), moderator()
    moderation.hide_thread(actor=judge, thread_id=question.pk)
    assert mails() == []
    moderation.restore_thread(actor=judge, thread_id=question.pk)
    assert mails() == []
    with clock.at(clock.now() + timedelta(minutes=10)):
        assert mails() == []
    assert Mail.objects.filter(outcome="empty").count() == 2


def test_a_decision_without_a_reason_waits_for_one_and_leaves_with_it(client: Any, anna: User) -> None:
    question, judge = thread(anna), moderator()
    client.force_login(judge)
    leads = client.post(f"/threads/{question.pk}/hide/", {"next": "/moderation/"})
    decision = Decision.objects.get()
    assert leads["Location"].startswith(f"/decisions/{decision.pk}/?next=")
    assert "Tell the author" in client.get(leads["Location"]).content.decode()
    assert mails() == []
    said = {"ground": "rude", "words": "We are kind here.", "next": "/moderation/"}
    assert client.post(f"/decisions/{decision.pk}/explain/", said)["Location"] == "/moderation/"
    (mail,) = mails()
    assert "We are kind here." in mail.body
    assert client.post(f"/decisions/{decision.pk}/explain/", {"ground": "spam"}).status_code == 403


def test_without_a_reason_it_leaves_after_a_while_all_the_same(anna: User) -> None:
    moderation.hide_thread(actor=moderator(), thread_id=thread(anna).pk)
    with clock.at(clock.now() + decisions.GRACE + timedelta(seconds=1)):
        assert len(mails()) == 1


def test_it_is_told_again_when_it_is_taken_back(client: Any, anna: User) -> None:
    question, judge = thread(anna), moderator()
    answer = reply(question, anna)
    moderation.hide_answer(actor=judge, answer_id=answer.pk, ground="wrong")
    mails()
    moderation.restore_answer(actor=judge, answer_id=answer.pk)
    (mail,) = mails()
    assert mail.subject.endswith("Your answer is back")
    hidden = Decision.objects.get(outcome="hidden")
    assert hidden.undone_by == Decision.objects.get(outcome="restored")
    client.force_login(anna)
    page = client.get(f"/decisions/{hidden.pk}/").content.decode()
    assert "This was taken back" in page and "Appeal</button>" not in page


def test_nobody_is_told_of_what_they_did_to_their_own_post() -> None:
    judge = moderator(email="judge@example.com")
    moderation.hide_thread(actor=judge, thread_id=thread(judge).pk, ground="other")
    assert not Notification.objects.filter(event_kind="decision").exists()
    assert not Mail.objects.filter(kind="decision").exists()


def test_no_choice_of_mails_keeps_a_decision_away(anna: User) -> None:
    choices.stop_all(actor=anna)
    User.objects.filter(pk=anna.pk).update(mail_paused_until=clock.now() + timedelta(days=9))
    moderation.hide_thread(actor=moderator(), thread_id=thread(anna).pk, ground="spam")
    assert len(mails()) == 1


def test_who_was_banned_reads_why_behind_the_link_and_appeals_without_signing_in(client: Any, anna: User) -> None:
    bans.ban(actor=moderator(), person_id=anna.pk, ground="rude", words="Three warnings.")
    decision = decisions.decide(actor=None, outcome="banned", ground="rude", person=anna, words="Three warnings.")
    Mail.objects.exclude(key=f"decision:{decision.pk}").delete()
    (mail,) = mails()
    page = f"/decision/{decisions.token_of(decision)}/"
    assert page in mail.body
    told = client.get(page).content.decode()
    assert "Three warnings." in told and "Appeal" in told
    assert client.post(page, {"words": ""}).status_code == 422
    assert client.post(page, {"words": "It was my brother."}).status_code == 303
    assert "Your appeal waits" in client.get(page).content.decode()
    assert decision.appeals.get().person_id == anna.pk


def test_a_link_of_another_decision_is_no_link(client: Any, anna: User) -> None:
    decision = decisions.decide(actor=None, outcome="banned", person=anna)
    token = decisions.token_of(decision)
    for made_up in (token[:-1], f"{decision.pk + 1}{token[token.index('.') :]}", "1", "\ud800", "é" * 300, "."):
        assert client.get(f"/decision/{made_up.encode('utf-8', 'replace').decode()}/").status_code == 404
    with clock.at(clock.now() + decisions.LINK_FOR + timedelta(days=1)):
        assert client.get(f"/decision/{token}/").status_code == 404


def test_locked_and_opened_and_moved_are_told(client: Any, anna: User) -> None:
    question, judge = thread(anna), moderator()
    moderation.lock(actor=judge, thread_id=question.pk, ground="off_topic")
    assert [mail.subject.partition(": ")[2] for mail in mails()] == ["Your question was locked"]
    moderation.unlock(actor=judge, thread_id=question.pk)
    moderation.move(actor=judge, thread_id=question.pk, board_id=board().pk)
    client.force_login(anna)
    inbox = client.get("/inbox/").content.decode()
    for words in ("Your question was locked", "Your question takes answers again", "Your question was moved"):
        assert words in inbox
    assert len(mails()) == 1  # a move is in the inbox alone


def test_a_page_of_decisions_asks_the_same_of_one_and_of_many(client: Any, anna: User) -> None:
    client.force_login(anna)
    asked, question = [], thread(anna)
    for _round in range(2):
        for _each in range(8):
            decisions.decide(actor=None, outcome="hidden", ground="spam", thread=question, person=anna)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/decisions/").status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 12
