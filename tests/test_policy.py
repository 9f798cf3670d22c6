"""Safe by construction: every answer carries the policy, and no page needs an exception from it.

Every route of the resolver, the libraries' and the admin's too, is asked by every kind of person.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client, override_settings

from tests.access_table import LINES
from tests.community.accounts import PASSWORD, member, sign_in
from tests.routes import OURS, THEIRS, address
from tests.test_access_matrix import concrete
from tests.world import World, living, taken_back

pytestmark = pytest.mark.django_db

#: As it goes out. Whoever needs more than this needs a better idea.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "manifest-src": "'self'",
}
#: An uploaded file needs nothing at all; its own policy is the stricter one.
FILE_POLICY = {"default-src": "'none'", "sandbox": ""}
#: A mail is no page of the site: it is shown as its reader will see it, in a frame without scripts or a network, its
#: one style let in by its hash. These are the pages that hold such a frame, and the frames.
MAIL_PAGES, MAIL_FRAMES = {"admin/community/brand/mails/"}, {"admin/community/brand/mails/frame/"}
#: What is asked of everybody else is asked of the table; a page's frame differs for these.
KINDS = ("visitor", "customer", "moderator", "admin", "adm-1")
#: Scripts of these types are data: a browser never runs them.
DATA_TYPES = {"application/ld+json", "application/json"}


class Faults(HTMLParser):
    """What a page holds that the policy would stop: inline scripts, styles, handlers, and what other hosts serve."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and "src" not in given and given.get("type") not in DATA_TYPES:
            self.found.append("an inline script")
        if tag in ("style", "base", "object", "embed", "iframe", "frame", "applet"):
            self.found.append(f"<{tag}>")
        if tag == "meta" and (given.get("http-equiv") or "").lower() in ("content-security-policy", "refresh"):
            self.found.append(f"<meta http-equiv={given['http-equiv']}>")
        for name, value in attrs:
            value = (value or "").strip()
            if name == "style" or name.startswith("on") or name == "nonce":
                self.found.append(f"{name}={value[:60]} on <{tag}>")
            if value.lower().startswith(("javascript:", "data:", "vbscript:")):
                self.found.append(f"{name}={value[:60]} on <{tag}>")
            if name in ("src", "srcset", "poster") or (tag == "link" and given.get("rel") in ("stylesheet", "icon")):
                self.serve(tag, name, value)

    def serve(self, tag: str, name: str, value: str) -> None:
        if name in ("src", "srcset", "poster", "href") and re.match(r"(?:[a-z]+:)?//", value, re.I):
            self.found.append(f"{value[:60]} from another host on <{tag}>")


def policy_of(response: Any) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))


def faults(response: Any) -> list[str]:
    """What is wrong with an answer."""
    given = response.get("Content-Security-Policy", "")
    policy = policy_of(response) if given else {}
    found = [] if policy in (POLICY, FILE_POLICY) else [f"the policy is {given!r}"]
    if "Content-Security-Policy-Report-Only" in response:
        found.append("a policy that only reports")
    if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
        found += Faults(response.content.decode()).found
    return found


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    with living(django_db_blocker, tmp_path_factory.mktemp("media")) as made:
        yield made


def test_the_policy_allows_this_site_and_nothing_else() -> None:
    said = str(settings.CONTENT_SECURITY_POLICY)
    for word in ("unsafe", "nonce", "strict-dynamic", "http:", "https:", "data:", "blob:", "*"):
        assert word not in said, word


@pytest.mark.parametrize("route", sorted({line.route for line in LINES} & OURS.keys()))
def test_whatever_our_routes_answer_to_whomever_keeps_to_the_policy(world: World, route: str) -> None:
    wrong = []
    things = {line.thing for line in LINES if line.route == route}
    for thing in sorted(things):
        path = address(world, route, thing)
        for role, method in (*((role, "GET") for role in KINDS), ("customer", "POST")):
            with taken_back():
                response = world.clients[role].generic(method, path)
            wrong += [f"{method} {path} as {role} ({response.status_code}): {each}" for each in faults(response)]
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("path", sorted(set(THEIRS) - MAIL_PAGES - MAIL_FRAMES))
def test_whatever_the_libraries_and_the_admin_answer_keeps_to_the_policy(world: World, path: str) -> None:
    wrong = []
    for role in KINDS:
        with taken_back():
            response = world.clients[role].get(concrete(path))
        wrong += [f"{concrete(path)} as {role} ({response.status_code}): {each}" for each in faults(response)]
    assert not wrong, "\n".join(wrong[:20])


def test_a_mail_is_shown_in_a_frame_where_nothing_runs_and_nothing_is_fetched_from_elsewhere(world: World) -> None:
    for path in MAIL_PAGES:
        response = world.clients["admin"].get(f"/{path}")
        assert policy_of(response) == POLICY | {"frame-src": "'self'"}
        assert set(Faults(response.content.decode()).found) == {"<iframe>"}
    for path in MAIL_FRAMES:
        response = world.clients["admin"].get(f"/{path}")
        policy, page = policy_of(response), response.content.decode()
        assert policy.keys() == {"sandbox", "default-src", "img-src", "style-src", "frame-ancestors", "base-uri"}
        assert "allow-scripts" not in policy["sandbox"]
        assert "allow-same-origin" not in policy["sandbox"]
        assert (policy["default-src"], policy["img-src"]) == ("'none'", "'self'")
        assert re.fullmatch(r"'sha256-[\w+/=]+'", policy["style-src"])
        assert set(Faults(page).found) == {"<style>"}
        assert "<script" not in page


def test_the_admins_forms_and_histories_of_things_that_are_there_keep_to_the_policy(world: World) -> None:
    wrong, opened = [], 0
    for model in admin.site._registry:
        names = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        thing = model._default_manager.first()
        below = ["", "add/", "?q=x", *([f"{thing.pk}/change/", f"{thing.pk}/history/"] if thing else [])]
        for each in below:
            with taken_back():
                response = world.clients["admin"].get(names + each)
            opened += response.status_code == 200
            wrong += [f"{names}{each} ({response.status_code}): {fault}" for fault in faults(response)]
    assert not wrong, "\n".join(wrong[:20])
    assert opened > 3 * len(admin.site._registry) // 2


def test_a_person_setting_up_an_app_gets_a_picture_to_scan_within_the_policy() -> None:
    member("anna")
    client = Client()
    sign_in(client, "anna")
    again = client.get("/accounts/2fa/totp/activate/")
    client.post(again["Location"], {"password": PASSWORD})
    response = client.get("/accounts/2fa/totp/activate/")
    assert response.status_code == 200
    assert faults(response) == []
    assert "<svg" in response.content.decode()
    assert "<path" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere/", 404), ("/tags/%00/", 400), ("/threads/?state=x", 400), ("/moderation/", 403)]
)
def test_pages_that_say_no_keep_to_the_policy(world: World, path: str, status: int) -> None:
    response = world.clients["customer"].get(path)
    assert response.status_code == status
    assert faults(response) == []


def test_a_request_for_a_host_that_is_not_ours_and_one_without_a_token_are_refused_within_the_policy() -> None:
    strange = Client().get("/", headers={"host": "evil.example"})
    assert (strange.status_code, faults(strange)) == (400, [])
    forged = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})
    assert (forged.status_code, faults(forged)) == (403, [])


def test_a_page_that_breaks_keeps_to_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("community.views.home.boards_of", breaks)
    response = Client(raise_request_exception=False).get("/")
    assert (response.status_code, faults(response)) == (500, [])


def test_files_and_what_is_answered_from_the_cache_keep_to_the_policy() -> None:
    with override_settings(DEBUG=False):
        assert faults(Client().get("/static/css/site.css")) == []
        assert faults(Client().get("/static/js/site.js")) == []
    assert faults(Client().get("/threads/")) == faults(Client().get("/threads/")) == []


def test_the_test_itself_finds_what_it_looks_for() -> None:
    for page in (
        "<script>1</script>",
        '<p style="x">',
        "<a onclick=x>",
        "<style></style>",
        '<img src="data:image/png;base64,x">',
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        '<a href=" javascript:x">',
    ):
        assert Faults(page).found, page
    assert not Faults('<script type="application/ld+json">{}</script><a href="https://e.example/">x</a>').found
