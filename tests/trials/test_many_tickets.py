"""The desk's lists cost the same however many tickets there are, and say their numbers exactly: a million at full size.

Judged by the blocks the database has to look at; `manage.py bench_desk` says the time.
"""

import os
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from community.integrity import violations
from support.bench import fill, measure, miscounted, pages
from support.integrity import INVARIANTS
from support.models import Ticket

FULL = os.environ.get("PEERDESK_TRIALS") == "full"
TICKETS = 1_000_000 if FULL else 20_000
MOST_QUERIES = 12
#: Thirty rows with customer, agent, queue, board, tags and last words, and the tallies, which are as many as there are
#: sorts of tickets; a walk through a million needs tens of thousands.
MOST_BLOCKS = 2500 if FULL else 1000

pytestmark = [pytest.mark.trial, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]


def test_lists_among_many_tickets_are_exact_and_cost_what_they_cost_among_few(settings: Any) -> None:
    agent = fill(TICKETS)
    assert Ticket.objects.count() == TICKETS
    assert list(violations(INVARIANTS)) == []
    assert miscounted(agent) == {}
    for name, address in pages(agent):
        cost = measure(agent, address, runs=1)
        assert 0 < cost.queries <= MOST_QUERIES, (name, cost)
        assert 0 < cost.blocks < MOST_BLOCKS, (name, cost)


def test_a_measurement_that_makes_no_sense_is_refused_in_words() -> None:
    with pytest.raises(CommandError, match="at least 1000"):
        call_command("bench_desk", few=5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE %s", ["%bench_desk_5"])
        assert cursor.fetchone() == (0,)
