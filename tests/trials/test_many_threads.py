"""A list costs the same on its first page and deep down, however many threads there are: a million at full size.

Judged by the blocks the database has to look at, which depend on the plan and the indexes and not on the machine.
"""

import json
import os
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.models import Thread
from community.reading import cursors
from community.reading.found import sitemaps
from community.reading.lists import ORDER
from tests.factories import board, person

FULL = os.environ.get("PEERDESK_TRIALS") == "full"
THREADS = 1_000_000 if FULL else 20_000
#: Thirty rows with their board, asker and tags need about three blocks each; a walk through the table needs thousands.
MOST_BLOCKS = 600

pytestmark = [pytest.mark.trial, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


@pytest.fixture
def many_threads() -> None:
    """One thread a minute, straight into the table: a million through the action would take an hour."""
    place, asker = board("Routers"), person("asker")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO community_thread (
                board_id, asker_id, kind, title, body, body_html, renderer_version, language, product_version,
                asker_role, is_imported, version, asked_at, last_activity_at, last_position, answer_count,
                peer_answer_count, asker_spoke_last, me_too_count, imported_me_too, view_count)
            SELECT %s, %s, 'problem', 'Thread ' || n, 'x', '<p>x</p>', 1, 'en', '', 'customer', false, 1,
                now() - n * interval '1 minute', now() - n * interval '1 minute', 0, 0, 0, false, 0, 0, 0
            FROM generate_series(1, %s) AS n
            """,
            [place.pk, asker.pk, THREADS],
        )
        # What autovacuum does within a minute; for the boards because migration 0002 tells it to.
        cursor.execute("ANALYZE community_thread, community_board")


def blocks(plan: dict[str, Any]) -> int:
    return int(plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0))


def cost(address: str) -> tuple[int, int]:
    """(queries, blocks looked at) of a visitor's page that no cache holds."""
    client = Client(headers={"hx-request": "true"})  # what a script asks for is never kept
    client.get(address)  # the statement of a reader's kind is written once per process
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    looked = 0
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            if query["sql"].lstrip().upper().startswith("SELECT"):
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query['sql']}")
                (found,) = cursor.fetchone()
                looked += blocks((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])
    return len(asked), looked


def test_a_list_deep_down_costs_what_its_first_page_costs(many_threads: None) -> None:
    moment, row = Thread.objects.order_by("last_activity_at").values_list("last_activity_at", "pk")[THREADS // 20]
    assert isinstance(moment, datetime)
    after = f"after={cursors.encode_moment(ORDER, moment, row)}"
    for words in ("", "state=new", "list=unanswered", "list=unsolved", "kind=problem", "board=routers"):
        first, deep = cost(f"/threads/?{words}"), cost(f"/threads/?{words}&{after}")
        assert deep[0] == first[0] <= 12, words
        assert max(first[1], deep[1]) < MOST_BLOCKS, (words, first, deep)


def test_any_chunk_of_the_sitemap_is_a_walk_along_its_ids(many_threads: None) -> None:
    """Five thousand threads, a dozen or so in a block; the others are not looked at."""
    # One a minute, and none has an answer: after forty thousand a month is over.
    places = (sitemaps.THREADS, min(THREADS, 40_000) - sitemaps.THREADS)
    ids = Thread.objects.order_by("pk").values_list("pk", flat=True)
    costs = [cost(f"/sitemap-threads-{ids[place] // sitemaps.THREADS + 1}.xml") for place in places]
    assert [asked for asked, _looked in costs] == [1, 1]
    assert max(looked for _asked, looked in costs) < sitemaps.THREADS // 4, costs


def test_a_feed_costs_what_a_list_costs(many_threads: None) -> None:
    for address in ("/threads/feed/", "/threads/feed/?state=new", "/boards/routers/feed/"):
        asked, looked = cost(address)
        assert asked <= 12, address
        assert looked < MOST_BLOCKS, (address, looked)


def test_the_database_keeps_statistics_of_even_a_handful_of_boards() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'community_board'")
        (options,) = cursor.fetchone()
    assert "autovacuum_analyze_threshold=0" in (options or [])
