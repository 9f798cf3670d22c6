"""The overview of the boards, and the tags one watches."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from community import clock
from community.actions import moderation, notices
from community.actions.solutions import accept
from community.models import Watch
from community.reading.figures import KEPT
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


def shown(client: Client) -> dict[str, tuple[int, int]]:
    KEPT.clear()
    return {each.board.name: (each.open, each.solved) for each in client.get("/boards/").context["boards"]}


def test_each_board_tells_what_is_open_and_what_was_solved_lately(client: Client) -> None:
    routers, cameras = board("Routers"), board("Cameras", description="Indoor and outdoor")
    asker = person()
    thread(asker, routers)
    thread(asker, routers, kind="idea")
    accept(actor=asker, answer_id=reply(thread(asker, routers)).pk)
    moderation.hide_thread(actor=moderator(), thread_id=thread(asker, routers).pk)
    with clock.at(clock.now() - timedelta(days=31)):
        thread(asker, cameras)
    assert shown(client) == {"Routers": (1, 1), "Cameras": (0, 0)}
    page = " ".join(client.get("/boards/").content.decode().split())
    assert "1 open question<" in page and "1 solved in 30 days" in page and "Indoor and outdoor" in page


def test_the_overview_shows_only_boards_one_may_see_and_says_who_else_may(client: Client) -> None:
    board("Staff room", audience="signed_in")
    assert "Staff room" not in client.get("/boards/").content.decode()
    client.force_login(person())
    page = client.get("/boards/").content.decode()
    assert "Staff room" in page and "Everybody who is signed in" in page
    assert "Nobody else sees" in client.get("/boards/staff-room/").content.decode()


def test_a_board_is_watched_from_the_overview_and_let_go_again(client: Client) -> None:
    anna, routers = person("anna"), board("Routers")
    client.force_login(anna)
    for do, pressed in (("watch", True), ("unwatch", False)):
        assert f'value="{do}"' in client.get("/boards/").content.decode()
        told = client.post(reverse("change_watch"), {"board": routers.pk, "do": do, "next": "/boards/"}, follow=True)
        assert told.context["boards"][0].is_watched is pressed
        assert Watch.objects.filter(person=anna).exists() is pressed


def test_the_overview_costs_the_same_for_one_board_and_for_many(client: Client, django_assert_max_num_queries) -> None:
    client.force_login(person())
    costs = []
    for many in (1, 15):
        for _ in range(many):
            thread(on=board())
        KEPT.clear()
        with django_assert_max_num_queries(12) as asked:
            client.get("/boards/")
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_the_tags_one_watches_stand_first(client: Client) -> None:
    anna = person("anna")
    tag = thread(tags=["wifi"]).tags.all()[0]
    thread(tags=["speed"])
    notices.watch(actor=anna, tag_id=tag.pk)
    assert "You watch" not in client.get("/tags/").content.decode()
    client.force_login(anna)
    assert [each.name for each in client.get("/tags/").context["watched"]] == ["wifi"]
