"""Contacts from outside: brought in once, however often; every bad line told; nobody's address kept."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from community import clock
from community.errors import NotAllowed, Refused
from community.models import AuditEntry
from support.actions.contact_imports import Brought, enter_baseline, import_baseline, import_contacts
from support.contact_files import BadFile, BadLine, Contact, address_hash, read_baselines, read_contacts
from support.models import Baseline, ContactImport, OutsideContact
from tests import factories

pytestmark = pytest.mark.django_db

JUNE = datetime(2026, 6, 10, tzinfo=UTC)
HEAD = "time,channel,id,email,email_sha256"


def _bring(*lines: str, head: str = HEAD, **options: object) -> tuple[Brought, list[BadLine]]:
    bad: list[BadLine] = []
    with clock.at(JUNE):
        done = import_contacts(
            actor=None,
            source="telephone",
            contacts=read_contacts([f"{line}\n" for line in (head, *lines)]),
            tell=bad.append,
            **options,  # type: ignore[arg-type]
        )
    return done, bad


def _stored() -> Sequence[OutsideContact]:
    return list(OutsideContact.objects.order_by("external_id"))


def test_a_call_of_a_member_is_theirs_by_the_address_they_have_confirmed() -> None:
    caller = factories.person("Ann", email="ann@example.com")
    caller.emailaddress_set.create(email="ann@example.com", verified=True, primary=True)
    done, bad = _bring("2026-05-31T14:05:00Z,phone,c-1, Ann@Example.com ,")
    assert bad == []
    [call] = _stored()
    assert (call.person_key, call.channel, call.external_id) == (f"u:{caller.pk}", "phone", "c-1")
    assert call.occurred_at == datetime(2026, 5, 31, 14, 5, tzinfo=UTC)
    assert (done.new, done.linked, done.unlinkable) == (1, 1, 0)


def test_an_address_that_nobody_has_confirmed_makes_no_member_of_the_caller() -> None:
    claimer = factories.person("Ann", email="ann@example.com")
    claimer.emailaddress_set.create(email="ann@example.com", verified=False)
    _bring("2026-05-31T14:05:00Z,phone,c-1,ann@example.com,")
    [call] = _stored()
    assert call.person_key == ""
    assert call.person_hash != ""


def test_a_hash_and_the_address_it_is_of_are_the_same_person_and_neither_is_kept() -> None:
    hashed = address_hash("ann@example.com")
    _bring("2026-05-31T14:05:00Z,phone,c-1,ann@example.com,", f"2026-05-31T15:05:00Z,chat,c-2,,{hashed.upper()}")
    first, second = _stored()
    assert first.person_hash == second.person_hash
    assert first.person_hash != hashed, "whoever has a list of addresses could find the caller"


def test_a_caller_whom_nobody_knows_is_counted_as_unlinkable() -> None:
    done, _bad = _bring("2026-05-31 14:05,phone,c-1,,")
    assert (done.new, done.unlinkable) == (1, 1)
    assert ContactImport.objects.get().unlinkable == 1


def test_the_same_file_again_brings_nothing_twice() -> None:
    lines = ("2026-05-31T14:05:00Z,phone,c-1,,", "2026-05-31T14:06:00Z,phone,c-2,ann@example.com,")
    _bring(*lines)
    done, bad = _bring(*lines, "2026-05-31T14:07:00Z,phone,c-3,,", "2026-05-31T14:07:00Z,phone,c-3,,")
    assert (done.new, done.known, bad) == (1, 3, [])
    assert len(_stored()) == 3
    again, _bad = _bring(*lines)
    assert again.made is None
    assert ContactImport.objects.count() == 2


def test_a_contact_that_says_something_else_the_second_time_is_told_and_the_first_word_stands() -> None:
    _bring("2026-05-31T14:05:00Z,phone,c-1,,")
    done, bad = _bring("2026-05-31T14:05:00Z,chat,c-1,,")
    assert (done.new, done.rejected) == (0, 1)
    assert bad[0].line == 2
    assert _stored()[0].channel == "phone"
    with pytest.raises(IntegrityError), transaction.atomic():
        OutsideContact.objects.update(channel="chat")


@pytest.mark.parametrize(
    "line",
    [
        "yesterday,phone,c-1,,",
        "9999-12-31T23:59:59-23:00,phone,c-1,,",
        "2026-07-31T14:05:00Z,phone,c-1,,",
        "0001-01-01T00:00:00+14:00,phone,c-1,,",
        "1066-05-31T14:05:00Z,phone,c-1,,",
        "2026-05-31T14:05:00Z,pigeon,c-1,,",
        "2026-05-31T14:05:00Z,phone,,,",
        "2026-05-31T14:05:00Z,phone,ann@example.com,,",
        f"2026-05-31T14:05:00Z,phone,{'c' * 101},,",
        "2026-05-31T14:05:00Z,phone,c\x00,,",
        "2026-05-31T14:05:00Z,phone,c\ud800,,",
        "2026-05-31T14:05:00Z,phone,c-1,ann,",
        "2026-05-31T14:05:00Z,phone,c-1,,abc",
        f"2026-05-31T14:05:00Z,phone,c-1,ann@example.com,{'0' * 64}",
        "2026-05-31T14:05:00Z,phone,c-1",
        f"2026-05-31T14:05:00Z,phone,c-1,{'a' * 3000}@example.com,",
    ],
)
def test_a_bad_line_is_told_with_its_number_and_the_others_come_in(line: str) -> None:
    done, bad = _bring("2026-05-31T14:05:00Z,phone,good,,", line)
    assert (done.new, done.rejected) == (1, 1)
    assert [each.line for each in bad] == [3]
    assert bad[0].reason


def test_a_file_of_another_kind_is_refused_whole() -> None:
    with pytest.raises(BadFile, match="channel"):
        _bring("1,2", head="time,who")
    with pytest.raises(BadFile):
        _bring("2026-05-31T14:05:00Z,phone,c-1,,", '2026-05-31T14:05:00Z,phone,"c-2,,')
    with pytest.raises(BadFile):
        _bring(head="")
    assert not ContactImport.objects.exists()


def test_a_dry_run_says_what_would_come_and_writes_nothing() -> None:
    done, bad = _bring("2026-05-31T14:05:00Z,phone,c-1,,", "nonsense,phone,c-2,,", dry_run=True)
    assert (done.new, done.rejected, done.made, len(bad)) == (1, 1, None, 1)
    assert not ContactImport.objects.exists()
    assert not OutsideContact.objects.exists()
    assert not AuditEntry.objects.filter(verb="imported_contacts").exists()


def test_two_systems_may_call_their_contacts_alike() -> None:
    _bring("2026-05-31T14:05:00Z,phone,1,,")
    other = Contact(line=1, occurred_at=datetime(2026, 5, 1, tzinfo=UTC), channel="chat", external_id="1")
    with clock.at(JUNE):
        assert import_contacts(actor=factories.admin(), source="chat", contacts=[other]).new == 1
    with pytest.raises(NotAllowed):
        import_contacts(actor=factories.agent(), source="chat", contacts=[other])


# Baselines ------------------------------------------------------------------------------------------------------------
def test_a_baseline_takes_the_place_of_the_one_before_which_stays_to_be_seen() -> None:
    boss = factories.admin()
    with clock.at(JUNE):
        lines = ["month,contacts,customers,channel\n", "2026-05,300,12000,\n", "2026-05-01,200,12000,phone\n"]
        done = import_baseline(actor=boss, source="CRM", lines=read_baselines(lines))
        assert (done.new, done.known, done.rejected) == (2, 0, 0)
        assert import_baseline(actor=boss, source="CRM", lines=read_baselines(lines)).known == 2
        row, is_new = enter_baseline(actor=boss, month=date(2026, 5, 7), contacts=310, customers=12000, source="CRM")
    assert is_new
    assert row.month == date(2026, 5, 1)
    assert list(Baseline.objects.filter(channel="", replaced_at=None).values_list("contacts", flat=True)) == [310]
    assert Baseline.objects.filter(channel="").count() == 2


def test_a_month_that_is_not_over_or_has_no_customers_is_no_baseline() -> None:
    bad: list[BadLine] = []
    lines = ["month,contacts,customers\n", "2026-06,1,1\n", "2026-13,1,1\n", "2026-04,1,0\n", "2026-04,-1,5\n"]
    lines += ["2026-04,99999999999,5\n", "May,1,1\n", "1066-01,1,1\n", "2026-03,1,5\n"]
    with clock.at(JUNE):
        done = import_baseline(actor=None, source="CRM", lines=read_baselines(lines), tell=bad.append)
        with pytest.raises(Refused):
            enter_baseline(actor=None, month=date(2026, 6, 1), contacts=1, customers=1, source="CRM")
    assert (done.new, done.rejected) == (1, 7)
    assert [each.line for each in bad] == [2, 3, 4, 5, 6, 7, 8]
