"""What search engines and messengers are told of a page: what everybody may see, under one address."""

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community import clock
from community.actions import answers, moderation, solutions, thanks
from community.actions.brand import update_brand
from community.models import Answer, Brand, Thread, User
from community.reading.found import structured
from community.reading.found.heads import Head, head_html
from community.reading.thread_page import Opened, Place
from tests.community.heads import data_of, head_of, in_public, is_indexed, links, metas
from tests.community.reading import browser_of, many_answers
from tests.factories import admin, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE = """</script><script>alert("1")</script><!-- & ' \u2028 " \\ <img src=x onerror=alert(1)>"""


# A question as search engines read it -------------------------------------------------------------------------------
def test_a_solved_question_has_exactly_one_accepted_answer_and_the_others_are_suggestions() -> None:
    anna, ben = person("anna", display_name="Anna"), person("ben", display_name="Ben")
    question = thread(anna, title="A red light", body="It is **red**.")
    guess, solution = reply(question, ben, "Try *this*."), reply(question, ben, "Hold the button.")
    thanks.vote(actor=anna, answer_id=guess.pk)
    thanks.join(actor=ben, thread_id=question.pk)
    solutions.accept(actor=anna, answer_id=solution.pk)
    told = data_of(question.get_absolute_url())
    asked = told["mainEntity"]
    assert (told["@context"], told["@type"], asked["@type"]) == ("https://schema.org", "QAPage", "Question")
    assert (asked["name"], asked["text"], asked["answerCount"], asked["upvoteCount"]) == (
        "A red light",
        "It is red.",
        2,
        1,
    )
    assert asked["author"] == {"@type": "Person", "name": "Anna", "url": "http://testserver/people/anna/"}
    assert asked["url"] == f"http://testserver{question.get_absolute_url()}"
    accepted, (suggested,) = asked["acceptedAnswer"], asked["suggestedAnswer"]
    assert (accepted["@type"], accepted["text"], accepted["author"]["name"]) == ("Answer", "Hold the button.", "Ben")
    assert (suggested["text"], suggested["upvoteCount"]) == ("Try this.", 1)
    for each, position in ((accepted, 2), (suggested, 1)):
        assert each["url"] == f"http://testserver/threads/{question.pk}/answers/{position}/"
        assert browser_of().get(each["url"]).status_code == 302
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", each["dateCreated"])


def test_an_answered_question_without_a_mark_is_told_with_suggestions_only() -> None:
    question = thread()
    reply(question, None, "One."), reply(question, None, "Two.")
    asked = data_of(question.get_absolute_url())["mainEntity"]
    assert "acceptedAnswer" not in asked
    assert [each["text"] for each in asked["suggestedAnswer"]] == ["One.", "Two."]


def test_a_question_nobody_answered_is_no_page_of_questions_and_answers() -> None:
    assert data_of(thread().get_absolute_url()) is None


@pytest.mark.parametrize("kind", [Thread.Kind.IDEA, Thread.Kind.PRAISE])
def test_an_idea_and_praise_are_told_as_a_discussion_with_its_comments(kind: str) -> None:
    talk = thread(person("anna"), kind=kind, title="A dark mode", body="For the night.")
    reply(talk, person("ben"), "Yes, please.")
    told = data_of(talk.get_absolute_url())
    assert (told["@type"], told["headline"], told["text"]) == (
        "DiscussionForumPosting",
        "A dark mode",
        "For the night.",
    )
    assert told["author"]["name"] and told["datePublished"] and told["commentCount"] == 1
    (comment,) = told["comment"]
    assert (comment["@type"], comment["text"]) == ("Comment", "Yes, please.")
    assert comment["author"]["name"] and comment["datePublished"]


def test_each_page_of_a_long_thread_tells_of_its_own_answers_and_counts_them_all() -> None:
    question = thread()
    many_answers(question, 45, person())
    solutions.accept(actor=question.asker, answer_id=question.answers.get(position=30).pk)
    address = question.get_absolute_url()
    first, second = (data_of(f"{address}{query}")["mainEntity"] for query in ("", "?page=2"))
    assert first["answerCount"] == second["answerCount"] == 45
    assert first["acceptedAnswer"]["text"] == "Answer number 30."
    assert [each["text"] for each in first["suggestedAnswer"]] == [f"Answer number {each}." for each in range(1, 21)]
    # The solution is pointed to from its old place; what is told can be read on the page.
    assert "acceptedAnswer" not in second
    assert len(second["suggestedAnswer"]) == 19
    assert data_of(f"{address}?sort=newest") is None


def test_no_word_of_a_post_ends_the_data_or_becomes_markup() -> None:
    question = thread(person(display_name="</script>Anna"), title=HOSTILE[:190], body=f"`{HOSTILE}`")
    reply(question, None, HOSTILE)
    page = browser_of().get(question.get_absolute_url()).content.decode()
    asked = data_of(question.get_absolute_url())["mainEntity"]
    assert asked["name"] == question.title
    assert asked["author"]["name"] == question.asker.display_name
    assert '</script><script>alert("1")' in asked["text"]
    scripts = re.findall(r"<script[^>]*>", page)
    assert all(" src=" in each or each == '<script type="application/ld+json">' for each in scripts), scripts


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(min_size=1, max_size=60), body=st.text(max_size=120))
def test_whatever_is_written_the_data_is_json_and_stays_in_its_element(title: str, body: str) -> None:
    found = Thread(
        title=title, body_html=f"<p>{body}</p>", kind=Thread.Kind.IDEA, asker=person(), board=board(), language=""
    )
    text = structured.thread_data("http://testserver", Opened(found, (), None, [], "", [], []), Place())
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text)["headline"] == title


def test_what_not_everybody_sees_is_in_nobodys_data() -> None:
    group = Group.objects.create(name="circle")
    boss, member = moderator("boss"), person("member")
    member.groups.add(group)
    member = User.objects.with_standing().get(pk=member.pk)
    question, secret = thread(), thread(member, board("Members", groups=[group]), body="Only for us.")
    hidden, _shown = reply(question, None, "Buy this."), reply(question, None, "Do that.")
    moderation.hide_answer(actor=boss, answer_id=hidden.pk)
    reply(secret, member, "Among us.")
    told = data_of(question.get_absolute_url())
    assert "Do that." in in_public(told)
    assert "Buy this." not in in_public(told)
    for reader in (boss, member):
        head = head_of(secret.get_absolute_url(), browser_of(reader))
        assert "ld+json" not in head
        assert "og:" not in head
        assert metas(head)["robots"] == "noindex"


def test_somebody_who_left_is_named_without_an_address() -> None:
    anna = person("anna")
    question = thread(anna)
    reply(question)
    User.objects.filter(pk=anna.pk).update(anonymised_at=clock.now())
    author = data_of(question.get_absolute_url())["mainEntity"]["author"]
    assert author.keys() == {"@type", "name"}


def test_who_is_signed_in_gets_no_data_because_no_search_engine_signs_in() -> None:
    question = thread()
    reply(question)
    assert data_of(question.get_absolute_url()) is not None
    assert data_of(question.get_absolute_url(), browser_of(person())) is None


# One address for each page ------------------------------------------------------------------------------------------
def test_a_page_has_one_address_whatever_its_order() -> None:
    question = thread()
    many_answers(question, 45, person())
    address = question.get_absolute_url()
    for query, own in {
        "": "",
        "?sort=helpful": "",
        "?sort=newest": "",
        "?page=2": "?page=2",
        "?sort=oldest&page=2": "?page=2",
        "?page=1&utm_source=mail": "",
    }.items():
        assert links(head_of(address + query), "canonical") == [f"http://testserver{address}{own}"], query
    assert links(head_of(f"{address}?page=2"), "prev") == [f"http://testserver{address}"]
    assert links(head_of(f"{address}?page=2"), "next") == [f"http://testserver{address}?page=3"]
    assert links(head_of(f"{address}?page=3"), "next") == []


def test_the_pages_of_a_long_question_have_titles_of_their_own() -> None:
    question = thread()
    many_answers(question, 21, person())
    titles = {re.findall("<title>(.*?)</title>", head_of(question.get_absolute_url() + q))[0] for q in ("", "?page=2")}
    assert len(titles) == 2


@pytest.mark.parametrize(
    "address", ["/", "/boards/", "/threads/", "/tags/", "/ask/", "/accounts/login/", "/people/anna/"]
)
def test_every_page_has_one_address(address: str) -> None:
    thread(person("anna"))
    assert links(head_of(f"{address}?x=1"), "canonical") == [f"http://testserver{address}"]


def test_a_list_has_its_filters_and_its_place_in_its_address_in_one_order() -> None:
    here, asker = board("Routers"), person()
    for _each in range(31):
        thread(asker, here)
    head = head_of("/threads/?kind=problem&state=new&board=routers")
    assert links(head, "canonical") == ["http://testserver/threads/?board=routers&kind=problem&state=new"]
    older = re.findall(r'rel="next" href="([^"]*)"', browser_of().get("/boards/routers/").content.decode())[0]
    assert links(head_of(f"/boards/routers/{older}"), "canonical") == [f"http://testserver/boards/routers/{older}"]
    assert not is_indexed(f"/boards/routers/{older}")


# What a messenger shows of a link -----------------------------------------------------------------------------------
def test_a_link_to_a_question_shows_its_title_its_first_words_and_whose_place_it_is() -> None:
    update_brand(actor=admin(), name="Nordwave & Co")
    body = "The router **restarts** every night at three. " + "It began after the last update, and nothing helps. " * 9
    question = thread(title='A "red" light', body=body)
    told = metas(head_of(question.get_absolute_url()))
    assert told["og:title"] == told["twitter:title"] == 'A "red" light'
    assert told["og:description"] == told["description"] == told["twitter:description"]
    assert told["og:description"].startswith("The router restarts every night at three.")
    assert told["og:description"].endswith("…") and len(told["og:description"]) <= 160
    assert told["og:description"][:-1].rsplit(" ", 1)[1] in body
    assert (told["og:site_name"], told["og:type"]) == ("Nordwave & Co", "article")
    assert told["og:url"] == f"http://testserver{question.get_absolute_url()}"
    assert told["og:locale"] == "en_US"
    assert told["twitter:card"] == "summary"
    assert metas(head_of("/"))["og:type"] == "website"


def test_a_board_is_described_by_its_own_words() -> None:
    board("Routers", description="W2 and W3: the line, the wifi.")
    told = metas(head_of("/boards/routers/"))
    assert told["description"] == told["og:description"] == "W2 and W3: the line, the wifi."


def test_the_brands_logo_is_the_picture_of_every_link() -> None:
    head = Head(path="/", title="T", description="D", indexed=True)
    for logo, wanted in (("/brand/logo.png", "https://a.example/brand/logo.png"), ("https://b.example/l.png",) * 2):
        html = head_html("https://a.example", head, brand="B", logo=logo, language="de", for_everybody=True)
        assert metas(html)["og:image"] == wanted
        assert metas(html)["og:locale"] == "de_DE"
    assert "og:image" not in head_html("", head, brand="B", logo="", language="de", for_everybody=True)


def test_a_page_shows_the_logo_that_was_put_in_the_admin() -> None:
    Brand.objects.update_or_create(pk=1, defaults={"logo_file": "brand/l.png", "logo_width": 200, "logo_height": 50})
    address = metas(head_of("/"))["og:image"]
    assert address.startswith("http://testserver/brand-")
    assert address.endswith("logo.png")


def test_the_site_is_named_by_its_own_address_and_never_by_what_a_request_says(settings: Any) -> None:
    question = thread()
    address = question.get_absolute_url()
    settings.SITE_URL = "https://help.example.com"
    for headers in ({}, {"x-forwarded-host": "evil.example"}, {"host": "localhost"}):
        page = browser_of().get(address, headers=headers)
        assert f'<link rel="canonical" href="https://help.example.com{address}">' in page.content.decode()
    assert browser_of().get(address, headers={"host": "evil.example"}).status_code == 400


def test_without_a_name_of_its_own_each_allowed_host_has_a_page_of_its_own() -> None:
    address = thread().get_absolute_url()
    for host in ("testserver", "localhost", "testserver", "localhost"):
        page = browser_of().get(address, headers={"host": host})
        assert links(page.content.decode(), "canonical") == [f"http://{host}{address}"]


# What it costs ------------------------------------------------------------------------------------------------------
def test_a_thousand_answers_are_told_twenty_at_a_time() -> None:
    question = thread()
    many_answers(question, 1000, person())
    told = data_of(question.get_absolute_url())["mainEntity"]
    assert told["answerCount"] == 1000 == Answer.objects.count()
    assert len(told["suggestedAnswer"]) == 20
    answers.answer(actor=question.asker, thread_id=question.pk, body="One more.")
    assert data_of(question.get_absolute_url())["mainEntity"]["answerCount"] == 1001
