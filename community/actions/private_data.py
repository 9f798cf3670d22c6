"""What may be private in a post: noticed before it is stored, by one rule for every door, and left to its writer.

Asking, answering and editing call `look` with the board's own patterns. What is found raises `PrivateData`, which
brings the form back once; the writer then says what becomes of it (`Said`), and is asked no more of those pieces.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _

from community.content.private_data import Found, find_private, take_out
from community.errors import PrivateData
from community.models import Brand, BrandLink

MAILTO = "mailto:"


class Way(StrEnum):
    """What a writer may do with what was noticed."""

    OUT = "out"  #: left out of the post
    STAFF = "staff"  #: sent to staff alone, and left out of the post
    ALL = "all"  #: the whole text is for staff alone
    PUBLIC = "public"  #: everybody may read it


@dataclass(frozen=True)
class Said:
    """What the writer said: of everything that is noticed now, or of single pieces, by their digests."""

    of_all: Way | None = None
    pieces: Mapping[str, Way] = field(default_factory=dict)

    def of(self, piece: Found) -> Way | None:
        return self.of_all or self.pieces.get(piece.digest)


NOTHING_SAID = Said()


class Noticed(NamedTuple):
    """A piece and the field it stands in: "title" or "body"."""

    where: str
    piece: Found


@dataclass(frozen=True)
class Looked:
    """The words as they may be posted, and what goes to staff alone."""

    title: str
    body: str
    for_staff: str = ""
    is_changed: bool = False


def notice(*, patterns: str, title: str = "", body: str = "", before: str = "") -> list[Noticed]:
    """What may be private in these words; what stood in the words `before` an edit is old, and is not noticed again."""
    found = [
        Noticed(where, piece)
        for where, text in (("title", title), ("body", body))
        for piece in find_private(text, patterns=patterns, own=published_addresses)
    ]
    return [each for each in found if each.piece.text not in before] if before and found else found


def look(
    *,
    patterns: str,
    title: str = "",
    body: str,
    before: str = "",
    may_be_public: bool = False,
    said: Said = NOTHING_SAID,
) -> Looked:
    """The words as the writer wants them posted; PrivateData for pieces of which nothing was said yet."""
    if may_be_public or said.of_all is Way.PUBLIC:
        return Looked(title, body)
    noticed = notice(patterns=patterns, title=title, body=body, before=before)
    if unsaid := [each for each in noticed if said.of(each.piece) is None]:
        raise PrivateData(_("There may be something in it that is not for everybody."), unsaid)
    kept_back = [each for each in noticed if said.of(each.piece) is not Way.PUBLIC]
    if said.of_all is Way.ALL:
        in_title = [each for each in kept_back if each.where == "title"]
        whole = "\n\n".join([*(each.piece.text for each in in_title), body])
        return Looked(_replaced(title, in_title, said), sent_to_staff(), whole, is_changed=True)
    if not kept_back:
        return Looked(title, body)
    return Looked(
        _replaced(title, [each for each in kept_back if each.where == "title"], said),
        _replaced(body, [each for each in kept_back if each.where == "body"], said),
        "\n".join(dict.fromkeys(each.piece.text for each in kept_back if said.of(each.piece) is not Way.OUT)),
        is_changed=True,
    )


def sent_to_staff() -> str:
    """What stands in a post in the place of words that only staff read."""
    return _("[sent to staff privately]")


def left_out() -> str:
    """What stands in a post in the place of words that its writer took out."""
    return _("[left out]")


def _replaced(text: str, noticed: Iterable[Noticed], said: Said) -> str:
    pieces = [each.piece for each in noticed]
    out = {piece.digest for piece in pieces if said.of(piece) is Way.OUT}
    # From the end, so that what is replaced moves nothing that is still to be.
    for piece in sorted(pieces, reverse=True):
        text = take_out(text, [piece], left_out() if piece.digest in out else sent_to_staff())
    return text


def published_addresses() -> set[str]:
    """The brand's own addresses, which everybody may read and write. Two queries, asked where an address was found."""
    brand = Brand.objects.filter(pk=1).values_list("support_address", "reply_address").first() or ()
    links = BrandLink.objects.filter(url__istartswith=MAILTO).values_list("url", flat=True)
    return {address for address in (*brand, *(link[len(MAILTO) :].partition("?")[0] for link in links)) if address}
