"""A ledger that moves to another site: the same entries there, and all that is made from them made again."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from community import clock
from community.integrity import violations
from support.actions.ledger import advance, rebuild
from support.models import CurrentEntry, DeflectionEntry, LedgerState, LedgerTally
from tests.community.test_transfer import empty_site
from tests.support.figures_world import JUNE, enter_costs, live_may

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_ledger_moves_with_its_community(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "media"
    enter_costs(live_may().boss)
    entries = list(DeflectionEntry.objects.order_by("pk").values())
    current = list(CurrentEntry.objects.order_by("pk").values())
    assert len(entries) >= 4
    quiet = {"stdout": StringIO(), "stderr": StringIO()}
    call_command("export_community", tmp_path / "one", **quiet)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE support_ledgertally, support_viewertally, support_ledgerstate")
    empty_site(settings, tmp_path / "media two")
    call_command("import_community", tmp_path / "one", **quiet)
    assert list(DeflectionEntry.objects.order_by("pk").values()) == entries
    assert list(CurrentEntry.objects.order_by("pk").values()) == current
    assert sum(LedgerTally.objects.values_list("count", flat=True)) == len(current)
    assert LedgerState.objects.get().complete_until is None
    with clock.at(JUNE):
        advance()
    assert list(DeflectionEntry.objects.order_by("pk").values()) == entries, "nothing new happened by moving"
    assert rebuild(check=True).differing == 0 and list(violations()) == []
