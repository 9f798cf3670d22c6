"""One thread's page: what it shows to whom, where its pages and permalinks lead, and what it costs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import clock
from community.actions import answers, moderation, solutions, thanks, threads
from community.models import Answer, Attachment, Thread, User
from community.roles import Role
from tests.community.reading import browser_of, many_answers, shows, statements
from tests.factories import agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


def page_of(client: Client, question: Thread, query: str = "") -> str:
    """What a reader reads: the head says it once more to machines (tests/community/test_found.py)."""
    response = client.get(question.get_absolute_url() + query)
    assert response.status_code == 200, (response.status_code, query)
    return response.content.decode().partition("<body>")[2]


def anchors(page: str) -> list[int]:
    """The positions of the answers on a page, in their order."""
    return [int(number) for number in re.findall(r'<(?:article|details) class="post[^"]*" id="a(\d+)"', page)]


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
    assert "This is the solution" in page and "Solved it for me" not in page


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
    threads.mark_escalated(actor=boss, thread=Thread.objects.get(pk=question.pk))
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


# Who may what ---------------------------------------------------------------------------------------------------------
CONTROLS = ("vote", "helped", "accept", "hide", "edit", "join", "lock", "move", "outdated", "answer")


def offered(page: str) -> set[str]:
    """The verbs a page offers, by their addresses."""
    found = re.findall(r'(?:action|formaction|href)="/(?:threads|answers)/\d+/([a-z-]+)/', page)
    return {verb for verb in found if verb in CONTROLS}


def test_each_reader_is_offered_what_they_may_do_and_nothing_else() -> None:
    anna, ben, boss = person(), person(), moderator()
    question = thread(anna)
    reply(question, ben)
    assert offered(page_of(browser_of(), question)) == set()
    assert offered(page_of(browser_of(anna), question)) == {"vote", "accept", "edit", "answer"}
    assert offered(page_of(browser_of(ben), question)) == {"join", "edit", "answer"}
    assert offered(page_of(browser_of(person()), question)) == {"vote", "helped", "join", "answer"}
    moderators = {"vote", "helped", "join", "edit", "hide", "lock", "move", "answer"}
    board("Another one")
    assert offered(page_of(browser_of(boss), question)) == moderators


def test_every_control_a_page_offers_works() -> None:
    anna, ben = person(), person()
    question = thread(anna)
    answer = reply(question, ben)
    reader = browser_of(person())
    page = page_of(reader, question)
    for verb in ("join", "vote", "helped"):
        address = re.search(rf'formaction="([^"]*/{verb}/)"', page)
        assert address is not None
        assert reader.post(address[1]).status_code in (302, 303)
    answer.refresh_from_db()
    question.refresh_from_db()
    assert (answer.helpful_count, answer.helped_count, question.me_too_count) == (1, 1, 1)
    page = page_of(reader, question)
    assert f"/answers/{answer.pk}/unvote/" in page
    assert f"/threads/{question.pk}/leave/" in page
    accept = re.search(r'formaction="([^"]*/accept/)"', page_of(browser_of(anna), question))
    assert accept is not None
    browser_of(anna).post(accept[1])
    question.refresh_from_db()
    assert question.solved_at is not None


def test_my_own_votes_are_shown_to_me_alone() -> None:
    question, voter = thread(), person()
    for _ in range(3):
        reply(question)
    middle = question.answers.get(position=2)
    thanks.vote(actor=voter, answer_id=middle.pk)
    mine = re.findall(r"/answers/(\d+)/unvote/", page_of(browser_of(voter), question))
    assert mine == [str(middle.pk)]
    assert "unvote" not in page_of(browser_of(person()), question)


def test_a_moderator_may_accept_once_the_asker_has_been_silent_for_a_week() -> None:
    boss = moderator()
    with clock.at(clock.now() - timedelta(days=8)):
        question = thread()
        reply(question)
    fresh = thread()
    reply(fresh)
    assert "accept" in offered(page_of(browser_of(boss), question))
    assert "accept" not in offered(page_of(browser_of(boss), fresh))


def test_a_trusted_member_may_mark_the_solution_of_a_silent_asker() -> None:
    trusted = person()
    for _ in range(3):
        anna = person()
        solutions.accept(actor=anna, answer_id=reply(thread(anna), trusted).pk)
    with clock.at(clock.now() - timedelta(days=8)):
        question = thread()
        answer = reply(question)
    assert f"/answers/{answer.pk}/mark/" in page_of(browser_of(trusted), question)
    assert "/mark/" not in page_of(browser_of(person()), question)


def test_a_late_me_too_is_offered_a_new_linked_question() -> None:
    anna, late = person(), person()
    with clock.at(clock.now() - timedelta(days=181)):
        old = thread(anna)
        solutions.accept(actor=anna, answer_id=reply(old).pk)
    young = thread(anna)
    solutions.accept(actor=anna, answer_id=reply(young).pk)
    assert f"/ask/?linked_from={old.pk}" in page_of(browser_of(late), old)
    assert "linked_from" not in page_of(browser_of(late), young)
    assert "linked_from" not in page_of(browser_of(anna), old)


def test_a_locked_thread_takes_no_answer() -> None:
    question = thread()
    moderation.lock(actor=moderator(), thread_id=question.pk)
    for reader in (browser_of(), browser_of(person())):
        page = page_of(reader, question)
        assert "is locked" in page
        assert "answer" not in offered(page)


def test_whoever_began_an_answer_finds_it_under_the_question() -> None:
    question, ben = thread(), person()
    reader = browser_of(ben)
    empty = page_of(reader, question)
    assert f'action="/threads/{question.pk}/answer/"' in empty
    reader.post(reverse("save_draft"), {"place": f"answer:{question.pk}", "body": "Have you tried <it>?"})
    assert "Have you tried &lt;it&gt;?" in page_of(reader, question)
    assert "Have you tried" not in page_of(browser_of(person()), question)


def test_the_form_under_a_thread_posts_an_answer_with_its_own_token_and_key() -> None:
    question = thread()
    readers = [browser_of(person(), enforce_csrf_checks=True) for _ in range(2)]
    keys = set()
    for reader in readers:
        page = page_of(reader, question)
        form = page[page.index('id="your-answer"') :]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        key = re.search(r'name="post_key" value="([^"]+)"', form)
        assert token is not None
        assert key is not None
        keys.add(key[1])
        data = {"csrfmiddlewaretoken": token[1], "post_key": key[1], "body": "Try this."}
        for _ in range(2):
            assert reader.post(f"/threads/{question.pk}/answer/", data).status_code == 303
    assert len(keys) == 2
    assert question.answers.count() == 2


# Who sees it ----------------------------------------------------------------------------------------------------------
def every_address(question: Thread) -> list[str]:
    place = question.get_absolute_url()
    return [
        place,
        f"{place}?page=1",
        reverse("thread_short", args=[question.pk]),
        reverse("answer", args=[question.pk, 1]),
    ]


def test_a_private_thread_is_not_there_for_those_who_may_not_see_it() -> None:
    group = Group.objects.create(name="pilots")
    pilot = person()
    pilot.groups.add(group)
    question = thread(User.objects.get(pk=pilot.pk), board("Pilot", groups=[group]), title="Codename")
    reply(question, moderator())
    for address in every_address(question):
        for outsider in (None, person(), agent(), moderator(second_factor=False)):
            response = browser_of(outsider).get(address)
            assert response.status_code == 404, address
            assert b"Codename" not in response.content
        for insider in (pilot, moderator()):
            assert browser_of(insider).get(address).status_code in (200, 301, 302)


def test_a_hidden_thread_is_there_for_moderators_alone() -> None:
    anna = person()
    question = thread(anna)
    reply(question)
    moderation.hide_thread(actor=moderator(), thread_id=question.pk)
    for address in every_address(question):
        assert browser_of().get(address).status_code == 404
        assert browser_of(anna).get(address).status_code == 404
        assert browser_of(moderator()).get(address).status_code in (200, 301, 302)
    assert "This question is hidden" in page_of(browser_of(moderator()), question)


def test_a_hidden_answer_is_folded_for_moderators_and_gone_for_others() -> None:
    question, ben = thread(), person()
    answer = reply(question, ben, "Buy my pills.")
    reply(question, body="Something useful.")
    moderation.hide_answer(actor=moderator(), answer_id=answer.pk)
    for reader in (browser_of(), browser_of(ben)):
        for sort in ("", "?sort=oldest", "?sort=newest", "?sort=helpful"):
            page = page_of(reader, question, sort)
            assert "Buy my pills" not in page
            assert anchors(page) == [2]
        assert reader.get(reverse("answer", args=[question.pk, 1])).status_code == 404
    page = page_of(browser_of(moderator()), question)
    assert '<details class="post post-hidden" id="a1">' in page
    assert f"/answers/{answer.pk}/restore/" in page


def test_files_of_hidden_answers_are_not_named() -> None:
    question = thread()
    answer = reply(question)
    Attachment.objects.create(
        thread=question, answer=answer, name="secret.log", uploader=answer.author, kind="text", size=1, file="x"
    )
    moderation.hide_answer(actor=moderator(), answer_id=answer.pk)
    assert "secret.log" not in page_of(browser_of(), question)


# Its addresses --------------------------------------------------------------------------------------------------------
def test_short_and_old_addresses_lead_to_the_present_one() -> None:
    question = thread(title="An old title")
    short = browser_of().get(f"/t/{question.pk}/?page=1")
    assert (short.status_code, short["Location"]) == (301, f"/t/{question.pk}/an-old-title/?page=1")
    wrong = browser_of().get(f"/t/{question.pk}/anything-else/?sort=newest")
    assert (wrong.status_code, wrong["Location"]) == (301, f"/t/{question.pk}/an-old-title/?sort=newest")
    for response in (short, wrong):
        # A title can change and change back: a browser that kept the answer would walk in circles.
        assert "no-cache" in response["Cache-Control"]


def test_a_permalink_finds_the_page_its_answer_stands_on() -> None:
    question = thread()
    many_answers(question, 45, person())
    for position in (1, 20, 21, 40, 41, 45):
        response = browser_of().get(reverse("answer", args=[question.pk, position]), follow=True)
        assert position in anchors(response.content.decode())
        assert response.redirect_chain[-1][0].endswith(f"#a{position}")
    solutions.accept(actor=question.asker, answer_id=question.answers.get(position=45).pk)
    response = browser_of().get(reverse("answer", args=[question.pk, 45]), follow=True)
    assert 45 in anchors(response.content.decode())


def test_permalinks_stay_when_earlier_answers_are_hidden() -> None:
    question = thread()
    many_answers(question, 30, person())
    for position in (2, 3):
        moderation.hide_answer(actor=moderator(), answer_id=question.answers.get(position=position).pk)
    first, second = page_of(browser_of(), question), page_of(browser_of(), question, "?page=2")
    assert anchors(first) == [1, *range(4, 21)]
    assert anchors(second) == list(range(21, 31))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("page=2", 404),
        ("page=0", 404),
        ("page=-1", 404),
        ("page=abc", 404),
        ("page=1.5", 404),
        ("page=1000000000", 404),
        ("page=" + "9" * 60, 404),
        ("page=%D9%A1", 404),
        ("page=%00", 400),
        ("page=%ff", 400),
        ("page=", 200),
        ("sort=nonsense", 400),
        ("sort=%00", 400),
        ("sort=helpful&after=x", 400),
        ("sort=helpful&after=" + "A" * 28, 400),
        ("sort=oldest&after=x", 200),
        ("utm=1", 200),
    ],
)
def test_pages_and_orders_that_cannot_be_are_told(query: str, status: int) -> None:
    question = thread()
    reply(question)
    assert browser_of().get(f"{question.get_absolute_url()}?{query}").status_code == status


@pytest.mark.parametrize(
    "address", ["/t/1/", "/t/999999999999999999/", "/t/9999999999999999999/", "/t/abc/", "/t/1/%00/", "/t/1/%ff/",
                "/threads/1/answers/1/", "/threads/999999999999999999/answers/999999999999999999/"]
)  # fmt: skip
def test_threads_that_are_not_there_are_not_found(address: str) -> None:
    assert browser_of().get(address).status_code in (400, 404)


def test_a_permalink_to_an_impossible_position_is_not_found() -> None:
    question = thread()
    for position in (0, 1, 10**9, 10**17):
        assert browser_of().get(f"/threads/{question.pk}/answers/{position}/").status_code == 404


def test_reading_changes_nothing() -> None:
    question, reader = thread(), person()
    reply(question)
    with CaptureQueriesContext(connection) as queries:
        for client in (browser_of(), browser_of(reader)):
            for address in (question.get_absolute_url(), "/", "/threads/", question.board.get_absolute_url()):
                client.get(address)
                client.head(address)
    writes = [each["sql"] for each in queries if re.match(r"(INSERT|UPDATE|DELETE)", each["sql"])]
    # Signing in writes a session and the day one was seen; reading does not.
    assert [sql for sql in writes if "django_session" not in sql and '"last_login"' not in sql] == []


# What it costs --------------------------------------------------------------------------------------------------------
def cost(client: Client, question: Thread, query: str = "") -> int:
    page_of(client, question, query)
    with CaptureQueriesContext(connection) as queries:
        page_of(client, question, query)
    return len(statements(queries))


def readers_of(question: Thread) -> dict[str, User | None]:
    return {"visitor": None, "customer": person(), "asker": question.asker, "moderator": moderator()}


def test_a_page_asks_the_same_number_of_questions_for_one_answer_and_for_a_thousand() -> None:
    author = person()
    with clock.at(clock.now() - timedelta(days=8)):
        question: Any = thread(tags=["led", "update"])
        reply(question, author)
    question = Thread.objects.get(pk=question.pk)
    readers = {who: browser_of(user) for who, user in readers_of(question).items()}
    few = {who: cost(client, question) for who, client in readers.items()}
    many_answers(question, 999, author)
    for who, client in readers.items():
        for query in ("", "?page=50", "?sort=newest", "?sort=helpful"):
            assert cost(client, question, query) == few[who] <= 12, (who, query)


def test_a_solved_thread_asks_no_more_on_its_last_page_than_on_its_first() -> None:
    question = thread()
    many_answers(question, 1000, person())
    solutions.accept(actor=question.asker, answer_id=question.answers.get(position=500).pk)
    question.refresh_from_db()
    for who, user in readers_of(question).items():
        client = browser_of(user)
        assert cost(client, question, "?page=50") <= cost(client, question) <= 12, who


def test_a_page_of_a_thousand_answers_is_read_by_a_range_of_positions() -> None:
    question = thread()
    many_answers(question, 1000, person())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE community_answer")
    with CaptureQueriesContext(connection) as queries:
        page_of(browser_of(), question, "?page=50")
    asked = next(sql for sql in statements(queries) if 'FROM "community_answer"' in sql)
    assert "OFFSET" not in asked
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "one_answer_per_position" in plan, plan


def test_no_prepared_query_remembers_who_asked_first() -> None:
    question = thread(on=board("Members", audience="signed_in"))
    reply(question)
    first, second = person(), person()
    thanks.vote(actor=first, answer_id=question.answers.get().pk)
    assert "unvote" in page_of(browser_of(first), question)
    assert "unvote" not in page_of(browser_of(second), question)
    assert browser_of().get(question.get_absolute_url()).status_code == 404
    assert shows(browser_of(person("mod", Role.MODERATOR)), question.get_absolute_url(), "Moderation")


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
    assert re.fullmatch(r"anna wrote last, .+, and waits for an answer\.", standing_of(question))
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
