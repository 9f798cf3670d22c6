"""What all tests share: Chromium for the browser tests, and a loud word where there is none."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings as project
from django.utils import timezone, translation
from playwright.sync_api import Browser, expect, sync_playwright

from community.actions.limits import LEASES
from community.reading.figures import KEPT
from community.reading.page_cache import CACHE
from tests.emptying import empty_after_each_test

MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_CHROMIUM = "no Chromium is installed here (Debian: apt install chromium; or name one in PEERDESK_CHROMIUM)"
COMMITTING = {"transactional_db", "live_server"}
BROWSER_PROPERTY = ("needs", "browser")


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome on this machine; PEERDESK_CHROMIUM names another one."""
    if named := os.environ.get("PEERDESK_CHROMIUM"):
        return shutil.which(named)
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return next((path for path in MAC_APPLICATIONS if Path(path).is_file()), None)


def browser_is_required() -> bool:
    """PEERDESK_REQUIRE_BROWSER=1 turns "skipped, no Chromium" into a failure."""
    return os.environ.get("PEERDESK_REQUIRE_BROWSER", "") not in {"", "0", "no"}


#: What a page shows in the end is asked, not how quickly: a machine that runs the suite is busy.
expect.set_options(timeout=30_000)
#: Tests do in a second what takes people a day; those of the limits themselves take this back.
project.LIMITS_FACTOR = 1000
#: Hashing a password well takes a quarter of a second; tests make many people.
project.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
#: What a page tells of its reader is there at once; the test of its gathering takes this back.
project.VIEWS_GATHERED_FOR = 0
#: The suite judges a change, so it draws the same examples each time; the trials draw others, to find what nobody did.
hypothesis.settings.register_profile("peerdesk", derandomize=os.environ.get("PEERDESK_TRIALS") != "full")
hypothesis.settings.load_profile("peerdesk")
empty_after_each_test()


@pytest.fixture
def usual_limits(settings: Any) -> None:
    """What one may do is as it is on a site."""
    settings.LIMITS_FACTOR = 1


@pytest.fixture(autouse=True)
def no_brake_by_rate(settings: Any) -> None:
    """Everybody is new in a test's community, and posts at once; the brake's own tests say what is too much."""
    settings.BRAKE_FLOOR = 0


@pytest.fixture(autouse=True)
def empty_caches() -> None:
    """What one test rendered or counted is nothing to the next, which begins with an empty database."""
    CACHE.clear()
    KEPT.clear()
    LEASES.clear()


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request of a test's client leaves its reader's language and time zone in force: not for whoever comes next."""
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("search")


@pytest.fixture(autouse=True)
def no_search_index(settings: Any, empty_folder: Path) -> None:
    """Each process of the tests has a folder of its own, and nothing is in it unless a test asks for an index."""
    settings.SEARCH_DIR = empty_folder / "nothing"


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium is; tests that ask for it are skipped (or fail, when a browser is required) without one."""
    path = find_chromium()
    if path is None:
        (pytest.fail if browser_is_required() else pytest.skip)(NO_CHROMIUM)
    return path


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One Chromium for all browser tests of a process; every test opens its own context (`browser.new_context()`)."""
    # Playwright keeps an event loop running in this thread, and Django would refuse its queries beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    # Chromium's sandbox cannot work for root, and only there is it left out.
    flags = [*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        yield chromium
        chromium.close()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What commits may go otherwise on another server: it is marked so, and nobody has to think of it."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        commits = (mark is not None and mark.kwargs.get("transaction")) or COMMITTING & set(
            getattr(item, "fixturenames", ())
        )
        if commits:
            item.add_marker("server")


def pytest_report_header() -> str:
    return "database: " + ("the server in DATABASE_URL" if os.environ.get("DATABASE_URL") else "the embedded server")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") is None:
        return
    # Travels with the report from an xdist worker to the one who counts.
    item.user_properties.append(BROWSER_PROPERTY)
    if find_chromium() is None:
        (pytest.fail if browser_is_required() else pytest.skip)(NO_CHROMIUM)


def _browser_reports(terminal: Any, *outcomes: str) -> int:
    reports = (report for outcome in outcomes for report in terminal.stats.get(outcome, []))
    # xdist turns the pair into a list on its way.
    return sum(
        list(BROWSER_PROPERTY) in [list(pair) for pair in getattr(each, "user_properties", [])] for each in reports
    )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    is_worker = hasattr(session.config, "workerinput")
    if is_worker or terminal is None or not browser_is_required() or session.config.option.collectonly:
        return
    if not _browser_reports(terminal, "passed", "failed") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    ran, skipped = _browser_reports(terminalreporter, "passed", "failed"), _browser_reports(terminalreporter, "skipped")
    if skipped and find_chromium() is None:
        line = f"{skipped} BROWSER TESTS WERE SKIPPED: {NO_CHROMIUM.upper()}"
        terminalreporter.write_line(line, red=True, bold=True)
    if ran:
        terminalreporter.write_line(f"browser tests run in Chromium: {ran}")
    elif browser_is_required() and not terminalreporter.config.option.collectonly:
        terminalreporter.write_line(
            "NO BROWSER TEST RAN, AND PEERDESK_REQUIRE_BROWSER ASKS FOR THEM", red=True, bold=True
        )
