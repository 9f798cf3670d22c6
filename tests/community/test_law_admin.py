"""What administrators see of reports in figures, and where they choose how long things are kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from community import clock
from community.actions import reports, settling
from community.models import AuditEntry, Keeping
from tests.factories import admin, moderator, reply, thread

pytestmark = pytest.mark.django_db


def reported(place: str, category: str = "fraud") -> int:
    report, _token = reports.report_illegal(
        actor=None,
        place=place,
        category=category,
        explanation="It is one.",
        name="Rea Porter",
        address="rea@example.com",
        in_good_faith=True,
    )
    assert report.review_id is not None
    return report.review_id


def test_the_figures_say_how_many_came_what_became_of_them_and_how_soon(client: Any) -> None:
    answer, judge = reply(thread()), moderator()
    came = datetime(2025, 5, 4, 12, tzinfo=UTC)
    for hours, choice in ((1, "leave"), (3, "leave"), (8, "hide"), (0, "")):
        with clock.at(came):
            review_id = reported(f"{answer.get_absolute_url()}?{hours}")
        if choice:
            with clock.at(came + timedelta(hours=hours)):
                settling.settle(actor=judge, review_id=review_id, choice=choice, ground="illegal", words="Because.")
    client.force_login(admin())
    table = client.get("/admin/community/illegalreport/figures.csv").content.decode().splitlines()
    assert table[1:] == ["2025,fraud,4,1,2,1,0,3.0"]
    page = client.get("/admin/community/illegalreport/figures/").content.decode()
    assert "Rea Porter" not in page and "<td>3.0</td>" in page


def test_administrators_see_what_goes_next_and_choose_how_long(client: Any) -> None:
    client.force_login(admin())
    page = "/admin/community/keeping/"
    assert "Names and addresses of those who reported" in client.get(page).content.decode()
    assert client.post(page, {"kind": "mails", "days": "60"}).status_code == 302
    assert Keeping.objects.get().days == 60 and AuditEntry.objects.filter(verb="kept_for").count() == 1
    for wrong in ({"kind": "mails", "days": "1"}, {"kind": "x", "days": "60"}, {"kind": "mails", "days": "١٢"}, {}):
        client.post(page, wrong)
    assert Keeping.objects.get().days == 60


def test_nobody_else_opens_them(client: Any) -> None:
    client.force_login(moderator())
    for page in ("keeping/", "illegalreport/", "illegalreport/figures/", "illegalreport/figures.csv"):
        assert client.get(f"/admin/community/{page}").status_code in (302, 403)
