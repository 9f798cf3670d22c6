"""The inbox and the list of watches, through their pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from community import clock
from community.actions import moderation, notices
from community.models import Notification, User, Watch
from community.notices.fanout import fan_out_all
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who, backend="community.accounts.auth_backend.StandingBackend")
    return client


def test_a_person_reads_what_happened_and_why_they_are_told() -> None:
    anna = person("anna")
    reply(thread(anna, title="No light at all"), person("ben"))
    fan_out_all()
    page = signed_in(anna).get(reverse("inbox")).content.decode()
    assert "ben answered your question" in page
    assert "No light at all" in page
    assert "You asked" in page


def test_opening_a_notice_reads_it_and_leads_to_the_answer() -> None:
    anna = person("anna")
    answer = reply(thread(anna))
    fan_out_all()
    notice = Notification.objects.get(recipient=anna)
    response = signed_in(anna).post(reverse("open_notification", args=[notice.pk]))
    assert response.status_code == 303
    assert response["Location"] == answer.get_absolute_url()
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_looking_at_the_inbox_changes_nothing() -> None:
    anna = person("anna")
    reply(thread(anna))
    fan_out_all()
    signed_in(anna).get(reverse("inbox"))
    assert Notification.objects.filter(recipient=anna, read_at__isnull=True).count() == 1


def test_all_can_be_marked_as_read_at_once() -> None:
    anna, ben = person("anna"), person("ben")
    question, other = thread(anna), thread(ben)
    for _ in range(3):
        reply(question)
        reply(other)
    fan_out_all()
    signed_in(anna).post(reverse("mark_read"))
    assert Notification.objects.filter(recipient=anna, read_at__isnull=True).count() == 0
    assert Notification.objects.filter(recipient=ben, read_at__isnull=True).count() == 3


def test_nobody_opens_or_reads_another_persons_notice() -> None:
    anna, eve = person("anna"), person("eve")
    reply(thread(anna))
    fan_out_all()
    notice = Notification.objects.get(recipient=anna)
    assert signed_in(eve).post(reverse("open_notification", args=[notice.pk])).status_code == 404
    signed_in(eve).post(reverse("mark_read"), {"id": [notice.pk]})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_long_inbox_is_read_page_by_page_without_gaps_or_repeats() -> None:
    anna = person("anna")
    question = thread(anna)
    for number in range(65):
        reply(question, body=f"answer {number}")
    fan_out_all()
    client, address, seen = signed_in(anna), reverse("inbox"), []
    while address:
        response = client.get(address)
        seen += [row.pk for row, _shown, _reason in response.context["lines"]]
        address = response.context["older_url"]
    assert len(seen) == 65 == len(set(seen))


@pytest.mark.parametrize("cursor", ["abc", "1", "-1", "%00", "A" * 28, "9" * 300])
def test_a_made_up_cursor_is_told(cursor: str) -> None:
    assert signed_in(person()).get(f"{reverse('inbox')}?after={cursor}").status_code == 400


@pytest.mark.parametrize("value", ["abc", "", "-1", "9" * 40, "1; drop table"])
def test_a_nonsense_id_marks_nothing(value: str) -> None:
    anna = person()
    assert signed_in(anna).post(reverse("mark_read"), {"id": [value]}).status_code == 404


def test_the_inbox_costs_the_same_for_one_notice_and_for_a_page_full(django_assert_max_num_queries) -> None:
    anna = person("anna")
    question = thread(anna)
    reply(question)
    fan_out_all()
    client = signed_in(anna)
    with django_assert_max_num_queries(12) as one:
        client.get(reverse("inbox"))
    for number in range(40):
        reply(question, body=f"answer {number}")
    fan_out_all()
    with django_assert_max_num_queries(12) as many:
        client.get(reverse("inbox"))
    assert len(many) == len(one)


def test_a_person_sees_what_they_watch_with_the_reason_and_stops_it() -> None:
    anna = person("anna")
    question = thread(anna, title="My own question")
    client = signed_in(anna)
    page = client.get(reverse("watches")).content.decode()
    assert "My own question" in page
    assert "You asked" in page
    client.post(reverse("change_watch"), {"thread": question.pk, "do": "unwatch"})
    assert not Watch.objects.filter(person=anna).exists()


def test_watching_boards_tags_and_muting_threads_works_from_the_page() -> None:
    anna, routers = person("anna"), board("Routers")
    question = thread(person(), routers, tags=["wifi"])
    tag = question.tags.all()[0]
    client = signed_in(anna)
    for data in ({"board": routers.pk}, {"tag": tag.pk}, {"thread": question.pk}):
        assert client.post(reverse("change_watch"), {**data, "do": "watch"}).status_code == 303
    client.post(reverse("change_watch"), {"thread": question.pk, "do": "mute"})
    assert Watch.objects.filter(person=anna).count() == 3
    assert Watch.objects.get(person=anna, thread=question).muted_at is not None


def test_nobody_watches_what_they_cannot_see() -> None:
    hidden = thread()
    moderation.hide_thread(actor=moderator(), thread_id=hidden.pk)
    anna = person("anna")
    response = signed_in(anna).post(reverse("change_watch"), {"thread": hidden.pk, "do": "watch"})
    assert response.status_code == 404
    assert not Watch.objects.filter(person=anna).exists()


def test_a_watched_question_that_was_hidden_is_not_listed() -> None:
    anna = person("anna")
    question = thread(person(), title="Secret now")
    notices.watch(actor=anna, thread_id=question.pk)
    moderation.hide_thread(actor=moderator(), thread_id=question.pk)
    assert "Secret now" not in signed_in(anna).get(reverse("watches")).content.decode()


@pytest.mark.parametrize(
    "data",
    [{}, {"do": "watch"}, {"do": "dance", "thread": "1"}, {"do": "mute", "board": "1"}, {"do": "watch", "thread": "x"}],
)
def test_a_nonsense_wish_is_told(data: dict[str, str]) -> None:
    assert signed_in(person()).post(reverse("change_watch"), data).status_code in {400, 404}


@pytest.mark.parametrize("name", ["inbox", "watches"])
def test_visitors_sign_in_first(name: str) -> None:
    response = Client().get(reverse(name))
    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


def test_a_notification_tells_when_it_happened_even_if_it_comes_late() -> None:
    asker, then = person(), clock.now() - timedelta(days=20)
    with clock.at(then):
        reply(thread(asker))
    fan_out_all()
    page = signed_in(asker).get("/inbox/").content.decode()
    assert f'<time datetime="{then:%Y-%m-%dT%H:%M}' in page.split("<main")[1]
