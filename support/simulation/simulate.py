"""A whole made-up community from a seed."""

from datetime import datetime, timedelta

from support.simulation.asking import Asking
from support.simulation.forms import Forms
from support.simulation.habits import EVEN, START, Habits
from support.simulation.living import begin
from support.simulation.world import World


def simulate(seed: int, people: int, habits: Habits = EVEN, start: datetime = START, members_from: int = 0) -> World:
    """About so many people come in these days; everything about them follows from the seed.

    Accounts are numbered from after `members_from` on: arms are drawn by the number that an account has in the end.
    ValueError for fewer people than make a community.
    """
    if people < 20:
        raise ValueError("A community has at least twenty people.")
    life = begin(seed, habits, start, members_from)
    asking = Asking(life, people)
    shelf = asking.live()
    openers = round(people * habits.form_openers)
    Forms(life, shelf).live(openers)
    readers = people - openers - round(people * (habits.askers + habits.joiners + habits.experts))
    for _each in range(max(0, readers)):
        person = life.browser() if life.chance(habits.visitors) else life.member()
        visits = life.random.randint(1, habits.visits)
        life.read(person, shelf, start + timedelta(days=4), visits)
    for _each in range(round(people * habits.background)):
        is_linkable = not life.chance(habits.background_unlinkable)
        life.call("", life.between(start, life.end), is_linkable=is_linkable)
    return life.world
