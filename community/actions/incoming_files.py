"""The files of a mail, by the page's own rules: pictures drawn anew, text files checked, everything else left out."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import unquote

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from community.actions.attachments import add_attachment
from community.content.text import excerpt
from community.content.textfiles import safe_file_name
from community.errors import Refused, TooOften
from community.incoming.records import Letter, MailFile
from community.models import Attachment, User

#: More files of one mail are not taken.
MOST = 20
#: Where the words show a picture: in Markdown made from HTML, and as mail programs write it in plain text.
_SHOWN = re.compile(
    r"!\[([^\[\]\n]{0,300})\]\(<?cid:([^()<>\s]{1,300})>?(?:\s+\"[^\"\n]{0,300}\")?\)|\[cid:([^\[\]\s]{1,300})\]"
)

_stored: ContextVar[list[Attachment] | None] = ContextVar("peerdesk_mail_files", default=None)


@dataclass(frozen=True)
class Brought:
    """The words with their pictures, the files that belong to the post, and what was left out."""

    body: str
    ids: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()


@contextmanager
def files_only_if_done() -> Iterator[list[Attachment]]:
    """What is stored inside is deleted again when it ends with an exception: rows are taken back, files are not."""
    outer, mine = _stored.get(), list[Attachment]()
    token = _stored.set(mine)
    try:
        yield mine
    except BaseException:
        for each in mine:
            each.file.delete(save=False)
        raise
    finally:
        _stored.reset(token)
    if outer is not None:
        outer.extend(mine)


def bring(*, actor: User, letter: Letter) -> Brought:
    """Store the files of a letter for the actor, and put pictures where the words show them.

    What the words showed nowhere comes after them. A file that is not taken is named with the reason.
    """
    made, told = dict[MailFile, Attachment](), list[str]()
    for file in letter.files[:MOST]:
        try:
            made[file] = _store(actor, file)
        except TooOften as refused:
            told.append(str(refused.message))
            break
        except Refused as refused:
            told.append(_("%(file)s: %(why)s") % {"file": _name(file), "why": refused.message})
    if len(letter.files) > MOST:
        told.append(_("At most %(count)d files of one mail are taken.") % {"count": MOST})
    by_id = {_bare(file.content_id): each for file, each in made.items() if file.content_id}
    shown = set[int]()
    body = _SHOWN.sub(lambda found: _in_place(found, by_id, shown), letter.body).strip()
    for each in made.values():
        if each.kind == Attachment.Kind.IMAGE and each.pk not in shown:
            body = f"{body}\n\n{_picture(each)}".lstrip()
    if not body:  # text files alone: a post needs words
        body = "\n".join(f"[{_label(each.name)}]({each.get_absolute_url()})" for each in made.values())
    return Brought(body, tuple(each.pk for each in made.values()), tuple(told))


def without_pictures(body: str) -> str:
    """The words as they read where nothing was stored."""
    return _SHOWN.sub("", body).strip()


def unread_in(cut: str, kept: str, files: Sequence[MailFile]) -> tuple[MailFile, ...]:
    """The files without those that only what was cut shows: logos of signatures, pictures of the mail it answers."""
    gone, stays = _named(cut), _named(kept)
    return tuple(file for file in files if not (_bare(file.content_id) in gone - stays and file.content_id))


def _named(text: str) -> set[str]:
    return {_bare(found[2] or found[3]) for found in _SHOWN.finditer(text)}


def _store(actor: User, file: MailFile) -> Attachment:
    upload = SimpleUploadedFile(_name(file), file.data, file.content_type[:100])
    made = add_attachment(actor=actor, upload=upload)
    if (stored := _stored.get()) is not None:
        stored.append(made)
    return made


def _in_place(found: re.Match[str], by_id: dict[str, Attachment], shown: set[int]) -> str:
    made = by_id.get(_bare(found[2] or found[3]))
    if made is None or made.kind != Attachment.Kind.IMAGE:
        return ""
    shown.add(made.pk)
    return _picture(made, found[1] or "")


def _picture(made: Attachment, words: str = "") -> str:
    return f"![{_label(words or made.name)}]({made.get_absolute_url()})"


def _label(words: str) -> str:
    return re.sub(r"[\[\]\\`<>]", " ", excerpt(words, 120))


def _bare(content_id: str) -> str:
    return unquote(content_id).strip().strip("<>").lower()


def _name(file: MailFile) -> str:
    return safe_file_name(file.name or "file")
