"""Views gather and are written together: none is lost at a normal stop, none keeps others from being written."""

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as project
from django.db import OperationalError

from community import clock
from community.models import SiteState
from support import gathering
from support.actions.readers import Seen
from support.gathering import Gathering
from support.models import View
from tests.community.test_import_kills import environment
from tests.support.reading_people import A_VISITOR, ANOTHER, peer_solved, seen


@pytest.fixture(autouse=True)
def gathers(settings: Any) -> None:
    settings.VIEWS_GATHERED_FOR = 600


@pytest.mark.django_db
def test_many_views_wait_and_are_written_in_one_statement(django_assert_num_queries: Any) -> None:
    about, kept = peer_solved(), Gathering()
    for number in range(40):
        kept.add([seen(f"a:{number:064x}", about)])
    assert not View.objects.exists()
    with django_assert_num_queries(4):  # whether the site rests; the INSERT between its savepoints
        assert kept.write() == 40
    assert View.objects.count() == 40
    assert kept.write() == 0


@pytest.mark.django_db
def test_a_database_that_takes_nothing_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    about, kept, times = peer_solved(), Gathering(), []

    def refuse_once(views: list[Seen]) -> int:
        times.append(len(views))
        if len(times) == 1:
            raise OperationalError("the server closed the connection")
        return record(views)

    record = gathering.record_views
    monkeypatch.setattr(gathering, "record_views", refuse_once)
    kept.add([seen(A_VISITOR, about)])
    assert kept.write() == 0
    kept.add([seen(ANOTHER, about)])
    assert kept.write() == 2
    assert View.objects.count() == 2


@pytest.mark.django_db
def test_nothing_is_written_while_the_site_rests() -> None:
    about, kept = peer_solved(), Gathering()
    kept.add([seen(A_VISITOR, about)])
    SiteState.objects.update_or_create(pk=1, defaults={"read_only_at": clock.now()})
    assert kept.write() == 0
    SiteState.objects.update(read_only_at=None)
    assert kept.write() == 1


@pytest.mark.django_db(transaction=True)
def test_one_that_cannot_be_stored_keeps_no_other_waiting() -> None:
    about, kept = peer_solved(), Gathering()
    kept.add([seen(A_VISITOR, about), Seen(ANOTHER, 2**40, "customer", clock.now()), seen(ANOTHER, about)])
    assert kept.write() == 3
    assert View.objects.count() == 2


@pytest.mark.django_db
def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    about, kept = peer_solved(), Gathering()
    monkeypatch.setattr(gathering, "MOST_WAITING", 3)
    for number in range(5):
        kept.add([seen(f"a:{number:064x}", about)])
    assert kept.write() == 3


STOPS = """
import django
django.setup()
from community import clock
from support.actions.readers import Seen
from support.gathering import GATHERED
GATHERED.add([Seen({key!r}, {thread}, "customer", clock.now())])
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_that_ends_writes_what_it_gathered() -> None:
    about = peer_solved()
    around = environment() | {"DJANGO_SETTINGS_MODULE": "config.settings", "VIEWS_GATHERED_FOR": "600"}
    words = STOPS.format(key=A_VISITOR, thread=about.pk)
    done = subprocess.run(
        [sys.executable, "-c", words], env=around, cwd=project.BASE_DIR, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert View.objects.get().person_key == A_VISITOR
