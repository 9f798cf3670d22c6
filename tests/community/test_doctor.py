"""The doctor says what is wrong with a site, and what cures it."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import call_command

from community import clock
from community.accounts.health import Sign
from community.care import doctor
from community.care.watchdog import BACKUP
from community.models import IncomingMail, JobRun, Mail
from config.incoming import Imap
from tests.factories import moderator, person
from tests.mailing import mail_host

pytestmark = pytest.mark.django_db


def found(name: str) -> list[Sign]:
    return [sign for sign in doctor.findings() if str(sign.name) == name]


def test_whatever_is_wrong_has_its_cure_and_ends_in_1(capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", json=True)  # no worker runs beside the tests
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1 and told["is_well"] is False
    assert all(row["cure"] for row in told["findings"] if not row["is_well"])
    names = {row["name"] for row in told["findings"]}
    assert names >= {"Database", "Migrations", "Clock", "Worker", "Mail server", "Staff", "Backup", "Folders", "Disk"}


def test_a_database_that_does_not_answer_is_told_and_the_machine_is_looked_at_all_the_same() -> None:
    env = {**os.environ, "DATABASE_URL": "postgres://somebody:hunter22@127.0.0.1:1/nothing"}
    command = [sys.executable, "manage.py", "doctor", "--json"]
    done = subprocess.run(command, cwd=project.BASE_DIR, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "hunter22" not in done.stdout + done.stderr
    first, *others = json.loads(done.stdout)["findings"]
    assert first["name"] == "Database" and "DATABASE_URL" in first["cure"]
    assert any(row["name"] == "Disk" for row in others)


def test_a_mail_server_that_talks_is_well_and_one_that_is_away_is_not(settings: Any) -> None:
    with mail_host(settings):
        assert [sign.is_well for sign in found("Mail server")] == [True]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_PASSWORD = "127.0.0.1", 1, "hunter22"
    (sign,) = found("Mail server")
    assert not sign.is_well and "hunter22" not in str(sign.text)


def test_staff_without_a_second_factor_are_named() -> None:
    moderator()
    assert [sign.is_well for sign in found("Staff")] == [True]
    careless = person("careless", "admin", second_factor=False)
    (sign,) = found("Staff")
    assert not sign.is_well and str(careless.username) in str(sign.text)


def test_an_old_backup_is_too_old() -> None:
    JobRun.objects.create(name=BACKUP, started_at=clock.wall(), finished_at=clock.wall() - timedelta(hours=2))
    assert found("Backup")[0].is_well
    JobRun.objects.update(finished_at=clock.wall() - timedelta(days=3))
    assert not found("Backup")[0].is_well


def test_settings_that_no_production_site_should_have_are_told(settings: Any) -> None:
    settings.PRODUCTION, settings.DEBUG, settings.SITE_URL = True, True, "http://help.example.com"
    settings.SECRET_KEY, settings.ALLOWED_HOSTS = "short", ["*"]
    told = " ".join(str(sign.text) for sign in found("Settings"))
    assert all(word in told for word in ("SITE_URL", "DEBUG", "SECRET_KEY", "Hosts", "Cookies"))
    assert "short " in told or "short." in told


def test_a_disk_that_is_nearly_full_is_told(monkeypatch: Any) -> None:
    assert found("Disk")
    monkeypatch.setattr(doctor, "LEAST_SHARE", 1.1)
    assert not found("Disk")[0].is_well


# Mail that comes in ---------------------------------------------------------------------------------------------------
def came(verdict: str = "none", *, days: float = 0, **fields: Any) -> None:
    at = clock.now() - timedelta(days=days)
    made = {"end": "held", "reason": "unverified", "door": "pipe"} | fields
    IncomingMail.objects.create(received_at=at, verdict=verdict, **made)


def test_a_site_that_takes_no_mail_in_is_well(settings: Any) -> None:
    settings.INCOMING_ADDRESS = ""
    (sign,) = found("Incoming mail")
    assert sign.is_well and "INCOMING_ADDRESS" in str(sign.text)


def test_a_mail_host_that_never_says_anything_is_the_likely_mistake(settings: Any) -> None:
    settings.INCOMING_AUTHSERV = "mx.example.com"
    for _each in range(4):
        came()
    assert all(sign.is_well for sign in found("Incoming mail"))
    came()
    (sign,) = found("Incoming mail")
    assert not sign.is_well and "mx.example.com" in str(sign.text) and "INCOMING_AUTHSERV" in str(sign.advice)
    came("pass", end="accepted", reason="posted")
    assert all(sign.is_well for sign in found("Incoming mail"))


def test_mails_that_wait_too_long_for_a_look_are_told() -> None:
    came("pass", days=1)
    assert all(sign.is_well for sign in found("Incoming mail"))
    came("pass", days=3)
    (sign,) = found("Incoming mail")
    assert not sign.is_well and str(sign.text).startswith("1 held")


def test_where_much_goes_out_and_nothing_comes_in_something_is_wrong(settings: Any) -> None:
    settings.PRODUCTION = True
    assert all(sign.is_well for sign in found("Incoming mail"))
    sent = {"outcome": Mail.Outcome.SENT, "settled_at": clock.now(), "due_at": clock.now(), "created_at": clock.now()}
    Mail.objects.bulk_create(Mail(key=f"k{n}", kind=Mail.Kind.NOTICE, **sent) for n in range(200))
    (sign,) = found("Incoming mail")
    assert not sign.is_well and "None came" in str(sign.text)


def test_a_mailbox_that_does_not_answer_is_told_without_its_password(settings: Any) -> None:
    settings.INCOMING_IMAP = Imap("127.0.0.1", 1, "site", "hunter22", "INBOX", "plain")
    (sign,) = found("Mailbox")
    assert not sign.is_well and "hunter22" not in f"{sign.text} {sign.advice}"
