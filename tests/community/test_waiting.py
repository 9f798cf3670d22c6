"""The queue as moderators use it: what waits, why, what each choice will do, one key and the next is there."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

import community
from community import clock
from community.actions import flags, solutions
from community.models import Answer, AuditEntry, Flag, Notification, Review, User
from community.reading.audit import VERBS
from tests.factories import agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


def old(name: str = "") -> User:
    """A member who has been here for a year."""
    return person(name, date_joined=clock.now() - timedelta(days=365))


@pytest.fixture
def judge(client: Client) -> User:
    user = moderator("judge")
    client.force_login(user)
    return user


def flagged(ground: str = "spam", words: str = "", by: User | None = None) -> Review:
    said = reply(thread(title=f"About {ground}"))
    flags.flag(actor=by or old(), thread_id=said.thread_id, answer_id=said.pk, ground=ground, words=words)
    return Review.objects.get(answer=said)


def many(count: int) -> list[Review]:
    """So many answers of one question that wait."""
    question, finder = thread(), old()
    said = [reply(question) for _ in range(3)]
    made = [
        Answer(thread=question, author=said[0].author, body="Buy", body_html="<p>Buy</p>", position=4 + each)
        for each in range(count)
    ]
    Answer.objects.bulk_create(made)
    reviews = [
        Review(kind="flagged", thread=question, answer=each, person=each.author, reasons=["spam"], weight=20)
        for each in made
    ]
    Review.objects.bulk_create(reviews)
    Flag.objects.bulk_create(
        Flag(thread=question, answer=each.answer, person=finder, ground="spam", review=each) for each in reviews
    )
    return reviews


def test_the_heaviest_stands_first_then_who_waits_longest(client, judge) -> None:
    first, grave, second = flagged(), flagged("illegal"), flagged()
    page = client.get("/moderation/")
    assert [item.review for item in page.context["items"]] == [grave, first, second]


def test_an_item_tells_what_it_answers_why_it_is_here_and_whose_it_is(client, judge) -> None:
    said = reply(thread(title="The light blinks", body="It blinks at night."), person("seller"), body="Buy my **lamp**")
    flags.flag(actor=old("finder"), thread_id=said.thread_id, answer_id=said.pk, ground="spam", words="He sells lamps")
    text = " ".join(client.get("/moderation/").content.decode().split())
    for words in ("The light blinks", "It blinks at night.", "Buy my <strong>lamp</strong>", "He sells lamps"):
        assert words in text
    for words in ("finder", "seller", "0 questions · 1 answer", "Advertising or spam", "2 people are told."):
        assert words in text


def test_one_press_decides_and_the_next_is_under_the_keys(client, judge) -> None:
    first, second = flagged(), flagged()
    page = client.get("/moderation/").content.decode()
    here = f"/moderation/?done={first.pk}&at={second.pk}#review-{second.pk}"
    assert here.replace("&", "&amp;") in page
    told = client.post(reverse("settle_review", args=[first.pk]), {"choice": "keep", "next": here})
    assert (told.status_code, told["Location"]) == (303, here)
    after = client.get(here)
    assert [item.has_focus for item in after.context["items"]] == [True]
    assert "“Leave it”: About spam" in after.content.decode()
    client.post(reverse("undo_review", args=[first.pk]))
    assert len(client.get("/moderation/").context["items"]) == 2


def test_whoever_comes_second_is_told_who_decided_what(client, judge) -> None:
    review = flagged()
    other = Client()
    other.force_login(moderator("quick"))
    other.post(reverse("settle_review", args=[review.pk]), {"choice": "keep"})
    told = client.post(
        reverse("settle_review", args=[review.pk]), {"choice": "hide", "ground": "spam", "words": "No"}, follow=True
    )
    assert "quick was quicker and decided: “Leave it”." in told.content.decode()
    assert Answer.objects.get().hidden_at is None


def test_nobody_decides_about_words_they_have_not_read(client, judge) -> None:
    review = flagged()
    page = client.get("/moderation/").content.decode()
    assert f'name="version" value="{review.answer.version}"' in page
    assert f'name="read_{review.pk}" value="{review.answer.version}"' in page
    Answer.objects.filter(pk=review.answer_id).update(version=F("version") + 1)  # its author wrote something else
    sent = {"choice": "keep", "version": review.answer.version}
    told = client.post(reverse("settle_review", args=[review.pk]), sent, follow=True).content.decode()
    assert "It changed meanwhile." in told
    sent = {"review": review.pk, "choice": "stand", f"read_{review.pk}": review.answer.version}
    assert "It changed meanwhile." in client.post(reverse("settle_several"), sent, follow=True).content.decode()
    assert list(Review.objects.waiting()) == [review]


def test_one_s_own_case_offers_no_choice(client, judge) -> None:
    review = flagged(by=judge)
    page = client.get("/moderation/")
    assert page.context["items"][0].is_own
    assert reverse("settle_review", args=[review.pk]) not in page.content.decode()
    assert client.post(reverse("settle_review", args=[review.pk]), {"choice": "keep"}).status_code == 403


def test_several_are_decided_at_once_and_what_cannot_be_is_told(client, judge) -> None:
    mine = flagged(by=judge)
    others = [flagged(), flagged("rude")]
    sent = {"review": [each.pk for each in [mine, *others]], "choice": "away", "ground": "spam", "words": "Spam"}
    told = client.post(reverse("settle_several"), sent, follow=True).content.decode()
    assert "2 things are decided." in told and "your own case" in told
    assert list(Review.objects.waiting()) == [mine]
    assert Answer.objects.filter(hidden_at__isnull=False).count() == 2
    assert client.post(reverse("settle_several"), {"choice": "away"}).status_code == 400


def test_letting_several_stand_carries_no_words_meant_for_an_author(client, judge) -> None:
    review = flagged()
    client.post(reverse("settle_several"), {"review": review.pk, "choice": "stand", "ground": "rude", "words": "No"})
    assert AuditEntry.objects.get(verb="kept").note.text == "Reported: Advertising or spam"


def test_who_is_looking_is_told_to_the_others_and_fades_after_a_minute(client, judge) -> None:
    review = flagged()
    other = Client()
    other.force_login(moderator("early"))
    sent = {"at": review.pk, "on": [review.pk]}
    assert other.post(reverse("look_at_reviews"), sent).json() == {str(review.pk): ""}
    assert client.post(reverse("look_at_reviews"), sent).json() == {str(review.pk): "early is looking at this"}
    assert "early is looking at this" in client.get("/moderation/").content.decode()
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert "early is looking at this" not in client.get("/moderation/").content.decode()
        assert client.post(reverse("look_at_reviews"), sent).json() == {str(review.pk): ""}


def test_an_agent_sees_official_words_and_nothing_else_that_waits(client) -> None:
    client.force_login(agent())
    review = flagged()
    assert client.get("/moderation/").context["items"] == []
    assert client.post(reverse("settle_review", args=[review.pk]), {"choice": "keep"}).status_code == 404
    Review.objects.filter(pk=review.pk).update(kind="official")
    assert len(client.get("/moderation/").context["items"]) == 1


def test_five_hundred_cost_what_one_costs(client, judge, django_assert_max_num_queries) -> None:
    costs = []
    for count in (1, 499):
        many(count)
        with django_assert_max_num_queries(12) as asked:
            page = client.get("/moderation/")
        costs.append(len(asked))
    assert costs[0] == costs[1]
    seen = []
    for _ in range(40):
        seen += [item.review.pk for item in page.context["items"]]
        if not page.context["older_url"]:
            break
        page = client.get("/moderation/" + page.context["older_url"])
    assert len(seen) == len(set(seen)) == 500


@pytest.mark.parametrize("query", ["after=x", "after=" + "A" * 28, "done=x&at=%00", "done=99999999999999999999"])
def test_a_made_up_place_is_told_or_leads_to_the_beginning(client, judge, query) -> None:
    assert client.get(f"/moderation/?{query}").status_code in (200, 400)


def test_the_number_of_what_waits_stands_beside_the_link_for_those_who_decide(client, judge) -> None:
    flagged()
    assert "waiting</span>" in client.get("/boards/").content.decode()
    client.force_login(person())
    assert "site-moderation" not in client.get("/boards/").content.decode()


# Reporting, from the post itself --------------------------------------------------------------------------------------
def test_a_member_reports_a_post_and_takes_that_back(client) -> None:
    said, finder = reply(thread()), old()
    client.force_login(finder)
    where = reverse("flag_answer", args=[said.pk])
    assert where in client.get(said.thread.get_absolute_url()).content.decode()
    assert client.get(where).status_code == 200
    assert client.post(where, {"ground": ""}).status_code == 422
    assert client.post(where, {"ground": "rude", "words": "Read it"}).status_code == 303
    assert Flag.objects.get().words == "Read it"
    assert "You reported it: Rude or hurtful." in client.get(where).content.decode()
    client.post(where, {"withdraw": "1"})
    assert not Review.objects.waiting().exists()


def test_a_visitor_is_shown_the_two_ways_there_are(client) -> None:
    said = reply(thread())
    where = reverse("flag_answer", args=[said.pk])
    assert where in client.get(said.thread.get_absolute_url()).content.decode()
    page = client.get(where).content.decode()
    assert f"/accounts/login/?next={where}" in page and "/report/?place=" in page
    assert client.post(where, {"ground": "spam"})["Location"].startswith("/accounts/login/")


def test_one_s_own_post_has_no_way_to_report_it(client) -> None:
    said = reply(thread())
    client.force_login(said.author)
    assert reverse("flag_answer", args=[said.pk]) not in client.get(said.thread.get_absolute_url()).content.decode()
    assert client.get(reverse("flag_answer", args=[said.pk])).status_code == 403


def test_those_who_reported_read_in_their_inbox_what_came_of_it(client, judge) -> None:
    finder = old()
    review = flagged(by=finder)
    client.post(reverse("settle_review", args=[review.pk]), {"choice": "hide", "ground": "spam", "words": "Spam"})
    client.force_login(finder)
    page = client.get("/inbox/").content.decode()
    assert "a moderator agreed" in page and "Because you reported it" in page
    notice = Notification.objects.get(event_kind="review")
    assert client.post(f"/inbox/{notice.pk}/")["Location"].startswith("/t/")


def test_nobody_learns_of_a_question_that_is_out_of_their_sight_by_now(client, judge) -> None:
    finder = old()
    review = flagged(by=finder)
    client.post(reverse("settle_review", args=[review.pk]), {"choice": "keep"})
    review.thread.board = board(audience="groups")
    review.thread.save(update_fields=["board"])
    client.force_login(finder)
    assert "About spam" not in client.get("/inbox/").content.decode()


# What was done --------------------------------------------------------------------------------------------------------
def test_the_log_tells_who_did_what_to_what_and_why(client, judge) -> None:
    review = flagged()
    client.post(reverse("settle_review", args=[review.pk]), {"choice": "hide", "ground": "spam", "words": "It sells"})
    page = client.get("/moderation/log/")
    entry = page.context["entries"][0]
    assert (entry.verb, entry.title, entry.reason) == ("hid", "About spam", "It sells")
    for query, count in (("?verb=hidden", 1), ("?verb=locked", 0), ("?person=judge", 1)):
        assert len(client.get(f"/moderation/log/{query}").context["entries"]) == count, query
    assert client.get("/moderation/log/?person=nobody").status_code == 400
    assert client.get("/moderation/log/?after=x").status_code == 400


def test_every_verb_of_the_log_reads_as_a_sentence() -> None:
    code = "".join(path.read_text() for path in Path(community.__file__).parent.rglob("*.py"))
    written = set(re.findall(r'record_audit\(\s*"([a-z_]+)"', code))
    assert written > {"hidden", "banned"}
    assert written - VERBS.keys() == set(), "add what it reads like after a name to reading/audit.py"


def test_the_log_costs_the_same_for_one_and_for_a_thousand(client, judge, django_assert_max_num_queries) -> None:
    question = thread()
    costs = []
    for count in (1, 999):
        AuditEntry.objects.bulk_create(
            AuditEntry(
                actor=judge,
                actor_role="moderator",
                verb="locked",
                object_kind="thread",
                object_id=question.pk,
                occurred_at=clock.now(),
            )
            for _ in range(count)
        )
        with django_assert_max_num_queries(12) as asked:
            page = client.get("/moderation/log/")
        costs.append(len(asked))
    assert costs[0] == costs[1]
    second = client.get("/moderation/log/" + page.context["older_url"])
    assert not {e.entry.pk for e in page.context["entries"]} & {e.entry.pk for e in second.context["entries"]}


@pytest.mark.parametrize(
    ("verb", "stored", "sent"),
    [
        ("hide", "hidden", {"ground": "spam"}),
        ("restore", "restored", {}),
        ("lock", "locked", {}),
        ("unlock", "unlocked", {}),
        ("close", "closed", {}),
        ("reopen", "reopened", {}),
        ("move", "moved", {"board": "elsewhere"}),
        ("retag", "retagged", {"tags": "light"}),
        ("duplicate", "merged", {}),
        ("no-duplicate", "unmerged", {}),
        ("withdraw", "withdrawn", {}),
    ],
)
def test_each_act_of_a_moderator_keeps_the_reason_that_was_given(client, judge, verb, stored, sent) -> None:
    question, other = thread(), thread()
    board("Elsewhere")
    before = {"restore": ["hide"], "unlock": ["lock"], "reopen": ["close"], "no-duplicate": ["duplicate"]}
    if verb == "withdraw":
        solutions.accept(actor=question.asker, answer_id=reply(question).pk)
    for each in [*before.get(verb, []), verb]:
        client.post(f"/threads/{question.pk}/{each}/", {"reason": "Because", "original": other.pk, **sent})
    assert AuditEntry.objects.get(verb=stored).note.text == "Because"
