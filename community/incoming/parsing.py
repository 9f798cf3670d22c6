"""One child for each process of ours in which messages are taken apart (child.py), started with the first message."""

import os
import re
from dataclasses import replace
from threading import Lock
from urllib.parse import urlsplit

from django.conf import settings

from community.incoming.child import Child
from community.incoming.records import Cut, Parsed
from community.mails.sending import site_address

_lock = Lock()
_kept: dict[tuple[int, str, tuple[str, ...]], Child] = {}


def parse(raw: bytes) -> Parsed:
    """Take a message apart. Raises Unreadable. One message at a time: whoever comes meanwhile waits.

    Addresses of ours that act for whoever has them ("Yes, solved", stop) lose their keys: a reply quotes them, and what
    was not cut is posted for all to read.
    """
    with _lock:
        parsed = _child().read(raw)
    found = parsed.cut
    pieces = tuple(replace(each, text=without_keys(each.text)) for each in found.pieces)
    return replace(parsed, cut=Cut(without_keys(found.kept), pieces))


def without_keys(text: str) -> str:
    """The text with the keys of our own addresses taken out."""
    ours = re.escape(urlsplit(site_address()).netloc)
    return re.sub(rf"(://{ours}/(?:{_KEYED})/)[^\s<>()\[\]\"'/]{{8,500}}", r"\1…", text)


_KEYED = "stop|solved|not-yet|mail|rating|invitations|decision|report"


def close() -> None:
    """End this process's child; the next message starts another one."""
    with _lock:
        for (pid, _authserv, _domains), child in list(_kept.items()):
            if pid == os.getpid():
                child.__exit__(None, None, None)
        _kept.clear()


def own_domains() -> tuple[str, ...]:
    """Under which our own mails name themselves: what bears such a Message-ID came round."""
    return (urlsplit(site_address()).hostname or "localhost",)


def _child() -> Child:
    # A process that was forked from this one has a child of its own, and settings may be others in a test.
    asked = (os.getpid(), str(settings.INCOMING_AUTHSERV), own_domains())
    if asked not in _kept:
        for (pid, _authserv, _domains), child in _kept.items():
            if pid == os.getpid():
                child.__exit__(None, None, None)
        _kept.clear()
        _kept[asked] = Child(authserv=asked[1], own_domains=asked[2]).__enter__()
    return _kept[asked]
