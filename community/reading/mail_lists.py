"""Which boards can be followed as mail lists."""

from dataclasses import dataclass

from community.incoming.addresses import board_address, takes_mail
from community.models import Board
from community.permissions import Anyone

#: More boards than any site has.
MOST = 200


@dataclass(frozen=True)
class MailList:
    """A board that is one, and where one writes to it."""

    board: Board
    address: str


def lists_of(reader: Anyone) -> list[MailList]:
    """Those this reader may see and write to, in the boards' order; none where the site takes no mail in. A query."""
    if not takes_mail():
        return []
    boards = Board.objects.visible_to(reader).filter(mail_name__isnull=False, archived_at__isnull=True)
    return [MailList(board, board_address(board)) for board in boards[:MOST]]
