"""Thanks: one per person and thing, taken back the same way, and led back to where one was."""

import pytest
from django.test import Client

from community.actions import moderation, thanks
from community.errors import NotAllowed, NotThere
from community.integrity import violations
from community.models import Answer, Helped, MeToo, Thread, ThreadEvent, Vote, Watch
from tests.factories import moderator, person, reply, thread

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ben(client: Client):
    user = person("ben")
    client.force_login(user)
    return user


def test_a_vote_counts_once_however_often_it_is_pressed(client, ben) -> None:
    said = reply(thread())
    for _ in range(3):
        assert client.post(f"/answers/{said.pk}/vote/").status_code == 303
    said.refresh_from_db()
    assert said.helpful_count == 1
    assert ThreadEvent.objects.filter(kind="voted").count() == 1
    for _ in range(2):
        client.post(f"/answers/{said.pk}/unvote/")
    said.refresh_from_db()
    assert said.helpful_count == 0
    assert ThreadEvent.objects.filter(kind="unvoted").count() == 1
    assert list(violations()) == []


def test_imported_votes_are_kept_beside_the_new_ones(ben) -> None:
    said = reply(thread())
    Answer.objects.filter(pk=said.pk).update(imported_helpful=7, helpful_count=7)
    thanks.vote(actor=ben, answer_id=said.pk)
    said.refresh_from_db()
    assert said.helpful_count == 8
    assert list(violations()) == []


def test_nobody_votes_for_oneself(client, ben) -> None:
    said = reply(thread(), ben)
    for verb in ("vote", "helped"):
        assert client.post(f"/answers/{said.pk}/{verb}/").status_code == 403
    assert not Vote.objects.exists()
    assert not Helped.objects.exists()


def test_hidden_and_missing_answers_take_no_thanks(client, ben) -> None:
    said = reply(thread())
    moderation.hide_answer(actor=moderator(), answer_id=said.pk)
    for verb in ("vote", "unvote", "helped", "accept", "mark"):
        assert client.post(f"/answers/{said.pk}/{verb}/").status_code == 404
        assert client.post(f"/answers/{10**17}/{verb}/").status_code == 404
    with pytest.raises(NotThere):
        thanks.vote(actor=ben, answer_id=said.pk)
    assert not Vote.objects.exists()


def test_this_solved_it_for_me_counts_once_and_for_the_asker_too(client) -> None:
    anna = person()
    client.force_login(anna)
    said = reply(thread(anna))
    for _ in range(2):
        client.post(f"/answers/{said.pk}/helped/")
    said.refresh_from_db()
    assert said.helped_count == 1
    assert list(violations()) == []


def test_me_too_watches_and_taking_it_back_ends_the_watch(client, ben) -> None:
    question = thread()
    for _ in range(2):
        assert client.post(f"/threads/{question.pk}/join/").status_code == 303
    question.refresh_from_db()
    assert question.me_too_count == 1
    assert Watch.objects.get(person=ben).reason == Watch.Reason.ME_TOO
    for _ in range(2):
        client.post(f"/threads/{question.pk}/leave/")
    question.refresh_from_db()
    assert question.me_too_count == 0
    assert not Watch.objects.filter(person=ben).exists()
    assert list(violations()) == []


def test_who_answered_first_keeps_watching_after_taking_me_too_back(ben) -> None:
    question = thread()
    reply(question, ben)
    thanks.join(actor=ben, thread_id=question.pk)
    thanks.leave(actor=ben, thread_id=question.pk)
    assert Watch.objects.get(person=ben).reason == Watch.Reason.ANSWERED


def test_the_asker_does_not_have_the_problem_too_nor_anybody_once_it_is_locked(ben) -> None:
    question = thread(ben)
    with pytest.raises(NotAllowed):
        thanks.join(actor=ben, thread_id=question.pk)
    moderation.lock(actor=moderator(), thread_id=question.pk)
    with pytest.raises(NotAllowed):
        thanks.join(actor=person(), thread_id=question.pk)
    assert not MeToo.objects.exists()


# The doors --------------------------------------------------------------------------------------

THREAD_VERBS = ("join", "leave", "withdraw", "outdated", "request-info", "close", "reopen", "hide", "restore", "lock")
THREAD_VERBS += ("unlock", "move", "retag")
ANSWER_VERBS = ("vote", "unvote", "helped", "accept", "mark", "hide", "restore")


def every_verb(said: Answer) -> list[str]:
    threads = [f"/threads/{said.thread_id}/{verb}/" for verb in THREAD_VERBS]
    return [*threads, *(f"/answers/{said.pk}/{verb}/" for verb in ANSWER_VERBS), "/attachments/add/"]


def test_reading_an_address_changes_nothing(client, ben) -> None:
    for address in [*every_verb(reply(thread())), "/preview/", "/drafts/save/"]:
        for method in (client.get, client.head, client.put, client.delete):
            assert method(address).status_code == 405, address


def test_a_visitor_who_presses_signs_in_first_and_lands_on_the_question() -> None:
    said = reply(thread())
    events = ThreadEvent.objects.count()
    for address in every_verb(said):
        told = Client().post(address)
        assert told.status_code == 303, address
        login, _, back = told["Location"].partition("?next=")
        assert login == "/accounts/login/"
        assert back in (f"/t/{said.thread_id}/", said.get_absolute_url(), "/"), address
    assert ThreadEvent.objects.count() == events


def test_a_verb_without_its_token_is_refused(ben) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ben)
    said = reply(thread())
    for address in every_verb(said):
        assert strict.post(address).status_code == 403, address
    assert not Vote.objects.exists()
    strict.get("/ask/")
    token = strict.cookies["csrftoken"].value
    assert strict.post(f"/answers/{said.pk}/vote/", {"csrfmiddlewaretoken": token}).status_code == 303


def test_a_verb_leads_back_to_where_the_form_says_but_never_off_the_site(client, ben) -> None:
    said = reply(thread())
    address = f"/answers/{said.pk}/vote/"
    assert client.post(address)["Location"] == said.get_absolute_url()
    assert client.post(address, {"next": "/threads/?after=x"})["Location"] == "/threads/?after=x"
    for evil in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/" + "x" * 5000):
        assert client.post(address, {"next": evil})["Location"] == said.get_absolute_url()
        visitor = Client().post(address, {"next": evil})
        assert "evil" not in visitor["Location"]
        assert "javascript" not in visitor["Location"]


def test_a_script_gets_the_button_back_with_the_new_count(client, ben) -> None:
    question = thread()
    said = reply(question)
    voted = client.post(f"/answers/{said.pk}/vote/", headers=HTMX).content.decode()
    assert f'action="/answers/{said.pk}/unvote/"' in voted
    assert 'aria-pressed="true"' in voted
    assert '<span class="vote-count">1</span>' in voted
    taken = client.post(f"/answers/{said.pk}/unvote/", headers=HTMX).content.decode()
    assert '<span class="vote-count"></span>' in taken
    joined = client.post(f"/threads/{question.pk}/join/", headers=HTMX).content.decode()
    assert f'action="/threads/{question.pk}/leave/"' in joined
    assert client.post(f"/threads/{question.pk}/leave/", headers=HTMX).status_code == 200
    assert 'aria-pressed="true"' in client.post(f"/answers/{said.pk}/helped/", headers=HTMX).content.decode()


def test_a_script_is_told_what_is_refused_as_a_fragment_and_sent_to_sign_in(client, ben) -> None:
    said = reply(thread(), ben)
    told = client.post(f"/answers/{said.pk}/vote/", headers=HTMX)
    assert told.status_code == 403
    assert "<html" not in told.content.decode()
    assert "your own answer" in told.content.decode()
    assert Client().post(f"/answers/{said.pk}/vote/", headers=HTMX)["HX-Redirect"].startswith("/accounts/login/")


def test_privileged_words_with_a_verb_do_nothing(client, ben) -> None:
    said = reply(thread())
    other = person()
    client.post(f"/answers/{said.pk}/vote/", {"person": other.pk, "actor": other.pk, "is_staff": "1", "count": "9"})
    assert Vote.objects.get().person == ben
    assert Thread.objects.get().hidden_at is None
