"""What is measured in the demo: what people would have done otherwise, what contacts cost, an experiment.

The people of the story act through the actions, with the clock moved; the many who only read are made up beside them
(crowd.py). All of it is marked as made up, and pages say so.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import cycle
from random import Random

from django.utils import timezone

from community import clock
from community.actions import measuring
from community.actions.experiments import plan_experiment, start_experiment
from community.demo.build import Builder
from community.models import Experiment, Helped, MeToo, Solution, Thread, User
from community.permissions import is_staff
from support.actions import contact_imports, inputs, intents, readers, solved_ratings
from support.actions.definitions import approve_definition
from support.actions.figures import compute_figures
from support.actions.ledger import advance
from support.demo.crowd import HABITS, live_as_a_crowd
from support.demo.crowd_words import RATINGS, SENTENCES, SOURCES, Sentence
from support.models import Definition, Instead, Intent
from support.surfaces import CONTACT

#: Low and typical cost of a contact.
COSTS = {
    "phone": ("6.50", "14.80"),
    "email": ("4.20", "9.60"),
    "chat": ("5.10", "11.20"),
    "form": ("4.20", "9.60"),
}
ABSENT = "other"
#: Of those who were asked first, so many were asked what they would have done otherwise.
OFFERED = 0.9
#: Of three askers whose question was solved, one was asked that, and two how it went.
TURNS = 3
CURRENCY = "EUR"
#: Nobody of the story is asked unasked in the last weeks, so that reminders find their people.
QUIET = timedelta(days=21)
#: When, what, who, and of which question.
Act = tuple[datetime, Callable[[User, int], None], User, int]


def live_through_the_measuring(builder: Builder) -> None:
    """Twelve weeks of measuring, and what the ledger makes of them."""
    told = _Measured(builder)
    told.people_of_the_story()
    told.readers_with_a_word()
    told.rests_on()
    experiment = told.experiment()
    live_as_a_crowd(
        seed=len(builder.scene.name),
        language=builder.scene.language,
        agent_id=builder.people["agent"].pk,
        experiment=experiment,
        now=builder.now,
    )
    with clock.at(builder.now):
        advance()
        compute_figures()


class _Measured:
    def __init__(self, builder: Builder) -> None:
        self.builder, self.now = builder, builder.now
        self.admin, self.words = builder.people["admin"], SOURCES[builder.scene.language]
        self.ratings, self.sentences = cycle(RATINGS[builder.scene.language]), SENTENCES[builder.scene.language]
        self.begin = builder.now - timedelta(days=HABITS.days + 1)
        self.random = Random(builder.scene.name)  # noqa: S311 - a story, no secret

    # The people of the story -----------------------------------------------------------------------------------------
    def people_of_the_story(self) -> None:
        """All of them are made up, and agreed to be counted; some say what they would have done, and how it went."""
        customers = [each for each in self.builder.people.values() if not is_staff(each)]
        with clock.at(self.now - timedelta(days=92)):
            for person in customers:
                inputs.say_standing(actor=None, person_id=person.pk, kind="simulated")
                measuring.say_consent(actor=person, is_given=True)
        acts = sorted([*self._after_asking(), *self._after_helping(), *self._after_solving()], key=lambda act: act[0])
        for at, what, person, thread_id in acts:
            if at < self.now - QUIET:
                with clock.at(at):
                    what(person, thread_id)

    def _after_asking(self) -> list[Act]:
        asked = Thread.objects.filter(hidden_at=None, merged_into=None).select_related("asker")
        people, rating = self._mine(), {thread_id for _at, _what, _who, thread_id in self._after_solving()}
        return [
            (each.asked_at + timedelta(seconds=40), self._tell_asked, people[each.asker_id], each.pk)
            for each in asked
            if each.asker_id in people and each.pk not in rating
        ]

    def _after_helping(self) -> list[Act]:
        joined = set(MeToo.objects.values_list("thread_id", "person_id"))
        people = self._mine()
        return [
            (each.helped_at + timedelta(seconds=25), self._tell_helped, people[each.person_id], each.answer.thread_id)
            for each in Helped.objects.select_related("answer")
            if (each.answer.thread_id, each.person_id) in joined and each.person_id in people
        ]

    def _after_solving(self) -> list[Act]:
        people = self._mine()
        return [
            (each.accepted_at + timedelta(hours=2), self._rate, people[each.thread.asker_id], each.thread_id)
            for each in Solution.objects.filter(withdrawn_at=None).select_related("thread")
            if each.thread.asker_id in people and each.thread_id % TURNS
        ]

    def _mine(self) -> dict[int, User]:
        return {person.pk: person for person in self.builder.people.values() if not is_staff(person)}

    def _tell_asked(self, person: User, thread_id: int) -> None:
        self._intend(person, thread_id, Intent.Moment.ASKED)

    def _tell_helped(self, person: User, thread_id: int) -> None:
        self._intend(person, thread_id, Intent.Moment.HELPED)

    def _intend(self, person: User, thread_id: int, moment: str) -> None:
        if self.random.random() > OFFERED:
            return
        key = f"u:{person.pk}"
        offered = intents.offer_intent(person_key=key, thread_id=thread_id, moment=moment, simulated=True)
        if offered is not None and self.random.random() < 0.85:
            likely = (Instead.PHONE, Instead.EMAIL, Instead.EMAIL, Instead.SEARCH, Instead.GIVE_UP)
            intents.answer_intent(person_key=key, thread_id=thread_id, instead=self.random.choice(likely))

    def _rate(self, person: User, thread_id: int) -> None:
        offered = solved_ratings.offer_rating(actor=person, thread_id=thread_id, simulated=True)
        if offered is not None and self.random.random() < 0.85:
            score, words = next(self.ratings)
            solved_ratings.rate_solved(actor=person, thread_id=thread_id, score=score, words=words)

    def readers_with_a_word(self) -> None:
        """A few of those who came by said a sentence that may be shown; the many others are the crowd's."""
        for said in self.sentences:
            browser = f"a:{sha256(said.text.encode()).hexdigest()}"
            thread_id = self.builder.lived[said.title].pk
            with clock.at(self.now - timedelta(days=said.days_ago)):
                self._look(browser, thread_id)
                self._say(browser, thread_id, said)

    def _look(self, browser: str, thread_id: int) -> None:
        role = readers.role_of(measuring.person_of(browser))
        readers.record_views([readers.Seen(browser, thread_id, role, clock.now(), is_simulated=True)])

    def _say(self, browser: str, thread_id: int, said: Sentence) -> None:
        survey = readers.invite_reader(person_key=browser, thread_id=thread_id, simulated=True)
        if survey is not None:
            token = survey.token
            readers.show_survey(person_key=browser, token=token)
            readers.answer_survey(person_key=browser, token=token, solved=True, instead=said.instead)
            readers.say_in_words(person_key=browser, token=token, text=said.text, may_be_shown=True)

    # What figures rest on --------------------------------------------------------------------------------------------
    def rests_on(self) -> None:
        """Costs, coverage, a baseline, and a name under the definition."""
        first, today = _day(self.begin - timedelta(days=7)), _day(self.now)
        with clock.at(self.begin):
            self._costs(first, today)
            definition = Definition.objects.order_by("valid_from")[0]
            approve_definition(actor=self.admin, definition_id=definition.pk)
        with clock.at(self.now):
            for channel in COSTS:
                inputs.declare_coverage(
                    actor=self.admin, channel=channel, from_day=first, until_day=today, note=self.words["covered"]
                )
            inputs.declare_coverage(
                actor=self.admin,
                channel=ABSENT,
                from_day=first,
                until_day=today + timedelta(days=365),
                note=self.words["absent"],
                is_absent=True,
            )
            self._baseline()

    def _costs(self, first: date, today: date) -> None:
        for channel, (low, typical) in COSTS.items():
            inputs.enter_cost(
                actor=self.admin,
                channel=channel,
                low=Decimal(low),
                typical=Decimal(typical),
                currency=CURRENCY,
                valid_from=first,
                source=self.words[channel],
            )
        until = today + timedelta(days=30)
        hours = {"moderation": ("66", "31.50"), "answering": ("18", "34.00")}
        for kind, amount in (("platform", "1240.00"), ("moderation", None), ("answering", None), ("upkeep", "180.00")):
            many, rate = hours.get(kind, (None, None))
            inputs.enter_programme_cost(
                actor=self.admin,
                kind=kind,
                from_day=first,
                until_day=until,
                currency=CURRENCY,
                source=self.words[kind],
                amount=Decimal(amount) if amount else None,
                hours=Decimal(many) if many else None,
                rate=Decimal(rate) if rate else None,
            )

    def _baseline(self) -> None:
        """Contacts per thousand customers fell a little since last year: beside the ledger, never in it."""
        month = _day(self.now).replace(day=1)
        for back in range(1, 17):
            month = (month - timedelta(days=1)).replace(day=1)
            customers = 18_400 - 140 * back
            each_thousand = 27 + self.random.randint(-2, 2) + (6 if back > 4 else back)
            contact_imports.enter_baseline(
                actor=self.admin,
                month=month,
                contacts=customers * each_thousand // 1000,
                customers=customers,
                source=self.words["baseline"],
            )

    def experiment(self) -> Experiment:
        """Planned, begun and ended as it was to be, weeks ago."""
        with clock.at(self.begin + timedelta(days=3)):
            planned = plan_experiment(
                actor=self.admin,
                name=self.words["trial"],
                surface=CONTACT,
                holdout=Decimal("0.4"),
                stops_at=self.begin + timedelta(days=66),
            )
        with clock.at(self.begin + timedelta(days=4)):
            return start_experiment(actor=self.admin, experiment_id=planned.pk)


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)
