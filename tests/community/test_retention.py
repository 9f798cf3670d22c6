"""How long things are kept: what is overdue goes, nothing younger, nothing an open case needs, and a look writes
nothing."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from community import clock
from community.actions import appeals, decisions, keeping, reports, settling
from community.actions.drafts import save_draft
from community.actions.record import record_audit
from community.care.free_text import not_by_age
from community.care.kept import kinds, table
from community.care.others import others
from community.care.retention import chosen_days, look, sweep_all
from community.errors import NotAllowed, Refused
from community.models import (
    Appeal,
    AuditEntry,
    AuditNote,
    Decision,
    DecisionWords,
    Draft,
    IllegalReport,
    Keeping,
    LimitCount,
    Mail,
    Notification,
    PostKey,
    Review,
)
from tests.factories import admin, moderator, person, reply, thread
from tests.fingerprint import contents, tables

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def ages(kind: str) -> tuple[Any, Any]:
    """Moments a day before and a day after the one at which this kind goes."""
    kept = timedelta(days=kinds()[kind].days)
    return clock.now() - kept - DAY, clock.now() - kept + DAY


def test_what_is_overdue_goes_and_nothing_younger() -> None:
    anna, judge, question = person("anna"), moderator(), thread()
    PostKey.objects.all().delete()
    for old, moment in enumerate(ages("post_keys")):
        PostKey.objects.create(person=anna, key=f"k{old}", created_at=moment)
    for old, moment in enumerate(ages("mails")):
        Mail.objects.create(
            kind="notice", key=f"m{old}", created_at=moment, due_at=moment, settled_at=moment, outcome="sent"
        )
    for old, moment in enumerate(ages("read_notifications")):
        facts = {"event_kind": "thread_event", "event_id": old, "recipient": anna, "created_at": moment}
        Notification.objects.create(**facts, read_at=moment, reason="asked")
    for moment in ages("drafts"):
        with clock.at(moment):
            save_draft(actor=anna, place=f"answer:{moment:%j}", body="Half a question")
    for moment in ages("audit_notes"):
        with clock.at(moment):
            record_audit("locked", actor=judge, target=question, note="Why")
    for moment in ages("decision_words"):
        with clock.at(moment):
            decisions.decide(actor=judge, outcome="hidden", thread=question, person=anna, words="Because")
    Mail.objects.filter(kind="decision").delete()
    LimitCount.objects.all().delete()
    gone = sweep_all()
    counts = [PostKey, Mail, Notification.objects.filter(read_at__isnull=False), Draft, AuditNote, DecisionWords]
    assert [getattr(each, "objects", each).count() for each in counts] == [1] * 6
    assert {name: count for name, count in gone.items() if count} == dict.fromkeys(
        ["post_keys", "mails", "read_notifications", "drafts", "audit_notes", "decision_words"], 1
    )
    assert AuditEntry.objects.count() == 2 and Decision.objects.count() == 2, "facts stay"
    assert set(sweep_all().values()) == {0}


def test_a_look_says_what_would_go_and_writes_nothing() -> None:
    old = ages("post_keys")[0]
    PostKey.objects.create(person=person(), key="k", created_at=old)
    names = tables(())
    before = contents(names)
    said = StringIO()
    call_command("retention", "--dry-run", stdout=said)
    assert contents(names) == before
    (line,) = [line for line in said.getvalue().splitlines() if line.startswith("post_keys")]
    assert "1 would go" in line and f"{old:%Y-%m-%d}" in line
    call_command("retention", stdout=said)
    assert not PostKey.objects.filter(key="k").exists()


def test_an_open_case_holds_the_words_it_is_about() -> None:
    judge, ben = moderator(), person("ben")
    answer = reply(thread(), ben)
    long_ago = clock.now() - timedelta(days=11 * 365)
    with clock.at(long_ago):
        report, _token = reports.report_illegal(
            actor=None,
            place=answer.get_absolute_url(),
            category="fraud",
            explanation="It is one.",
            name="Rea",
            address="rea@example.com",
            in_good_faith=True,
        )
        decision = decisions.decide(
            actor=judge,
            outcome="hidden",
            ground="spam",
            thread=answer.thread,
            answer=answer,
            person=ben,
            words="Because",
        )
        made = appeals.appeal(actor=ben, decision_id=decision.pk, words="No")
        record_audit("hidden", actor=judge, target=answer, note="Spam")
    sweep_all()
    report.refresh_from_db()
    assert (report.name, report.explanation) == ("Rea", "It is one.")
    assert DecisionWords.objects.exists() and AuditNote.objects.exists() and Appeal.objects.get().words == "No"
    with clock.at(long_ago + DAY):
        assert report.review_id is not None and made.review_id is not None
        settling.settle(actor=judge, review_id=report.review_id, choice="leave", words="Fine.")
        settling.settle(actor=admin(), review_id=made.review_id, choice="reject", words="It stands.")
    sweep_all()
    report.refresh_from_db()
    assert (report.name, report.address, report.explanation, report.told_words) == ("", "", "", "")
    assert report.category == "fraud" and report.decision_id is not None, "the figures of the year stay"
    assert not DecisionWords.objects.exists() and not AuditNote.objects.exists()
    assert Appeal.objects.get().words == "" and Review.objects.count() == 2


def test_administrators_choose_within_what_makes_sense() -> None:
    boss = admin()
    keeping.keep_for(actor=boss, kind="mails", days=40)
    assert chosen_days()["mails"] == 40
    entry = AuditEntry.objects.get(verb="kept_for")
    assert entry.actor == boss and entry.note.text == "mails: 90 -> 40"
    for days in (0, 30, 10**6):
        with pytest.raises(Refused):
            keeping.keep_for(actor=boss, kind="mails", days=days)
    with pytest.raises(NotAllowed):
        keeping.keep_for(actor=moderator(), kind="mails", days=50)
    Keeping.objects.update(days=1)  # whatever stands there, less than the least is never kept
    assert chosen_days()["mails"] == kinds()["mails"].least


@pytest.mark.parametrize("kind", table(), ids=[kind.name for kind in table()])
def test_every_kind_can_be_asked_and_makes_sense(kind: Any) -> None:
    assert kind.least <= kind.days <= kind.most and kind.what and kind.why
    assert next(found for found in look() if found.kind == kind).count >= 0


def test_every_field_of_free_text_is_in_the_table_or_has_its_reason_not_to_be() -> None:
    """A new model with people's words in it: give care/kept.py a kind for it, or care/free_text.py the reason."""
    written = {
        f"{model.__name__}.{field.name}"
        for app in ("community", *(care.app for care in others()))
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, (models.TextField, models.CharField)) and not field.choices
    }
    named = {field for kind in table() for field in kind.texts}
    assert written - named - set(not_by_age()) == set()
    assert named & set(not_by_age()) == set()


def test_the_reporter_of_a_fresh_report_is_kept() -> None:
    report, _token = reports.report_illegal(
        actor=None,
        place="/t/1/x/",
        category="fraud",
        explanation="It is one.",
        name="Rea",
        address="rea@example.com",
        in_good_faith=True,
    )
    Review.objects.update(settled_at=clock.now(), outcome="leave", settled_by=moderator())
    sweep_all()
    assert IllegalReport.objects.get(pk=report.pk).name == "Rea"
