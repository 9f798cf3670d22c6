"""Builds the demo community by living it: every act goes through the actions, with the clock moved."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.module_loading import import_string

from community import clock
from community.actions import flags, known_issues, measuring, moderation, notices, solutions, thanks, threads
from community.actions.answers import answer
from community.actions.bans import ban
from community.actions.brand import write_brand
from community.actions.duplicates import mark_duplicate
from community.actions.record import record_change
from community.actions.regrouping import split
from community.actions.tags import add_to_vocabulary
from community.content.text import key
from community.demo.by_mail import ask_by_mail, open_mail_list, reply_by_mail, reply_while_away
from community.demo.law import live_through_the_law
from community.demo.scene import Known, Scene
from community.demo.staff_words import let_staff_speak
from community.demo.story import BY_MAIL, FLAG, Plot, Step, read_story
from community.incoming.addresses import takes_mail
from community.models import Answer, Board, Brand, IncomingMail, Mail, Notification, Tag, Thread, ThreadEvent, User
from community.notices.fanout import fan_out_all
from community.notices.mornings import clock_of, last_morning, plan_all
from community.notices.pairs import find_all_pairs
from community.notices.reminders import remind

#: Of what happened longer ago than this no mail leaves any more.
TOLD_BY_MAIL = timedelta(days=2)


class Builder:
    """Lives a scene's story on an empty site. `now` is the present; `tell` is called with each line of progress."""

    def __init__(
        self, scene: Scene, people: dict[str, User], *, now: datetime, tell: Callable[[str], None] = lambda line: None
    ) -> None:
        self.scene = scene
        self.now = now
        self.tell = tell
        self.people = dict(people)
        self.boards: dict[str, Board] = {}
        self.lived: dict[str, Thread] = {}

    def build(self) -> None:
        """Brand, people, boards, then every act from the oldest on; all of it or nothing."""
        with transaction.atomic():
            self._brand()
            self._people()
            self._boards()
            with clock.at(self.now - timedelta(days=90)):
                open_mail_list(self.scene, self.people, self.boards[self.scene.list_board])
            self._live(read_story(self.scene.story))
            with clock.at(self.now - timedelta(days=70)):
                self._follow()
            let_staff_speak(self.people, language=self.scene.language, now=self.now)
            for known in self.scene.known:
                self._know(known)
            live_through_the_law(self.people, language=self.scene.language, now=self.now)
            for path in settings.DEMO_STORIES:
                import_string(path)(self)
            record_change()
        fan_out_all()
        for path in settings.WORKER_STEPS:
            import_string(path)()
        with clock.at(self.now - timedelta(hours=6)):
            remind(simulated=True)
        find_all_pairs()
        self._mail()

    def _mail(self) -> None:
        """What happened in these months was told by mail long ago; the last two days' mails are left to the worker.

        Everybody to look as gets the weekly mail of the last Monday: the worker finds it not made yet.
        """
        lately = ThreadEvent.objects.filter(occurred_at__gt=self.now - TOLD_BY_MAIL).values("pk")
        waiting = Notification.objects.exclude(rhythm="")
        waiting.exclude(event_kind="thread_event", event_id__in=lately).update(rhythm="")
        at_any_rate = Mail.objects.filter(kind__in=[Mail.Kind.DECISION, Mail.Kind.STAFF])
        told = at_any_rate.filter(created_at__lt=self.now - TOLD_BY_MAIL, settled_at__isnull=True)
        told.update(settled_at=self.now, outcome=Mail.Outcome.SENT, attempts=1)
        with clock.at(self.now):
            plan_all()
        for login in User.objects.filter(is_demo=True):
            monday = last_morning(self.now, clock_of(login.time_zone), weekly=True)
            User.objects.filter(pk=login.pk).update(digest_at=monday)

    def _brand(self) -> None:
        with clock.at(self.now):
            write_brand(actor=None, images=self.scene.images, links=self.scene.links, **self.scene.brand)
        Brand.objects.filter(pk=1).update(mail_tested_at=self.now)

    def _people(self) -> None:
        circle, _made = Group.objects.get_or_create(name=self.scene.circle)
        for name, shown in self.scene.people.items():
            languages = self.scene.languages_of(name)
            if login := self.people.get(self.scene.logins.get(name, "")):
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
            if name in self.scene.in_circle:
                person.groups.add(circle)
            self.people[name] = person
        for name in ("agent", "moderator", "admin"):
            if name in self.people:
                self.people[name].groups.add(circle)
                if staff_name := self.scene.staff.get(name):
                    User.objects.filter(pk=self.people[name].pk).update(display_name=staff_name)
        standing = User.objects.with_standing().in_bulk([person.pk for person in self.people.values()])
        self.people = {name: standing[person.pk] for name, person in self.people.items()}

    def _boards(self) -> None:
        for place, scenery in enumerate(self.scene.boards):
            made = Board.objects.create(
                slug=scenery.slug, name=scenery.name, name_key=key(scenery.name), description=scenery.text,
                versions=list(scenery.versions), position=place, closed_vocabulary=scenery.closed,
                audience=Board.Audience.GROUPS if scenery.closed else Board.Audience.PUBLIC,
                language=self.scene.language, created_at=self.now - timedelta(days=95),
            )  # fmt: skip
            if scenery.closed:
                made.audience_groups.add(Group.objects.get(name=self.scene.circle))
            add_to_vocabulary(board=made, words=scenery.tags)
            self.boards[scenery.slug] = made

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
        for done, (moment, _order, plot, step) in enumerate(sorted(acts, key=lambda act: act[:2]), 1):
            with clock.at(moment):
                if step is None:
                    self.lived[plot.title] = self._ask(plot)
                else:
                    self._do(self.lived[plot.title], plot, step)
            if done % 50 == 0:
                self.tell(f"  {done} of {len(acts)} acts")

    def _ask(self, plot: Plot) -> Thread:
        if plot.by_mail and takes_mail():
            asked = ask_by_mail(self.people[plot.asker], self.boards[plot.board], title=plot.title, body=plot.body)
            if asked.end == IncomingMail.End.ACCEPTED and asked.thread is not None:
                return asked.thread
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
        if step.other:
            return self._do_to_another(thread, asker, step.verb, self.lived[step.other])
        who = [self.people[name] for name in step.people]
        target = Answer.objects.filter(thread=thread, position=step.number).first() if step.number else None
        if step.verb == "answer":
            answer(actor=who[0], thread_id=thread.pk, body=step.text)
        elif step.verb in BY_MAIL:
            self._write_by_mail(thread, step, who[0])
        elif step.verb == "accept" and target:
            solutions.accept(actor=asker, answer_id=target.pk)
        elif step.verb == "not-yet" and target:
            solutions.say_not_solved(actor=asker, answer_id=target.pk)
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
        elif step.verb.startswith(FLAG):
            self._flag(thread, step, who, target)
        else:
            self._do_in_charge(thread, step, who, target)
        return None

    def _write_by_mail(self, thread: Thread, step: Step, who: User) -> None:
        """Where the site takes no mail in, an answer is given on the page, and the rest does not happen."""
        if not takes_mail():
            if step.verb == "mail":
                answer(actor=who, thread_id=thread.pk, body=step.text)
        elif step.verb == "mail-away":
            reply_while_away(who, "t", thread.pk, title=thread.title, body=step.text)
        else:
            is_elsewhere = step.verb == "mail-elsewhere"
            reply_by_mail(
                who, "t", thread.pk, title=thread.title, body=step.text, quoted=thread.body, elsewhere=is_elsewhere
            )

    def _flag(self, thread: Thread, step: Step, who: list[User], target: Answer | None) -> None:
        """Each of them reports it, until enough have."""
        for person in who:
            if target is not None:
                target.refresh_from_db()
            if (target or thread).hidden_at is None:
                flags.flag(
                    actor=person,
                    thread_id=thread.pk,
                    answer_id=target.pk if target else None,
                    ground=step.verb.removeprefix(FLAG),
                    words=step.text if person == who[0] else "",
                )

    def _do_to_another(self, thread: Thread, asker: User, verb: str, other: Thread) -> None:
        """What connects two threads: one is a duplicate of the other, or was asked in spite of it."""
        if verb in ("duplicate-of", "merge-into"):
            keeper, along = self.people["moderator"], verb == "merge-into"
            mark_duplicate(actor=keeper, thread_id=thread.pk, original_id=other.pk, with_answers=along)
            return
        key, token = f"u:{asker.pk}", measuring.new_token()
        measuring.open_form(person_key=key, token=token, surface="ask", board_id=thread.board_id, simulated=True)
        measuring.record_shown(person_key=key, token=token, thread_ids=[other.pk])
        measuring.record_opened(person_key=key, token=token, thread_id=other.pk)
        measuring.record_submitted(person_key=key, token=token, thread=thread)

    def _do_in_charge(self, thread: Thread, step: Step, who: list[User], target: Answer | None) -> None:
        """The acts of those who keep order."""
        keeper = self.people["moderator"]
        if step.verb == "info":
            threads.request_info(actor=keeper, thread_id=thread.pk)
        elif step.verb == "close":
            threads.close(actor=keeper, thread_id=thread.pk)
        elif step.verb == "lock":
            moderation.lock(actor=keeper, thread_id=thread.pk)
        elif step.verb == "split":
            chosen = Answer.objects.filter(thread=thread, position__in=step.split).values_list("pk", flat=True)
            split(actor=keeper, thread_id=thread.pk, answer_ids=list(chosen), title=step.text, reason="Another problem")
        elif step.verb == "ban":
            ban(
                actor=keeper,
                person_id=thread.asker_id,
                ground="spam",
                words="You advertised, and went on after we asked.",
            )
        elif step.verb == "hide" and target:
            moderation.hide_answer(
                actor=keeper, answer_id=target.pk, reason="Not part of the conversation", ground="off_topic"
            )
        elif step.verb == "hide":
            moderation.hide_thread(actor=keeper, thread_id=thread.pk, reason="Advertising", ground="spam")
        else:
            raise ValueError(f"What is {step.verb!r} in “{thread.title}”?")

    def _know(self, known: Known) -> None:
        """The agent says what is wrong; people have it too; later there is news."""
        agent, board = self.people["agent"], self.boards[known.board]
        with clock.at(self.now - known.ago):
            threads = [self.lived[title].pk for title in known.threads]
            issue = known_issues.open_issue(
                actor=agent, title=known.title, body=known.text, board_id=board.pk, thread_ids=threads
            )
        for place, name in enumerate(known.joined, 1):
            with clock.at(self.now - known.ago + timedelta(hours=place)):
                known_issues.join(actor=self.people[name], issue_id=issue.pk)
        if known.news:
            with clock.at(self.now - known.news_ago):
                known_issues.update(actor=agent, issue_id=issue.pk, body=known.news)

    def _follow(self) -> None:
        """What the demo logins have in their inboxes and lists from the first look on."""
        if helper := self.people.get("helper"):
            notices.watch(actor=helper, board_id=self.boards[self.scene.watched_board].pk)
            for tag in Tag.objects.filter(key__in=self.scene.watched_tags):
                notices.watch(actor=helper, tag_id=tag.pk)
        if customer := self.people.get("customer"):
            for tag in Tag.objects.filter(key__in=self.scene.customers_tags):
                notices.watch(actor=customer, tag_id=tag.pk)
