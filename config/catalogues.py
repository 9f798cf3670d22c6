"""What people read, in their languages: found in the code, kept in locale/<language>/LC_MESSAGES/django.po, compiled.

Needs Babel (a development library) and no program of the machine: GNU gettext is not there where a newcomer starts.
`manage.py translations` is the door; tests/test_languages.py asks `faults`, so a text without a translation is red.

Strings of libraries that our pages show and that nobody translated upstream are kept among ours.
"""

import gettext
import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

#: Where our own texts stand. The design page is for those who build the site.
PLACES = ("community", "support", "config", "templates")
NOT_READ = ("config/design.py", "templates/site/design.html")
#: Where a library asks for the translation of a value, which looks like a text of its own.
NO_TEXTS = ("django/contrib/admin/models.py",)
#: Libraries whose texts our pages show, and where each keeps its translations.
LIBRARIES = (
    "allauth/account",
    "allauth/mfa",
    "allauth/usersessions",
    "allauth/core",
    "django/contrib/admin",
    "django/contrib/auth",
    "django/core",
    "django/forms",
    "django/utils",
    "django/views",
)
#: What they say in a tone that is not ours in one language or another (German: du), so that we say it ourselves.
OTHER_TONE = (
    "Be patient, you are sending too many requests.",
    "You cannot add more than %d email addresses.",
    "You cannot remove your primary email address.",
    "You must type the same password each time.",
    "Your primary email address must be verified.",
)
UPSTREAM = ("allauth", "django/conf", "django/contrib/admin", "django/contrib/auth")

#: The language the code is written in.
SOURCE = "en"

_ONE, _MANY, _CONTEXT = None, (1, 2), ((1, "c"), 2)
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), _ONE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), _MANY),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), _CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
#: What must stand in a translation as it stands in the text: %(name)s, {name} and tags.
_HOLES = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?\w[^>]*>|%[sd]")
_ENDS = ".?!:…"
_SIMILAR = 0.8


class Book(Catalog):
    """The catalogue of one language, with nothing in its head that changes by itself (dates, names of tools)."""

    mime_headers = property(lambda self: list(_head(self).items()))


def _head(book: Catalog) -> dict[str, str]:
    head = {"MIME-Version": "1.0", "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit"}
    if book.locale is not None:
        head |= {"Language": book.locale_identifier or "", "Plural-Forms": book.plural_forms}
    return head


def languages() -> list[str]:
    """The languages that need a catalogue: all of the site's but the code's own."""
    return [code for code, _name in settings.LANGUAGES if code != SOURCE]


def po_path(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def found() -> Catalog:
    """Every marked text of the code, with its files, and those of libraries that nobody translated."""
    texts = Catalog(fuzzy=False)
    for path in _files(settings.BASE_DIR, PLACES):
        name = path.relative_to(settings.BASE_DIR).as_posix()
        if name not in NOT_READ:
            for _line, text, comments, context in _texts(path):
                texts.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    for place in LIBRARIES:
        root = _root_of(place.split("/")[0])
        for path in _files(root, [place]):
            name = path.relative_to(root).as_posix()
            for _line, text, comments, context in _texts(path) if name not in NO_TEXTS else ():
                if text in OTHER_TONE or not all(_is_translated(each, text, context) for each in languages()):
                    texts.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    return texts


def _files(root: Path, places: Any) -> Iterator[Path]:
    for place in places:
        for path in sorted((root / place).rglob("*")):
            ours = root == settings.BASE_DIR and path.suffix in (".html", ".txt")
            if (path.suffix == ".py" or ours) and "migrations" not in path.parts and "locale" not in path.parts:
                yield path


def _texts(path: Path) -> Iterator[Any]:
    """(line, text or (one, many), translators' comments, context) of one file."""
    code = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # A template as calls of gettext between blanked out words; where lines begin means nothing in it.
        code = "\n".join(line.lstrip() for line in templatize(code).splitlines())
    yield from extract("python", BytesIO(code.encode()), KEYWORDS, ("Translators",), {"encoding": "utf-8"})


def _root_of(library: str) -> Path:
    """The folder that holds this library's package."""
    spec = find_spec(library)
    if spec is None or spec.origin is None:
        raise LookupError(f"{library} is not installed")
    return Path(spec.origin).parent.parent


@cache
def _upstream(language: str) -> frozenset[Any]:
    """What libraries translated into a language, as gettext keeps it."""
    keys: set[Any] = set()
    for place in UPSTREAM:
        path = _root_of(place.split("/")[0]) / place / "locale" / language / "LC_MESSAGES" / "django.mo"
        if path.exists():
            with path.open("rb") as file:
                keys |= set(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    return frozenset(keys)


def _is_translated(language: str, text: Any, context: str | None) -> bool:
    key = text[0] if isinstance(text, tuple) else text
    key = f"{context}\x04{key}" if context else key
    known = _upstream(language)
    return key in known or (key, 0) in known


def read(language: str) -> Catalog:
    """The catalogue as it is kept; an empty one for a language that is new. ValueError for a broken file."""
    path = po_path(language)
    if not path.exists():
        return Catalog(language, fuzzy=False, header_comment=f"# {Locale.parse(language).english_name}")
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def merged(language: str, texts: Catalog) -> Book:
    """The catalogue for these texts: translations kept, texts that are gone left out, similar new ones marked fuzzy."""
    kept = read(language)
    book = Book(language, fuzzy=False, header_comment=kept.header_comment)
    gone = {m.id: m for m in kept if m.id and isinstance(m.id, str) and m.string and not texts.get(m.id, m.context)}
    for text in _sorted(texts):
        before = kept.get(text.id, text.context)
        flags = {flag for flag in text.flags if flag != "fuzzy"}
        string: Any = "" if isinstance(text.id, str) else ("",) * kept.num_plurals
        comments: list[str] = []
        if before is not None and before.pluralizable == text.pluralizable:
            string, comments = before.string, before.user_comments
            flags |= {"fuzzy"} if before.fuzzy else set()
        elif isinstance(text.id, str) and (similar := get_close_matches(text.id, gone, 1, _SIMILAR)):
            string, flags = gone[similar[0]].string, flags | {"fuzzy"}
        book.add(
            text.id,
            string,
            locations=text.locations,
            flags=flags,
            auto_comments=text.auto_comments,
            user_comments=comments,
            context=text.context,
        )
    return book


def _sorted(texts: Catalog) -> list[Message]:
    return sorted((m for m in texts if m.id), key=lambda m: (_name_of(m), m.context or ""))


def _name_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def po_bytes(book: Catalog) -> bytes:
    """The file people edit: by text, with the files each stands in but no line numbers: changes stay small."""
    out = BytesIO()
    write_po(out, book, width=120, include_lineno=False, ignore_obsolete=True)
    return out.getvalue()


def mo_bytes(language: str) -> bytes:
    """The file Django reads, made from the one people edit; it holds neither fuzzy nor empty translations."""
    out = BytesIO()
    write_mo(out, merged(language, read(language)))
    return out.getvalue()


def faults(language: str, texts: Catalog) -> list[str]:
    """What is wrong with a language's catalogue, one sentence each; nothing if it is complete, sound and compiled."""
    path = po_path(language)
    if not path.exists():
        return [f"{language}: there is no catalogue; run `make translations`"]
    kept = read(language)
    told = [f"{language}: {fault}" for message in kept if message.id for fault in _faults_of(message, kept.num_plurals)]
    if po_bytes(merged(language, texts)) != path.read_bytes():
        told.append(f"{language}: {path.name} is not as the code has it; run `make translations`")
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or mo_bytes(language) != compiled.read_bytes():
        told.append(f"{language}: {compiled.name} is not made from {path.name}; run `make translations`")
    return told


def is_whole(message: Message) -> bool:
    """Whether there is a translation, of every plural form."""
    return all(_strings_of(message))


def _strings_of(message: Message) -> list[str]:
    return [message.string or ""] if isinstance(message.string, str | None) else list(message.string)


def _faults_of(message: Message, plurals: int) -> Iterator[str]:
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = _strings_of(message)
    name = repr(_name_of(message)[:80])
    if message.fuzzy:
        yield f"{name} is only guessed (fuzzy): put it right and take the mark away"
    if not is_whole(message):
        yield f"{name} is not translated"
        return
    if message.pluralizable and len(strings) != plurals:
        yield f"{name} has {len(strings)} forms, not {plurals}"
    for string in strings:
        yield from (f"{name}: {fault}" for fault in _differences(ids, string))
    if sorted(_HOLES.findall(strings[-1])) != sorted(_HOLES.findall(ids[-1])):
        yield f"{name}: placeholders or tags differ from the text's"


def _differences(ids: list[str], string: str) -> Iterator[str]:
    if not set(_HOLES.findall(string)) <= {hole for text in ids for hole in _HOLES.findall(text)}:
        yield "there is a placeholder or tag that the text does not have"
    text = ids[-1]
    before, after = (len(text) - len(text.lstrip()), len(text) - len(text.rstrip()))
    if (before, after) != (len(string) - len(string.lstrip()), len(string) - len(string.rstrip())):
        yield "it begins or ends with other blanks than the text"
    last, own = text.rstrip()[-1:], string.rstrip()[-1:]
    if last != own and (last in _ENDS or own in _ENDS):
        yield f"it ends with {own!r}, the text with {last!r}"
