"""What stands behind the two buttons of an answer mail: the answer, its question, and where they stand by now."""

from dataclasses import dataclass
from enum import StrEnum

from community import permissions
from community.models import Answer, Solution, Thread, ThreadEvent, User
from community.models.solutions import Withdrawal
from community.notices.solved import Meant
from community.permissions import Anyone


class Standing(StrEnum):
    """Where the answer and its question stand for the person who got the mail."""

    OPEN = "open"  # not solved, nothing said
    NOT_YET = "not_yet"  # the asker said "not yet" of this answer
    TAKEN_BACK = "taken_back"  # the asker accepted this answer once, and took it back
    DONE = "done"  # the asker accepted this answer
    MARKED = "marked"  # others marked this answer as the solution
    OTHER = "other"  # another answer is the solution
    LOCKED = "locked"
    CLOSED = "closed"
    MERGED = "merged"
    GONE = "gone"  # hidden, or moved out of the person's sight
    NO_ACCOUNT = "no_account"
    SOMEBODY_ELSE = "somebody_else"  # another person is signed in


#: Something else is the solution, or nobody can say any more what it is.
SOLVED = frozenset({Standing.DONE, Standing.MARKED, Standing.OTHER})
#: Not a word of the question is said then.
CLOSED_DOORS = frozenset({Standing.GONE, Standing.NO_ACCOUNT, Standing.SOMEBODY_ELSE})


@dataclass(frozen=True)
class Door:
    """One answer as its mail's reader finds it. Without `answer` there is nothing to say about it.

    `is_shown`: whoever looks at the page may see the question; a link out of a mail shows nothing that its holder
    could not see on the site. `other` is the answer that is the solution instead, `original` what it was merged into.
    """

    person: User
    standing: Standing
    answer: Answer | None = None
    is_shown: bool = False
    other: Answer | None = None
    original: Thread | None = None

    @property
    def thread(self) -> Thread | None:
        return self.answer.thread if self.answer else None

    @property
    def author_hears(self) -> bool:
        """Whether whoever answered is somebody who is told."""
        author = self.answer.author if self.answer else None
        return author is not None and author.pk != self.person.pk and permissions.is_member(author)


def open_door(reader: Anyone, meant: Meant) -> Door:
    """What a token means, for whoever follows it. At most five queries."""
    person = meant.person
    if isinstance(reader, User) and reader.pk != person.pk:
        return Door(person, Standing.SOMEBODY_ELSE)
    if not permissions.is_member(person):
        return Door(person, Standing.NO_ACCOUNT)
    visible = Answer.objects.visible_to(person).select_related("thread__board", "author")
    answer = visible.filter(pk=meant.answer_id, thread__asker=person).first()
    if answer is None or answer.hidden_at or answer.thread.hidden_at or not answer.thread.is_solvable:
        return Door(person, Standing.GONE)
    thread = answer.thread
    is_shown = Thread.objects.visible_to(reader).filter(pk=thread.pk).exists()
    if thread.merged_into_id:
        original = Thread.objects.visible_to(person).filter(pk=thread.merged_into_id).first()
        return Door(person, Standing.MERGED, answer, is_shown, original=original)
    standing, other = _standing(person, answer)
    return Door(person, standing, answer, is_shown, other)


def _standing(person: User, answer: Answer) -> tuple[Standing, Answer | None]:
    """Where a question stands that its asker can see, and the other answer that solved it."""
    thread = answer.thread
    if thread.solved_at:
        solution = Solution.objects.select_related("answer__author").get(thread=thread, withdrawn_at__isnull=True)
        if solution.answer_id != answer.pk:
            return Standing.OTHER, solution.answer
        return Standing.DONE if solution.accepted_by_asker else Standing.MARKED, None
    if thread.locked_at:
        return Standing.LOCKED, None
    if thread.closed_at:
        return Standing.CLOSED, None
    if ThreadEvent.objects.filter(answer=answer, kind=ThreadEvent.Kind.NOT_SOLVED).exists():
        return Standing.NOT_YET, None
    taken_back = Solution.objects.filter(answer=answer, withdrawal=Withdrawal.TAKEN_BACK, withdrawn_by=person)
    return Standing.TAKEN_BACK if taken_back.exists() else Standing.OPEN, None
