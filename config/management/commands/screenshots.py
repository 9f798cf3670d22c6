"""`manage.py screenshots`: the README's pictures, taken from the demo community. Needs Playwright and a Chromium."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from community.models import Thread
from config.chromium import find_chromium, flags
from support.models import Ticket

DESK, PHONE = (1280, 900), (390, 1000)
THEMES = ("light", "dark")
#: The question that is shown: solved by a peer, with many who had the problem too.
SHOWN_QUESTION = "Red light on the router since last night's update"
#: The ticket that is shown: escalated, with notes and a reply.
SHOWN_TICKET = "Line drops for exactly 3 minutes, every 6 hours"
#: name -> (address, whose eyes, window in CSS pixels)
PICTURES = {
    "home": ("/", "", DESK),
    "thread": ("{question}", "", DESK),
    "ask": ("/ask/?title=The%20router%20shows%20a%20red%20light%20since%20the%20update", "helper", DESK),
    "inbox": ("/inbox/", "customer", DESK),
    "thread-phone": ("{question}", "", PHONE),
    "ticket": ("{ticket}", "agent", DESK),
    "worth": ("/admin/roi/", "admin", DESK),
}
COLOURS = 128
START_SECONDS = 300
#: The demo's own bar would be on every picture; a visitor of a real site never sees it.
TIDY = "document.querySelector('.demo-bar')?.remove()"


class Command(BaseCommand):
    help = "Takes the pictures in docs/img from a demo: its own on a free port, or the one that --url names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="", help="a demo of this database that runs already")
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "docs" / "img")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["url"]:
            self._take(options["url"].rstrip("/"), options["folder"])
            return
        with own_demo() as url:
            self._take(url, options["folder"])

    def _take(self, url: str, folder: Path) -> None:
        question = Thread.objects.filter(title=SHOWN_QUESTION).first()
        ticket = Ticket.objects.filter(subject=SHOWN_TICKET).first()
        if question is None or ticket is None:
            raise CommandError("This database does not hold the demo community; start with an empty one.")
        folder.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags())
            for theme in THEMES:
                for name, (address, role, window) in PICTURES.items():
                    target = folder / f"{name}-{theme}.png"
                    there = url + address.format(
                        question=question.get_absolute_url(), ticket=reverse("desk_ticket", args=[ticket.pk])
                    )
                    target.write_bytes(squeezed(picture(browser, there, role, window, theme)))
                    self.stdout.write(f"{target.name:24} {target.stat().st_size // 1000:4} kB")
            browser.close()


def picture(browser: Browser, address: str, role: str, window: tuple[int, int], theme: Any) -> bytes:
    """A PNG of what somebody of this role sees there first, without scrolling."""
    context = browser.new_context(
        viewport={"width": window[0], "height": window[1]}, color_scheme=theme, locale="en", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(address)
    if role:
        page.locator(f'form[action*="look-as/{role}/"] button').click()
        page.goto(address)
    if page.locator("[data-room]").count():  # what is there already opens beside a form that somebody writes in
        page.locator("[name=title]").blur()
        page.locator("[name=title]").focus()
        page.locator("[data-suggestion]").first.wait_for()
    if page.locator(".roi-card").count():  # the report itself, not the admin's list of tables beside it
        page.locator("#toggle-nav-sidebar").click()
        page.locator("h1").first.hover()
    page.evaluate(TIDY)
    taken = page.screenshot()
    context.close()
    return taken


def squeezed(png: bytes) -> bytes:
    """The same picture in few colours: text and plain grounds need no more, and the repository stays small."""
    out = BytesIO()
    image = Image.open(BytesIO(png)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@contextmanager
def own_demo() -> Iterator[str]:
    """A demo on a free port, as a process of its own; gives its address and ends it afterwards."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo", "--port", str(port)]
    environment = {**os.environ, "PEERDESK_MODE": "demo"}
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,  # noqa: S603
    ):
        try:
            wait_for(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(port: int, process: "subprocess.Popen[bytes]", log: IO[bytes]) -> None:
    """Until the demo answers; CommandError if it ends before, or takes five minutes."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            log.seek(0)
            raise CommandError("The demo did not start. It said:\n" + log.read().decode(errors="replace"))
        http = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            http.request("GET", "/")
            http.getresponse()
        except (OSError, HTTPException):
            time.sleep(0.5)
        else:
            return
        finally:
            http.close()
    raise CommandError("The demo did not answer within five minutes.")
