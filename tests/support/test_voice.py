"""The customers' voice: peers and staff side by side, with intervals, and nothing told of a few."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import clock
from community.actions import moderation, solutions
from support.actions import readers, solved_ratings
from support.models import Channel, DeskState, Queue, Status, Survey, Ticket, TicketRating
from support.reading.voice import Voice, voice
from support.shares import BESIDE, WIDTH, Share, draw
from tests.factories import admin, agent, moderator, person, reply, thread
from tests.support.reading_people import everybody_is_drawn, key_of, peer_solved, seen

pytestmark = pytest.mark.django_db


def rated(*scores: int | None, by_staff: bool = False) -> None:
    """So many askers of solved questions were asked; None says nothing."""
    for score in scores:
        about = thread(person())
        solutions.accept(actor=about.asker, answer_id=reply(about, agent() if by_staff else None).pk)
        assert solved_ratings.offer_rating(actor=about.asker, thread_id=about.pk) is not None
        if score is not None:
            solved_ratings.rate_solved(actor=about.asker, thread_id=about.pk, score=score)


def tickets(*scores: int | None) -> None:
    now, queue = clock.now(), Queue.objects.get(is_default=True)
    for score in scores:
        about = Ticket.objects.create(
            subject="My order", requester=person(), queue=queue, channel=Channel.FORM, status=Status.RESOLVED,
            resolved_at=now,
        )  # fmt: skip
        TicketRating.objects.create(ticket=about, asked_at=now, score=score, rated_at=now if score else None)


def told(days: int = 90) -> Voice:
    with clock.at(clock.now() + timedelta(seconds=1)):
        return voice(days, admin())


def test_peers_and_staff_stand_side_by_side_with_response_rates_and_intervals() -> None:
    rated(5, 4, 4, 4, 1, None)
    tickets(5, 2, 3, 3, 1)
    found = told()
    assert [list(row) for row in found.rows] == [
        ["Solved by a peer", "6", "5", "83 % (44 to 97)", "80 % (38 to 96)"],
        ["Solved in a ticket", "5", "5", "100 % (57 to 100)", "20 % (4 to 62)"],
    ]
    assert found.first.startswith("80 % of those whom peers helped say good or great, and 20 % of those with a ticket.")
    assert found.first.endswith("The difference may be chance.")


def test_a_difference_that_is_hardly_chance_is_called_so() -> None:
    rated(*[5] * 12)
    tickets(*[1] * 12)
    assert told().first.endswith("So large a difference is hardly chance.")


def test_of_a_few_nothing_is_told_but_that_they_were_asked() -> None:
    rated(5, 5, 5, 5, 5)
    rated(1, 1, by_staff=True)
    found = told()
    few = "too few to tell"
    assert ["Solved by staff", "2", few, few, few] in [list(row) for row in found.rows]
    assert found.note.startswith("1 group is too small to be told: fewer than 5 answered.")
    assert found.drawing is not None and [mark.name for mark in found.drawing.marks] == ["Solved by a peer"]
    assert found.first.startswith("Too few have answered")


def test_where_the_desk_tells_of_larger_groups_alone_so_does_this_page() -> None:
    DeskState.objects.filter(pk=1).update(smallest_group=7)
    rated(5, 5, 5, 5, 5, 5)
    assert told().rows[0][2] == "too few to tell" and told().drawing is None


def test_without_ratings_the_page_says_so() -> None:
    found = told()
    assert (list(found.rows), found.drawing, found.note) == ([], None, "")


def test_who_was_left_out_because_of_another_question_is_counted_beside() -> None:
    asker = person()
    for _each in range(2):
        about = peer_solved(asker)
        solved_ratings.offer_rating(actor=asker, thread_id=about.pk)
    found = told()
    assert found.rows[0][1] == "1" and found.note.endswith(
        "1 asker was left out: they had been asked something else lately."
    )


def test_what_was_asked_before_the_period_is_not_in_it() -> None:
    with clock.at(clock.now() - timedelta(days=40)):
        rated(5, 5, 5)
    assert not told(30).rows and told(90).rows and told(7).days == 90


def said(words: str, *, may_be_shown: bool) -> Survey:
    about, reader = peer_solved(), person()
    key = key_of(reader)
    readers.record_views([seen(key, about)])
    survey = readers.draw_survey(person_key=key, thread_id=about.pk)
    assert survey is not None
    readers.answer_survey(person_key=key, token=survey.token, solved=True, instead="phone")
    readers.say_in_words(person_key=key, token=survey.token, text=words, may_be_shown=may_be_shown)
    return survey


def test_words_are_shown_of_those_who_agreed_as_long_as_their_question_stands_in_sight() -> None:
    everybody_is_drawn()
    shown = said("It worked at once.", may_be_shown=True)
    said("Do not show this.", may_be_shown=False)
    assert [each.text for each in told().words] == ["It worked at once."]
    moderation.hide_thread(actor=moderator(), thread_id=shown.thread_id, reason="Spam")
    assert not told().words


def test_nobody_but_administrators_is_told_anything() -> None:
    rated(5, 5, 5)
    for who in (agent(), moderator(), person(), admin(second_factor=False)):
        assert not voice(90, who).rows


def test_the_page_costs_the_same_however_many_said_something() -> None:
    client = Client()
    client.force_login(admin())
    page, counts = reverse("admin:support_solvedrating_changelist"), []
    for scores in ((), (5, 4, 3, 2, 1)):
        rated(*scores)
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(page, {"days": "365"})
        assert answer.status_code == 200
        counts.append(len(queries))
    assert max(counts) <= 12
    for days in ("", "x", "-1", "9" * 400, "²"):
        assert client.get(page, {"days": days}).status_code == 200


def test_a_share_is_drawn_as_a_dot_on_the_line_of_its_interval() -> None:
    drawn = draw([Share("Peers", "50 %", 0.5, 0.25, 0.75), Share("Staff", "too few")])
    first, second = drawn.marks
    room = WIDTH - 2 * BESIDE
    assert (first.low, first.dot, first.high) == (BESIDE + room / 4, BESIDE + room / 2, BESIDE + room * 3 / 4)
    assert second.dot is None and first.y < second.words_y < second.y
