"""Where imported threads go: the board of their product, and tags from the source's words."""

from collections.abc import Iterable, Sequence
from zlib import crc32

from django.utils.text import slugify

from community.actions.tags import MAX_TAG_LENGTH, MAX_TAGS, make_tags
from community.content.text import BadText, clean_text, key
from community.imports.sites import Site
from community.models import Board, OldAddress, Tag

FALLBACK_BOARD = "Imported"
REMEMBERED = 10_000


class Places:
    """Finds boards and tags by their key, and makes what is missing."""

    def __init__(self, board: Board | None, default_name: str, site: Site) -> None:
        self.site = site
        self.one_board = board
        self.default_name = default_name or FALLBACK_BOARD
        self._boards: dict[str, Board] = {}
        self._tags: dict[str, int] = {}

    def forget(self) -> None:
        """What was made is taken back (dry run)."""
        self._boards.clear()
        self._tags.clear()

    def board(self, product: str) -> Board:
        """The board for a product: the one told, or the one of that name, made when there is none."""
        if self.one_board is not None:
            return self.one_board
        name = _board_name(product) or self.default_name
        name_key = key(name)
        if name_key not in self._boards:
            slug = _slug(name_key)
            found = Board.objects.filter(name_key=name_key).first() or Board.objects.filter(slug=slug).first()
            self._boards[name_key] = found or Board.objects.create(name=name, name_key=name_key, slug=slug)
        return self._boards[name_key]

    def tags(self, words: Iterable[str]) -> tuple[list[int], int]:
        """(ids of at most five tags, how many words made none)."""
        by_key: dict[str, str] = {}
        unfit = 0
        for word in words:
            try:
                cleaned = " ".join(clean_text(word).split())
            except BadText:
                cleaned = ""
            if not key(cleaned):
                continue
            if len(cleaned) > MAX_TAG_LENGTH or (len(by_key) >= MAX_TAGS and key(cleaned) not in by_key):
                unfit += 1
            else:
                by_key.setdefault(key(cleaned), cleaned)
        missing = {tag_key: name for tag_key, name in by_key.items() if tag_key not in self._tags}
        if missing:
            if len(self._tags) > REMEMBERED:
                self._tags.clear()
                missing = by_key
            self._remember(make_tags(missing))
        return [self._tags[tag_key] for tag_key in by_key], unfit

    def _remember(self, tags: Sequence[Tag]) -> None:
        self._tags |= {tag.key: tag.pk for tag in tags}
        paths = [(self.site.tag(tag.name), tag) for tag in tags]
        OldAddress.objects.bulk_create(
            [OldAddress(path=path, tag=tag) for path, tag in paths if path], ignore_conflicts=True
        )


def _board_name(product: str) -> str:
    """`firefox-for-android` is an address; "Firefox for android" is a name."""
    try:
        words = " ".join(clean_text(product).split())[:80]
    except BadText:
        return ""
    if words and words == words.lower() and " " not in words:
        words = words.replace("-", " ").replace("_", " ").strip()
        words = words[:1].upper() + words[1:]
    return words


def _slug(name_key: str) -> str:
    return slugify(name_key)[:60] or f"board-{crc32(name_key.encode()):x}"
