"""What people told staff alone: beside its question, and as a list for staff."""

from collections.abc import Sequence

from community import permissions
from community.models import PrivateNote, Thread, User
from community.reading import cursors

PAGE_SIZE = 30


def notes_beside(user: User, thread: Thread, authors: Sequence[int]) -> list[PrivateNote]:
    """The notes beside this thread that the reader may see; `authors` are whose there are, as the page has learned."""
    if not authors or not (user.pk in authors or permissions.is_staff(user)):
        return []
    notes = PrivateNote.objects.visible_to(user).filter(thread=thread)
    return list(notes.select_related("author", "read_by").order_by("pk")[:PAGE_SIZE])


def count_unread(user: User) -> int:
    """How many notes wait for staff to read them, at most 100."""
    return PrivateNote.objects.visible_to(user).filter(read_at__isnull=True)[:100].count()


def notes_page(user: User, *, after: str = "") -> tuple[list[PrivateNote], str]:
    """Notes that nobody has read, those that wait longest first, and the cursor of the next page."""
    notes = PrivateNote.objects.visible_to(user).filter(read_at__isnull=True).select_related("author", "thread__board")
    if after:
        notes = notes.filter(pk__gt=cursors.decode("notes", after)[0])
    rows = list(notes.order_by("pk")[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], cursors.encode("notes", rows[PAGE_SIZE - 1].pk, 0) if len(rows) > PAGE_SIZE else ""
