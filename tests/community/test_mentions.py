"""Whom "@" offers: people who take part first, then others; nobody who is gone, banned or cannot be mentioned."""

from datetime import timedelta
from re import findall

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community import clock
from community.actions import moderation
from community.actions.limits import LIMITS, Limit, Limits
from community.models import User
from community.views import mentions as view
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(client: Client) -> User:
    user = person("anna", display_name="Anna Ask")
    client.force_login(user)
    return user


def offered(client: Client, q: str = "", thread_id: object = "") -> list[str]:
    told = client.get("/people/find/", {"q": q, "thread": thread_id})
    assert told.status_code in (200, 204)
    return findall(r'data-value="([^"]*)"', told.content.decode())


def test_whoever_takes_part_is_offered_first_and_before_a_letter_is_typed(client, anna) -> None:
    person("benedict", display_name="Benedict"), person("cora")
    ben, carl = person("zz-ben", display_name="Ben Zimmer"), person("carl", display_name="Carl Benson")
    question = thread(anna)
    reply(question, ben), reply(question, carl)
    assert offered(client, "", question.pk) == ["carl", "zz-ben"]
    assert offered(client, "ben", question.pk) == ["carl", "zz-ben", "benedict"]
    assert offered(client, "ben") == ["zz-ben", "benedict"]
    assert offered(client) == []


def test_both_names_are_found_whatever_their_letters_look_like(client, anna) -> None:
    person("otto-1", display_name="Ömer Öz")
    person("Zoe", display_name="somebody")
    assert offered(client, "öme") == offered(client, "ÖM") == offered(client, "OTTO") == ["otto-1"]
    assert offered(client, "zo") == ["Zoe"]


def test_at_most_six_are_offered_and_never_oneself(client, anna) -> None:
    for number in range(10):
        person(f"anna-{number}")
    assert offered(client, "anna") == [f"anna-{number}" for number in range(6)]


def test_closed_banned_and_imported_people_are_not_offered_and_no_address_is_told(client, anna) -> None:
    question = thread(anna)
    gone, banned = person("ben-gone"), person("ben-banned")
    brought = User.objects.create_user(None, "", display_name="Ben Brought", is_imported=True)
    for each in (gone, banned):
        reply(question, each)
    User.objects.filter(pk=gone.pk).update(anonymised_at=clock.now())
    User.objects.filter(pk=banned.pk).update(is_active=False)
    assert brought.username is None
    assert offered(client, "ben", question.pk) == []
    person("ben-there", email="secret@example.com")
    assert b"secret" not in client.get("/people/find/?q=ben").content
    assert offered(client, "secret") == offered(client, "example.com") == []


def test_who_answered_where_one_may_not_look_is_not_given_away(client, anna) -> None:
    mona, ben = moderator("mona"), person("ben")
    question = thread(person("carl"))
    hidden = reply(question, ben)
    moderation.hide_answer(actor=mona, answer_id=hidden.pk, reason="Advertising")
    assert offered(client, "", question.pk) == ["carl"]
    closed = thread(mona, board(groups=[]))
    moderation.hide_thread(actor=mona, thread_id=closed.pk, reason="Advertising")
    assert offered(client, "", closed.pk) == offered(client, "", 10**17) == []


def test_visitors_are_sent_to_sign_in(client) -> None:
    assert client.get("/people/find/?q=a")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "q", ["\x00", "a\x00", "%", "_", "\\", "%%%", "'", "<b>", "x" * 5000, "\ud800", " ", "a b", "@", "\u202e"]
)
def test_whatever_is_typed_is_taken_as_letters(client, anna, q: str) -> None:
    person("somebody")
    address = "/people/find/?q=" + "".join(f"%{byte:02x}" for byte in q.encode("utf-8", "surrogatepass"))
    for thread_id in ("", "0", "-1", "9" * 30, "%00", "٣"):
        assert client.get(f"{address}&thread={thread_id}").status_code in (204, 400)


def test_the_price_is_the_same_for_one_and_for_many(client, anna) -> None:
    question = thread(anna)
    reply(question, person("ben-0"))
    with CaptureQueriesContext(connection) as few:
        offered(client, "ben", question.pk)
    for number in range(1, 30):
        reply(question, person(f"ben-{number}"))
        person(f"benno-{number}")
    User.objects.filter(username__endswith="7").update(is_active=False)
    with CaptureQueriesContext(connection) as many:
        assert len(offered(client, "ben", question.pk)) == 6
    # Whoever finds six in the thread asks for no others.
    assert len(many) <= len(few) <= 8


def test_both_names_are_found_by_an_index(anna) -> None:
    # Enough people that the planner has a choice to make.
    crowd = [User(username=f"u{number}", display_name=f"Person {number}", password="!") for number in range(2000)]
    for each in crowd:
        each.prepare()
    User.objects.bulk_create(crowd)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE community_user")
    with CaptureQueriesContext(connection) as asked:
        view.mentions.find_people(reader=anna, beginning="ben")
    plans = []
    for query in asked:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + query["sql"])
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    assert "username_key" in plans[0]
    assert "user_shown_name" in plans[1]
    for plan in plans:
        assert "Index Cond" in plan


@pytest.mark.usefixtures("usual_limits")
def test_reading_out_everybodys_name_is_stopped(client, anna, monkeypatch) -> None:
    person("somebody")
    monkeypatch.setitem(LIMITS, "names", Limits("So it is.", new=(Limit(3, 600),)))
    told = [client.get("/people/find/?q=some") for _each in range(4)]
    assert [each.status_code for each in told] == [200] * 3 + [429]
    with clock.at(clock.now() + timedelta(seconds=int(told[-1]["Retry-After"]))):
        assert client.get("/people/find/?q=some").status_code == 200


def test_whoever_is_called_like_the_address_still_has_a_profile(client) -> None:
    found = person("find", display_name="Mr Find")
    assert found.get_absolute_url() == f"/people/~{found.pk}/"
    assert "Mr Find" in client.get(found.get_absolute_url()).content.decode()
    question = thread(found)
    assert f'href="/people/~{found.pk}/"' in client.get(question.get_absolute_url()).content.decode()
