"""Following boards as mail lists: every post of theirs by mail, and leaving them again."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from community import permissions
from community.actions import choices
from community.actions.notices import watch
from community.errors import NotAllowed, NotThere
from community.incoming.addresses import takes_mail
from community.models import Board, Thread, User, Watch
from community.notices.stops import Stop


@transaction.atomic
def follow_list(*, actor: User, board_id: int) -> Watch:
    """Get every post of a board by mail, as on a mail list. Twice is once. NotThere where there is no such list."""
    board = Board.objects.visible_to(actor).filter(pk=board_id).first()
    if board is None or not has_list(board):
        raise NotThere(_("This board has no mail list."))
    if not permissions.is_member(actor):
        raise NotAllowed(_("Please sign in first."))
    followed = watch(actor=actor, board_id=board_id)
    if not followed.is_list:
        followed.is_list = True
        followed.save(update_fields=["is_list"])
    return followed


def leave_list(*, actor: User, board_id: int) -> bool:
    """No mails of this board any more; False where none came. What brought them can be taken back like any stop.

    Also the watch ends: whoever leaves a list wants no other mails of the same board in its place.
    """
    if not Watch.objects.filter(person=actor, board=board_id, is_list=True).exists():
        return False
    return choices.stop(person=actor, stop=Stop("unwatch", "board", board_id))


def leave_by_mail(*, actor: User, thread: Thread) -> str:
    """The word for it came as a reply to a mail about this question: the list that brought it, else the question.

    Returns the page where that can be taken back.
    """
    if leave_list(actor=actor, board_id=thread.board_id):
        return thread.board.get_absolute_url()
    choices.stop(person=actor, stop=Stop("mute", "thread", thread.pk, thread.title))
    return thread.get_absolute_url()


def has_list(board: Board) -> bool:
    """Whether the board can be followed as a mail list."""
    return takes_mail() and bool(board.mail_name)


def renew_reply_addresses(*, actor: User, over: int) -> None:
    """The addresses of generation `over`, to which this person could reply so far, are over: new mails have others.

    Nothing changes where another generation has begun already: the same press twice is once.
    """
    if not permissions.is_member(actor):
        raise NotAllowed(_("Please sign in first."))
    User.objects.filter(pk=actor.pk, reply_generation=over).update(reply_generation=F("reply_generation") + 1)
