"""How each kind of event reads to the person who is told of it. settings.NOTIFIABLES lists these registries.

An entry loads the events of a page of notifications at once, asks `visible_to` again, and gives each a sentence and a
place to go. What the person may no longer see gets no entry and is not shown.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.mails.letters import isolated
from community.models import Answer, Hiding, Merge, Notification, Thread, ThreadEvent, User
from community.notices import milestones
from community.notices.events import seen_events
from community.reading.moved import stand_now
from community.reading.people_helped import solved_for


@dataclass(frozen=True)
class Shown:
    """One notification as the inbox shows it; `happened_at` is the event's time, not when this person was told.

    `thread` (with its board) is what it is about, where it is about one; events of one `kind` in one thread may be
    shown as one. `answer` (with its author) is the one it is about, where it is about one, and `actor_id` whoever did
    it: for letters. The texts of a step's answer are left unread.
    """

    sentence: str
    title: str
    url: str
    happened_at: datetime
    actor: str = ""
    kind: str = ""
    thread: Thread | None = None
    answer: Answer | None = None
    actor_id: int | None = None
    #: how many people the answer has helped, where that is known already
    helped: int | None = None
    #: of what is in no thread: a word for what it is about ("case-12"), the same for all that is about the same
    about: str = ""
    #: of what was written in no thread: how it begins
    note: str = ""
    #: by reason: why the reader is told, in the inbox and by mail, where `REASONS` does not know the reason
    because: Mapping[str, tuple[str | Promise, str | Promise]] = field(default_factory=dict)
    #: it calls for something that was done meanwhile: it stands in the inbox, and no mail says so any more
    is_over: bool = False
    #: what was said, as HTML, where it stands in no post of a question
    words: str = ""
    #: the subject of its mail, where that is neither a question's title nor goes on a talk
    subject: str = ""

    def changed(self, **fields: Any) -> "Shown":
        """The same with other words."""
        return replace(self, **fields)


REASONS = {
    "mentioned": gettext_lazy("Because you were mentioned"),
    "asked": gettext_lazy("Because you asked"),
    "answered": gettext_lazy("Because you answered"),
    "me_too": gettext_lazy("Because you have this problem too"),
    "chosen": gettext_lazy("Because you watch this question"),
    "tag": gettext_lazy("Because you watch one of its tags"),
    "board": gettext_lazy("Because you watch this board"),
    "list": gettext_lazy("Because you follow this board as a mail list"),
    "moderates": gettext_lazy("Because you moderate here"),
    "level": gettext_lazy("Because of what you did here"),
    "decided": gettext_lazy("Because it is about what you wrote here"),
    "flagged": gettext_lazy("Because you reported it"),
    "issue_joined": gettext_lazy("Because you said that you have this too"),
    "issue_asked": gettext_lazy("Because your question is about it"),
    "issue_shared": gettext_lazy("Because you share a question that is about it"),
}


def _name_of(person: User | None) -> str:
    """The name as it may stand in a sentence."""
    return isolated(person.display_name) if person and person.display_name else _("Somebody")


def sentence_of(event: ThreadEvent, reader: User) -> str:
    """What happened, to whom, in the reader's words."""
    actor = _name_of(event.actor)
    mine = event.thread.asker_id == reader.pk
    wrote = event.answer is not None and event.answer.author_id == reader.pk
    kind = ThreadEvent.Kind
    sentences = {
        kind.ANSWERED: _("%(actor)s answered your question") if mine else _("%(actor)s answered"),
        kind.ACCEPTED: _("%(actor)s accepted your answer as the solution")
        if wrote
        else _("%(actor)s marked the solution"),
        kind.WITHDRAWN: _("%(actor)s withdrew your solution") if wrote else _("%(actor)s withdrew the solution"),
        kind.NOT_SOLVED: _("It is not solved for %(actor)s yet"),
        kind.MENTIONED: _("%(actor)s mentioned you"),
        kind.INFO_REQUESTED: _("%(actor)s needs more information from you"),
        kind.INFO_GIVEN: _("%(actor)s gave more information"),
        kind.HELPED: _("Your answer solved it for %(actor)s"),
        kind.OUTDATED: _("%(actor)s says your solution no longer works"),
        kind.ASKED: _("%(actor)s asked"),
        kind.ESCALATED: _("Staff are looking at your question"),
        kind.CLOSED: _("%(actor)s closed your question"),
    }
    return str(sentences.get(kind(event.kind), "%(actor)s")) % {"actor": actor}


def show_thread_events(ids: Iterable[int], reader: User) -> dict[int, Shown]:
    """Event id -> what to show, for those whose thread (and answer) the reader may see now.

    One query, three with merges.
    """
    events = seen_events(ids, reader)
    originals = _originals(events, reader)
    shown = {}
    for event in events:
        if event.kind == ThreadEvent.Kind.MERGED:
            if event.pk in originals:
                shown[event.pk] = _asked_before(event, originals[event.pk])
        else:
            target: Any = event.answer or event.thread
            shown[event.pk] = Shown(
                sentence=sentence_of(event, reader),
                title=event.thread.title,
                url=target.get_absolute_url(),
                happened_at=event.occurred_at,
                actor=event.actor.display_name if event.actor else "",
                kind=event.kind,
                thread=event.thread,
                answer=event.answer,
                actor_id=event.actor_id,
            )
    return shown


def _originals(events: list[ThreadEvent], reader: User) -> dict[int, Thread]:
    """Event id -> the original, for merges that still hold and whose original the reader may see; else no query."""
    merged = [event.pk for event in events if event.kind == ThreadEvent.Kind.MERGED]
    if not merged:
        return {}
    merges = Merge.objects.filter(event__in=merged, undone_at__isnull=True).values_list(
        "event_id", "thread__merged_into"
    )
    leads = {event_id: original_id for event_id, original_id in merges if original_id is not None}
    seen = Thread.objects.visible_to(reader).select_related("board").in_bulk(list(leads.values()))
    return {event_id: seen[original_id] for event_id, original_id in leads.items() if original_id in seen}


def _asked_before(event: ThreadEvent, original: Thread) -> Shown:
    """What the asker of a duplicate is told: the question that stands for theirs."""
    return Shown(
        sentence=_("Your question was asked before"),
        title=original.title,
        url=f"{original.get_absolute_url()}?merged={event.thread_id}",
        happened_at=event.occurred_at,
        actor=original.title,
        kind=event.kind,
        thread=original,
    )


def show_steps(numbers: Iterable[int], reader: User) -> dict[int, Shown]:
    """What to show of the steps (milestones.py) of answers the reader may see now. Two queries."""
    steps = {number: milestones.read_number(number) for number in numbers}
    named = Answer.objects.filter(pk__in={answer_id for answer_id, _count in steps.values()})
    rows = named.visible_to(reader).select_related("thread", "thread__board")
    answers = {row.pk: row for row in rows.defer("body", "body_html", "thread__body", "thread__body_html")}
    if len(answers) < len({answer_id for answer_id, _count in steps.values()}):
        stand = stand_now(named.filter(hidden_for=Hiding.MOVED), reader)
        answers |= {pk: place for pk, place in stand.items() if isinstance(place, Answer)}
    told = Notification.objects.filter(event_kind=milestones.KIND, event_id__in=steps, recipient=reader)
    shown = {}
    for number, told_at in told.values_list("event_id", "created_at"):
        answer_id, count = steps[number]
        if (answer := answers.get(answer_id)) is not None:
            shown[number] = Shown(
                sentence=solved_for(count),
                title=answer.thread.title,
                url=answer.get_absolute_url(),
                happened_at=told_at,
                actor=reader.display_name,
                kind=milestones.KIND,
                thread=answer.thread,
                answer=answer,
                helped=count,
            )
    return shown


NOTIFIABLES: dict[str, Callable[[Iterable[int], User], dict[int, Shown]]] = {
    "thread_event": show_thread_events,
    milestones.KIND: show_steps,
}


def show(notifications: Iterable[Notification], reader: User) -> list[tuple[Notification, Shown]]:
    """The notifications with what they say, in order; those out of the reader's sight by now are left out."""
    rows = list(notifications)
    registries: dict[str, Callable[[Iterable[int], User], dict[int, Shown]]] = {}
    for path in settings.NOTIFIABLES:
        registries.update(import_string(path))
    found = {
        kind: render([row.event_id for row in rows if row.event_kind == kind], reader)
        for kind, render in registries.items()
        if any(row.event_kind == kind for row in rows)
    }
    return [(row, found[row.event_kind][row.event_id]) for row in rows if row.event_id in found.get(row.event_kind, {})]
