"""What lies beside the database: the outbox of demo and development, and logs in the data folder of this machine.

Another machine's logs and the mail server's are out of reach; `docs/erasure.md` says so.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.utils import getaddresses
from html import unescape
from pathlib import Path

from django.conf import settings

from community.content.names import Names

#: Larger logs are no work for this; their owner rotates them.
LARGEST = 200_000_000


def forget_in_files(names: Names) -> int:
    """Mails to or about the person in the outbox go, lines that name them in logs too. How many files were changed."""
    return _forget_mails(names) + sum(_forget_lines(path, names) for path in _logs())


def forget_texts(is_in: Callable[[str], bool]) -> int:
    """Mails in the outbox and lines of logs in which these words stand go. How many files were changed."""
    changed = 0
    for path in _listed(Path(settings.OUTBOX_DIR), "*.eml"):
        with suppress(OSError):
            if any(is_in(text) for text in _texts(path.read_bytes())):
                path.unlink()
                changed += 1
    for path in _logs():
        changed += _drop_lines(path, is_in)
    return changed


def _texts(content: bytes) -> list[str]:
    """What a mail says, each part on one line; of what is no mail all of it."""
    message = message_from_bytes(content, policy=policy.default)
    try:
        texts = [str(value) for value in message.values()]
        texts += [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    except (LookupError, ValueError):
        texts = [content.decode(errors="replace")]
    return [unescape(" ".join(text.split())) for text in texts]


def _forget_mails(names: Names) -> int:
    gone = 0
    for path in _listed(Path(settings.OUTBOX_DIR), "*.eml"):
        with suppress(OSError):
            if _is_about(path.read_bytes(), names):
                path.unlink()
                gone += 1
    return gone


def _is_about(content: bytes, names: Names) -> bool:
    message = message_from_bytes(content, policy=policy.default)
    try:
        texts = [str(value) for value in message.values()]
        texts += [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        to = {address.lower() for _name, address in getaddresses([str(message["to"] or "")])}
    except (LookupError, ValueError):  # no mail of ours: what cannot be read is looked through as it is
        texts, to = [content.decode(errors="replace")], set()
    if to & {address.lower() for address in names.addresses}:
        return True
    return any(names.is_in(text) or _surely(names, text) for text in texts)


def _surely(names: Names, text: str) -> bool:
    """Whether a shown name of several words stands there: mails about what the person wrote name them so."""
    return any(name in text for name in names.bare if name not in names.common)


def _logs() -> Iterator[Path]:
    root = Path(settings.DATA_DIR)
    for pattern in ("*.log", "*.log.*", "logs/*", "postgres/*.log"):
        yield from _listed(root, pattern)


def _listed(folder: Path, pattern: str) -> list[Path]:
    with suppress(OSError):
        return [path for path in sorted(folder.glob(pattern)) if path.is_file()]
    return []


def _forget_lines(path: Path, names: Names) -> int:
    return _drop_lines(path, lambda line: _named(line, names))


def _drop_lines(path: Path, is_meant: Callable[[str], bool]) -> int:
    """Rewrite the log in place, so that whoever has it open goes on with the same file."""
    with suppress(OSError), path.open("r+b") as file:
        if path.stat().st_size > LARGEST:
            return 0
        lines = file.read().splitlines(keepends=True)
        kept = [line for line in lines if not is_meant(line.decode(errors="replace"))]
        if len(kept) == len(lines):
            return 0
        file.seek(0)
        file.write(b"".join(kept))
        file.truncate()
        return 1
    return 0


def _named(line: str, names: Names) -> bool:
    lower = line.lower()
    return any(address.lower() in lower for address in names.addresses) or names.is_in(line)
