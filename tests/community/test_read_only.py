"""Read-only times: everything can be read, nothing is written, and what was typed is not lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from community import clock
from community.actions.site import end_read_only, go_live, start_read_only
from community.errors import NotAllowed
from community.models import AuditEntry, Mail, Notification, PostKey, SiteState, Thread
from community.notices.fanout import fan_out_all
from community.notices.gathering import gather_all
from community.reading.page_cache import CACHE
from community.tasks import sweep
from tests import access_table
from tests.community.accounts import PASSWORD, member
from tests.factories import admin, board, moderator, person, reply, thread
from tests.fingerprint import contents, tables

pytestmark = pytest.mark.django_db

WORDS = "We move to a new server until 14:00."


def post(client: Client, question: Thread) -> Any:
    url = reverse("answer_thread", args=[question.pk])
    return client.post(url, {"body": "A long answer of mine.", "key": "abc"})


def test_nobody_writes_and_every_page_says_why() -> None:
    question, client = thread(), Client()
    start_read_only(actor=None, words=WORDS)
    client.force_login(person())
    assert WORDS in client.get(question.get_absolute_url()).content.decode()
    before = contents(tables(access_table.EXEMPT_TABLES))
    answer = post(client, question)
    assert answer.status_code == 503 and int(answer["Retry-After"]) > 0
    assert WORDS in answer.content.decode() and "nothing you wrote is lost" in answer.content.decode()
    assert contents(tables(access_table.EXEMPT_TABLES)) == before


def test_what_was_typed_stands_on_the_page_ready_to_be_sent_again() -> None:
    question, client = thread(), Client()
    client.force_login(person())
    start_read_only(actor=None)
    page = post(client, question).content.decode()
    assert "A long answer of mine.</textarea>" in page
    assert f'action="{reverse("answer_thread", args=[question.pk])}"' in page


def test_every_address_that_takes_a_post_is_refused_and_nothing_is_written() -> None:
    """Asked of the table of who may do what: whoever adds a verb adds it there."""
    client = Client()
    client.force_login(moderator())
    start_read_only(actor=None)
    before = contents(tables(access_table.EXEMPT_TABLES))
    asked = 0
    for route in sorted({line.route for line in access_table.LINES if line.method == "POST"}):
        for kwargs in ({}, {"thread_id": 1}, {"answer_id": 1}, {"token": "x"}, {"slug": "x"}, {"hint_id": 1}):
            try:
                url = reverse(route, kwargs=kwargs)
            except Exception:
                continue
            asked += 1
            expected = 200 if route == "preview" else 503
            assert client.post(url).status_code == expected, route
    assert asked > 40
    assert contents(tables(access_table.EXEMPT_TABLES)) == before


def test_pages_kept_for_visitors_begin_and_end_to_say_so(transactional_db: None) -> None:
    thread()
    CACHE.clear()
    visitor = Client()
    assert WORDS not in visitor.get("/threads/").content.decode()
    start_read_only(actor=None, words=WORDS)
    assert WORDS in visitor.get("/threads/").content.decode()
    end_read_only(actor=None)
    assert WORDS not in visitor.get("/threads/").content.decode()


def test_only_administrators_sign_in_and_they_end_it() -> None:
    somebody, chief = member("somebody"), admin()
    start_read_only(actor=None)
    visitor = Client()
    login = reverse("account_login")
    refused = visitor.post(login, {"login": somebody.username, "password": PASSWORD})
    assert refused.status_code == 503 and "_auth_user_id" not in visitor.session
    client = Client()
    client.force_login(chief)
    assert client.post(reverse("admin:community_sitestate_read_only"), {"do": "off"}).status_code == 302
    assert not SiteState.objects.get().read_only_at
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)[:2]) == [
        "started read-only",
        "ended read-only",
    ]


def test_moderators_do_not_decide_about_the_whole_site() -> None:
    with pytest.raises(NotAllowed):
        start_read_only(actor=moderator())


def test_the_worker_and_its_jobs_rest() -> None:
    old = clock.now() - timedelta(days=30)
    PostKey.objects.create(person=person(), key="old", created_at=old)
    start_read_only(actor=None)
    sweep(0)
    assert PostKey.objects.exists()
    end_read_only(actor=None)
    sweep(0)
    assert not PostKey.objects.exists()


def test_a_database_that_takes_no_writes_gives_the_same_page(transactional_db: None) -> None:
    question, client = thread(), Client(raise_request_exception=False)
    client.force_login(person())
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        answer = post(client, question)
    finally:
        connection.close()
    assert answer.status_code == 503 and answer["Retry-After"]
    assert "A long answer of mine." in answer.content.decode()


# After a restore ------------------------------------------------------------------------------------------------------
@pytest.fixture
def restored(transactional_db: None) -> Thread:
    """A site that was restored: one mail waits since before the backup, one answer came since."""
    question = thread(person("asker", email="asker@example.com"), board("Routers"))
    reply(question, person("helper"))
    fan_out_all()
    gather_all()
    SiteState.objects.update_or_create(pk=1, defaults={"closed_at": clock.now(), "restored_from": clock.now()})
    return question


def test_going_live_says_what_leaves_and_asks_about_what_is_old(restored: Thread, capsys: Any) -> None:
    with pytest.raises(CommandError, match="--drop-old or --send-old"):
        call_command("go_live")
    call_command("go_live", dry_run=True)
    assert "before the backup" in capsys.readouterr().out
    assert SiteState.objects.get().closed_at is not None
    call_command("go_live", drop_old=True)
    assert SiteState.objects.get().closed_at is None
    assert not Mail.objects.filter(settled_at=None).exists()
    assert not Notification.objects.exclude(rhythm="").exists() and Notification.objects.exists()
    with pytest.raises(CommandError, match="live already"):
        call_command("go_live")


def test_what_happened_since_is_mailed_though_the_old_is_dropped(restored: Thread) -> None:
    reply(restored, person("third"), "Written since.")
    fan_out_all()
    assert go_live(actor=None, drops_old=True) >= 1
    gather_all()
    assert Mail.objects.filter(settled_at=None).exists() or Notification.objects.exclude(rhythm="").exists()
