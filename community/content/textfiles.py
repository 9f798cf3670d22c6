"""Uploaded text and log files: checked, stored as UTF-8, offered as downloads and never shown by the browser."""

import re
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

MAX_BYTES = 2 * 1024 * 1024
MAX_NAME = 100
EXTENSIONS = frozenset([".txt", ".log", ".json", ".csv", ".md", ".conf", ".ini", ".xml"])
# Names Windows gives to devices, whatever comes behind their first dot.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)


class BadTextFile(ValueError):
    """The file is not one we take. `str(error)` is a translated sentence for the person who sent it."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """A checked text file. `data` is UTF-8 without a byte order mark; serve it as `content_type`, as an attachment."""

    name: str
    data: bytes
    content_type: str = "text/plain; charset=utf-8"


def check_text_file(name: str, data: bytes) -> TextFile:
    """Return the file as it is stored. Raises BadTextFile.

    UTF-8, UTF-16 with a byte order mark, else Latin-1 as Windows writes it. XML and JSON are text like the rest: a
    browser that were told their types would open them on our own address.
    """
    safe = safe_file_name(name)
    extension = "." + safe.rpartition(".")[2].lower() if "." in safe else ""
    if extension not in EXTENSIONS:
        raise BadTextFile(
            _("Files of this kind cannot be attached. Possible are: %(extensions)s")
            % {"extensions": ", ".join(sorted(EXTENSIONS))}
        )
    if len(data) > MAX_BYTES:
        raise BadTextFile(_("The file is larger than %(megabytes)s MB.") % {"megabytes": MAX_BYTES // 1024 // 1024})
    text = _decoded(data)
    if "\x00" in text:
        raise BadTextFile(_("This is not a text file."))
    return TextFile(safe, text.encode("utf-8"))


def safe_file_name(name: str) -> str:
    """Return the last part of `name` as a file name for every system and every header: at most MAX_NAME characters,
    no separators, controls, direction marks or quotes, no leading dot; "file" where nothing is left."""
    name = unicodedata.normalize("NFC", name[-1000:]).replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    name = re.sub(r"[\s\"'`<>:|?*%;&$#{}]+", "_", name).strip("._ ")
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        stem, dot, extension = name, "", ""
    stem = stem[: MAX_NAME - len(dot + extension)].rstrip("._ ") or "file"
    name = stem + dot + extension
    return f"_{name[: MAX_NAME - 1]}" if _DEVICES.match(name) else name


def _decoded(data: bytes) -> str:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise BadTextFile(_("The file is damaged: it is not the UTF-16 text it says it is.")) from error
    try:
        return data.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        # Windows' superset of Latin-1 has five holes; what falls into them is Latin-1's own control character.
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            return data.decode("latin-1")
