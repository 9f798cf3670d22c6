"""Where known issues stand: home, boards, questions, the forms; and what staff do about them on their pages."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import clock
from community.actions import known_issues, thanks
from community.models import DuplicateHint, KnownIssue, KnownIssuePerson, KnownIssueThread, Thread, User
from community.notices.known_issues import tell_all
from community.reading.known_issues import PAGE
from tests.community.reading import browser_of
from tests.factories import agent, board, person, thread

pytestmark = pytest.mark.django_db
TITLE = "Red light since the May update"


def an_issue(actor: User | None = None, **fields: Any) -> KnownIssue:
    fields = {"title": TITLE, "body": "We are on it.", **fields}
    return known_issues.open_issue(actor=actor or agent(), **fields)


def page(path: str, who: User | None = None) -> str:
    return browser_of(who).get(path).content.decode()


# Where people look ------------------------------------------------------------------------------------------------
def test_it_stands_on_home_its_board_and_its_questions_and_leaves_when_it_is_fixed() -> None:
    here, there, boss = board(), board(), agent()
    question = thread(on=here)
    places = ["/", here.get_absolute_url(), "/ask/", question.get_absolute_url(), "/known-issues/"]
    assert not any(TITLE in page(place) for place in places)
    issue = an_issue(boss, board_id=here.pk, thread_ids=[question.pk])
    assert all(TITLE in page(place) for place in places)
    assert TITLE not in page(there.get_absolute_url())
    assert "This is a known issue, and staff are on it" in page(question.get_absolute_url())
    known_issues.fix(actor=boss, issue_id=issue.pk, body="Restart it.")
    assert not any(TITLE in page(place) for place in ("/", here.get_absolute_url(), "/ask/", "/known-issues/"))
    assert "This was a known issue, and it is fixed" in page(question.get_absolute_url())
    assert TITLE in page("/known-issues/?list=settled")


def test_its_feed_tells_the_latest_news_of_what_everybody_may_see() -> None:
    boss = agent()
    issue = an_issue(boss)
    browser = Client()
    first = browser.get("/known-issues/feed/")
    assert TITLE in first.content.decode() and first["Content-Type"].startswith("application/atom+xml")
    assert browser.get("/known-issues/feed/", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    known_issues.update(actor=boss, issue_id=issue.pk, body="A correction comes on Thursday.")
    assert "A correction comes on Thursday." in browser.get("/known-issues/feed/").content.decode()
    an_issue(boss, title="Only for members", board_id=board(audience="signed_in").pk)
    assert "Only for members" not in browser.get("/known-issues/feed/").content.decode()


@pytest.mark.parametrize("who", [None, "member", "staff"])
def test_its_pages_cost_the_same_for_one_and_for_many(who: str | None) -> None:
    boss = agent()
    reader = {None: None, "member": person(), "staff": boss}[who]
    here = board()
    question = thread(on=here)
    issue = an_issue(boss, board_id=here.pk, thread_ids=[question.pk])
    known_issues.update(actor=boss, issue_id=issue.pk, body="News")
    browser, counts = browser_of(reader), list[list[int]]()
    paths = ["/", here.get_absolute_url(), "/known-issues/", issue.get_absolute_url()]
    for _round in range(2):
        for path in paths:
            browser.get(path)  # what is counted at most every ten minutes is counted
        counts.append([_queries(browser, path) for path in paths])
        for number in range(PAGE + 5):
            asked = thread(on=here, title=f"Question {number} of many")
            an_issue(boss, title=f"Issue {number}", board_id=here.pk)
            known_issues.link_threads(actor=boss, issue_id=issue.pk, thread_ids=[asked.pk])
            known_issues.update(actor=boss, issue_id=issue.pk, body=f"News {number}")
    assert counts[0] == counts[1] and max(counts[1]) <= 12


def _queries(browser: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


def test_every_one_of_many_is_reached_by_pages() -> None:
    boss = agent()
    for number in range(PAGE + 5):
        with clock.at(clock.now() - timedelta(hours=100 - number)):
            an_issue(boss, title=f"Issue {number}.")
    first = browser_of().get("/known-issues/")
    second = browser_of().get(f"/known-issues/{first.context['older_url'].partition('/known-issues/')[2]}")
    titles = [issue.title for answer in (first, second) for issue in answer.context["issues"]]
    assert titles == [f"Issue {number}." for number in reversed(range(PAGE + 5))]


# "I have this too" ------------------------------------------------------------------------------------------------
def test_whoever_writes_a_question_is_shown_it_and_presses_in_place_of_asking() -> None:
    issue, anna = an_issue(), person()
    browser, token = browser_of(anna), str(uuid4())
    words = {"title": "Why a red light after the update", "body": "", "surface": "ask", "form_token": token}
    shown = browser.post("/suggestions/", words)
    assert TITLE in shown.content.decode() and f"/known-issues/{issue.pk}/join/" in shown.content.decode()
    assert browser.post("/suggestions/", {**words, "title": "Which cable do I need here"}).status_code == 204
    answer = browser.post(f"/known-issues/{issue.pk}/join/", {**words, "board": "", "tags": ""})
    assert answer.status_code == 303 and answer["Location"] == issue.get_absolute_url()
    assert KnownIssuePerson.objects.get(person=anna).instead_of_asking and not Thread.objects.exists()
    again = browser.post("/suggestions/", words).content.decode()
    assert "You said that you have this too" in again


def test_without_a_script_it_stands_on_the_step_between() -> None:
    here, issue = board(), an_issue()
    browser = browser_of(person())
    form = browser.get("/ask/").context["form"]
    words = {
        "title": "Why a red light after the update",
        "body": "It blinks.",
        "board": here.slug,
        "kind": "problem",
        "post_key": form["post_key"].value(),
        "form_token": str(uuid4()),
        "scriptless": "1",
    }
    step = browser.post("/ask/", words)
    assert step.status_code == 200 and f"/known-issues/{issue.pk}/join/" in step.content.decode()
    assert browser.post("/ask/", {**words, "looked": "1"}).status_code == 303
    assert Thread.objects.count() == 1


def test_a_visitor_signs_in_first_and_lands_on_the_issue() -> None:
    issue = an_issue()
    answer = Client().post(f"/known-issues/{issue.pk}/join/", {"form_token": "x"})
    assert answer.status_code == 303 and f"next=/known-issues/{issue.pk}/" in answer["Location"]
    assert "I have this too" in page(issue.get_absolute_url()) and "<form" not in _main(page(issue.get_absolute_url()))
    anna = person()
    browser = browser_of(anna)
    browser.post(f"/known-issues/{issue.pk}/join/")
    assert not KnownIssuePerson.objects.get(person=anna).instead_of_asking
    assert "every news of it reaches you" in browser.get(issue.get_absolute_url()).content.decode()
    browser.post(f"/known-issues/{issue.pk}/leave/")
    assert not KnownIssuePerson.objects.exists()


def _main(html: str) -> str:
    return html.partition("<main")[2].partition("</main>")[0]


# Staff ------------------------------------------------------------------------------------------------------------
def test_one_press_on_what_rises_makes_a_known_issue_of_it_and_those_like_it() -> None:
    here, boss = board(), agent()
    rising = thread(on=here, title="It only shows a red light")
    like_it, other = thread(on=here, title="Only a red light"), thread(on=here, title="No sound")
    thanks.join(actor=person(), thread_id=rising.pk)
    DuplicateHint.objects.create(thread=like_it, other=rising, likeness=70)
    browser = browser_of(boss)
    listed = _main(browser.get(reverse("rising")).content.decode())
    assert rising.title in listed and like_it.title in listed and other.title not in listed
    answer = browser.post(reverse("rising"), {"of": rising.pk, "thread": [like_it.pk]})
    issue = KnownIssue.objects.get()
    assert answer["Location"] == reverse("edit_known_issue", args=[issue.pk])
    assert (issue.title, issue.board) == (rising.title, here)
    assert set(KnownIssueThread.objects.values_list("thread", flat=True)) == {rising.pk, like_it.pk}
    assert rising.title not in _main(browser.get(reverse("rising")).content.decode())
    assert browser.post(reverse("rising"), {"of": rising.pk})["Location"] == answer["Location"], "a double click"
    assert browser_of(agent()).post(reverse("rising"), {"of": rising.pk}).status_code == 400, "somebody was quicker"
    assert KnownIssue.objects.count() == 1


def test_many_questions_are_looked_over_before_they_are_linked() -> None:
    boss, issue = agent(), an_issue()
    question = thread(title="My box blinks")
    browser, path = browser_of(boss), reverse("link_known_issue", args=[issue.pk])
    looked = browser.post(path, {"named": f"{question.get_absolute_url()}\n999999", "look": "1"})
    assert question.title in looked.content.decode() and not KnownIssueThread.objects.exists()
    assert browser.post(path, {"named": "no question at all"}).status_code == 422
    assert browser.post(path, {"thread": [question.pk], "named": ""}).status_code == 303
    assert KnownIssueThread.objects.in_force().get().thread == question


def test_staff_make_one_from_a_question_change_it_and_tell_how_it_goes_on() -> None:
    boss, question = agent(), thread()
    browser = browser_of(boss)
    offered = browser.get(f"{reverse('new_known_issue')}?thread={question.pk}")
    assert question.title in offered.content.decode()
    words = {"title": TITLE, "body": "We are on it.", "board": question.board.slug, "thread": [question.pk]}
    made = browser.post(reverse("new_known_issue"), words)
    issue = KnownIssue.objects.get()
    assert made["Location"] == issue.get_absolute_url() and issue.board == question.board
    assert browser.post(reverse("new_known_issue"), {**words, "title": ""}).status_code == 422
    edit = reverse("edit_known_issue", args=[issue.pk])
    assert browser.post(edit, {"title": "Red", "body": "Wait.", "version": 1}).status_code == 303
    late = browser.post(edit, {"title": "Green", "body": "Go.", "version": 1})
    assert late.status_code == 409 and "Red" in late.content.decode() and "Green" in late.content.decode()
    tell = reverse("tell_known_issue", args=[issue.pk])
    browser.post(tell, {"body": "Found.", "do": "news"})
    browser.post(tell, {"body": "Restart it.", "do": "fixed"})
    assert browser.post(tell, {"body": "", "do": "back"}).status_code == 400
    told = page(issue.get_absolute_url())
    assert told.index("Restart it.") < told.index("Found.") and tell_all() == 3
