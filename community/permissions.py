"""Who may. Every function answers for one person and one thing; unknown or missing means no.

Pages ask before they show a button, actions ask again before they write.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.lookups import IsNull

from community import clock
from community.models import (
    Answer,
    Appeal,
    Attachment,
    Board,
    Flag,
    Hiding,
    IllegalReport,
    Purge,
    Review,
    Solution,
    Thread,
    ThreadEvent,
    User,
)
from community.reading.prepared import Ask
from community.reading.trust import ask_level, level_of
from community.roles import STAFF, Role
from community.trust import Level, Unlock, unlocks

Anyone = User | AnonymousUser

#: The asker counts as silent after this long without a word in the thread (deflection.md, N).
SILENCE = timedelta(days=7)
MODERATING = frozenset({Role.MODERATOR, Role.ADMIN})


def is_member(user: Anyone) -> bool:
    """Signed in, with an account that may act."""
    return isinstance(user, User) and user.is_active and user.anonymised_at is None and not user.is_imported


def has_role(user: Anyone, *roles: str) -> bool:
    """Whether one of the roles is in force for this person (the only reading of roles there is)."""
    return isinstance(user, User) and bool(user.effective_roles & set(roles))


def is_staff(user: Anyone) -> bool:
    return has_role(user, *STAFF)


def ask_trust(user: User) -> Ask:
    """What `is_trusted` asks the database, for pages that ask it together with their own."""
    return ask_level(user)


def is_trusted(user: Anyone, earned: Sequence[Any] | None = None) -> bool:
    """Earned by solving: three solutions in force for other people's questions. Staff are trusted as they are.

    `earned` is what `ask_trust` brought; without it the database is asked.
    """
    return is_member(user) and level_of(user, earned) >= Level.TRUSTED


def can_retag(user: Anyone, thread: Thread, *, level: Level | None = None) -> bool:
    """Moderators, the asker, and helpers while it is open. `level` is what `level_of` said of them."""
    if can_edit_thread(user, thread):
        return True
    return is_member(user) and is_open(thread) and _unlocks(user, Unlock.TAGS, level)


def can_propose_duplicate(user: Anyone, thread: Thread, *, level: Level | None = None) -> bool:
    """Helpers, of an open question: a moderator decides. `level` as above."""
    return is_member(user) and is_open(thread) and _unlocks(user, Unlock.DUPLICATES, level)


def _unlocks(user: Anyone, what: Unlock, level: Level | None) -> bool:
    return unlocks(level_of(user) if level is None else level, what)


def can_moderate(user: Anyone) -> bool:
    """Hide, restore, lock, move, retag, close: moderators and admins."""
    return has_role(user, *MODERATING)


def can_mark_duplicate(user: Anyone) -> bool:
    """Say that a question was asked before, take that back, decide on pairs that may be one: moderators and admins."""
    return can_moderate(user)


def can_open_admin(user: Anyone) -> bool:
    return has_role(user, Role.ADMIN)


def can_mark_official(user: Anyone, answer: Answer) -> bool:
    """Say that an answer is the company's own word: staff, of their own visible answers."""
    return is_staff(user) and answer.author_id == user.pk and answer.hidden_at is None


def can_unmark_official(user: Anyone, answer: Answer) -> bool:
    """Take that back: whoever wrote it, and moderators."""
    return can_moderate(user) or (is_staff(user) and answer.author_id == user.pk)


def can_see_history(user: Anyone) -> bool:
    """Earlier texts of an edited post: staff."""
    return is_staff(user)


def can_ask(user: Anyone, board: Board) -> bool:
    """Members, on a board that is not archived. (That they may see it is the caller's `visible_to`.)"""
    return is_member(user) and board.archived_at is None


def is_open(thread: Thread) -> bool:
    """Neither hidden, locked nor merged away."""
    return thread.hidden_at is None and thread.locked_at is None and thread.merged_into_id is None


def can_answer(user: Anyone, thread: Thread) -> bool:
    return is_member(user) and is_open(thread)


def can_edit_thread(user: Anyone, thread: Thread) -> bool:
    """The asker while the thread is open; moderators always."""
    return can_moderate(user) or (is_member(user) and thread.asker_id == user.pk and is_open(thread))


def can_edit_answer(user: Anyone, answer: Answer) -> bool:
    """The author while the thread is open and the answer is not hidden; moderators always, where it stands."""
    if answer.hidden_for == Hiding.MOVED:
        return False
    if can_moderate(user):
        return True
    return is_member(user) and answer.author_id == user.pk and answer.hidden_at is None and is_open(answer.thread)


def asker_is_silent(thread: Thread) -> bool:
    """No word or act of the asker in this thread for seven days: no answer, edit, acceptance or withdrawal."""
    last = ThreadEvent.objects.filter(thread=thread, actor_id=thread.asker_id).aggregate(at=Max("occurred_at"))["at"]
    return clock.now() - max(thread.asked_at, last or thread.asked_at) > SILENCE


def can_accept(user: Anyone, thread: Thread) -> bool:
    """The asker; moderators and admins once the asker has been silent for seven days."""
    if not is_member(user) or not thread.is_solvable or thread.hidden_at or thread.merged_into_id:
        return False
    if thread.asker_id == user.pk:
        return True
    return can_moderate(user) and asker_is_silent(thread)


def can_say_not_solved(user: Anyone, answer: Answer) -> bool:
    """The asker, of somebody else's visible answer, while the question waits."""
    return still_waits(user, answer.thread) and answer.author_id != user.pk and answer.hidden_at is None


def still_waits(user: Anyone, thread: Thread) -> bool:
    """Whether this person asked it, and it is an open question or problem that is not solved."""
    if not is_member(user) or thread.asker_id != user.pk or not thread.is_solvable:
        return False
    return is_open(thread) and thread.solved_at is None and thread.closed_at is None


def can_mark_solution(user: Anyone, thread: Thread, *, trusted: bool | None = None) -> bool:
    """Trusted members, once the asker has been silent for seven days and nothing is accepted.

    `trusted` is what `is_trusted` said of them, for pages that ask several things.
    """
    if not is_member(user) or not thread.is_solvable or thread.asker_id == user.pk or not is_open(thread):
        return False
    if thread.solved_at is not None or not (is_trusted(user) if trusted is None else trusted):
        return False
    return asker_is_silent(thread)


def can_withdraw(user: Anyone, thread: Thread, solution: Solution) -> bool:
    """The asker, whoever accepted it, moderators and admins."""
    if not is_member(user) or thread.hidden_at:
        return False
    return user.pk in (thread.asker_id, solution.accepted_by_id) or can_moderate(user)


def can_vote(user: Anyone, answer: Answer) -> bool:
    """Members, for other people's visible answers."""
    return is_member(user) and answer.author_id != user.pk and not (answer.hidden_at or answer.thread.hidden_at)


def can_join(user: Anyone, thread: Thread) -> bool:
    """ "I have this problem too": members other than the asker, on questions and problems that are not locked."""
    return is_member(user) and thread.asker_id != user.pk and thread.is_solvable and is_open(thread)


def can_say_helped(user: Anyone, answer: Answer) -> bool:
    """ "This solved it for me": members other than its author, on visible answers."""
    return is_member(user) and answer.author_id != user.pk and not (answer.hidden_at or answer.thread.hidden_at)


def can_request_info(user: Anyone, thread: Thread, *, trusted: bool | None = None) -> bool:
    """Staff and trusted members, on an open question of somebody else that is not solved; `trusted` as above."""
    if not is_member(user) or thread.asker_id == user.pk or not is_open(thread) or thread.solved_at:
        return False
    return is_trusted(user) if trusted is None else trusted


def can_close(user: Anyone, thread: Thread) -> bool:
    """Moderators; the asker may close what is no longer needed."""
    return can_moderate(user) or (is_member(user) and thread.asker_id == user.pk and is_open(thread))


def can_report_outdated(user: Anyone, thread: Thread) -> bool:
    return is_member(user) and thread.solved_at is not None and thread.hidden_at is None


def can_use_attachment(user: Anyone, attachment: Attachment) -> bool:
    """Put into a post: one's own, not in another post yet."""
    return is_member(user) and attachment.uploader_id == user.pk and attachment.thread_id is None


def can_erase(user: Anyone, person: User) -> bool:
    """Members close their own account; administrators close any, on request."""
    return is_member(user) and (user.pk == person.pk or has_role(user, Role.ADMIN))


def can_approve_claim(user: Anyone) -> bool:
    """Say whose an imported person's posts are, where no verified address says it: admins."""
    return has_role(user, Role.ADMIN)


def can_flag(user: Anyone, post: Thread | Answer) -> bool:
    """Say that something is wrong with a post: members, of other people's posts that show."""
    if isinstance(post, Thread):
        return is_member(user) and post.asker_id != user.pk and post.hidden_at is None
    return is_member(user) and post.author_id != user.pk and not (post.hidden_at or post.thread.hidden_at)


def can_restore(user: Anyone, post: Thread | Answer) -> bool:
    """Bring back what is hidden: moderators; of their own only what they hid themselves."""
    if not can_moderate(user):
        return False
    thread_id, answer_id = (post.pk, None) if isinstance(post, Thread) else (post.thread_id, post.pk)
    if (post.asker_id if isinstance(post, Thread) else post.author_id) != user.pk:
        return True
    hidden = ThreadEvent.objects.filter(thread=thread_id, answer=answer_id, kind=ThreadEvent.Kind.HIDDEN)
    return hidden.order_by("-pk").values_list("actor_id", flat=True).first() == user.pk


def can_open_queue(user: Anyone) -> bool:
    """See what waits for a decision: staff. (What of it, `Review.visible_to` says.)"""
    return is_staff(user)


def can_keep_known_issues(user: Anyone) -> bool:
    """Say what is wrong and known, and how it goes on: staff. (Which of them, `KnownIssue.visible_to` says.)"""
    return is_staff(user)


def can_settle(user: Anyone, review: Review) -> bool:
    """Decide what waits: moderators and admins, official words any staff; nobody in his own case.

    One's own case is what one wrote, flagged or reported, asked to be destroyed, appealed against, or decided before
    it was appealed against.
    """
    if not isinstance(user, User) or not Review.objects.visible_to(user).filter(pk=review.pk).exists():
        return False
    return review.person_id != user.pk and not is_own_case(user, review)


def is_own_case(user: User, review: Review) -> bool:
    """Whether this person stands on one side of the case. One query."""
    return Review.objects.filter(own_case(user), pk=review.pk).exists()


def own_case(user: User) -> Q:
    """The reviews in which this person stands on one side, as a condition of the query that reads them."""
    same_post = {"thread": OuterRef("thread"), "withdrawn_at__isnull": True}
    answer = Q(answer=OuterRef("answer")) | Q(answer__isnull=True) & IsNull(OuterRef("answer"), True)
    sides = Q(person=user) | Q(report__reporter=user) | Q(decision__decided_by=user)
    return (
        Q(person=user)
        | Exists(Flag.objects.filter(answer, **same_post, person=user))
        | Exists(IllegalReport.objects.filter(review=OuterRef("pk"), reporter=user))
        | Exists(Appeal.objects.filter(sides, review=OuterRef("pk")))
        | Q(kind=Review.Kind.PURGE) & Exists(Purge.objects.filter(answer, **same_post, asked_by=user))
    )
