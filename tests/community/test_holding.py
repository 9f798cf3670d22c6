"""Some posts are looked at before they show: nobody hears of them; released they have all their effects."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from community import clock
from community.actions import answers, holding, moderation, threads
from community.actions.record import lock_thread
from community.errors import EditConflict, NotThere, PrivateData, Refused
from community.integrity import violations
from community.models import Answer, Decision, Hiding, Notification, Review, Thread, ThreadEvent, User, Watch
from community.notices.fanout import fan_out_all
from tests.factories import board, moderator, person, reply, thread

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_is_ever_broken")]

LINKED = "Look at https://elsewhere.example/guide for how @carla did it."


def decide(what: Any, post: Thread | Answer, by: User, **words: Any) -> None:
    """As the queue does: the thread is locked, then released or refused."""
    answer = post if isinstance(post, Answer) else None
    with transaction.atomic():
        held = lock_thread(actor=by, thread_id=post.thread_id if isinstance(post, Answer) else post.pk)
        what(actor=by, thread=held, answer=Answer.objects.get(pk=answer.pk) if answer else None, **words)


@pytest.fixture
def carla() -> User:
    return person("carla")


@pytest.fixture
def held(carla: User) -> Answer:
    """An answer with a link, by somebody new, to a question that asked back."""
    return reply(thread(person("anna")), person("ben"), LINKED)


@pytest.mark.django_db(transaction=True)  # the follower reads what is committed
def test_a_link_of_somebody_new_waits_and_nobody_hears_of_it(held: Answer, carla: User) -> None:
    fan_out_all()
    question = Thread.objects.get(pk=held.thread_id)
    assert (held.hidden_for, held.position, question.last_position) == (Hiding.HELD, 1, 1)
    assert (question.answer_count, question.first_answered_at, question.state) == (0, None, "new")
    assert list(question.events.values_list("kind", flat=True)) == ["asked"]
    assert not Notification.objects.exists()
    assert not Watch.objects.filter(person=held.author).exists()
    review = Review.objects.get()
    assert (review.kind, review.person, review.reasons, review.weight) == ("held", held.author, ["new_links"], 50)
    assert not Answer.objects.visible_to(held.author).filter(pk=held.pk).exists()


@pytest.mark.django_db(transaction=True)  # the follower reads what is committed
def test_released_it_is_as_if_it_were_posted_now(held: Answer, carla: User) -> None:
    with clock.at(clock.now() + timedelta(hours=5)):
        second = reply(held.thread, person(), "Mine shows at once.")
    released_at = clock.now() + timedelta(hours=9)
    with clock.at(released_at):
        decide(holding.release, held, moderator("mo"))
        fan_out_all()
    held.refresh_from_db()
    question = Thread.objects.get(pk=held.thread_id)
    assert (held.hidden_at, held.position, held.answered_at) == (None, 1, released_at)
    assert (question.answer_count, question.last_activity_at) == (2, released_at)
    assert question.first_answered_at == second.answered_at, "the first that anybody could read"
    told = set(Notification.objects.filter(event_kind="thread_event").values_list("recipient__username", "reason"))
    assert {("anna", "asked"), ("carla", "mentioned")} <= told
    assert Watch.objects.filter(person=held.author, thread=question, reason="answered").exists()
    decision = Decision.objects.get()
    assert (decision.outcome, decision.person) == ("released", held.author)
    assert Review.objects.get().outcome == "release"


def test_the_askers_own_word_that_waited_gives_what_was_asked_for_when_it_shows() -> None:
    anna, mo = person("anna"), moderator("mo")
    question = thread(anna)
    threads.request_info(actor=mo, thread_id=question.pk)
    said = reply(question, anna, LINKED)
    assert Thread.objects.get(pk=question.pk).state == "needs_info"
    decide(holding.release, said, mo)
    question.refresh_from_db()
    assert (question.needs_info_at, question.asker_spoke_last) == (None, True)
    assert question.events.filter(kind="info_given").count() == 1


def test_a_question_that_waited_is_asked_at_the_moment_it_shows() -> None:
    asked = thread(person("anna"), body=LINKED, tags=["wifi"])
    assert asked.hidden_for == Hiding.HELD
    assert not Thread.objects.visible_to(asked.asker).exists()
    later = clock.now() + timedelta(hours=3)
    with clock.at(later):
        decide(holding.release, asked, moderator())
    shown = Thread.objects.visible_to(asked.asker).get()
    assert (shown.asked_at, shown.last_activity_at) == (later, later)
    assert Watch.objects.filter(person=asked.asker, thread=asked, reason="asked").exists()
    assert ThreadEvent.objects.get(kind="asked").actor == asked.asker


def test_refused_it_stays_out_of_sight_and_its_author_is_told_why(held: Answer) -> None:
    mo = moderator()
    decide(holding.refuse, held, mo, ground="spam", words="This is advertising.")
    held.refresh_from_db()
    assert held.hidden_for == Hiding.DECIDED
    assert held.hidden_at is not None
    decision = Decision.objects.get()
    assert (decision.outcome, decision.ground, decision.decided_by) == ("refused", "spam", mo)
    with pytest.raises(Refused):
        decide(holding.release, held, mo)


def test_what_was_refused_wrongly_comes_back_with_all_its_effects(held: Answer) -> None:
    mo = moderator()
    decide(holding.refuse, held, mo, ground="spam")
    moderation.restore_answer(actor=mo, answer_id=held.pk)
    assert Thread.objects.get(pk=held.thread_id).answer_count == 1
    assert ThreadEvent.objects.filter(kind="answered", answer=held).count() == 1


def test_nobody_publishes_words_they_have_not_read(held: Answer) -> None:
    holding.rewrite(
        actor=held.author, thread_id=held.thread_id, answer_id=held.pk, version=1, body=f"{LINKED} And more."
    )
    with pytest.raises(EditConflict):
        decide(holding.release, held, moderator(), version=1)
    decide(holding.release, held, moderator(), version=2)


def test_without_its_link_it_shows_at_once(held: Answer) -> None:
    holding.rewrite(actor=held.author, thread_id=held.thread_id, answer_id=held.pk, version=1, body="Hold the button.")
    assert Answer.objects.visible_to(held.author).get().body == "Hold the button."
    assert Review.objects.get().outcome == "changed"


def test_taken_back_it_is_gone_and_stays_gone(held: Answer) -> None:
    holding.take_back(actor=held.author, thread_id=held.thread_id, answer_id=held.pk)
    assert Review.objects.get().outcome == "taken_back"
    with pytest.raises(Refused):
        moderation.restore_answer(actor=moderator(), answer_id=held.pk)


def test_only_its_author_takes_it_back_or_changes_it(held: Answer, carla: User) -> None:
    with pytest.raises(NotThere):
        holding.take_back(actor=carla, thread_id=held.thread_id, answer_id=held.pk)
    with pytest.raises(NotThere):
        holding.rewrite(actor=carla, thread_id=held.thread_id, answer_id=held.pk, version=1, body="Mine now.")


def test_private_data_is_noticed_in_what_waits_too(held: Answer) -> None:
    changed = {"thread_id": held.thread_id, "answer_id": held.pk, "version": 1}
    words = "Write to anna.berg@gmail.com, without a link."
    with pytest.raises(PrivateData):
        holding.rewrite(actor=held.author, body=words, **changed)
    held.refresh_from_db()
    assert (held.body, held.hidden_for) == (LINKED, Hiding.HELD)
    holding.rewrite(actor=held.author, body=words, may_be_public=True, **changed)
    held.refresh_from_db()
    assert (held.body, held.hidden_at) == (words, None)


def test_an_answer_shows_only_with_its_question(held: Answer) -> None:
    mo = moderator()
    moderation.hide_thread(actor=mo, thread_id=held.thread_id)
    with pytest.raises(Refused):
        decide(holding.release, held, mo)


def test_two_clicks_hold_one_post() -> None:
    anna, question = person("anna"), thread()
    first = answers.answer(actor=anna, thread_id=question.pk, body=LINKED, post_key="k")
    again = answers.answer(actor=anna, thread_id=question.pk, body=LINKED, post_key="k")
    assert first.pk == again.pk
    assert Review.objects.count() == 1


def test_whoever_posts_it_is_told_at_once_and_sees_it_where_it_waits(client: Client) -> None:
    anna, where = person("anna"), board("Routers")
    client.force_login(anna)
    words = {"title": "Red light", "body": LINKED, "board": where.slug, "kind": "problem", "post_key": "k"}
    response = client.post(reverse("ask"), words, follow=True)
    text = response.content.decode()
    assert response.redirect_chain == [(reverse("waiting"), 303)]
    assert "A person will look at this first" in text
    assert "It has a link, and you are new here." in text
    assert "elsewhere.example/guide" in text
    assert "waits for a look" in client.get(reverse("inbox")).content.decode()
    asked = Thread.objects.get()
    changed = client.post(
        f"{reverse('change_waiting')}?thread={asked.pk}",
        {"title": "Red light", "body": "It is red.", "version": "1", "tags": "", "product_version": ""},
        follow=True,
    )
    assert "everybody can see it now" in changed.content.decode()
    assert list(violations()) == []


def test_the_list_of_what_waits_costs_the_same_for_one_and_for_many(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    anna = person("anna")
    client.force_login(anna)
    for count in (1, 12):
        while Review.objects.count() < count:
            reply(thread(), anna, f"{LINKED} ({Review.objects.count()})")
        with django_assert_max_num_queries(8):
            page = client.get(reverse("waiting")).content.decode()
        assert page.count("Take it back") == count
