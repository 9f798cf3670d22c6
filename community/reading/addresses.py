"""Addresses of things on pages that show many of them: what `reverse` gives, for a tenth of its cost."""

from functools import lru_cache
from urllib.parse import quote

from django.urls import get_script_prefix, reverse

from community.content.text import slugify_title
from community.models.users import NO_ADDRESSES

_ID = 987654321987654321
_WORD = "zzz-word-zzz"


@lru_cache(maxsize=256)
def _shape(_prefix: str, name: str, words: int, ids: int) -> str:
    """The address `name` with {0}, {1}... for its parts: first the ids, then the words."""
    parts: list[object] = [_ID - n for n in range(ids)] + [f"{_WORD}{n}" for n in range(words)]
    address = reverse(name, args=parts)
    for place, part in enumerate(parts):
        address = address.replace(str(part), "{" + str(place) + "}")
    return address


def shape_of(name: str, ids: int = 1) -> str:
    """The address `name` with {0}, {1}... for the ids of a thing: for whoever fills in many."""
    return _shape(get_script_prefix(), name, 0, ids)


def of_id(name: str, *ids: int) -> str:
    """The address `name` of a thing known by its id (or ids)."""
    return _shape(get_script_prefix(), name, 0, len(ids)).format(*ids)


@lru_cache(maxsize=4096)
def _of_word(prefix: str, name: str, word: str) -> str:
    return _shape(prefix, name, 1, 0).format(quote(word, safe="~:@-._!$&'()*+,;="))


def of_word(name: str, word: str) -> str:
    """The address `name` of a thing known by its slug."""
    return _of_word(get_script_prefix(), name, word)


@lru_cache(maxsize=8192)
def _slug(title: str) -> str:
    return slugify_title(title)


def thread_address(thread_id: int, title: str) -> str:
    """The address of a thread's first page."""
    return _shape(get_script_prefix(), "thread", 1, 1).format(thread_id, _slug(title))


def person_address(person_id: int, username_key: str | None) -> str:
    """The address of a profile; people an import brought have no name and are known by their id."""
    return of_word("person", username_key if username_key and username_key not in NO_ADDRESSES else f"~{person_id}")
