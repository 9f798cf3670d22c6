"""What a page weighs in a real browser: bytes, requests, shifts and the largest paint, on a first and a second visit.

The measures are those of Web Vitals: cumulative layout shift (CLS, no unit; 0 means that nothing moved by itself) and
largest contentful paint (LCP, milliseconds since the navigation began), read from the browser's performance entries.
Bytes are those on the wire, headers and all, as the browser's network layer counts them.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, CDPSession, ViewportSize, sync_playwright

from community.bench.server import environment, gunicorn
from config.chromium import find_chromium, flags

PHONE = ViewportSize(width=390, height=844)
#: A telephone's processor against this machine's.
SLOWER = 4
VITALS = """() => new Promise((done) => {
  const found = { shift: 0, paint: 0 };
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) found.shift += each.value;
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) found.paint = each.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => done(found), 300);
})"""


@dataclass
class Visit:
    """One visit. `loaded` holds the addresses that came over the wire, with their bytes."""

    shift: float = 0.0
    paint: float = 0.0
    loaded: dict[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes over the wire."""
        return sum(self.loaded.values())

    @property
    def requests(self) -> int:
        return len(self.loaded)


@contextmanager
def site() -> Iterator[str]:
    """The configured database's site as production serves it (files hashed and packed); gives its address."""
    database = str(connection.settings_dict["NAME"])
    with tempfile.TemporaryDirectory() as collected:
        collect = [sys.executable, str(settings.BASE_DIR / "manage.py"), "collectstatic", "--noinput", "-v", "0"]
        subprocess.run(collect, env=environment(database, collected), check=True)  # noqa: S603 - our own command
        with gunicorn(database, collected=collected) as server:
            yield f"http://127.0.0.1:{server.port}"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags())
        yield browser
        browser.close()


def visits(browser: Browser, address: str) -> tuple[Visit, Visit]:
    """A first visit with nothing in the browser's cache, and a second one of the same browser."""
    context = browser.new_context(viewport=PHONE)
    try:
        return _visit(context, address), _visit(context, address)
    finally:
        context.close()


def _visit(context: BrowserContext, address: str) -> Visit:
    page, visit = context.new_page(), Visit()
    wire = context.new_cdp_session(page)
    _listen(wire, visit)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="networkidle")
    found = page.evaluate(VITALS)
    visit.shift, visit.paint = found["shift"], found["paint"]
    page.close()
    return visit


def _listen(wire: CDPSession, visit: Visit) -> None:
    addresses: dict[str, str] = {}

    def answered(event: dict[str, Any]) -> None:
        answer = event["response"]
        if not answer.get("fromDiskCache") and not answer["url"].startswith("data:"):
            addresses[event["requestId"]] = answer["url"]

    def finished(event: dict[str, Any]) -> None:
        if event["requestId"] in addresses:
            visit.loaded[addresses[event["requestId"]]] = int(event["encodedDataLength"])

    def kept(event: dict[str, Any]) -> None:
        addresses.pop(event["requestId"], None)

    wire.on("Network.responseReceived", answered)
    wire.on("Network.loadingFinished", finished)
    wire.on("Network.requestServedFromCache", kept)
    wire.send("Network.enable")
