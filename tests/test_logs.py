"""What is logged in production: real lines of a real site, and none of what must never be in them."""

import json
import logging
import os
import subprocess
import sys
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as project
from django.core.exceptions import MiddlewareNotUsed
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.logs import JsonFormatter, PlainFormatter, RequestLogMiddleware, mask
from tests.factories import person

KEY = "WzEsMTc5NTMxMjAwMF0:1abc-DEF_ghi"


@pytest.fixture
def lines() -> Any:
    """Everything that is logged, as production writes it."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(name) for name in ("", "peerdesk.request")]
    before = [one.level for one in loggers]
    logging.getLogger().addHandler(handler)
    logging.getLogger("peerdesk.request").setLevel("INFO")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)
    for one, level in zip(loggers, before, strict=True):
        one.setLevel(level)


def production(**more: str) -> dict[str, str]:
    # Browser tests of the same process set what no site does.
    here = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return {
        **here,
        "PEERDESK_MODE": "production",
        "SITE_URL": "https://help.example.com",
        "SECRET_KEY": "zQ3v9Kk1-long-and-random-enough-for-a-test-of-fifty-characters-and-more",
        "EMAIL_URL": "smtp://user:mail-password@127.0.0.1:2525",
        **more,
    }


def test_the_deployment_check_finds_nothing_in_production() -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"]
    done = subprocess.run(
        command, cwd=project.BASE_DIR, env=production(), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.django_db
def test_a_request_leaves_one_line_with_its_facts_and_without_its_query(settings: Any, lines: Any) -> None:
    settings.LOG_REQUESTS = True
    somebody, client = person(), Client()
    client.force_login(somebody)
    answer = client.get("/threads/?list=mine&word=private")
    told = [line for line in lines() if line["logger"] == "peerdesk.request"]
    assert len(told) == 1 and told[0]["path"] == "/threads/" and told[0]["status"] == 200
    assert told[0]["user_id"] == somebody.pk and told[0]["ms"] > 0 and told[0]["method"] == "GET"
    assert told[0]["request_id"] == answer["X-Request-ID"]
    assert "private" not in json.dumps(told)


@pytest.mark.django_db
def test_only_ones_own_proxy_names_a_request(settings: Any, lines: Any) -> None:
    settings.LOG_REQUESTS = True
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert Client().get("/robots.txt", headers={"X-Request-ID": "forged-by-them"})["X-Request-ID"] != "forged-by-them"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert Client().get("/robots.txt", headers={"X-Request-ID": "given-by-nginx"})["X-Request-ID"] == "given-by-nginx"
    answer = Client().get("/robots.txt", headers={"X-Request-ID": 'broken"}\n'})
    assert '"' not in answer["X-Request-ID"]


@pytest.mark.django_db
def test_no_key_of_an_address_is_in_a_line_whoever_writes_it(settings: Any, lines: Any) -> None:
    settings.LOG_REQUESTS = True
    for path in ("stop", "invitations", "solved", "not-yet"):
        Client().get(f"/{path}/{KEY}/")
    assert len(lines()) >= 4
    assert KEY not in json.dumps(lines())


def keyed(patterns: Any, before: str = "/") -> Any:
    """Every address of the site that has a key in it, with one."""
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from keyed(one.url_patterns, route)
        elif isinstance(one, URLPattern) and ("token" in route or "key>" in route):
            yield route


def test_every_address_with_a_key_is_hidden() -> None:
    found = list(keyed(get_resolver().url_patterns))
    assert len(found) >= 6
    for route in found:
        start = route.replace("^", "").partition("<")[0].partition("(?P")[0]
        assert KEY not in mask(f"{start}{KEY}/"), route


@pytest.mark.parametrize(
    "text",
    [
        "could not connect to postgres://peerdesk:hunter22@db.example.com/x",
        "Authorization: Bearer hunter22",
        "{'HTTP_COOKIE': 'sessionid=hunter22; csrftoken=hunter22'}",
        "password=hunter22 was wrong",
        '{"api_key": "hunter22"}',
        "POST /accounts/login/?next=/x&code=hunter22",
        "duplicate key value\nDETAIL:  Key (username_key)=(hunter22) already exists.",
        "mail to hunter22@example.com was refused",
    ],
)
def test_what_must_not_be_read_is_taken_out_of_any_line(text: str) -> None:
    record = logging.LogRecord("a.library", logging.ERROR, __file__, 1, "%s", (text,), None)
    for formatter in (PlainFormatter("%(levelname)s %(message)s"), JsonFormatter()):
        assert "hunter22" not in formatter.format(record)
    assert "/accounts/login/" not in text or "/accounts/login/" in mask(text)


def test_the_sites_own_secrets_are_hidden_in_tracebacks_too(settings: Any) -> None:
    settings.SECRET_KEY = "the-key-of-this-site"
    try:
        raise ValueError(f"cannot sign with {settings.SECRET_KEY}")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "it failed", (), sys.exc_info())
    line = JsonFormatter().format(record)
    assert "the-key-of-this-site" not in line and "ValueError" in line and "\n" not in line


def test_ordinary_words_stay_as_they_are() -> None:
    for text in (
        "GET /t/12/the-token-ring-card/",
        "The worker stopped: 3 jobs, 2.5 s",
        "/tags/password/",
    ):
        assert mask(text) == text


def test_development_logs_no_requests() -> None:
    with pytest.raises(MiddlewareNotUsed):
        RequestLogMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]
