"""robots.txt and the sitemap: exactly what everybody may see and what is worth finding, in chunks of ids."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import clock
from community.actions import moderation
from community.models import Tag, Thread
from community.reading.figures import KEPT
from community.reading.found import sitemaps
from tests.access_table import LINES, LINES_BY_ROUTE
from tests.community.reading import browser_of
from tests.factories import board, moderator, person, reply, thread
from tests.routes import OURS

pytestmark = pytest.mark.django_db

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(address: str) -> list[str]:
    """The addresses in a sitemap, each without the site in front."""
    answer = Client().get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    found = [each.text or "" for each in ElementTree.fromstring(answer.content).iter(f"{NAMESPACE}loc")]
    assert all(each.startswith("http://testserver/") for each in found)
    return [each.removeprefix("http://testserver") for each in found]


def everything() -> list[str]:
    """Every page in every chunk the index names."""
    KEPT.clear()
    return [page for chunk in locations("/sitemap.xml") for page in locations(chunk)]


def a_community() -> None:
    """Boards for everybody and not, threads of every state and age, tags thick and thin."""
    anna, boss, now = person("anna"), moderator("boss"), clock.now()
    club = board("Club", groups=[Group.objects.create(name="club")])
    places = [board("Routers"), board("Cameras outside"), board("Members", audience="signed_in")]
    club.audience_groups.clear()
    for days in (1, 40):
        with clock.at(now - timedelta(days=days)):
            for place in places:
                waiting, answered = thread(anna, place, tags=["led"]), thread(anna, place, tags=["rare"])
                reply(answered)
                thread(anna, place, kind=Thread.Kind.IDEA, title="A <dark> mode & more")
                moderation.hide_thread(actor=boss, thread_id=thread(anna, place, tags=["led"]).pk)
                moderation.hide_answer(actor=boss, answer_id=reply(waiting).pk)
    for each in ("rare", "only-here"):
        thread(anna, places[0], tags=[each])
    thread(anna, places[0], tags=["größe & <form>"] * 1)


def pages() -> list[str]:
    """Every page a search engine might come to: the start page, lists, boards, tags and threads."""
    found = [reverse(name) for name in ("home", "boards", "threads", "tags")]
    found += [each.get_absolute_url() for each in Thread.objects.all()]
    found += [f"/boards/{slug}/" for slug in ("routers", "members", "club")]
    found += [reverse("board", args=[each.board.slug]) for each in Thread.objects.select_related("board")]
    found += [each.get_absolute_url() for each in Tag.objects.all()]
    return sorted(set(found))


def test_a_page_is_in_the_sitemap_exactly_if_it_lets_itself_be_kept() -> None:
    a_community()
    listed, kept = everything(), []
    for address in pages():
        answer = browser_of().get(address)
        if answer.status_code == 200 and b'name="robots" content="noindex"' not in answer.content:
            assert f'rel="canonical" href="http://testserver{address}"' in answer.content.decode()
            kept.append(address)
    assert sorted(listed) == kept
    assert len(listed) == len(set(listed))
    assert len(kept) < len(pages())


def test_whoever_is_signed_in_gets_the_same_sitemap() -> None:
    a_community()
    for chunk in ["/sitemap.xml", *locations("/sitemap.xml")]:
        assert browser_of(moderator()).get(chunk).content == Client().get(chunk).content


def test_a_hidden_question_leaves_the_sitemap_at_once() -> None:
    question = thread()
    assert question.get_absolute_url() in everything()
    (chunk,) = (each for each in locations("/sitemap.xml") if "threads" in each)
    moderation.hide_thread(actor=moderator(), thread_id=question.pk)
    assert Client().get(chunk).status_code == 404
    assert question.get_absolute_url() not in everything()


def test_a_question_that_waited_a_month_leaves_the_sitemap_by_the_clock() -> None:
    question = thread()
    with clock.at(question.asked_at + timedelta(days=30) - timedelta(seconds=1)):
        assert question.get_absolute_url() in everything()
    with clock.at(question.asked_at + timedelta(days=30)):
        assert question.get_absolute_url() not in everything()


def test_each_thread_stands_in_the_one_chunk_of_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "THREADS", 3)
    monkeypatch.setattr(sitemaps, "TAGS", 2)
    here, anna = board(), person()
    made = [thread(anna, here, tags=[f"tag{number % 4}"]).get_absolute_url() for number in range(20)]
    chunks = [each for each in locations("/sitemap.xml") if "threads" in each]
    assert len(chunks) >= 7
    assert [page for chunk in chunks for page in locations(chunk)] == made
    assert all(len(locations(chunk)) <= 3 for chunk in chunks)
    tags = [page for each in locations("/sitemap.xml") if "tags" in each for page in locations(each)]
    assert tags == [f"/tags/tag{number}/" for number in range(4)]


def test_a_chunk_tells_when_each_thread_last_changed() -> None:
    with clock.at(clock.now() - timedelta(days=3)):
        question = thread()
    reply(question)
    question.refresh_from_db()
    (chunk,) = (each for each in locations("/sitemap.xml") if "threads" in each)
    changed = f"<lastmod>{question.last_activity_at:%Y-%m-%dT%H:%M:%S}+00:00</lastmod>"
    for address in (chunk, "/sitemap.xml", "/sitemap-places.xml"):
        assert changed in Client().get(address).content.decode(), address


@pytest.mark.parametrize("number", ["0", "77777", "999999999999999999", "9" * 30, "-1", "x", "%00"])
def test_a_chunk_nobody_named_is_not_there(number: str) -> None:
    thread(tags=["led"])
    for kind in ("threads", "tags"):
        assert Client().get(f"/sitemap-{kind}-{number}.xml").status_code in ((404,) if number != "%00" else (400, 404))


def test_a_chunk_is_one_question_to_the_database_however_full_it_is() -> None:
    here, anna = board(), person()
    counts: list[list[int]] = []
    for more in (3, 37):
        for _each in range(more):
            thread(anna, here, tags=["led"])
        KEPT.clear()
        asked = []
        for address in ["/sitemap.xml", *locations("/sitemap.xml")]:
            KEPT.clear()
            with CaptureQueriesContext(connection) as queries:
                Client().get(address)
            asked.append(len(queries))
        counts.append(asked)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 2


def test_what_xml_has_no_place_for_breaks_no_sitemap() -> None:
    Thread.objects.filter(pk=thread().pk).update(title="\x0b\x1b]]> & <x>\ufffe")
    assert len([page for page in everything() if page.startswith("/t/")]) == 1


# robots.txt ---------------------------------------------------------------------------------------------------------
def rules() -> list[tuple[bool, str]]:
    text = Client().get("/robots.txt").content.decode()
    return [(word == "Allow", path) for word, path in re.findall(r"^(Allow|Disallow): (\S+)$", text, re.M)]


def may_visit(path: str) -> bool:
    """As RFC 9309 reads the rules: the longest that fits decides, and Allow where two are as long."""
    fitting = [(len(rule), allow) for allow, rule in rules() if re.match(re.escape(rule).replace(r"\*", ".*"), path)]
    return max(fitting, default=(0, True))[1]


def example(route: str) -> str:
    return "/" + re.sub(r"<[^>]*>", "1", OURS[route])


def test_robots_are_shown_the_sitemap_by_its_whole_address() -> None:
    answer = Client().get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "\nSitemap: http://testserver/sitemap.xml\n" in answer.content.decode()


def test_robots_are_kept_from_verbs() -> None:
    verbs = [route for route, lines in LINES_BY_ROUTE.items() if set(lines) == {"POST"} and route in OURS]
    open_to_robots = [route for route in verbs if may_visit(example(route))]
    assert not open_to_robots, f"{open_to_robots}: name these in community/views/found.py"
    assert len(verbs) > 20


def test_robots_may_read_whatever_is_worth_finding_and_whatever_asks_to_be_forgotten() -> None:
    a_community()
    assert all(may_visit(page) for page in everything())
    assert all(may_visit(page) for page in ("/sitemap.xml", "/threads/?state=new", "/people/anna/", "/accounts/login/"))
    assert all(may_visit(page) for page in ("/threads/feed/", "/boards/routers/feed/", "/threads/1/answers/2/"))
    read = {line.route for line in LINES if line.method == "GET" and line.answers["visitor"] == "200"} & OURS.keys()
    # Below the number of a thread or an answer there are only forms and fragments of its page.
    below = ("threads/<", "answers/<")
    parts = {route for route in read if OURS[route].startswith(below) and route != "answer"}
    closed = {route for route in read - parts if not may_visit(example(route))}
    assert not closed, f"{closed}: robots could not read that they should forget these"
