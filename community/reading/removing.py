"""What moderators see before they take something out of a question: what looks private in it, and its files."""

from dataclasses import dataclass

from community.actions.private_data import published_addresses
from community.content.private_data import WORDS, find_private
from community.models import Answer, Attachment, Purge, Revision, Thread

#: So many texts of each kind are looked through; the rest a moderator names by hand.
MOST_TEXTS = 200


@dataclass(frozen=True)
class Detected:
    """A piece that looks private, what it seems to be, and in how many texts it stands."""

    text: str
    kind: object
    count: int


def detect(thread: Thread, answer: Answer | None = None) -> list[Detected]:
    """What looks private in a thread (or in one answer), earlier versions included, the commonest first."""
    texts = [answer.body] if answer is not None else [thread.title, thread.body]
    revisions = Revision.objects.filter(thread=thread)
    if answer is not None:
        revisions = revisions.filter(answer=answer)
    else:
        texts += Answer.objects.filter(thread=thread).order_by("-pk").values_list("body", flat=True)[:MOST_TEXTS]
    for title, body in revisions.order_by("-pk").values_list("title", "body")[:MOST_TEXTS]:
        texts += [title, body]
    own = frozenset(published_addresses())
    found: dict[str, tuple[object, int]] = {}
    for text in texts:
        for piece in find_private(text, patterns=thread.board.private_patterns, own=lambda: own):
            found[piece.text] = (WORDS[piece.kind], found.get(piece.text, ("", 0))[1] + 1)
    rows = [Detected(text, kind, count) for text, (kind, count) in found.items()]
    return sorted(rows, key=lambda row: (-row.count, row.text))[:MOST_TEXTS]


def files_in(thread: Thread, answer: Answer | None = None) -> list[Attachment]:
    """The files of the post, the newest first."""
    files = Attachment.objects.filter(answer=answer) if answer else Attachment.objects.filter(thread=thread)
    return list(files.order_by("-pk")[:MOST_TEXTS])


def open_purge(thread: Thread, answer: Answer | None) -> Purge | None:
    """The wish to destroy this post, waiting or done."""
    rows = Purge.objects.filter(thread=thread, answer=answer, withdrawn_at__isnull=True)
    return rows.select_related("asked_by", "confirmed_by").first()
