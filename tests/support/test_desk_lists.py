"""The lists agents work through: whose tickets stand there, in which order, how many, and what comes next."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community import clock
from community.models import User
from support.actions import saved_views
from support.models import DeskState, Queue, SavedView, Switch, Team, TeamMember, Ticket
from support.reading import desk_list
from support.reading.views import Filters, count, read_filters
from tests.community.reading import browser_of, statements
from tests.factories import admin, agent, moderator, person
from tests.support.desk_people import ticket, tickets

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def subjects(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/desk/{query}")
    assert page.status_code == 200, page.content
    return [each.subject for each in page.context["page"].tickets]


def switch_on(*switches: Switch) -> None:
    DeskState.objects.update_or_create(pk=1, defaults={"switches": list(switches)})


@pytest.fixture
def ari() -> User:
    return agent("ari")


def test_what_is_due_first_stands_first_and_what_nothing_is_promised_for_last(ari: User) -> None:
    now = clock.now()
    ticket(subject="Later", due_at=now + timedelta(hours=3))
    ticket(subject="Whenever", due_at=None)
    ticket(subject="Late", due_at=now - timedelta(hours=1))
    assert subjects(browser_of(ari)) == ["Late", "Later", "Whenever"]


def test_every_page_of_a_list_is_reached_once_with_and_without_a_due_time(ari: User) -> None:
    tickets(45, subject="Due")
    tickets(45, subject="Not due", due_at=None)
    seen: list[int] = []
    after = ""
    while True:
        page = desk_list.page_of(ari, Filters(), after)
        seen += [each.pk for each in page.tickets]
        after = page.after
        if not after:
            break
    assert len(seen) == len(set(seen)) == 90
    assert [each.due_at is None for each in Ticket.objects.in_bulk(seen).values()].count(True) == 45


def test_a_list_by_what_happened_last_goes_through_all_its_statuses(ari: User) -> None:
    now = clock.now()
    rested = [
        *tickets(20, status="waiting", due_at=None),
        *tickets(20, status="on_hold", held_until=now + timedelta(days=1), due_at=None),
    ]
    for minutes, each in enumerate(rested):
        Ticket.objects.filter(pk=each.pk).update(
            last_activity_at=now - timedelta(minutes=minutes % 20, seconds=minutes)
        )
    filters = read_filters({"state": "resting"})
    first = desk_list.page_of(ari, filters)
    second = desk_list.page_of(ari, filters, first.after)
    moments = [each.last_activity_at for each in (*first.tickets, *second.tickets)]
    assert len(moments) == 40 and moments == sorted(moments, reverse=True)


def test_a_made_up_place_in_a_list_is_refused(ari: User) -> None:
    assert browser_of(ari).get("/desk/?after=AAAAAAAAAAAAAAAAAAAAAAAAAAAA").status_code == 400


def test_teams_see_their_own_queues_and_moderators_and_customers_no_desk(ari: User) -> None:
    ours, theirs = Team.objects.create(name="Routers"), Team.objects.create(name="Billing")
    TeamMember.objects.create(team=ours, person=ari)
    ticket(subject="Ours", queue=Queue.objects.create(name="R", team=ours))
    ticket(subject="Theirs", queue=Queue.objects.create(name="B", team=theirs))
    ticket(subject="Handed to me", queue=Queue.objects.get(name="B"), assignee=ari)
    assert sorted(subjects(browser_of(ari))) == ["Handed to me", "Ours"]
    assert len(subjects(browser_of(admin()))) == 3
    for somebody in (moderator(), person()):
        assert browser_of(somebody).get("/desk/").status_code == 403


def test_the_counts_beside_the_list_are_exact(ari: User) -> None:
    tickets(3)
    tickets(2, assignee=ari)
    tickets(4, status="waiting", due_at=None)
    ticket(status="resolved", resolved_at=clock.now(), due_at=None)
    page = browser_of(ari).get("/desk/")
    counts = {each.key: each.count for each in page.context["lists"].built_in}
    assert counts == {"todo": 5, "mine": 2, "free": 3, "resting": 4, "done": 1}


def test_a_list_that_is_kept_stands_beside_the_others_with_its_count(ari: User) -> None:
    tickets(2, priority="high")
    ticket()
    client = browser_of(ari)
    client.post("/desk/lists/keep/", {"name": "Hot", "priority": "high"})
    kept = client.get("/desk/").context["lists"].saved
    assert [(each.label, each.count, each.url) for each in kept] == [("Hot", 2, "?priority=high")]
    assert browser_of(agent()).get("/desk/").context["lists"].saved == []
    client.post(f"/desk/lists/{SavedView.objects.get().pk}/remove/")
    assert not SavedView.objects.exists()


def test_nobody_keeps_lists_for_or_removes_lists_of_another_team(ari: User) -> None:
    theirs = Team.objects.create(name="Billing")
    client = browser_of(ari)
    assert client.post("/desk/lists/keep/", {"name": "Hot", "team": theirs.pk}).status_code == 403
    other = SavedView.objects.create(name="Theirs", team=theirs)
    assert client.post(f"/desk/lists/{other.pk}/remove/").status_code == 404
    for_all = SavedView.objects.create(name="Everybody's")
    assert client.post(f"/desk/lists/{for_all.pk}/remove/").status_code == 403


def test_a_list_kept_long_ago_never_breaks_a_page(ari: User) -> None:
    SavedView.objects.create(name="Old", owner=ari, filters={"state": "gone", "queue": [1], "assignee": {}, "tag": 7})
    SavedView.objects.create(name="Older", owner=ari, filters={}, sort="by colour")
    assert browser_of(ari).get("/desk/").status_code == 200


def test_the_same_name_is_kept_once_and_not_without_end(ari: User, monkeypatch: Any) -> None:
    for priority in ("high", "low"):
        saved_views.save(actor=ari, name="Hot", filters={"priority": priority})
    assert SavedView.objects.get().filters == {"priority": "low"}
    monkeypatch.setattr(saved_views, "MOST", 1)
    client = browser_of(ari)
    assert client.post("/desk/lists/keep/", {"name": "Another"}).status_code == 400


def test_the_next_ticket_is_mine_or_nobodys_and_due_first(ari: User) -> None:
    now = clock.now()
    ticket(subject="Hers", assignee=agent(), due_at=now - timedelta(hours=9))
    second = ticket(subject="Nobody's", due_at=now + timedelta(hours=2))
    first = ticket(subject="Mine", assignee=ari, due_at=now + timedelta(hours=1))
    ticket(subject="Waits for its customer", status="waiting", due_at=now)
    client = browser_of(ari)
    assert client.get("/desk/next/").url == f"/desk/{first.pk}/"
    assert client.get(f"/desk/next/?after={first.pk}").url == f"/desk/{second.pk}/"
    Ticket.objects.filter(pk__in=[first.pk, second.pk]).update(status="waiting")
    assert client.get("/desk/next/").url == "/desk/"


def test_an_open_list_is_told_nothing_until_something_changes(ari: User) -> None:
    made = ticket()
    client = browser_of(ari)
    etag = client.get("/desk/").context["etag"]
    assert client.get("/desk/news/?", headers={"If-None-Match": etag}).status_code == 304
    Ticket.objects.filter(pk=made.pk).update(version=2)
    news = client.get("/desk/news/?", headers={"If-None-Match": etag})
    assert news.status_code == 200 and b"This list has changed." in news.content


def test_a_fresh_desk_shows_no_queues_priorities_or_tags_until_they_are_switched_on(ari: User) -> None:
    ticket()
    client = browser_of(ari)
    names = set(client.get("/desk/").context["filter_form"].fields)
    assert not names & {"queue", "priority", "tag"}
    switch_on(Switch.QUEUES, Switch.PRIORITIES, Switch.TAGS)
    page = client.get("/desk/")
    assert {"queue", "priority", "tag"} <= set(page.context["filter_form"].fields)
    assert [each.label for each in page.context["lists"].queues] == ["Support"]


@pytest.mark.parametrize("query", ["?", "?state=done", "?state=resting", "?assignee=me", "?tag=x", "?due=late"])
def test_a_list_asks_as_much_for_one_ticket_as_for_a_thousand(ari: User, query: str) -> None:
    switch_on(*Switch)
    client = browser_of(ari)
    made = ticket(assignee=ari)
    made.tags.add("x")

    def asked() -> int:
        client.get(f"/desk/{query}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/desk/{query}").status_code == 200
        return len(statements(queries))

    few = asked()
    many = tickets(1000, assignee=ari, due_at=clock.now() - timedelta(days=2))
    for status, extra in (("waiting", {}), ("resolved", {"resolved_at": clock.now()})):
        chosen = [each.pk for each in many[: 300 if status == "waiting" else 600] if each.pk % 2]
        Ticket.objects.filter(pk__in=chosen).update(status=status, **extra)
    assert asked() <= max(few, 11) <= 12


def test_counts_of_all_lists_are_asked_for_in_two_statements(ari: User) -> None:
    tickets(3)
    with CaptureQueriesContext(connection) as queries:
        told = count(ari, {"a": Filters(), "b": Filters(assignee="me"), "c": Filters(tag="x")})
    assert told == {"a": 3, "b": 0, "c": 0}
    assert len(queries) == 2
