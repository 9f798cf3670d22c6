"""Reporting what is against the law: from anybody, about any place, with a receipt and a decision."""

from typing import Any

import pytest
from django.core import mail as outbox

from community.actions import settling
from community.actions.limits import LIMITS
from community.errors import Refused
from community.integrity import violations
from community.models import Answer, Decision, IllegalReport, Notification, Review, User
from community.notices.delivering import deliver_all
from tests.factories import admin, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)

SAID = {
    "category": "fraud",
    "explanation": "It sells what does not exist.",
    "name": "Rea Porter",
    "address": "rea@example.com",
    "in_good_faith": "on",
}


@pytest.fixture(autouse=True)
def nothing_is_broken() -> Any:
    yield
    assert list(violations()) == []


def report(client: Any, place: str, **fields: str) -> str:
    """Send the form; the receipt's address."""
    response = client.post("/report/", {**SAID, "place": place, **fields})
    assert response.status_code == 303, response.content.decode()
    return str(response["Location"])


def mails() -> list[Any]:
    deliver_all()
    left = list(outbox.outbox)
    outbox.outbox.clear()
    return left


def answered() -> Answer:
    return reply(thread(person("anna")), person("ben"))


def test_anybody_reports_without_an_account_and_hears_what_was_decided(client: Any) -> None:
    answer = answered()
    place = answer.get_absolute_url()
    form = client.get("/report/", {"place": place}).content.decode()
    assert f"http://testserver{place}" in form
    receipt = report(client, f"http://testserver{place}")
    assert "waits for a person" in client.get(receipt).content.decode()
    (arrived,) = mails()
    assert arrived.to == ["rea@example.com"] and receipt in arrived.body
    review = Review.objects.get(kind="reported")
    assert (review.answer_id, review.person_id) == (answer.pk, answer.author_id) and review.weight > 200
    settling.settle(actor=moderator(), review_id=review.pk, choice="hide", ground="illegal", words="A made-up shop.")
    told = {mail.to[0]: mail for mail in mails()}
    assert "no longer visible" in told["rea@example.com"].body
    page = client.get(receipt).content.decode()
    assert "no longer visible" in page and "A made-up shop." not in page
    client.force_login(User.objects.get(username="ben"))
    decision = Decision.objects.get(outcome="hidden")
    page = client.get(f"/decisions/{decision.pk}/").content.decode()
    assert "Against the law" in page and "A made-up shop." in page
    assert "Rea" not in page and "rea@example.com" not in page and SAID["explanation"] not in page


def test_what_is_left_is_told_with_reasons_and_the_reporter_may_appeal(client: Any) -> None:
    answer = answered()
    receipt = report(client, answer.get_absolute_url())
    settling.settle(actor=moderator(), review_id=Review.objects.get().pk, choice="leave", words="It is only cheap.")
    assert "It is only cheap." in mails()[-1].body
    assert not Notification.objects.filter(event_kind="decision").exists()  # for its author nothing happened
    assert client.post(receipt, {"words": "  "}).status_code == 422
    assert client.post(receipt, {"words": "It is a fraud, look at the shop."}).status_code == 303
    appeal = Review.objects.get(kind="appeal")
    settling.settle(actor=admin(), review_id=appeal.pk, choice="uphold", ground="illegal", words="You are right.")
    assert Answer.objects.get(pk=answer.pk).hidden_at is not None
    assert "A second person has looked at it, and it is no longer visible." in client.get(receipt).content.decode()
    assert Notification.objects.filter(event_kind="decision", recipient_id=answer.author_id).count() == 1


def test_nothing_tells_whether_there_is_anything_at_a_place(client: Any) -> None:
    closed = thread(person(), on=board(audience="signed_in"))
    hidden_words = closed.title
    pages = []
    for place in (f"/t/{closed.pk}/x/", "/t/999999/x/", "/nowhere/at/all/", "/threads/999999/answers/1/"):
        receipt = report(client, place)
        page = client.get(receipt).content.decode().replace(place, "PLACE").replace(receipt, "RECEIPT")
        assert hidden_words not in page
        token = receipt.split("/")[-2]
        pages.append(page.replace(token, "TOKEN")[: page.index("<footer") - 100])
    assert len({len(page) for page in pages}) == 1
    assert Review.objects.filter(kind="reported", thread=closed).count() == 1
    assert Review.objects.filter(kind="reported", thread=None).count() == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("place", "https://elsewhere.example/t/1/x/"),
        ("place", "javascript:alert(1)"),
        ("place", "//elsewhere.example/"),
        ("place", "http://[::1"),
        ("place", ""),
        ("category", "boring"),
        ("explanation", ""),
        ("name", ""),
        ("address", "nobody"),
        ("address", ""),
        ("in_good_faith", ""),
        ("website", "https://spam.example"),
    ],
)
def test_what_is_missing_or_not_ours_is_told_with_the_words_kept(client: Any, field: str, value: str) -> None:
    response = client.post("/report/", {**SAID, "place": "/t/1/x/", field: value})
    assert response.status_code == 422
    assert field == "explanation" or SAID["explanation"] in response.content.decode()
    assert not IllegalReport.objects.exists()


def test_abuse_of_children_is_reported_without_a_name(client: Any) -> None:
    report(client, "/t/1/x/", category="children", name="", address="")
    assert mails() == []
    first = Review.objects.get()
    report(client, "/t/2/x/")
    assert first.weight > Review.objects.latest("pk").weight


def test_a_double_click_is_one_report(client: Any) -> None:
    answer = answered()
    assert report(client, answer.get_absolute_url()) == report(client, answer.get_absolute_url())
    assert IllegalReport.objects.count() == Review.objects.count() == 1


def test_many_reports_from_one_connection_are_slowed_down(client: Any, settings: Any) -> None:
    settings.LIMITS_FACTOR = 1
    most = LIMITS["report"].address[0].most
    for number in range(most):
        report(client, f"/t/{number}/x/")
    again = client.post("/report/", {**SAID, "place": "/t/12345/x/"})
    assert again.status_code == 429 and IllegalReport.objects.count() == most


def test_author_and_reporter_do_not_decide(client: Any) -> None:
    judge = moderator("judge")
    answer = reply(thread(), moderator("author"))
    client.force_login(judge)
    report(client, answer.get_absolute_url())
    review = Review.objects.get()
    for who in (judge, answer.author):
        client.force_login(who)
        with pytest.raises(Exception, match="own case"):
            settling.settle(actor=User.objects.with_standing().get(pk=who.pk), review_id=review.pk, choice="leave")


def test_a_made_up_receipt_is_none(client: Any) -> None:
    for token in ("0" * 40, "x", "é" * 200):
        assert client.get(f"/report/{token}/").status_code == 404


def test_the_foot_of_a_page_leads_to_the_report_of_that_page_but_hands_no_key_on(client: Any) -> None:
    question = thread()
    page = client.get(question.get_absolute_url()).content.decode()
    assert f'href="/report/?place={question.get_absolute_url()}"' in page
    receipt = report(client, "/t/1/x/")
    assert f"place={receipt}" not in client.get(receipt).content.decode()


def test_moderators_read_the_place_of_a_report_that_leads_nowhere_and_answer_it(client: Any) -> None:
    receipt = report(client, "/nowhere/at/all/")
    client.force_login(moderator())
    assert "/nowhere/at/all/" in client.get("/moderation/").content.decode()
    review = Review.objects.get()
    with pytest.raises(Refused):
        settling.settle(actor=moderator(), review_id=review.pk, choice="hide", ground="illegal", words="Gone.")
    settling.settle(actor=moderator(), review_id=review.pk, choice="leave", words="There is nothing at this address.")
    page = client.get(receipt).content.decode()
    assert "There is nothing at this address." in page and "Appeal</button>" not in page
