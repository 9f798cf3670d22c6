"""What can be written to by mail. settings.MAIL_TARGETS lists such tables, by the letter in reply addresses."""

from typing import Any, NamedTuple, Protocol

from django.db.models import Q
from django.utils.translation import gettext as _

from community import permissions
from community.actions import choices, solutions
from community.actions.answers import answer
from community.actions.incoming_files import bring
from community.actions.mail_lists import leave_by_mail
from community.actions.threads import ask
from community.content.suspicion import UNKNOWN_ENTRY
from community.errors import NotThere, Refused
from community.incoming.commands import ACCEPT, LEAVE
from community.incoming.records import Letter, Reached
from community.incoming.subjects import title_from
from community.models import Answer, Board, Thread, User
from community.notices.stops import Stop


class Target(Protocol):
    """One kind of thing that takes mail."""

    def reviewed_by(self, user: Any) -> Q:
        """Which rows of IncomingMail with this letter `user` may look through and decide; none for most people."""
        ...

    def title_of(self, number: int, person: User) -> str | None:
        """What the thing is called, for a person who may see it; None where it is out of their sight."""
        ...

    def take(self, *, actor: User, number: int, letter: Letter) -> Reached:
        """Post what the person wrote, through the action of the page. Raises what that raises (community.errors)."""
        ...


class Place(NamedTuple):
    """Where in the community a thing stands; None for what is not the community's."""

    thread_id: int | None = None
    board_id: int | None = None


class _OfModerators:
    """What is written to a question or a board is moderators' business."""

    def reviewed_by(self, user: Any) -> Q:
        return ~Q(pk__in=[]) if permissions.can_moderate(user) else Q(pk__in=[])


class ThreadTarget(_OfModerators):
    """A question: a mail to it is an answer."""

    def title_of(self, number: int, person: User) -> str | None:
        return Thread.objects.visible_to(person).filter(pk=number).values_list("title", flat=True).first()

    def take(self, *, actor: User, number: int, letter: Letter) -> Reached:
        if letter.command == LEAVE:
            return leave_thread(actor, number)
        if letter.command == ACCEPT:
            return accept(actor, only_answer(actor, number))
        return post_answer(actor, number, letter)


class AnswerTarget(_OfModerators):
    """An answer: a mail to it is an answer in its thread, and a word accepts it."""

    def title_of(self, number: int, person: User) -> str | None:
        thread_id = place_of("a", number).thread_id or 0
        return Thread.objects.visible_to(person).filter(pk=thread_id).values_list("title", flat=True).first()

    def take(self, *, actor: User, number: int, letter: Letter) -> Reached:
        thread_id = place_of("a", number).thread_id
        if thread_id is None:
            raise NotThere(_("There is no such answer."))
        if letter.command == LEAVE:
            return leave_thread(actor, thread_id)
        if letter.command == ACCEPT:
            return accept(actor, number)
        return post_answer(actor, thread_id, letter)


class BoardTarget(_OfModerators):
    """A board, by its own address: a mail to it is a new question."""

    def title_of(self, number: int, person: User) -> str | None:
        seen = Board.objects.visible_to(person).filter(pk=number, mail_name__isnull=False)
        return seen.values_list("name", flat=True).first()

    def take(self, *, actor: User, number: int, letter: Letter) -> Reached:
        board = Board.objects.visible_to(actor).filter(pk=number).first()
        if board is None:
            raise NotThere(_("There is no such board."))
        if letter.command == LEAVE:
            choices.stop(person=actor, stop=Stop("unwatch", "board", board.pk, board.name))
            return Reached(board.get_absolute_url(), was_command=True)
        if letter.command == ACCEPT:
            raise Refused(
                _("It does not say which answer solved it. Please reply to the mail that brought the answer.")
            )
        files = bring(actor=actor, letter=letter)
        made = ask(
            actor=actor,
            board_id=board.pk,
            kind=Thread.Kind.PROBLEM,
            title=title_from(letter.subject, letter.body or files.body, prefix=board.mail_prefix),
            body=files.body,
            attachment_ids=files.ids,
            post_key=letter.once,
            entry=letter.entry or UNKNOWN_ENTRY,
            may_be_public=letter.may_be_public,
        )
        return Reached(made.get_absolute_url(), thread_id=made.pk, left_out=files.left_out)


def post_answer(actor: User, thread_id: int, letter: Letter) -> Reached:
    """The letter as an answer."""
    files = bring(actor=actor, letter=letter)
    made = answer(
        actor=actor,
        thread_id=thread_id,
        body=files.body,
        attachment_ids=files.ids,
        post_key=letter.once,
        entry=letter.entry or UNKNOWN_ENTRY,
        may_be_public=letter.may_be_public,
    )
    return Reached(made.get_absolute_url(), thread_id=made.thread_id, answer_id=made.pk, left_out=files.left_out)


def accept(actor: User, answer_id: int) -> Reached:
    """The answer solved it, in the words of whoever may say so on the page."""
    made = solutions.accept(actor=actor, answer_id=answer_id).answer
    place = made.get_absolute_url()
    return Reached(place, thread_id=made.thread_id, answer_id=made.pk, was_command=True)


def only_answer(actor: User, thread_id: int) -> int:
    """The one answer by somebody else that this person sees in a question; Refused where there are none or several."""
    given = Answer.objects.visible_to(actor).filter(thread=thread_id, hidden_at__isnull=True).exclude(author=actor)
    ids = list(given.values_list("pk", flat=True)[:2])
    if len(ids) != 1:
        raise Refused(_("It does not say which answer solved it. Please reply to the mail that brought the answer."))
    return ids[0]


def leave_thread(actor: User, thread_id: int) -> Reached:
    """No more mails of the mail list that brought it; where there is none, about this question."""
    thread = Thread.objects.visible_to(actor).filter(pk=thread_id).first()
    if thread is None:
        raise NotThere(_("There is no such question."))
    place = leave_by_mail(actor=actor, thread=thread)
    return Reached(place, thread_id=thread.pk, was_command=True)


def place_of(letter: str, number: int) -> Place:
    """Where the thing of this reply address stands; nothing of it is shown to anybody."""
    if letter == "b":
        return Place(board_id=number)
    threads = Thread.objects.all()
    if letter == "a":
        found = Answer.objects.filter(pk=number).values_list("thread_id", "moved_to__thread_id").first()
        threads = threads.filter(pk=(found[1] or found[0]) if found else 0)
    elif letter == "t":
        threads = threads.filter(pk=number)
    else:
        return Place()
    return Place(*(threads.values_list("pk", "board_id").first() or ()))


TARGETS: dict[str, Target] = {"t": ThreadTarget(), "a": AnswerTarget(), "b": BoardTarget()}
