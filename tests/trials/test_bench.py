"""The figures of `manage.py bench` are about real requests on sound data."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from community.bench.data import LONG, VERY_LONG, fill, long_threads
from community.bench.measure import Figure, measure
from community.bench.scenarios import BARE, Plan, Scenario, request
from community.bench.server import gunicorn
from community.integrity import violations
from community.models import Answer, Thread

pytestmark = [pytest.mark.trial, pytest.mark.django_db(transaction=True)]
SIZE = 200


def test_what_is_measured_is_a_sound_community_and_every_request_is_really_answered() -> None:
    fill(SIZE)
    assert Thread.objects.filter(last_position=VERY_LONG).count() == 1
    assert Thread.objects.filter(last_position=LONG).count() == long_threads(SIZE)
    assert list(violations()) == []

    with gunicorn(str(connection.settings_dict["NAME"])) as server:
        bare = measure(server, Scenario("bare", [request(BARE)]), seconds=0.3, runs=1)
        assert set(bare.statuses) == {"200"}
        assert bare.cpu > 0
        before = Answer.objects.count()
        answers = measure(server, Plan(server, 0.3).answer(), seconds=0.3, runs=1)
        lost = measure(server, Scenario("lost", [request("/nowhere/")]), seconds=0.1, runs=1)

    assert set(answers.statuses) == {"303"}
    assert Answer.objects.count() > before + answers.requests  # and those before the clock started
    assert list(violations()) == []
    assert "404" in lost.verdict


def test_a_goal_is_met_or_missed() -> None:
    assert Figure("page", ratio=1.9, most=2).verdict.startswith("met")
    assert Figure("page", ratio=2.1, most=2).verdict.startswith("MISSED")
    assert Figure("post", per_second=121, least=120).verdict.startswith("met")
    assert Figure("post", per_second=119, least=120).verdict.startswith("MISSED")


@pytest.mark.parametrize("wrong", [{"size": 5}, {"seconds": 0}, {"runs": 0}])
def test_a_measurement_that_makes_no_sense_is_refused_in_words(wrong: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="at least 200"):
        call_command("bench", **wrong)
