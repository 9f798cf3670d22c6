"""Boards (the products) and tags, as administrators make and change them."""

import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.record import record_audit, record_change, record_changes
from community.actions.tags import MAX_TAG_LENGTH, add_to_vocabulary, tag_slug
from community.content.private_data import BadPattern, check_patterns
from community.content.text import BadText, clean_text, key, slugify_title
from community.errors import NotAllowed, NotThere, Refused
from community.incoming.addresses import RESERVED
from community.models import Board, BoardTag, OldAddress, Tag, Thread, User
from community.models.boards import MAIL_NAME, MAIL_NAME_PATTERN

#: What a form may set; everything else follows from these.
FIELDS = (
    *("name", "slug", "description", "audience", "closed_vocabulary", "versions", "language", "position"),
    *("has_personal_cases", "staff_url", "private_patterns", "approves_official"),
    *("mail_name", "mail_prefix"),
)
MAX_VERSIONS = 200


def create_board(
    *, actor: User, groups: Sequence[Any] = (), tags: Sequence[str] | None = None, archived: bool = False, **fields: Any
) -> Board:
    """A new board. Refused when its name or address is taken."""
    _need_admin(actor)
    return write_board(actor=actor, board=Board(), groups=groups, tags=tags, archived=archived, **fields)


@transaction.atomic
def update_board(
    *,
    actor: User,
    board_id: int,
    groups: Sequence[Any] = (),
    tags: Sequence[str] | None = None,
    archived: bool = False,
    **fields: Any,
) -> Board:
    """Change a board; fields left out stay. Whoever may see it after the change sees it at once, others at once not."""
    _need_admin(actor)
    board = Board.objects.select_for_update().filter(pk=board_id).first()
    if board is None:
        raise NotThere(_("There is no such board."))
    return write_board(actor=actor, board=board, groups=groups, tags=tags, archived=archived, **fields)


@transaction.atomic
def write_board(
    *,
    actor: User | None,
    board: Board,
    groups: Sequence[Any] = (),
    tags: Sequence[str] | None = None,
    archived: bool = False,
    **fields: Any,
) -> Board:
    """Store a board and all that follows from it. Asks nobody: for the actions above and `manage.py setup`."""
    fresh, old_path = board.pk is None, board.get_absolute_url() if board.pk else ""
    for name in FIELDS:
        if name in fields:
            setattr(board, name, fields[name])
    _prepare(board)
    board.archived_at = (board.archived_at or clock.now()) if archived else None
    try:
        board.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    board.save()
    board.audience_groups.set(groups if board.audience == Board.Audience.GROUPS else [])
    if tags is not None:
        _set_vocabulary(board, tags)
    _move_address(old_path, board=board)
    record_audit("created" if fresh else "changed", actor=actor, target=board)
    # Name, audience and address of a board are on the pages of all its threads.
    record_change()
    return board


@transaction.atomic
def rename_tag(*, actor: User, tag_id: int, name: str) -> Tag:
    """Write a tag differently; its old address leads to the new one. Refused when another tag is written so."""
    _need_admin(actor)
    tag = Tag.objects.select_for_update().filter(pk=tag_id).first()
    if tag is None:
        raise NotThere(_("There is no such tag."))
    old_path, name = tag.get_absolute_url(), _line(name, most=MAX_TAG_LENGTH)
    if not name:
        raise Refused(_("A tag needs a name."))
    if Tag.objects.filter(key=key(name)).exclude(pk=tag.pk).exists():
        raise Refused(_("There is another tag written like that."))
    tag.name, tag.key, tag.slug = name, key(name), tag_slug(key(name))
    tag.save(update_fields=["name", "key", "slug"])
    _move_address(old_path, tag=tag)
    record_audit("renamed", actor=actor, target=tag)
    record_change()
    # Who follows the threads themselves (the search index) is told which of them carry the word.
    record_changes(Thread.objects.filter(tagged__tag=tag))
    return tag


def _need_admin(actor: User) -> None:
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators change boards and tags."))


def _prepare(board: Board) -> None:
    board.name = _line(board.name, most=80)
    board.name_key = key(board.name)
    board.slug = board.slug or slugify_title(board.name)
    board.staff_url = board.staff_url.strip()
    try:
        board.private_patterns = check_patterns(clean_text(board.private_patterns))
    except (BadText, BadPattern) as error:
        raise Refused(str(error)) from error
    board.mail_name = check_mail_name(board.mail_name or "", board_id=board.pk)
    board.mail_prefix = _line(board.mail_prefix, most=30).strip("[] ")
    board.versions = list(dict.fromkeys(_line(str(version), most=60) for version in board.versions or []))
    board.versions = [version for version in board.versions if version]
    if len(board.versions) > MAX_VERSIONS:
        raise Refused(_("At most %(most)d versions, please.") % {"most": MAX_VERSIONS})
    try:
        board.description = clean_text(board.description).strip()
    except BadText as error:
        raise Refused(str(error)) from error


def check_mail_name(given: str, *, board_id: int | None) -> str | None:
    """The name of a board's mail list as it is kept; None for no list. Refused in the words of whoever typed it."""
    name = given.strip().lower()
    if not name:
        return None
    if not re.fullmatch(MAIL_NAME_PATTERN, name, re.ASCII):
        raise Refused(str(MAIL_NAME.message))
    if name in RESERVED:
        told = _("“%(name)s” is kept for the mail server itself. Please choose another name.")
        raise Refused(told % {"name": name})
    if Board.objects.filter(mail_name=name).exclude(pk=board_id or 0).exists():
        raise Refused(_("Another board has the mail list “%(name)s” already.") % {"name": name})
    return name


def _line(text: str, *, most: int) -> str:
    try:
        line = " ".join(clean_text(text).split())
    except BadText as error:
        raise Refused(str(error)) from error
    if len(line) > most:
        raise Refused(_("“%(text)s…” is too long: at most %(most)d characters.") % {"text": line[:30], "most": most})
    return line


def _set_vocabulary(board: Board, words: Sequence[str]) -> None:
    wanted = [word for word in (_line(word, most=MAX_TAG_LENGTH) for word in words) if key(word)]
    kept = add_to_vocabulary(board=board, words=wanted)
    BoardTag.objects.filter(board=board).exclude(tag__in=kept).delete()


def _move_address(old_path: str, *, board: Board | None = None, tag: Tag | None = None) -> None:
    """Let the old address lead to the thing, and the new one be nobody's old address."""
    new_path = reverse("board", args=[board.slug]) if board else reverse("tag", args=[tag.slug]) if tag else ""
    OldAddress.objects.filter(path=new_path).delete()
    if old_path and old_path != new_path:
        OldAddress.objects.update_or_create(path=old_path, defaults={"board": board, "tag": tag})
