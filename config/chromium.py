"""The Chromium of this machine, for what only a browser shows: pictures and weights."""

import os
import shutil

from django.core.management.base import CommandError

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ("--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars")


def find_chromium() -> str:
    """The browser's path; PEERDESK_CHROMIUM names another one. CommandError where there is none."""
    wanted = [os.environ["PEERDESK_CHROMIUM"]] if os.environ.get("PEERDESK_CHROMIUM") else CHROMIUMS
    found = next(filter(None, map(shutil.which, wanted)), None)
    if found is None:
        raise CommandError("No Chromium is installed here (Debian: apt install chromium).")
    return found


def flags() -> list[str]:
    """What Chromium is started with. Its sandbox cannot work for root, and only there is it left out."""
    return [*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
