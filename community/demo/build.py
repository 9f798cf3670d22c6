"""Builds the demo community by living it: every act goes through the actions, with the clock moved."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from community import clock
from community.actions import moderation, notices, solutions, thanks, threads
from community.actions.answers import answer
from community.actions.record import record_change
from community.actions.tags import add_to_vocabulary
from community.content.text import key
from community.demo.story import Plot, Step, read_story
from community.models import Answer, Board, Brand, Tag, Thread, User
from community.notices.fanout import fan_out_all

BETA_GROUP = "Beta circle"

#: slug, name, description, versions, tags of its own, closed vocabulary, audience
BOARDS = [
    ("routers", "Wave routers", "W2 and W3: the line, the wifi, settings and updates.",
     ["W2 3.9", "W3 4.1", "W3 4.2", "W3 4.2.1"],
     ["wifi", "firmware", "red light", "speed", "security", "drops"], False, Board.Audience.PUBLIC),
    ("mesh", "Mesh satellites", "M1: where to put them, how they talk to each other.", ["M1 2.3", "M1 2.4", "M1 2.5"],
     ["satellite", "range", "cable", "roaming"], False, Board.Audience.PUBLIC),
    ("sound", "Speakers", "Solo, Duo and Bar: sound, rooms and alarms.",
     ["Solo 2.0", "Solo 2.1", "Duo 1.6", "Duo 1.7", "Bar 1.2"],
     ["stereo", "bass", "bluetooth", "alarm", "standby"], False, Board.Audience.PUBLIC),
    ("app", "Nordwave app", "Setting up, accounts, wishes for the app.", ["App 7.1", "App 7.2"],
     ["setup", "account", "wishes", "privacy", "notifications"], False, Board.Audience.PUBLIC),
    ("beta", "Beta circle", "For those who try the next version with us.", ["App 8.0b2", "App 8.0b3"],
     ["tablet", "automations"], True, Board.Audience.GROUPS),
]  # fmt: skip

#: the demo logins are two of the story's own people
LOGINS = {"mira": "customer", "lin": "helper"}

#: login name -> (name shown, languages, in the beta circle)
PEOPLE = {
    "jonas": ("Jonas Lindqvist", ["en", "de"], True),
    "mira": ("Mira K.", ["en"], False),
    "ben.t": ("Ben Taylor", ["en"], False),
    "olga": ("Olga", ["en"], False),
    "tomasz": ("Tomasz", ["en"], False),
    "lin": ("Lin Chen", ["en"], False),
    "carla_h": ("Carla H.", ["en", "es"], False),
    "priya": ("Priya", ["en"], True),
    "samir": ("Samir B.", ["en"], False),
    "erik": ("Erik", ["en"], False),
    "noor": ("Noor", ["en"], False),
    "agneta": ("Agneta", ["en", "de"], False),
    "heike": ("Heike", ["de"], False),
    "ulli": ("Ulli", ["de"], False),
    "ines": ("Inés", ["es"], False),
    "marcos": ("Marcos", ["es"], False),
    "dealz4u": ("Best Dealz", [], False),
}


class Builder:
    """Lives the story on an empty site. `now` is the present; `tell` is called with each line of progress."""

    def __init__(
        self, people: dict[str, User], *, now: datetime, tell: Callable[[str], None] = lambda line: None
    ) -> None:
        self.now = now
        self.tell = tell
        self.people = dict(people)
        self.boards: dict[str, Board] = {}

    def build(self) -> None:
        """Brand, people, boards, then every act from the oldest on; all of it or nothing."""
        with transaction.atomic():
            self._brand()
            self._people()
            self._boards()
            self._live(read_story())
            self._follow()
            record_change()
        fan_out_all()

    def _brand(self) -> None:
        Brand.objects.update_or_create(
            pk=1,
            defaults={
                "name": "Nordwave",
                "tagline": "Customers help each other, and we read along.",
                "welcome": "Ask about your router, satellites or speakers. Most questions get an answer within hours.",
                "accent": "#0f6b6b",
                "set_up_at": self.now,
                "mail_tested_at": self.now,
            },
        )

    def _people(self) -> None:
        circle, _made = Group.objects.get_or_create(name=BETA_GROUP)
        for name, (shown, languages, in_circle) in PEOPLE.items():
            if login := self.people.get(LOGINS.get(name, "")):
                User.objects.filter(pk=login.pk).update(
                    display_name=shown, languages=languages, date_joined=self.now - timedelta(days=92)
                )
                self.people[name] = login
                continue
            with clock.at(self.now - timedelta(days=92)):
                person = User.objects.create_user(
                    name,
                    f"{name}@example.com",
                    display_name=shown,
                    languages=languages,
                    language=(languages or [""])[0],
                )
            person.date_joined = self.now - timedelta(days=92)
            person.save(update_fields=["date_joined"])
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
            if in_circle:
                person.groups.add(circle)
            self.people[name] = person
        for name in ("agent", "moderator", "admin"):
            if name in self.people:
                self.people[name].groups.add(circle)
        standing = User.objects.with_standing().in_bulk([person.pk for person in self.people.values()])
        self.people = {name: standing[person.pk] for name, person in self.people.items()}

    def _boards(self) -> None:
        for place, (slug, name, text, versions, tags, closed, audience) in enumerate(BOARDS):
            made = Board.objects.create(
                slug=slug, name=name, name_key=key(name), description=text, versions=versions, position=place,
                closed_vocabulary=closed, audience=audience, language="en", created_at=self.now - timedelta(days=95),
            )  # fmt: skip
            if audience == Board.Audience.GROUPS:
                made.audience_groups.add(Group.objects.get(name=BETA_GROUP))
            add_to_vocabulary(board=made, words=tags)
            self.boards[slug] = made

    def _asked_at(self, plot: Plot) -> datetime:
        moment = self.now - timedelta(days=plot.days_ago, hours=plot.hours_ago)
        if plot.clock:
            moment = moment.astimezone(UTC).replace(hour=plot.clock[0], minute=plot.clock[1], second=0, microsecond=0)
        return min(moment, self.now - timedelta(minutes=5))

    def _live(self, plots: list[Plot]) -> None:
        """Every act of every thread in the order of time; nothing happens later than now."""
        acts: list[tuple[datetime, int, Plot, Step | None]] = []
        for plot in plots:
            moment = self._asked_at(plot)
            acts.append((moment, len(acts), plot, None))
            for following in plot.steps:
                moment = min(moment + following.after + timedelta(seconds=30), self.now)
                acts.append((moment, len(acts), plot, following))
        lived: dict[str, Thread] = {}
        for done, (moment, _order, plot, step) in enumerate(sorted(acts, key=lambda act: act[:2]), 1):
            with clock.at(moment):
                if step is None:
                    lived[plot.title] = self._ask(plot)
                else:
                    self._do(lived[plot.title], plot, step)
            if done % 50 == 0:
                self.tell(f"  {done} of {len(acts)} acts")

    def _ask(self, plot: Plot) -> Thread:
        return threads.ask(
            actor=self.people[plot.asker],
            board_id=self.boards[plot.board].pk,
            kind=plot.kind,
            title=plot.title,
            body=plot.body,
            tags=plot.tags,
            product_version=plot.version,
        )

    def _do(self, thread: Thread, plot: Plot, step: Step) -> None:
        asker = self.people[plot.asker]
        who = [self.people[name] for name in step.people]
        target = Answer.objects.filter(thread=thread, position=step.number).first() if step.number else None
        if step.verb == "answer":
            answer(actor=who[0], thread_id=thread.pk, body=step.text)
        elif step.verb == "accept" and target:
            solutions.accept(actor=asker, answer_id=target.pk)
        elif step.verb == "mark" and target:
            for person in who:
                solutions.mark_solution(actor=person, answer_id=target.pk)
        elif step.verb == "helpful" and target:
            for person in who:
                if person.pk != target.author_id:
                    thanks.vote(actor=person, answer_id=target.pk)
        elif step.verb == "helped" and target:
            for person in who:
                thanks.say_helped(actor=person, answer_id=target.pk)
        elif step.verb == "me-too":
            for person in who:
                thanks.join(actor=person, thread_id=thread.pk)
        elif step.verb == "outdated":
            for person in who:
                solutions.report_outdated(actor=person, thread_id=thread.pk, product_version=plot.version)
        else:
            self._do_in_charge(thread, step, who, target)

    def _do_in_charge(self, thread: Thread, step: Step, who: list[User], target: Answer | None) -> None:
        """The acts of those who keep order."""
        keeper = self.people["moderator"]
        if step.verb == "info":
            threads.request_info(actor=keeper, thread_id=thread.pk)
        elif step.verb == "close":
            threads.close(actor=keeper, thread_id=thread.pk)
        elif step.verb == "lock":
            moderation.lock(actor=keeper, thread_id=thread.pk)
        elif step.verb == "escalate":
            with transaction.atomic():
                threads.mark_escalated(actor=keeper, thread=Thread.objects.select_for_update().get(pk=thread.pk))
        elif step.verb == "hide" and target:
            moderation.hide_answer(actor=keeper, answer_id=target.pk, reason="Not part of the conversation")
        elif step.verb == "hide":
            moderation.hide_thread(actor=keeper, thread_id=thread.pk, reason="Advertising")
        else:
            raise ValueError(f"What is {step.verb!r} in “{thread.title}”?")

    def _follow(self) -> None:
        """What the demo logins have in their inboxes and lists from the first look on."""
        if helper := self.people.get("helper"):
            notices.watch(actor=helper, board_id=self.boards["routers"].pk)
            for tag in Tag.objects.filter(key__in=["wifi", "speed"]):
                notices.watch(actor=helper, tag_id=tag.pk)
