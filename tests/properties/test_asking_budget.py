"""Whoever is asked by whatever, in whatever order and under whichever key: never twice within fourteen days.

What may be asked is said here a second time, in plain Python over a list, and compared after every step.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community import clock
from community.actions.asking_budget import Candidate, invite
from community.integrity import violations
from community.models import PersonAlias
from community.models.prompts import Instrument
from tests.factories import person

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
VISITORS = [f"a:{digit * 64}" for digit in "123"]
ORDER = ("intent", "survey", "solved", "csat", "nps")

hours = st.integers(0, 24 * 16)
#: (hours later, who: a member or a visitor, what would like to ask)
asking = st.tuples(hours, st.integers(0, 4), st.lists(st.sampled_from(ORDER), min_size=1, max_size=3, unique=True))
#: (hours later, a visitor, the member they turn out to be)
signing_in = st.tuples(hours, st.integers(2, 4), st.integers(0, 1))


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(asking, signing_in), min_size=1, max_size=14))
def test_nobody_is_asked_twice_within_two_weeks(steps: list[tuple[int, int, list[str] | int]]) -> None:
    with transaction.atomic():
        members = [person(), person()]
        keys = [f"u:{each.pk}" for each in members] + VISITORS
        now, owner, asked = START, dict[str, str](), list[tuple[str, datetime]]()
        for later, who, what in steps:
            now += timedelta(hours=later, minutes=2)
            with clock.at(now):
                if isinstance(what, int):
                    if keys[who] not in owner:
                        owner[keys[who]] = keys[what]
                        visitor, member = keys[who], members[what]
                        PersonAlias.objects.create(visitor_key=visitor, person=member, occurred_at=now, recorded_at=now)
                    continue
                prompts = invite(person_key=keys[who], candidates=[Candidate(Instrument(each)) for each in what])
            person_asked = owner.get(keys[who], keys[who])
            is_quiet = all(owner.get(key, key) != person_asked or now - at >= timedelta(days=14) for key, at in asked)
            told = [prompt.instrument for prompt in prompts if prompt.outcome == "asked"]
            assert told == ([min(what, key=ORDER.index)] if is_quiet else [])
            assert len(prompts) == len(what)
            asked += [(keys[who], now)] * len(told)
        assert list(violations()) == []
        transaction.set_rollback(True)
