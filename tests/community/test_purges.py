"""What two persons agree to destroy is gone everywhere; that it was there, its place and its counts stay."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from community.actions import purges, solutions
from community.actions.hiding import bring_back
from community.actions.record import lock_thread
from community.care.forgotten import catch_up, entries, path
from community.care.replay import FORGET_AGAIN
from community.errors import NotAllowed, NotThere, Refused
from community.integrity import violations
from community.models import Answer, AuditEntry, Decision, Purge, Review, Thread, ThreadEvent
from tests.community.dumping import traces_left
from tests.community.planted import PLACES, plant
from tests.factories import admin, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.OUTBOX_DIR = tmp_path / "data" / "outbox"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.MEDIA_ROOT.mkdir(parents=True)


@pytest.mark.parametrize("in_question", [True, False])
def test_none_of_the_planted_traces_is_left_after_a_purge(client: Client, in_question: bool) -> None:
    planted = plant(in_question=in_question)
    target, asked = planted.target, planted.thread
    answer_id = target.pk if target else None
    asking = purges.ask(
        actor=moderator("rita"), thread_id=asked.pk, answer_id=answer_id, ground="illegal", words=planted.traces["body"]
    )
    assert traces_left(planted.traces) == list(PLACES)  # nothing is destroyed by one alone
    purges.confirm(actor=admin("alva"), purge_id=asking.pk)
    assert traces_left(planted.traces | {"note for staff": "Kept for staff."}) == []
    assert list(violations()) == []
    kept = Thread.objects.get(pk=asked.pk)
    assert kept.last_position == asked.last_position
    post = kept if target is None else Answer.objects.get(pk=target.pk)
    assert (post.body, post.body_html, post.hidden_for) == ("", "", "purged")
    assert client.get(f"/t/{asked.pk}/x/", follow=True).status_code == (410 if in_question else 200)
    assert [(one.kind, one.id) for one in entries()] == [("thread" if in_question else "answer", post.pk)]
    assert Decision.objects.get(outcome="purged").person == planted.author


def test_nobody_destroys_alone_nor_in_their_own_case() -> None:
    rita, alva = moderator("rita"), admin("alva")
    asked = thread(alva)
    given = reply(asked)
    asking = purges.ask(actor=rita, thread_id=asked.pk, ground="private")
    assert purges.ask(actor=alva, thread_id=asked.pk, ground="spam") == asking
    for who in (rita, alva, person(), given.author):
        with pytest.raises((NotAllowed, NotThere)):
            purges.confirm(actor=who, purge_id=asking.pk)
    assert Thread.objects.get().body
    mona = moderator("mona")
    for _twice in range(2):
        purges.confirm(actor=mona, purge_id=asking.pk)
    assert ThreadEvent.objects.filter(kind="purged").count() == 1
    assert Review.objects.get(kind="purge").outcome == "purge"
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"purge_asked", "hidden", "purged"}
    with pytest.raises(Refused):
        purges.ask(actor=rita, thread_id=asked.pk, ground="spam")


def test_a_wish_can_be_taken_back_and_then_nothing_was_destroyed() -> None:
    rita, asked = moderator("rita"), thread()
    asking = purges.ask(actor=rita, thread_id=asked.pk, ground="private")
    assert Thread.objects.get().hidden_at is not None
    purges.withdraw(actor=rita, purge_id=asking.pk)
    with pytest.raises(NotThere):
        purges.confirm(actor=admin(), purge_id=asking.pk)
    assert Thread.objects.get().body
    assert not Review.objects.waiting().exists()
    again = purges.ask(actor=rita, thread_id=asked.pk, ground="private")
    assert again != asking
    with pytest.raises(Refused):
        purges.ask(actor=rita, thread_id=asked.pk, ground="no such ground")


def test_a_destroyed_solution_is_none_and_never_comes_back() -> None:
    anna = person("anna")
    asked = thread(anna)
    given, other = reply(asked), reply(asked, body="Try the other button.")
    solutions.accept(actor=anna, answer_id=given.pk)
    purges.confirm(
        actor=admin(), purge_id=purges.ask(actor=moderator(), thread_id=asked.pk, answer_id=given.pk, ground="rude").pk
    )
    asked.refresh_from_db()
    assert (asked.solved_at, asked.answer_count, asked.last_position) == (None, 1, 2)
    assert Answer.objects.get(pk=other.pk).hidden_at is None
    with transaction.atomic(), pytest.raises(Refused):
        bring_back(
            actor=None, thread=lock_thread(actor=anna, thread_id=asked.pk), answer=Answer.objects.get(pk=given.pk)
        )
    assert list(violations()) == []


def test_after_an_older_backup_it_is_destroyed_again_and_twice_is_once() -> None:
    asked = thread(body="plantedwords77 here")
    given = reply(asked, body="plantedwords88 here")
    assert FORGET_AGAIN["answer"](given.pk)
    assert FORGET_AGAIN["thread"](asked.pk)
    assert traces_left({"question": "plantedwords77", "answer": "plantedwords88"}) == []
    version = Thread.objects.get().version
    assert FORGET_AGAIN["thread"](asked.pk)
    assert Thread.objects.get().version == version
    assert not FORGET_AGAIN["thread"](10**9)
    assert not FORGET_AGAIN["answer"](10**9)
    assert list(violations()) == []


def test_what_the_database_knows_of_purges_reaches_the_file_that_backups_forget() -> None:
    asked = thread()
    purges.confirm(actor=admin(), purge_id=purges.ask(actor=moderator(), thread_id=asked.pk, ground="spam").pk)
    path().unlink()
    assert catch_up() == 1
    assert [(one.kind, one.id) for one in entries()] == [("thread", asked.pk)]
    assert Purge.objects.filter(confirmed_at__isnull=False).count() == 1
