"""What waits for a decision, as those who decide see it: the post in its thread, why it is here, whose it is, what
each choice will do, and who else is looking. Heaviest first, then who waits longest; a page costs a handful of queries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community import clock
from community.actions import official
from community.actions.looking import LOOKING_FOR
from community.actions.settling import CHOICES, Choice, can_undo, choices_for
from community.content import suspicion
from community.content.excerpts import plain_of
from community.content.text import excerpt
from community.models import (
    Answer,
    Appeal,
    Attachment,
    Decision,
    Flag,
    Ground,
    Hiding,
    IllegalReport,
    Review,
    Solution,
    Thread,
    User,
)
from community.permissions import own_case
from community.reading import cursors

PAGE = 15
#: characters of the question above an answer
CONTEXT = 220
#: a post with more characters than this is shown in a box that scrolls
TALL = 900
ORDER = "waiting"
#: ?done=<review>: what was just decided. ?at=<review>: where the reader goes on.
DONE, AT = "done", "at"

#: Words of `Review.reasons` that are no grounds: why a post was held, and what else opens a review.
REASONS: dict[str, str | Promise] = {
    **{str(reason): words for reason, words in suspicion.LABELS.items()},
    "appeal": gettext_lazy("Its author appeals"),
    official.NEW: gettext_lazy("A new answer that speaks for the company"),
    official.MARKED: gettext_lazy("An answer that stands shall be official"),
    official.CHANGED: gettext_lazy("Its words were changed"),
}


#: What an author reads by default, by ground: the moderator may change it.
SAID: dict[str, str | Promise] = {
    Ground.SPAM: gettext_lazy("It advertises something and does not help with the question."),
    Ground.RUDE: gettext_lazy("It hurts somebody. The same without that is welcome."),
    Ground.PRIVATE: gettext_lazy("It shows private data that everybody could read."),
    Ground.OFF_TOPIC: gettext_lazy("It is about something that does not belong here."),
    Ground.WRONG: gettext_lazy("Following this advice could do harm."),
    Ground.ILLEGAL: gettext_lazy("It is against the law."),
    Ground.IMPERSONATION: gettext_lazy("It speaks in the name of somebody else."),
    Ground.DUPLICATE: gettext_lazy("The same was posted several times."),
    Ground.OTHER: gettext_lazy("It breaks the rules of this community."),
}


def grounds() -> list[tuple[str, str, str]]:
    """(word, label, what an author reads by default) of each ground."""
    return [(ground.value, str(ground.label), str(SAID[ground])) for ground in Ground]


@dataclass(frozen=True)
class Voice:
    """What somebody said about the post: a ground or a category in words, and their own words beside it."""

    name: str
    label: str
    words: str
    when: datetime


@dataclass(frozen=True)
class Standing:
    """The author at a glance: since when, how much they wrote, how much of it is hidden, earlier decisions."""

    joined: datetime
    questions: int
    answers: int
    hidden: int
    decided: int


@dataclass(frozen=True)
class Offer:
    """A choice as this item offers it: what pressing it will do here, in whole sentences."""

    word: str
    choice: Choice
    says: list[str]


@dataclass(frozen=True)
class Part:
    """Choices that share a form: those that need ground and words, words alone, or none."""

    needs_reason: bool
    needs_words: bool
    said: str
    offers: list[Offer]


@dataclass
class Item:
    """One row of the queue. `next_id` is the item below it (None for the last), where one goes on after deciding."""

    review: Review
    thread: Thread | None
    answer: Answer | None
    person: User | None
    is_own: bool
    reasons: list[str]
    ground: str
    looking: str
    next_id: int | None = None
    has_focus: bool = False
    context: str = ""
    standing: Standing | None = None
    voices: list[Voice] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)

    @property
    def post(self) -> Any:
        return self.answer or self.thread

    @property
    def is_tall(self) -> bool:
        return self.post is not None and len(self.post.body) > TALL

    @property
    def is_hidden_by_flags(self) -> bool:
        return self.post is not None and self.post.hidden_at is not None and self.post.hidden_for == Hiding.FLAGS

    @property
    def forms(self) -> list[Part]:
        """The choices by what they ask for: words for an author must not travel with a choice that tells none."""
        parts: dict[tuple[bool, bool, str], list[Offer]] = {}
        for offer in self.offers:
            choice = offer.choice
            parts.setdefault((choice.needs_reason, choice.needs_words, str(choice.said)), []).append(offer)
        return [Part(*kind, offers) for kind, offers in parts.items()]

    @property
    def said(self) -> str:
        """What its author reads unless the moderator writes something else."""
        return str(SAID.get(self.ground, SAID[Ground.SPAM]))


def waiting_for(user: User) -> QuerySet[Review]:
    """Everything that waits and this person may see, heaviest first, then oldest."""
    return Review.objects.visible_to(user).waiting().order_by(F("weight").desc(), "opened_at", "id")


def waiting_page(user: User, given: Mapping[str, str]) -> tuple[list[Item], str]:
    """One page of what waits, and the cursor of the next ("" at the end). Refused for a made-up cursor."""
    rows = waiting_for(user)
    if after := given.get("after", ""):
        weight, pk = cursors.decode(ORDER, after)
        since = Subquery(Review.objects.filter(pk=pk).values("opened_at"))
        later = Q(opened_at__gt=since) | Q(opened_at=since, pk__gt=pk)
        rows = rows.filter(Q(weight__lt=weight) | Q(weight=weight) & later)
    solution = Solution.objects.filter(thread=OuterRef("thread"), withdrawn_at__isnull=True)
    rows = rows.select_related("thread__board", "thread__asker", "answer__author", "person", "looking_by").annotate(
        is_own=Exists(Review.objects.filter(own_case(user), pk=OuterRef("pk"))),
        takes_solution=Exists(solution.filter(Q(answer=OuterRef("answer")) | Q(IsNull(OuterRef("answer"), True)))),
    )
    found = list(rows[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    items = [_item(review, user) for review in found]
    _fill(items)
    for item, below in zip(items, [*items[1:], None], strict=False):
        item.next_id = below.review.pk if below else None
        item.has_focus = given.get(AT) == str(item.review.pk)
    last = found[-1] if more else None
    return items, cursors.encode(ORDER, last.weight, last.pk) if last else ""


def _item(review: Review, user: User) -> Item:
    answer, thread = review.answer, review.thread
    if answer is not None and thread is not None:
        answer.thread = thread
    return Item(
        review=review,
        thread=thread,
        answer=answer,
        person=review.person,
        is_own=review.is_own,  # type: ignore[attr-defined]
        reasons=[_reason(word) for word in review.reasons],
        ground=next((word for word in review.reasons if word in Ground.values), ""),
        looking=told_looking(review, user),
        context=excerpt(plain_of(thread.body_html), CONTEXT) if answer is not None and thread is not None else "",
    )


def _reason(word: str) -> str:
    if word in Ground.values:
        return str(Ground(word).label)
    return str(Decision.Outcome(word).label if word in Decision.Outcome.values else REASONS.get(word, word))


def told_looking(review: Review, user: User) -> str:
    """Who else has it open right now, as a sentence; "" for nobody."""
    at = review.looking_at
    if at is None or review.looking_by is None or review.looking_by == user or clock.now() - at > LOOKING_FOR:
        return ""
    return _("%(name)s is looking at this") % {"name": review.looking_by}


# What stands beside it ------------------------------------------------------------------------------------------------
def _fill(items: list[Item]) -> None:
    """Files, voices, authors, and what each choice will do: a query each, for all items together."""
    voices, files = _voices(items), _files(items)
    standings = _standings({item.person.pk for item in items if item.person})
    for item in items:
        item.voices = voices.get(item.review.pk, [])
        item.files = files.get((item.review.thread_id, item.review.answer_id), [])
        item.standing = standings.get(item.person.pk) if item.person else None
        item.offers = [] if item.is_own else _offers(item)


def _voices(items: list[Item]) -> dict[int, list[Voice]]:
    """Review -> what people said about it."""
    ids: dict[str, list[int]] = {}
    for item in items:
        ids.setdefault(item.review.kind, []).append(item.review.pk)
    kind = Review.Kind
    told: dict[int | None, list[Voice]] = {}
    if kind.FLAGGED in ids:
        flags = Flag.objects.filter(review__in=ids[kind.FLAGGED], withdrawn_at__isnull=True)
        for flag in flags.select_related("person").order_by("pk"):
            voice = Voice(str(flag.person), flag.get_ground_display(), flag.words, flag.flagged_at)
            told.setdefault(flag.review_id, []).append(voice)
    if kind.REPORTED in ids:
        for report in IllegalReport.objects.filter(review__in=ids[kind.REPORTED]).order_by("pk"):
            label = report.get_category_display()
            if report.thread_id is None:  # nothing above names the place
                label = _("%(category)s, at %(place)s") % {"category": label, "place": report.place}
            voice = Voice(report.name, label, report.explanation, report.reported_at)
            told.setdefault(report.review_id, []).append(voice)
    if kind.APPEAL in ids:
        appeals = Appeal.objects.filter(review__in=ids[kind.APPEAL]).select_related("person", "report", "decision")
        for appeal in appeals.order_by("pk"):
            who = str(appeal.person) if appeal.person else appeal.report.name if appeal.report else ""
            against = _("Against “%(outcome)s”") % {"outcome": appeal.decision.get_outcome_display()}
            told.setdefault(appeal.review_id, []).append(Voice(who, against, appeal.words, appeal.appealed_at))
    return {pk: voices for pk, voices in told.items() if pk is not None}


def _files(items: list[Item]) -> dict[tuple[int | None, int | None], list[Attachment]]:
    """(thread, answer) -> the files of the post that its text does not show itself."""
    found: dict[tuple[int | None, int | None], list[Attachment]] = {}
    answers = {item.answer.pk for item in items if item.answer}
    threads = {item.thread.pk for item in items if item.thread and not item.answer}
    rows = Attachment.objects.filter(Q(answer__in=answers) | Q(thread__in=threads, answer__isnull=True)).order_by("pk")
    for file in rows if answers or threads else ():
        found.setdefault((file.thread_id, file.answer_id), []).append(file)
    return found


def _standings(people: set[int]) -> dict[int, Standing]:
    """What is known of these people, in one query."""

    def count(rows: QuerySet[Any], person: str) -> Coalesce:
        mine = rows.filter(**{person: OuterRef("pk")}).order_by().values(person).annotate(many=Count("pk"))
        return Coalesce(Subquery(mine.values("many")), 0)

    out = {"hidden_at__isnull": False}
    rows = User.objects.filter(pk__in=people).annotate(
        questions=count(Thread.objects.all(), "asker"),
        said=count(Answer.objects.all(), "author"),
        hidden=count(Thread.objects.filter(**out), "asker") + count(Answer.objects.filter(**out), "author"),
        decided=count(Decision.objects.filter(undone_by__isnull=True), "person"),
    )
    facts = rows.values_list("pk", "date_joined", "questions", "said", "hidden", "decided") if people else ()
    return {pk: Standing(*rest) for pk, *rest in facts}


def _offers(item: Item) -> list[Offer]:
    """What can be decided, each with what it will do here."""
    return [Offer(word, choice, _effects(word, choice, item)) for word, choice in choices_for(item.review).items()]


def _effects(word: str, choice: Choice, item: Item) -> list[str]:
    said = [str(choice.says)]
    if word == "hide" and item.review.takes_solution:  # type: ignore[attr-defined]
        said.append(_("Its solution is withdrawn."))
    told = len(item.voices) if item.review.kind == Review.Kind.FLAGGED else 0
    if choice.needs_reason or choice.of_hidden:
        told += 1
    if told:
        said.append(ngettext("%(count)d person is told.", "%(count)d people are told.", told) % {"count": told})
    return said


# What was just decided ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Decided:
    """The last decision on this page, in words, and whether it can be taken back."""

    review: Review
    label: str | Promise
    can_undo: bool


def last_settled(user: User, given: Mapping[str, str]) -> Decided | None:
    """What the address says was just decided, if that is still so; None for anything else."""
    word = given.get(DONE, "")
    if not (word.isascii() and word.isdigit() and len(word) <= 18):
        return None
    rows = Review.objects.visible_to(user).filter(pk=int(word), settled_by=user)
    review = rows.select_related("thread", "answer", "person").first()
    chosen = CHOICES[review.kind].get(review.outcome) if review else None
    return Decided(review, chosen.label, can_undo(user, review)) if review and chosen else None


# Who is looking -------------------------------------------------------------------------------------------------------
def who_is_looking(user: User, ids: Iterable[int]) -> dict[int, str]:
    """Review -> who else has it open; "" for nobody, and None of those settled meanwhile. One query."""
    rows = Review.objects.visible_to(user).filter(pk__in=list(ids)).select_related("looking_by")
    return {review.pk: told_looking(review, user) for review in rows}
