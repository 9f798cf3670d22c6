"""Who opens the form for writing to staff: some see suggestions beside it, and some of those need it no more."""

from datetime import datetime, timedelta
from decimal import Decimal

from community.experiments import is_in_control
from support.deflection.facts import FormOpened, Suggested
from support.simulation.habits import WINDOW
from support.simulation.living import Life
from support.simulation.shelf import Shelf
from support.simulation.world import CUSTOMER, Contact

CONTROL, TREATMENT = "control", "treatment"
_STEP = timedelta(seconds=20)


class Forms:
    """The ticket form, with an experiment or without."""

    def __init__(self, life: Life, shelf: Shelf) -> None:
        self.life, self.shelf = life, shelf
        self.world, self.habits, self.facts = life.world, life.habits, life.world.facts

    def live(self, people: int) -> None:
        for _each in range(people):
            self._open(self.life.between(self.world.start + timedelta(days=3), self.world.end - timedelta(days=2)))

    def _open(self, at: datetime) -> None:
        person, form = self.life.member(), self.life.next_id()
        trial, arm = self.world.experiment, ""
        if trial is not None and not trial.starts_at <= at < trial.stops_at:
            trial = None
        if trial is not None:
            holdout = Decimal(str(trial.holdout))
            is_control = is_in_control(salt=trial.salt, person_key=person, holdout=holdout)
            arm = CONTROL if is_control else TREATMENT
        wants_to_send = self.life.chance(self.habits.form_contact)
        if wants_to_send:
            self.world.would_send.add(form)
        sends, sent_at = wants_to_send, at + 12 * _STEP
        looked = None if arm == CONTROL else self._look(form, at)
        is_solved = looked is not None and self.life.chance(self.habits.form_solved)
        if looked is not None and is_solved:
            sends = False
            says = self.life.chance(self.habits.form_says)
            if says:
                self._say(form, looked, at + 6 * _STEP)
            self.life.follow(
                person, looked, at + 6 * _STEP, is_solved=True, would=wants_to_send, says=says or bool(arm)
            )
        elif looked is not None and self.life.chance(0.2):
            self._suggested(form, looked, "not_solved", at + 6 * _STEP)
        if sends:
            number = self.life.ticket(person, sent_at, channel="form")
            self.world.contacts.append(Contact(person, sent_at))
            self.world.form_tickets[form] = number
        row = FormOpened(
            form, person, CUSTOMER, "ticket", trial.id if trial else None, arm, at, at,
            sent_at if sends else None, is_simulated=True,
        )  # fmt: skip
        self.facts.forms.append(row)

    def _look(self, form: int, at: datetime) -> int | None:
        """The suggestion somebody opened, if there was one to their liking."""
        shown = self.shelf.pick(self.life.random, at)
        if shown is None:
            return None
        self._suggested(form, shown, "shown", at + _STEP)
        if not self.life.chance(self.habits.form_opens):
            return None
        self._suggested(form, shown, "opened", at + 3 * _STEP)
        return shown

    def _say(self, form: int, thread: int, at: datetime) -> None:
        self._suggested(form, thread, "solved", at, stops_at=at)

    def _suggested(self, form: int, thread: int, kind: str, at: datetime, *, stops_at: datetime | None = None) -> None:
        row = Suggested(self.life.next_id(), form, thread, kind, CUSTOMER, at, at, True if stops_at else None, stops_at)
        self.facts.suggested.append(row)


def avoided_in_trial(forms: list[FormOpened], would_send: set[int], came_back: set[int]) -> int:
    """So many people with suggestions did not write to staff, and would have without them."""
    return sum(
        each.arm == TREATMENT and each.id in would_send and each.sent_at is None and each.id not in came_back
        for each in forms
    )


__all__ = ["CONTROL", "TREATMENT", "WINDOW", "Forms", "avoided_in_trial"]
