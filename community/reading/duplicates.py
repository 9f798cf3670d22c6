"""Where the page of a duplicate leads, and what it and the original say of one another.

A duplicate's page leads to the original whoever may see that one. Moderators read the duplicate itself, and those who
took part in it may: the original tells them how.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from community import permissions
from community.models import Answer, Thread, User
from community.reading import addresses

Anyone = User | AnonymousUser

#: ?merged=stay on a duplicate: show me this one. ?merged=<id> on an original: I come from that one.
WORD, STAY = "merged", "stay"
#: Who reads on in a duplicate wants to stay in it.
_READS_ON = (WORD, "page", "sort", "after")


@dataclass(frozen=True)
class Told:
    """What a page says of a merge: the duplicate (`is_duplicate`) where it leads, the original where one came from.

    `title` and `url` are the other question's; both are "" where the reader may not see it.
    """

    is_duplicate: bool
    title: str = ""
    url: str = ""
    is_mine: bool = False
    may_undo: bool = False


def leads_to(user: Anyone, thread: Thread, given: Mapping[str, str]) -> str:
    """Where the page of this thread leads: to its original, or "" when it is to be shown itself."""
    if thread.merged_into_id is None or permissions.can_moderate(user):
        return ""
    if any(word in given for word in _READS_ON) and _took_part(user, thread):
        return ""
    original = _seen(user, thread.merged_into_id)
    return f"{original.get_absolute_url()}?{WORD}={thread.pk}#main" if original else ""


def told_on(user: Anyone, thread: Thread, given: Mapping[str, str]) -> Told | None:
    """What the page of this thread says of a merge; None for nearly every page, and then nothing is asked."""
    if thread.merged_into_id is not None:
        original = _seen(user, thread.merged_into_id)
        return Told(
            is_duplicate=True,
            title=original.title if original else "",
            url=original.get_absolute_url() if original else "",
            is_mine=thread.asker_id == user.pk,
            may_undo=permissions.can_mark_duplicate(user),
        )
    word = given.get(WORD, "")
    if not (word.isascii() and word.isdigit() and len(word) <= 18):
        return None
    duplicate = Thread.objects.visible_to(user).filter(pk=int(word), merged_into=thread).first()
    if duplicate is None:
        return None
    stays = permissions.can_moderate(user) or _took_part(user, duplicate)
    return Told(
        is_duplicate=False,
        title=duplicate.title,
        url=f"{addresses.thread_address(duplicate.pk, duplicate.title)}?{WORD}={STAY}" if stays else "",
        is_mine=duplicate.asker_id == user.pk,
    )


def _seen(user: Anyone, thread_id: int) -> Thread | None:
    return Thread.objects.visible_to(user).only("id", "title").filter(pk=thread_id).first()


def _took_part(user: Anyone, thread: Thread) -> bool:
    """Whether this person asked or answered there."""
    if not isinstance(user, User):
        return False
    return thread.asker_id == user.pk or Answer.objects.filter(thread=thread, author=user, hidden_at=None).exists()
