"""Solved questions to put into a reply: only those that the customer may read too."""

from dataclasses import dataclass

from django.http import HttpRequest

from community.actions.record import MAX_ID
from community.content.text import excerpt
from community.converters import DIGITS
from community.models import Thread, User
from community.reading.addresses import thread_address
from community.reading.found.heads import site_root
from community.reading.lists import listed
from community.reading.results import solution_texts
from community.reading.suggestions import likeliest
from support import macros
from support.models import Ticket

MOST, LOOKED_AT = 6, 24
LINE = 280


@dataclass(frozen=True)
class Solved:
    """A solved question, and how its solution begins."""

    id: int
    title: str
    url: str
    line: str
    board: str
    helped: int


def _customer(ticket: Ticket) -> User:
    """Who asks, as a reader of the community."""
    return User.objects.with_standing().get(pk=ticket.requester_id)


def solved_like(user: User, ticket: Ticket, words: str) -> list[Solved]:
    """Solved questions like these words, or like the ticket where there are none, that agent and customer may read."""
    customer = _customer(ticket)
    found = likeliest(viewer=customer, title=words.strip() or ticket.subject, board_id=ticket.board_id, limit=LOOKED_AT)
    ids = [match.id for match in found if match.id != ticket.thread_id]
    return _told(user, customer, ids)[:MOST]


def _told(user: User, customer: User, ids: list[int]) -> list[Solved]:
    seen = listed(customer).filter(pk__in=ids, solved_at__isnull=False, outdated_at__isnull=True)
    both = seen.filter(pk__in=Thread.objects.visible_to(user).order_by().values("pk")).select_related("board")
    rows = {row.pk: row for row in both}
    lines = solution_texts(rows) if rows else {}
    return [
        Solved(
            id=pk,
            title=rows[pk].title,
            url=thread_address(pk, rows[pk].title),
            line=excerpt(lines.get(pk, ""), LINE),
            board=rows[pk].board.name,
            helped=rows[pk].me_too_count,
        )
        for pk in ids
        if pk in rows
    ]


def words_of(request: HttpRequest, user: User, ticket: Ticket) -> str:
    """What `?insert=` puts into the reply: the question as a link, and how its solution begins; "" for none."""
    word = request.GET.get("insert", "")
    number = int(word) if word.isascii() and word.isdigit() and len(word) <= DIGITS else 0
    if not 0 < number <= MAX_ID:
        return ""
    found = _told(user, _customer(ticket), [number])
    return "".join(text_of(each, site_root(request)) for each in found)


def text_of(solved: Solved, root: str) -> str:
    """The words in Markdown."""
    link = f"[{macros.plain(solved.title)}]({root}{solved.url})"
    return f"{link}\n\n> {macros.plain(solved.line)}\n" if solved.line else f"{link}\n"
