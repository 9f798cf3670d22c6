"""Every notice as a mail with made-up facts, for the administrators' page of mails. Nothing of it is in the database.

`SAMPLES` is the table: whoever writes another kind of mail of this sort adds a line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community import clock
from community.models import Answer, Board, Notification, Thread, ThreadEvent, Topic, User
from community.notices import known_issues, milestones, reminders
from community.notices.digests import More, put_digest
from community.notices.letters import Written, put_letter, write_bundle
from community.notices.notifiables import Shown, sentence_of
from community.notices.stops import Stop, topic_stop
from community.notices.topics import topic_of
from community.reading.digests import Found, Line, Thanked, Thanks
from community.reading.people_helped import solved_for

_KIND = ThreadEvent.Kind
#: Nobody and nothing has this number: no address in a sample does anything.
_NONE = 0
_FAR = 10**15
#: What is about something whatever the reason.
_TOPICS = {milestones.KIND: Topic.THANKS, reminders.KIND: Topic.REMINDERS}


class Sample(NamedTuple):
    """What administrators call it, and how it is written, in the language and time zone that are active."""

    title: str | Promise
    write: Callable[[], Written]


def sample_people() -> tuple[User, User, User]:
    """The asker, who answers, and a third."""
    return (
        User(pk=_NONE, username="mira", username_key="mira", display_name="Mira"),
        User(pk=-1, username="ben", username_key="ben", display_name="Ben"),
        User(pk=-2, username="ada", username_key="ada", display_name="Ada"),
    )


def sample_thread() -> Thread:
    """A question of yesterday."""
    mira, _ben, _ada = sample_people()
    return Thread(
        pk=_NONE,
        board=Board(pk=_NONE, name=_("Routers"), slug="routers"),
        kind=Thread.Kind.PROBLEM,
        title=_("The router shows a red light since the update"),
        body_html=format_html("<p>{}</p>", _("It worked for two years. Since last night it only shows a red light.")),
        asker=mira,
        peer_answer_count=2,
        asked_at=clock.now() - timedelta(days=1),
    )


def sample_answer(thread: Thread) -> Answer:
    """An answer of an hour ago, with a list and a word to type."""
    html = format_html(
        "<p>{}</p><ol><li>{}</li><li>{}</li></ol><p>{}</p><pre><code>http://192.168.1.1</code></pre>",
        _("That is the update that did not finish. You can start it again by hand:"),
        _("Hold the small button at the back for ten seconds, until the light goes out."),
        _("Wait two minutes. It starts twice; that is how it should be."),
        _("If it is still red then, open this address and choose the update again:"),
    )
    _mira, ben, _ada = sample_people()
    answered_at = clock.now() - timedelta(hours=1)
    return Answer(pk=_NONE, thread=thread, position=1, author=ben, body_html=html, answered_at=answered_at)


def sample_row(kind: str, reason: str, event_kind: str = "thread_event") -> Notification:
    """The notification of it."""
    topic = _TOPICS.get(kind) or topic_of(kind, reason)
    return Notification(event_kind=event_kind, event_id=_NONE, reason=reason, topic=topic, created_at=clock.now())


def sample_shown(kind: str, thread: Thread, answer: Answer | None, actor: User, reader: User) -> Shown:
    """What the inbox would show of it."""
    event = ThreadEvent(kind=kind, thread=thread, answer=answer, actor=actor)
    return Shown(
        sentence=sentence_of(event, reader),
        title=thread.title,
        url=(answer or thread).get_absolute_url(),
        happened_at=clock.now() - timedelta(hours=1),
        actor=actor.display_name,
        kind=kind,
        thread=thread,
        answer=answer,
        actor_id=actor.pk,
        helped=3,
    )


@dataclass(frozen=True)
class _Notice:
    """What happened, why its reader hears of it, who did it and who reads: 0 the asker, 1 who answered, 2 a third."""

    kind: str
    reason: str
    actor: int
    reader: int
    has_answer: bool = True
    is_solved: bool = False

    def __call__(self) -> Written:
        row, shown, reader = self.facts()
        stop = Stop("mute", "thread", _NONE, shown.title)
        if self.reason == "tag":
            stop = Stop("unwatch", "tag", _NONE, _("router"))
        elif self.reason == "board" and shown.thread:
            stop = Stop("unwatch", "board", _NONE, shown.thread.board.name)
        return put_letter(row, shown, reader, stop, clock.now() - timedelta(days=40))

    def facts(self) -> tuple[Notification, Shown, User]:
        people, thread = sample_people(), sample_thread()
        if self.is_solved:
            thread.solved_at = clock.now()
        if self.kind == _KIND.INFO_GIVEN:
            thread.edited_at = clock.now() - timedelta(hours=1)
        answer = sample_answer(thread) if self.has_answer else None
        shown = sample_shown(self.kind, thread, answer, people[self.actor], people[self.reader])
        return sample_row(self.kind, self.reason), shown, people[self.reader]


def _merged() -> Written:
    mira, _ben, ada = sample_people()
    shown = sample_shown(_KIND.MERGED, sample_thread(), None, ada, mira)
    shown = shown.changed(sentence=_("Your question was asked before"), title=_("Red light after the May update"))
    return put_letter(sample_row(_KIND.MERGED, "asked"), shown, mira, topic_stop(Topic.ANSWERS), None)


def _reminder() -> Written:
    mira, ben, _ada = sample_people()
    thread = sample_thread()
    shown = sample_shown(_KIND.ANSWERED, thread, sample_answer(thread), ben, mira)
    shown = shown.changed(sentence=reminders.sentence(), kind=reminders.KIND)
    row = sample_row(reminders.KIND, "asked")
    return put_letter(row, shown, mira, topic_stop(Topic.REMINDERS), None)


def _step() -> Written:
    _mira, ben, _ada = sample_people()
    thread = sample_thread()
    shown = sample_shown(_KIND.HELPED, thread, sample_answer(thread), ben, ben)
    shown = shown.changed(sentence=solved_for(25), kind=milestones.KIND)
    return put_letter(sample_row(milestones.KIND, "answered"), shown, ben, topic_stop(Topic.THANKS), None)


@dataclass(frozen=True)
class _Issue:
    """A notice about a known issue, what staff say there, and why its reader hears of it."""

    kind: str
    sentence: str | Promise
    said: str | Promise
    reason: str

    def __call__(self) -> Written:
        mira, _ben, ada = sample_people()
        shown = Shown(
            sentence=str(self.sentence),
            title=_("Red light after the May update"),
            url=reverse("known_issue", args=[_NONE]),
            happened_at=clock.now() - timedelta(hours=1),
            actor="" if self.kind == known_issues.KNOWN else ada.display_name,
            kind=self.kind,
            words=format_html("<p>{}</p>", self.said),
        )
        row = Notification(
            event_kind=self.kind, event_id=_NONE, reason=self.reason, topic=Topic.ISSUES, created_at=clock.now()
        )
        return put_letter(row, shown, mira, topic_stop(Topic.ISSUES), None)


def sample_news() -> tuple[list[tuple[Notification, Shown]], User]:
    """Five news of three questions, and whose they are."""
    mira, ben, ada = sample_people()
    cable, red, screen = sample_thread(), sample_thread(), sample_thread()
    cable.pk, cable.title = _FAR, _("Which cable for the old modem?")
    screen.pk, screen.title = _FAR + 1, _("No picture on the second screen")
    found = []
    for place, (thread, kind, reason, actor) in enumerate(
        [
            (cable, _KIND.ASKED, "board", ada),
            (red, _KIND.ANSWERED, "asked", ben),
            (red, _KIND.ANSWERED, "asked", ada),
            (screen, _KIND.ANSWERED, "me_too", ben),
            (screen, _KIND.ACCEPTED, "me_too", ada),
        ]
    ):
        if reason != "asked":
            thread.asker = ada
        answer = None if kind == _KIND.ASKED else sample_answer(thread)
        shown = sample_shown(kind, thread, answer, actor, mira)
        row = sample_row(kind, reason)
        row.pk = place
        found.append((row, shown.changed(happened_at=shown.happened_at + timedelta(minutes=place))))
    return found, mira


def _bundle() -> Written:
    return write_bundle(*sample_news())


def _digest() -> Written:
    found, mira = sample_news()
    questions = [
        (_("The alarm rings an hour early"), "Ada"),
        (_("Can I take the adapter abroad?"), "Ada"),
        (_("How do I reset it without losing my settings?"), "Ben"),
        (_("It hums when the light is dimmed"), "Ben"),
        (_("Is there a longer cable?"), "Ben"),
    ]
    alarm, abroad, reset, hum, cable = (
        Line(_NONE, title, "", "/", _("Routers"), person) for title, person in questions
    )
    more = More(
        Thanks((Thanked(alarm, True, 2, 4), Thanked(abroad, False, 0, 3)), people=3),
        Found((reset, hum), more=3),
        Found((cable,)),
    )
    written = put_digest([each for each in found if each[0].topic != Topic.QUESTIONS], more, mira, weekly=True)
    assert written is not None
    return written


#: What each of them is called in an address, by the order in which they are listed.
SAMPLES: dict[str, Sample] = {
    "answered": Sample(gettext_lazy("An answer to one's question"), _Notice(_KIND.ANSWERED, "asked", 1, 0)),
    "answered-watched": Sample(
        gettext_lazy("An answer in a question one watches"), _Notice(_KIND.ANSWERED, "chosen", 1, 2)
    ),
    "accepted": Sample(
        gettext_lazy("One's answer is the solution"), _Notice(_KIND.ACCEPTED, "answered", 0, 1, is_solved=True)
    ),
    "accepted-me-too": Sample(
        gettext_lazy("A problem one shares is solved"), _Notice(_KIND.ACCEPTED, "me_too", 0, 2, is_solved=True)
    ),
    "accepted-for-asker": Sample(
        gettext_lazy("Others marked the solution"), _Notice(_KIND.ACCEPTED, "asked", 2, 0, is_solved=True)
    ),
    "accepted-watched": Sample(
        gettext_lazy("A question one watches is solved"), _Notice(_KIND.ACCEPTED, "chosen", 0, 2, is_solved=True)
    ),
    "withdrawn": Sample(
        gettext_lazy("One's answer is no longer the solution"), _Notice(_KIND.WITHDRAWN, "answered", 0, 1)
    ),
    "outdated": Sample(
        gettext_lazy("One's solution no longer works"), _Notice(_KIND.OUTDATED, "answered", 2, 1, is_solved=True)
    ),
    "helped": Sample(
        gettext_lazy("One's answer solved it for somebody"), _Notice(_KIND.HELPED, "answered", 2, 1, is_solved=True)
    ),
    "solved-for": Sample(gettext_lazy("One's answer solved it for many"), _step),
    "not-solved": Sample(gettext_lazy("One's answer did not solve it"), _Notice(_KIND.NOT_SOLVED, "answered", 0, 1)),
    "mentioned": Sample(gettext_lazy("Mentioned"), _Notice(_KIND.MENTIONED, "mentioned", 1, 2)),
    "info-requested": Sample(
        gettext_lazy("More information is needed"), _Notice(_KIND.INFO_REQUESTED, "asked", 1, 0, has_answer=False)
    ),
    "info-given": Sample(
        gettext_lazy("More information was given"), _Notice(_KIND.INFO_GIVEN, "answered", 0, 1, has_answer=False)
    ),
    "asked-tag": Sample(
        gettext_lazy("A question with a tag one watches"), _Notice(_KIND.ASKED, "tag", 0, 1, has_answer=False)
    ),
    "asked-board": Sample(
        gettext_lazy("A question on a board one watches"), _Notice(_KIND.ASKED, "board", 0, 1, has_answer=False)
    ),
    "escalated": Sample(
        gettext_lazy("Staff are looking at one's question"), _Notice(_KIND.ESCALATED, "asked", 2, 0, has_answer=False)
    ),
    "reminder": Sample(gettext_lazy("Reminder: did an answer solve it?"), _reminder),
    "closed": Sample(gettext_lazy("One's question was closed"), _Notice(_KIND.CLOSED, "asked", 2, 0, has_answer=False)),
    "merged": Sample(gettext_lazy("One's question was asked before"), _merged),
    "known-issue": Sample(
        gettext_lazy("One's question is about a known issue"),
        _Issue(
            known_issues.KNOWN,
            gettext_lazy("Staff know about your problem"),
            gettext_lazy("Since the update some routers start with a red light. We are working on it."),
            "issue_asked",
        ),
    ),
    "known-issue-news": Sample(
        gettext_lazy("News of a known issue"),
        _Issue(
            known_issues.NEWS,
            gettext_lazy("News of a problem that you have"),
            gettext_lazy("We have found it. A corrected update comes on Thursday."),
            "issue_joined",
        ),
    ),
    "known-issue-fixed": Sample(
        gettext_lazy("A known issue is fixed"),
        _Issue(
            known_issues.FIXED,
            gettext_lazy("A problem that you have is fixed"),
            gettext_lazy("The corrected update is there: switch the router off and on again, and it installs itself."),
            "issue_shared",
        ),
    ),
}
#: Those that tell several things.
TOGETHER: dict[str, Sample] = {
    "bundle": Sample(gettext_lazy("Several notices together"), _bundle),
    "digest": Sample(gettext_lazy("The weekly mail"), _digest),
}
