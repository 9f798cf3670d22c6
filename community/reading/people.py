"""What a profile tells: what somebody solved, answered and asked, as far as the reader may see it, and what about."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from community.models import Answer, Solution, Tag, Thread, User
from community.permissions import Anyone
from community.reading.cursors import decode_moment, encode_moment

PAGE = 20
#: Nobody needs to know more exactly; counting on would cost.
MOST_COUNTED = 1000
#: What somebody helps with is told by so many tags, read from so many of their latest answers.
MOST_TOPICS = 6
TOPICS_OF = 200


@dataclass(frozen=True)
class Shelf:
    """One of the three lists of a profile: what to call it, its rows, and the time they are sorted by."""

    name: str
    label: str
    rows: QuerySet[Any]
    time: str

    def page(self, after: str) -> tuple[list[Any], str]:
        """The rows after a cursor and the cursor for the next ones ("" at the end); Refused for a made-up cursor."""
        rows, order = self.rows.order_by(F(self.time).desc(), F("pk").desc()), f"person.{self.name}"
        if after:
            moment, row = decode_moment(order, after)
            rows = rows.filter(Q(**{f"{self.time}__lt": moment}) | Q(**{self.time: moment, "pk__lt": row}))
        found = list(rows[: PAGE + 1])
        more = len(found) > PAGE
        last = found[:PAGE][-1] if more else None
        return found[:PAGE], encode_moment(order, getattr(last, self.time), last.pk) if last else ""


def shelves_of(person: User, viewer: Anyone) -> dict[str, Shelf]:
    """What this person solved, answered and asked, as far as the viewer may see it."""
    in_force = Solution.objects.filter(answer=OuterRef("pk"), withdrawn_at__isnull=True)
    asked = Thread.objects.visible_to(viewer).filter(asker=person, merged_into__isnull=True).with_row()
    answered = (
        Answer.objects.visible_to(viewer)
        .filter(author=person, thread__merged_into__isnull=True)
        .select_related("thread", "thread__board")
        .defer("body", "body_html", "thread__body", "thread__body_html")
        .annotate(is_solution=Exists(in_force))
    )
    shelves = [
        Shelf("solved", _("Solved"), answered.filter(is_solution=True), "answered_at"),
        Shelf("answered", _("Answered"), answered, "answered_at"),
        Shelf("asked", _("Asked"), asked, "last_activity_at"),
    ]
    return {shelf.name: shelf for shelf in shelves}


def count_shelves(shelves: Mapping[str, Shelf]) -> Counter[str]:
    """How many rows each list has, at most MOST_COUNTED: one query."""
    parts = [
        shelf.rows.order_by().annotate(shelf=Value(name, CharField())).values_list("shelf")[:MOST_COUNTED]
        for name, shelf in shelves.items()
    ]
    return Counter(name for (name,) in parts[0].union(*parts[1:], all=True))


def topics_of(person: User, viewer: Anyone) -> list[Tag]:
    """The tags of what this person answered lately, the most frequent first, as far as the viewer may see it."""
    answers = Answer.objects.visible_to(viewer).filter(author=person, thread__hidden_at__isnull=True)
    lately = answers.order_by(F("answered_at").desc(), F("pk").desc())[:TOPICS_OF]
    tags = Tag.objects.filter(tagged__content_object__in=lately.values("thread_id")).annotate(used=Count("pk"))
    return list(tags.order_by("-used", "name")[:MOST_TOPICS])
