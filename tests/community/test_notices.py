"""Who is told of what, once, and only of what they may see."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from community import clock
from community.actions import moderation, notices, solutions, thanks
from community.actions.record import record_event
from community.actions.threads import ask, request_info
from community.errors import NotThere
from community.models import Answer, Board, Follower, Notification, ThreadEvent, User
from community.notices.fanout import fan_out_all
from community.notices.notifiables import show
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


def told(who: User) -> list[str]:
    """The sentences in somebody's inbox, oldest first."""
    rows = Notification.objects.filter(recipient=who).order_by("event_id")
    return [shown.sentence for _row, shown in show(rows, who)]


def test_the_asker_hears_of_an_answer_and_the_one_who_answered_does_not() -> None:
    anna, ben = person("anna"), person("ben")
    question = thread(anna)
    reply(question, ben)
    fan_out_all()
    assert told(anna) == ["ben answered your question"]
    assert told(ben) == []


def test_everybody_who_has_the_problem_too_hears_of_the_solution() -> None:
    anna, ben, carla = person("anna"), person("ben"), person("carla")
    question = thread(anna)
    thanks.join(actor=carla, thread_id=question.pk)
    solution = reply(question, ben)
    solutions.accept(actor=anna, answer_id=solution.pk)
    fan_out_all()
    assert told(carla) == ["ben answered", "anna marked the solution"]
    assert told(ben) == ["anna accepted your answer as the solution"]


def test_a_person_mentioned_is_told_once_and_with_that_reason() -> None:
    anna, ben = person("anna"), person("ben")
    question = thread(anna, body="Perhaps @ben knows?")
    fan_out_all()
    assert told(ben) == ["anna mentioned you"]
    assert Notification.objects.get(recipient=ben).reason == "mentioned"
    assert question.events.filter(kind=ThreadEvent.Kind.MENTIONED).count() == 1


def test_those_who_watch_a_tag_or_a_board_hear_of_new_questions_there() -> None:
    routers = board("Routers")
    anna, ben, carla = person("anna"), person("ben"), person("carla")
    first = thread(anna, routers, tags=["wifi"])
    fan_out_all()
    notices.watch(actor=ben, tag_id=first.tags.all()[0].pk)
    notices.watch(actor=carla, board_id=routers.pk)
    thread(anna, routers, tags=["wifi"], title="Again no wifi")
    fan_out_all()
    assert told(ben) == ["anna asked"]
    assert told(carla) == ["anna asked"]


def test_a_muted_thread_is_silent_even_for_its_asker() -> None:
    anna = person("anna")
    question = thread(anna)
    notices.mute(actor=anna, thread_id=question.pk)
    reply(question)
    fan_out_all()
    assert told(anna) == []


def test_somebody_who_may_not_see_the_board_hears_nothing_even_when_mentioned() -> None:
    insiders = moderator().groups.get()  # any group will do as an audience
    hidden_place = board("Beta", groups=[insiders])
    ben = person("ben")
    thread(moderator("mo"), hidden_place, body="Do not tell @ben")
    fan_out_all()
    assert Notification.objects.filter(recipient=ben).count() == 0


def test_what_was_hidden_after_the_notice_is_no_longer_shown_in_the_inbox() -> None:
    anna = person("anna")
    question = thread(anna)
    answer = reply(question)
    fan_out_all()
    assert len(told(anna)) == 1
    moderation.hide_answer(actor=moderator(), answer_id=answer.pk)
    assert told(anna) == []


def test_a_board_made_private_takes_its_notices_out_of_the_inbox() -> None:
    anna = person("anna")
    question = thread(anna)
    reply(question)
    fan_out_all()
    Board.objects.filter(pk=question.board_id).update(audience=Board.Audience.GROUPS)
    assert told(anna) == []


def test_the_asker_is_told_that_more_information_is_needed() -> None:
    anna = person("anna")
    question = thread(anna)
    request_info(actor=moderator("mo"), thread_id=question.pk)
    fan_out_all()
    assert told(anna) == ["mo needs more information from you"]


def test_reading_the_events_twice_tells_nobody_twice() -> None:
    anna = person("anna")
    reply(thread(anna))
    fan_out_all()
    before = Notification.objects.count()
    Follower.objects.all().delete()  # a worker that lost its place
    fan_out_all()
    assert Notification.objects.count() == before


def test_imported_history_tells_nobody() -> None:
    anna = person("anna")
    question = thread(anna)
    long_ago = clock.now() - timedelta(days=400)
    with transaction.atomic():
        event = record_event(ThreadEvent.Kind.ANSWERED, actor=person(), thread=question)
    ThreadEvent(
        pk=None,
        thread=question,
        kind="answered",
        actor=person(),
        actor_role="customer",
        occurred_at=long_ago,
        recorded_at=clock.now(),
    ).save()
    fan_out_all()
    assert set(Notification.objects.filter(recipient=anna).values_list("event_id", flat=True)) == {event.pk}


def test_a_writer_who_commits_late_is_not_skipped() -> None:
    """Ids are taken before commit: the earlier event becomes visible after the later one was already read."""
    anna, ben, carla = person("anna"), person("ben"), person("carla")
    first, second = thread(anna), thread(anna)
    fan_out_all()
    written, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        try:
            with transaction.atomic():
                reply(first, ben)
                written.set()
                assert may_commit.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert written.wait(20)
    reply(second, carla)
    fan_out_all()
    may_commit.set()
    writer.join(20)
    fan_out_all()
    assert sorted(told(anna)) == ["ben answered your question", "carla answered your question"]


def test_two_workers_at_once_tell_everybody_once() -> None:
    anna = person("anna")
    question = thread(anna)
    for _ in range(20):
        reply(question)

    def work() -> None:
        try:
            fan_out_all()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    fan_out_all()
    assert Notification.objects.filter(recipient=anna).count() == 20


def test_ten_thousand_watchers_cost_the_one_who_answers_nothing() -> None:
    quiet, loud = thread(), thread()
    User.objects.bulk_create([User(username=f"w{n}", username_key=f"w{n}", display_name=f"w{n}") for n in range(1000)])
    for watcher in User.objects.filter(username__startswith="w"):
        notices.watch_thread(person=watcher, thread=loud, reason="chosen")
    author = person()
    with CaptureQueriesContext(connection) as few:
        reply(quiet, author)
    with CaptureQueriesContext(connection) as many:
        reply(loud, author)
    assert len(many) == len(few)
    fan_out_all()
    assert Notification.objects.filter(recipient__username__startswith="w").count() == 1000


def test_a_kept_question_by_a_person_without_rights_is_refused_on_a_closed_board() -> None:
    closed = board("Closed", audience=Board.Audience.GROUPS)
    with pytest.raises(NotThere):
        ask(actor=person(), board_id=closed.pk, kind="question", title="x", body="y")


def test_somebody_elses_long_transaction_holds_no_notice_up() -> None:
    anna = person("anna")
    question = thread(anna)
    fan_out_all()
    open_now, may_end = threading.Event(), threading.Event()

    def import_for_hours() -> None:
        try:
            with transaction.atomic():
                User.objects.create_user("imported")
                open_now.set()
                assert may_end.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=import_for_hours)
    writer.start()
    assert open_now.wait(20)
    reply(question, person("ben"))
    fan_out_all()
    assert told(anna) == ["ben answered your question"]
    may_end.set()
    writer.join(20)


def test_a_long_stretch_is_read_in_batches_without_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community.notices.fanout.BATCH", 3)
    anna = person("anna")
    question = thread(anna)
    for _ in range(9):
        reply(question)
    fan_out_all()
    reply(question)
    fan_out_all()
    assert Notification.objects.filter(recipient=anna).count() == 10


def accept_and_take_back(asker: User, answer: Answer, *, between: bool) -> None:
    """Accept, think again, accept; the worker looks in between, or comes to all of it at once."""
    solutions.accept(actor=asker, answer_id=answer.pk)
    if between:
        fan_out_all()
    solutions.withdraw(actor=asker, thread_id=answer.thread_id)
    solutions.accept(actor=asker, answer_id=answer.pk)
    fan_out_all()


@pytest.mark.parametrize("between", [True, False])
def test_people_with_the_same_problem_and_watchers_hear_once_that_it_is_solved(between: bool) -> None:
    anna, ben, carla, dora = person("anna"), person("ben"), person("carla"), person("dora")
    question = thread(anna)
    solution = reply(question, ben)
    thanks.join(actor=carla, thread_id=question.pk)
    notices.watch(actor=dora, thread_id=question.pk)
    accept_and_take_back(anna, solution, between=between)
    assert told(carla) == told(dora) == ["ben answered", "anna marked the solution"]
    accepted = "anna accepted your answer as the solution"
    assert told(ben) == [accepted, "anna withdrew your solution", accepted]


def test_whoever_shares_the_problem_later_hears_of_the_second_time() -> None:
    anna, carla = person("anna"), person("carla")
    question = thread(anna)
    solution = reply(question, person("ben"))
    solutions.accept(actor=anna, answer_id=solution.pk)
    fan_out_all()
    solutions.withdraw(actor=anna, thread_id=question.pk)
    thanks.join(actor=carla, thread_id=question.pk)
    solutions.accept(actor=anna, answer_id=solution.pk)
    fan_out_all()
    assert told(carla) == ["anna marked the solution"]
