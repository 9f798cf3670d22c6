"""Members say that something is wrong: once each, and enough of them take a post out of sight until somebody looks."""

from datetime import timedelta

import pytest

from community import clock
from community.actions import flags, moderation, settling
from community.errors import NotAllowed, NotThere, Refused
from community.integrity import violations
from community.models import Answer, AuditEntry, Brand, Flag, Hiding, Review, User
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_ever_broken():
    yield
    assert list(violations()) == []


def old(name: str = "") -> User:
    """A member who has asked before: their word counts whole."""
    member = person(name)
    with clock.at(clock.now() - timedelta(days=30)):
        for _ in range(2):
            thread(member)
    return member


def flag(said: Answer, by: User | None = None, ground: str = "spam", words: str = "") -> Flag:
    return flags.flag(actor=by or old(), thread_id=said.thread_id, answer_id=said.pk, ground=ground, words=words)


def is_hidden(said: Answer) -> bool:
    return Answer.objects.get(pk=said.pk).hidden_at is not None


def test_one_person_flags_a_post_once() -> None:
    said, finder = reply(thread()), old()
    assert flag(said, finder) == flag(said, finder, "rude")
    assert Review.objects.get().reasons == ["spam"]


def test_reasons_of_several_people_stand_in_one_review_and_graver_ones_weigh_more() -> None:
    light, grave = reply(thread()), reply(thread())
    flag(light, ground="off_topic")
    flag(light, ground="spam")
    flag(grave, ground="illegal")
    assert Review.objects.get(answer=light).reasons == ["off_topic", "spam"]
    assert list(Review.objects.order_by("-weight").values_list("answer", flat=True)) == [grave.pk, light.pk]


def test_three_people_hide_a_post_and_two_do_not() -> None:
    said = reply(thread())
    flag(said)
    flag(said)
    assert not is_hidden(said)
    flag(said)
    assert Answer.objects.get().hidden_for == Hiding.FLAGS
    assert Review.objects.get().weight > flags.HIDDEN_WEIGHS
    assert AuditEntry.objects.get(verb="hidden").actor is None


def test_new_people_count_half() -> None:
    said = reply(thread())
    for _ in range(5):
        flag(said, person())
    assert not is_hidden(said)
    flag(said, person())
    assert is_hidden(said)


@pytest.mark.parametrize(("needed", "hidden"), [(0, False), (1, True), (2, False)])
def test_the_brand_says_how_many_it_takes_and_none_is_never(needed, hidden) -> None:
    Brand.objects.update(flags_to_hide=needed)
    said = reply(thread())
    flag(said)
    assert is_hidden(said) is hidden


def test_what_staff_wrote_is_never_hidden_by_flags() -> None:
    said = reply(thread(), moderator())
    for _ in range(5):
        flag(said)
    assert not is_hidden(said)
    assert Review.objects.waiting().exists()


@pytest.mark.parametrize("looked", ["restored in the queue", "restored on the page", "left"])
def test_what_a_moderator_looked_at_is_not_hidden_by_flags_again(looked) -> None:
    said, judge = reply(thread()), moderator()
    for _ in range(1 if looked == "left" else 3):
        flag(said)
    review = Review.objects.get()
    if looked == "restored on the page":
        moderation.restore_answer(actor=judge, answer_id=said.pk)
    else:
        settling.settle(actor=judge, review_id=review.pk, choice="keep" if looked == "left" else "restore")
    for _ in range(4):
        flag(said)
    assert not is_hidden(said)
    assert Review.objects.waiting().count() == 1


def test_flags_of_people_whose_flags_were_wrong_count_less() -> None:
    crier, judge = old("crier"), moderator()
    for _ in range(4):
        said = reply(thread())
        flag(said, crier)
        settling.settle(actor=judge, review_id=Review.objects.get(answer=said).pk, choice="keep")
    assert flags.weight_of([crier]) == {crier.pk: 0.1}
    said = reply(thread())
    for by in (crier, old(), old()):
        flag(said, by)
    assert not is_hidden(said)
    flag(said)
    assert is_hidden(said)


def test_nobody_flags_what_is_their_own_or_out_of_their_sight() -> None:
    said = reply(thread())
    for own in (said.author,):
        with pytest.raises(NotAllowed):
            flag(said, own)
    with pytest.raises(NotThere):
        flags.flag(actor=old(), thread_id=said.thread_id, answer_id=2**63, ground="spam")
    closed = thread(on=board(audience="signed_in"))
    Answer.objects.filter(pk=said.pk)
    moderation.hide_answer(actor=moderator(), answer_id=said.pk)
    moderation.hide_thread(actor=moderator(), thread_id=closed.pk)
    with pytest.raises(NotThere):
        flag(said)
    with pytest.raises(NotThere):
        flags.flag(actor=old(), thread_id=closed.pk, ground="spam")
    assert not Flag.objects.exists()


@pytest.mark.parametrize("said", [{"ground": "no"}, {"ground": ""}, {"words": "\x00"}, {"words": "x" * 1001}])
def test_what_makes_no_sense_is_refused(said) -> None:
    with pytest.raises(Refused):
        flag(reply(thread()), **said)


def test_the_last_flag_that_is_taken_back_takes_the_review_along() -> None:
    said, finder, other = reply(thread()), old(), old()
    flag(said, finder)
    flag(said, other)
    for by, waiting in ((finder, 1), (other, 0)):
        flags.withdraw(actor=by, thread_id=said.thread_id, answer_id=said.pk)
        assert Review.objects.waiting().count() == waiting
    flag(said, finder)
    assert Review.objects.waiting().count() == 1
