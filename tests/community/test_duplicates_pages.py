"""Duplicates on their pages: who is led where, and what leaves lists and feeds."""

import pytest
from django.test import Client

from community.actions import duplicates, moderation, solutions
from community.models import Answer, Board, Merge, Notification
from community.notices.fanout import fan_out_all
from community.notices.notifiables import show
from community.reading.found.sitemaps import THREADS
from tests.community.duplicates import fresh, judge, nothing_is_ever_broken  # noqa: F401 - fixtures
from tests.factories import board, person, reply, thread

pytestmark = pytest.mark.django_db


# Who is told ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_the_asker_of_the_duplicate_is_told_once_and_led_to_the_original(judge) -> None:
    first, again = thread(title="The light is red"), thread(title="Why is the light red?")
    for _ in range(2):
        duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
        fan_out_all()
        duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
        assert not Notification.objects.exists()
    duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
    fan_out_all()
    told = show(Notification.objects.filter(recipient=again.asker), again.asker)
    assert [(shown.sentence, shown.title) for _row, shown in told] == [
        ("Your question was asked before", "The light is red")
    ]
    assert told[0][1].url.startswith(first.get_absolute_url())
    assert not Notification.objects.exclude(recipient=again.asker).exists()


def test_a_mark_taken_back_at_once_tells_nobody(judge) -> None:
    first, again = thread(), thread()
    duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
    duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
    fan_out_all()
    assert not Notification.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_asker_hears_of_answers_at_the_original(judge) -> None:
    first, again = thread(), thread()
    duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
    fan_out_all()
    Notification.objects.all().delete()
    reply(first)
    fan_out_all()
    assert Notification.objects.filter(recipient=again.asker, reason="me_too").count() == 1


# The pages ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def pair(judge):
    """A question with a solution, and its duplicate with an answer."""
    first, again = thread(title="The light is red"), thread(title="Why is the light red?")
    solutions.accept(actor=first.asker, answer_id=reply(first).pk)
    reply(again, body="Have you tried the button?")
    duplicates.mark_duplicate(actor=judge, thread_id=again.pk, original_id=first.pk)
    return fresh(first), fresh(again)


def page(who, address: str, status: int = 200) -> str:
    client = Client()
    if who is not None:
        client.force_login(who)
    response = client.get(address)
    assert response.status_code == status, address
    return response["Location"] if status in (301, 302) else " ".join(response.content.decode().split())


def test_the_duplicates_page_leads_everybody_to_the_original(pair) -> None:
    first, again = pair
    answers_address = f"/threads/{again.pk}/answers/1/"
    for who, addresses in (
        (None, [again.get_absolute_url(), answers_address]),
        (person(), [again.get_absolute_url(), answers_address]),
        (again.asker, [again.get_absolute_url()]),
        (Answer.objects.get(thread=again).author, [again.get_absolute_url()]),
    ):
        for address in addresses:
            led = page(who, address, 302)
            assert led == f"{first.get_absolute_url()}?merged={again.pk}#main"
    text = page(None, led.partition("#")[0])
    assert "<strong>This was asked before:</strong> “Why is the light red?” is answered here." in text
    assert "merged=stay" not in text
    assert "asked before" not in page(None, first.get_absolute_url())


def test_its_asker_and_those_who_answered_still_read_it(pair) -> None:
    first, again = pair
    helper = Answer.objects.get(thread=again).author
    for who in (again.asker, helper):
        there = page(who, f"{first.get_absolute_url()}?merged={again.pk}")
        assert ("Your question was asked before" in there) == (who == again.asker)
        assert f"{again.get_absolute_url()}?merged=stay" in there
        text = page(who, f"{again.get_absolute_url()}?merged=stay")
        assert "Have you tried the button?" in text
        assert "takes no more answers" in text
        assert first.title in text
        assert "no-duplicate" not in text
        assert page(who, f"/threads/{again.pk}/answers/1/", 302) == f"{again.get_absolute_url()}?merged=stay&page=1#a1"
    page(person(), f"{again.get_absolute_url()}?merged=stay", 302)
    page(None, f"{again.get_absolute_url()}?merged=stay", 302)


def test_moderators_read_a_duplicate_and_take_it_back_with_one_press(pair, judge) -> None:
    _first, again = pair
    text = page(judge, again.get_absolute_url())
    assert f'formaction="/threads/{again.pk}/no-duplicate/"' in text
    assert "Have you tried the button?" in text
    client = Client()
    client.force_login(judge)
    for _ in range(2):
        assert client.post(f"/threads/{again.pk}/no-duplicate/").status_code == 303
    assert "takes no more answers" not in page(None, again.get_absolute_url())


def test_whoever_may_not_see_the_original_reads_the_duplicate(pair, judge) -> None:
    first, again = pair
    moderation.hide_thread(actor=judge, thread_id=first.pk)
    text = page(None, again.get_absolute_url())
    assert "takes no more answers" in text
    assert first.title not in text
    moderation.restore_thread(actor=judge, thread_id=first.pk)
    page(None, again.get_absolute_url(), 302)


def test_a_made_up_origin_says_nothing(pair) -> None:
    first, again = pair
    other = thread(title="Secret one", on=board(audience=Board.Audience.SIGNED_IN))
    for word in ("x", "0", str(other.pk), str(first.pk), "9" * 400, "-1", "٣", ""):
        assert "asked before" not in page(None, f"{first.get_absolute_url()}?merged={word}")
    assert "Why is the light red?" in page(None, f"{first.get_absolute_url()}?merged={again.pk}")


def test_a_duplicate_leaves_lists_feeds_figures_and_searches_and_comes_back(pair, judge) -> None:
    first, again = pair
    sitemap = f"/sitemap-threads-{(again.pk + THREADS - 1) // THREADS}.xml"
    elsewhere = [
        "/",
        "/threads/",
        "/threads/?list=unsolved",
        f"/boards/{again.board.slug}/",
        "/threads/feed/",
        sitemap,
        "/search/?q=why+red",
        f"/threads/{first.pk}/similar/",
        f"/people/{again.asker.slug}/",
    ]
    assert [each for each in elsewhere if again.slug in page(None, each)] == []
    duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
    shown = [each for each in elsewhere if again.slug in page(None, each)]
    assert set(elsewhere) - set(shown) <= {"/", sitemap}


def test_a_moderator_marks_a_duplicate_on_its_page_by_number_or_address(judge) -> None:
    first, again = thread(), thread()
    client = Client()
    client.force_login(judge)
    assert "Mark as duplicate" in client.get(again.get_absolute_url()).content.decode()
    for word in (f"{first.pk}", f" #{first.pk} ", f"https://example.com{first.get_absolute_url()}?page=1"):
        assert client.post(f"/threads/{again.pk}/duplicate/", {"original": word}).status_code == 303, word
        assert fresh(again).merged_into_id == first.pk
        duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
    for word in ("", "x", "-1", f"{first.pk}x"[::-1], "٣", "9" * 30, "9" * 2000):
        assert client.post(f"/threads/{again.pk}/duplicate/", {"original": word}).status_code in (400, 404), word
    assert fresh(again).merged_into_id is None
    assert Merge.objects.filter(undone_at=None).count() == 0
