"""What should have run and did not is told: on the start page, to machines that ask, and once by mail."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django import app

from community import clock, tasks
from community.care import watchdog
from community.care.watchdog import announce, beat, expected, missed, run_of, tell
from community.models import JobRun
from community.notices.worker import send
from tests.factories import admin
from tests.mailing import MailHost, mail_host

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_beats_before() -> None:
    watchdog._beaten.clear()
    watchdog._looked = 0.0


@pytest.fixture
def host(settings: Any) -> Iterator[MailHost]:
    with mail_host(settings) as running:
        yield running


def words(mail: Any) -> str:
    return " ".join(mail.get_payload()[0].get_payload(decode=True).decode().split())


def ran(ago: timedelta, *names: str) -> None:
    for name in names or expected():
        at = clock.wall() - ago
        JobRun.objects.update_or_create(name=name, defaults={"started_at": at, "finished_at": at})


def test_every_periodic_job_has_its_interval() -> None:
    assert tasks  # its import registers them
    periodic = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic <= expected().keys()
    assert all(hasattr(app.tasks[name].func, "__wrapped__") for name in periodic), "each is watched"


def test_a_site_without_a_worker_is_not_well_and_a_machine_is_told_names_only(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503 and set(answer.json()["late"]) == set(expected())
    assert "no-store" in answer["Cache-Control"] and not answer.cookies
    announce()
    assert client.get("/healthz").json() == {"status": "ok", "late": []}


def test_a_job_that_did_not_run_in_its_time_is_on_the_start_page(client: Client) -> None:
    ran(timedelta(minutes=1))
    client.force_login(admin())
    assert "community.sweep" not in client.get("/admin/").content.decode()
    ran(timedelta(hours=2), "community.sweep")
    assert "community.sweep" in client.get("/admin/").content.decode()
    assert client.get("/healthz").json()["late"] == ["community.sweep"]


def test_a_job_that_fails_is_missed_until_it_ends_well() -> None:
    announce()
    with pytest.raises(ZeroDivisionError), run_of("community.sweep"):
        raise ZeroDivisionError
    assert [(one.name, one.has_failed) for one in missed()] == [("community.sweep", True)]
    with run_of("community.sweep"):
        pass
    assert missed() == []


def test_a_job_that_hangs_is_missed_though_it_began() -> None:
    announce()
    began = clock.wall() - timedelta(hours=3)
    JobRun.objects.filter(name="community.sweep").update(started_at=began)
    assert [one.name for one in missed()] == ["community.sweep"]


def test_administrators_hear_of_an_outage_once_and_once_that_it_is_over(host: MailHost) -> None:
    admin(email="ada@example.com")
    ran(timedelta(minutes=1))
    assert tell() == 0
    ran(timedelta(hours=2), "community.sweep", "community.mornings")
    assert tell() == 1 and tell() == 0
    ran(timedelta(0))
    assert tell() == 1 and tell() == 0
    first, second = host.arrived
    assert "community.mornings, community.sweep" in words(first) and "runs again" in words(second)


def test_an_outage_that_no_mail_server_took_is_told_later(settings: Any) -> None:
    admin(email="ada@example.com")
    ran(timedelta(hours=2))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert tell() == 0
    with mail_host(settings) as host:
        assert tell() == 1 and len(host.arrived) == 1


def test_whichever_loop_lives_tells_of_the_other(host: MailHost, monkeypatch: Any) -> None:
    admin(email="ada@example.com")
    ran(timedelta(minutes=1))
    ran(timedelta(hours=1), "notices")
    once: Callable[[], bool] = iter([False, True]).__next__

    class Once:
        is_set = staticmethod(once)
        wait = staticmethod(lambda _seconds: None)

    send(Once())  # type: ignore[arg-type]
    assert len(host.arrived) == 1 and "notices" in words(host.arrived[0])


def test_a_loop_that_turns_all_the_time_writes_now_and_then() -> None:
    beat("mail")
    first = JobRun.objects.get(name="mail").finished_at
    beat("mail")
    assert JobRun.objects.get(name="mail").finished_at == first
