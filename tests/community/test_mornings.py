"""Daily and weekly mails are made at eight by everybody's own clock, once, and only with something to tell."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from community import clock
from community.actions import notices, solutions, thanks
from community.actions.people import update_profile
from community.models import Mail, NoticeChoice, Notification, Rhythm, Thread, Topic, User, Watch
from community.notices import rounds
from community.notices.fanout import fan_out_all
from community.notices.mornings import next_morning, plan, plan_all
from community.notices.rounds import make_digests
from tests.factories import board, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham", "UTC")
#: A Sunday.
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def at_berlin(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


def berliner(name: str) -> User:
    return person(name, time_zone="Europe/Berlin")


def choose(who: User, topic: Topic, rhythm: Rhythm) -> None:
    NoticeChoice.objects.update_or_create(person=who, topic=topic, defaults={"rhythm": rhythm})
    plan(who)


def digest_at(who: User) -> datetime | None:
    return User.objects.values_list("digest_at", flat=True).get(pk=who.pk)


def keys(who: User) -> list[str]:
    return [
        key.split(":", 2)[2] for key in Mail.objects.filter(recipient=who).order_by("pk").values_list("key", flat=True)
    ]


def something_waits_for(who: User, *, rhythm: Rhythm = Rhythm.DAILY) -> Notification:
    """An answer to a question of theirs, as somebody who chose this rhythm."""
    NoticeChoice.objects.update_or_create(person=who, topic=Topic.ANSWERS, defaults={"rhythm": rhythm})
    reply(thread(who))
    fan_out_all()
    return Notification.objects.filter(recipient=who).latest("pk")


# Who ----------------------------------------------------------------------------------------------------------------
def test_who_chose_nothing_is_looked_at_on_monday() -> None:
    anna = berliner("anna")
    with clock.at(SUNDAY):
        plan_all()
    assert digest_at(anna) == at_berlin(23, 8)


def test_who_watches_a_tag_or_board_is_looked_at_every_morning_and_who_stopped_on_mondays() -> None:
    anna, routers = berliner("anna"), board("Routers")
    tuesday = at_berlin(24, 12)
    with clock.at(tuesday):
        notices.watch(actor=anna, board_id=routers.pk)
        plan(anna)
        assert digest_at(anna) == at_berlin(25, 8)
        choose(anna, Topic.QUESTIONS, Rhythm.OFF)
        assert digest_at(anna) == at_berlin(30, 8)
        Watch.objects.filter(person=anna).update(rhythm=Rhythm.DAILY)  # this one all the same
        plan_all()
        assert digest_at(anna) == at_berlin(25, 8)


def test_who_wants_nothing_daily_or_weekly_is_never_looked_at() -> None:
    anna = berliner("anna")
    with clock.at(SUNDAY):
        plan_all()
        choose(anna, Topic.DIGEST, Rhythm.OFF)
        assert digest_at(anna) is None
        choose(anna, Topic.WATCHED, Rhythm.WEEKLY)
        assert digest_at(anna) == at_berlin(23, 8)


def test_a_closed_account_an_imported_person_and_one_without_an_address_are_never_looked_at() -> None:
    people = [berliner(name) for name in ("anna", "ben", "carla")]
    with clock.at(SUNDAY):
        plan_all()
        assert all(digest_at(each) for each in people)
        User.objects.filter(pk=people[0].pk).update(is_active=False)
        User.objects.filter(pk=people[1].pk).update(email="")
        User.objects.filter(pk=people[2].pk).update(is_imported=True)
        assert plan_all() == 3
        assert not any(digest_at(each) for each in people)
        assert plan_all() == 0


def test_who_moves_to_another_time_zone_is_looked_at_by_its_clock() -> None:
    anna = berliner("anna")
    with clock.at(SUNDAY):
        plan_all()
        update_profile(actor=anna, display_name="Anna", time_zone="Asia/Kathmandu")
    assert digest_at(anna) == datetime(2026, 11, 23, 8, 0, tzinfo=ZoneInfo("Asia/Kathmandu"))


# What is made -------------------------------------------------------------------------------------------------------
def test_what_waits_for_the_daily_mail_is_in_one_mail_at_eight() -> None:
    with clock.at(at_berlin(24, 12)):
        anna = berliner("anna")
        first, second = something_waits_for(anna), something_waits_for(anna)
        plan_all()
    with clock.at(at_berlin(25, 7, 59)):
        assert make_digests() == 0
    with clock.at(at_berlin(25, 8)):
        assert make_digests() == 1
        assert make_digests() == 0
    assert keys(anna) == ["2026-11-25"]
    mail = Mail.objects.get(recipient=anna)
    assert mail.kind == Mail.Kind.DIGEST and mail.settled_at is None
    rows = Notification.objects.filter(pk__in=[first.pk, second.pk])
    assert set(rows.values_list("mail", "rhythm")) == {(mail.pk, "")}


def test_on_monday_the_daily_and_the_weekly_are_one_mail() -> None:
    with clock.at(at_berlin(21, 12)):  # a Saturday
        anna = berliner("anna")
        weekly, daily = something_waits_for(anna, rhythm=Rhythm.WEEKLY), something_waits_for(anna)
        plan_all()
    for day in (22, 23):
        with clock.at(at_berlin(day, 8, 1)):
            make_digests()
    assert keys(anna) == ["2026-11-22", "2026-11-23"]
    first, second = Mail.objects.filter(recipient=anna).order_by("pk")
    assert list(first.notifications.all()) == [daily] and list(second.notifications.all()) == [weekly]


def test_without_anything_to_tell_there_is_no_mail_and_the_next_morning_is_set() -> None:
    anna = berliner("anna")
    with clock.at(SUNDAY):
        plan_all()
    with clock.at(at_berlin(23, 8)):
        assert make_digests() == 0
    assert digest_at(anna) == at_berlin(30, 8)
    assert not Mail.objects.exists()


def test_what_was_read_on_the_site_is_no_reason_for_a_mail() -> None:
    with clock.at(at_berlin(24, 12)):
        anna = berliner("anna")
        something_waits_for(anna)
        plan_all()
        notices.mark_read(actor=anna)
    with clock.at(at_berlin(25, 8)):
        assert make_digests() == 0
    assert not Notification.objects.exclude(rhythm="").exists()


def test_a_worker_down_for_three_days_makes_one_mail_not_three() -> None:
    with clock.at(at_berlin(24, 12)):
        anna = berliner("anna")
        for _each in range(3):
            something_waits_for(anna)
        plan_all()
    with clock.at(at_berlin(28, 7, 50)):
        assert make_digests() == 1
        something_waits_for(anna)
    with clock.at(at_berlin(28, 8, 5)):  # the same day: what came since waits until tomorrow
        assert make_digests() == 0
    with clock.at(at_berlin(29, 8, 5)):
        assert make_digests() == 1
    assert Notification.objects.filter(mail=None).count() == 0


def test_a_monday_that_was_missed_is_made_up_for() -> None:
    with clock.at(at_berlin(21, 12)):
        anna = berliner("anna")
        something_waits_for(anna, rhythm=Rhythm.WEEKLY)
        something_waits_for(anna)
        plan_all()
    assert digest_at(anna) == at_berlin(22, 8)
    with clock.at(at_berlin(25, 15)):
        assert make_digests() == 1
    assert keys(anna) == ["2026-11-23"]
    assert Mail.objects.get().notifications.count() == 2
    assert digest_at(anna) == at_berlin(26, 8)


def test_a_fresh_question_where_somebody_watches_thanks_or_a_solution_are_worth_a_weekly_mail() -> None:
    routers = board("Routers")
    with clock.at(at_berlin(20, 12)):
        watching, thanked, sharing, idle = (berliner(name) for name in ("wilma", "theo", "sara", "ida"))
        notices.watch(actor=watching, board_id=routers.pk)
        choose(watching, Topic.QUESTIONS, Rhythm.OFF)
        asker = berliner("asker")
        question = thread(asker, routers)
        thanks.join(actor=sharing, thread_id=question.pk)
        best = reply(question, thanked)
        solutions.accept(actor=asker, answer_id=best.pk)
        Notification.objects.all().delete()
        plan_all()
    with clock.at(at_berlin(23, 8)):
        make_digests()
    assert [bool(keys(who)) for who in (watching, thanked, sharing, idle, asker)] == [True, True, True, False, False]


def test_who_was_not_here_for_half_a_year_is_told_what_waits_and_nothing_else() -> None:
    routers = board("Routers")
    with clock.at(datetime(2026, 1, 5, tzinfo=UTC)):
        anna = berliner("anna")
        notices.watch(actor=anna, board_id=routers.pk)
        choose(anna, Topic.QUESTIONS, Rhythm.OFF)
    with clock.at(at_berlin(20, 12)):
        thread(berliner("asker"), routers)
        plan_all()
    with clock.at(at_berlin(23, 8)):
        make_digests()
    assert keys(anna) == []
    with clock.at(at_berlin(23, 12)):
        User.objects.filter(pk=anna.pk).update(last_login=clock.now())
    with clock.at(at_berlin(30, 8)):
        make_digests()
    assert keys(anna) == ["2026-11-30"]


# Cheap, and safe ----------------------------------------------------------------------------------------------------
def test_nobodys_turn_costs_one_query_by_an_index() -> None:
    berliner("anna")
    with clock.at(SUNDAY):
        plan_all()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert make_digests() == 0
    assert len(queries) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("EXPLAIN " + queries[0]["sql"])
        plan_of_it = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
    assert "user_digest" in plan_of_it


def test_many_people_are_seen_to_in_batches_of_as_many_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "BATCH", 10)
    with clock.at(at_berlin(24, 12)):
        for number in range(25):
            something_waits_for(berliner(f"p{number}"))
        plan_all()
    with clock.at(at_berlin(25, 8)), CaptureQueriesContext(connection) as queries:
        assert make_digests() == 25
    assert len(queries) <= 3 * 9 + 1


def test_two_workers_at_once_make_every_mail_once() -> None:
    with clock.at(at_berlin(24, 12)):
        for number in range(12):
            something_waits_for(berliner(f"p{number}"))
        plan_all()
    made = []

    def work() -> None:
        try:
            with clock.at(at_berlin(25, 8)):
                made.append(make_digests())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _each in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sum(made) == Mail.objects.count() == 12
    assert not Notification.objects.filter(mail=None).exists()


def test_a_worker_that_dies_between_the_mail_and_the_next_morning_leaves_nothing_half_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with clock.at(at_berlin(24, 12)):
        anna = berliner("anna")
        something_waits_for(anna)
        plan_all()

    def die(_ids: object) -> None:
        raise KeyboardInterrupt

    with clock.at(at_berlin(25, 8)):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(rounds, "plan_next", die)
            make_digests()
        assert not Mail.objects.exists() and Notification.objects.filter(rhythm=Rhythm.DAILY).exists()
        assert make_digests() == 1


@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2026, 1, 1), date(2027, 12, 1)),
    steps=st.lists(st.integers(min_value=5, max_value=30 * 60), min_size=3, max_size=12),
)
@example(zone="Europe/Berlin", first=date(2026, 10, 23), steps=[24 * 60, 10, 24 * 60 - 20, 60, 23 * 60])
@example(zone="America/New_York", first=date(2026, 3, 6), steps=[5 * 60 - 1, 24 * 60, 24 * 60, 24 * 60])
@example(zone="Australia/Lord_Howe", first=date(2026, 4, 3), steps=[5 * 60 + 1, 24 * 60, 24 * 60, 24 * 60])
@hypothesis_settings(max_examples=20, deadline=None)
def test_nobody_gets_two_on_one_day_and_nobody_waits_longer_than_a_day(
    zone: str, first: date, steps: list[int]
) -> None:
    """News come at any time; the worker looks every five minutes, as the schedule has it (here: at each morning)."""
    Notification.objects.all().delete()
    Mail.objects.all().delete()
    here, who = ZoneInfo(zone), User.objects.filter(username="zoe").first() or person("zoe")
    User.objects.filter(pk=who.pk).update(time_zone=zone, digest_at=None)
    now = datetime.combine(first, time(3), here).astimezone(UTC)
    waits: dict[int, datetime] = {}
    for number, minutes in enumerate(steps):
        then = now + timedelta(minutes=minutes)
        while (morning := next_morning(now, here)) <= then:
            now = morning
            with clock.at(now):
                make_digests()
        now = then
        row = Notification.objects.create(
            event_kind="nothing", event_id=number, recipient=who, reason="asked", topic="answers",
            rhythm=Rhythm.DAILY, created_at=now,
        )  # fmt: skip
        waits[row.pk] = now
        with clock.at(now):
            plan_all()
    with clock.at(next_morning(now, here)):
        make_digests()
    days = [moment.astimezone(here).date() for (moment,) in Mail.objects.values_list("created_at")]
    assert len(days) == len(set(days))
    told = dict(Notification.objects.values_list("pk", "mail__created_at"))
    assert all(told[pk] - since <= timedelta(hours=25) for pk, since in waits.items())
    assert Thread.objects.count() == 0
