"""Mail that came in is forgotten: by age, with its sender's account; what was never let in is turned away."""

from datetime import timedelta
from typing import Any

import pytest

from community import clock
from community.actions.erasure import erase
from community.care.retention import sweep_all
from community.models import IncomingMail, IncomingRaw, User
from tests.factories import person

pytestmark = pytest.mark.django_db


def came(who: User, *, days: int, **fields: Any) -> IncomingMail:
    known = {"sender": "anna@example.com", "subject": "Red", "kept": "Words.", "cut": "> More.", "person": who}
    mail = IncomingMail.objects.create(
        **known, received_at=clock.now() - timedelta(days=days), door="pipe", target_kind="t", **fields
    )
    if mail.end == "held":
        IncomingRaw.objects.create(mail=mail, data=b"Subject: Red")
    return mail


def test_by_age_words_go_first_what_waits_is_turned_away_and_what_was_refused_goes() -> None:
    anna = person("anna")
    old = came(anna, days=91, end="accepted", reason="command")
    fresh = came(anna, days=80, end="accepted", reason="command")
    held = came(anna, days=31, end="held", reason="unverified")
    waits = came(anna, days=20, end="held", reason="unverified")
    refused = came(anna, days=31, end="rejected", reason="automatic")
    sweep_all()
    old.refresh_from_db()
    fresh.refresh_from_db()
    held.refresh_from_db()
    assert (old.sender, old.kept, old.cut, old.end) == ("", "", "", "accepted")
    assert fresh.kept == "Words."
    assert (held.end, held.reason) == ("rejected", "decided")
    assert list(IncomingRaw.objects.values_list("mail", flat=True)) == [waits.pk]
    assert not IncomingMail.objects.filter(pk=refused.pk).exists()


def test_whoever_closes_their_account_has_sent_no_words() -> None:
    anna = person("anna")
    done, held = came(anna, days=1, end="accepted", reason="command"), came(anna, days=1, end="held", reason="sender")
    erase(actor=anna, person_id=anna.pk)
    done.refresh_from_db()
    held.refresh_from_db()
    assert (done.sender, done.subject, done.kept, done.cut) == ("", "", "", "")
    assert (done.end, held.end, held.reason) == ("accepted", "rejected", "decided")
    assert not IncomingRaw.objects.exists()
