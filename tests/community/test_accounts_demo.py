"""The outbox, the one-click logins of the demo, and production's refusal of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import connection
from django.test import Client

from community.actions.demo_people import PASSWORD, PEOPLE, TOTP_SECRET, make_demo_people, remove_demo_logins
from community.mails.outbox import list_mails
from community.models import User
from community.roles import Role
from tests.community.accounts import app_code, sign_in, signed_in_as
from tests.factories import person

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = {"HTTP_HOST": "localhost:8000", "HTTP_ORIGIN": "http://localhost:8000"}


@pytest.fixture
def outbox(settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "community.mails.local_server.LocalServerBackend"
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return settings.OUTBOX_DIR


# The outbox -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_mails_can_be_read_newest_first(outbox: Path) -> None:
    here = Client(HTTP_HOST="localhost")
    assert "No mail yet" in here.get("/outbox/").content.decode()
    send_mail("First, für Łucja", "Your code is BCDF-GHJK", "Site <site@example.com>", ["łucja@example.com"])
    send_mail("Second", "<script>alert(1)</script> https://example.com/x", None, ["b@example.com"])
    page = here.get("/outbox/").content.decode()
    assert page.index("Second") < page.index("First, für Łucja")
    newest, oldest = list_mails()
    assert "BCDF-GHJK" in here.get(f"/outbox/{oldest.name}/").content.decode()
    shown = here.get(f"/outbox/{newest.name}/").content.decode()
    assert "<script>alert" not in shown and 'href="https://example.com/x"' in shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["..%2f..%2fsecret", "../secret", "secret", ".", "..", "%00", "20260101T000000.000000-0000000g", "x" * 5000]
)
def test_no_path_leads_out_of_the_outbox(outbox: Path, name: str) -> None:
    outbox.mkdir(parents=True)
    (outbox.parent / "secret.eml").write_text("Subject: buried\n\nburied")
    (outbox / "secret.eml").write_text("Subject: buried\n\nburied")
    response = Client(HTTP_HOST="localhost").get(f"/outbox/{name}/")
    assert response.status_code in {400, 404}
    assert b"buried" not in response.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "request_as",
    [
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_HOST": "localhost"},
        {"HTTP_HOST": "testserver"},
        {"HTTP_HOST": "localhost", "HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"REMOTE_ADDR": "", "HTTP_HOST": "localhost"},
    ],
)
def test_only_this_machine_can_read_the_outbox(outbox: Path, request_as: dict[str, str]) -> None:
    send_mail("Code", "BCDF-GHJK", None, ["a@example.com"])
    assert Client(**request_as).get("/outbox/").status_code == 404
    assert Client(**request_as).get(f"/outbox/{list_mails()[0].name}/").status_code == 404


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8000"])
@pytest.mark.django_db
def test_every_spelling_of_this_machine_is_this_machine(outbox: Path, host: str) -> None:
    assert Client(HTTP_HOST=host).get("/outbox/").status_code == 200


# Looking as somebody --------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("role", list(PEOPLE))
def test_one_click_makes_one_somebody_in_the_demo(settings, role: str) -> None:
    settings.DEMO = True
    make_demo_people()
    browser = Client(enforce_csrf_checks=True, **HERE)
    response = browser.post(f"/demo/look-as/{role}/", {"next": "/accounts/logout/"})
    assert response["Location"] == "/accounts/logout/"
    shown = signed_in_as(browser)
    assert shown.username == role
    wanted = {Role.CUSTOMER} if role in {"customer", "helper"} else {Role.CUSTOMER, Role(role)}
    assert shown.effective_roles == wanted


@pytest.mark.django_db
def test_one_can_go_from_one_to_the_next_and_the_bar_shows_who_one_is(settings) -> None:
    settings.DEMO = True
    make_demo_people()
    browser = Client(**HERE)
    assert 'action="/demo/look-as/helper/"' in browser.get("/accounts/login/").content.decode()
    for role in ("customer", "admin", "customer"):
        browser.post(f"/demo/look-as/{role}/")
        assert signed_in_as(browser).username == role
    page = browser.get("/settings/").content.decode()
    assert page.count('aria-pressed="true"') == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("demo", "request_as", "role"),
    [
        (False, HERE, "admin"),
        (True, HERE | {"REMOTE_ADDR": "192.0.2.7"}, "admin"),
        (True, {"HTTP_HOST": "testserver", "HTTP_ORIGIN": "http://testserver"}, "admin"),
        (True, HERE | {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, "admin"),
        (True, HERE | {"HTTP_ORIGIN": "https://evil.example"}, "admin"),
        (True, HERE | {"HTTP_ORIGIN": "null"}, "admin"),
        (True, HERE | {"HTTP_SEC_FETCH_SITE": "cross-site"}, "admin"),
        (True, {"HTTP_HOST": "localhost:8000"}, "admin"),
        (True, HERE, "somebody"),
        (True, HERE, "real"),
    ],
)
def test_nobody_is_made_somebody_elsewhere(settings, demo: bool, request_as: dict[str, str], role: str) -> None:
    settings.DEMO = demo
    make_demo_people()
    person("real", Role.ADMIN)
    browser = Client(**request_as)
    assert browser.post(f"/demo/look-as/{role}/").status_code == 404
    assert "_auth_user_id" not in browser.session


@pytest.mark.django_db
def test_a_look_cannot_be_taken_with_get_nor_lead_to_another_site(settings) -> None:
    settings.DEMO = True
    make_demo_people()
    browser = Client(**HERE)
    assert browser.get("/demo/look-as/admin/").status_code == 405
    assert browser.post("/demo/look-as/admin/", {"next": "https://evil.example/"})["Location"] == "/"


@pytest.mark.django_db
def test_the_demo_bar_is_in_the_demo_only(client: Client) -> None:
    assert "look-as" not in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_making_the_demo_people_again_changes_nothing() -> None:
    first = make_demo_people()
    assert make_demo_people() == first
    assert User.objects.filter(is_demo=True).count() == len(PEOPLE)


@pytest.mark.django_db
def test_the_demos_staff_can_also_come_in_by_the_door(client: Client) -> None:
    make_demo_people()
    assert sign_in(client, "admin", PASSWORD)["Location"] == "/accounts/2fa/authenticate/"
    client.post("/accounts/2fa/authenticate/", {"code": app_code(TOTP_SECRET)})
    assert signed_in_as(client).effective_roles == {Role.CUSTOMER, Role.ADMIN}


# Production -----------------------------------------------------------------------------------------------------------
def production(*command: str) -> subprocess.CompletedProcess:
    """Run something as production would, on this test's database."""
    where = connection.settings_dict
    user, host, port = where["USER"], where["HOST"] or "localhost", where["PORT"] or 5432
    url = f"postgres://{user}:{where['PASSWORD']}@{host}:{port}/{where['NAME']}"
    if str(host).startswith("/"):
        url = f"postgres://{user}:{where['PASSWORD']}@/{where['NAME']}?host={host}&port={port}"
    env = os.environ | {
        "PEERDESK_MODE": "production",
        "DATABASE_URL": url,
        "SECRET_KEY": "x" * 60,
        "SITE_URL": "https://help.example.com",
        "EMAIL_URL": "smtp://mail.example.com",
        "STATIC_ROOT": str(ROOT / "static"),
    }
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=100)


@pytest.mark.django_db(transaction=True)
def test_production_does_not_start_with_demo_logins_and_says_what_to_do() -> None:
    make_demo_people()
    served = production("-c", "import config.wsgi")
    assert served.returncode == 3
    assert served.stderr.strip().splitlines() == [
        "This database has demo logins (customer, helper, moderator, agent, admin); "
        "close them with: manage.py remove_demo_logins"
    ]
    checked = production("manage.py", "check", "--database", "default")
    assert checked.returncode == 1 and "community.E001" in checked.stderr
    closed = production("manage.py", "remove_demo_logins")
    assert closed.returncode == 0 and "Closed 5 demo logins" in closed.stdout
    assert production("-c", "import config.wsgi").returncode == 0


def test_production_knows_neither_outbox_nor_one_click_logins() -> None:
    program = (
        "import django; django.setup()\n"
        "from django.urls import resolve, Resolver404\n"
        "for path in ('/outbox/', '/outbox/x/', '/demo/look-as/admin/'):\n"
        "    try: resolve(path); print(path)\n"
        "    except Resolver404: pass\n"
    )
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PEERDESK_MODE": "production",
        "DATABASE_URL": "postgres://nobody:x@127.0.0.1:1/none",
        "SECRET_KEY": "x" * 60,
        "SITE_URL": "https://help.example.com",
        "EMAIL_URL": "smtp://mail.example.com",
    }
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, timeout=100
    )
    assert (run.returncode, run.stdout) == (0, ""), run.stderr


@pytest.mark.django_db
def test_a_closed_demo_login_is_closed_for_good(client: Client) -> None:
    make_demo_people()
    client.force_login(User.objects.get(username="admin"))
    assert len(remove_demo_logins()) == len(PEOPLE)
    assert signed_in_as(client) is None
    sign_in(client, "admin", PASSWORD)
    assert signed_in_as(client) is None
    assert remove_demo_logins() == []
    call_command("remove_demo_logins")
