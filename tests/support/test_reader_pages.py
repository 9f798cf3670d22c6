"""At the door where pages tell of their readers: who is counted, who is asked, and what nobody can learn or spoil."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from community import clock
from community.accounts.visitors import COOKIE
from community.actions import solutions
from community.actions.limits import LIMITS, Limit, Limits
from community.models import Brand, Prompt, Thread, User, Visitor
from community.roles import Role
from support.gathering import GATHERED
from support.models import Intent, SolvedRating, Survey, SurveyWords, View
from tests.browser.reading_on import agrees, counting
from tests.factories import agent, board, moderator, person, reply, thread
from tests.support.reading_people import everybody_is_drawn, key_of, nobody_is_drawn, peer_solved, solved_for

pytestmark = pytest.mark.django_db

OURS = {"Origin": "http://testserver", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture(autouse=True)
def on() -> None:
    counting(Brand.Counting.ON)
    nobody_is_drawn()


def browser_of(reader: User | None = None, **headers: str) -> Client:
    client = Client(headers=OURS | headers)
    if reader is not None:
        client.force_login(reader)
    return client


def tells(client: Client, about: Thread, stood: object = 10, **fields: Any) -> Any:
    return client.post("/reading/seen/", {"thread": about.pk, "stood": stood, **fields})


def token_in(answer: Any) -> str:
    found = re.search(r'name="token" value="([0-9a-f-]{36})"', answer.content.decode())
    assert found is not None
    return found[1]


# Who is counted -------------------------------------------------------------------------------------------------------
def test_a_visitor_is_counted_under_the_key_of_a_cookie_and_a_member_under_their_number() -> None:
    about, mia, client = peer_solved(), person("mia"), browser_of()
    for _twice in range(2):
        answer = tells(client, about)
        assert (answer.status_code, answer["Dwell"], answer["Cache-Control"]) == (204, "10", answer["Cache-Control"])
        assert "no-store" in answer["Cache-Control"]
    tells(browser_of(mia), about)
    assert Visitor.objects.count() == 1
    assert set(View.objects.values_list("person_key", flat=True)) == {Visitor.objects.get().key, key_of(mia)}


@pytest.mark.parametrize("role", [Role.AGENT, Role.MODERATOR, Role.ADMIN])
def test_staff_are_not_counted(role: str) -> None:
    assert tells(browser_of(person("", role)), peer_solved()).status_code == 204
    assert not View.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "Mozilla/5.0 (Linux) Chrome/120 Safari/537.36 Chrome-Lighthouse"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": ""},
        {"Sec-Purpose": "prefetch;prerender"},
        {"DNT": "1"},
        {"Sec-GPC": "1"},
    ],
)
def test_machines_and_whoever_wants_no_tracking_are_not_counted_and_get_no_cookie(headers: dict[str, str]) -> None:
    client = browser_of(**headers)
    assert tells(client, peer_solved()).status_code == 204
    assert not View.objects.exists()
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_cannot_have_its_visitors_counted_here(headers: dict[str, str]) -> None:
    client = Client(headers=OURS | headers, enforce_csrf_checks=True)
    assert tells(client, peer_solved()).status_code == 403
    assert not View.objects.exists() and not Visitor.objects.exists()


def test_only_solved_threads_that_this_person_may_see_are_counted() -> None:
    members, now = board(audience="signed_in"), clock.now()
    unseen, unsolved, seen = peer_solved(on=members), thread(), peer_solved()
    ways = f"{unseen.pk}.5 {unsolved.pk}.6 {2**62}.7 {seen.pk}.86400"
    assert tells(browser_of(), unseen, earlier=ways).status_code == 204
    found = View.objects.get()
    assert found.thread_id == seen.pk
    assert timedelta(hours=23) < now - found.occurred_at < timedelta(hours=25)
    tells(browser_of(person()), unseen)
    assert View.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"thread": ""},
        {"thread": "1e3"},
        {"thread": "9" * 30},
        {"stood": "-1"},
        {"stood": "soon"},
        {"stood": "9" * 400},
        {"earlier": "1"},
        {"earlier": "1.2\x00"},
        {"earlier": "1.2 " * 21},
        {"earlier": "٣.٣"},
        {"earlier": "x" * 100_000},
    ],
)
def test_what_no_page_of_ours_tells_is_refused(wrong: dict[str, str]) -> None:
    sent = {"thread": "1", "stood": "10"} | wrong
    assert browser_of().post("/reading/seen/", sent).status_code == 400
    assert not Visitor.objects.exists()


def test_a_script_that_lost_its_patience_is_told_to_wait(usual_limits: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "beacon", Limits("Slowly.", address=(Limit(3, 600),)))
    client, about = browser_of(), peer_solved()
    assert [tells(client, about).status_code for _time in range(5)] == [204, 204, 204, 429, 429]


def test_a_view_costs_a_known_reader_no_write_in_the_request(settings: Any, django_assert_max_num_queries: Any) -> None:
    about, client = peer_solved(), browser_of()
    tells(client, about)
    settings.VIEWS_GATHERED_FOR = 600
    with django_assert_max_num_queries(7) as asked:
        tells(client, about)
    assert GATHERED.write() == 1
    assert [each["sql"] for each in asked.captured_queries if not each["sql"].startswith(("SELECT", "EXECUTE"))] == []


# Who is asked ---------------------------------------------------------------------------------------------------------
def test_a_reader_who_is_drawn_answers_in_two_taps_and_says_a_sentence() -> None:
    everybody_is_drawn()
    client = browser_of()
    shown = tells(client, peer_solved())
    assert shown.status_code == 200 and b"Did this solve it for you?" in shown.content
    token = token_in(shown)
    assert client.post("/reading/survey/", {"token": token, "did": "shown"}).status_code == 204
    told = client.post("/reading/survey/", {"token": token, "did": "answer", "solved": "yes", "instead": "email"})
    assert b"Thank you, that was all." in told.content
    words = {"token": token, "did": "words", "words": "It spared me a call.", "may_be_shown": "1"}
    assert client.post("/reading/survey/", words).status_code == 200
    assert client.post("/reading/survey/", words | {"words": "a\x00b"}).status_code == 400
    survey = Survey.objects.get()
    assert (survey.is_solved, survey.instead) == (True, "email")
    assert (SurveyWords.objects.get().text, SurveyWords.objects.get().may_be_shown) == ("It spared me a call.", True)
    assert tells(client, peer_solved()).status_code == 204


def test_a_survey_is_its_readers_own_and_nobody_learns_whether_it_is_there() -> None:
    everybody_is_drawn()
    token = token_in(tells(browser_of(), peer_solved()))
    sent = {"did": "answer", "solved": "yes", "instead": "phone"}
    stranger = browser_of()
    answers = [stranger.post("/reading/survey/", sent | {"token": each}) for each in (token, str(uuid4()))]
    assert [each.status_code for each in answers] == [200, 200]
    assert Survey.objects.get().answered_at is None
    for wrong in ({"token": "x"}, {"instead": "fax"}, {"solved": "perhaps"}, {"did": "all"}, {"instead": ""}):
        assert stranger.post("/reading/survey/", {"token": token} | sent | wrong).status_code == 400


def test_a_survey_needs_the_token_of_its_page() -> None:
    client = Client(headers=OURS, enforce_csrf_checks=True)
    assert client.post("/reading/survey/", {"token": str(uuid4()), "did": "shown"}).status_code == 403


def test_where_the_site_asks_first_nothing_is_kept_before_a_yes() -> None:
    counting(Brand.Counting.ASK)
    everybody_is_drawn()
    about, client = peer_solved(), browser_of()
    assert b"data-consent" in tells(client, about).content
    assert COOKIE not in client.cookies and not View.objects.exists() and not Survey.objects.exists()
    client.post("/counting/", {"counting": "no"})
    assert tells(client, about).status_code == 204
    assert not View.objects.exists()
    client.post("/counting/", {"counting": "yes"})
    assert b"data-asking" in tells(client, about).content
    assert View.objects.count() == 1


# What somebody came for, and how it went ------------------------------------------------------------------------------
def test_whoever_asked_is_offered_one_tap_on_the_page_they_land_on() -> None:
    ida = agrees(person("ida"))
    client, about = browser_of(ida), thread(ida)
    page = client.get(about.get_absolute_url()).content.decode()
    assert "data-asked" in page and f'data-came-for="/threads/{about.pk}/came-for/"' in page
    offered = client.post(f"/threads/{about.pk}/came-for/", {"moment": "asked"})
    assert b"without this community" in offered.content
    said = client.post(f"/threads/{about.pk}/came-for/", {"instead": "phone"}, headers={"HX-Request": "true"})
    assert b"Thank you" in said.content
    assert Intent.objects.get().instead == "phone"
    assert client.post(f"/threads/{about.pk}/came-for/", {"moment": "asked"}).status_code == 204
    with clock.at(clock.now() + timedelta(hours=2)):
        assert "data-asked" not in client.get(about.get_absolute_url()).content.decode()


def test_whoever_says_no_to_being_counted_is_not_asked_what_they_came_for() -> None:
    ida = person("ida")
    client, about = browser_of(ida), thread(ida)
    client.post("/counting/", {"counting": "no"})
    assert client.post(f"/threads/{about.pk}/came-for/", {"moment": "asked"}).status_code == 204
    assert not Intent.objects.exists() and not Prompt.objects.exists()


def test_after_this_solved_it_only_those_with_the_problem_are_asked() -> None:
    about, mia = peer_solved(), person("mia")
    solved_for(mia, about)
    assert browser_of(mia).post(f"/threads/{about.pk}/came-for/", {"moment": "helped"}).status_code == 200
    assert browser_of(person()).post(f"/threads/{about.pk}/came-for/", {"moment": "helped"}).status_code == 204


@pytest.mark.parametrize("wrong", [{}, {"moment": "asked", "instead": "phone"}, {"moment": "x"}, {"instead": "a\x00"}])
def test_half_a_tap_is_refused(wrong: dict[str, str]) -> None:
    ida = person("ida")
    about = thread(ida)
    assert browser_of(ida).post(f"/threads/{about.pk}/came-for/", wrong).status_code == 400


def test_the_asker_of_a_solved_question_says_how_it_went() -> None:
    ida = person("ida")
    about = peer_solved(ida)
    client = browser_of(ida)
    assert f'data-went="/threads/{about.pk}/went/"' in client.get(about.get_absolute_url()).content.decode()
    assert b"How did it go?" in client.post(f"/threads/{about.pk}/went/", {"offer": "1"}).content
    said = client.post(f"/threads/{about.pk}/went/", {"score": "4", "words": "Within the hour."})
    assert said.status_code == 303
    assert (SolvedRating.objects.get().score, SolvedRating.objects.get().words) == (4, "Within the hour.")
    for wrong in ({"score": "9"}, {"score": ""}, {"score": "4", "words": "a\x00"}):
        assert client.post(f"/threads/{about.pk}/went/", wrong).status_code == 400
    assert client.post(f"/threads/{about.pk}/went/", {"offer": "1"}).status_code == 204


def test_one_budget_holds_for_all_of_them() -> None:
    ida = person("ida")
    about, client = thread(ida), browser_of(ida)
    assert client.post(f"/threads/{about.pk}/came-for/", {"moment": "asked"}).status_code == 200
    solutions.accept(actor=ida, answer_id=reply(about).pk)
    assert client.post(f"/threads/{about.pk}/went/", {"offer": "1"}).status_code == 204
    everybody_is_drawn()
    assert tells(client, peer_solved()).status_code == 204
    assert Prompt.objects.filter(outcome=Prompt.Outcome.ASKED).count() == 1


# The page -------------------------------------------------------------------------------------------------------------
def test_a_visitors_page_is_the_same_for_everybody_and_holds_nothing_personal() -> None:
    about, client = peer_solved(), browser_of()
    page = client.get(about.get_absolute_url())
    mark = re.search(r"<div hidden data-reading[^>]*>", page.content.decode())
    assert mark is not None
    assert mark[0] == f'<div hidden data-reading data-thread="{about.pk}" data-seen="/reading/seen/">'
    assert not page.cookies and COOKIE not in client.cookies


def test_what_is_not_solved_or_not_in_sight_has_no_mark_and_staff_have_none() -> None:
    about, unsolved = peer_solved(), thread()
    assert "data-reading" not in browser_of().get(unsolved.get_absolute_url()).content.decode()
    for colleague in (agent(), moderator()):
        assert "data-reading" not in browser_of(colleague).get(about.get_absolute_url()).content.decode()
