"""The admin's start page: whether the site is well, and what happened lately."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from community import clock
from community.accounts import health
from community.actions.solutions import accept
from community.models import Brand
from community.notices.fanout import fan_out_all
from tests.factories import admin, person, reply, thread

pytestmark = pytest.mark.django_db


def signs() -> dict[str, health.Sign]:
    return {str(sign.name): sign for sign in health.signs()}


def beat(ago: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [clock.wall() - ago])


def test_the_start_page_says_when_no_worker_runs_and_what_to_do(client: Client) -> None:
    client.force_login(admin())
    assert not signs()["Worker"].is_well and "manage.py worker" in client.get("/admin/").content.decode()
    beat(timedelta(hours=1))
    assert not signs()["Worker"].is_well
    beat(timedelta(seconds=5))
    assert signs()["Worker"].is_well and "manage.py worker" not in client.get("/admin/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_notices_nobody_was_told_of_yet_are_counted() -> None:
    fan_out_all()
    assert str(signs()["Notices"].text) == "Up to date."
    thread()
    assert str(signs()["Notices"].text) == "1 on their way."
    fan_out_all()
    assert str(signs()["Notices"].text) == "Up to date."


def test_a_real_site_is_not_well_before_a_mail_went_out(settings: Any) -> None:
    settings.PRODUCTION = True
    assert not signs()["Mail"].is_well
    Brand.objects.update_or_create(pk=1, defaults={"mail_tested_at": clock.now()})
    assert signs()["Mail"].is_well


def test_the_start_pages_figures_are_counted_from_rows() -> None:
    with clock.at(clock.now() - timedelta(days=40)):
        thread(person(date_joined=clock.now()))
    asker = person()
    accept(actor=asker, answer_id=reply(thread(asker)).pk)
    assert [number for number, _label in health.figures()] == [1, 1, 1, 2]
