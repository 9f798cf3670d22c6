"""The desk in figures, by hand-made weeks that can be counted on one's fingers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from community import clock
from support.charts import Value, columns, rows
from support.models import (
    Channel,
    DeskState,
    Queue,
    SlaClock,
    SlaPolicy,
    Status,
    Team,
    Ticket,
    TicketRating,
)
from support.reading import report_facts as facts
from support.reading.hours import hours_of
from support.reading.report_facts import left_out
from support.reading.reports import Figure, Reports, reports
from support.sla import seconds_between
from tests.factories import admin, agent, thread
from tests.support.test_promises import at, opened, replied, resolved, turn

pytestmark = pytest.mark.django_db
#: A Monday, four weeks of June behind it.
NOW = at(29, 12)
PAGE = "/admin/support/deskstate/reports/"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(NOW):
        yield


groups = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 12), max_size=6)


def told(days: int = 28) -> Reports:
    return reports(days)


def report(name: str, days: int = 28) -> Figure:
    return next(each for each in told(days).reports if each.name == name)


def row(figure: Figure, name: str) -> list[str]:
    return next(list(each) for each in figure.rows if name in each[:2])


def test_a_desk_where_nothing_happened_yet_says_so() -> None:
    assert [value for value, _label in told().figures] == ["0", "–", "–", "–", "–", "–", "–"]


def test_waits_are_told_in_business_hours_by_channel() -> None:
    # Friday at four, answered on Monday at ten, solved on Tuesday at ten: two and ten hours of business
    for channel, hours in ((Channel.THREAD, 0), (Channel.FORM, 1)):
        ticket = opened(at(5, 16), channel=channel)
        replied(ticket, at(8, 10 + hours), Status.OPEN)
        resolved(ticket, at(9, 10 + hours))
    opened(at(26, 9), channel=Channel.FORM)
    figure = report("channels")
    assert row(figure, "From a question")[:5] == ["From a question", "1", "0", "2 h", "10 h"]
    assert row(figure, "Contact form")[:5] == ["Contact form", "2", "1", "3 h", "11 h"]
    foremost = told().figures
    assert [value for value, _label in foremost[:3]] == ["3", "2 h 30 min", "10 h 30 min"]


def test_what_was_opened_before_and_what_was_merged_is_not_counted() -> None:
    old = opened(datetime(2026, 5, 20, 10, tzinfo=UTC))
    other = opened(at(8, 10))
    Ticket.objects.filter(pk=old.pk).update(
        opened_at=at(9, 10), merged_into=other, status="closed", resolved_at=at(9, 11), closed_at=at(9, 11)
    )
    assert told().figures[0][0] == "1"


def test_promises_kept_are_told_by_queue_and_team_and_small_groups_are_left_out() -> None:
    policy = SlaPolicy.objects.get()
    returns = Queue.objects.create(name="Returns", sla=policy, team=Team.objects.create(name="Repairs"))
    for number in range(4):
        replied(opened(at(8, 9), queue=returns), at(8, 10 if number else 16), Status.OPEN)
    for _number in range(6):
        replied(opened(at(8, 9)), at(8, 10), Status.OPEN)
    figure = report("promises")
    assert row(figure, "Returns")[2] == "75 % of 4" and row(figure, "Repairs")[2] == "75 % of 4"
    assert row(figure, "Support")[2] == "100 % of 6"
    DeskState.objects.update(smallest_group=5)
    figure = report("promises")
    assert "Returns" not in str(figure.rows) and "Repairs" not in str(figure.rows)
    assert "Support" not in str(figure.rows), "what is left out cannot be reckoned from the total"
    assert figure.note == "4 groups are too small to be shown."


def test_what_still_runs_in_time_is_neither_kept_nor_broken() -> None:
    opened(at(29, 11))
    late = opened(at(25, 11))
    turn(at(29, 12))
    assert row(report("promises"), "Support")[2:] == ["0 % of 1", "–", "–"]
    assert SlaClock.objects.filter(ticket=late, breached_at__isnull=False).count() == 1


def test_what_is_not_done_is_told_by_its_age() -> None:
    opened(at(29, 9))
    rests = opened(at(25, 9))
    replied(rests, at(25, 10))
    opened(at(1, 9))
    figure = report("backlog")
    assert [list(each) for each in figure.rows] == [
        ["up to 1 day", "1", "0"],
        ["up to 3 days", "0", "0"],
        ["up to 7 days", "0", "1"],
        ["up to 30 days", "1", "0"],
        ["older", "0", "0"],
    ]


def test_reopened_is_told_of_what_was_ever_solved() -> None:
    for number in range(4):
        ticket = opened(at(8, 9))
        resolved(ticket, at(9, 9))
        Ticket.objects.filter(pk=ticket.pk).update(reopened_count=number % 2)
    opened(at(8, 9))
    assert told().figures[4] == ("50 %", "reopened")


def test_ratings_are_told_with_how_many_were_asked() -> None:
    for score in (5, 4, 1, None):
        TicketRating.objects.create(
            ticket=opened(at(8, 9)), asked_at=at(9, 9), score=score, rated_at=at(10, 9) if score else None
        )
    TicketRating.objects.create(ticket=opened(at(8, 9)))
    figure = report("ratings")
    assert figure.told == "4 customers were asked, 3 answered."
    assert row(figure, "Great") == ["Great", "1", "33 %"] and row(figure, "Poor") == ["Poor", "0", "0 %"]
    assert told().figures[5][0] == "67 %"


def test_what_one_customer_said_is_not_told_of_a_channel_where_groups_are_to_be_large() -> None:
    for number in range(6):
        ticket = opened(at(8, 9))
        if number == 0:
            TicketRating.objects.create(ticket=ticket, asked_at=at(9, 9), score=1, rated_at=at(10, 9))
    assert row(report("channels"), "Contact form")[-1] == "0 %"
    DeskState.objects.update(smallest_group=5)
    assert row(report("channels"), "Contact form")[-1] == "too few to tell"


def test_questions_that_came_to_staff_are_told_with_their_reasons() -> None:
    with clock.at(at(29, 8)):
        from_asker = [thread() for _number in range(4)]
    ticket = opened(at(29, 9), channel=Channel.THREAD, thread=from_asker[0])
    ticket.escalations.create(thread=from_asker[0], way="policy", reason="unanswered", escalated_at=at(29, 9))
    assert told().figures[6][0] == "25 %"
    assert row(report("reasons"), "Nobody answered") == ["Nobody answered", "0", "0", "1", "1"]
    assert report("escalations").rows[-1][1:] == ["4", "1", "25 %"]


@settings(max_examples=60, deadline=None)
@given(
    counts=st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 12), max_size=6), smallest=st.integers(0, 6)
)
def test_no_group_that_is_too_small_can_be_reckoned_from_the_total(counts: dict[str, int], smallest: int) -> None:
    hidden = left_out(counts.items(), smallest)
    filled = {name: count for name, count in counts.items() if count}
    assert all(count >= smallest for name, count in filled.items() if name not in hidden)
    if hidden and hidden != set(filled):
        assert len(hidden) > 1 and sum(filled[name] for name in hidden) >= smallest
    if smallest == 0:
        assert not hidden


def test_the_databases_business_time_is_that_of_the_arithmetic() -> None:
    calendar = SlaPolicy.objects.get().calendar
    calendar.blocks.filter(weekday=2).delete()
    calendar.blocks.create(weekday=5, opens=0, closes=1440)
    calendar.blocks.create(weekday=6, opens=0, closes=600)
    hours = hours_of(calendar)
    for number in range(40):
        start = at(3, 0) + timedelta(minutes=617 * number)
        end = start + timedelta(minutes=389 * number)
        ticket = opened(start)
        Ticket.objects.filter(pk=ticket.pk).update(first_replied_at=end)
        (everything,) = [each for each in facts.cohorts(facts.last_days(28)) if not each.channel and not each.step]
        assert everything.reply_median == seconds_between(hours, start, end)
        Ticket.objects.filter(pk=ticket.pk).update(opened_at=datetime(2026, 1, 1, tzinfo=UTC))


def test_the_page_asks_the_same_of_one_ticket_and_of_many(client: Client) -> None:
    client.force_login(admin())
    counted = []
    for _round in range(2):
        replied(opened(at(8, 9)), at(8, 10))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PAGE).status_code == 200
        counted.append(len(asked))
        for number in range(12):
            replied(opened(at(8, 9), channel=Channel.values[number % 4]), at(8, 10))
    assert counted[0] == counted[1] <= 16


def test_the_page_is_for_administrators_and_takes_any_period_for_the_usual_one(client: Client) -> None:
    client.force_login(agent())
    assert client.get(PAGE, follow=True).status_code == 403
    client.force_login(admin())
    for days in ("7", "365", "", "x", "99999999999999999999", "٧"):
        page = client.get(PAGE, {"days": days})
        assert page.status_code == 200 and "style=" not in page.content.decode()


def test_bars_are_as_long_as_what_they_say() -> None:
    drawing = rows([Value("a", 10, "ten"), Value("b", 5, "fifteen", 10), Value("c", None, "–")])
    longest = max(bar.x + bar.width for bar in drawing.bars)
    assert [round(bar.width / (longest - drawing.bars[0].x), 3) for bar in drawing.bars] == [0.667, 0.333, 0.667]
    assert [each.words for each in drawing.values] == ["ten", "fifteen", "–"]
    upright = columns([Value("x", 3, "3"), Value("y", 0, "0")])
    assert len(upright.bars) == 1 and upright.bars[0].y + upright.bars[0].height < upright.height
    assert columns([]).bars == ()
