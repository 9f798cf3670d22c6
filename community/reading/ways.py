"""The ways to staff: what a brand, or one of its boards, has said about how it can be reached."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from community.models import Board, Brand, Draft

MAILTO = "mailto:"
#: Characters of a question that are written into a mail beforehand; mail programs refuse much longer addresses.
MOST_MAILED = 1200


@dataclass(frozen=True)
class Way:
    """One way: "page" or "mail", the address to open, and how it is told."""

    kind: str
    url: str
    told: str


def ways_to_staff(brand: Brand, board: Board | None, draft: Draft | None = None) -> list[Way]:
    """How staff can be reached about this board, the nearest way first; none where nobody has said.

    What somebody has written so far (`draft`) stands in the mail they begin.
    """
    ways = []
    if board is not None and board.staff_url:
        ways.append(_way(board.staff_url, draft))
    if brand.support_url:
        ways.append(_way(brand.support_url, draft))
    if brand.support_address:
        ways.append(_way(MAILTO + brand.support_address, draft))
    if not ways:
        # Nobody has said it for this page, but a mail address may stand at the foot of every page.
        ways += [_way(link["url"], draft) for link in brand.footer_links if link["url"].startswith(MAILTO)]
    return [way for number, way in enumerate(ways) if way not in ways[:number]]


def _way(url: str, draft: Draft | None) -> Way:
    if url.startswith(MAILTO):
        return Way("mail", url + _begun(draft), url.removeprefix(MAILTO))
    return Way("page", url, urlsplit(url).netloc.removeprefix("www."))


def _begun(draft: Draft | None) -> str:
    """Subject and text of a mail, as the end of its address."""
    if draft is None:
        return ""
    return f"?subject={quote(draft.title, safe='')}&body={quote(draft.body[:MOST_MAILED], safe='')}"
