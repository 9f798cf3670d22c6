"""`verify_integrity` finds what is broken about known issues, and `recount` puts their numbers right."""

from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from community.actions import known_issues
from community.integrity import violations
from community.known_issue_integrity import INVARIANTS
from community.models import KnownIssue
from tests.factories import agent, person, thread

pytestmark = pytest.mark.django_db

#: sentence -> a statement that breaks just that, as a bug or a hand in the database might
BREAKAGES = {
    "As many have a known issue too as said so": "UPDATE community_knownissue SET person_count = 7",
    "A known issue that was taken back holds no question": "UPDATE community_knownissuethread SET unlinked_at = NULL",
    "What is fixed was said to be": "UPDATE community_knownissueupdate SET is_fix = false",
    "A question that is part of a known issue has its event": "ALTER TABLE community_threadevent DISABLE TRIGGER"
    " append_only; DELETE FROM community_threadevent WHERE kind = 'known_issue'",
    "What staff do about a known issue has its audit row": "ALTER TABLE community_auditentry DISABLE TRIGGER"
    " append_only; DELETE FROM community_auditentry WHERE verb = 'opened_known_issue'",
}


@pytest.fixture
def known() -> KnownIssue:
    """One that is fixed, with somebody who has it; one that was taken back, with a question."""
    boss = agent()
    fixed = known_issues.open_issue(actor=boss, title="Red light", body="Wait.")
    known_issues.join(actor=person(), issue_id=fixed.pk)
    known_issues.fix(actor=boss, issue_id=fixed.pk, body="Restart it.")
    back = known_issues.open_issue(actor=boss, title="No sound", body="Wait.", thread_ids=[thread().pk])
    known_issues.withdraw(actor=boss, issue_id=back.pk)
    assert not broken()
    return fixed


def broken() -> set[str]:
    return {found.sentence for found in violations(INVARIANTS)}


@pytest.mark.parametrize("sentence", BREAKAGES)
def test_each_broken_rule_is_found(known: KnownIssue, sentence: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(BREAKAGES[sentence])
    assert broken() == {sentence}


def test_every_rule_is_tried_and_asked() -> None:
    assert BREAKAGES.keys() == INVARIANTS.keys()
    assert "community.known_issue_integrity.INVARIANTS" in settings.INVARIANTS


def test_a_count_that_drifted_is_told_and_put_right(known: KnownIssue) -> None:
    KnownIssue.objects.filter(pk=known.pk).update(person_count=7)
    told = StringIO()
    call_command("recount", stdout=told)
    known.refresh_from_db()
    assert f"knownissue {known.pk}: person_count was 7, rows say 1" in told.getvalue() and known.person_count == 1
