"""What administrators see of the mails: the line on their start page, and the list of rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from community import clock
from community.accounts import health
from community.mails.suspending import suspend
from community.models import Mail, User
from tests.community.accounts import member
from tests.factories import admin

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def mail_sign() -> health.Sign:
    return next(sign for sign in health.signs() if str(sign.name) == "Mail")


def row(key: str, outcome: str = "", *, code: str = "", ago: timedelta = timedelta()) -> Mail:
    at = NOON - ago
    return Mail.objects.create(
        kind="notice",
        recipient=member(f"reader-{key}"),
        key=key,
        created_at=at,
        due_at=at,
        settled_at=at if outcome else None,
        outcome=outcome,
        reply_code=code,
    )


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with clock.at(NOON):
        yield


def test_mails_that_wait_for_long_are_told_with_the_first_of_them() -> None:
    row("1", ago=timedelta(hours=2))
    row("2")
    sign = mail_sign()
    assert not sign.is_well and "manage.py worker" in str(sign.advice)
    assert "2 wait, the first since" in str(sign.text) and "10 a.m." in str(sign.text)


def test_where_a_worker_runs_it_must_be_the_mail_server() -> None:
    row("1", ago=timedelta(hours=2))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [clock.wall()])
    assert not mail_sign().is_well and "EMAIL_URL" in str(mail_sign().advice)


def test_mails_that_just_came_are_nothing_to_worry_about(settings: Any) -> None:
    settings.PRODUCTION = True
    row("1", "sent", ago=timedelta(hours=1))
    row("2")
    sign = mail_sign()
    assert sign.is_well and "The mail server took the last mail." in str(sign.text) and "1 waits" in str(sign.text)


def test_a_mail_that_is_tried_again_later_does_not_wait_now() -> None:
    later = row("1", ago=timedelta(hours=2))
    Mail.objects.filter(pk=later.pk).update(due_at=NOON + timedelta(hours=1), attempts=2)
    assert mail_sign().is_well and "wait" not in str(mail_sign().text)


@pytest.mark.parametrize(("code", "words"), [("", "did not answer"), ("535 5.7.8", "535 5.7.8")])
def test_a_mail_server_that_is_away_is_told_with_what_to_do(settings: Any, code: str, words: str) -> None:
    settings.PRODUCTION = True
    row("1", "sent", ago=timedelta(hours=1))
    row("2", "gave_up", code=code)
    sign = mail_sign()
    assert not sign.is_well and words in str(sign.text) and "EMAIL_URL" in str(sign.advice)


def test_a_refusal_is_an_answer(settings: Any) -> None:
    settings.PRODUCTION = True
    row("1", "refused", code="550 5.1.1")
    assert mail_sign().is_well and "550 5.1.1" in str(mail_sign().text)


def test_addresses_that_take_no_mail_are_counted() -> None:
    for name in ("ada", "bo"):
        suspend(member(name), "550 5.1.1")
    assert "2 addresses take no mail." in str(mail_sign().text)
    User.objects.filter(username="bo").update(email="new@example.com")
    assert "1 address takes no mail." in str(mail_sign().text)


def test_administrators_read_the_rows_and_change_none(client: Client) -> None:
    client.force_login(admin())
    waiting, refused = row("1"), row("2", "refused", code="550 5.1.1")
    listed = client.get("/admin/community/mail/").content.decode()
    assert "550 5.1.1" in listed and "waits" in listed
    assert waiting.recipient is not None and waiting.recipient.email not in listed
    only = client.get("/admin/community/mail/?outcome=refused").content.decode()
    assert f"/mail/{refused.pk}/" in only and f"/mail/{waiting.pk}/" not in only
    only = client.get("/admin/community/mail/?outcome=waits").content.decode()
    assert f"/mail/{refused.pk}/" not in only and f"/mail/{waiting.pk}/" in only
    assert client.get("/admin/community/mail/?outcome=%F0nonsense").status_code in {200, 302, 400}
    assert client.get(f"/admin/community/mail/{refused.pk}/change/").status_code == 200
    assert client.post(f"/admin/community/mail/{refused.pk}/change/", {"outcome": "sent"}).status_code == 403
    assert client.get("/admin/community/mail/add/").status_code == 403
