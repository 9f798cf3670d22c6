"""What the tests of a page's head share: its links, its words for search engines, its data."""

import json
import re
from html import unescape
from typing import Any

from django.test import Client

from tests.community.reading import browser_of


def head_of(address: str, client: Client | None = None) -> str:
    page = (client or browser_of()).get(address)
    assert page.status_code == 200, (address, page.status_code)
    return str(page.content.decode().partition("</head>")[0])


def links(head: str, rel: str) -> list[str]:
    return [unescape(href) for href in re.findall(rf'<link rel="{rel}"[^>]* href="([^"]*)"', head)]


def metas(head: str) -> dict[str, str]:
    return {
        name: unescape(text) for name, text in re.findall(r'<meta (?:name|property)="([^"]*)" content="([^"]*)"', head)
    }


def is_indexed(address: str, client: Client | None = None) -> bool:
    return metas(head_of(address, client)).get("robots") != "noindex"


def data_of(address: str, client: Client | None = None) -> Any:
    """The page's JSON-LD, read as a browser finds it: up to the first end of a script element. None without one."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script', head_of(address, client), re.S)
    assert len(found) <= 1
    return json.loads(found[0]) if found else None


def in_public(found: Any) -> list[str]:
    """Every text of a document."""
    if isinstance(found, dict):
        return [text for each in found.values() for text in in_public(each)]
    if isinstance(found, list):
        return [text for each in found for text in in_public(each)]
    return [str(found)]
