"""What figures keep of people: the words go, with their owner, their question or with time; the facts stay."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from community import clock
from community.actions import purges
from community.actions.erasure import erase
from community.actions.redaction import redact
from community.care.kept import kinds
from community.care.retention import sweep
from community.models import Thread, User
from community.personal.archive import describe, parts_of
from community.personal.erasing import finish_erasures
from support.actions import readers, solved_ratings
from support.actions.contact_imports import import_contacts
from support.actions.ledger import advance, rebuild
from support.contact_files import Contact, address_hash
from support.models import (
    DeflectionEntry,
    OutsideContact,
    RightsChange,
    SolvedRating,
    Survey,
    SurveyWords,
    View,
)
from tests.factories import moderator, person
from tests.support.reading_people import answered, everybody_is_drawn, key_of, peer_solved

pytestmark = pytest.mark.django_db
RATED, SAID = "zqrated77 by Zoe Zander", "zqsaid77 after Zoe Zander"


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "media"


@pytest.fixture
def zoe() -> User:
    made = person("zoe", display_name="Zoe Zander")
    made.emailaddress_set.create(email="zoe@example.com", verified=True, primary=True)
    return made


def rated(asker: User, words: str) -> Thread:
    """Their question, solved and rated three weeks ago: who was asked that may be asked something else by now."""
    with clock.at(clock.now() - timedelta(days=21)):
        about = peer_solved(asker)
        assert solved_ratings.offer_rating(actor=asker, thread_id=about.pk) is not None
        solved_ratings.rate_solved(actor=asker, thread_id=about.pk, score=5, words=words)
    return about


def read_and_said(reader: User, about: Thread, words: str) -> None:
    """A reader of somebody's question who was asked, and said something."""
    answered(key_of(reader), about)
    token = Survey.objects.get(person_key=key_of(reader)).token
    assert readers.say_in_words(person_key=key_of(reader), token=token, text=words)


def called(who: str) -> None:
    call = Contact(1, clock.now() - timedelta(hours=1), "phone", f"call of {who[:3]}", address_hash(who))
    assert import_contacts(actor=None, source="telephone", contacts=[call]).new == 1


def words_left() -> list[str]:
    ratings = SolvedRating.objects.exclude(words="").values_list("words", flat=True)
    return sorted([*ratings, *SurveyWords.objects.values_list("text", flat=True)])


def archive_of(who: User) -> dict[str, list[dict[str, Any]]]:
    found = {part.model._meta.model_name or "": [describe(row, who.pk) for row in part.rows] for part in parts_of(who)}
    return {name: rows for name, rows in found.items() if rows}


def test_ones_archive_has_what_one_said_and_how_one_was_counted(zoe: User) -> None:
    everybody_is_drawn()
    rated(zoe, RATED)
    other = person("other")
    read_and_said(zoe, rated(other, "zqother77"), SAID)
    called("zoe@example.com")
    called("other@example.com")
    with clock.at(clock.now() + timedelta(minutes=1)):
        advance()
    said = archive_of(zoe)
    assert [row["words"] for row in said["solvedrating"]] == [RATED]
    assert [row["text"] for row in said["surveywords"]] == [SAID]
    for name in ("view", "survey", "deflectioncase", "deflectionentry", "outsidecontact"):
        assert said[name], name
    assert len(said["outsidecontact"]) == 1
    assert "zqother77" not in str(said)


def test_with_their_owner_the_words_go_and_every_figure_stays(zoe: User) -> None:
    everybody_is_drawn()
    rated(zoe, RATED)
    reader = person()
    read_and_said(zoe, rated(reader, SAID), "zqreader77")
    called("zoe@example.com")
    with clock.at(clock.now() + timedelta(minutes=1)):
        advance()
    entries = list(DeflectionEntry.objects.order_by("pk").values())
    erase(actor=zoe, person_id=zoe.pk)
    finish_erasures()
    left = words_left()
    assert len(left) == 1 and left[0].startswith("zqsaid77") and "Zoe" not in left[0]
    with clock.at(clock.now() + timedelta(minutes=2)):
        advance()
    kept = list(DeflectionEntry.objects.order_by("pk").values())
    assert kept[: len(entries)] == entries
    assert rebuild(check=True).differing == 0
    assert View.objects.filter(person_key=key_of(zoe)).exists()
    assert OutsideContact.objects.get().person_key == key_of(zoe)


def test_what_is_private_is_taken_out_of_what_was_said_about_a_question(zoe: User) -> None:
    everybody_is_drawn()
    about = rated(zoe, "My number is 0815-zq, call me")
    read_and_said(person(), about, "It is 0815-zq too")
    redact(actor=moderator(), thread_id=about.pk, pieces=["0815-zq"])
    assert len(words_left()) == 2 and not any("0815-zq" in words for words in words_left())


def test_with_a_question_that_is_destroyed_goes_what_was_said_about_it(zoe: User) -> None:
    everybody_is_drawn()
    about = rated(zoe, RATED)
    read_and_said(person(), about, SAID)
    purge = purges.ask(actor=moderator(), thread_id=about.pk, ground="illegal")
    purges.confirm(actor=moderator(), purge_id=purge.pk)
    assert words_left() == []
    assert Survey.objects.filter(is_solved=True).count() == 1


def test_after_two_years_what_was_said_goes_and_what_was_answered_stays(zoe: User) -> None:
    everybody_is_drawn()
    read_and_said(person(), rated(zoe, RATED), SAID)
    for name in ("solved_words", "survey_words"):
        kind = kinds()[name]
        assert sweep(kind, kind.days) == 0
        with clock.at(clock.now() + timedelta(days=kind.days + 1)):
            assert sweep(kind, kind.days) == 1
    assert words_left() == []
    assert SolvedRating.objects.get().score == 5 and Survey.objects.get().is_solved
    assert not RightsChange.objects.filter(person_key=key_of(zoe)).exists()
