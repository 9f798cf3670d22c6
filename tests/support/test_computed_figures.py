"""What a job computes for the figures: asked for by looking, there at its next run, the same on every machine."""

from datetime import timedelta
from decimal import Decimal

import pytest

from community import clock
from community.actions import measuring, thanks
from community.errors import NotAllowed
from community.models import Thread, User
from support.actions import readers
from support.actions.contact_imports import import_contacts
from support.actions.figures import KEPT, compute_figures, want_figures
from support.contact_files import read_contacts
from support.models import ComputedFigures, Instead
from support.reading.figures import Figures, Wanted, figures
from support.statistics import seed_of
from tests.factories import admin, agent, moderator, person
from tests.support.desk import ticket
from tests.support.may import FIRST, MONTH, May, at, may, run
from tests.support.reading_people import everybody_is_drawn, key_of, seen

pytestmark = pytest.mark.django_db


def people_who_say(story: May, *said: tuple[int, str]) -> None:
    """So many customers are helped by peers on the third of May, and would have done that ("": say nothing)."""
    for count, instead in said:
        for number in range(count):
            asker = story.who(f"{instead or 'silent'}{number}")
            story.solved(asker.username or "", asker, story.who("helper"), 3, instead=instead)


def ready(story: May) -> None:
    story.approved()
    story.priced(email=("4", "11.50"), phone=("8", "20.25"), form=("3", "9"))
    story.covered()


def test_people_who_are_all_alike_leave_nothing_to_chance() -> None:
    """Whoever is drawn would have written: the interval is the sum itself, by the rules by which that was made."""
    story = May()
    people_who_say(story, (32, Instead.EMAIL))
    ready(story)
    told = run(computed=True)
    assert told.money.central == Decimal("368.00")
    assert told.money.interval == (Decimal("368.00"), Decimal("368.00"))
    assert told.money.people == 32
    assert told.money.seed == f"{seed_of('2026-05-01/2026-05-31', 'def-1'):064x}"


def test_the_interval_holds_what_is_estimated() -> None:
    story = May()
    people_who_say(story, (14, Instead.EMAIL), (8, Instead.SEARCH), (12, ""))
    story.happens()
    ready(story)
    told = run(computed=True)
    assert (told.kind("D").answered, told.kind("D").yes) == (14 + 8 + 1, 14 + 1)
    low, high = told.money.interval or (None, None)
    assert told.money.central is not None
    assert low is not None
    assert high is not None
    assert low < told.money.central < high
    ComputedFigures.objects.all().delete()
    assert run(computed=True).money.interval == (low, high)


def test_readers_weigh_in_the_interval_as_in_the_middle() -> None:
    """Every reader is asked and says the same: by chance there are a few more or less of them, and nothing else."""
    story = May()
    everybody_is_drawn()
    thread = story.solved("T", story.who("U"), story.who("P"), 2)
    for number in range(31):
        _reads(story.who(f"reader{number}"), thread, 3)
    story.priced(phone=("8", "20.25"))
    story.covered()
    told = run(computed=True)
    assert told.readers.answered == told.readers.yes == 31
    assert told.money.central == 31 * Decimal("20.25")
    low, high = told.money.interval or (Decimal(0), Decimal(0))
    assert 26 * Decimal("20.25") <= low <= told.money.central <= high <= 32 * Decimal("20.25")


def _reads(who: User, thread: Thread, day: int) -> None:
    with clock.at(may(day)):
        readers.record_views([seen(key_of(who), thread)])
        survey = readers.draw_survey(person_key=key_of(who), thread_id=thread.pk)
        assert survey is not None
        readers.show_survey(person_key=key_of(who), token=survey.token)
        assert readers.answer_survey(person_key=key_of(who), token=survey.token, solved=True, instead="phone")


def test_looking_at_a_period_has_it_computed() -> None:
    boss, wanted = admin(), Wanted(FIRST, FIRST + timedelta(days=9))
    want_figures(actor=boss, wanted=wanted)
    want_figures(actor=boss, wanted=wanted)
    assert figures(wanted).computed_at is None
    compute_figures()
    assert figures(wanted).computed_at is not None
    assert ComputedFigures.objects.filter(key=wanted.key).count() == 1
    assert compute_figures() == 0


@pytest.mark.parametrize("who", [person, moderator, agent])
def test_nobody_but_administrators_has_anything_computed(who: object) -> None:
    with pytest.raises(NotAllowed):
        want_figures(actor=who(), wanted=MONTH)  # type: ignore[operator]


def test_what_was_computed_before_the_ledger_went_on_says_so_and_is_computed_again() -> None:
    story = May().happens()
    want_figures(actor=story.boss, wanted=MONTH)
    assert not run(computed=True).is_stale
    stale: Figures = run(day=37)
    assert stale.is_stale
    assert not run(day=38, computed=True).is_stale


def test_what_nobody_looks_at_any_more_goes() -> None:
    now = clock.now()
    want_figures(actor=admin(), wanted=MONTH)
    with clock.at(now + KEPT + timedelta(days=1)):
        compute_figures()
        assert not ComputedFigures.objects.filter(key=MONTH.key).exists()


def test_a_wanted_period_survives_its_name() -> None:
    for wanted in (MONTH, Wanted(FIRST, FIRST, 7, "phone")):
        assert Wanted.of_key(wanted.key) == wanted


def test_others_formulas_stand_beside_ours_once_their_views_are_counted() -> None:
    story = May()
    people_who_say(story, (1, Instead.EMAIL))
    thread = story.threads["may-email0"]
    with clock.at(may(5)):
        readers.record_views([seen(key_of(story.who(f"reader{number}")), thread) for number in range(40)])
    ready(story)
    assert run().vendors == []
    told = run(computed=True)
    assert {each.name: each.cases for each in told.vendors} == {"views": 2, "one_in_five": 8, "left": 0}
    assert told.avoided.floor == 1


def test_the_silent_are_potential_unless_they_came_to_support() -> None:
    """Three were asked under a solution, three joined, three left a form: of each one wrote, one called."""
    story = May()
    everybody_is_drawn()
    about = story.solved("T", story.who("U"), story.who("P"), 2)
    names = [f"{kind}-{then}" for kind in ("reader", "joined", "left") for then in ("silent", "writes", "calls")]
    for name in names:
        who = story.who(name)
        who.emailaddress_set.create(email=who.email, verified=True, primary=True)
        {"reader": _is_asked, "joined": _joins, "left": _leaves}[name.split("-")[0]](who, about)
        if name.endswith("writes"):
            at(5, ticket, requester=who)
    lines = [f"2026-05-06T10:00:00Z,phone,{name},{story.who(name).email}\n" for name in names if "calls" in name]
    with clock.at(may(7)):
        import_contacts(actor=None, source="CRM", contacts=read_contacts(["time,channel,id,email\n", *lines]))
    potential = run(computed=True).avoided.potential
    assert (potential.readers, potential.me_toos, potential.forms) == (1, 1, 1)


def _is_asked(who: User, about: Thread) -> None:
    with clock.at(may(3)):
        readers.record_views([seen(key_of(who), about)])
        survey = readers.draw_survey(person_key=key_of(who), thread_id=about.pk)
        assert survey is not None
        readers.show_survey(person_key=key_of(who), token=survey.token)


def _joins(who: User, about: Thread) -> None:
    at(3, thanks.join, actor=who, thread_id=about.pk)


def _leaves(who: User, about: Thread) -> None:
    with clock.at(may(3)):
        given = {"person_key": key_of(who), "token": measuring.new_token()}
        measuring.open_form(**given, surface="ticket")
        measuring.record_shown(**given, thread_ids=[about.pk])
        measuring.record_opened(**given, thread_id=about.pk)
        measuring.record_left(**given)
