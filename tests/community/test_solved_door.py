"""The two buttons of an answer mail: a GET shows, a POST says it, as the person who got the mail and nobody else."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community import clock
from community.actions import moderation, notices, solutions, threads
from community.actions.duplicates import mark_duplicate
from community.models import Answer, Board, Draft, Solution, Thread, ThreadEvent, User
from community.notices.fanout import fan_out_all
from community.notices.solved import BadToken, not_yet_address, read_token, solved_address
from tests.community.test_notices import told
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna() -> User:
    return person("anna")


@pytest.fixture
def answer(anna: User) -> Answer:
    with clock.at(clock.now() - timedelta(hours=2)):
        return reply(thread(anna, title="The light stays red"), person("ben"), "Hold the button for ten seconds.")


def yes(answer: Answer, who: User | None = None) -> str:
    return urlsplit(solved_address(who or answer.thread.asker, answer)).path


def no(answer: Answer, who: User | None = None) -> str:
    return urlsplit(not_yet_address(who or answer.thread.asker, answer)).path


def is_solved(answer: Answer) -> bool:
    return Solution.objects.filter(answer=answer, withdrawn_at=None).exists()


def was_not_yet(answer: Answer) -> bool:
    return ThreadEvent.objects.filter(answer=answer, kind="not_solved").exists()


def words(client: Client, path: str) -> str:
    """What the page's main part says, on one line."""
    main = client.get(path).content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


# Yes ------------------------------------------------------------------------------------------------------------------
def test_a_program_that_follows_every_link_changes_nothing(client: Client, answer: Answer) -> None:
    before = ThreadEvent.objects.count()
    for path in (yes(answer), no(answer)):
        assert client.get(path).status_code == client.head(path).status_code == 200
        assert client.get(path, headers={"sec-purpose": "prefetch"}).status_code == 200
    assert ThreadEvent.objects.count() == before
    assert not is_solved(answer)


def test_one_press_without_signing_in_accepts_the_answer_as_the_asker(client: Client, answer: Answer) -> None:
    shown = words(client, yes(answer))
    assert "The light stays red" in shown
    assert "Hold the button for ten seconds." in shown
    assert "anna, this is said in your name." in shown
    address = yes(answer)  # each call makes another, second by second
    assert client.post(address).headers["Location"] == address
    solution = Solution.objects.get(answer=answer)
    assert solution.accepted_by_asker
    assert "ben helped you, and now hears that you say thanks." in words(client, yes(answer))
    fan_out_all()
    assert told(answer.author)[-1] == "anna accepted your answer as the solution"


def test_the_press_needs_our_own_form(answer: Answer) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(yes(answer)).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(yes(answer)).content.decode())
    assert token is not None
    assert client.post(yes(answer), {"csrfmiddlewaretoken": token[1]}).status_code == 303
    assert is_solved(answer)


def test_pressing_twice_is_one_solution(client: Client, answer: Answer) -> None:
    for _press in range(2):
        assert client.post(yes(answer)).status_code == 303
    assert Solution.objects.count() == 1


def test_the_token_opens_nothing_else(client: Client, answer: Answer) -> None:
    client.post(yes(answer))
    assert client.get("/inbox/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_page_speaks_the_askers_language(client: Client, answer: Answer) -> None:
    User.objects.filter(pk=answer.thread.asker_id).update(language="de")
    assert '<html lang="de"' in client.get(yes(answer)).content.decode()


# Not yet --------------------------------------------------------------------------------------------------------------
def test_not_yet_is_said_once_and_leads_to_what_is_missing(client: Client, answer: Answer) -> None:
    assert "Not solved yet?" in words(client, no(answer))
    for _press in range(2):
        client.post(no(answer))
    assert was_not_yet(answer)
    assert Thread.objects.get().state == "needs_attention"
    shown = words(client, no(answer))
    assert "What is still missing?" in shown
    assert "Talk to our staff" in shown


def test_what_a_visitor_adds_is_kept_until_they_sign_in(client: Client, answer: Answer) -> None:
    client.post(no(answer))
    page = client.get(no(answer)).content.decode()
    assert f'action="/threads/{answer.thread_id}/answer/"' in page
    response = client.post(f"/threads/{answer.thread_id}/answer/", {"body": "It went red again."})
    assert urlsplit(response.headers["Location"]).path == "/accounts/login/"
    assert Draft.objects.get().body == "It went red again."


def test_what_a_member_adds_is_posted(client: Client, answer: Answer) -> None:
    client.force_login(answer.thread.asker)
    client.post(no(answer))
    client.post(f"/threads/{answer.thread_id}/answer/", {"body": "It went red again.", "post_key": "k"})
    assert answer.thread.answers.filter(author=answer.thread.asker).count() == 1


def test_the_way_to_staff_takes_the_question_along(client: Client, answer: Answer) -> None:
    client.post(no(answer))
    leads = re.search(r'href="(/contact/[^"]+)"', client.get(no(answer)).content.decode())
    assert leads is not None
    assert "The light stays red" in words(client, leads[1].replace("&amp;", "&"))


# Where things stand by then -------------------------------------------------------------------------------------------
def test_another_solution_gives_way_and_the_page_says_so(client: Client, answer: Answer) -> None:
    other = reply(answer.thread, person("carla"))
    solutions.accept(actor=answer.thread.asker, answer_id=other.pk)
    assert "The answer by carla is marked as the solution." in words(client, yes(answer))
    client.post(yes(answer))
    assert is_solved(answer)
    assert not is_solved(other)


def test_who_took_it_back_may_say_it_again(client: Client, answer: Answer) -> None:
    client.post(yes(answer))
    solutions.withdraw(actor=answer.thread.asker, thread_id=answer.thread_id)
    assert "You said so before, and took it back." in words(client, yes(answer))
    client.post(yes(answer))
    assert is_solved(answer)


@pytest.mark.parametrize(
    ("end", "told_them"),
    [
        ("solved", "You said that it is solved"),
        ("locked", "This question is locked"),
        ("closed", "This question is closed"),
        ("merged", "Your question goes on elsewhere"),
        ("hidden", "You cannot see this any more"),
        ("answer hidden", "You cannot see this any more"),
        ("moved", "You cannot see this any more"),
        ("closed account", "Nothing can be said with this link"),
    ],
)
def test_not_yet_says_plainly_why_it_is_too_late(client: Client, answer: Answer, end: str, told_them: str) -> None:
    path, asker = no(answer), answer.thread.asker
    bring_to_an_end(answer, end)
    assert told_them in words(client, path)
    assert client.post(path).status_code in (404, 409, 410)
    assert not was_not_yet(answer)
    if told_them == "You cannot see this any more":
        assert "red" not in words(client, path)
    assert asker.pk


@pytest.mark.parametrize("end", ["hidden", "answer hidden", "moved", "closed account", "merged"])
def test_yes_changes_nothing_that_is_out_of_reach(client: Client, answer: Answer, end: str) -> None:
    path = yes(answer)
    bring_to_an_end(answer, end)
    assert client.post(path).status_code in (404, 409, 410)
    assert not is_solved(answer)


def bring_to_an_end(answer: Answer, end: str) -> None:
    asker, mo, thread_id = answer.thread.asker, moderator(), answer.thread_id
    if end == "solved":
        solutions.accept(actor=asker, answer_id=answer.pk)
    elif end == "closed":
        threads.close(actor=asker, thread_id=thread_id)
    elif end == "merged":
        mark_duplicate(actor=mo, thread_id=thread_id, original_id=thread().pk)
    elif end == "moved":
        Board.objects.filter(pk=answer.thread.board_id).update(audience=Board.Audience.GROUPS)
    elif end == "closed account":
        User.objects.filter(pk=asker.pk).update(is_active=False, anonymised_at=clock.now())
    elif end == "answer hidden":
        moderation.hide_answer(actor=mo, answer_id=answer.pk)
    else:
        (moderation.lock if end == "locked" else moderation.hide_thread)(actor=mo, thread_id=thread_id)


def test_somebody_else_who_is_signed_in_is_told_so_and_can_sign_out(client: Client, answer: Answer) -> None:
    client.force_login(person("dora"))
    address = yes(answer)  # another second, another token
    shown = client.get(address)
    assert shown.status_code == client.post(address).status_code == 403
    assert "You are signed in as dora" in words(client, address)
    assert "red" not in words(client, address)
    assert f"/accounts/logout/?next={address.replace('/', '%2F').replace(':', '%3A')}" in shown.content.decode()
    assert not is_solved(answer)


def test_a_link_shows_nothing_that_its_holder_could_not_see_on_the_site(client: Client, anna: User) -> None:
    inside = board(audience=Board.Audience.SIGNED_IN)
    hidden = reply(thread(anna, on=inside, title="Behind the door"), person("ben"))
    shown = words(client, yes(hidden))
    assert "Behind" not in shown
    assert "ben" not in shown
    client.post(yes(hidden))
    assert is_solved(hidden)
    client.force_login(anna)
    assert "ben helped you" in words(client, yes(hidden))


# Tokens ---------------------------------------------------------------------------------------------------------------
def test_a_link_is_too_old_after_sixty_days_and_says_where_to_go(client: Client, answer: Answer) -> None:
    path = yes(answer)
    with clock.at(clock.now() + timedelta(days=59)):
        assert client.get(path).status_code == 200
    with clock.at(clock.now() + timedelta(days=61)):
        assert client.post(path).status_code == 410
        assert "This link is too old" in words(client, path)
        assert answer.thread.get_absolute_url() in client.get(path).content.decode()
    assert not is_solved(answer)


def test_a_link_is_dead_after_a_new_password(client: Client, answer: Answer) -> None:
    path, asker = yes(answer), answer.thread.asker
    asker.set_password("another horse")
    asker.save()
    assert client.post(path).status_code == 404
    assert "This link does not work any more" in words(client, path)


def test_links_outlive_a_new_secret_key_that_names_the_old_one(client: Client, answer: Answer, settings: Any) -> None:
    path, old = yes(answer), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [old]
    assert client.get(path).status_code == 200


def test_nobody_makes_a_token_from_another_one(client: Client, answer: Answer) -> None:
    token = yes(answer).split("/")[2]
    for wrong in (token[:-1], token[1:], token.upper(), "x" * 5000, "::", ".eJw:1:2", "a:b:c", "é:ü"):
        assert client.get(f"/solved/{wrong}/").status_code == client.post(f"/not-yet/{wrong}/").status_code == 404
        with pytest.raises(BadToken):
            read_token(wrong)


# On the question's own page -------------------------------------------------------------------------------------------
def test_the_asker_says_not_yet_beside_the_answer(client: Client, answer: Answer) -> None:
    client.force_login(answer.thread.asker)
    path = f"/answers/{answer.pk}/not-solved/"
    assert path in client.get(answer.thread.get_absolute_url()).content.decode()
    assert client.post(path).headers["Location"].endswith("#your-answer")
    assert was_not_yet(answer)
    page = client.get(answer.thread.get_absolute_url()).content.decode()
    assert path not in page
    assert "Not yet, you said" in page


def test_the_asker_is_asked_below_the_newest_answer_alone(client: Client, answer: Answer) -> None:
    newest = reply(answer.thread, person())
    client.force_login(answer.thread.asker)
    page = client.get(answer.thread.get_absolute_url()).content.decode()
    assert page.count("Did this solve it?") == 1
    asked = page.split("Did this solve it?")[1].split("</div>")[0]
    assert f"/answers/{newest.pk}/accept/" in asked
    assert f"/answers/{newest.pk}/not-solved/" in asked
    client.post(f"/answers/{newest.pk}/accept/")
    assert "Did this solve it?" not in client.get(answer.thread.get_absolute_url()).content.decode()


def test_nobody_but_the_asker_is_offered_not_yet(client: Client, answer: Answer) -> None:
    client.force_login(answer.author)
    assert "not-solved" not in client.get(answer.thread.get_absolute_url()).content.decode()


# What it costs --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("which", [yes, no])
def test_a_page_costs_the_same_however_long_the_thread(
    client: Client, answer: Answer, which: Callable[[Answer], str]
) -> None:
    path = which(answer)
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(path)
    for number in range(30):
        reply(answer.thread, answer.author, f"Try {number}.")
        notices.watch(actor=person(), thread_id=answer.thread_id)
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few) <= 12
