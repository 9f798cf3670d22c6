"""Answering: in turn, once, with what was quoted and what was left as a draft."""

import pytest
from django.test import Client

from community.actions import answers, moderation, threads
from community.errors import NotAllowed, NotThere, Refused
from community.forms.answers import answer_form_for
from community.integrity import violations
from community.models import Answer, Attachment, Board, Draft, Thread, ThreadEvent, Watch
from community.roles import Role
from tests.factories import agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(client: Client):
    user = person("ben")
    client.force_login(user)
    return user


def fresh(row: Thread) -> Thread:
    return Thread.objects.get(pk=row.pk)


def test_an_answer_lands_on_its_permalink_and_its_author_watches(client, ben) -> None:
    question = thread()
    said = client.post(f"/threads/{question.pk}/answer/", {"body": "Hold the **button**."})
    made = Answer.objects.get()
    assert (said.status_code, said["Location"]) == (303, made.get_absolute_url())
    assert (made.author, made.position, made.author_role) == (ben, 1, "customer")
    assert "<strong>button</strong>" in made.body_html
    assert Watch.objects.get(person=ben).reason == Watch.Reason.ANSWERED
    assert list(violations()) == []


def test_answers_are_numbered_in_turn_and_state_follows_who_spoke_last() -> None:
    anna = person()
    question = thread(anna)
    assert fresh(question).state == "new"
    assert reply(question, anna).position == 1
    assert fresh(question).state == "new", "the asker alone has not been answered"
    assert reply(question).position == 2
    assert fresh(question).state == "responded"
    reply(question, anna)
    assert fresh(question).state == "needs_attention"
    assert (fresh(question).answer_count, fresh(question).peer_answer_count) == (3, 1)
    assert list(violations()) == []


def test_the_role_at_posting_time_stays_on_the_answer() -> None:
    helper = agent()
    made = reply(thread(), helper)
    helper.groups.clear()
    assert Answer.objects.get(pk=made.pk).author_role == Role.AGENT


def test_staff_without_a_second_factor_answer_as_customers() -> None:
    assert reply(thread(), agent(second_factor=False)).author_role == Role.CUSTOMER


def test_a_double_click_answers_once_and_another_text_is_another_answer(client, ben) -> None:
    question = thread()
    address = f"/threads/{question.pk}/answer/"
    sent = {"body": "Hold the button.", "post_key": "k"}
    assert client.post(address, sent)["Location"] == client.post(address, sent)["Location"]
    client.post(address, sent | {"body": "Or the other one."})
    assert Answer.objects.count() == 2
    assert list(violations()) == []


def test_the_answer_page_quotes_the_question_and_an_answer_that_is_named(client, ben) -> None:
    question = thread()
    said = reply(question, person("carla", display_name="Carla"), "Try\nthis")
    page = client.get(f"/threads/{question.pk}/answer/?quote={said.pk}")
    assert question.body_html in page.content.decode()
    assert page.context["answer_form"]["body"].value() == (
        f"> [**Carla**]({said.get_absolute_url()}):\n>\n> Try\n> this\n\n"
    )


@pytest.mark.parametrize("quote", ["0", "-1", "9" * 30, "x", "", "1e3"])
def test_a_made_up_quote_is_no_quote(client, ben, quote) -> None:
    page = client.get(f"/threads/{thread().pk}/answer/", {"quote": quote})
    assert page.status_code == 200
    assert page.context["answer_form"]["body"].value() == ""


def test_hidden_and_foreign_answers_are_not_quoted(client, ben) -> None:
    question = thread()
    hidden, foreign = reply(question, body="Secret"), reply(thread(), body="Elsewhere")
    moderation.hide_answer(actor=moderator(), answer_id=hidden.pk)
    for named in (hidden, foreign):
        page = client.get(f"/threads/{question.pk}/answer/?quote={named.pk}")
        assert page.context["answer_form"]["body"].value() == ""


def test_a_quote_goes_below_the_draft_and_only_once(ben) -> None:
    question = thread()
    said = reply(question)
    Draft.objects.create(person=ben, place=f"answer:{question.pk}", body="My words so far")
    form = answer_form_for(ben, question, said.pk)
    body = form["body"].value()
    assert body.startswith("My words so far\n\n> [")
    Draft.objects.update(body=body)
    assert answer_form_for(ben, question, said.pk)["body"].value() == body


def test_the_form_costs_one_query_without_a_quote(ben, django_assert_num_queries) -> None:
    question = thread()
    with django_assert_num_queries(1):
        answer_form_for(ben, question)


def test_posting_takes_the_draft_away(client, ben) -> None:
    question = thread()
    Draft.objects.create(person=ben, place=f"answer:{question.pk}", body="My words")
    client.post(f"/threads/{question.pk}/answer/", {"body": "My words"})
    assert not Draft.objects.exists()


# What takes no answers --------------------------------------------------------------------------------------


def test_a_locked_question_takes_no_answer_and_the_words_stay(client, ben) -> None:
    question = thread()
    moderation.lock(actor=moderator(), thread_id=question.pk)
    assert client.get(f"/threads/{question.pk}/answer/").status_code == 403
    said = client.post(f"/threads/{question.pk}/answer/", {"body": "A long answer"})
    assert said.status_code == 403
    assert said.context["answer_form"]["body"].value() == "A long answer"
    assert "no more answers" in said.content.decode()
    assert not Answer.objects.exists()


def test_what_is_out_of_sight_cannot_be_answered(client, ben) -> None:
    secret = thread(moderator(), on=board(audience=Board.Audience.GROUPS))
    hidden = thread()
    moderation.hide_thread(actor=moderator(), thread_id=hidden.pk)
    for question in (secret, hidden):
        assert client.get(f"/threads/{question.pk}/answer/").status_code == 404
        assert client.post(f"/threads/{question.pk}/answer/", {"body": "x"}).status_code == 404
        with pytest.raises(NotThere):
            answers.answer(actor=ben, thread_id=question.pk, body="x")
    assert client.post(f"/threads/{10**17}/answer/", {"body": "x"}).status_code == 404
    assert client.post(f"/threads/{10**30}/answer/", {"body": "x"}).status_code == 404
    assert not Answer.objects.exists()


def test_closed_accounts_and_imported_people_do_not_answer() -> None:
    question = thread()
    for who in (person(is_active=False), person(is_imported=True)):
        with pytest.raises(NotAllowed):
            answers.answer(actor=who, thread_id=question.pk, body="x")


@pytest.mark.parametrize("body", ["", "  \n ", "a\x00", "\ud800", "x" * 30_001])
def test_what_is_no_answer_is_refused_with_nothing_written(body) -> None:
    question = thread()
    events = ThreadEvent.objects.count()
    with pytest.raises(Refused):
        answers.answer(actor=person(), thread_id=question.pk, body=body)
    assert fresh(question).last_position == 0
    assert ThreadEvent.objects.count() == events


def test_privileged_words_in_the_form_do_nothing(client, ben) -> None:
    question = thread()
    extra = {"author": question.asker_id, "position": str(10**9), "author_role": "admin", "helpful_count": "50"}
    client.post(f"/threads/{question.pk}/answer/", {"body": "x", "hidden_at": "2020-01-01", **extra})
    made = Answer.objects.get()
    assert (made.author, made.position, made.author_role) == (ben, 1, "customer")
    assert (made.helpful_count, made.hidden_at) == (0, None)


# Visitors and files --------------------------------------------------------------------------------------


def test_a_visitors_answer_is_kept_until_they_have_signed_in(client) -> None:
    question = thread()
    address = f"/threads/{question.pk}/answer/"
    assert client.get(address).status_code == 200
    said = client.post(address, {"body": "I know this one."})
    assert said.status_code == 303
    assert said["Location"].endswith(f"?next={address}")
    assert not Answer.objects.exists()
    assert client.get(address).context["answer_form"]["body"].value() == "I know this one."


def test_files_named_by_somebody_else_do_not_come_along(client, ben) -> None:
    mine = Attachment.objects.create(uploader=ben, kind="text", name="a.log", content_type="text/plain", size=1)
    other = Attachment.objects.create(uploader=person(), kind="text", name="b.log", content_type="text/plain", size=1)
    body = f"See [a](/attachments/{mine.pk}/a.log) and [b](/attachments/{other.pk}/b.log)."
    client.post(f"/threads/{thread().pk}/answer/", {"body": body, "attachments": [other.pk, "x", "9" * 40]})
    mine.refresh_from_db()
    other.refresh_from_db()
    assert mine.answer == Answer.objects.get()
    assert other.answer is None


# What was asked for --------------------------------------------------------------------------------------


def test_an_asker_who_is_asked_for_more_is_told_and_answers() -> None:
    anna = person()
    question = thread(anna)
    reply(question)
    threads.request_info(actor=moderator(), thread_id=question.pk)
    assert fresh(question).state == "needs_info"
    reply(question)
    assert fresh(question).state == "needs_info", "only the asker can give it"
    reply(question, anna)
    assert fresh(question).state == "needs_attention"
    kinds = list(ThreadEvent.objects.values_list("kind", flat=True).order_by("id"))
    assert kinds[-2:] == ["answered", "info_given"]
    assert list(violations()) == []


def test_editing_the_question_gives_what_was_asked_for_too() -> None:
    anna = person()
    question = thread(anna)
    reply(question)
    threads.request_info(actor=moderator(), thread_id=question.pk)
    threads.edit_thread(actor=anna, thread_id=question.pk, version=1, title="T", body="Now with the model: X1")
    assert fresh(question).state == "needs_attention"
    reply(question)
    assert fresh(question).state == "responded"
    assert list(violations()) == []
