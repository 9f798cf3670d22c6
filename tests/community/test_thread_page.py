"""One thread's page: what stands on it, where it stands and who helps."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from community import clock
from community.actions import answers, escalating, moderation, solutions, threads
from community.models import Answer, Attachment, Thread, User
from tests.community.reading import anchors, browser_of, many_answers, page_of
from tests.factories import agent, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


# What stands there ----------------------------------------------------------------------------------------------------
def test_everybody_reads_question_answers_and_who_wrote_them_without_signing_in() -> None:
    question = thread(person("anna"), title="A red <light>", body="It is **red**.", product_version="4.2", tags=["led"])
    reply(question, person("ben"), "Press _once_.")
    page = page_of(browser_of(), question)
    for text in ("A red &lt;light&gt;", "<strong>red</strong>", "<em>once</em>", "anna", "ben", "4.2", ">led</a>"):
        assert text in page
    assert "<time datetime=" in page
    assert reverse("account_login") in page


def test_the_solution_stands_under_the_question_with_who_accepted_it_and_how() -> None:
    anna = person("anna", display_name="Anna A.")
    question = thread(anna)
    reply(question, person("ben"), "The first guess.")
    solution = reply(question, person("cora"), "The one that works.")
    solutions.accept(actor=anna, answer_id=solution.pk)
    page = page_of(browser_of(), question)
    assert page.index("The one that works.") < page.index("The first guess.")
    assert page.count("The one that works.") == 1
    assert "accepted by Anna A." in page
    assert "Solved by a peer" in page
    assert anchors(page) == [2, 1]
    assert "Solved" not in page_of(browser_of(), thread())


def test_in_other_orders_the_solution_stays_in_its_place() -> None:
    anna = person()
    question = thread(anna)
    for _ in range(3):
        reply(question)
    solutions.accept(actor=anna, answer_id=question.answers.get(position=3).pk)
    assert anchors(page_of(browser_of(), question)) == [3, 1, 2]
    assert anchors(page_of(browser_of(), question, "?sort=oldest")) == [1, 2, 3]
    assert anchors(page_of(browser_of(), question, "?sort=newest")) == [3, 2, 1]


def orders(page: str) -> str:
    """The orders a page offers for its answers, in words."""
    return text_of(page, '<nav class="sorts"')


def test_only_a_solved_question_offers_its_solution_first() -> None:
    anna = person()
    question = thread(anna)
    reply(question)
    answer = reply(question)
    page = page_of(browser_of(), question)
    assert orders(page) == "Most helpful Oldest Newest"
    assert re.search(r'<a href="[^"?]+#answers" rel="nofollow" aria-current="true">Oldest', page)
    solutions.accept(actor=anna, answer_id=answer.pk)
    page = page_of(browser_of(), question)
    assert orders(page) == "Solution first Most helpful Oldest Newest"
    assert re.search(r'<a href="[^"?]+#answers" rel="nofollow" aria-current="true">Solution first', page)


def test_whoever_asked_is_offered_one_button_for_what_solved_it_and_no_first_help_to_themselves() -> None:
    anna, erik = person(), person()
    question = thread(anna)
    assert "Be the first to help" in page_of(browser_of(erik), question)
    assert "Be the first to help" not in page_of(browser_of(anna), question)
    reply(question, person())
    assert "Solved it for me" in page_of(browser_of(erik), question)
    page = page_of(browser_of(anna), question)
    assert "Yes, it is solved" in page and "Not yet" in page and "Solved it for me" not in page


def test_the_most_helpful_answers_come_first_and_all_come_once() -> None:
    question, author = thread(), person()
    many_answers(question, 45, author)
    seen: list[int] = []
    query: str | None = "?sort=helpful"
    while query:
        page = page_of(browser_of(), question, query)
        seen += anchors(page)
        more = re.search(r'href="(\?sort=helpful&amp;after=[^"#]+)', page)
        query = more[1].replace("&amp;", "&") if more else None
    assert seen == sorted(range(1, 46), key=lambda position: (-(position % 7), position))


def test_the_badge_tells_the_role_held_when_posting() -> None:
    helper = agent("ella")
    question = thread()
    reply(question, helper)
    helper.groups.clear()
    assert "Support agent" in page_of(browser_of(), question)
    later = thread()
    reply(later, User.objects.get(pk=helper.pk))
    assert "Support agent" not in page_of(browser_of(), later)


def test_an_edited_answer_says_so() -> None:
    question, ben = thread(), person()
    answer = reply(question, ben)
    assert "edited" not in page_of(browser_of(), question)
    answers.edit_answer(actor=ben, answer_id=answer.pk, version=1, body="Better words.")
    assert "edited" in page_of(browser_of(), question)


def test_where_a_thread_stands_is_told_in_words() -> None:
    anna, boss = person(), moderator()
    question = thread(anna)
    threads.request_info(actor=boss, thread_id=question.pk)
    escalating.mark_escalated(actor=boss, thread=Thread.objects.get(pk=question.pk))
    page = page_of(browser_of(), question)
    assert "Waiting for more information" in page
    assert "Staff are looking at this, since" in page
    assert "Helpers asked you for more information" in page_of(browser_of(anna), question)


def test_an_outdated_solution_says_so() -> None:
    anna = person()
    question = thread(anna)
    solutions.accept(actor=anna, answer_id=reply(question).pk)
    for _ in range(3):
        solutions.report_outdated(actor=person(), thread_id=question.pk)
    assert "may be outdated" in page_of(browser_of(), question)


def test_a_closed_account_keeps_its_words_but_has_no_profile() -> None:
    question, ben = thread(), person("ben", display_name="Former member")
    reply(question, ben)
    User.objects.filter(pk=ben.pk).update(anonymised_at=clock.now())
    page = page_of(browser_of(), question)
    assert "Former member" in page
    assert "/people/ben/" not in page


def test_files_of_a_post_are_listed_unless_its_text_shows_them() -> None:
    question = thread()
    answer = reply(question)
    made = {"uploader": answer.author, "kind": "text", "content_type": "text/plain", "size": 3, "file": "x"}
    lost = Attachment.objects.create(thread=question, answer=answer, name="crash.log", **made)
    shown = Attachment.objects.create(thread=question, answer=answer, name="shown.log", **made)
    Answer.objects.filter(pk=answer.pk).update(body_html=f'<p><a href="{shown.get_absolute_url()}">here</a></p>')
    page = page_of(browser_of(), question)
    assert f'href="{lost.get_absolute_url()}"' in page
    assert page.count("/shown.log") == 1


# Where it stands, and who helps ---------------------------------------------------------------------------------------
def text_of(page: str, opening: str) -> str:
    """The words of the element that begins so, without its markup."""
    found = re.search(rf"{opening}.*?</(?:p|ul|nav)>", re.sub("</?bdi>", "", page), re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found[0])).strip() if found else ""


def standing_of(question: Thread) -> str:
    return text_of(page_of(browser_of(), question), '<p class="thread-standing"')


def test_one_sentence_says_where_a_thread_stands_and_what_it_waits_for() -> None:
    anna, erik, boss = person("anna"), person("erik"), moderator("boss")
    with clock.at(clock.now() - timedelta(hours=4)):
        question = thread(anna)
    assert re.fullmatch(r"Asked .+ \. Waiting for a first answer\.", standing_of(question))
    with clock.at(clock.now() - timedelta(hours=1)):
        answer = reply(question, erik)
    assert standing_of(question) == "Answered. anna has not said yet whether it helped."
    reply(question, anna)
    assert standing_of(question) == "Not solved yet: anna waits for another answer."
    threads.request_info(actor=boss, thread_id=question.pk)
    assert standing_of(question).startswith("Waiting for more information from anna, since")
    solutions.accept(actor=anna, answer_id=answer.pk)
    assert standing_of(question) == "Solved by erik after 3 hours."
    for _ in range(3):
        solutions.report_outdated(actor=person(), thread_id=question.pk)
    assert "but several people say that it no longer works" in standing_of(question)
    solutions.accept(actor=anna, answer_id=question.answers.get(position=2).pk)
    assert standing_of(question) == "Solved by anna, who asked, after 4 hours."
    threads.close(actor=boss, thread_id=question.pk)
    assert standing_of(question).startswith("Closed ")
    assert standing_of(thread(anna, kind="idea")) == ""


def test_those_who_answered_are_named_once_the_solver_first_then_staff() -> None:
    anna, erik = person("anna"), person("erik")
    question = thread(anna)
    for author in (anna, person("ben"), person("ben2"), erik, agent("ella"), erik):
        reply(question, author)
    hidden = reply(question, person("spammer"))
    moderation.hide_answer(actor=moderator(), answer_id=hidden.pk)
    words = text_of(page_of(browser_of(), question), '<ul class="helping"')
    assert [name for name in words.split() if name in {"anna", "erik", "ben", "ben2", "ella", "spammer"}] == [
        "ella",
        "ben",
        "ben2",
        "erik",
    ]
    assert "Support agent" in words
    solutions.accept(actor=anna, answer_id=question.answers.get(position=4).pk)
    for number in range(3):
        reply(question, person(f"late{number}"))
    words = text_of(page_of(browser_of(), question), '<ul class="helping"')
    assert words.index("erik") < words.index("Solution") < words.index("ella")
    assert words.endswith("and 2 more")


def test_nobody_is_helping_where_only_the_asker_wrote() -> None:
    question = thread()
    reply(question, question.asker)
    assert "Who is helping" not in page_of(browser_of(), question)
