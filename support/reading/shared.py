"""Exactly what staff are shown when an asker calls them, for the asker to read before they agree."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from community.models import Answer, PrivateNote, SuggestionEvent, Thread, ThreadEvent, User
from support.actions.escalating import MOST_CARRIED


@dataclass(frozen=True)
class Shared:
    """The question, what was tried, what was looked at before asking, and what was told to staff alone."""

    thread: Thread
    tags: list[str]
    #: with `said_no`: whether the asker said that it did not solve it
    tried: list[Answer]
    read: list[Thread]
    notes: list[PrivateNote]


def shared_of(asker: User, thread: Thread) -> Shared:
    """What goes along with this question, as far as its asker sees it too. Four queries."""
    said = ThreadEvent.objects.filter(answer=OuterRef("pk"), kind=ThreadEvent.Kind.NOT_SOLVED)
    answers = Answer.objects.of_seen_thread(thread, asker).exclude(author=asker).annotate(said_no=Exists(said))
    seen = SuggestionEvent.objects.filter(session__submitted_thread=thread).exclude(kind=SuggestionEvent.Kind.SHOWN)
    read = Thread.objects.visible_to(asker).filter(pk__in=seen.values("thread")).defer("body", "body_html")
    return Shared(
        thread=thread,
        tags=sorted(thread.tags.values_list("name", flat=True)),
        tried=list(answers.select_related("author").order_by("position"))[-MOST_CARRIED:],
        read=list(read.order_by("pk")[:MOST_CARRIED]),
        notes=list(PrivateNote.objects.visible_to(asker).filter(thread=thread, author=asker).order_by("pk")),
    )
