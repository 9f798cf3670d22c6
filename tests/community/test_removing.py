"""The pages on which moderators take words out and destroy posts."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.models import Answer, Purge, Review, Thread
from tests.factories import admin, moderator, person, reply, thread

pytestmark = pytest.mark.django_db

ADDRESS = "anna.berg@gmail.com"


def test_the_page_shows_what_looks_private_and_takes_out_what_is_chosen(client: Client) -> None:
    asked = thread(body=f"Write to {ADDRESS}.", may_be_public=True)
    given = reply(asked, body="Ask Doctor Bergmann.")
    client.force_login(moderator())
    page = client.get(f"/threads/{asked.pk}/redact/").content.decode()
    assert ADDRESS in page
    assert "an e-mail address" in page
    wrong = client.post(f"/threads/{asked.pk}/redact/", {"ground": "private"})
    assert wrong.status_code == 400
    sent = {"found": [ADDRESS], "others": "Doctor Bergmann\n\n", "ground": "private", "words": "As you wished."}
    assert client.post(f"/threads/{asked.pk}/redact/", sent).status_code == 303
    assert Thread.objects.get().body == "Write to [removed]."
    assert Answer.objects.get(pk=given.pk).body == "Ask [removed]."
    assert ADDRESS not in client.get(f"/threads/{asked.pk}/redact/").content.decode()
    for data in (
        {"ground": "x"},
        {"gone": ["9" * 40], "ground": "private"},
        {"found": ["a\x00bc"], "ground": "private"},
    ):
        assert 400 <= client.post(f"/threads/{asked.pk}/redact/?answer={given.pk}", data).status_code < 500
    for answer_id in ("x", "0", "9" * 30):
        assert client.get(f"/threads/{asked.pk}/redact/?answer={answer_id}").status_code == 404


@pytest.mark.parametrize("answers", [1, 40])
def test_the_page_asks_the_same_whatever_stands_in_the_thread(client: Client, answers: int) -> None:
    asked, ben = thread(), person("ben")
    for number in range(answers):
        Answer.objects.create(thread=asked, author=ben, position=number + 1, body=f"ben{number}@gmx.de")
    client.force_login(moderator())
    for address in (f"/threads/{asked.pk}/redact/", f"/threads/{asked.pk}/purge/"):
        with CaptureQueriesContext(connection) as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= 15, address


def test_one_asks_and_another_destroys_from_the_page_or_from_the_queue(client: Client) -> None:
    rita, alva, asked = moderator("rita"), admin("alva"), thread(body="zqdestroyme")
    given = reply(asked, body="zqthistoo")
    client.force_login(rita)
    for address in (f"/threads/{asked.pk}/purge/", f"/threads/{asked.pk}/purge/?answer={given.pk}"):
        assert client.post(address, {"ground": "nothing"}).status_code == 422
        assert client.post(address, {"ground": "illegal", "words": "See there."}).status_code == 303
        page = client.get(address).content.decode()
        assert "Destroy it for good" not in page
    assert client.post(f"/purges/{Purge.objects.get(answer=given).pk}/confirm/").status_code == 403
    client.force_login(alva)
    assert "Destroy it for good" in client.get(f"/threads/{asked.pk}/purge/").content.decode()
    assert client.post(f"/purges/{Purge.objects.get(answer=given).pk}/confirm/").status_code == 303
    assert Answer.objects.get().body == ""
    review = Review.objects.waiting().get(kind="purge")
    assert client.post(f"/moderation/reviews/{review.pk}/settle/", {"choice": "purge"}).status_code == 303
    assert (Thread.objects.get().title, Thread.objects.get().hidden_for) == ("[removed]", "purged")
    client.logout()
    gone = client.get(f"/t/{asked.pk}/{asked.slug}/")
    assert gone.status_code == 410
    assert "This question was removed for good." in gone.content.decode()
    assert client.get(f"/t/{asked.pk}/").status_code in (404, 410)
