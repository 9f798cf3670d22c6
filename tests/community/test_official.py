"""What a company says in public: marked by staff, and where a board asks for it read by a second person first."""

from typing import Any

import pytest
from django.test import Client

from community.actions import official, settling
from community.actions.answers import answer, edit_answer
from community.errors import NotAllowed, NotThere, PrivateData, Refused
from community.integrity import violations
from community.models import Answer, AuditEntry, Decision, Notification, Review, Thread, ThreadEvent
from community.notices.fanout import fan_out_all
from tests.factories import admin, agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def careful() -> Any:
    return board("Routers", approves_official=True)


def test_staff_mark_their_own_answers_and_everybody_sees_it(client: Client) -> None:
    asked, gwen = thread(), agent("gwen")
    client.force_login(gwen)
    assert 'name="is_official"' in client.get(asked.get_absolute_url()).content.decode()
    client.post(f"/threads/{asked.pk}/answer/", {"body": "A new version comes on Monday.", "is_official": "on"})
    given = Answer.objects.get()
    assert given.official_by == gwen
    client.logout()
    assert "Official answer" in client.get(asked.get_absolute_url()).content.decode()
    assert list(asked.events.values_list("kind", flat=True)) == ["asked", "answered", "official"]
    assert AuditEntry.objects.filter(verb="official", actor=gwen).count() == 1
    official.unmark(actor=gwen, answer_id=given.pk)
    assert "Official answer" not in client.get(asked.get_absolute_url()).content.decode()
    official.mark(actor=gwen, answer_id=given.pk)
    assert Answer.objects.get().official_at is not None
    assert list(violations()) == []


def test_nobody_else_speaks_for_the_company(client: Client) -> None:
    asked, anna = thread(), person("anna")
    half = person("half", "agent", second_factor=False)
    for who in (anna, half):
        with pytest.raises(NotAllowed):
            answer(actor=who, thread_id=asked.pk, body="Trust me.", is_official=True)
        given = reply(asked, who)
        for actor in (who, admin()):
            with pytest.raises(NotAllowed):
                official.mark(actor=actor, answer_id=given.pk)
    client.force_login(anna)
    assert 'name="is_official"' not in client.get(asked.get_absolute_url()).content.decode()
    client.post(f"/threads/{asked.pk}/answer/", {"body": "Trust me.", "is_official": "on", "post_key": "k"})
    assert not Answer.objects.filter(official_at__isnull=False).exists()


def test_where_a_board_asks_for_it_an_official_answer_waits_and_nothing_tells_of_it(
    client: Client, careful: Any
) -> None:
    anna, gwen = person("anna"), agent("gwen")
    asked = thread(anna, careful)
    client.force_login(gwen)
    sent = client.post(f"/threads/{asked.pk}/answer/", {"body": "zqsecretplan, @anna.", "is_official": "on"})
    assert sent["Location"] == "/staff/official/"
    assert "zqsecretplan" in client.get("/staff/official/").content.decode()
    given, asked = Answer.objects.get(), Thread.objects.get()
    assert (given.hidden_for, asked.answer_count, asked.last_position) == ("approval", 0, 1)
    assert list(asked.events.values_list("kind", flat=True)) == ["asked"]
    fan_out_all()
    assert not Notification.objects.exists()
    for who in (anna, person(), agent("otto")):
        client.force_login(who)
        assert "zqsecretplan" not in client.get(asked.get_absolute_url()).content.decode()
    assert list(violations()) == []


@pytest.mark.django_db(transaction=True)  # the follower reads what is committed
def test_a_colleague_approves_and_it_is_posted_at_that_moment(careful: Any) -> None:
    anna, gwen, otto = person("anna"), agent("gwen"), agent("otto")
    asked = thread(anna, careful)
    given = answer(actor=gwen, thread_id=asked.pk, body="It comes on Monday.", is_official=True)
    review = Review.objects.get(kind="official")
    for who in (gwen, anna, person()):
        with pytest.raises((NotAllowed, NotThere)):
            settling.settle(actor=who, review_id=review.pk, choice="approve")
    settling.settle(actor=otto, review_id=review.pk, choice="approve")
    given.refresh_from_db()
    asked.refresh_from_db()
    assert (given.hidden_at, given.official_by, asked.answer_count) == (None, otto, 1)
    assert set(asked.events.values_list("kind", flat=True)) == {"asked", "answered", "official"}
    fan_out_all()
    assert Notification.objects.filter(recipient=anna, event_kind="thread_event").exists()
    assert Decision.objects.get().person == gwen
    assert list(violations()) == []


def test_sent_back_with_a_word_it_is_changed_and_proposed_again(client: Client, careful: Any) -> None:
    gwen, otto = agent("gwen"), agent("otto")
    given = answer(actor=gwen, thread_id=thread(on=careful).pk, body="Tomorrow!", is_official=True)
    review = Review.objects.get()
    with pytest.raises(Refused):  # without a word it does not come back
        settling.settle(actor=otto, review_id=review.pk, choice="send_back")
    settling.settle(actor=otto, review_id=review.pk, choice="send_back", words="No dates, please.")
    client.force_login(gwen)
    assert "No dates, please." in client.get("/staff/official/").content.decode()
    page = client.get(f"/staff/official/{given.pk}/").content.decode()
    assert "Tomorrow!" in page
    assert client.post(f"/staff/official/{given.pk}/", {"body": "Soon.", "version": "9"}).status_code == 409
    assert client.post(f"/staff/official/{given.pk}/", {"body": "a@gmx.de", "version": "1"}).status_code == 422
    assert client.post(f"/staff/official/{given.pk}/", {"body": "Soon.", "version": "1"}).status_code == 303
    assert Review.objects.waiting().get().answer_id == given.pk
    settling.settle(actor=otto, review_id=Review.objects.waiting().get().pk, choice="approve")
    assert Answer.objects.get().body == "Soon."
    with pytest.raises(NotThere):
        official.rewrite(actor=gwen, answer_id=given.pk, version=2, body="Never.")
    assert list(violations()) == []


def test_its_author_may_take_it_back(client: Client, careful: Any) -> None:
    gwen, eve = agent("gwen"), agent("eve")
    given = answer(actor=gwen, thread_id=thread(on=careful).pk, body="Tomorrow!", is_official=True)
    client.force_login(eve)
    assert client.post(f"/staff/official/{given.pk}/take-back/").status_code == 404
    client.force_login(gwen)
    assert client.post(f"/staff/official/{given.pk}/take-back/").status_code == 303
    assert not Review.objects.waiting().exists()
    given.refresh_from_db()
    assert (given.hidden_for, given.hidden_at is None) == ("", False)
    assert not ThreadEvent.objects.filter(kind="answered").exists()
    assert list(violations()) == []


def test_changed_words_lose_the_mark_until_they_were_read_again(careful: Any) -> None:
    gwen, mona = agent("gwen"), moderator("mona")
    given = answer(actor=gwen, thread_id=thread(on=careful).pk, body="On Monday.", is_official=True)
    settling.settle(actor=mona, review_id=Review.objects.get().pk, choice="approve")
    edit_answer(actor=gwen, answer_id=given.pk, version=1, body="On Tuesday.")
    given.refresh_from_db()
    assert (given.hidden_at, given.official_at, given.body) == (None, None, "On Tuesday.")
    settling.settle(actor=mona, review_id=Review.objects.waiting().get().pk, choice="approve")
    given.refresh_from_db()
    assert given.official_by == mona
    easy = answer(actor=gwen, thread_id=thread().pk, body="On Monday.", is_official=True)
    edit_answer(actor=gwen, answer_id=easy.pk, version=1, body="On Tuesday.")
    assert Answer.objects.get(pk=easy.pk).official_at is not None
    assert list(violations()) == []


def test_an_official_answer_is_looked_at_for_private_data_too(careful: Any) -> None:
    with pytest.raises(PrivateData):
        answer(actor=agent(), thread_id=thread(on=careful).pk, body="Write to gwen@gmx.de", is_official=True)
