"""Experiments: the arithmetic by known values, the rules of planning and stopping them, and who is in which arm."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from community import clock
from community.actions import measuring
from community.actions.experiments import arm_of, plan_experiment, start_experiment, stop_experiment
from community.errors import NotAllowed, Refused
from community.experiments import Need, first_group, is_in_control, people_needed, sample_ratio
from community.integrity import violations
from community.models import AuditEntry, Experiment, Exposure, FormSession, PersonAlias, User
from community.reading.experiments import arms_of, exposures_in_conflict
from tests.factories import admin, agent, moderator, person, thread

HALF = Decimal("0.5")


def planned(**fields: Any) -> Experiment:
    given = {"name": "Ask", "surface": "ask", "holdout": HALF, "stops_at": clock.now() + timedelta(days=14)} | fields
    return plan_experiment(actor=given.pop("actor", None) or admin(), **given)


def running(**fields: Any) -> Experiment:
    return start_experiment(actor=admin(), experiment_id=planned(**fields).pk)


def open_form(key: str, **fields: Any) -> str:
    return measuring.open_form(person_key=key, token=measuring.new_token(), surface="ask", **fields)


def visitor_in(experiment: Experiment, arm: str, start: int = 0) -> str:
    """A visitor's key that draws this arm."""
    for number in range(start, start + 1000):
        key = f"a:{number:064x}"
        if is_in_control(salt=experiment.salt, person_key=key, holdout=experiment.holdout) == (arm == "control"):
            measuring.welcome_visitor(key=key, agreed=True)
            return key
    raise AssertionError("no such key")


def member_in(experiment: Experiment, arm: str) -> User:
    """A member whose own key draws this arm."""
    for _ in range(1000):
        one = person()
        if is_in_control(salt=experiment.salt, person_key=f"u:{one.pk}", holdout=HALF) == (arm == "control"):
            return one
    raise AssertionError("no such member")


# The arithmetic -------------------------------------------------------------------------------------------------------
def test_the_arm_is_the_formula_of_the_definition() -> None:
    # printf 'salt:u:1' | sha256sum begins with d76ff078; 0xd76ff078 % 10000 = 7496
    places = {"u:1": 7496, "u:2": 198, "u:3": 43, "u:4": 7385}
    for key, place in places.items():
        for holdout in (Decimal("0.0043"), Decimal("0.0044"), Decimal("0.0198"), Decimal("0.0199"), HALF):
            assert is_in_control(salt="salt", person_key=key, holdout=holdout) == (place < holdout * 10_000)


def test_the_share_without_suggestions_is_as_planned() -> None:
    tenth = Decimal("0.1")
    found = sum(is_in_control(salt="s", person_key=f"u:{number}", holdout=tenth) for number in range(20_000))
    assert sample_ratio(control=found, treatment=20_000 - found, holdout=0.1).is_sound


def test_the_test_of_the_split_gives_the_values_of_the_definition() -> None:
    assert sample_ratio(control=200, treatment=1800, holdout=0.1).chi2 == pytest.approx(0)
    odd = sample_ratio(control=260, treatment=1740, holdout=0.1)
    assert (odd.chi2, odd.is_sound) == (pytest.approx(20.0), False)
    assert sample_ratio(control=10, treatment=10, holdout=0.5).p == 1
    # the 5 % point of chi-square with one degree of freedom is 3.841459
    edge = (1000 + 3.841458820694124**0.5 * 1000**0.5) / 2
    assert sample_ratio(control=edge, treatment=1000 - edge, holdout=0.5).p == pytest.approx(0.05, abs=1e-9)  # type: ignore[arg-type]


def test_people_needed_agrees_with_known_values() -> None:
    # R: power.prop.test(p1 = .50, p2 = .75, power = .90) and power.prop.test(p1 = .5, p2 = .4, power = .8)
    assert first_group(0.50, 0.75, ratio=1, power=0.90) == pytest.approx(76.7, abs=0.05)
    assert first_group(0.5, 0.4, ratio=1, power=0.8) == pytest.approx(387.3385, abs=0.0001)
    need = people_needed(base=0.5, effect=0.1, holdout=0.5, daily=10)
    assert (need.control, need.treatment, need.days) == (388, 388, 78)


@pytest.mark.parametrize("ratio", [1, 2.5, 9])
def test_which_group_is_called_the_first_makes_no_difference(ratio: float) -> None:
    there, back = first_group(0.6, 0.5, ratio=ratio), first_group(0.5, 0.6, ratio=1 / ratio)
    assert there * ratio == pytest.approx(back)


def test_an_experiment_needs_a_hundred_without_suggestions_even_where_a_handful_would_do() -> None:
    assert people_needed(base=0.9, effect=0.7, holdout=0.1, daily=10) == Need(100, 900, 100)


def test_a_smaller_share_without_suggestions_needs_more_people_and_fewer_of_them_there() -> None:
    half, tenth = (people_needed(base=0.5, effect=0.1, holdout=share, daily=50) for share in (0.5, 0.1))
    assert tenth.control < half.control and tenth.control + tenth.treatment > half.control + half.treatment
    assert tenth.treatment == tenth.control * 9


def test_twenty_must_post_without_suggestions_however_rare_that_is() -> None:
    assert people_needed(base=0.01, effect=0.01, holdout=0.5, daily=1).control >= 2000


@pytest.mark.parametrize(
    "wrong", [{"base": 0}, {"base": 1}, {"effect": 0}, {"effect": 0.6}, {"holdout": 0.6}, {"daily": 0}]
)
def test_numbers_of_no_experiment_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no experiment"):
        people_needed(**({"base": 0.5, "effect": 0.1, "holdout": 0.1, "daily": 50} | wrong))


# Planning, starting, stopping -----------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("make", [person, moderator, agent])
def test_only_administrators_have_experiments(make: Any) -> None:
    other, plan = make(), planned()
    for act in (
        lambda: planned(actor=other),
        lambda: start_experiment(actor=other, experiment_id=plan.pk),
        lambda: stop_experiment(actor=other, experiment_id=plan.pk),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not Experiment.objects.visible_to(other).exists() and Experiment.objects.visible_to(admin()).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"surface": "nowhere"}, {"holdout": Decimal("0.51")}, {"holdout": Decimal(0)}, {"name": " "}]
)
def test_a_plan_that_cannot_be_tried_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        planned(**wrong)
    assert not Experiment.objects.exists()


@pytest.mark.django_db
def test_the_end_is_fixed_before_the_start_and_stays() -> None:
    plan = planned(stops_at=None)
    with pytest.raises(Refused, match="when it ends"):
        start_experiment(actor=admin(), experiment_id=plan.pk)
    planned(experiment_id=plan.pk, stops_at=clock.now() + timedelta(days=7), name="Second thoughts")
    begun = start_experiment(actor=admin(), experiment_id=plan.pk)
    assert start_experiment(actor=admin(), experiment_id=plan.pk).starts_at == begun.starts_at
    with pytest.raises(Refused, match="nothing about it can change"):
        planned(experiment_id=plan.pk, stops_at=clock.now() + timedelta(days=70))
    for change in (
        "stops_at = stops_at + interval '1 day'",
        "holdout = 0.2",
        "salt = 'x'",
        "starts_at = NULL",
        "surface = 'x'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE community_experiment SET {change}")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM community_experiment")
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == ["planned", "planned", "started"]


@pytest.mark.django_db
def test_a_form_is_in_one_experiment_at_a_time() -> None:
    first, second = running(), planned(name="Another")
    with pytest.raises(Refused, match="already"):
        start_experiment(actor=admin(), experiment_id=second.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Experiment.objects.filter(pk=second.pk).update(starts_at=clock.now())
    stop_experiment(actor=admin(), experiment_id=first.pk)
    assert start_experiment(actor=admin(), experiment_id=second.pk).starts_at


@pytest.mark.django_db
def test_one_that_has_come_to_its_end_makes_room_and_shows_nothing_any_more() -> None:
    first = running()
    with clock.at(first.stops_at + timedelta(hours=1)):  # type: ignore[operator]
        assert open_form(visitor_in(first, "control")) == ""
        second = running(name="Another", stops_at=clock.now() + timedelta(days=7))
    first.refresh_from_db()
    assert (first.stopped_at, second.stopped_at) == (first.stops_at, None)


@pytest.mark.django_db
def test_a_stopped_experiment_draws_nobody() -> None:
    experiment = running()
    control = visitor_in(experiment, "control")
    assert open_form(control) == "control"
    stop_experiment(actor=admin(), experiment_id=experiment.pk)
    assert (open_form(control), arm_of(person_key=control, surface="ask")) == ("", "")


# The arm --------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_arm_is_drawn_once_and_stored() -> None:
    experiment = running()
    for arm in ("treatment", "control"):
        key = visitor_in(experiment, arm)
        assert arm_of(person_key=key, surface="ask") == ""
        assert [open_form(key), open_form(key), arm_of(person_key=key, surface="ask")] == [arm] * 3
        assert Exposure.objects.get(person_key=key).drawn_as == key
    assert set(FormSession.objects.values_list("arm", flat=True)) == {"treatment", "control"}
    assert list(violations()) == []


@pytest.mark.django_db
def test_a_form_without_scripts_and_a_person_who_is_not_counted_are_in_no_experiment() -> None:
    experiment = running()
    key = visitor_in(experiment, "control")
    assert open_form(key, is_scriptless=True) == "" == open_form("")
    assert not Exposure.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("arm", ["treatment", "control"])
def test_signing_in_never_draws_again(arm: str) -> None:
    experiment = running()
    other = {"treatment": "control", "control": "treatment"}[arm]
    key, member = visitor_in(experiment, arm), member_in(experiment, other)
    assert open_form(key) == arm
    assert measuring.recognise_visitor(actor=member, key=key)
    assert open_form(f"u:{member.pk}") == arm == arm_of(person_key=f"u:{member.pk}", surface="ask")
    assert Exposure.objects.get(person_key=f"u:{member.pk}").drawn_as == key
    assert exposures_in_conflict(experiment_id=experiment.pk) == []
    arms = arms_of(experiment)
    assert (arms.control + arms.treatment, getattr(arms, arm)) == (1, 1)
    assert list(violations()) == []


@pytest.mark.django_db
def test_a_visitor_who_is_known_to_be_a_member_keeps_the_members_arm() -> None:
    experiment = running()
    member, key = member_in(experiment, "control"), visitor_in(experiment, "treatment")
    assert open_form(f"u:{member.pk}") == "control"
    measuring.recognise_visitor(actor=member, key=key)
    assert open_form(key) == "control"  # the session ended, the cookie is still theirs
    assert list(violations()) == []


@pytest.mark.django_db
def test_somebody_who_was_in_both_arms_before_they_were_known_stays_and_is_named() -> None:
    experiment = running()
    member, key = member_in(experiment, "control"), visitor_in(experiment, "treatment")
    assert (open_form(f"u:{member.pk}"), open_form(key)) == ("control", "treatment")
    measuring.recognise_visitor(actor=member, key=key)
    assert (open_form(f"u:{member.pk}"), open_form(key)) == ("control", "treatment")
    assert exposures_in_conflict(experiment_id=experiment.pk) == [f"u:{member.pk}"]
    arms = arms_of(experiment)
    assert (arms.control, arms.treatment, arms.in_conflict, arms.ratio) == (0, 0, 1, None)
    assert PersonAlias.objects.count() == 1 and list(violations()) == []


@pytest.mark.django_db
def test_staff_are_recorded_as_what_they_were_and_left_out() -> None:
    experiment, helper = running(), agent()
    open_form(f"u:{helper.pk}")
    helper.groups.clear()
    arms = arms_of(experiment)
    assert (arms.control + arms.treatment, arms.staff) == (0, 1)
    assert set(Exposure.objects.values_list("role")) == set(FormSession.objects.values_list("role")) == {("agent",)}


# The admin's pages ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_administrator_plans_counts_the_days_begins_and_stops(client: Client) -> None:
    ada = admin()
    client.force_login(ada)
    sent = {
        "name": "Suggestions",
        "surface": "ask",
        "holdout": "0.2",
        "stops_at_0": "2999-01-01",
        "stops_at_1": "12:00:00",
    }
    assert client.post("/admin/community/experiment/add/", sent).status_code == 302
    experiment = Experiment.objects.get()
    page = f"/admin/community/experiment/{experiment.pk}"
    assert (experiment.planned_by, str(experiment.holdout)) == (ada, "0.2000")
    counted = client.get(f"{page}/change/?base=50&effect=10&daily=100").content.decode()
    need = people_needed(base=0.5, effect=0.1, holdout=0.2, daily=100)
    assert f"{need.days} days: {need.control} people without suggestions and {need.treatment} with them" in counted
    wrong = client.get(f"{page}/change/?base=10&effect=50&daily=100").content.decode()
    assert "No more people can stop posting" in wrong
    assert client.get(f"{page}/start/").status_code == 405
    client.post(f"{page}/start/")
    for key in (visitor_in(experiment, "control"), visitor_in(experiment, "treatment")):
        open_form(key)
    begun = client.get(f"{page}/change/").content.decode()
    assert "Stop it now" in begun and "How long must it run" not in begun and "as planned" in begun
    assert client.post(f"{page}/change/", sent | {"holdout": "0.3"}).status_code == 403
    client.post(f"{page}/stop/")
    experiment.refresh_from_db()
    assert experiment.starts_at and experiment.stopped_at and str(experiment.holdout) == "0.2000"
    assert client.get("/admin/community/experiment/").status_code == 200


@pytest.mark.django_db
def test_the_start_is_refused_in_words_on_the_page(client: Client) -> None:
    client.force_login(admin())
    running()
    second = planned(name="Another")
    page = client.post(f"/admin/community/experiment/{second.pk}/start/", follow=True).content.decode()
    assert "is in the experiment" in page and Experiment.objects.get(pk=second.pk).starts_at is None


@pytest.mark.django_db
def test_the_list_of_forms_shows_each_with_its_events(client: Client) -> None:
    client.force_login(admin())
    shown, token, asker = thread(), measuring.new_token(), person()
    measuring.open_form(person_key=f"u:{asker.pk}", token=token, surface="ask")
    measuring.record_shown(person_key=f"u:{asker.pk}", token=token, thread_ids=[shown.pk])
    page = f"/admin/community/formsession/{FormSession.objects.get().pk}/change/"
    assert shown.title in client.get(page).content.decode()
    assert client.post(page, {"person_key": "u:1"}).status_code == 403
    assert client.get(f"/admin/community/formsession/?q=u:{asker.pk}").status_code == 200
