"""The inbox and the list of watches, through their pages."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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


def lines_of(response: Any) -> list[Any]:
    return [line for day in response.context["days"] for line in day.lines]


def test_a_person_reads_what_happened_and_why_they_are_told() -> None:
    anna = person("anna")
    reply(thread(anna, title="No light at all"), person("ben"))
    fan_out_all()
    page = signed_in(anna).get(reverse("inbox")).content.decode()
    assert "ben answered your question" in page
    assert "No light at all" in page
    assert "Because you asked" in page


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
        seen += [row.pk for line in lines_of(response) for row in line.rows]
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


def test_several_answers_in_one_question_are_one_line_that_leads_to_the_first() -> None:
    anna, ben = person("anna"), person("ben")
    question, other = thread(anna), thread(anna, title="Another one")
    first = reply(question, ben)
    reply(question, person("carl"))
    reply(other, ben)
    fan_out_all()
    client = signed_in(anna)
    lines = lines_of(client.get(reverse("inbox")))
    assert [len(line.rows) for line in lines] == [1, 2]
    assert "carl answered" in lines[1].shown.sentence
    told = client.post(
        reverse("open_notification", args=[lines[1].first.pk]), {"id": [row.pk for row in lines[1].rows]}
    )
    assert told["Location"] == first.get_absolute_url()
    assert Notification.objects.filter(recipient=anna, read_at__isnull=True).count() == 1


def test_reading_a_line_reads_nobody_elses_notices() -> None:
    anna, ben = person("anna"), person("ben")
    reply(thread(anna))
    reply(thread(ben))
    fan_out_all()
    mine, theirs = Notification.objects.get(recipient=anna), Notification.objects.get(recipient=ben)
    address = reverse("open_notification", args=[mine.pk])
    assert signed_in(anna).post(address, {"id": [theirs.pk]}).status_code == 303
    theirs.refresh_from_db()
    assert theirs.read_at is None
    assert signed_in(anna).post(address, {"id": ["9" * 40]}).status_code == 404


def test_what_is_read_leaves_the_list_of_the_unread_only() -> None:
    anna = person("anna")
    reply(thread(anna, title="No light"))
    reply(thread(anna, title="No sound"))
    fan_out_all()
    client = signed_in(anna)
    newest = Notification.objects.filter(recipient=anna).order_by("-pk")[0]
    client.post(reverse("open_notification", args=[newest.pk]))
    unread = client.get(reverse("inbox") + "?show=unread").content.decode()
    assert "No light" in unread and "No sound" not in unread
    everything = client.get(reverse("inbox")).content.decode()
    assert "No light" in everything and "No sound" in everything
    client.post(reverse("mark_read"))
    assert "You are up to date" in client.get(reverse("inbox") + "?show=unread").content.decode()
    assert client.get(reverse("inbox") + "?show=some").status_code == 400


def test_one_press_ends_what_brought_a_notice() -> None:
    anna, ben, routers = person("anna"), person("ben"), board("Routers")
    mine = thread(anna, title="Mine")
    tag = thread(ben, tags=["wifi"]).tags.all()[0]
    fan_out_all()
    notices.watch(actor=anna, tag_id=tag.pk)
    notices.watch(actor=anna, board_id=routers.pk)
    reply(mine, ben)
    thread(ben, tags=["wifi"], title="Tagged")
    thread(ben, routers, title="On the board")
    fan_out_all()
    client = signed_in(anna)
    lines = {line.shown.title: line for line in lines_of(client.get(reverse("inbox")))}
    assert lines["Mine"].why.startswith("Because you asked on ")
    assert lines["Tagged"].why.startswith("Because you have watched the tag wifi since ")
    assert lines["On the board"].why.startswith("Because you have watched the board Routers since ")
    for line in lines.values():
        stopped = client.post(line.stop_path, {"next": reverse("inbox")})
        assert stopped["Location"] == f"{reverse('inbox')}?stopped={line.stop.key}"
    page = client.get(reverse("inbox"))
    assert all(line.stop is None for line in lines_of(page))
    reply(mine, ben)
    thread(ben, routers, tags=["wifi"], title="Unheard of")
    fan_out_all()
    assert len(lines_of(client.get(reverse("inbox")))) == 3


def test_days_are_those_of_the_readers_calendar() -> None:
    anna = person("anna", time_zone="Pacific/Auckland")
    midday = datetime(2026, 5, 13, 12, tzinfo=ZoneInfo("UTC"))  # past midnight in Auckland
    for hours, title in ((0, "Today"), (1, "Yesterday"), (40, "Tuesday"), (24 * 20, "April 2026")):
        with clock.at(midday - timedelta(hours=hours)):
            reply(thread(anna, title=title))
            fan_out_all()
    with clock.at(midday):
        days = signed_in(anna).get(reverse("inbox")).context["days"]
    assert [day.label for day in days] == [day.lines[0].shown.title for day in days]
    assert len(days) == 4


def test_a_name_that_runs_the_other_way_does_not_turn_the_sentence_round() -> None:
    anna = person("anna")
    reply(thread(anna), person("noa", display_name="נועה"))
    fan_out_all()
    assert "\u2068נועה\u2069 answered your question" in signed_in(anna).get(reverse("inbox")).content.decode()


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


def test_everything_ticked_is_stopped_at_once_and_nobody_elses() -> None:
    anna, ben, routers = person("anna"), person("ben"), board("Routers")
    first, second, kept = (thread(ben, tags=["wifi"], title=title) for title in ("One", "Two", "Three"))
    tag = first.tags.all()[0]
    for wish in ({"board_id": routers.pk}, {"tag_id": tag.pk}, *({"thread_id": t.pk} for t in (first, second, kept))):
        notices.watch(actor=anna, **wish)
    client = signed_in(anna)
    ticked = {"thread": [first.pk, second.pk], "tag": [tag.pk], "board": [routers.pk]}
    told = client.post(reverse("stop_watching"), ticked, follow=True).content.decode()
    assert "you watch 4 things less" in told
    assert [watch.thread_id for watch in Watch.objects.filter(person=anna)] == [kept.pk]
    assert Watch.objects.filter(person=ben).count() == 3
    assert client.post(reverse("stop_watching")).status_code == 400
    assert client.post(reverse("stop_watching"), {"thread": ["9" * 40]}).status_code == 404


def test_what_is_muted_stands_apart_and_is_heard_again_with_one_press() -> None:
    anna = person("anna")
    question = thread(anna, title="Too loud")
    notices.mute(actor=anna, thread_id=question.pk)
    client = signed_in(anna)
    assert "Too loud" not in client.get(reverse("watches")).content.decode()
    assert "Too loud" in client.get(reverse("watches") + "?show=muted").content.decode()
    client.post(reverse("change_watch"), {"thread": question.pk, "do": "watch"})
    assert "Too loud" in client.get(reverse("watches")).content.decode()
    assert "Nothing is muted" in client.get(reverse("watches") + "?show=muted").content.decode()
    assert client.get(reverse("watches") + "?show=all").status_code == 400


def test_the_watches_cost_the_same_for_one_and_for_a_page_full(django_assert_max_num_queries) -> None:
    anna, on = person("anna"), board()
    client = signed_in(anna)
    counts = []
    for many in (1, 54):
        for _ in range(many):
            notices.watch(actor=anna, thread_id=thread(anna, on).pk)
        notices.watch(actor=anna, board_id=board().pk)
        with django_assert_max_num_queries(12) as asked:
            page = client.get(reverse("watches"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
    older = client.get(page.context["older_url"])
    assert len(page.context["threads"]) + len(older.context["threads"]) == 55


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
