"""What the community is worth, as an administrator reads it: every number with its rows, and nothing made better."""

import csv
import re
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community import clock
from community.actions import solutions
from support.actions.figures import compute_figures
from support.actions.ledger import advance
from support.models import ComputedFigures
from tests.factories import agent, moderator, person
from tests.support.figures_world import HOUR, JUNE, OF_MAY, May, enter_costs, live_may, may, solved

pytestmark = pytest.mark.django_db
PAGES = ("", "quality/", "lists/", "history/", "what-if/", "handout/", "rows/cases/", "rows/cases.csv")
NUMBER = re.compile(r'<a href="(/admin/roi/rows/[^"]+)">([\d,]+)</a>')
ROWS = re.compile(r'class="roi-count">([\d,]+)<')


@pytest.fixture
def world() -> May:
    return live_may()


@pytest.fixture
def boss(client: Client, world: May) -> Client:
    client.force_login(world.boss)
    return client


def read(client: Client, page: str = "", asked: str = OF_MAY) -> str:
    with clock.at(JUNE):
        answer = client.get(f"/admin/roi/{page}?{asked}")
    assert answer.status_code == 200, (page, answer.status_code)
    return " ".join(answer.content.decode().split())


def card(page: str, name: str) -> str:
    found = re.search(rf'<article class="roi-card roi-card-{name}">(.*?)</article>', page)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])).strip()


def rows_of(client: Client, name: str, asked: str, days: str = OF_MAY) -> list[list[str]]:
    """The rows of a list, as they are in its file."""
    with clock.at(JUNE):
        answer = client.get(f"/admin/roi/rows/{name}.csv?{days}&{asked}")
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))[1:]


def test_only_administrators_with_a_second_factor_see_it(client: Client, world: May) -> None:
    others = [person(), moderator(), agent(), person("chief", "admin", second_factor=False)]
    for who in (None, *others):
        if who is not None:
            client.force_login(who)
        for page in PAGES:
            assert client.get(f"/admin/roi/{page}").status_code in {302, 403}, (who, page)


def test_the_headline_says_what_may_be_said(boss: Client, world: May) -> None:
    enter_costs(world.boss)
    page = read(boss)
    assert card(page, "floor").startswith("Tickets avoided 2 at least (floor)")
    assert card(page, "resolved").startswith("Cases resolved by peers 3 observed")
    assert card(page, "saved").startswith("Savings USD 12.00 at least: cost avoided, not cash saved")
    assert card(page, "net").startswith("Net of the programme USD 2.00")
    assert "Return (ROI) at least 20.0 %" in card(page, "net")
    assert "Implied for each case USD 6.00" in card(page, "saved")


def test_money_is_hidden_as_long_as_anything_it_rests_on_is_missing(boss: Client, world: May) -> None:
    saved = card(read(boss), "saved")
    assert saved.startswith("Savings Hidden")
    for reason in ("Nobody has approved the definition", "Not every channel", "What a contact costs is not entered"):
        assert reason in saved
    assert "USD" not in saved


def test_every_number_opens_exactly_the_rows_it_counts(boss: Client, world: May) -> None:
    enter_costs(world.boss)
    opened = 0
    for page in ("", "quality/", "lists/"):
        for address, number in set(NUMBER.findall(read(boss, page))):
            with clock.at(JUNE):
                listed = boss.get(address.replace("&amp;", "&")).content.decode()
            found = ROWS.search(listed)
            assert found is not None and found[1] == number, (page, address)
            opened += 1
    assert opened >= 12


def test_a_row_leads_to_its_question_and_says_how_it_stands(boss: Client, world: May) -> None:
    told = {row[2]: row for row in rows_of(boss, "cases", "kind=D")}
    assert told["The router reboots every night"][5:7] == ["Credited", "would have contacted support"]
    assert told["No picture on the second screen"][5] == "Void: The person contacted support"
    page = read(boss, "rows/cases/", f"{OF_MAY}&status=void")
    assert world.third.get_absolute_url() in page and world.first.get_absolute_url() not in page


def test_what_comes_later_changes_the_number_and_its_rows_alike(boss: Client, world: May) -> None:
    with clock.at(JUNE + HOUR):
        solutions.withdraw(actor=world.first.asker, thread_id=world.first.pk)
    assert card(read(boss), "floor").startswith("Tickets avoided 2"), "the ledger has not heard of it yet"
    with clock.at(JUNE + 2 * HOUR):
        advance()
        page = read(boss)
    assert card(page, "floor").startswith("Tickets avoided 1") and "Adjustments" in page
    adjusted = rows_of(boss, "entries", "adjusted=yes", "from_day=2026-06-01&until_day=2026-06-30")
    assert [row[5] for row in adjusted] == ["Void: The acceptance was taken back"]
    assert rows_of(boss, "cases", "reason=unaccepted")[0][2] == world.first.title


def test_another_board_and_other_days_have_their_own_figures(boss: Client, world: May) -> None:
    board = world.first.board_id
    assert card(read(boss, asked=f"{OF_MAY}&board={board}"), "resolved").startswith("Cases resolved by peers 2")
    june = "from_day=2026-06-01&until_day=2026-06-15"
    assert card(read(boss, asked=june), "resolved").startswith("Cases resolved by peers 0")


def test_a_period_is_compared_with_the_one_before_and_with_last_year(boss: Client, world: May) -> None:
    page = read(boss, asked="from_day=2026-05-10&until_day=2026-05-18&against=before")
    assert "Compared with" in card(page, "resolved") and "2 (-50.0 %)" in card(page, "resolved")
    assert "May 1, 2026 to May 9, 2026" in page and "May 11, 2025 to May 19, 2025" in page


@pytest.mark.parametrize(
    "asked",
    [
        "from_day=2026-05-31&until_day=2026-05-01",
        "from_day=1900-01-01&until_day=2026-05-01",
        "from_day=2010-01-01&until_day=2026-05-01",
        "from_day=yesterday",
        f"{OF_MAY}&board=999999999999999999999",
        f"{OF_MAY}&board=x",
        f"{OF_MAY}&channel=pigeon",
        f"{OF_MAY}&against=tomorrow",
    ],
)
def test_days_that_make_no_sense_are_told_and_show_no_figures(boss: Client, asked: str) -> None:
    answer = boss.get(f"/admin/roi/?{asked}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode() and "roi-card" not in answer.content.decode()
    for page in ("handout/", "rows/cases/", "rows/cases.csv", "overview/kinds.csv"):
        assert boss.get(f"/admin/roi/{page}?{asked}").status_code == 400, page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("rows/cases/?kind=X", 404),
        ("rows/cases/?colour=red", 404),
        ("rows/cases/?thread=1%00", 400),
        ("?against=%ED%A0%80", 400),
        ("what-if/?contacts=%00", 400),
        ("rows/cases/?thread=99999999999999999999", 404),
        ("rows/cases/?thread=١", 404),
        ("rows/cases/?after=made-up", 400),
        ("rows/nothing/", 404),
        ("rows/nothing.csv", 404),
        ("nothing/", 404),
        ("overview/nothing.csv", 404),
        ("nothing/kinds.csv", 404),
    ],
)
def test_addresses_nobody_made_lead_nowhere(boss: Client, address: str, status: int) -> None:
    assert boss.get(f"/admin/roi/{address}").status_code == status


def test_every_table_is_a_file_for_a_spreadsheet_with_plain_numbers(boss: Client, world: May) -> None:
    enter_costs(world.boss)
    seen = 0
    for page in ("overview", "quality", "lists"):
        address = "" if page == "overview" else f"{page}/"
        for name in set(re.findall(rf'href="/admin/roi/{page}/(\w+)\.csv', read(boss, address))):
            with clock.at(JUNE):
                answer = boss.get(f"/admin/roi/{page}/{name}.csv?{OF_MAY}")
            assert answer.status_code == 200 and answer["Content-Type"].startswith("text/csv"), (page, name)
            assert f'filename="{name}-20260501-20260531.csv"' in answer["Content-Disposition"]
            seen += 1
    assert seen >= 10
    with clock.at(JUNE):
        answer = boss.get(f"/admin/roi/overview/costs.csv?{OF_MAY}")
    told = {row[0]: row for row in csv.reader(StringIO(answer.content.decode("utf-8-sig")))}
    assert told["Telephone"][1:] == ["2026-01-01", "Finance, 2026", "boss", "8.00", "16.00"]


def test_no_words_of_a_customer_are_a_formula_in_a_file(boss: Client, world: May) -> None:
    with clock.at(may(20)):
        for title in ("=HYPERLINK(1)", "+1 too slow", "-1 is shown", "@home it fails", " =1+1 is wrong"):
            solved(may(20), world.helper, title=title)
    titles = {row[1] for row in rows_of(boss, "questions", "")}
    assert {"'=HYPERLINK(1)", "'+1 too slow", "'-1 is shown", "'@home it fails"} <= titles
    assert not any(title.lstrip().startswith(("=", "+", "-", "@")) for title in titles)


def test_the_figures_cost_the_same_for_few_and_for_many(boss: Client, world: May) -> None:
    def queries(page: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            read(boss, page)
        return len(asked)

    pages = ("", "quality/", "lists/", "rows/cases/", "rows/questions/", "rows/tickets/", "handout/")
    read(boss)
    few = {page: queries(page) for page in pages}
    for number in range(30):
        solved(may(20 + number % 5), person(), "email", title=f"Another trouble, {number}")
    many = {page: queries(page) for page in pages}
    assert many == few
    assert few["rows/cases/"] <= 12 and few["rows/questions/"] <= 12


def test_long_lists_go_on_where_the_page_ended(boss: Client, world: May) -> None:
    for number in range(60):
        solved(may(2 + number % 20), world.helper, title=f"Trouble {number}")
    page = read(boss, "rows/questions/")
    assert ROWS.search(page) is not None and page.count('<td class="roi-when">') == 50
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older is not None
    with clock.at(JUNE):
        rest = boss.get(f"/admin/roi/rows/questions/{older[1].replace('&amp;', '&')}").content.decode()
    assert rest.count('<td class="roi-when">') == 14
    titles = re.findall(r"Trouble \d+", page + rest)
    assert len(titles) == len(set(titles)) == 60


def test_intervals_are_computed_for_whatever_days_somebody_asks_for(boss: Client, world: May) -> None:
    assert "Compute them" in read(boss)
    assert boss.get("/admin/roi/compute/").status_code == 405
    for _press in range(2):
        with clock.at(JUNE):
            answer = boss.post(f"/admin/roi/compute/?{OF_MAY}")
        assert answer.status_code == 302 and answer["Location"].startswith("/admin/roi/?from_day=2026-05-01")
    assert ComputedFigures.objects.filter(key__startswith="2026-05-01").count() == 1
    with clock.at(JUNE):
        compute_figures()
    page = read(boss)
    assert "Compute them" not in page and "being computed" not in card(page, "floor")


def test_reading_writes_nothing(boss: Client, world: May) -> None:
    for page in PAGES:
        with clock.at(JUNE), CaptureQueriesContext(connection) as asked:
            boss.get(f"/admin/roi/{page}?{'' if page == 'what-if/' else OF_MAY}")
        assert not [each["sql"] for each in asked if re.match(r"\s*(INSERT|UPDATE|DELETE)", each["sql"])], page


def test_the_handout_has_all_that_a_board_asks_for(boss: Client, world: May) -> None:
    enter_costs(world.boss)
    assert "Views × 0.05" not in read(boss, "handout/"), "what needs a job is not there yet"
    with clock.at(JUNE):
        boss.post(f"/admin/roi/compute/?{OF_MAY}")
        compute_figures()
    page = read(boss, "handout/")
    for words in (
        "Tickets avoided",
        "How sure are we?",
        "What others would write",
        "Views × 0.05",
        "not used",
        "What this does not prove",
        "Ledger complete up to",
        "approved by boss",
        "Finance, 2026",
    ):
        assert words in page, words
    assert "<form" not in page and "<script" not in page


def test_what_if_reproduces_the_published_case(boss: Client) -> None:
    page = read(boss, "what-if/", "")
    assert "<td>7,200,000.00</td><td>14,400,000.00</td>" in page and "Supposed, not measured." in page
    other = read(boss, "what-if/", "contacts=100&low=5&high=10&programme=1000")
    assert "<td>5,000.00</td><td>11,000.00</td>" in other and "published case" not in other
    for asked in (
        "contacts=-1&low=5&high=10",
        "contacts=1&low=9&high=5",
        "contacts=1&low=NaN&high=5",
        "contacts=1e999",
    ):
        assert boss.get(f"/admin/roi/what-if/?{asked}").status_code == 422, asked


def test_days_are_those_of_the_site_in_figures_and_lists_alike(boss: Client, world: May, settings: Any) -> None:
    solved(may(31, 16), world.helper, title="Late in May")
    settings.TIME_ZONE = "Asia/Tokyo"
    titles = {row[1] for row in rows_of(boss, "questions", "")}
    assert "Late in May" not in titles and "Nobody has answered this one yet" in titles
    assert re.search(r"questions/[^>]+>4</a>", read(boss)), "asked in May, there"
