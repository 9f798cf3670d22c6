"""The pages where many posts go at once: what is listed, ticked and counted is what goes."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from community import clock
from community.actions import bans
from community.content.likeness import LEAST, likeness, runs_of
from community.integrity import violations
from community.models import Answer, BulkAct, Thread, User
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db

ADVERT = "Choose our offer {number} now, we repair every router within the hour, day and night!"


@pytest.fixture
def boss(client: Client) -> User:
    made = moderator()
    client.force_login(made)
    return made


def many(author: User, count: int) -> list[Answer]:
    """So many answers of theirs, over the days, as nobody posts so much at once."""
    question, made = thread(), []
    for number in range(count):
        with clock.at(clock.now() - timedelta(hours=3 * (count - number))):
            made.append(reply(question, author))
    return made


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def hidden() -> set[int]:
    return set(Answer.objects.filter(hidden_at__isnull=False).values_list("pk", flat=True))


def test_everything_like_one_post_is_found_whatever_number_it_has(client: Client, boss: User) -> None:
    question = thread()
    first, second = (reply(question, body=ADVERT.format(number=number)) for number in ("17", "9 9 1"))
    shouted = reply(question, body=ADVERT.format(number="44").upper())
    honest = reply(question, body="Hold the button for ten seconds, then call the router's page again.")
    page = text_of(client.get("/moderation/bulk/", {"like": first.get_absolute_url()}))
    assert all(f'value="a{each.pk}"' in page for each in (first, second, shouted))
    assert f'value="a{honest.pk}"' not in page


def test_only_what_is_ticked_goes(client: Client, boss: User) -> None:
    spammer = person()
    posts = [reply(thread(), spammer) for _each in range(3)]
    address = f"/moderation/bulk/?person={spammer.username}"
    assert "3 posts" in text_of(client.get(address))
    client.post(address, {"post": [f"a{posts[0].pk}", f"a{posts[2].pk}"], "ground": "spam"})
    assert hidden() == {posts[0].pk, posts[2].pk}


def test_all_pages_go_but_nothing_that_came_after_the_look(client: Client, boss: User) -> None:
    spammer = person()
    posts = many(spammer, 105)
    address, looked = f"/moderation/bulk/?person={spammer.username}", clock.now()
    page = text_of(client.get(address))
    assert "105 posts" in page and "All 105, on every page" in page and page.count('name="post"') == 100
    with clock.at(looked + timedelta(minutes=1)):
        later = reply(thread(), spammer)
    client.post(address, {"everything": "1", "until": looked.isoformat(), "ground": "spam"})
    assert hidden() == {each.pk for each in posts}
    act = BulkAct.objects.get()
    assert "105 posts hidden" in text_of(client.get("/moderation/bulk/"))
    client.post(f"/moderation/bulk/{act.pk}/undo/")
    assert hidden() == set() and later
    assert not list(violations())


def test_the_list_goes_on_where_a_page_ends(client: Client, boss: User) -> None:
    spammer, place = person(), board()
    keys = {f"a{each.pk}" for each in many(spammer, 60)}
    for number in range(60):
        with clock.at(clock.now() - timedelta(hours=5 * number)):
            keys.add(f"t{thread(spammer, on=place).pk}")
    # the worst case: all of them at one moment
    Thread.objects.filter(asker=spammer).update(asked_at=clock.now())
    Answer.objects.filter(author=spammer).update(answered_at=clock.now())
    address, seen = f"/moderation/bulk/?person={spammer.username}", set[str]()
    while address:
        context = client.get(address).context
        seen |= {row.key for row in context["rows"]}
        address = context["older_url"]
    assert seen == keys


def test_since_when_narrows_the_list(client: Client, boss: User) -> None:
    spammer = person()
    with clock.at(clock.now() - timedelta(days=3)):
        old = reply(thread(), spammer)
    fresh = reply(thread(), spammer)
    page = text_of(client.get("/moderation/bulk/", {"person": spammer.username, "since": "day"}))
    assert f'value="a{fresh.pk}"' in page and f'value="a{old.pk}"' not in page


def test_a_ban_says_in_figures_what_it_does(client: Client, boss: User) -> None:
    spammer = person()
    thread(spammer), reply(thread(), spammer)
    address = f"/people/{spammer.slug}/ban/"
    page = text_of(client.get(address))
    assert "1 question goes out of sight" in page and "1 answer goes out of sight" in page
    assert client.post(address, {"hide_posts": "on"}).status_code == 400
    client.post(address, {"ground": "spam", "hide_posts": "on", "words": "Enough."})
    assert User.objects.get(pk=spammer.pk).banned_at
    assert "2 posts that the ban hid show again" in text_of(client.get(address))
    client.post(address, {"do": "unban", "reason": "A mistake."})
    assert User.objects.get(pk=spammer.pk).banned_at is None and Thread.objects.filter(asker=spammer, hidden_at=None)


def test_somebody_banned_is_told_calmly_and_only_with_the_right_password(client: Client) -> None:
    spammer = person()
    bans.ban(actor=moderator(), person_id=spammer.pk, ground="spam")
    wrong = text_of(client.post("/accounts/login/", {"login": spammer.username, "password": "guessed"}, follow=True))
    nobody = text_of(client.post("/accounts/login/", {"login": "nobody-here", "password": "guessed"}, follow=True))
    right = client.post("/accounts/login/", {"login": spammer.username, "password": "correct horse"}, follow=True)
    assert "closed" not in wrong and "closed" not in nobody
    assert "This account is closed to posting" in text_of(right) and "appeal" in text_of(right)
    assert "_auth_user_id" not in client.session


def test_two_people_with_one_problem_are_not_alike() -> None:
    one = runs_of("The router shows a red light since the update and nothing I try makes it go away.")
    other = runs_of("Since the update my router has a red light. I tried the reset and it came back.")
    assert likeness(one, other) < LEAST // 2
    assert likeness(one, one) == 100 and likeness(one, runs_of("")) == 0


def test_the_page_costs_the_same_for_one_post_and_for_many(
    client: Client, boss: User, django_assert_max_num_queries: Any
) -> None:
    spammer = person()
    many(spammer, 30)
    name = spammer.username
    for address in (f"/moderation/bulk/?person={name}", "/moderation/bulk/", f"/people/{name}/ban/"):
        with django_assert_max_num_queries(16):
            assert client.get(address).status_code == 200
