"""Whoever asks for a language of ours reads it, on every page; and nothing is left that nobody can translate."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.template.base import Lexer, TokenType

from config import catalogues
from tests.access_table import LINES
from tests.routes import OURS, THEIRS, address
from tests.test_access_matrix import concrete
from tests.world import World, living, taken_back

ROOT = Path(__file__).resolve().parent.parent
READERS = ("visitor", "customer", "asker", "moderator", "admin")
#: Words that people or things are called in the tests' community, and words that are the same everywhere.
NAMES = {"Routers", "Community"}
#: Keys, as they stand on them.
KEYS = {"Esc"}
ATTRIBUTES = ("alt", "aria-label", "placeholder", "title")


# Marked ---------------------------------------------------------------------------------------------------------------
def templates() -> list[Path]:
    names = [ROOT / name for name in catalogues.NOT_READ]
    return [
        path
        for path in sorted((ROOT / "templates").rglob("*.*"))
        if path.suffix in (".html", ".txt") and path not in names
    ]


def unmarked(path: Path) -> Iterator[str]:
    """Words of a template that stand outside of every tag for translators."""
    texts, inside = [], 0
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        word = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
        inside += word in ("blocktranslate", "comment") or -(word in ("endblocktranslate", "endcomment"))
        if not inside:
            texts.append(token.contents if token.token_type == TokenType.TEXT else "\x01")
    page = "".join(texts)
    for name in ATTRIBUTES:
        yield from (found for found in re.findall(rf'\s{name}="([^"]*)"', page) if re.search(r"[^\W\d_]{2}", found))
    words = re.sub(r"<!--.*?-->|<style>.*?</style>|<[^>]*>|&\w+;", "\x02", page, flags=re.S).replace("\x01", " ")
    yield from (text.strip() for text in words.split("\x02") if re.search(r"[^\W\d_]{2}", text))


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_word_of_a_template_is_marked_for_translators(path: Path) -> None:
    # "colM" is a class, in a block of the admin.
    assert [text for text in unmarked(path) if text != "colM" and text not in KEYS] == []


TOLD = {"Refused", "NotAllowed", "NotThere", "EditConflict", "ValidationError", "BadText", "BadName", "MailNotSent"}
TOLD_METHODS = {"success", "error", "info", "warning", "add_error"}


def untold() -> Iterator[str]:
    """Calls that tell a person something in words that nobody marked."""
    for package in ("community", "support"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                called = node.func
                is_told = isinstance(called, ast.Name) and called.id in TOLD
                is_told |= (
                    isinstance(called, ast.Attribute)
                    and called.attr in TOLD_METHODS
                    and isinstance(called.value, ast.Name)
                    and called.value.id in ("messages", "form")
                )
                for argument in node.args if is_told else ():
                    text = argument.left if isinstance(argument, ast.BinOp) else argument
                    pieces = text.values if isinstance(text, ast.JoinedStr) else [text]
                    said = [piece.value for piece in pieces if isinstance(piece, ast.Constant)]
                    words = re.findall(r"[^\W\d_]{2,}", " ".join(each for each in said if isinstance(each, str)))
                    # One word alone names a field or a kind of error.
                    if len(words) > 1 or (words and len(pieces) > 1):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_whatever_an_action_tells_is_marked_for_translators() -> None:
    assert list(untold()) == []


# Translated -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", catalogues.languages())
def test_every_text_is_translated_and_compiled(language: str) -> None:
    faults = catalogues.faults(language, catalogues.found())
    assert not faults, "\n".join([*faults[:20], f"{len(faults)} faults in all"])


# Read -----------------------------------------------------------------------------------------------------------------
class Words(HTMLParser):
    """What is read on a page: its texts, and those of its attributes, each with blanks made one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()
        self._skipped = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._skipped = tag in ("script", "style", "textarea")
        self.found |= {" ".join(value.split()) for name, value in attrs if name in ATTRIBUTES and value}

    def handle_endtag(self, tag: str) -> None:
        self._skipped = False

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.found.add(" ".join(data.split()))


def english_only(language: str) -> set[str]:
    """The texts of our catalogue that read differently in this language."""
    book = catalogues.read(language)
    texts = {message.id if isinstance(message.id, str) else message.id[0]: message for message in book if message.id}
    kept = {
        name: str(message.string if isinstance(message.string, str) else message.string[0])
        for name, message in texts.items()
    }
    return {" ".join(name.split()) for name, said in kept.items() if said and said != name} - set(kept.values()) - NAMES


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    with living(django_db_blocker, tmp_path_factory.mktemp("media")) as made:
        yield made


def addresses(world: World) -> Iterator[str]:
    """Every page that can be opened: ours, and those of libraries."""
    for line in LINES:
        if (
            line.method == "GET"
            and line.route in OURS
            and line.route not in ("attachment", "brand_stylesheet", "outbox_mail")
        ):
            yield address(world, line.route, line.thing)
    yield from (concrete(path) for path in THEIRS if not path.startswith("admin/"))
    yield from ("/admin/", "/nowhere/", "/threads/?state=nonsense", "/threads/?list=unanswered", "/threads/?list=mine")


@pytest.mark.django_db
@pytest.mark.timeout(600)
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("language", catalogues.languages())
def test_every_page_speaks_the_readers_language(world: World, language: str, reader: str) -> None:
    english = english_only(language)
    left: list[str] = []
    for path in sorted(set(addresses(world))):
        with taken_back():
            page = world.clients[reader].get(path, headers={"Accept-Language": language})
        if not page.get("Content-Type", "").startswith("text/html"):
            continue
        words = Words()
        words.feed(page.content.decode())
        if "<html" in page.content.decode() and f'<html lang="{language}"' not in page.content.decode():
            left.append(f"{path} says that it is in another language")
        left += [f"{path}: {text!r}" for text in sorted(words.found & english)]
    assert not left, "\n".join(left)
