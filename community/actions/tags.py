"""Tagging: words to Tag rows by their key, within the board's vocabulary."""

from collections.abc import Iterable
from zlib import crc32

from django.utils.text import slugify
from django.utils.translation import gettext as _

from community.content.text import BadText, clean_text, key
from community.errors import Refused
from community.models import Board, BoardTag, Tag, TaggedThread, Thread

MAX_TAGS = 5
MAX_TAG_LENGTH = 40


def find_tags(*, board: Board, words: Iterable[str]) -> list[Tag]:
    """The tags for these words, made where the board's vocabulary is open. Refused for too many or foreign ones."""
    by_key: dict[str, str] = {}
    for word in words:
        try:
            cleaned = " ".join(clean_text(word).split())
        except BadText as error:
            raise Refused(str(error)) from error
        if cleaned:
            by_key.setdefault(key(cleaned), cleaned)
    if not by_key:
        return []
    if len(by_key) > MAX_TAGS:
        raise Refused(_("At most %(most)d tags, please.") % {"most": MAX_TAGS})
    if any(len(word) > MAX_TAG_LENGTH for word in by_key.values()):
        raise Refused(_("A tag has at most %(most)d characters.") % {"most": MAX_TAG_LENGTH})
    if board.closed_vocabulary:
        known = Tag.objects.filter(key__in=by_key, board_tags__board=board)
        if missing := by_key.keys() - {tag.key for tag in known}:
            raise Refused(_("“%(tag)s” is not one of this board's tags.") % {"tag": by_key[min(missing)]})
        return list(known)
    return make_tags(by_key)


def make_tags(by_key: dict[str, str]) -> list[Tag]:
    """Tags for {key: name}, creating the missing ones; two people making one at once get the same."""
    known = {tag.key: tag for tag in Tag.objects.filter(key__in=by_key)}
    fresh = [Tag(key=k, name=name, slug=tag_slug(k)) for k, name in by_key.items() if k not in known]
    if fresh:
        Tag.objects.bulk_create(fresh, ignore_conflicts=True)
        known = {tag.key: tag for tag in Tag.objects.filter(key__in=by_key)}
    return [known[k] for k in by_key if k in known]


def tag_slug(tag_key: str) -> str:
    """The tag's address; keys that differ get slugs that differ."""
    slug = slugify(tag_key, allow_unicode=True)[:80]
    plain = slug.replace("-", " ") == tag_key
    return slug if slug and plain else f"{slug or 'tag'}-{crc32(tag_key.encode()):x}"


def set_tags(*, thread: Thread, tags: Iterable[Tag]) -> None:
    """Let the thread carry exactly these tags."""
    wanted = {tag.pk for tag in tags}
    TaggedThread.objects.filter(content_object=thread).exclude(tag_id__in=wanted).delete()
    TaggedThread.objects.bulk_create(
        [TaggedThread(content_object=thread, tag_id=pk) for pk in wanted], ignore_conflicts=True
    )


def add_to_vocabulary(*, board: Board, words: Iterable[str]) -> list[Tag]:
    """Give the board its own tags."""
    tags = make_tags({key(word): word for word in words})
    BoardTag.objects.bulk_create([BoardTag(board=board, tag=tag) for tag in tags], ignore_conflicts=True)
    return tags
