"""`verify_integrity` finds every broken invariant of the ledger."""

import pytest
from django.db import connection

from community import clock
from community.actions import solutions
from community.integrity import violations
from support.ledger.invariants import INVARIANTS
from tests.support.ledger.acts import DAY, MAY, advanced, solved
from tests.support.reading_people import A_VISITOR, answered, everybody_is_drawn

pytestmark = [pytest.mark.django_db, pytest.mark.server]

#: what each is broken by; triggers would let none of it happen
BREAKAGES = {
    "A case stands as its last entry says": "UPDATE support_currententry SET status = 'pending', reason = ''",
    "Entries are numbered from one, and every move is a legal one": "UPDATE support_deflectionentry SET seq = seq + 9",
    "Cases are counted as they stand": "UPDATE support_ledgertally SET count = count + 1",
    "Readers are counted as they are known": "UPDATE support_viewertally SET shown = 0",
    "A person counts once for a question within the window": "UPDATE support_currententry SET status = 'credited',"
    " reason = '', person_key = 'u:1', thread_id = (SELECT min(id) FROM community_thread)",
    "Whoever counts directly accepted a peer’s answer to their own question": "UPDATE community_solution"
    " SET resolution_class = 'mixed'",
    "Nothing counts that was imported, or was asked by staff": "UPDATE community_thread SET asker_role = 'agent'",
    "A locked month is as it was when it locked": "UPDATE support_lockedmonth"
    " SET figures = jsonb_set(figures, '{rows,0,count}', '7')",
}


@pytest.fixture
def may() -> None:
    """A month with two cases that count, one that was taken back, and a reader who said so, locked."""
    with clock.at(MAY - DAY):
        everybody_is_drawn()
    asked = solved(MAY)
    solved(MAY + DAY)
    back = solved(MAY + 2 * DAY)
    with clock.at(MAY + 3 * DAY):
        solutions.withdraw(actor=back.asker, thread_id=back.pk)
        answered(A_VISITOR, asked)
    advanced(MAY + 5 * DAY)
    advanced(MAY + 50 * DAY)


def broken() -> set[str]:
    return {found.sentence for found in violations(INVARIANTS)}


def test_a_ledger_that_only_advanced_breaks_nothing(may) -> None:
    assert broken() == set()


@pytest.mark.parametrize("sentence", BREAKAGES)
def test_a_broken_invariant_is_found(may, sentence: str) -> None:
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE support_deflectionentry DISABLE TRIGGER USER")
        cursor.execute(BREAKAGES[sentence])
    assert sentence in broken()


def test_every_invariant_is_broken_once_in_these_tests() -> None:
    assert set(INVARIANTS) == set(BREAKAGES)
