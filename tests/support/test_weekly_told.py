"""Administrators read the weekly report in their inbox, by mail and in the admin; nobody else hears of it."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import clock
from community.actions import choices
from community.models import NoticeChoice, Notification, Rhythm, Topic, User
from community.notices.notifiables import show
from support.actions import weekly as reports
from support.models import Status, WeeklyReport
from support.reading.weekly_told import evidence_address, report_address
from tests.factories import admin, agent, moderator, person
from tests.mailing import mail_host, told, words_of
from tests.support import test_promises as promises
from tests.support.hearing import MORNING, asked, on, outage, past, report

pytestmark = pytest.mark.django_db


def reachable(name: str) -> User:
    made = admin(name)
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def browser_of(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


@pytest.mark.django_db(transaction=True)
def test_administrators_get_the_report_by_mail_and_each_line_leads_to_what_it_is_about(settings: Any) -> None:
    ada = reachable("ada")
    past()
    outage()
    made = report()
    with mail_host(settings) as host, clock.at(MORNING):
        told()
    (mail,) = host.to(ada)
    text = words_of(mail)
    assert mail["Subject"] == "What the company hears: The week from June 8, 2026 to June 14, 2026"
    assert "6 people asked." in text and "“sync”" in text and evidence_address(made, "trends-0") in text
    assert "You get this on Mondays because you administer this site." in text


def test_it_stands_in_the_inbox_of_administrators_whose_role_is_in_force_and_in_no_other() -> None:
    ada = admin("ada")
    others = [admin("eve", second_factor=False), agent(), moderator(), person()]
    asked(on(9))
    made = report()
    (row,) = Notification.objects.filter(event_kind=reports.KIND)
    assert row.recipient == ada and row.topic == Topic.HEARD
    ((_row, shown),) = show([row], ada)
    assert shown.url == report_address(made) and browser_of(ada).get(shown.url).status_code == 200
    for other in others:
        row.recipient = other
        assert show([row], other) == []


def test_whoever_wants_no_mail_has_it_in_the_inbox_alone() -> None:
    ada, ida = reachable("ada"), reachable("ida")
    choices.choose(actor=ada, topic=Topic.HEARD, rhythm=Rhythm.OFF)
    asked(on(9))
    report()
    rows = Notification.objects.filter(event_kind=reports.KIND).values_list("recipient", "rhythm")
    assert dict(rows) == {ada.pk: "", ida.pk: Rhythm.NOW}


def test_only_the_newest_of_several_late_reports_is_told() -> None:
    admin()
    asked(on(9))
    with clock.at(MORNING + timedelta(days=14)):
        assert reports.make_due() == 3
    newest = WeeklyReport.objects.latest("week")
    assert list(Notification.objects.values_list("event_id", flat=True)) == [newest.pk]


def test_the_choice_is_offered_to_administrators_alone() -> None:
    field = f'name="topic-{Topic.HEARD}"'
    page = reverse("notice_settings")
    assert field in browser_of(admin()).get(page).content.decode()
    for other in (agent(), moderator(), person()):
        assert field not in browser_of(other).get(page).content.decode()
    ada = admin()
    browser_of(ada).post(page, {f"topic-{Topic.HEARD}": "hourly"})
    assert not NoticeChoice.objects.filter(topic=Topic.HEARD).exists(), "it is one mail or none"


@pytest.mark.parametrize("who", ["visitor", "customer", "moderator", "agent"])
def test_nobody_else_opens_the_pages(who: str) -> None:
    asked(on(9))
    made = report()
    client = Client() if who == "visitor" else browser_of({"moderator": moderator, "agent": agent}.get(who, person)())
    for address in (
        report_address(made),
        evidence_address(made, "trends-0"),
        reverse("admin:support_weeklyreport_changelist"),
        reverse("admin:support_solvedrating_changelist"),
    ):
        assert client.get(address).status_code in {302, 403, 404}


def test_an_address_that_leads_nowhere_is_not_found() -> None:
    asked(on(9))
    made, client = report(), browser_of(admin())
    place = reverse("admin:support_weeklyreport_changelist")
    for number in ("x", "0", "99", "9" * 40, "²", "١"):
        assert client.get(f"{place}{number}/change/").status_code == 404
    for key in ("trends-0", "trends-99", "nothing-1", "helpers-", "trends--1", "fixed-0", "9" * 400):
        assert client.get(f"{place}{made.pk}/lines/{key}/").status_code == 404
    assert client.get(f"{place}{'9' * 40}/lines/trends-0/").status_code == 404


def test_weeks_lead_to_their_neighbours() -> None:
    client = browser_of(admin())
    asked(on(1))
    asked(on(9))
    report()
    first, second = WeeklyReport.objects.order_by("week")
    assert report_address(second) in client.get(report_address(first)).content.decode()
    page = client.get(report_address(second)).content.decode()
    assert report_address(first) in page and "The week after" not in page
    assert report_address(first) in client.get(reverse("admin:support_weeklyreport_changelist")).content.decode()


def test_a_page_costs_the_same_whatever_the_week_brought() -> None:
    client = browser_of(admin())
    asked(on(2))
    with clock.at(MORNING - timedelta(days=7)):
        reports.make_due()
    past()
    outage(20)
    promises.replied(promises.opened(on(9, 10)), on(9, 11), Status.OPEN)
    full = report()
    counts = []
    for made in (WeeklyReport.objects.earliest("week"), full):
        client.get(report_address(made))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(report_address(made)).status_code == 200
        counts.append(len(queries))
    assert max(counts) <= 12 and full.findings["trends"]
    with CaptureQueriesContext(connection) as queries:
        assert client.get(evidence_address(full, "trends-0")).status_code == 200
    assert len(queries) <= 12
